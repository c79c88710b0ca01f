"""The whole recording in one strip, with a frame around the stretch that the detail shows. Window's thread."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.ui import theme
from studio.ui.waveform import drawing
from studio.ui.waveform.scene import Scene
from studio.ui.waveform.strip import Strip

_STRIP = 5  # pixels of speaker colours along the lower edge
_BAR = 2  # pixels from bar to bar
# What stands at the upper edge: colour and shape, as (x, y) from its upper middle, so that colour is not alone.
_MARKERS = {
    "warn": ("warn", ((-4, 0), (4, 0), (0, 6))),
    "err": ("err", ((0, 0), (4, 4), (0, 8), (-4, 4))),
    "flag": ("accent", ((-1, 0), (6, 3), (1, 5), (1, 9), (-1, 9))),
}


class Overview(Strip):
    """Frame and playhead are painted over it."""

    sought = Signal(int)  # milliseconds

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(scene, parent)
        self.setObjectName("waveformOverview")
        self.setAccessibleName("Whole recording")
        self.setFixedHeight(theme.OVERVIEW)

    def x_of(self, ms: float) -> float:
        return ms / max(self._scene.duration, 1) * self.width()

    def time_at(self, x: float) -> int:
        return round(min(max(x / max(self.width(), 1), 0), 1) * self._scene.duration)

    def move_playhead(self, before: int, after: int) -> None:
        if int(self.x_of(before)) != int(self.x_of(after)):
            for ms in (before, after):
                self.update(int(self.x_of(ms)) - 2, 0, 5, self.height())

    def paint_moving(self, painter: QPainter) -> None:
        self._paint_stretches(painter)
        self._paint_frame(painter)
        x = round(self.x_of(self._scene.position))
        painter.fillRect(x - 1, 0, 2, self.height(), theme.current().color("playhead"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(self.time_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.sought.emit(self.time_at(event.position().x()))

    def _paint_stretches(self, painter: QPainter) -> None:
        """The loop and the range."""
        for stretch in (self._scene.loop, self._scene.range):
            if stretch:
                left, right = (self.x_of(ms) for ms in stretch)
                fill = theme.current().color("accent")
                fill.setAlphaF(0.2)
                painter.fillRect(QRectF(left, 0, max(right - left, 1), self.height() - _STRIP - 1), fill)

    def _paint_frame(self, painter: QPainter) -> None:
        scene, accent = self._scene, theme.current().color("accent")
        if scene.span >= scene.duration:
            return
        left, right = self.x_of(scene.start), self.x_of(scene.end)
        middle, half = (left + right) / 2, max((right - left) / 2, 6)
        frame = QRectF(middle - half, 1, half * 2, self.height() - 2)
        fill = QColor(accent)
        fill.setAlphaF(0.14)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(fill)
        painter.drawRoundedRect(frame, 3, 3)

    def draw(self, painter: QPainter, ratio: float) -> None:
        width, height = self.width(), self.height() - _STRIP - 4
        if self._scene.blank or width <= _BAR:
            return
        look, ink = theme.current(), max(round(ratio), 1)
        bars, bar = width // _BAR, _BAR * ink
        wave = drawing.whole(self._scene, look, bars, round(height * ratio), bar, ink)
        painter.drawImage(QRectF(0, 2, bars * _BAR, height), wave)
        who = drawing.strip(self._scene, look, round(width * ratio))
        painter.drawImage(QRectF(0, self.height() - _STRIP - 1, width, _STRIP), who)
        self._draw_markers(painter)

    def _draw_markers(self, painter: QPainter) -> None:
        """At most one of a kind on two pixels: a thousand warnings take no longer than the strip is wide."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        per_ms = self.width() / max(self._scene.duration, 1)
        for kind, (role, shape) in _MARKERS.items():
            painter.setBrush(theme.current().color(role))
            mark = QPolygonF([QPointF(x, y) for x, y in shape])
            times = np.array([ms for ms, k in self._scene.markers if k == kind])
            for x in np.unique(np.round(times * per_ms) // 2 * 2).tolist():
                painter.drawPolygon(mark.translated(x, 0))
