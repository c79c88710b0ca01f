"""A voice-over as files to keep: one track or a file for each cue, and subtitles timed to the speech. Worker threads.

Everything is made in a hidden folder beside its place, and gets its name when all of it is whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio import media
from studio.core.errors import StorageError, UsageError
from studio.core.jobs import StopToken
from studio.core.transcript import Segment, Transcript
from studio.core.voiceover import Placed, duration
from studio.formats import FORMATS, WriteOptions

from . import export as files
from .export import IfExists
from .file_names import cue_stem
from .speaking import Told
from .studio import Studio
from .voiceover import Parts, Spoke, clip, place, subtitles, track

TEMPLATE = "{number} {speaker} {words}"  # for the file of one cue, see file_names.py
_MEASURING = 0.5  # the share of the work, where loudness is measured


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    format: str = "wav"  # one of media.SOUND_FORMATS
    rate: int = media.FULL_RATE
    loudness: float | None = media.SPEECH_LUFS  # None: as the voices speak
    template: str = ""  # of the names of a file for each cue; "": one file for all
    subtitles: str = ""  # one of formats.FORMATS
    chosen: tuple[int, ...] | None = None  # cues by id: only these, as if they were all; None: the whole voice-over


@dataclass(frozen=True, slots=True)
class Original:
    """The recording that is heard under the voice-over."""

    path: Path
    track: int = 0


def planned(target: Path, options: SpeechOptions) -> list[Path]:
    """What `export` will write: the sound, or the folder with a file for each cue, and the subtitles."""
    form = media.SOUND_FORMATS[options.format]
    stem = target.with_suffix("") if target.suffix.lower() == form.suffix else target
    sound = stem if options.template else stem.with_name(f"{stem.name}{form.suffix}")
    beside = [stem.with_name(f"{stem.name}{FORMATS[options.subtitles].suffix}")] if options.subtitles else []
    return [sound, *beside]


def export(
    studio: Studio,
    transcript: Transcript,
    spoke: Mapping[int, Spoke],
    parts: Parts,
    target: Path,
    options: SpeechOptions,
    stop: StopToken,
    *,
    under: Original | None = None,
    if_exists: IfExists = IfExists.REFUSE,
) -> Generator[Told, None, list[Path]]:
    """Write what was spoken (see `speak_cues`); returns the files, the sound or the folder of sounds first.

    Raises UsageError, StorageError, MediaError, FormatError, Stopped, and what speaking raises; then nothing is left.
    """
    wanted = _free(planned(target, options), if_exists)
    part = files.part_of(transcript, options.chosen, from_zero=True)
    placed = place(part.segments, spoke, parts)
    if not placed:
        raise UsageError("There is no speech to export.", "Make the voice-over first, or select other cues.")
    files.check_folder(target.parent)
    with tempfile.TemporaryDirectory(prefix=".studio-", dir=target.parent) as folder:
        job = _Job(studio, part, placed, spoke, parts, options, Path(folder), stop)
        try:
            if options.template:
                numbers = {segment.id: n for n, segment in enumerate(transcript.segments, 1)}
                yield from job.write_clips(numbers, wanted[0].name)
            else:
                first = next(s.start for s in transcript.segments if s.id == part.segments[0].id)
                yield from job.write_track(under, first - part.segments[0].start, wanted[0].name)
            if options.subtitles:
                job.write_subtitles(wanted[1])
        except StorageError as error:  # nobody knows of the hidden folder
            said = error.problem
            raise StorageError(said.what.replace(folder, str(target.parent)), said.hint, said.detail) from error
        stop.check()
        return [_placed(Path(folder) / path.name, path, if_exists) for path in wanted]


@dataclass(frozen=True, slots=True)
class _Job:
    studio: Studio
    part: Transcript
    placed: Sequence[Placed]
    spoke: Mapping[int, Spoke]
    parts: Parts
    options: SpeechOptions
    folder: Path
    stop: StopToken

    @property
    def _form(self) -> media.SoundFormat:
        return media.SOUND_FORMATS[self.options.format]

    def write_track(self, under: Original | None, skipped: int, name: str) -> Iterator[Told]:
        rate = self._form.rate(self.options.rate)
        original: media.Sound | None = media.recorded(under.path, under.track, rate) if under else None
        if original and skipped:
            original = media.Later(original, skipped * rate // 1000)
        mixed = self._track(rate, original)
        loudness = yield from self._measured(mixed)
        sound = self._levelled(mixed, loudness)
        share = _MEASURING if loudness else 0.0
        for done in media.write_sound(sound, self.folder / name, self._form, self.stop):
            yield Told("Writing the sound", share + (1 - share) * done)

    def write_clips(self, numbers: Mapping[int, int], name: str) -> Iterator[Told]:
        """All by the same gain: cues are as loud beside one another as in the track."""
        rate = self._form.rate(self.options.rate)
        loudness = yield from self._measured(self._track(rate, None))
        known, taken = {s.id: s for s in self.part.segments}, set[str]()
        folder, share = self.folder / name, _MEASURING if loudness else 0.0
        folder.mkdir()
        for n, speech in enumerate(self.placed):
            self.stop.check()
            yield Told(f"Writing, {n + 1} of {len(self.placed)}", share + (1 - share) * n / len(self.placed))
            cue = known[speech.id]
            sound = self._levelled(clip(self.studio, cue, speech, self.parts, self.stop), loudness)
            path = folder / f"{self._stem(cue, numbers[cue.id], taken)}{self._form.suffix}"
            for _ in media.write_sound(sound, path, self._form, self.stop, rate):
                pass

    def write_subtitles(self, path: Path) -> None:
        format = FORMATS[self.options.subtitles]
        said = self.part.with_segments(subtitles(self.part.segments, self.placed, self.spoke))
        stem = path.name.removesuffix(format.suffix)
        files.export(said, self.folder, stem, [format.id], WriteOptions(recut=False))

    def _track(self, rate: int, under: media.Sound | None) -> media.Mixed:
        whole = self.part.duration if self.options.chosen is None else 0
        length = duration(self.placed, whole)
        return track(
            self.studio, self.part.segments, self.placed, self.parts, self.stop, duration=length, rate=rate, under=under
        )

    def _measured(self, sound: media.Sound) -> Generator[Told, None, media.Loudness | None]:
        if self.options.loudness is None:
            return None
        steps = media.measure(sound, self.stop)
        while True:
            try:
                yield Told("Measuring how loud it is", _MEASURING * next(steps))
            except StopIteration as end:
                loudness: media.Loudness = end.value
                return loudness

    def _levelled(self, sound: media.Sound, loudness: media.Loudness | None) -> media.Sound:
        if loudness is None or self.options.loudness is None:
            return sound
        return media.normalised(sound, loudness, self.options.loudness)

    def _stem(self, cue: Segment, number: int, taken: set[str]) -> str:
        """A name that no other cue has, on systems that take capitals for the same, too."""
        stem = cue_stem(self.options.template, number, self.part.name_of(cue.speaker), cue.text)
        name, more = stem, 1
        while name.casefold() in taken:
            more += 1
            name = f"{stem} ({more})"
        taken.add(name.casefold())
        return name


def _free(wanted: list[Path], if_exists: IfExists) -> list[Path]:
    """The same places, or for KEEP_BOTH the first ones that are all free. Raises StorageError where one is taken."""
    there = next((path for path in wanted if path.exists()), None)
    if there is None or if_exists is IfExists.REPLACE:
        return wanted
    if if_exists is IfExists.REFUSE:
        raise files.exists_error(there)
    number = 2
    while any(_numbered(path, number).exists() for path in wanted):
        number += 1
    return [_numbered(path, number) for path in wanted]


def _numbered(path: Path, number: int) -> Path:
    ending = next((f.suffix for f in FORMATS.values() if path.name.endswith(f.suffix)), path.suffix)
    return path.with_name(f"{path.name.removesuffix(ending)} ({number}){ending}")


def _placed(made: Path, path: Path, if_exists: IfExists) -> Path:
    """Give what is whole its name. A folder that is there keeps its other files."""
    once = IfExists.REPLACE if if_exists is IfExists.REPLACE else IfExists.REFUSE
    try:
        if not made.is_dir():
            return files.place(made, path, once)
        if not path.exists():
            return made.rename(path)
        for file in sorted(made.iterdir()):
            files.place(file, path / file.name, once)
        return path
    except OSError as error:
        raise files.storage_error(path, error) from error
