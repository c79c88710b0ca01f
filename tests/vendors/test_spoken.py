"""The sounds that stubs make are whole in each format, and tell by their length and rhythm which text they are of."""

from __future__ import annotations

import io

import numpy as np
import pytest

from . import spoken
from .heard import silence

TEXT = "  Þetta er ágætt, 日本語 and 👋🏽!\n"
RAW = ("pcm", "mulaw", "alaw")


def test_characters_are_code_points_between_the_blanks() -> None:
    assert spoken.characters(TEXT) == 27
    assert spoken.characters(" \n\t") == 0
    assert spoken.characters("é") == 1
    assert spoken.characters("e\u0301") == 2


def test_length_follows_the_text_and_the_tempo() -> None:
    assert spoken.seconds_of(TEXT) == pytest.approx(0.2 + 27 * 0.02)
    assert spoken.seconds_of(TEXT, 2) == pytest.approx(0.37)
    assert spoken.seconds_of("x" * 1_000_000) == spoken.MOST
    assert [word for word, _, _ in spoken.words_of(TEXT)] == TEXT.split()
    assert spoken.words_of("ab c", 0.5) == [("ab", 0.2, 0.28), ("c", 0.32, 0.36)]


@pytest.mark.parametrize("format", [name for name in spoken.FORMATS if name not in RAW])
def test_files(format: str) -> None:
    rate = 48_000 if format in ("opus", "webm") else 24_000
    file = spoken.encoded(spoken.samples(TEXT, rate), rate, format)
    assert spoken.encoded(spoken.samples(TEXT, rate), rate, format) == file
    sound, heard_rate = spoken.listen(io.BytesIO(file))
    tolerance = 0.1 if format == "aac" else 0.001  # AAC has no way to tell its padding
    assert heard_rate == rate
    assert sound.shape[1] / rate == pytest.approx(spoken.seconds_of(TEXT), abs=tolerance)
    assert spoken.bursts(sound[0], rate) == len(TEXT.split())


@pytest.mark.parametrize(("format", "width"), [("pcm", 2), ("mulaw", 1), ("alaw", 1)])
def test_bare_samples(format: str, width: int) -> None:
    file = spoken.encoded(spoken.samples(TEXT, 8000), 8000, format)
    assert len(file) / width / 8000 == pytest.approx(spoken.seconds_of(TEXT))
    if format == "pcm":
        assert spoken.bursts(np.frombuffer(file, dtype="<i2"), 8000) == len(TEXT.split())


def test_words_are_where_they_are_said_to_be() -> None:
    sound = spoken.samples(TEXT, 8000, 0.5)
    quiet = sound.astype(int).copy()
    for _, start, end in spoken.words_of(TEXT, 0.5):
        inside = slice(round(start * 8000), round(end * 8000))
        assert np.abs(quiet[inside]).max() > 8000
        quiet[inside] = 0
    assert not quiet.any()


def test_what_is_no_sound() -> None:
    for file in (b"", b"<html>", silence(1)[:20]):
        with pytest.raises(ValueError, match="sound"):
            spoken.listen(io.BytesIO(file))
