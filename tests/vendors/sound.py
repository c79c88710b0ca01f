"""What a stub can tell about a recording without decoding it: its container, and how long it is."""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

_MAGIC = (
    ("wav", rb"RIFF....WAVE"),
    ("ogg", rb"OggS"),
    ("flac", rb"fLaC"),
    ("webm", rb"\x1a\x45\xdf\xa3"),
    ("m4a", rb"....ftyp"),
    ("aac", rb"\xff[\xf0\xf1\xf8\xf9]"),
    ("mp3", rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfe]"),
)


def container(file: BinaryIO) -> str | None:
    """wav, ogg, flac, webm (or Matroska), m4a (or MP4), aac, mp3; None for anything else."""
    file.seek(0)
    head = file.read(16)
    return next((name for name, magic in _MAGIC if re.match(magic, head, re.DOTALL)), None)


def duration(file: BinaryIO) -> float | None:
    """Seconds by a WAV or FLAC header or by an Ogg file's last granule position; None where none of these tells."""
    reader = {"wav": _wav, "flac": _flac, "ogg": _ogg}.get(container(file) or "")
    try:
        return reader(file) if reader else None
    except (struct.error, ZeroDivisionError):
        return None


def _wav(file: BinaryIO) -> float | None:
    end = file.seek(0, 2)
    at, rate = 12, 0
    while at + 8 <= end:
        file.seek(at)
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"fmt ":
            rate = struct.unpack("<HHIIHH", file.read(16))[3]  # bytes a second
        if name == b"data":
            return float(min(size, end - at - 8) / rate)  # written as a stream, `size` is 0xFFFFFFFF
        at += 8 + size + size % 2
    return None


def _flac(file: BinaryIO) -> float | None:
    file.seek(18)
    packed = int.from_bytes(file.read(8), "big")  # 20 bits rate, 3 channels, 5 depth, 36 samples
    return (packed & (1 << 36) - 1) / (packed >> 44)


def _ogg(file: BinaryIO) -> float | None:
    file.seek(0)
    head = file.read(256)
    if (at := head.find(b"OpusHead")) >= 0:
        rate, skip = 48000, struct.unpack_from("<H", head, at + 10)[0]
    elif (at := head.find(b"\x01vorbis")) >= 0:
        rate, skip = struct.unpack_from("<I", head, at + 12)[0], 0
    else:
        return None
    file.seek(max(0, file.seek(0, 2) - 128 * 1024))
    tail = file.read()
    pages = (struct.unpack_from("<q", tail, found.start() + 6)[0] for found in re.finditer(rb"OggS\x00", tail))
    granules = [granule for granule in pages if granule >= 0]
    return max(0, granules[-1] - skip) / rate if granules else None
