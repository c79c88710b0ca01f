"""The left panel: queue and library in one list, a search field, and a place to drop files.

Runs on the window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.models.queue_model import QueueModel

from .drop_hint import DropHint
from .queue_delegate import QueueDelegate
from .queue_panel import QueuePanel


class QueueView(QueuePanel):
    """A click opens a recording."""

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(model, QueueDelegate, "queue", "Find a file", True, parent)
        self.setObjectName("queueView")
        self.setAccessibleName("Queue and library")
        self.setMinimumWidth(theme.LEFT_MIN)
        self._nothing = QLabel(self)
        self._hint = DropHint(self)
        self._title = QHBoxLayout()
        self._arrange()
        for signal in (model.counts_changed, model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._show_nothing)
        self._show_nothing()

    def _arrange(self) -> None:
        title = QLabel("Queue and library", self)
        title.setObjectName("queueTitle")
        title.setFont(theme.font(theme.BODY, theme.SEMIBOLD))
        title.setBuddy(self.list)
        self._nothing.setObjectName("queueEmptyLabel")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(16, 4, 16, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(0)
        head, foot = QVBoxLayout(), QVBoxLayout()
        head.setContentsMargins(12, 0, 12, 8)
        head.setSpacing(10)
        title.setIndent(4)
        self._title.addWidget(title, 1)
        head.addLayout(self._title)
        head.addWidget(self.search)
        foot.setContentsMargins(12, 8, 12, 0)
        foot.addWidget(self._hint)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing, 1)
        column.addLayout(foot)

    def add_command(self, action: QAction) -> None:
        """Put a flat button for it beside the title."""
        button = QToolButton(self)
        button.setObjectName(action.objectName().replace("Action", "Button"))
        button.setProperty("kind", "flat")
        button.setProperty("small", True)
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().replace("&", ""))
        self._title.addWidget(button)

    def show_drop(self, held: bool) -> None:
        self._hint.set_hot(held)

    def _show_nothing(self) -> None:
        shown = self._model.rowCount() == 0
        self.list.setVisible(not shown)
        self._nothing.setVisible(shown)
        if self._model.total:
            self._nothing.setText("No file in the list has this in its name.")
        else:
            rest = "Everything you add stays in this list, with its transcript, until you remove it."
            self._nothing.setText(f'<span style="font-weight: 600">No recordings yet</span><br>{rest}')
        self.search.setVisible(self._model.total > 0)
