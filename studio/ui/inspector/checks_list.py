"""The list of problems: as many rows as there are, drawn only where they are seen. Runs on the window's thread."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.core.checks import Finding
from studio.ui import icons, theme
from studio.ui.models.findings import Findings, sentence, severity, title
from studio.ui.models.transcript_model import Index, TranscriptModel
from studio.ui.models.wording import time_code

_TOP, _LEFT, _ICON, _LINE, _BUTTON = 10, 36, 16, 18, 24
_HEIGHT = _TOP + 2 * _LINE + 6 + _BUTTON + _TOP


class ProblemsModel(QAbstractListModel):
    def __init__(self, transcript: TranscriptModel, findings: Findings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.transcript, self.findings = transcript, findings
        self.rows: list[Finding] = []

    def set_rows(self, rows: list[Finding]) -> None:
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def place(self, finding: Finding | None) -> int:
        """In the list; -1 where it is not there."""
        if finding is None:
            return -1
        row_of = self.transcript.row_of
        place = bisect_left(self.rows, row_of(finding.segment), key=lambda f: row_of(f.segment))
        while place < len(self.rows) and self.rows[place].segment == finding.segment:
            if self.rows[place] == finding:
                return place
            place += 1
        return -1

    def title(self, finding: Finding) -> str:
        return title(finding, self.transcript.row_of(finding.segment))

    def time(self, finding: Finding) -> str:
        row = self.transcript.row_of(finding.segment)
        return time_code(self.transcript.segment(row).start) if row >= 0 else ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        finding = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.title(finding)
            case Qt.ItemDataRole.ToolTipRole:
                return sentence(finding, self.findings.rules)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.title(finding)}, {self.time(finding)}, {finding.text}"
        return None


class ProblemDelegate(QStyledItemDelegate):
    def __init__(self, model: ProblemsModel, parent: QTableView) -> None:
        super().__init__(parent)
        self._model = model
        self.mouse: QPoint | None = None

    def button(self, place: QRect) -> QRect:
        words = QFontMetricsF(theme.font(theme.NOTE, theme.MEDIUM)).horizontalAdvance("Repair")
        top = place.top() + _TOP + 2 * _LINE + 6
        return QRect(place.left() + _LEFT, top, round(words) + 20, _BUTTON)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, place = theme.current(), option.rect
        finding = self._model.rows[index.row()]
        role = severity(finding, self._model.findings.rules)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, look.color("sel"))
            painter.fillRect(QRect(place.left(), place.top(), 3, place.height()), look.color("accent"))
        painter.fillRect(QRect(place.left(), place.bottom(), place.width(), 1), look.color("border"))
        ratio = painter.device().devicePixelRatioF()
        sign = icons.pixmap("error" if role == "err" else "warning", role, _ICON, ratio)
        painter.drawPixmap(place.left() + 12, place.top() + _TOP + 1, sign)
        line = QRect(place.left() + _LEFT, place.top() + _TOP, place.width() - _LEFT - 12, _LINE)
        side = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(theme.NOTE))
        painter.setPen(look.color("text3"))
        time = self._model.time(finding)
        painter.drawText(line, side | Qt.AlignmentFlag.AlignRight, time)
        room = line.width() - QFontMetricsF(theme.font(theme.NOTE)).horizontalAdvance(time) - 8
        _draw(painter, line, self._model.title(finding), theme.font(theme.BODY, theme.SEMIBOLD), "text", room)
        line.translate(0, _LINE)
        words = sentence(finding, self._model.findings.rules)
        _draw(painter, line, words, theme.font(theme.NOTE), "text2", line.width())
        self._paint_button(painter, self.button(place))
        painter.restore()

    def _paint_button(self, painter: QPainter, place: QRect) -> None:
        look = theme.current()
        hovered = self.mouse is not None and place.contains(self.mouse)
        painter.setPen(QPen(look.color("border"), 1))
        painter.setBrush(look.color("hover" if hovered else "surface"))
        painter.drawRoundedRect(place.adjusted(0, 0, -1, -1), theme.RADIUS, theme.RADIUS)
        painter.setFont(theme.font(theme.NOTE, theme.MEDIUM))
        painter.setPen(look.color("text"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "Repair")


def _draw(painter: QPainter, place: QRect, text: str, font: Any, role: str, room: float) -> None:
    painter.setFont(font)
    painter.setPen(theme.current().color(role))
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)


class ProblemList(QTableView):
    """A table of one column, because a list measures every row."""

    chosen = Signal(object)  # Finding
    repair_wanted = Signal(object)  # Finding
    typing_wanted = Signal()

    def __init__(self, model: ProblemsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems = model
        self.setObjectName("problemList")
        self.setAccessibleName("Problems")
        self.setAccessibleDescription("Enter goes to the text of the cue")
        self.setModel(model)
        self.delegate = ProblemDelegate(model, self)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_HEIGHT)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(_HEIGHT // 3)
        self.selectionModel().currentChanged.connect(self._on_current)
        self._showing = False
        theme.current().changed.connect(self.viewport().update)

    def show_current(self, finding: Finding | None) -> None:
        """Select it without telling so; None selects nothing."""
        row = self._problems.place(finding)
        self._showing = True
        try:
            if row < 0:
                self.clearSelection()
                self.setCurrentIndex(QModelIndex())
            else:
                self.setCurrentIndex(self._problems.index(row))
        finally:
            self._showing = False

    def _on_current(self, current: QModelIndex) -> None:
        if current.isValid() and not self._showing:
            self.chosen.emit(self._problems.rows[current.row()])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        if index.isValid() and self.delegate.button(self.visualRect(index)).contains(point):
            self.repair_wanted.emit(self._problems.rows[index.row()])
            return
        again = index.isValid() and index == self.currentIndex()
        super().mousePressEvent(event)
        if again:
            self.chosen.emit(self._problems.rows[index.row()])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.delegate.mouse = event.position().toPoint()
        self.viewport().update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.delegate.mouse = None
        self.viewport().update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.typing_wanted.emit()
        else:
            super().keyPressEvent(event)
