"""Decodes one audio track of any recording to 16 kHz mono, in one pass and constant memory. Worker threads.

Times in the WAV file are times in the recording: where the sound starts later than the picture, or a stretch of it is
missing, silence stands for it, so that words found later lie where a player shows them.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from io import FileIO
from pathlib import Path

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard

from studio.core.errors import MediaError, UsageError
from studio.core.jobs import StopToken

from .peaks import Peaks, PeaksWriter
from .probe import ENCRYPTION_MARK, MediaInfo, describe
from .source import COPY_AGAIN, encrypted, gone, recording, shown, unreadable
from .timeline import Timeline
from .wav import SAMPLE_RATE, Samples, check_room, wav_writer

_YIELD_EVERY = 0.002
_TRIES = 16  # errors of the container in a row before its rest is given up
_EXACT = {"mov", "flac", "aiff", "caf", "w64", "matroska"}  # formats whose durations are not estimates
_GAPLESS = {"flac", "ogg"}  # formats in which a leap in time means that something is lost
_SHORT_SECONDS, _SHORT_SHARE = 1.0, 0.02  # what may be missing at the end before it counts as truncated


@dataclass(frozen=True, slots=True)
class DecodeResult:
    duration: int  # milliseconds of the WAV file
    damaged: bool  # parts could not be decoded and were left out
    truncated: bool  # the recording ends before its own headers say


def decode(
    path: Path, target: Path | None, peaks: PeaksWriter | None, *, track: int = 0, stop: StopToken
) -> Generator[float, None, DecodeResult]:
    """Write `target`, a WAV file of 16 kHz, mono, 16 bit; None: only hear it. Yields how much is done, 0..1.

    All channels are mixed in equal parts. `target` appears when it is complete; nothing is left behind otherwise.
    Damaged parts are left out (see DecodeResult). Raises MediaError when nothing can be decoded or the file goes away,
    UsageError when there is no such track, StorageError when the disk is full, Stopped when asked to stop.
    """
    with recording(path) as (container, file):
        reader = Reader(path, container, file, track)
        if target:
            check_room(path, target, reader.info.duration)
        yield 0.0
        with wav_writer(path, target) if target else nullcontext(_Nowhere()) as wav:
            timeline = Timeline(wav, peaks, reader.info.duration / 1000, stop)
            yield from reader.pour(timeline, stop)
            truncated = _ends_early(reader.info, reader.stream, file, timeline.position)
            if truncated and not path.exists():
                raise gone(path)
    yield 1.0
    damaged = reader.error is not None or (timeline.gaps and reader.info.container in _GAPLESS)
    return DecodeResult(wav.samples * 1000 // SAMPLE_RATE, damaged, truncated)


class _Nowhere:
    """Counts the samples."""

    samples = 0

    def write(self, samples: Samples) -> None:
        self.samples += len(samples)


def read_peaks(path: Path, track: int, stop: StopToken) -> Generator[float, None, Peaks]:
    """The peaks of a recording and nothing else; yields how much is done. Raises what `decode` does."""
    with recording(path) as (container, file):
        reader, peaks = Reader(path, container, file, track), PeaksWriter()
        yield from reader.pour(Timeline(peaks, None, reader.info.duration / 1000, stop), stop)
    yield 1.0
    return peaks.finish()


def _choose(container: InputContainer, info: MediaInfo, track: int) -> AudioStream:
    if not 0 <= track < len(info.tracks):
        raise UsageError(
            f"{shown(info.path)} has no audio track {track}.",
            f"It has {', '.join(map(str, info.tracks))}; tracks are counted from 0.",
        )
    chosen = container.streams.audio[track]
    if chosen.codec_context is None:
        raise MediaError(
            f"{shown(info.path)} holds sound in a format that cannot be decoded here.", "Convert it to WAV or MP3."
        )
    for stream in container.streams:
        if stream is not chosen:
            stream.discard = Discard.all  # gigabytes of pictures need not be read
    return chosen


class Reader:
    """Reads and decodes one track, stepping over what is damaged; `error` is the first thing that was.

    Raises UsageError when there is no such track, MediaError when it holds nothing to decode.
    """

    def __init__(self, path: Path, container: InputContainer, file: FileIO, track: int) -> None:
        self.info = describe(path, container)
        self.stream = _choose(container, self.info, track)
        self.error: FFmpegError | None = None
        self._path, self._container, self._file, self._track = path, container, file, track

    def pour(self, timeline: Timeline, stop: StopToken) -> Iterator[float]:
        """Put all frames from here on on the line; yields how much is done, 0..1, never falling.

        Raises MediaError where there are none.
        """
        size, done = os.fstat(self._file.fileno()).st_size, 0.0
        for _ in self.lay(timeline, stop):
            whole = self.info.duration
            share = timeline.position * 1000 / whole if whole else self._file.tell() / size
            if min(share, 0.999) >= done + _YIELD_EVERY:
                done = min(share, 0.999)
                yield done

    def lay(self, timeline: Timeline, stop: StopToken) -> Iterator[None]:
        """The same, frame by frame: yields after each, and once more at the end."""
        with self.telling():
            for frame, at in self.frames(stop):
                timeline.add(frame, at)
                yield
            timeline.flush()
        if not timeline.heard or not timeline.position:
            raise _nothing(self._path, self.info, self._track, self.error)
        yield

    @contextmanager
    def telling(self) -> Iterator[None]:
        """What goes wrong in the block is told as a MediaError."""
        try:
            yield
        except OSError as error:
            raise unreadable(self._path, error) from error
        except FFmpegError as error:  # of the mixer; those of the recording stay in the reader
            form = self.info.tracks[self._track]
            raise MediaError(
                f"{shown(self._path)} holds sound in a form that cannot be mixed here: {form}.",
                "Convert it to WAV or MP3 with one or two channels.",
                repr(error),
            ) from error

    @property
    def begins(self) -> float:
        """Seconds on the container's clock at which the recording begins."""
        return (self._container.start_time or 0) / 1_000_000

    def seek(self, seconds: float) -> None:
        """Go on from a frame at or before this time of the recording. Raises FFmpegError where that is impossible."""
        base = self.stream.time_base or Fraction(1, 1_000_000)
        self._container.seek(int((seconds + self.begins) / base), stream=self.stream)

    def frames(self, stop: StopToken) -> Iterator[tuple[AudioFrame, float | None]]:
        """Frames and where they belong: seconds from the start of the recording."""
        start = self.begins
        for packet in self._packets():
            stop.check()
            for frame in self._decoded(packet):
                if frame.samples and frame.sample_rate > 0:
                    yield frame, None if frame.time is None else frame.time - start

    def _packets(self) -> Iterator[Packet[AudioStream] | None]:
        """All packets, then None, which empties the decoder."""
        tries = _TRIES
        while tries:
            try:
                for packet in self._container.demux(self.stream):
                    if packet.size:
                        tries = _TRIES
                        yield packet
                break
            except FFmpegError as error:
                if isinstance(error, OSError):
                    raise
                self.error = self.error or error
                tries -= 1
        yield None

    def _decoded(self, packet: Packet[AudioStream] | None) -> list[AudioFrame]:
        try:
            return self.stream.codec_context.decode(packet)
        except FFmpegError as error:
            if packet and packet.has_sidedata(ENCRYPTION_MARK):
                raise encrypted(self._path) from error
            self.error = self.error or error
            return []


