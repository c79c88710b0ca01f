"""The bar above the text: steps back, cutting, marking, following; at the right what there is to look at.

Runs on the window's thread.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QToolButton, QWidget

from .. import theme
from ..commands import Commands, plain
from ..widgets.fitting import fit
from .problems_left import ProblemsLeft, Shape

_Captions = Literal["all", "edits", "none"]

# Actions and what stands beside the icon; "" makes room between groups.
_BUTTONS = (
    ("undoAction", ""),
    ("redoAction", ""),
    ("", ""),
    ("splitAction", "Split"),
    ("mergeNextAction", "Merge"),
    ("flagAction", "Flag"),
    ("commentAction", "Comment"),
    ("", ""),
    ("followAction", "Follow playback"),
)
_SHAPES: tuple[tuple[_Captions, Shape], ...] = (
    ("all", "all"),
    ("all", "text"),
    ("all", "icon"),
    ("edits", "icon"),
    ("none", "icon"),
    ("none", "number"),
)


class EditBar(QFrame):
    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("editBar")
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.EDIT_BAR)
        self._captioned: dict[str, QToolButton] = {}
        self._left: ProblemsLeft | None = None
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(12, 2, 12, 2)
        for name, text in _BUTTONS:
            if not name:
                row.addSpacing(8)
                continue
            button = QToolButton()
            button.setObjectName(name.replace("Action", "Button"))
            button.setProperty("kind", "flat")
            button.setDefaultAction(commands[name])
            button.setAccessibleName(plain(commands[name].text()))
            if text:
                commands[name].setIconText(text)
                self._captioned[name] = button
            row.addWidget(button)
        row.addStretch()

    def set_problems_left(self, left: ProblemsLeft) -> None:
        """What stands at the right."""
        self._left = left
        self.layout().addWidget(left)  # type: ignore[union-attr]
        left.changed.connect(self._fit)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fit(self, _SHAPES, self._show)

    def _show(self, shape: tuple[_Captions, Shape]) -> None:
        captions, words = shape
        style = Qt.ToolButtonStyle
        for name, button in self._captioned.items():
            shown = captions == "all" or (captions == "edits" and name != "followAction")
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if shown else style.ToolButtonIconOnly)
        if self._left is not None:
            self._left.show_as(words)
