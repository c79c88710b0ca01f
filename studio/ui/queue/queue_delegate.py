"""How a row of the queue looks: header, or name, length, progress, state. Paints only. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from studio.core.jobs import Job, JobState, Progress
from studio.ui import theme
from studio.ui.models.queue_model import Index, QueueRole, Section
from studio.ui.models.wording import clock, job_sentence, percent, progress_text

from .row_delegate import RowDelegate

HEADER, PLAIN, WORKING = 32, 54, 64  # row heights
LEFT, TEXT, RIGHT = 16, 42, 16  # where icon and text begin, room at the right
NAME_LINE, CHIP, BUTTON = 20, 20, 24  # heights
MOST_LINES = 4  # of an error sentence; the tooltip has it all

_SIGN = 20  # room for the icon beside an error

# Text, icon, colour of the text, fill behind it.
_Chip = tuple[str, str, str, str]
_PLACE: _Chip = ("This computer", "laptop", "text2", "")


def state_chip(job: Job) -> _Chip | None:
    match job.state:
        case JobState.DONE:
            return "Ready", "check", "ok", "ok_fill"
        case JobState.WAITING:
            return "Waiting", "clock", "text2", ""
        case JobState.PAUSED:
            words = f"Paused at {percent(job.progress)}" if job.progress else "Paused"
            return words, "pause-circle", "warn", "warn_fill"
        case JobState.CANCELLED:
            return "Cancelled", "close", "text2", ""
    return None


def short_sentence(job: Job) -> str:
    """The error without the file's name, which stands above it."""
    sentence = job_sentence(job)
    name = f"“{job.name}”"
    if sentence.startswith(name):
        return "This file" + sentence.removeprefix(name)
    return sentence.replace(name, "this file")


def _why(index: Index, job: Job) -> str:
    """Why a job failed, and which of several of its name it is."""
    apart: str = index.data(QueueRole.APART)
    return f"{apart}: {short_sentence(job)}" if apart else short_sentence(job)


