"""The voice-over heard while the recording plays, each clip at its time, the recording softer under it.

Runs on the window's thread; clips are read in worker threads, only those near the position are in memory. What is
heard follows the player's clock: each clip is placed anew, and one that is off by more than a blink jumps back into
its place, so nothing drifts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio import media
from studio.core.speaking import TEMPOS, Delivery
from studio.core.voiceover import Placed, ducks
from studio.ui.player import Player
from studio.ui.speaking import SpeechOutput
from studio.ui.workers import Task

RATE = 48_000
_PER_MS = RATE // 1000
_EVERY = 10  # milliseconds between looks at the clock
_SLICE = 10  # milliseconds that are mixed at a time
_HELD, _AHEAD = 200, 230  # milliseconds that the sound system holds, and that are mixed before they are heard
_OFF = 45 * _PER_MS  # samples that a clip may be off
_FADE = 5 * _PER_MS
_SOON, _KEPT = 4_000, 10_000  # milliseconds: clips so near are read, those farther away are forgotten
_AT_ONCE = 2  # clips read at the same time
_LEAD = 40  # milliseconds that a change of the recording's volume takes to be heard

Mono = NDArray[np.float32]
# Of a place in the voice-over: a name for its sound, another one when it sounds different, and how it is read.
Source = Callable[[Placed], tuple[Hashable, Callable[[], media.Samples]]]


class Heard(StrEnum):
    BOTH = "both"
    SPEECH = "speech"
    RECORDING = "recording"


class Preview(QObject):
    failed = Signal(str)  # a sentence for the user

    def __init__(self, player: Player, source: Source, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player, self._source = player, source
        self._placed: Sequence[Placed] = ()
        self._starts: list[int] = []
        self._longest = 0
        self._ducks: tuple[list[float], list[float]] = [0.0], [0.0]
        self._heard, self._on = Heard.BOTH, False
        self._clips: dict[Hashable, Mono] = {}  # by name and speed
        self._names: dict[int, Hashable] = {}  # of the clips of cues, as far as they were asked for
        self._reading: dict[Hashable, Task] = {}
        self._next: dict[int, int] = {}  # the next sample of each clip that is being heard
        self.output = SpeechOutput(self, _HELD)
        self.output.failed.connect(self._on_failed)
        self.output.device_came.connect(self._turn)
        self._timer = QTimer(self, interval=_EVERY, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._follow)
        player.playing_changed.connect(lambda _: self._turn())
        player.position_changed.connect(lambda ms: None if player.playing else self._read_near(ms))
        player.jumped.connect(self._jump)
        player.rate_changed.connect(lambda _: self._read_near(player.position()))

    # What the desk tells

    def set_plan(self, placed: Sequence[Placed], ducked: float) -> None:
        """Where every speech stands, in order of time."""
        self._placed, self._starts = placed, [p.start for p in placed]
        self._longest = max((p.length for p in placed), default=0)
        self._ducks = ducks(((p.start, p.end) for p in placed), ducked)
        self._names.clear()
        self._turn()

    def set_heard(self, heard: Heard) -> None:
        self._heard = heard
        self._turn()

    def set_on(self, on: bool) -> None:
        """Off: the recording is heard as if there were no voice-over."""
        self._on = on
        self._turn()

    @property
    def heard(self) -> Heard:
        return self._heard

    @property
    def speaks(self) -> bool:
        """Whether speech is heard when the player plays."""
        return self._on and bool(self._placed) and self._heard is not Heard.RECORDING

    def shut_down(self) -> None:
        """Be silent; returns when nothing is read any more."""
        self.set_on(False)
        for task in list(self._reading.values()):
            task.shut_down()
        self._reading.clear()

    # Playing

    def _turn(self) -> None:
        """Begin or end to be heard, as it is wished for and the player plays."""
        self._level(self._player.position())
        sounding = self.speaks and self._player.playing
        if self.speaks:
            self._read_near(self._player.position())
        if sounding and not self._timer.isActive():
            self._next.clear()
            self.output.begin(RATE)
            self._timer.start()
            self._follow()
            self.output.play()
        elif not sounding and self._timer.isActive():
            self._timer.stop()
            self.output.stop()

    def _jump(self) -> None:
        """What was mixed for the old place is not heard any more."""
        if self._timer.isActive():
            self._next.clear()
            self.output.drop()
            self._follow()

    def _follow(self) -> None:
        """Mix what is heard next."""
        now, rate = self._player.position(), self._player.rate
        self._level(now)
        self.output.set_volume(0.0 if self._player.muted else self._player.volume)
        ahead = self.output.length - self.output.position()
        while ahead < _AHEAD:
            self.output.add(self._mixed(now + ahead * rate, rate))
            ahead += _SLICE
        self._read_near(now)

    def _mixed(self, at: float, rate: float) -> Mono:
        """A slice that begins at this place of the recording."""
        mix, count = np.zeros(_SLICE * _PER_MS, np.float32), _SLICE * _PER_MS
        for placed in self._between(at, at + _SLICE * rate):
            samples = self._clips.get((self._names.get(placed.id), rate))
            if samples is None:
                continue
            wanted = round((at - placed.start) / rate * _PER_MS)
            first = self._next.get(placed.id)
            jumps = first is None or abs(first - wanted) > _OFF
            first = wanted if jumps or first is None else first
            part = samples[max(first, 0) : max(first + count, 0)].copy()
            if jumps and first > 0:
                part[:_FADE] *= np.linspace(0, 1, len(part[:_FADE]), dtype=np.float32)
            offset = max(-first, 0)
            mix[offset : offset + len(part)] += part[: count - offset]
            self._next[placed.id] = first + count
        return np.clip(mix, -1, 1)

    def _between(self, start: float, end: float) -> Sequence[Placed]:
        """What is said in this stretch."""
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        return [placed for placed in self._placed[first:last] if placed.end > start]

    def _level(self, ms: int) -> None:
        """The recording as loud as it is to be here."""
        gain = 1.0
        if self._on and self._placed and self._heard is Heard.SPEECH:
            gain = 0.0
        elif self._on and self._placed and self._heard is Heard.BOTH:
            gain = 10 ** (float(np.interp(ms + _LEAD * self._player.rate, *self._ducks)) / 20)
        self._player.set_gain(gain)

    def _on_failed(self, sentence: str) -> None:
        """The recording goes on."""
        self._timer.stop()
        self.output.stop()
        self.failed.emit(sentence)

    # Reading

    def _read_near(self, ms: int) -> None:
        rate = self._player.rate
        if not self.speaks:
            return
        for placed in self._between(ms - _SLICE, ms + _SOON * rate):
            if placed.id not in self._names:
                self._names[placed.id] = self._source(placed)[0]
            name = self._names[placed.id], rate
            if name not in self._clips and name not in self._reading and len(self._reading) < _AT_ONCE:
                self._read(name, self._source(placed)[1], rate)
        if len(self._clips) > 2 * len(self._names):
            self._forget(ms)

    def _read(self, name: Hashable, read: Callable[[], media.Samples], rate: float) -> None:
        task = Task(lambda: _at_speed(read(), rate), self)
        task.done.connect(lambda samples: self._on_read(name, samples))
        task.failed.connect(lambda problem: self._on_unread(name, problem.sentence))
        self._reading[name] = task
        task.start()

    def _on_read(self, name: Hashable, samples: Mono) -> None:
        self._reading.pop(name, None)
        self._clips[name] = samples
        now, rate = self._player.position(), self._player.rate
        if any((self._names.get(p.id), rate) == name for p in self._between(now, now + _AHEAD * rate)):
            self._jump()  # its silence is mixed already
        self._forget(now)

    def _on_unread(self, name: Hashable, sentence: str) -> None:
        self._reading.pop(name, None)
        self._clips[name] = np.zeros(0, np.float32)  # not tried again at every look
        self.failed.emit(sentence)

    def _forget(self, ms: int) -> None:
        """Keep what is near; names of places far away are asked for again."""
        rate = self._player.rate
        near = {p.id for p in self._between(ms - _KEPT * rate, ms + _KEPT * rate)}
        self._names = {id: name for id, name in self._names.items() if id in near}
        kept = {(name, rate) for name in self._names.values()}
        self._clips = {name: samples for name, samples in self._clips.items() if name in kept}
        self._next = {id: place for id, place in self._next.items() if id in near}


def _at_speed(sound: media.Samples, rate: float) -> Mono:
    """At RATE, said so much faster; the pitch stays."""
    samples = media.resampled(sound.data, sound.rate, RATE)
    while rate != 1.0:
        step = min(max(rate, TEMPOS[0]), TEMPOS[1])
        samples, rate = media.delivered(samples, RATE, Delivery(0.0, step)), rate / step
    return samples
