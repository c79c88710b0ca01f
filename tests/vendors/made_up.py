"""Recordings with nothing in them, and Prosa requests made of them."""

from __future__ import annotations

import base64
import io
import ssl
import struct
import wave
from typing import Any

import httpx

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # for clients: reading the system's certificates takes a while
Body = dict[str, Any]


def wav(seconds: float, rate: int = 100) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(bytes(2 * round(seconds * rate)))
    return file.getvalue()


def ogg(seconds: float, skip: int = 312) -> bytes:
    """An Opus file without any Opus in it: the first page and two that only count."""

    def page(granule: int, body: bytes) -> bytes:
        return b"OggS\x00\x00" + struct.pack("<qIII", granule, 1, 0, 0) + bytes([1, len(body)]) + body

    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", skip, 16000, 0, 0)
    return page(0, head) + page(round(seconds * 48000) + skip, b"x") + page(-1, b"y")


def flac(seconds: int) -> bytes:
    packed = 16000 << 44 | 15 << 36 | seconds * 16000
    return b"fLaC\x80\x00\x00\x22" + bytes(10) + packed.to_bytes(8, "big") + bytes(16)


def job(sound: bytes = wav(3), wait: bool = False, config: Body | None = None, **request: Any) -> Body:
    data = {} if "uri" in request else {"data": base64.b64encode(sound).decode()}
    return {"config": {"model": "stt-general", "wait": wait, **(config or {})}, "request": {**data, **request}}


def submitted(client: httpx.Client, **how: Any) -> Body:
    reply = client.post("stt", json=job(**how))
    assert reply.status_code == 200, reply.text
    found: Body = reply.json()
    return found


def refused(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["status"]
