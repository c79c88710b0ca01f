"""Left panel, centre and right panel, and what gives way where the window is narrow. Runs on the window's thread.

Under 1200 pixels a rail stands for the left panel, under 1100 the right one is away, too. Asked for, they open over
the centre.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QSplitter, QWidget

from .. import theme

RAIL_BELOW, RIGHT_OVER_BELOW = 1200, 1100  # logical pixels of the window


class Columns(QWidget):
    """Only lays out; which panels belong to the page that is shown, and which the user wants, it is told."""

    left_left = Signal()  # the panel over the centre is done with: by Esc, or because the focus went elsewhere
    right_left = Signal()  # by Esc

    def __init__(self, rail: QWidget, left: QWidget, centre: QWidget, right: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("columns")
        self._rail, self._left, self._right = rail, left, right
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setObjectName("columnsSplitter")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(rail)
        row.addWidget(self._split, 1)
        for part in (left, centre, right):
            self._split.addWidget(part)
        self._split.setStretchFactor(1, 1)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([theme.LEFT, 800, theme.RIGHT])
        self._over_left, self._over_right = _Drawer("leftDrawer", self), _Drawer("rightDrawer", self)
        self._over_left.left.connect(self.left_left)
        self._over_right.left.connect(self.right_left)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]

    def fit(self, width: int, left: bool, right: bool, left_wanted: bool, right_wanted: bool) -> None:
        """`left`, `right`: the page has these panels; `…_wanted`: also where the window of this width is narrow."""
        railed, narrow = width < RAIL_BELOW, width < RIGHT_OVER_BELOW
        self._rail.setVisible(left and railed)
        self._place(self._left, self._over_left, railed, left and (left_wanted or not railed))
        self._place(self._right, self._over_right, narrow, right and (right_wanted or not narrow))

    @property
    def left_is_over(self) -> bool:
        """The left panel lies over the centre now."""
        return self._over_left.isVisible()

    def _place(self, panel: QWidget, drawer: _Drawer, over: bool, shown: bool) -> None:
        if over and not drawer.holds(panel):
            drawer.take(panel)
        elif not over and drawer.holds(panel):
            self._split.insertWidget(0 if panel is self._left else 2, panel)
            self._split.setStretchFactor(1, 1)
            wide = theme.LEFT if panel is self._left else theme.RIGHT
            sizes = self._split.sizes()
            sizes[0 if panel is self._left else 2] = wide
            self._split.setSizes(sizes)
        panel.setVisible(shown)
        drawer.setVisible(over and shown)
        if drawer.isVisible():
            self._put(drawer)

    def _put(self, drawer: _Drawer) -> None:
        """Beside the rail, or at the right edge."""
        if drawer is self._over_left:
            drawer.setGeometry(self._rail.width(), 0, theme.LEFT, self.height())
        else:
            drawer.setGeometry(self.width() - theme.RIGHT, 0, theme.RIGHT, self.height())
        drawer.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for drawer in (self._over_left, self._over_right):
            self._put(drawer)

    def _on_focus(self, _: QWidget | None, new: QWidget | None) -> None:
        """The left panel is for a choice: it leaves when one goes on elsewhere in the window."""
        drawer = self._over_left
        if not drawer.isVisible() or new is None or new.window() is not self.window():
            return
        if not any(part is new or part.isAncestorOf(new) for part in (drawer, self._rail)):
            self.left_left.emit()


class _Drawer(QFrame):
    """Holds a panel over the centre; Esc that closed nothing in it closes it."""

    left = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "drawer")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(1, 0, 1, 0)
        self.hide()

    def holds(self, panel: QWidget) -> bool:
        return panel.parentWidget() is self

    def take(self, panel: QWidget) -> None:
        self._row.addWidget(panel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
