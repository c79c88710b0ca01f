"""What kind of sound bytes are: vendors call the same name what comes in different containers. Pure."""

from __future__ import annotations

_BEGINNINGS = (
    (b"OggS", ".ogg"),
    (b"\x1a\x45\xdf\xa3", ".webm"),
    (b"fLaC", ".flac"),
    (b"ID3", ".mp3"),
)
_WAVES = (b"RIFF", b"RF64")
_NO_SIZE = 0x7FFF_0000  # what is written to go on for so long was written before its size was known


def suffix_of(sound: bytes) -> str:
    """The ending of a file of such sound; "" for what is none that is known."""
    for beginning, suffix in _BEGINNINGS:
        if sound.startswith(beginning):
            return suffix
    if sound[:4] in _WAVES and sound[8:12] == b"WAVE":
        return ".wav"
    if sound[4:8] == b"ftyp":
        return ".m4a"
    if len(sound) > 1 and sound[0] == 0xFF and sound[1] & 0xE0 == 0xE0:  # the start of a frame; its layer 0 is AAC
        return ".mp3" if sound[1] & 0x06 else ".aac"
    return ""


def cut_short(sound: bytes) -> bool:
    """Whether it says itself that there is more of it."""
    size = int.from_bytes(sound[4:8], "little")
    return sound.startswith(b"RIFF") and size < _NO_SIZE and len(sound) < size + 8
