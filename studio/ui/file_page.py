"""The open recording: its name and state, the waveform, the edit bar, the text. Layout only.

Runs on the window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSplitter, QToolButton, QVBoxLayout, QWidget

from studio.core.jobs import Job, JobState, Progress
from studio.core.transcript import Transcript

from . import theme
from .commands import Commands
from .editor.transcript_view import TranscriptView
from .models.transcript_model import TranscriptModel
from .models.wording import clock, counted, percent
from .waveform import WaveformView


class FilePage(QWidget):
    """Shows one recording; the parts are public because the main window wires them."""

    def __init__(self, model: TranscriptModel, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filePage")
        self.waveform = WaveformView()
        self.transcript = TranscriptView(model)
        self._name = QLabel()
        self._name.setObjectName("fileName")
        self._name.setProperty("role", "heading")
        self._about = QLabel()
        self._about.setObjectName("fileAbout")
        self._about.setProperty("role", "note")

        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("waveformSplitter")
        split.addWidget(self.waveform)
        below = QWidget()
        column = _column(below)
        column.addWidget(_edit_bar(commands))
        column.addWidget(self.transcript, 1)
        split.addWidget(below)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)

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
        row.addWidget(export)
        return header

    def show_job(self, job: Job, transcript: Transcript, progress: Progress | None) -> None:
        """Name the recording and say what is known of it."""
        self._name.setText(job.name)
        self._name.setToolTip(job.path)
        facts = [clock(job.duration or transcript.duration)]
        if transcript.speakers:
            facts.append(counted(len(transcript.speakers), "speaker", "speakers"))
        if transcript.language:
            facts.append(transcript.language)
        if job.state == JobState.RUNNING:
            facts.append(f"{progress.stage}, {percent(progress.fraction)}" if progress else "starting")
        elif job.state == JobState.DONE:
            facts.append("made on this computer")
        self._about.setText(" · ".join(facts))


def _edit_bar(commands: Commands) -> QFrame:
    bar = QFrame()
    bar.setObjectName("editBar")
    bar.setProperty("role", "bar")
    bar.setFixedHeight(theme.EDIT_BAR)
    row = QHBoxLayout(bar)
    row.setContentsMargins(12, 2, 12, 2)
    for name in ("undoAction", "redoAction"):
        button = QToolButton()
        button.setObjectName(name.replace("Action", "Button"))
        button.setProperty("kind", "flat")
        button.setDefaultAction(commands[name])
        button.setAccessibleName(commands[name].text().replace("&", ""))
        row.addWidget(button)
    row.addSpacing(8)
    follow = QToolButton()
    follow.setObjectName("followPlaybackButton")
    follow.setProperty("kind", "flat")
    follow.setDefaultAction(commands["followAction"])
    follow.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    follow.setText("Follow playback")
    follow.setAccessibleName("Follow playback")
    row.addWidget(follow)
    row.addStretch()
    return bar


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
