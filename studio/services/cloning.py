"""Voices made from recordings: a few seconds of one person, and that person's consent. Worker threads.

A voice and its consent are stored together and go together: see library/clones.py.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np

from studio import media
from studio.core.errors import UsageError
from studio.core.jobs import StopToken
from studio.core.speaking import Voice
from studio.engines.remote.speaking.stt_ai import REFERENCE
from studio.library import Clone
from studio.media.wav import Samples

from . import accounts
from .speech_orders import clone_voice
from .studio import Studio

_LONGEST_NAME = 80  # characters
_QUIETEST = 64  # of 32,767: nobody speaks below that


def accounts_for(studio: Studio) -> list[str]:
    """The accounts for which voices can be made."""
    infos = accounts.infos()
    speaking = (a for a in studio.accounts.all() if a.enabled and a.kind in infos and infos[a.kind].speaks)
    return [a.name for a in speaking if accounts.speaking_kind(a.kind).clones]


def consent(studio: Studio, account: str, title: str) -> str:
    """What whoever is heard must agree to, to be shown before `make`."""
    known = studio.accounts.get(account)
    info = accounts.info_of(known.kind)
    return (
        f"The person who is heard in this stretch agrees that it is sent to {accounts.host_of(known)} ({info.title}), "
        f"and that a voice like theirs, called “{title.strip()}”, says texts that I choose. {info.retention}"
    )


def check(studio: Studio, account: str, start: int, end: int) -> None:
    """Whether a voice can be made there of such a stretch (milliseconds). Raises UsageError."""
    known = studio.accounts.get(account)
    if not accounts.speaking_kind(known.kind).clones:
        raise UsageError(f"{accounts.info_of(known.kind).title} makes no voices.", "Choose an account at STT.ai.")
    least, most = REFERENCE
    if not least <= (end - start) / 1000 <= most:
        raise UsageError(
            f"A voice is made from {least:g} to {most:g} seconds, and these are {(end - start) / 1000:.1f}.",
            "Select a stretch in which one person speaks for so long.",
        )


def make(
    studio: Studio,
    account: str,
    recording: Path,
    span: tuple[int, int],
    title: str,
    agreed_by: str,
    notice: str,
    *,
    track: int = 0,
    stop: StopToken | None = None,
) -> Voice:
    """A voice of milliseconds span[0]..span[1] of a recording. Nothing is sent yet.

    `agreed_by`: the name that was typed; `notice`: what was agreed to, as it was shown. Raises UsageError, MediaError,
    Stopped.
    """
    check(studio, account, *span)
    name, agreed_by = title.strip(), agreed_by.strip()
    for what, typed in (("The voice", name), ("Who agrees", agreed_by)):
        if not 0 < len(typed) <= _LONGEST_NAME:
            raise UsageError(f"{what} needs a name.", f"Type one of up to {_LONGEST_NAME} letters.")
    if not notice.strip():
        raise UsageError("It was not shown what is agreed to.", "Show it first.")
    samples = media.read_stretch(recording, track, *span, stop)
    if not len(samples) or int(np.abs(samples.astype(np.int32)).max()) < _QUIETEST:
        raise UsageError("Nothing is heard in this stretch.", "Select one in which somebody speaks.")
    content = media.fingerprint(recording)
    made = studio.library.clones.add(account, name, content, span, agreed_by, notice, _wav(samples))
    info = accounts.info_of(studio.accounts.get(account).kind)
    return Voice(clone_voice(made), made.title, (), info.title)


def all_of(studio: Studio) -> list[Clone]:
    """The voices made from recordings, with their consents."""
    return studio.library.clones.all()


def remove(studio: Studio, id: int) -> None:
    """Forget a voice, what it was made from, and its consent: it cannot be used any more. What it said stays."""
    studio.library.clones.remove(id)


def _wav(samples: Samples) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(media.SAMPLE_RATE)
        sound.writeframes(samples.astype("<i2").tobytes())
    return held.getvalue()
