"""The open recording: its name and state, the waveform, the edit bar, the text. Layout only.

Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.jobs import Job, JobState, Progress
from studio.core.transcript import EngineInfo

from . import measured, theme
from .commands import Commands
from .edit_bar import EditBar
from .editor.transcript_view import TranscriptView
from .models.transcript_model import TranscriptModel
from .models.wording import clock, counted, percent
from .player import VideoPane
from .tag import Tag
from .waveform import WaveformView


@runtime_checkable
class HasText(Protocol):
    """A way to look at the text that has a caret in it."""

    tab_plays: bool

    def split(self) -> None: ...


class FilePage(QWidget):
    """Shows one recording; the parts are public because the main window wires them."""

    mode_changed = Signal(str)

    def __init__(self, model: TranscriptModel, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filePage")
        self.waveform = WaveformView()
        self.video = VideoPane()
        self.transcript = TranscriptView(model)
        self._name = QLabel()
        self._name.setObjectName("fileName")
        self._name.setProperty("role", "heading")
        self._about = QLabel()
        self._about.setObjectName("fileAbout")
        self._about.setProperty("role", "note")
        self._measured = Tag("", "warn", "info")
        self._measured.setObjectName("notMeasured")
        self._measured.hide()

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
        column.addWidget(self._header(commands))
        column.addWidget(split, 1)

    def _header(self, commands: Commands) -> QWidget:
        header = QFrame()
        header.setObjectName("fileHeader")
        header.setProperty("role", "bar")
        header.setFixedHeight(theme.FILE_HEADER)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch()
        names.addWidget(self._name)
        names.addWidget(self._about)
        names.addStretch()
        export = QToolButton()
        export.setObjectName("exportButton")
        export.setDefaultAction(commands["exportAction"])
        export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        export.setText("Export")
        export.setAccessibleName("Export the transcript")
        row = QHBoxLayout(header)
        row.setContentsMargins(16, 4, 12, 4)
        row.addLayout(names, 1)
        row.addWidget(self._measured)
        row.addSpacing(8)
        row.addWidget(_mode_switch(commands))
        row.addSpacing(8)
        row.addWidget(export)
        return header

    def add_mode(self, name: str, page: QWidget) -> None:
        """Another way to look at the text: "subtitles" or "compare"."""
        self._pages[name] = page
        self._modes.addWidget(page)

    def set_mode(self, name: str) -> None:
        """Show the text this way; "transcript" is the first one."""
        before = self.mode
        self._modes.setCurrentWidget(self._pages.get(name, self.transcript))
        if self.mode != before:
            comparing = self.mode == "compare"  # two texts need the room; the overview stays
            self._change_waveform(lambda: self.waveform.set_overview_only(comparing))
            self.edit_bar.setVisible(not comparing)
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

    def show_job(self, job: Job, model: TranscriptModel, progress: Progress | None) -> None:
        """Name the recording and say what is known of it."""
        self._name.setText(job.name)
        self._name.setToolTip(job.path)
        facts = [clock(job.duration or model.duration)]
        if model.speakers:
            facts.append(counted(len(model.speakers), "speaker", "speakers"))
        if model.language:
            facts.append(model.language)
        if job.state == JobState.RUNNING:
            facts.append(f"{progress.stage}, {percent(progress.fraction)}" if progress else "starting")
        elif job.state == JobState.DONE:
            facts.append(_made(job))
        self._about.setText(" · ".join(facts))
        self._show_measured(model.engine)

    def _show_measured(self, engine: EngineInfo) -> None:
        short, full = measured.in_short(engine), measured.in_full(engine)
        self._measured.setVisible(bool(short))
        self._measured.set_tag(short, "warn", "info")
        self._measured.setAccessibleDescription(full)
        self._measured.setToolTip(full)


def _made(job: Job) -> str:
    if job.options.account:
        return f"made by {job.options.account}"
    return "made on this computer" if job.options.model else "opened from a file"


def _mode_switch(commands: Commands) -> QFrame:
    """Transcript, subtitles or comparison: three buttons of which one is on."""
    switch = QFrame()
    switch.setObjectName("modeSwitch")
    switch.setProperty("role", "segments")
    row = QHBoxLayout(switch)
    switch.setFixedHeight(theme.CONTROL + 4)
    row.setContentsMargins(1, 1, 1, 1)
    row.setSpacing(0)
    for name in ("transcript", "subtitles", "compare"):
        button = QToolButton()
        button.setObjectName(f"{name}ModeButton")
        button.setProperty("kind", "segment")
        button.setDefaultAction(commands[f"{name}ModeAction"])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(name.capitalize())
        row.addWidget(button)
    return switch


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
