"""The ring around what has the keyboard: 2 pixels, 1 pixel away. Style sheets cannot draw outside of a control.

Runs on the window's thread. There is one ring; it moves with the focus and stays away when the mouse set it.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QSplitter, QTabBar, QWidget

from studio.ui import theme

_REACH = 3  # pixels that the ring lies around the control


class FocusRing(QObject):
    """Fields and most lists show the focus themselves; buttons, selectors, sliders and tabs get the ring.

    So does any other control with the property "ring".
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        self._target: QWidget | None = None
        app.focusChanged.connect(self._on_focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Resize | QEvent.Type.Move | QEvent.Type.Show:
                self._place()
            case QEvent.Type.Hide | QEvent.Type.MouseButtonPress:
                self._leave()
        return False

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        self._leave()
        by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        rings = isinstance(new, QAbstractButton | QComboBox | QAbstractSlider | QTabBar)
        if by_mouse or new is None or not (rings or new.property("ring")):
            return
        parent = new.parentWidget()
        while isinstance(parent, QSplitter):  # it would make the ring one of its panes
            parent = parent.parentWidget()
        if parent is not None:
            self._target = new
            new.installEventFilter(self)
            self._ring = _Ring(parent)
            self._place()
            self._ring.show()

    def _place(self) -> None:
        if self._ring is not None and self._target is not None and shiboken6.isValid(self._ring):
            area = self._ring.area
            around = self._target.rect().translated(self._target.mapTo(area, QPoint()))
            # A control that fills its parent gets the ring inside its edge.
            self._ring.setGeometry(around.adjusted(-_REACH, -_REACH, _REACH, _REACH).intersected(area.rect()))
            self._ring.raise_()

    def _leave(self) -> None:
        # Either may have been destroyed with its page.
        if self._target is not None and shiboken6.isValid(self._target):
            self._target.removeEventFilter(self)
        if self._ring is not None and shiboken6.isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = self._target = None


class _Ring(QWidget):
    def __init__(self, area: QWidget) -> None:
        super().__init__(area)
        self.area = area
        self.setObjectName("focusRing")
        self.setAccessibleName("Focus")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.current().color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.RADIUS + 2, theme.RADIUS + 2)
