"""A stretch of the recording with ruler, cues, speakers and words. Window's thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui import theme
from studio.ui.waveform import drawing
from studio.ui.waveform.scene import Scene

RULER = 20  # pixels
_LABEL_GAP = 64  # least pixels from ruler label to ruler label
_EDGES_FROM = 4  # a cue this wide gets its edges drawn,
_CHIP_FROM = 24  # this wide its speaker's chip,
_WORDS_FROM = 48  # this wide its first words
_CHIP = 14
_LABEL = 20  # pixels that chip and words take above the waveform
_EMPTY = "The waveform appears when the recording has been read."


class Detail(QWidget):
    """Drawn once into a pixmap; only the playhead is painted anew as it moves."""

    sought = Signal(int)  # milliseconds
    clicked = Signal(int)  # Segment.id
    zoomed = Signal(float, float)  # factor (above 1 is closer), x
    scrolled = Signal(float)  # pixels, positive is later

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = scene
        self._picture: QPixmap | None = None
        self.setObjectName("waveformDetail")
        self.setAccessibleName("Zoomed waveform")
        self.setMinimumHeight(theme.WAVEFORM_MIN)
        self.setMaximumHeight(theme.WAVEFORM_MAX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sizeHint(self) -> QSize:
        return QSize(theme.CENTRE_MIN, theme.WAVEFORM)

    def redraw(self) -> None:
        """Sound, segments, colours or the visible stretch have changed."""
        self._picture = None
        self.update()

    def x_of(self, ms: float) -> float:
        return (ms - self._scene.start) / self._scene.span * self.width()

    def time_at(self, x: float) -> float:
        return self._scene.start + x / max(self.width(), 1) * self._scene.span

    def move_playhead(self, before: int, after: int) -> None:
        for ms in (before, after):
            self.update(self._playhead_rect(ms))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._picture is None:
                self._picture = self._draw()
            painter.drawPixmap(0, 0, self._picture)
            if not self._scene.blank:
                self._paint_playhead(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._scene.duration:
            return
        ms = self._inside(event.position())
        row = self._scene.segment_at(ms) if event.position().y() >= RULER else -1
        if row >= 0:
            self.clicked.emit(self._scene.segments[row].id)
        self.sought.emit(ms)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._scene.duration:
            self.sought.emit(self._inside(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        sideways = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if sideways or abs(turn.x()) > abs(turn.y()):
            self.scrolled.emit(-(turn.x() or turn.y()) * 0.5)
        else:
            self.zoomed.emit(1.0015 ** turn.y(), event.position().x())
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None

    def _inside(self, point: QPointF) -> int:
        return round(min(max(self.time_at(point.x()), 0), self._scene.duration))

    def _playhead_rect(self, ms: int) -> QRect:
        return QRect(int(self.x_of(ms)) - 8, 0, 17, self.height())

    def _paint_playhead(self, painter: QPainter) -> None:
        x = round(self.x_of(self._scene.position))
        if not -8 <= x <= self.width() + 8:
            return
        color = theme.current().color("playhead")
        painter.fillRect(QRectF(x - 1, RULER - 4, 2, self.height() - RULER + 4), color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        head = [(-6, 4), (6, 4), (6, RULER - 7), (0, RULER - 1), (-6, RULER - 7)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y) for dx, y in head]))

    def _draw(self) -> QPixmap:
        look, ratio = theme.current(), self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(look.color("raised"))
        with QPainter(picture) as painter:
            if self._scene.blank:
                painter.setFont(theme.font(theme.BODY))
                painter.setPen(look.color("text3"))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _EMPTY)
            else:
                self._draw_body(painter, ratio)
                self._draw_ruler(painter)
                self._draw_cues(painter)
            painter.fillRect(0, self.height() - 1, self.width(), 1, look.color("border"))
        return picture

    def _draw_body(self, painter: QPainter, ratio: float) -> None:
        area = QRectF(0, RULER, self.width(), self.height() - RULER - 1)
        width, height = round(area.width() * ratio), round(area.height() * ratio)
        if width > 0 and height > 0:
            painter.drawImage(area, drawing.stretch(self._scene, theme.current(), width, height, round(_LABEL * ratio)))

    def _draw_ruler(self, painter: QPainter) -> None:
        look, scene = theme.current(), self._scene
        painter.fillRect(0, 0, self.width(), RULER, look.color("surface"))
        painter.fillRect(0, RULER - 1, self.width(), 1, look.color("border"))
        painter.setFont(theme.font(theme.RULER))
        grid = QColor(look.color("text3"))
        grid.setAlphaF(0.10)
        step = drawing.ruler_step(scene.span, self.width(), _LABEL_GAP)
        for ms in range(scene.start // step * step, min(scene.end, scene.duration) + 1, step):
            x = round(self.x_of(ms))
            painter.fillRect(x, RULER - 6, 1, 5, look.color("ctl"))
            painter.fillRect(x, RULER, 1, self.height() - RULER - 1, grid)
            painter.setPen(look.color("text3"))
            painter.drawText(QPointF(x + 5, RULER - 6), drawing.ruler_label(ms, step))

    def _draw_cues(self, painter: QPainter) -> None:
        scene = self._scene
        least = _EDGES_FROM * scene.span / max(self.width(), 1)
        for row in scene.rows_between(scene.start, scene.end, least).tolist():
            self._draw_cue(painter, row)

    def _draw_cue(self, painter: QPainter, row: int) -> None:
        look, segment, voice = theme.current(), self._scene.segments[row], int(self._scene.voices[row])
        color = look.speaker_color(voice) if voice >= 0 else look.color("text3")
        edge = theme.mix(look.color("raised"), color, 0.5)
        left, right = round(self.x_of(segment.start)), round(self.x_of(segment.end))
        block = QRect(left, RULER, right - left, self.height() - RULER - 1)
        painter.fillRect(left, RULER, 1, block.height(), edge)
        painter.fillRect(right - 1, RULER, 1, block.height(), edge)
        painter.fillRect(left, RULER, block.width(), 2, color)
        if segment.id == self._scene.selected:
            painter.setPen(QPen(look.color("accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(block.adjusted(1, 1, -1, -1))
        self._draw_label(painter, row, QRectF(block))

    def _draw_label(self, painter: QPainter, row: int, block: QRectF) -> None:
        """Chip and first words; of a cue that began further left, at the left edge of the view."""
        segment, voice = self._scene.segments[row], int(self._scene.voices[row])
        left = max(block.left(), 0) + 6
        room = min(block.right(), self.width()) - left - 4
        top = RULER + 8
        if voice >= 0 and room >= _CHIP_FROM - 10:
            letter = theme.chip_letter(self._scene.names.get(segment.speaker, ""))
            theme.paint_chip(painter, QRectF(left, top, _CHIP, _CHIP), letter, voice)
            left, room = left + _CHIP + 6, room - _CHIP - 6
        if room >= _WORDS_FROM - _CHIP:
            font = theme.font(theme.NOTE)
            words = segment.text[:120]
            text = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.setFont(font)
            painter.setPen(theme.current().color("text"))
            painter.drawText(QRectF(left, top, room, _CHIP), Qt.AlignmentFlag.AlignVCenter, text)
