"""Words as running text, SRT and WebVTT: what vendors reply when asked for something else than JSON."""

from __future__ import annotations

from collections.abc import Sequence

from .heard import Word, turns

Cue = tuple[int, int, str]  # start and end in milliseconds, text


def text_of(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def cues_of(words: Sequence[Word]) -> list[Cue]:
    """One cue for each sentence."""
    return [(turn[0].start, turn[-1].end, text_of(turn)) for turn in turns(words)]


def srt(cues: Sequence[Cue]) -> str:
    return "".join(
        f"{number}\n{_time(start, ',')} --> {_time(end, ',')}\n{text}\n\n"
        for number, (start, end, text) in enumerate(cues, 1)
    )


def vtt(cues: Sequence[Cue]) -> str:
    return "WEBVTT\n\n" + "".join(f"{_time(start, '.')} --> {_time(end, '.')}\n{text}\n\n" for start, end, text in cues)


def _time(at: int, mark: str) -> str:
    seconds, rest = divmod(at, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{rest:03}"
