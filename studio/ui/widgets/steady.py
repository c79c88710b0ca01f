"""A button that says now this, now that, and stays as wide as it is. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget


class SteadyButton(QToolButton):
    """As wide as the longest of what it says, so that nothing beside it moves."""

    def __init__(self, longest: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._longest = longest
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def sizeHint(self) -> QSize:
        hint, metrics = super().sizeHint(), self.fontMetrics()
        if self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon:
            more = metrics.horizontalAdvance(self._longest) - metrics.horizontalAdvance(self.text())
            hint.setWidth(hint.width() + max(more, 0))
        return hint

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
