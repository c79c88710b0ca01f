"""A recording whose noise a vendor takes out: sent in parts, each stored before it is sent, joined into one file.

Worker threads. What was cleaned once lies in the home by its content. Everything about money is as with texts and with
recordings that are written down: see ordering.py.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from studio import media
from studio.core import parts
from studio.core.accounts import Account
from studio.core.errors import BadResponse, MediaError
from studio.core.jobs import StopToken
from studio.core.parts import Part
from studio.engines.remote.cleaning import SoundOrder
from studio.engines.remote.service import Sound
from studio.library import SOUND, Ordered

from . import accounts, money, single_orders
from .single_orders import Told
from .studio import Studio

_PART = 10 * 60_000  # milliseconds: what comes back is not compressed


@dataclass(frozen=True, slots=True)
class Enhanced:
    """The file with the cleaned sound, as long as the recording."""

    path: Path


def offered(account: Account) -> bool:
    """Whether its vendor takes noise out."""
    info = accounts.infos().get(account.kind)
    return info is not None and info.cleans


def target(studio: Studio, account: str, recording: Path, track: int = 0) -> Path:
    """Where the cleaned sound is, or will be. Raises UsageError."""
    known = studio.accounts.get(account)
    content = media.fingerprint(recording)
    return studio.home.enhanced / f"{content[:32]}-{track}-{_fingerprint(known, content, track)[:8]}.flac"


def enhance(
    studio: Studio, account: str, recording: Path, stop: StopToken, *, track: int = 0, again: bool = False
) -> Iterator[Told | Enhanced]:
    """Have a recording cleaned. `again`, stops and errors are those of speech_orders.order; also MediaError."""
    file = target(studio, account, recording, track)
    if not file.exists():
        known = studio.accounts.cleans(account)
        with single_orders.alone(studio, _fingerprint(known, media.fingerprint(recording), track), stop):
            if not file.exists():
                yield from _enhance(studio, known, recording, track, file, stop, again)
    yield Enhanced(file)


def _enhance(
    studio: Studio, account: Account, recording: Path, track: int, file: Path, stop: StopToken, again: bool
) -> Iterator[Told]:
    content = media.fingerprint(recording)
    planned = yield from _plan(recording, track, stop)
    prints = [_fingerprint(account, content, track, part) for part in planned]
    known = [single_orders.take_up(studio, account, each, again) for each in prints]
    given = [
        order or _add(studio, account, each, part.end - part.start, recording.name)
        for order, each, part in zip(known, prints, planned, strict=True)
    ]
    missing = [n for n, each in enumerate(given) if studio.library.orders.reply(each.uid) is None]
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        sounds = {n: Path(folder) / f"{given[n].uid[:12]}.flac" for n in missing}
        spans = {path: (planned[n].start, planned[n].end) for n, path in sounds.items()}
        if spans:
            yield Told("Preparing the sound")
            _cut(recording, track, spans, stop)
        for n, path in sounds.items():
            length = planned[n].end - planned[n].start
            name = path.name if account.random_names else f"{recording.stem}{path.suffix}"
            asked = SoundOrder(Sound(path, name, "audio/flac", length), given[n].uid)
            opened = studio.accounts.cleaning
            yield from single_orders.carry_out(studio, account, opened, asked, given[n], stop)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for _ in media.write_sound(_Joined(studio, given, planned), file, media.SOUND_FORMATS["flac"], stop):
        yield Told("Putting the sound together")
    for each in given:
        studio.library.orders.end(each.uid, "done")


def _add(studio: Studio, account: Account, print_: str, length: int, name: str) -> Ordered:
    cost = money.cost(account, length)
    return studio.library.orders.add(SOUND, print_, account.name, account.kind, length, name, cost)


def _plan(recording: Path, track: int, stop: StopToken) -> Generator[Told, None, list[Part]]:
    reading = media.read_peaks(recording, track, stop)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            peaks: media.Peaks = end.value
            return parts.plan(peaks.duration, _PART, peaks.levels[0])
        yield Told("Reading the recording")


def _fingerprint(account: Account, content: str, track: int, part: Part | None = None) -> str:
    """The same for the same sound, whatever account and file are called."""
    kind = accounts.cleaning_kind(account.kind)
    url = (account.url or kind.info.url).rstrip("/")
    whole = [account.kind, url, content, track, [part.start, part.end] if part else None]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _cut(recording: Path, track: int, spans: Mapping[Path, tuple[int, int]], stop: StopToken) -> None:
    """Write milliseconds (start, end) of the track to each file: FLAC, one channel, at the rate of the recording."""
    rate = min(media.FULL_RATE, media.probe(recording).tracks[track].rate)
    sound = media.recorded(recording, track, rate, mono=True)
    with ExitStack() as stack:
        files = [
            (stack.enter_context(soundfile.SoundFile(path, "w", sound.rate, 1, "PCM_16", format="FLAC")), span)
            for path, span in spans.items()
        ]
        at = 0
        for block in sound.blocks(stop):
            mono = np.clip(block[0], -1, 1)
            for file, (start, end) in files:
                first, last = (max(0, edge * sound.rate // 1000 - at) for edge in (start, end))
                file.write(mono[first:last])
            at += len(mono)


class _Joined:
    """The replies of all parts in a row: see media.sound.Sound."""

    channels = 1

    def __init__(self, studio: Studio, given: Sequence[Ordered], planned: Sequence[Part]) -> None:
        self._studio, self._parts = studio, tuple(zip(given, planned, strict=True))
        self.rate = self._read(given[0])[1]
        self.samples = planned[-1].last * self.rate // 1000

    def blocks(self, stop: StopToken) -> Iterator[media.Block]:
        """Each part as long as it was in the recording: what lies side by side must stay so."""
        for order, part in self._parts:
            stop.check()
            samples, rate = self._read(order)
            sound = media.resampled(samples, rate, self.rate)[self._at(part.first - part.start) :]
            length = self._at(part.last) - self._at(part.first)
            yield np.pad(sound[:length], (0, max(0, length - len(sound)))).reshape(1, -1)

    def _at(self, milliseconds: int) -> int:
        return milliseconds * self.rate // 1000

    def _read(self, order: Ordered) -> tuple[NDArray[np.float32], int]:
        """The sound of a part. A reply that is none ends its order, so that the user may have it made anew."""
        reply = self._studio.library.orders.reply(order.uid) or b""
        try:
            return media.read_sound(accounts.cleaning_kind(order.vendor).read(reply))
        except (BadResponse, MediaError) as error:
            self._studio.library.orders.end(order.uid, "failed", error.problem)
            raise
