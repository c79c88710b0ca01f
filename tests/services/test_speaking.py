"""Text is spoken by real voices piece by piece, and what was said once is not made again."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.core.speaking import Delivery, Voice
from studio.library import Home
from studio.services import speaking
from studio.services.speaking import Said
from studio.services.studio import Studio

TEXT = "Good morning.  The second sentence is said after it, and “quoted” words too!"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio.open(Home(tmp_path_factory.mktemp("home")).prepared())
    yield studio
    studio.close()


@pytest.fixture
def heart(studio: Studio) -> Voice:
    return speaking.find(studio, "")


def said(studio: Studio, text: str, voice: Voice, stop: StopToken | None = None) -> list[Said]:
    return [e for e in speaking.speak(studio, text, voice, stop or StopToken()) if isinstance(e, Said)]


def test_each_sentence_comes_as_a_piece_with_the_words_of_the_whole_text(studio: Studio, heart: Voice) -> None:
    first, second = said(studio, TEXT, heart)
    assert (first.piece.text + second.piece.text, first.piece.first) == (TEXT, 0)
    assert first.pause > 0 == second.pause
    for piece in (first, second):
        words = piece.spoken.words
        assert all(a.end <= b.start for a, b in pairwise(words))
        assert words[-1].end <= len(piece.spoken.samples) * 1000 / piece.spoken.rate + 1
    heard = [TEXT[w.first : w.last] for w in second.spoken.words]
    assert " ".join(heard) == "The second sentence is said after it and quoted words too"


def test_what_was_said_once_is_not_made_again(studio: Studio, heart: Voice) -> None:
    before = said(studio, TEXT, heart)
    studio.talkers.close()
    leaving = {child.pid for child in multiprocessing.active_children()}
    after = said(studio, TEXT, heart)
    assert {child.pid for child in multiprocessing.active_children()} <= leaving  # no engine was started for it
    for a, b in zip(before, after, strict=True):
        assert np.abs(a.spoken.samples - b.spoken.samples).max() < 1e-4
        assert a.spoken.words == b.spoken.words


@pytest.mark.parametrize("text", ["", "  \n ", "🙂👩‍👩‍👧‍👦 — …"])
def test_where_there_is_nothing_to_speak_it_says_so(studio: Studio, heart: Voice, text: str) -> None:
    with pytest.raises(UsageError, match="nothing to speak"):
        said(studio, text, heart)


def test_a_language_that_the_voice_cannot_speak_is_told_with_a_way_out(studio: Studio, heart: Voice) -> None:
    with pytest.raises(UsageError, match="does not speak German"):
        next(speaking.speak(studio, "Guten Morgen", heart, StopToken(), "de"))


def test_an_unknown_voice_is_told_with_the_nearest(studio: Studio) -> None:
    with pytest.raises(UsageError, match="hibari/heart"):
        speaking.find(studio, "hibari/hart")


def test_a_very_long_text_begins_at_once_and_stops_when_told(studio: Studio, heart: Voice) -> None:
    stop = StopToken()
    spoken = speaking.speak(studio, "One more sentence for the pile. " * 3_125, heart, stop)  # 100,000 characters
    assert next(e for e in spoken if isinstance(e, Said)).piece.text == "One more sentence for the pile. "
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        list(spoken)


def test_delivery_changes_lengths_of_sound_and_words_alike(studio: Studio, heart: Voice) -> None:
    (piece,) = said(studio, "Twice as fast.", heart)
    fast = speaking.delivered(piece.spoken, Delivery(pitch=2, tempo=2))
    assert len(fast.samples) == round(len(piece.spoken.samples) / 2)
    assert fast.words[-1].end == pytest.approx(piece.spoken.words[-1].end / 2, abs=1)
    assert speaking.delivered(piece.spoken, Delivery()) is piece.spoken


def test_a_full_disk_is_told(studio: Studio, heart: Voice, tmp_path: Path) -> None:
    folder = studio.home.spoken
    aside = folder.rename(tmp_path / "aside")
    folder.write_text("a file where the folder should be")
    try:
        with pytest.raises(Exception, match="cannot be kept"):
            said(studio, "Nobody has said this before.", heart)
    finally:
        folder.unlink()
        aside.rename(folder)
