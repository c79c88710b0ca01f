"""Voices: naming people in a new recording by how they sound in earlier ones, and passages given to the wrong person.

Nothing is learnt or suggested until the user has agreed, nothing leaves this computer, and what was learnt can be
forgotten for good. Runs in a worker thread; raises StudioError where the recording cannot be read, Stopped when asked
to stop.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio import media
from studio.core.errors import MediaError
from studio.core.jobs import StopToken
from studio.core.speakers import is_unnamed
from studio.core.transcript import Segment, Source, Transcript
from studio.engines.local.voices import Vector
from studio.library import KnownVoice
from studio.models import catalogue

from .studio import Studio

MODEL = "campplus-zh-en"

# Measured by tests/benchmarks/voices.py: with 5 s of speech strangers reach 0.47, and nobody was less than 0.61 like
# himself.
ALIKE = 0.55
ENOUGH = 5_000  # milliseconds of speech below which a voice is neither kept nor suggested
PLENTY = 30_000  # and beyond which more helps little and takes longer

CLEAR = 2_000  # milliseconds below which a passage is not judged
LEAD = 0.2  # by how much it must sound more like somebody else

_ALLOWED, _ASKED, _REFUSED = "voices.allowed", "voices.asked", "voices.refused"

Ranges = Sequence[tuple[int, int]]  # milliseconds


@dataclass(frozen=True, slots=True)
class Suggestion:
    speaker_id: str
    name: str
    likeness: float  # 0..1


@dataclass(frozen=True, slots=True)
class Doubt:
    """A passage that sounds more like `other` than like the speaker it has now."""

    segment_id: int
    speaker_id: str
    other: str  # a speaker id
    lead: float  # how much more, -2..2


def allowed(studio: Studio) -> bool:
    return bool(studio.library.settings.get(_ALLOWED, False))


def asked(studio: Studio) -> bool:
    """The user has said yes or no."""
    return bool(studio.library.settings.get(_ASKED, False))


def allow(studio: Studio, yes: bool) -> None:
    """Switch remembering and suggesting on or off; what is known already stays until it is forgotten."""
    studio.library.settings.set(_ALLOWED, yes)
    studio.library.settings.set(_ASKED, True)


def known(studio: Studio) -> list[KnownVoice]:
    return studio.library.voices.known()


def learn(studio: Studio, transcript: Transcript, speaker_ids: Collection[str], stop: StopToken) -> list[str]:
    """Remember those of these speakers that have a name and say enough; returns their names.

    Those without a name are forgotten again, as far as this recording goes: a name may have been taken back.
    """
    if not allowed(studio):
        return []
    content = transcript.source.content_id
    named = {s.id: s.name for s in transcript.speakers if s.id in speaker_ids and not is_unnamed(s)}
    for id in set(speaker_ids) - set(named):
        studio.library.voices.drop(content, id)
    ranges = {id: r for id in named if _length(r := speech_of(transcript, id)) >= ENOUGH}
    for id, vector in _voices(studio, transcript, ranges, stop).items():
        studio.library.voices.keep(
            named[id], vector, _length(ranges[id]) / 1000, model=MODEL, content_id=content, speaker=id
        )
    return [named[id] for id in ranges]


def suggest(studio: Studio, transcript: Transcript, stop: StopToken) -> list[Suggestion]:
    """Who the speakers without a name may be: each known voice for one speaker at most, the likest first."""
    if not allowed(studio):
        return []
    here = {s.name for s in transcript.speakers}
    people = [voice for voice in studio.library.voices.known(MODEL) if voice.name not in here]
    unnamed = [s.id for s in transcript.speakers if is_unnamed(s)]
    ranges = {id: r for id in unnamed if _length(r := speech_of(transcript, id)) >= ENOUGH}
    if not people or not ranges:
        return []
    vectors = _voices(studio, transcript, ranges, stop)
    refused = _refusals(studio)
    pairs = [
        Suggestion(id, person.name, min(float(vector @ person.vector), 1.0))
        for id, vector in vectors.items()
        for person in people
        if [transcript.source.content_id, id, person.name] not in refused
    ]
    found: list[Suggestion] = []
    for pair in sorted(pairs, key=lambda p: -p.likeness):
        if pair.likeness >= ALIKE and all(pair.speaker_id != f.speaker_id and pair.name != f.name for f in found):
            found.append(pair)
    return found


def refuse(studio: Studio, transcript: Transcript, suggestion: Suggestion) -> None:
    """Do not suggest this name for this speaker of this recording again."""
    entry = [transcript.source.content_id, suggestion.speaker_id, suggestion.name]
    if entry not in (refused := _refusals(studio)):
        studio.library.settings.set(_REFUSED, [*refused, entry])


def rename(studio: Studio, old: str, new: str) -> None:
    studio.library.voices.rename(old, new)


def forget(studio: Studio, name: str) -> None:
    """Delete what is known of this voice; it is learnt again only when the user gives the name again."""
    studio.library.voices.forget(name)
    studio.library.settings.set(_REFUSED, [entry for entry in _refusals(studio) if entry[2] != name])


def forget_all(studio: Studio) -> None:
    studio.library.voices.forget_all()
    studio.library.settings.set(_REFUSED, [])


def doubts(studio: Studio, transcript: Transcript, stop: StopToken) -> list[Doubt]:
    """Passages that sound like another speaker of this recording, in order of time. Keeps nothing; reads all of it.

    Short passages and those where two talk at once are not judged.
    """
    segments = transcript.segments
    judged = {
        str(n): s
        for n, s in enumerate(segments)
        if s.speaker and s.end - s.start >= CLEAR and not _talked_over(segments, n)
    }
    if len({s.speaker for s in judged.values()}) < 2:
        return []
    with _place(transcript.source) as folder:
        audio = folder / "sound.wav"
        for _ in media.decode(Path(transcript.source.path), audio, None, track=transcript.source.track, stop=stop):
            pass
        vectors = _read(studio, audio, {key: [(s.start, s.end)] for key, s in judged.items()}, stop)
    return _doubtful([(judged[key], vector) for key, vector in vectors.items()])


def _doubtful(heard: Sequence[tuple[Segment, Vector]]) -> list[Doubt]:
    """Each passage is compared with the mean of all others of every speaker."""
    sums: dict[str, Vector] = {}
    for segment, vector in heard:
        sums[segment.speaker or ""] = sums.get(segment.speaker or "", 0) + _weighed(segment, vector)
    found = []
    for segment, vector in heard:
        now = segment.speaker or ""
        others = {**sums, now: sums[now] - _weighed(segment, vector)}
        like = {
            id: float(vector @ total) / norm
            for id, total in others.items()
            if (norm := float(np.linalg.norm(total))) > 0
        }
        other = max((id for id in like if id != now), key=lambda id: like[id])
        if now in like and like[other] - like[now] >= LEAD:
            found.append(Doubt(segment.id, now, other, like[other] - like[now]))
    return found


def _weighed(segment: Segment, vector: Vector) -> Vector:
    return vector * np.float32(segment.end - segment.start)


def speech_of(transcript: Transcript, speaker: str) -> list[tuple[int, int]]:
    """Where to hear this speaker alone, PLENTY of it at most, from the longest passages; in order of time."""
    segments = transcript.segments
    own = [s for n, s in enumerate(segments) if s.speaker == speaker and not _talked_over(segments, n)]
    chosen: list[tuple[int, int]] = []
    for segment in sorted(own, key=lambda s: s.start - s.end):
        left = PLENTY - _length(chosen)
        if left <= 0:
            break
        chosen.append((segment.start, min(segment.end, segment.start + left)))
    return sorted(chosen)


def _talked_over(segments: Sequence[Segment], row: int) -> bool:
    """A neighbour by somebody else overlaps."""
    segment = segments[row]
    around = (*segments[max(0, row - 2) : row], *segments[row + 1 : row + 3])
    return any(s.speaker != segment.speaker and s.start < segment.end and s.end > segment.start for s in around)


def _length(ranges: Ranges) -> int:
    return sum(end - start for start, end in ranges)


def _refusals(studio: Studio) -> list[list[str]]:
    entries: list[list[str]] = studio.library.settings.get(_REFUSED, [])
    return entries


def _voices(studio: Studio, transcript: Transcript, ranges: Mapping[str, Ranges], stop: StopToken) -> dict[str, Vector]:
    """The voice in each of these ranges; only they are read."""
    if not ranges:
        return {}
    with _place(transcript.source) as folder:
        audio, places = _cut_out(transcript.source, ranges, folder / "pieces.wav", stop)
        return _read(studio, audio, places, stop)


def _read(studio: Studio, audio: Path, ranges: Mapping[str, Ranges], stop: StopToken) -> dict[str, Vector]:
    for _ in studio.models.pull(MODEL, stop):
        pass
    weights = studio.models.path(MODEL) / catalogue()[MODEL].files[0].name
    return studio.engines.voices(weights).voices(audio, ranges, stop)


@contextmanager
def _place(source: Source) -> Iterator[Path]:
    """A folder for sound that is gone afterwards, once it is sure that the recording is the right one."""
    if media.fingerprint(Path(source.path)) != source.content_id:
        raise MediaError(
            f"“{source.name}” is not the recording that this text was made from.",
            "Voices are read from the right recording only; the text is safe.",
        )
    with tempfile.TemporaryDirectory(prefix="voices-") as folder:
        yield Path(folder)


def _cut_out(
    source: Source, ranges: Mapping[str, Ranges], target: Path, stop: StopToken
) -> tuple[Path, dict[str, Ranges]]:
    """The pieces one after the other as WAV, and where each lies in it."""
    places: dict[str, Ranges] = {}
    at = 0
    with wave.open(str(target), "wb") as file:
        file.setparams((1, 2, media.SAMPLE_RATE, 0, "NONE", ""))
        for id, stretches in ranges.items():
            moved = []
            for start, end in stretches:
                piece = media.read_stretch(Path(source.path), source.track, start, end, stop)
                file.writeframes(piece.astype("<i2", copy=False).tobytes())
                moved.append((at, at + end - start))
                at += end - start
            places[id] = moved
    return target, places
