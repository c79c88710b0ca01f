"""The strip beside the transcript: who speaks and when. Paints visible rows only. Runs on the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from studio.ui import icons, theme
from studio.ui.models.wording import time_code

if TYPE_CHECKING:
    from .transcript_view import TranscriptView

WIDTH = 180
CHIP = 18
SIGN = 16
CHIP_LEFT, NAME_LEFT, NAME_RIGHT = 16, 42, 168
RULE_LEFT = 176


class Gutter(QWidget):
    """Belongs to one TranscriptView and asks it for rows and places."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName("transcriptGutter")
        self.setAccessibleName("Speakers and times")
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # the window behind need not be painted

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 0)

    def name_rect(self, row: int, top: float) -> QRect:
        """Chip and name of a row whose block begins at `top`."""
        layout = self._view.text_layout
        y = top + layout.space_above(row)
        return QRect(CHIP_LEFT, int(y), NAME_RIGHT - CHIP_LEFT, int(layout.line_height))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme.current().color("surface"))
            for row, rect in self._view.visible_rows():
                if rect.bottom() > event.rect().top() and rect.top() <= event.rect().bottom():
                    self._paint_row(painter, row, rect)

    def _paint_row(self, painter: QPainter, row: int, rect: QRectF) -> None:
        view, look = self._view, theme.current()
        segment = view.model.segment(row)
        index = view.model.speaker_color(segment.speaker)
        layout = view.text_layout
        if row == view.current_row:
            painter.fillRect(QRectF(0, rect.top(), self.width(), rect.height()), view.row_tint())
            painter.fillRect(QRectF(0, rect.top(), 3, rect.height()), look.color("accent"))
        elif segment.id in view.selected:
            painter.fillRect(QRectF(0, rect.top(), 3, rect.height()), look.color("ctl"))
        top, height = rect.top() + layout.space_above(row), layout.line_height
        colour = look.speaker_color(index) if index >= 0 else look.color("border")
        if view.names_speaker(row):
            name = view.model.speaker_name(segment.speaker)
            chip = QRectF(CHIP_LEFT, top + (height - CHIP) / 2, CHIP, CHIP)
            theme.paint_chip(painter, chip, theme.chip_letter(name), index)
            self._paint_name(painter, name, colour, QRectF(NAME_LEFT, top, NAME_RIGHT - NAME_LEFT, height))
            top += height
        painter.setFont(theme.font(theme.NOTE))
        painter.setPen(look.color("text3"))
        place = QRectF(NAME_LEFT, top, NAME_RIGHT - NAME_LEFT, height)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, time_code(segment.start))
        for name, square in self._signs(row, rect.top()):
            icons.icon(name).paint(painter, square)
        rule = QColor(colour)
        rule.setAlphaF(0.75)
        # Lines of one speaker run into one another, so that a turn looks like one thing.
        from_top = rect.top() + (layout.space_above(row) if view.names_speaker(row) else 0)
        last = row + 1 >= view.model.rowCount() or view.names_speaker(row + 1)
        to_bottom = rect.bottom() - (4 if last else 0)
        painter.fillRect(QRectF(RULE_LEFT, from_top, 2, to_bottom - from_top), rule)

    def _paint_name(self, painter: QPainter, name: str, colour: QColor, place: QRectF) -> None:
        painter.setFont(theme.font(theme.BODY, theme.SEMIBOLD))
        painter.setPen(colour)
        short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, short)

    def _signs(self, row: int, top: float) -> list[tuple[str, QRect]]:
        """Icons for flag and comment, with their places: behind the time, the last at the right edge."""
        segment, layout = self._view.model.segment(row), self._view.text_layout
        names = [name for name, there in (("flag", segment.flagged), ("comment", bool(segment.comment))) if there]
        y = top + layout.space_above(row) + (layout.line_height if self._view.names_speaker(row) else 0)
        y += (layout.line_height - SIGN) / 2
        left = NAME_RIGHT - (SIGN + 4) * len(names)
        return [(name, QRect(left + n * (SIGN + 4), int(y), SIGN, SIGN)) for n, name in enumerate(names)]

    def _commented_at(self, point: QPointF) -> int:
        """The row whose comment sign is under the point, or -1."""
        for row, rect in self._view.visible_rows():
            if any(n == "comment" and r.contains(point.toPoint()) for n, r in self._signs(row, rect.top())):
                return row
        return -1

    def _row_named_at(self, point: QPointF) -> int:
        """The row whose chip or name is under the point, or -1."""
        for row, rect in self._view.visible_rows():
            if self._view.names_speaker(row) and self.name_rect(row, rect.top()).contains(point.toPoint()):
                return row
        return -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._row_named_at(event.position()) >= 0 or self._commented_at(event.position()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        row = self._row_named_at(event.position())
        if row >= 0:
            self._view.rename_at(row)
            return
        row = self._commented_at(event.position())
        if row >= 0:
            self._view.comment_requested.emit(self._view.model.segment(row).id)
            return
        row = self._view.row_at_y(event.position().y())
        if row >= 0:
            self._view.seek_requested.emit(self._view.model.segment(row).start)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._view.wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self._row_named_at(QPointF(event.pos()))
            if row >= 0:
                name = self._view.model.speaker_name(self._view.model.segment(row).speaker)
                QToolTip.showText(event.globalPos(), f"{name}: click or F2 to rename everywhere", self)
            row = self._commented_at(QPointF(event.pos()))
            if row >= 0:
                QToolTip.showText(event.globalPos(), self._view.model.segment(row).comment, self)
            return True
        return super().event(event)