def _nothing(path: Path, info: MediaInfo, track: int, error: FFmpegError | None) -> MediaError:
    if error:
        return MediaError(
            f"{shown(path)} is damaged: none of its sound can be decoded.",
            COPY_AGAIN,
            repr(error),
        )
    if len(info.tracks) > 1:
        others = ", ".join(str(t) for t in info.tracks if t.index != track)
        return MediaError(f"Audio track {track} of {shown(path)} holds no sound.", f"Choose another one: {others}.")
    if info.duration:
        return MediaError(f"{shown(path)} is cut off: it has a header, but the sound is missing.", COPY_AGAIN)
    return MediaError(f"{shown(path)} holds no sound: its audio track is empty.", COPY_AGAIN)


def _ends_early(info: MediaInfo, stream: AudioStream, file: FileIO, position: float) -> bool:
    """Whether the headers promise clearly more sound than there was. The picture may rightly go on longer."""
    if info.container == "wav":
        return _riff_cut(file)
    if not _EXACT & set(info.container.split(",")):
        return False
    if stream.duration is not None and stream.time_base is not None:
        stated = float(stream.duration * stream.time_base)
    else:
        stated = 0.0 if info.has_video else info.duration / 1000
    return stated - position > max(_SHORT_SECONDS, _SHORT_SHARE * stated)


def _riff_cut(file: FileIO) -> bool:
    """FFmpeg believes a WAV file's length over its header; programs that write to a pipe put 2 or 4 GiB there."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    mark: bytes
    stated: int
    mark, stated = struct.unpack("<4sI", file.read(8))
    return mark == b"RIFF" and stated < 0x7FFF0000 and size < stated * (1 - _SHORT_SHARE)
