"""What a stub claims to have heard: the same words for the same bytes, within the recording's own length."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import soundfile

from .body import Blob

SENTENCES = (
    "Good morning, and thank you all for coming.",
    "It’s my first time here.",
    "The storm came over the hills before anyone had woken up.",
    "Nobody in the café believed it, not even Zoë.",
    "So what did you do?",
    "We waited, and then we waited some more.",
    "How long did it last?",
    "Eleven hours, give or take.",
)
WORD, GAP, PAUSE, LEAD, MOST_WORDS = 320, 60, 900, 320, 20_000  # milliseconds, but for the last


@dataclass(frozen=True)
class Word:
    """One word with its punctuation. Times are milliseconds, as whole numbers, so that no unit loses any."""

    text: str
    start: int
    end: int
    confidence: float
    turn: int  # counts the sentences; who speaks and on which channel follows from it

    @property
    def plain(self) -> str:
        """Lower case and without punctuation at the ends."""
        return self.text.lower().strip(".,?!—…“”\"'") or self.text


@dataclass(frozen=True)
class Heard:
    seconds: float
    channels: int
    words: tuple[Word, ...]
    decoded: bool = True  # the bytes were a sound file


def confidence_of(words: Sequence[Word]) -> float:
    return round(sum(word.confidence for word in words) / len(words), 7) if words else 0.0


def turns(words: Sequence[Word]) -> list[list[Word]]:
    """The sentences, each with its words."""
    grouped: dict[int, list[Word]] = {}
    for word in words:
        grouped.setdefault(word.turn, []).append(word)
    return list(grouped.values())


def hear(audio: Blob, text: str | None = None) -> Heard:
    """The words in `audio`, or those of `text` (one sentence a line) when a test wants its own."""
    seconds, channels, decoded = _measure(audio)
    digest = bytes.fromhex(audio.sha256)
    lines = [SENTENCES[(digest[0] + i) % len(SENTENCES)] for i in range(len(SENTENCES))]
    words = _spoken(lines if text is None else text.splitlines(), text is None, round(seconds * 1000), digest)
    return Heard(seconds, channels, tuple(words), decoded)


def silence(seconds: float, channels: int = 1) -> bytes:
    """A WAV file to send."""
    file = io.BytesIO()
    soundfile.write(file, np.zeros((round(seconds * 8000), channels), dtype="int16"), 8000, format="WAV")
    return file.getvalue()


def hear_url(url: str, text: str | None = None) -> Heard:
    """What a recording at a public address would be heard as; nothing is fetched."""
    blob = Blob()
    blob.write(url.encode())
    return hear(blob, text)


def _spoken(lines: list[str], repeat: bool, length: int, digest: bytes) -> list[Word]:
    """The default lines over and over as long as the recording lasts; a test's own are squeezed into it."""
    words, at = list[Word](), LEAD
    for turn in count() if repeat else range(len(lines)):
        for text in lines[turn % len(lines)].split():
            if len(words) == MOST_WORDS or (repeat and at + WORD > length):
                return words
            confidence = round(0.8 + digest[len(words) % len(digest)] / 1280, 4)
            words.append(Word(text, at, at + WORD, confidence, turn))
            at += WORD + GAP
        at += PAUSE
    pace = min(1.0, length / at)
    return [replace(word, start=int(word.start * pace), end=int(word.end * pace)) for word in words]


def _measure(audio: Blob) -> tuple[float, int, bool]:
    """Length and channels; bytes that are no sound file pass for five to fifteen seconds of one channel."""
    audio.file.seek(0)
    try:
        info = soundfile.info(audio.file)
    except soundfile.LibsndfileError:
        return 5.0 + audio.size % 100 / 10, 1, False
    return info.frames / info.samplerate, info.channels, True
