"""How a row of the queue page looks: everything of a job side by side, and why it stopped. Paints only.

Runs on the window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QToolTip

from studio.core.jobs import Job, JobState, Progress
from studio.ui import theme
from studio.ui.models.queue_model import Index, QueueRole, Section
from studio.ui.models.wording import (
    Answer,
    answers,
    clock,
    may_be_charged,
    percent,
    place_words,
    time_left,
    took,
    waits_because,
)
from studio.ui.widgets.tag import HEIGHT, paint_tag, tag_width

from .queue_delegate import short_sentence
from .row_delegate import RowDelegate

HEADER, PLAIN = 28, 40  # row heights
CHECK, LEFT = 20, 60  # where the box and everything else begin
_ICON, _BUTTON, _SIGN = 16, 24, 22
_PAD = 42  # room for icon and edges in a button below a row
_TIPS = {
    "check": "Select",
    "pause": "Pause (P)",
    "resume": "Go on (P)",
    "retry": "Retry (R)",
    "open": "Open in the editor (Enter)",
    "menu": "More",
    "details": "Show details (D)",
}
_FITTING = {
    JobState.RUNNING: ("pause", "pause"),
    JobState.WAITING: ("pause", "pause"),
    JobState.PAUSED: ("resume", "play"),
    JobState.FAILED: ("retry", "retry"),
    JobState.CANCELLED: ("retry", "retry"),
    JobState.DONE: ("open", ""),
}
VCENTRE = Qt.AlignmentFlag.AlignVCenter


def columns(width: int) -> dict[str, tuple[int, int]]:
    """Title: x and width of each column, in a list of this width."""
    end = width - 16 - _BUTTON - 8 - 48  # where the buttons begin
    time = end - 8 - 96
    room = time - LEFT - 76
    engine = min(max(room // 4, 130), 300)
    state = min(max(room * 34 // 100, 220), 420)
    widths = {"File": room - engine - state, "Length": 76, "Engine": engine, "State": state, "Time": 96}
    found, x = {}, LEFT
    for title, wide in widths.items():
        found[title] = (x, wide - 12)
        x += wide
    return found


def state_words(job: Job, place: int) -> tuple[str, str, str, str]:
    """Icon, its colour, what the job is doing, and what comes of that; for all but running jobs."""
    match job.state:
        case JobState.FAILED if may_be_charged(job):
            return "warning", "warn", "May have been charged", short_sentence(job)
        case JobState.PAUSED if job.problem:
            return "hourglass", "warn", waits_because(job), short_sentence(job)
        case JobState.FAILED:
            return "error", "err", "Stopped", short_sentence(job)
        case JobState.PAUSED:
            words = f"Paused by you at {percent(job.progress)}" if job.progress else "Paused by you"
            return "pause-circle", "text3", words, "What is done is kept" if job.progress else "Goes on when you say so"
        case JobState.DONE:
            return "check-circle", "ok", "Ready", ""
        case JobState.CANCELLED:
            return "close", "text3", "Cancelled", "Retry takes it up again"
        case _ if place == 1:
            return "clock", "text", "Next in line", ""
    return "clock", "text2", "Waiting", f"Place {place}"


def time_words(job: Job, progress: Progress | None) -> str:
    if job.state is JobState.RUNNING and progress and progress.eta is not None:
        return time_left(progress.eta)
    return f"took {took(job.took)}" if job.state is JobState.DONE and job.took >= 1 else ""


class PageDelegate(RowDelegate):
    """A failed job tells more while it is the current row."""

    plain_height = PLAIN

    def row_height(self, index: Index, width: int) -> int:
        job: Job | None = index.data(QueueRole.JOB)
        if job is None:
            return HEADER
        return PLAIN + (self._why_height(job, width) if self._tells_why(index, job) else 0)

    def buttons(self, row: QRect, index: Index) -> list[tuple[str, QRect]]:
        job: Job = index.data(QueueRole.JOB)
        top = row.top() + (PLAIN - _BUTTON) // 2
        menu = QRect(row.right() - 16 - _BUTTON, top, _BUTTON, _BUTTON)
        name, icon = ("details", "info") if may_be_charged(job) else _FITTING[job.state]
        wide = _BUTTON if icon else 48
        fitting = QRect(menu.left() - 8 - wide, top, wide, _BUTTON)
        check = QRect(row.left() + CHECK - 8, row.top(), 32, PLAIN)
        found = [("check", check), (name, fitting), ("menu", menu)]
        return found + self._answers(row, job) if self._tells_why(index, job) else found

    def _answers(self, row: QRect, job: Job) -> list[tuple[str, QRect]]:
        """The buttons below the reason."""
        metrics = QFontMetrics(theme.font(theme.NOTE, theme.MEDIUM))
        found, x, top = list[tuple[str, QRect]](), row.left() + LEFT, row.bottom() - 11 - _BUTTON
        for answer in answers(job):
            found.append((answer.action, QRect(x, top, metrics.horizontalAdvance(answer.words) + _PAD, _BUTTON)))
            x = found[-1][1].right() + 9
        if job.problem and job.problem.detail:
            found.append(("details", QRect(x, top, metrics.horizontalAdvance("Show details") + 16, _BUTTON)))
        return found

    def _tells_why(self, index: Index, job: Job) -> bool:
        return bool(answers(job)) and index == self._view.currentIndex()

    def _why_height(self, job: Job, width: int) -> int:
        return 10 + 18 + self._sentence(job, width).height() + 8 + _BUTTON + 12

    def _sentence(self, job: Job, width: int) -> QRect:
        """How much room the reason takes, from 0, 0."""
        x, wide = columns(width)["State"]
        room = QRect(0, 0, x + wide - LEFT, 10_000)
        return QFontMetrics(theme.font()).boundingRect(room, Qt.TextFlag.TextWordWrap, short_sentence(job))

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        job: Job | None = index.data(QueueRole.JOB)
        action = self.action_at(option.rect, index, event.pos()) if job else ""
        if not action:
            return super().helpEvent(event, view, option, index)
        tips = _TIPS | {answer.action: answer.tip for answer in answers(index.data(QueueRole.JOB))}
        QToolTip.showText(event.globalPos(), tips[action], view)
        return True

    # Header

    def paint_header(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, row = theme.current(), option.rect
        section: Section = index.data(QueueRole.SECTION)
        painter.fillRect(row, look.color("win"))
        self._rule(painter, row)
        arrow = "chevron-right" if index.data(QueueRole.FOLDED) else "chevron-down"
        self.draw_icon(painter, arrow, "text3", QRect(CHECK, row.center().y() - 6, 14, 14))
        painter.setFont(theme.font(theme.NOTE, theme.MEDIUM))
        painter.setPen(look.color("text2"))
        painter.drawText(row.adjusted(42, 0, 0, 0), VCENTRE, f"{section.value}, {index.data(QueueRole.COUNT)}")
        if section is Section.WAITING:
            painter.setFont(theme.font(theme.NOTE))
            painter.setPen(look.color("text3"))
            right = VCENTRE | Qt.AlignmentFlag.AlignRight
            painter.drawText(row.adjusted(0, 0, -20, 0), right, "Drag to change the order")
        if option.state & QStyle.StateFlag.State_HasFocus:
            self.draw_focus(painter, QRectF(row).adjusted(2, 2, -2, -3))

    # Jobs

    def paint_job(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, job: Job) -> None:
        look, state = theme.current(), option.state
        row, flag = QRect(option.rect), QStyle.StateFlag
        selected = bool(state & flag.State_Selected)
        line = QRect(row.left(), row.top(), row.width(), PLAIN)
        if selected or state & flag.State_MouseOver:
            painter.fillRect(line, look.color("sel" if selected else "hover"))
        self._paint_check(painter, line, selected)
        self.draw_kind(painter, job, QRect(LEFT, line.top() + 12, _ICON, _ICON))
        places = {title: QRect(x, line.top(), wide, PLAIN) for title, (x, wide) in columns(row.width()).items()}
        painter.setPen(look.color("text"))
        painter.setFont(theme.font(weight=theme.MEDIUM))
        self._paint_name(painter, places["File"].adjusted(26, 0, 0, 0), job.name, index.data(QueueRole.APART))
        painter.setPen(look.color("text3"))
        painter.setFont(theme.font())
        self._write(painter, places["Length"], clock(job.duration) if job.duration else "")
        progress: Progress | None = index.data(QueueRole.PROGRESS)
        self._paint_engine(painter, places["Engine"], job)
        if job.state is JobState.RUNNING:
            self._paint_progress(painter, places["State"], job, progress)
        else:
            self._paint_state(painter, places["State"], job, index)
        painter.setPen(look.color("text3"))
        painter.setFont(theme.font())
        self._write(painter, places["Time"], time_words(job, progress))
        if self._tells_why(index, job):
            self._paint_why(painter, row, job)
        self._paint_buttons(painter, self.buttons(row, index), answers(job) if self._tells_why(index, job) else ())
        self._rule(painter, row)
        if state & flag.State_HasFocus and (state & flag.State_KeyboardFocusChange or not selected):
            self.draw_focus(painter, QRectF(line).adjusted(2, 2, -2, -3))

    def _paint_check(self, painter: QPainter, line: QRect, selected: bool) -> None:
        look = theme.current()
        box = QRect(CHECK, line.top() + 12, _ICON, _ICON)
        painter.setPen(QPen(look.color("accent" if selected else "ctl"), 1))
        painter.setBrush(look.color("accent" if selected else "surface"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if selected:
            self.draw_icon(painter, "check", "on_accent", box.adjusted(2, 2, -2, -2))

    def _paint_name(self, painter: QPainter, place: QRect, name: str, apart: str) -> None:
        """With what tells it from others of the same name below."""
        first = place.adjusted(0, 3, 0, -18) if apart else place
        self._write(painter, first, name, Qt.TextElideMode.ElideMiddle)
        painter.setPen(theme.current().color("text2"))
        painter.setFont(theme.font(theme.NOTE))
        self._write(painter, place.adjusted(0, 20, 0, -4), apart)

    def _paint_engine(self, painter: QPainter, place: QRect, job: Job) -> None:
        words, sign = place_words(job), "cloud" if job.options.account else "laptop"
        paint_tag(painter, place.left(), place.top() + (PLAIN - HEIGHT) // 2, words, icon=sign)
        place.setLeft(place.left() + tag_width(words, sign) + 8)
        if place.width() >= 64:
            painter.setPen(theme.current().color("text3"))
            painter.setFont(theme.font(theme.NOTE))
            self._write(painter, place, job.options.model)

    def _paint_progress(self, painter: QPainter, place: QRect, job: Job, progress: Progress | None) -> None:
        fraction = progress.fraction if progress else job.progress
        words = place.adjusted(0, 6, 0, -14)
        painter.setPen(theme.current().color("text"))
        painter.setFont(theme.font())
        painter.drawText(words, VCENTRE | Qt.AlignmentFlag.AlignRight, percent(fraction))
        stage = (progress.stage if progress else job.stage) or "Starting"
        self._write(painter, words.adjusted(0, 0, -48, 0), stage)
        self.draw_bar(painter, QRectF(place.left(), place.bottom() - 11, place.width(), 4), fraction)

    def _paint_state(self, painter: QPainter, place: QRect, job: Job, index: Index) -> None:
        icon, role, words, rest = state_words(job, index.data(QueueRole.PLACE))
        if self._tells_why(index, job):
            rest = ""
        first = place.adjusted(_SIGN, 3, 0, -18) if rest else place.adjusted(_SIGN, 0, 0, 0)
        self.draw_icon(painter, icon, role, QRect(place.left(), first.center().y() - 7, _ICON, _ICON))
        look = theme.current()
        painter.setPen(look.color(role))
        painter.setFont(theme.font())
        self._write(painter, first, words)
        painter.setPen(look.color("text3"))
        painter.setFont(theme.font(theme.NOTE))
        self._write(painter, place.adjusted(_SIGN, 20, 0, -4), rest)

    def _paint_why(self, painter: QPainter, row: QRect, job: Job) -> None:
        look = theme.current()
        below = row.adjusted(0, PLAIN, 0, 0)
        waits = waits_because(job)
        fill = look.color("warn_fill" if waits or may_be_charged(job) else "err_fill")
        painter.fillRect(below, theme.mix(look.color("surface"), fill, 0.5))
        painter.setPen(look.color("text"))
        painter.setFont(theme.font(theme.NOTE, theme.SEMIBOLD))
        painter.drawText(QRect(LEFT, below.top() + 10, 200, 16), VCENTRE, "Why it waits" if waits else "Why it stopped")
        painter.setPen(look.color("text2"))
        painter.setFont(theme.font())
        room = self._sentence(job, row.width()).translated(LEFT, below.top() + 28)
        painter.drawText(room, Qt.TextFlag.TextWordWrap, short_sentence(job))
        painter.setPen(look.color("text3"))
        painter.setFont(theme.font(theme.NOTE))
        x, _ = columns(row.width())["Time"]
        kept = f"\nWhat was written, {percent(job.progress)}, is kept" if job.progress else ""
        notes = QRect(x, below.top() + 10, row.right() - x - 8, below.height() - 12)
        painter.drawText(notes, Qt.TextFlag.TextWordWrap, f"The recording is untouched{kept}")

    def _paint_buttons(self, painter: QPainter, buttons: list[tuple[str, QRect]], given: tuple[Answer, ...]) -> None:
        """`given`: the answers among them, which come after the box and the two buttons at the right."""
        signs = {name: icon for name, icon in _FITTING.values() if icon} | {"menu": "more", "details": "info"}
        look = theme.current()
        painter.setFont(theme.font(theme.NOTE, theme.MEDIUM))
        for number, (name, place) in enumerate(buttons):
            hot = self.mouse is not None and place.contains(self.mouse)
            if 0 <= number - 3 < len(given):
                self._paint_answer(painter, given[number - 3], place, hot, number == 3)
                continue
            if hot and name != "check":
                self._fill(painter, place, look.color("border"))
            if name in signs and number < 3:
                self.draw_icon(painter, signs[name], "text2", place.adjusted(4, 4, -4, -4))
            elif name != "check":
                painter.setPen(look.color("link"))
                words = "Open" if name == "open" else "Show details"
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_answer(self, painter: QPainter, answer: Answer, place: QRect, hot: bool, first: bool) -> None:
        look = theme.current()
        ground, ink, sign = (
            (look.color("accent"), look.color("on_accent"), "on_accent")
            if first
            else (look.color("surface"), look.color("text"), "text2")
        )
        self._fill(painter, place, theme.mix(ground, look.color("text"), 0.15) if hot else ground)
        self.draw_icon(painter, answer.icon, sign, QRect(place.left() + 8, place.top() + 5, 14, 14))
        painter.setPen(ink)
        painter.drawText(place.adjusted(28, 0, 0, 0), VCENTRE, answer.words)

    def _fill(self, painter: QPainter, place: QRect, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(place), theme.RADIUS, theme.RADIUS)

    # Pieces

    def _write(
        self,
        painter: QPainter,
        place: QRect,
        text: str,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        painter.drawText(place, VCENTRE, painter.fontMetrics().elidedText(text, elide, place.width()))

    def _rule(self, painter: QPainter, row: QRect) -> None:
        painter.fillRect(QRect(row.left(), row.bottom(), row.width(), 1), theme.current().color("border"))
