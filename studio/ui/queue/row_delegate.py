"""What all looks of a queue's rows share: how tall a row is, what can be pressed in it, icons and bars.

Runs on the window's thread.
"""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.jobs import Job
from studio.ui import icons, theme
from studio.ui.models.queue_model import Index, QueueRole

VIDEO = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv", ".3gp", ".ts", ".mts"}


class RowDelegate(QStyledItemDelegate):
    """Everything is measured here, so that the list knows heights and where the buttons are."""

    plain_height = 0  # of most rows

    def __init__(self, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._view = parent
        self.mouse: QPoint | None = None  # where it is in the list

    def row_height(self, index: Index, width: int) -> int:
        raise NotImplementedError

    def buttons(self, row: QRect, index: Index) -> list[tuple[str, QRect]]:
        """What can be pressed in a job's row, and where."""
        raise NotImplementedError

    def paint_header(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        raise NotImplementedError

    def paint_job(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, job: Job) -> None:
        raise NotImplementedError

    def action_at(self, row: QRect, index: Index, point: QPoint) -> str:
        """The name of the button at this point, "" beside all of them."""
        return next((name for name, place in self.buttons(row, index) if place.contains(point)), "")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.rect.width(), self.row_height(index, option.rect.width()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        job: Job | None = index.data(QueueRole.JOB)
        if job is None:
            self.paint_header(painter, option, index)
        else:
            self.paint_job(painter, option, index, job)
        painter.restore()

    # Pieces

    def draw_icon(self, painter: QPainter, name: str, role: str, place: QRect) -> None:
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(place.topLeft(), icons.pixmap(name, role, place.width(), ratio))

    def draw_kind(self, painter: QPainter, job: Job, place: QRect) -> None:
        """Sound or video."""
        video = PurePath(job.name).suffix.lower() in VIDEO
        self.draw_icon(painter, "file-video" if video else "file-audio", "text3", place)

    def draw_bar(self, painter: QPainter, groove: QRectF, fraction: float) -> None:
        look = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("border"))
        painter.drawRoundedRect(groove, 2, 2)
        painter.setBrush(look.color("accent"))
        painter.drawRoundedRect(QRectF(groove.left(), groove.top(), groove.width() * fraction, groove.height()), 2, 2)

    def draw_focus(self, painter: QPainter, around: QRectF) -> None:
        painter.setPen(QPen(theme.current().color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(around, theme.RADIUS, theme.RADIUS)
