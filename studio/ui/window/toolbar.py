"""The tool bar: add files, what the next job is done with, start or pause the queue, commands. Layout only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.core.jobs import JobOptions

from .. import theme
from ..commands import Commands, key_text
from ..icons import icon
from ..models.queue_model import QueueModel, Section
from ..models.wording import counted
from .columns import RIGHT_OVER_BELOW
from .next_job import NextJob

_NARROW = 1360  # logical pixels; below it the selectors' labels hide


class ToolBar(QFrame):
    def __init__(
        self, commands: Commands, queue: QueueModel, options: JobOptions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("toolBar")
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.TOOLBAR)
        self._queue = queue
        self.next_job = NextJob(options)
        self._panel = _button(commands["speakersAction"], "sidePanelButton", "")
        self._panel.setAccessibleName("Speakers and checks")
        self._panel.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._palette = _PaletteButton(commands)
        self._start = _button(commands["startQueueAction"], "startQueueButton", "Start queue")
        self._pause = _button(commands["pauseQueueAction"], "pauseQueueButton", "Pause queue")
        self._doing, self._waiting = QLabel(), QLabel()
        self._doing.setObjectName("queueSummary")
        self._doing.setProperty("role", "section")
        self._waiting.setProperty("role", "note")
        self._arrange(commands)
        queue.counts_changed.connect(self.refresh)
        self.show_paused(False)

    def _arrange(self, commands: Commands) -> None:
        add = _button(commands["addFilesAction"], "addFilesButton", "Add files", "primary")
        _on_accent(add, "add")
        add.setIcon(icon("add", "on_accent"))
        summary = QVBoxLayout()
        summary.setSpacing(0)
        summary.addStretch()
        summary.addWidget(self._doing)
        summary.addWidget(self._waiting)
        summary.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(add)
        row.addSpacing(8)
        row.addWidget(self.next_job)
        row.addSpacing(8)
        row.addWidget(self._start)
        row.addWidget(self._pause)
        row.addLayout(summary)
        row.addStretch(1)
        row.addWidget(self._panel)
        row.addWidget(self._palette)

    def show_paused(self, paused: bool) -> None:
        self._start.setVisible(paused)
        self._pause.setVisible(not paused)
        self._paused = paused
        self.refresh()

    def refresh(self) -> None:
        """Say how many jobs run and wait."""
        working, waiting = self._queue.count(Section.WORKING), self._queue.count(Section.WAITING)
        yours = self._queue.count(Section.NEEDS_YOU)
        if not working and not waiting:
            first = counted(yours, "job needs you", "jobs need you") if yours else "Queue is empty"
            second = "Files start on drop"
        else:
            first = f"{working} running" if working else ("Queue is paused" if self._paused else "Starting")
            second = f"{waiting} waiting"
        self._doing.setText(first)
        self._waiting.setText(second)

    def fit(self, width: int) -> None:
        """Make room where the window is narrow."""
        self.next_job.set_folded(width < RIGHT_OVER_BELOW)
        self.next_job.set_narrow(width < _NARROW)
        self._palette.set_narrow(width < _NARROW)
        self._panel.setVisible(width < RIGHT_OVER_BELOW)


class _PaletteButton(QPushButton):
    """Looks like a field and says its key; opens the palette."""

    def __init__(self, commands: Commands) -> None:
        super().__init__(icon("search", "text3"), "")
        self.setObjectName("paletteButton")
        self.setAccessibleName("Search, commands")
        self.setProperty("kind", "field")
        self._commands = commands
        self._key = QLabel()
        self._key.setProperty("role", "key")
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 7, 0)
        row.addWidget(self._key, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        action = commands["paletteAction"]
        self.clicked.connect(action.trigger)
        action.changed.connect(self._refresh)
        self._refresh()
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        """An icon where there is little room."""
        self.setText("" if narrow else "Search, commands")
        self._key.setVisible(not narrow and bool(self._key.text()))
        self.setFixedWidth(40 if narrow else 220)

    def _refresh(self) -> None:
        action, keys = self._commands["paletteAction"], self._commands.keys("paletteAction")
        self._key.setText(key_text(keys[0]) if keys else "")
        self.setEnabled(action.isEnabled())
        self.setToolTip(action.toolTip())


def _button(action: QAction, name: str, text: str, kind: str = "") -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setDefaultAction(action)
    button.setText(text)
    button.setAccessibleName(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    if kind:
        button.setProperty("kind", kind)
    return button


def _on_accent(button: QToolButton, name: str) -> None:
    """The icon in the colour of the text on an accent; whenever the action changes, Qt puts the action's own back."""

    def paint() -> None:
        button.setIcon(icon(name, "on_accent"))

    button.defaultAction().changed.connect(paint)
    paint()
