"""The left panel where the window is narrow: a strip of icons. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.commands import Commands, plain
from studio.ui.icons import icon
from studio.ui.models.queue_model import QueueModel, Section
from studio.ui.models.wording import counted
from studio.ui.widgets.tag import Tag


class Rail(QFrame):
    """Opens the panel, the panel with its search, the queue page, or files."""

    search_wanted = Signal()

    def __init__(self, model: QueueModel, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("rail")
        self.setAccessibleName("Queue and library, as a rail")
        self.setProperty("role", "rail")
        self.setFixedWidth(theme.RAIL)
        search = self._button("railSearchButton", "search", "Find a file in the list")
        search.setToolTip("Find a file in the list")
        search.clicked.connect(self.search_wanted)
        self._problems = Tag("", "err", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        for part in (
            self._action("railPanelButton", commands["queueAction"], "panel-left"),
            self._action("railPageButton", commands["queuePageAction"], "queue"),
            search,
            self._action("railAddButton", commands["addFilesAction"], "upload"),
            self._problems,
        ):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        model.counts_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        count = self._model.count(Section.NEEDS_YOU)
        self._problems.setVisible(count > 0)
        self._problems.set_tag(f"{count}", "err")
        words = f"{counted(count, 'file needs', 'files need')} you"
        self._problems.setAccessibleName(words)
        self._problems.setToolTip(words)

    def _action(self, name: str, action: QAction, picture: str) -> QToolButton:
        button = self._button(name, picture, plain(action.text()))

        def follow() -> None:
            button.setEnabled(action.isEnabled())
            button.setToolTip(action.toolTip())
            button.setChecked(action.isChecked())

        button.setCheckable(action.isCheckable())
        button.clicked.connect(action.trigger)
        action.changed.connect(follow)
        follow()
        return button

    def _button(self, name: str, picture: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setIcon(icon(picture))
        button.setIconSize(QSize(18, 18))
        button.setFixedSize(32, 32)
        button.setProperty("kind", "flat")
        return button
