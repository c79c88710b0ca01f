"""Hearing the recording cleaned: made once in the background, kept, and exchanged for its own sound while it plays.

Runs on the window's thread; noise is taken out in a worker thread, or by a vendor if the user chose one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio import media
from studio.core.errors import Problem, StudioError
from studio.core.jobs import Job, Progress, StopToken
from studio.services import cleaning, enhancing
from studio.services.cleaning import Care
from studio.services.single_orders import Told
from studio.services.studio import Studio

from ..commands import Commands
from ..notices import NoticeBar
from ..way_out import way_out
from ..workers import Steps
from .playback_desk import PlaybackDesk
from .sending_desk import SendingDesk
from .transcript_desk import TranscriptDesk

QUIET, LOUD = "quiet", "loud"  # the ways on this computer; those of accounts are "@NAME"
_CARES = {QUIET: Care(), LOUD: Care(loudness=media.SPEECH_LUFS)}
_KEPT = "cleaned_listening"  # setting: {job id: [way, whether it is heard]}
_PLACES = 100  # of how many recordings


class CleaningDesk(QObject):
    account_wanted = Signal(str)  # its page shall be shown

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        playback: PlaybackDesk,
        sending: SendingDesk,
        notices: NoticeBar,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._sending, self._notices = studio, desk, sending, notices
        self._other, self._chip = playback.player.other, playback.transport.clean
        self._action = commands["cleanListenAction"]
        self._work: dict[int, tuple[Steps, str]] = {}  # by job: what makes its sound, and in which way
        self._told: dict[int, tuple[str, float | None]] = {}
        self._way = QUIET
        self._loaded: Path | None = None  # the cleaned sound that the player has
        self._chip.ways = self._ways
        self._chip.way_chosen.connect(self.hear)
        commands.connect("cleanListenAction", self.toggle)
        self._action.setEnabled(False)
        desk.opened.connect(self._on_opened)
        self._other.failed.connect(self._on_unplayable)

    def shut_down(self) -> None:
        """Returns when nothing is cleaned any more; what a vendor works on is taken up the next time."""
        for steps in self.findChildren(Steps):
            steps.shut_down()

    # Wishes

    def toggle(self) -> None:
        """The other sound. While the cleaned one is being made: not any more."""
        job = self._desk.job
        if job and job.id in self._work:
            self._give_up(job)
        elif self._other.wanted:
            self._other.want(False)
            self._keep()
        else:
            self.hear(self._way)
        self._show()

    def hear(self, way: str) -> None:
        """Hear the open recording cleaned in this way, as soon as there is such a sound."""
        job = self._desk.job
        if job is None or job.id in self._work:
            return
        self._way = way
        try:
            file = self._file(job, way)
        except StudioError as e:
            self._notices.show_notice("warn", e.problem.sentence)
        else:
            if file:
                self._take(file)
            elif account := _account(way):
                self._sending.sound(job, account, lambda: self._start(job, way))
            else:
                self._start(job, way)
        self._show()

    def _ways(self) -> list[tuple[str, str]]:
        vendors = [a.name for a in self._studio.accounts.all() if a.enabled and enhancing.offered(a)]
        return [
            (QUIET, "Without noise"),
            (LOUD, "Without noise, and as loud as speech should be"),
            *((f"@{name}", f"Without noise, by {name}: the sound goes there") for name in vendors),
        ]

    # Making it

    def _start(self, job: Job, way: str, again: bool = False) -> None:
        if job.id in self._work:
            return
        steps = Steps(partial(self._make, job, way, again), self)
        self._work[job.id] = steps, way
        steps.told.connect(lambda event: self._on_told(job, event))
        steps.done.connect(lambda _: self._on_made(job, way))
        steps.failed.connect(lambda problem: self._on_failed(job, way, problem))
        steps.stopped.connect(lambda: self._on_end(job))
        steps.start()
        self._show()

    def _make(self, job: Job, way: str, again: bool, stop: StopToken) -> Iterator[object]:
        """In the worker's thread."""
        path, track = Path(job.path), job.options.track
        if account := _account(way):
            yield from enhancing.enhance(self._studio, account, path, stop, track=track, again=again)
        else:
            yield from cleaning.clean(self._studio, path, job.content_id, track, stop, _CARES[way])

    def _give_up(self, job: Job) -> None:
        steps, way = self._work[job.id]
        if account := _account(way):
            self._notices.show_notice("info", f"{account} works on it; what was sent there cannot be called back.")
        else:
            steps.cancel()

    def _on_told(self, job: Job, event: object) -> None:
        match event:
            case Progress():
                self._told[job.id] = f"{event.stage} of “{job.name}”", event.fraction
            case Told():
                self._told[job.id] = event.says, None
        self._show()

    def _on_made(self, job: Job, way: str) -> None:
        self._on_end(job)
        if self._desk.job is None or self._desk.job.id != job.id:
            self._store(job.id, way, True)
            return
        try:
            file = self._file(job, way)
        except StudioError as e:
            self._notices.show_notice("warn", e.problem.sentence)
        else:
            if file:
                self._take(file)
        self._show()

    def _on_failed(self, job: Job, way: str, problem: Problem) -> None:
        self._on_end(job)
        account = _account(way)
        action = way_out(problem, partial(self._start, job, way), lambda: self.account_wanted.emit(account))
        sentence = f"“{job.name}” is heard as it is. {problem.sentence}"
        self._notices.show_notice("warn", sentence, action, key=f"clean {job.id}")

    def _on_end(self, job: Job) -> None:
        self._work.pop(job.id, None)
        self._told.pop(job.id, None)
        self._show()

    def _on_unplayable(self, sentence: str) -> None:
        self._loaded = None
        self._notices.show_notice("warn", sentence, ("Try again", lambda: self.hear(self._way)), key="clean sound")
        self._show()

    # Hearing it

    def _file(self, job: Job, way: str) -> Path | None:
        """The cleaned sound, where it was made. Raises UsageError, MediaError."""
        if account := _account(way):
            file = enhancing.target(self._studio, account, Path(job.path), job.options.track)
            return file if file.exists() else None
        return cleaning.stored(self._studio, job.content_id, job.options.track, _CARES[way])

    def _take(self, file: Path) -> None:
        if file != self._loaded:
            self._loaded = file
            self._other.set(file)
        self._other.want(True)
        self._keep()

    def _on_opened(self, job: Job | None) -> None:
        """As it was heard last; what was thrown away meanwhile is not made again unasked."""
        self._loaded = None
        self._action.setEnabled(job is not None)
        way, heard = self._kept(job.id if job else 0)
        self._way = way
        if job and heard:
            try:
                file = self._file(job, way)
            except StudioError:
                file = None  # without its recording, or its account, there is nothing to hear
            if file:
                self._take(file)
        self._show()

    def _kept(self, job: int) -> tuple[str, bool]:
        known = self._studio.library.settings.get(_KEPT, {})
        way, heard = known.get(str(job)) or [next((w for w, _ in reversed(known.values())), QUIET), False]
        return (way if _account(way) or way in _CARES else QUIET), heard

    def _keep(self) -> None:
        if self._desk.job:
            self._store(self._desk.job.id, self._way, self._other.wanted)

    def _store(self, job: int, way: str, heard: bool) -> None:
        known = self._studio.library.settings.get(_KEPT, {})
        known.pop(str(job), None)  # so that it comes last
        known[str(job)] = [way, heard]
        self._studio.library.settings.set(_KEPT, dict(list(known.items())[-_PLACES:]))

    def _show(self) -> None:
        job = self._desk.job
        working = job is not None and job.id in self._work
        doing, share = self._told.get(job.id, ("Getting ready", None)) if job and working else ("", None)
        self._chip.show_state(self._other.wanted, self._way, doing, share)


def _account(way: str) -> str:
    return way.removeprefix("@") if way.startswith("@") else ""
