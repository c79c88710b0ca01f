"""A small transcript with all that is hard in it, for the literal files in expected/."""

from __future__ import annotations

import pytest

from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript, Word


def _spoken(text: str, start: int, each: int, speaker: str) -> Segment:
    """Words in a row, each lasting `each` milliseconds less a pause of 20."""
    times = range(start, start + each * len(text.split()), each)
    words = (Word(w, t, t + each - 20, 0.9) for w, t in zip(text.split(), times, strict=True))
    return Segment.from_words(words, speaker)


_SAMPLE = Transcript(
    segments=(
        _spoken("Grüße aus Köln! Ich möchte heute über die Müllabfuhr sprechen, weil sie uns alle", 500, 320, "S1"),
        _spoken("angeht: 3 < 5 & so.", 5_320, 350, "S1"),
        _spoken("Ja --> gern.", 8_000, 400, "S2"),
        Segment.from_words(
            (
                Word("今日は", 10_000, 10_600, 0.8, space=False),
                Word("いい", 10_600, 11_000, 0.7, space=False),
                Word("天気です。", 11_000, 11_900, 0.9, space=False),
            ),
            "S2",
        ),
        Segment(14_000, 16_000, "No words here, only a text.", (), "S1"),
    ),
    speakers=(Speaker("S1", "Jürgen"), Speaker("S2", "Yūki")),
    language="de",
    duration=20_000,
    source=Source("/tmp/köln.mp3", "köln.mp3", "abc", 20_000),
    engine=EngineInfo("faster-whisper", "whisper-base", "cpu", "transcribe", "pyannote"),
)


@pytest.fixture
def sample() -> Transcript:
    return _SAMPLE