class QueueDelegate(RowDelegate):
    """For the left panel, which is narrow: what a job is stands below its name."""

    plain_height = PLAIN

    def row_height(self, index: Index, width: int) -> int:
        job: Job | None = index.data(QueueRole.JOB)
        if job is None:
            return HEADER
        if job.state is JobState.RUNNING:
            return WORKING
        if job.state is JobState.FAILED:
            return 8 + NAME_LINE + 4 + self._sentence_height(_why(index, job), width) + 6 + BUTTON + 10
        return PLAIN

    def buttons(self, row: QRect, index: Index) -> list[tuple[str, QRect]]:
        return [("retry", self.retry_rect(row, index))]

    def retry_rect(self, row: QRect, index: Index) -> QRect:
        """Where a failed job's button is; empty for all others."""
        job: Job | None = index.data(QueueRole.JOB)
        if job is None or job.state is not JobState.FAILED:
            return QRect()
        width = QFontMetrics(theme.font(theme.NOTE, theme.MEDIUM)).horizontalAdvance("Retry") + 38
        return QRect(row.left() + TEXT, row.bottom() - 9 - BUTTON, width, BUTTON)

    # Header

    def paint_header(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, row = theme.current(), option.rect
        section: Section = index.data(QueueRole.SECTION)
        place = row.adjusted(LEFT, 0, -RIGHT, 0)
        painter.setFont(theme.font(theme.NOTE, theme.MEDIUM))
        painter.setPen(look.color("text2"))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, section.value)
        arrow = "chevron-right" if index.data(QueueRole.FOLDED) else "chevron-down"
        self.draw_icon(painter, arrow, "text3", QRect(place.right() - 13, row.center().y() - 6, 14, 14))
        counted = place.adjusted(0, 0, -22, 0)
        painter.drawText(
            counted, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(index.data(QueueRole.COUNT))
        )
        if option.state & QStyle.StateFlag.State_HasFocus:
            self.draw_focus(painter, QRectF(row).adjusted(6, 1, -6, -1))

    # Jobs

    def paint_job(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, job: Job) -> None:
        look, row = theme.current(), option.rect
        self._paint_ground(painter, option)
        self.draw_kind(painter, job, QRect(LEFT, row.top() + 10, 16, 16))
        line = QRect(TEXT, row.top() + 8, row.width() - TEXT - RIGHT, NAME_LINE)
        length = clock(job.duration) if job.duration else ""
        painter.setFont(theme.font(theme.NOTE))
        painter.setPen(look.color("text2"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, length)
        room = line.width() - (painter.fontMetrics().horizontalAdvance(length) + 8 if length else 0)
        painter.setFont(theme.font(theme.BODY, theme.MEDIUM))
        painter.setPen(look.color("text"))
        name = painter.fontMetrics().elidedText(job.name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
        below = QRect(TEXT, line.bottom() + 3, line.width(), row.bottom() - line.bottom() - 3)
        if job.state is JobState.RUNNING:
            self._paint_progress(painter, below, job, index)
        elif job.state is JobState.FAILED:
            self._paint_problem(painter, below, _why(index, job), self.retry_rect(row, index))
        else:
            self._paint_apart(painter, below, [state_chip(job)], index)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        look, state = theme.current(), option.state
        card = QRectF(option.rect).adjusted(8, 1, -8, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(look.color("sel"))
            painter.drawRoundedRect(card, theme.RADIUS, theme.RADIUS)
            painter.setBrush(look.color("accent"))
            painter.drawRoundedRect(QRectF(card.left(), card.top(), 3, card.height()), 1.5, 1.5)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(look.color("hover"))
            painter.drawRoundedRect(card, theme.RADIUS, theme.RADIUS)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        by_keys = bool(state & QStyle.StateFlag.State_KeyboardFocusChange)
        if focused and (by_keys or not state & QStyle.StateFlag.State_Selected):
            self.draw_focus(painter, QRectF(option.rect).adjusted(6, 1, -6, -1))

    def _paint_progress(self, painter: QPainter, place: QRect, job: Job, index: Index) -> None:
        look = theme.current()
        progress: Progress | None = index.data(QueueRole.PROGRESS)
        fraction = progress.fraction if progress else job.progress
        self.draw_bar(painter, QRectF(place.left(), place.top() + 2, place.width(), 4), fraction)
        line = QRect(place.left(), place.top() + 9, place.width(), CHIP)
        used = self._paint_apart(painter, line.adjusted(0, 0, -40, 0), [], index)
        painter.setFont(theme.font(theme.NOTE))
        painter.setPen(look.color("text2"))
        words = painter.fontMetrics().elidedText(
            progress_text(job, progress), Qt.TextElideMode.ElideRight, line.right() - used - 4
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)

    def _paint_problem(self, painter: QPainter, place: QRect, why: str, button: QRect) -> None:
        look = theme.current()
        self.draw_icon(painter, "error", "err", QRect(place.left(), place.top() + 2, 14, 14))
        painter.setPen(look.color("err"))
        painter.setFont(theme.font(theme.NOTE))
        height = self._sentence_height(why, place.width() + TEXT + RIGHT)
        room = QRect(place.left() + _SIGN, place.top() + 1, place.width() - _SIGN, height)
        painter.drawText(room, Qt.TextFlag.TextWordWrap, why)
        painter.setPen(QPen(look.color("border"), 1))
        painter.setBrush(look.color("surface"))
        painter.drawRoundedRect(QRectF(button).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        self.draw_icon(painter, "retry", "text2", QRect(button.left() + 8, button.top() + 5, 14, 14))
        painter.setFont(theme.font(theme.NOTE, theme.MEDIUM))
        painter.setPen(look.color("text"))
        painter.drawText(button.adjusted(28, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "Retry")

    def _sentence_height(self, why: str, width: int) -> int:
        """Of the error sentence as it wraps in a panel of this width, at most MOST_LINES."""
        metrics = QFontMetrics(theme.font(theme.NOTE))
        room = QRect(0, 0, max(60, width - TEXT - _SIGN - RIGHT), 10_000)
        wanted = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, why).height()
        return min(wanted, MOST_LINES * metrics.lineSpacing())

    # Pieces

    def _paint_apart(self, painter: QPainter, place: QRect, chips: list[_Chip | None], index: Index) -> int:
        """Chips and where it is worked on; in place of that, what tells a job from others of its name."""
        words: str = index.data(QueueRole.APART)
        if not words:
            return self._paint_chips(painter, place, [*chips, _PLACE])
        left = self._paint_chips(painter, place, chips) + 8 if chips else place.left()
        room = QRect(left, place.top(), place.right() - left, CHIP - 2)
        painter.setFont(theme.font(theme.NOTE))
        painter.setPen(theme.current().color("text2"))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        return left + painter.fontMetrics().horizontalAdvance(shown)

    def _paint_chips(self, painter: QPainter, place: QRect, chips: list[_Chip | None]) -> int:
        """Chips side by side, as many as fit; returns where the last one ends."""
        x, y = place.left(), place.top()
        look = theme.current()
        painter.setFont(theme.font(theme.NOTE))
        for text, sign, role, fill in (chip for chip in chips if chip):
            width = painter.fontMetrics().horizontalAdvance(text) + 28
            if x + width > place.right() + 1:
                break
            box = QRectF(x, y, width, CHIP - 2)
            painter.setPen(Qt.PenStyle.NoPen if fill else QPen(look.color("border"), 1))
            painter.setBrush(look.color(fill) if fill else QColor(Qt.GlobalColor.transparent))
            painter.drawRoundedRect(box if fill else box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            self.draw_icon(painter, sign, role, QRect(x + 6, y + 3, 12, 12))
            painter.setPen(look.color(role))
            painter.drawText(box.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + 6
        return x - 6
