"""Reads the samples around the visible stretch in the background. Window's thread, but for the reading itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from studio.core.jobs import Stopped, StopReason, StopToken
from studio.ui.waveform.block import RATE, Block, Samples, spectrum
from studio.ui.workers import Task

# start and end in milliseconds -> samples, 16 kHz mono; may raise StudioError and Stopped
Reader = Callable[[int, int, StopToken], Samples]
_MARGIN = 2_000  # milliseconds read more on each side, at least


@dataclass(frozen=True, slots=True)
class Wish:
    start: int  # milliseconds
    end: int
    hop: int  # samples from spectrum to spectrum; 0 for none


class Loader(QObject):
    """One reading at a time; of several wishes meanwhile the newest counts."""

    loaded = Signal(object)  # Block

    _running: ClassVar[set[Task]] = set()  # kept here, because a thread may outlive the view that asked for it

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._read: Reader | None = None
        self._task: Task | None = None
        self._stop = StopToken()
        self._asked: Wish | None = None  # what is being read
        self._next: Wish | None = None
        self.block: Block | None = None
        if app := QCoreApplication.instance():
            app.aboutToQuit.connect(self.shut_down)

    def set_reader(self, read: Reader | None) -> None:
        """Another recording; None for none."""
        self._stop.request(StopReason.CANCEL)
        self._read, self.block = read, None
        self._task = self._asked = self._next = None

    def shut_down(self) -> None:
        """Give up and wait for the threads to end."""
        self.set_reader(None)
        for task in tuple(self._running):
            task.shut_down()
            self._running.discard(task)

    def want(self, start: float, end: float, duration: int, hop: int) -> None:
        """Have samples of this stretch, and their spectrum where `hop` is not 0; `loaded` tells when they are there."""
        wish = Wish(max(int(start), 0), min(int(end) + 1, duration), hop)
        if self._read is None or wish.start >= wish.end or _serves(self.block, wish):
            return
        asked = self._asked
        if asked and asked.start <= wish.start and wish.end <= asked.end and _alike(asked.hop, hop):
            self._next = None
            return
        if asked and (asked.end <= wish.start or wish.end <= asked.start):
            self._stop.request(StopReason.CANCEL)
        margin = max(wish.end - wish.start, _MARGIN)
        self._next = Wish(max(wish.start - margin, 0), min(wish.end + margin, duration), hop)
        if self._task is None:
            self._begin()

    def _begin(self) -> None:
        read, wish, known, stop = self._read, self._next, self.block, StopToken()
        if read is None or wish is None:
            return
        self._stop, self._asked, self._next = stop, wish, None
        self._task = task = Task(lambda: _make(read, wish, known, stop))
        self._running.add(task)
        task.done.connect(self._on_done)
        task.failed.connect(self._on_failed)
        task.finished.connect(lambda: Loader._running.discard(task))
        task.start()

    def _on_done(self, block: Block | None) -> None:
        if self.sender() is not self._task:
            return  # of another recording
        self._task = self._asked = None
        if block is not None:
            self.block = block
            self.loaded.emit(block)
        self._begin()

    def _on_failed(self) -> None:
        """The recording cannot be read: the player says why, here the coarse drawing stays."""
        if self.sender() is self._task:
            self.set_reader(None)


def _serves(block: Block | None, wish: Wish) -> bool:
    return block is not None and block.covers(wish.start, wish.end) and (not wish.hop or _alike(block.hop, wish.hop))


def _alike(have: int, wanted: int) -> bool:
    """Spectra this far apart serve those who want them that far apart."""
    return wanted <= have * 2 and have <= wanted * 2 if wanted else True


def _make(read: Reader, wish: Wish, known: Block | None, stop: StopToken) -> Block | None:
    """Runs on the task's thread; None when a wish for another place has come."""
    try:
        if known is None or not known.covers(wish.start, wish.end):
            known = Block(wish.start, read(wish.start, wish.end, stop))
    except Stopped:
        return None
    if not wish.hop:
        return known
    first = (wish.start - known.start) * RATE
    part = known.samples[first : first + (wish.end - wish.start) * RATE]
    return replace(known, start=wish.start, samples=part, spectrum=spectrum(part, wish.hop), hop=wish.hop)
