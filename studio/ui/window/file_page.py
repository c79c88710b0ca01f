"""The open recording: its name and state, the waveform, the edit bar, the text. Layout only.

Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.jobs import Job, JobState, Progress

from .. import theme
from ..commands import Commands
from ..editor.placeholder import NO_SPEECH, Placeholder
from ..editor.transcript_view import TranscriptView
from ..models.transcript_model import TranscriptModel
from ..models.wording import clock, counted, percent
from ..player import VideoPane
from ..waveform import WaveformView
from .edit_bar import EditBar
from .file_header import FileHeader


@runtime_checkable
class HasText(Protocol):
    """A way to look at the text that has a caret in it."""

    tab_plays: bool

    def split(self) -> None: ...


@runtime_checkable
class HasNone(Protocol):
    """A way to look at the text that says why where there is none."""

    nothing: Placeholder


class FilePage(QWidget):
    """Shows one recording; the parts are public because the main window wires them."""

    mode_changed = Signal(str)

    def __init__(self, model: TranscriptModel, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filePage")
        self._commands = commands
        self._job: tuple[Job | None, Progress | None] = (None, None)
        self._said = ""  # of a recording without text
        commands["undoAction"].changed.connect(self._on_undo_changed)
        self.waveform = WaveformView()
        self.video = VideoPane()
        self.transcript = TranscriptView(model)
        self._header = FileHeader(commands)

        split = self._split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("waveformSplitter")
        top = self._top = QSplitter(Qt.Orientation.Horizontal)
        top.setObjectName("videoSplitter")
        top.addWidget(self.waveform)
        top.addWidget(self.video)
        top.setStretchFactor(0, 1)
        top.setChildrenCollapsible(False)
        split.addWidget(top)
        below = QWidget()
        column = _column(below)
        self.edit_bar = EditBar(commands)
        column.addWidget(self.edit_bar)
        self.above_text = column  # a bar between edit bar and text goes in here, at place 1
        self._pages: dict[str, QWidget] = {}
        self._height = theme.OVERVIEW + theme.WAVEFORM  # of the waveform, as the user had it last where it may be high
        self._modes = QStackedWidget()  # after the bar, so that Tab goes there after it
        self._modes.addWidget(self.transcript)
        column.addWidget(self._modes, 1)
        split.addWidget(below)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        split.splitterMoved.connect(lambda height, _: self._keep_height(height))

        column = _column(self)
        column.addWidget(self._header)
        column.addWidget(split, 1)

    def add_mode(self, name: str, page: QWidget) -> None:
        """Another way to look at the text: "subtitles", "compare" or "voiceover"."""
        self._pages[name] = page
        self._modes.addWidget(page)
        if isinstance(page, HasNone):
            page.nothing.retry_requested.connect(self.transcript.retry_requested)

    def set_mode(self, name: str) -> None:
        """Show the text this way; "transcript" is the first one."""
        before = self.mode
        self._modes.setCurrentWidget(self._pages.get(name, self.transcript))
        if self.mode != before:
            comparing = self.mode == "compare"  # two texts need the room; the overview stays
            self._change_waveform(lambda: self.waveform.set_overview_only(comparing))
            self.edit_bar.setVisible(self.mode in ("transcript", "subtitles"))  # the others have bars of their own
            self.mode_changed.emit(self.mode)

    def set_compact(self, compact: bool) -> None:
        """For windows under 760 pixels high."""
        self._change_waveform(lambda: self.waveform.set_compact(compact))

    def _keep_height(self, height: int) -> None:
        if height < self._top.maximumHeight():
            self._height = height

    def _change_waveform(self, change: Callable[[], None]) -> None:
        """A splitter moves nothing by itself when a part gets less high, nor when it may be higher again."""
        limit = self._top.maximumHeight()
        change()
        self._top.setMaximumHeight(self.waveform.maximumHeight())
        if self._top.maximumHeight() != limit:
            height = min(self._height, self._top.maximumHeight())
            self._split.setSizes([height, max(self._split.height() - height, 1)])

    @property
    def mode(self) -> str:
        return next((name for name, page in self._pages.items() if page is self._modes.currentWidget()), "transcript")

    def set_tab_plays(self, on: bool) -> None:
        """Whether the tab key plays inside editors of text, or goes on to the next part of the window."""
        for page in (self.transcript, *self._pages.values()):
            if isinstance(page, HasText):
                page.tab_plays = on

    def split(self) -> None:
        """Cut the passage at the caret of whatever editor is shown."""
        page = self._modes.currentWidget()
        if isinstance(page, HasText):
            page.split()

    def set_job(self, job: Job | None, progress: Progress | None) -> None:
        """The recording that is open; tells what to say while there is no text."""
        self._job, self._said = (job, progress), self._why_empty()
        self.transcript.set_job(job, progress, self._said)
        for page in self._pages.values():
            if isinstance(page, HasNone):
                page.nothing.show_state(job, progress, self._said)

    def _on_undo_changed(self) -> None:
        """There is something to undo now, or the user has chosen another key for it."""
        if self._why_empty() != self._said:
            self.set_job(*self._job)

    def _why_empty(self) -> str:
        """Where there is something to undo, a text was there."""
        if not self._commands["undoAction"].isEnabled():
            return NO_SPEECH
        return f"All text was deleted. {self._commands.way_to('undoAction')} brings it back."

    def show_job(self, job: Job, model: TranscriptModel, progress: Progress | None) -> None:
        """Name the recording and say what is known of it."""
        facts = [clock(job.duration or model.duration)]
        if model.speakers:
            facts.append(counted(len(model.speakers), "speaker", "speakers"))
        if model.language:
            facts.append(model.language)
        if job.state == JobState.RUNNING:
            facts.append(f"{progress.stage}, {percent(progress.fraction)}" if progress else "starting")
        elif job.state == JobState.DONE:
            facts.append(_made(job))
        if job.options.clean:
            facts.append("noise taken out before")
        self._header.show_facts(job.name, job.path, facts)
        self._header.show_measured(model.engine)


def _made(job: Job) -> str:
    if job.options.account:
        return f"made by {job.options.account}"
    return "made on this computer" if job.options.model else "opened from a file"


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
