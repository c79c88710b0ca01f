"""What a file is before any of it is decoded; which files of a folder are recordings. Any thread."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition

from studio.core.errors import MediaError

from .source import COPY_AGAIN, encrypted, readable, recording, shown, unreadable

ENCRYPTION_MARK: Final = "encryption_info"  # side data of packets under Common Encryption (ISO/IEC 23001-7)
_MIB = 1 << 20

# What folders are searched for; a file named by the user is taken whatever its suffix.
_AUDIO = (
    "3ga aac ac3 aif aifc aiff alac amr ape au caf dss dts eac3 flac gsm m4a m4b m4r mka mp1 mp2 mp3 mpc mpga oga ogg"
)
_AUDIO_MORE = "opus ra shn snd spx tak tta voc w64 wav wave weba wma wv"
_VIDEO = (
    "3g2 3gp asf avi divx dv f4v flv m2t m2ts m2v m4v mjpeg mkv mov mp4 mpe mpeg mpg mts mxf ogm ogv qt rm rmvb ts vob"
)
_VIDEO_MORE = "webm wmv wtv"
SUFFIXES = frozenset(f".{s}" for s in " ".join((_AUDIO, _AUDIO_MORE, _VIDEO, _VIDEO_MORE)).split())


@dataclass(frozen=True, slots=True)
class Track:
    """One audio track."""

    index: int  # counted from 0 among the audio tracks
    codec: str  # "aac"
    channels: int
    rate: int  # samples per second
    language: str  # as the file has it, mostly ISO 639-2; "" if not said
    title: str

    def __str__(self) -> str:
        what = (self.codec, f"{self.channels} channels", self.language, self.title)
        return f"{self.index} ({', '.join(filter(None, what))})"


@dataclass(frozen=True, slots=True)
class MediaInfo:
    path: Path
    container: str  # FFmpeg's name of the format, e.g. "matroska,webm"
    duration: int  # milliseconds, as the file says; 0 if it does not
    tracks: tuple[Track, ...]  # at least one
    has_video: bool  # moving pictures; a cover does not count


def probe(path: Path) -> MediaInfo:
    """Look into the headers. Raises MediaError for everything that has no sound to decode, saying why."""
    with recording(path) as (container, _):
        info = describe(path, container)
        if _is_encrypted(container):
            raise encrypted(path)
        return info


def describe(path: Path, container: InputContainer) -> MediaInfo:
    """What the headers of an open container say; reads no packet."""
    has_video = any(not s.disposition & Disposition.attached_pic for s in container.streams.video)
    tracks = tuple(_track(i, stream) for i, stream in enumerate(container.streams.audio))
    if not tracks:
        raise _no_sound(path, container, has_video)
    duration = max(0, container.duration or 0) // 1000
    return MediaInfo(path, container.format.name, duration, tracks, has_video)


def _track(index: int, stream: AudioStream) -> Track:
    context, tags = stream.codec_context, stream.metadata
    language = tags.get("language", "")
    return Track(
        index=index,
        codec=context.codec.canonical_name if context else "unknown",
        channels=context.layout.nb_channels if context else 0,
        rate=context.sample_rate if context else 0,
        language="" if language == "und" else language,
        title=tags.get("title", ""),
    )


def _no_sound(path: Path, container: InputContainer, has_video: bool) -> MediaError:
    if has_video:
        return MediaError(
            f"{shown(path)} holds no sound: it is a video or picture without an audio track.", "Add one with sound."
        )
    if container.streams.subtitles:
        return MediaError(f"{shown(path)} is text, not a recording.", "Add a sound or video file.")
    return MediaError(f"{shown(path)} holds no sound: no audio track is in it.", COPY_AGAIN)


def _is_encrypted(container: InputContainer) -> bool:
    try:
        packet = next(container.demux(container.streams.audio), None)
    except FFmpegError:
        return False  # damaged: decoding will tell
    return packet is not None and packet.has_sidedata(ENCRYPTION_MARK)


def fingerprint(path: Path) -> str:
    """Names the content: SHA-256 (hex) over the size in bytes, the first MiB and the last MiB.

    Finds a moved or renamed recording again at the price of two reads. Raises MediaError.
    """
    with readable(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha256(str(size).encode())
            digest.update(file.read(_MIB))
            file.seek(max(0, size - _MIB))
            digest.update(file.read(_MIB))
        except OSError as error:
            raise unreadable(path, error) from error
    return digest.hexdigest()


def expand(paths: Iterable[Path]) -> list[Path]:
    """Files as given, folders replaced by the recordings in them at any depth, in natural order; each file once.

    Hidden files and folders are passed over. Raises MediaError for a folder that may not be read.
    """
    found = dict[str, Path]()
    for path in paths:
        for file in _recordings_in(path) if path.is_dir() else (path,):
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _recordings_in(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir(), key=_natural)
    except OSError as error:
        raise unreadable(folder, error) from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():  # may lead in circles
                yield from _recordings_in(entry)
        elif entry.suffix.lower() in SUFFIXES:
            yield entry


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Part 2 before part 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", path.name.casefold())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts]
