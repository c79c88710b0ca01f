"""How the table draws subtitles: times, speeds, and what is wrong in which cell. Window's thread."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView

from studio.core.checks import Finding
from studio.ui import theme
from studio.ui.models.cue_model import Column, CueModel
from studio.ui.models.findings import severity
from studio.ui.models.transcript_model import Index

from .row_delegate import PAD, SIGN, RowDelegate

SIGNED = SIGN + 3  # pixels before a value: its sign and the space between them


class CueDelegate(RowDelegate):
    def __init__(self, model: CueModel, parent: QTableView) -> None:
        super().__init__(model.transcript, parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row, column = index.row(), Column(index.column())
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        self.paint_ground(painter, option.rect, row, column is Column.NUMBER, chosen)
        place = option.rect.adjusted(PAD, 0, -PAD, 0)
        problem = self._model.problem(row, column)
        if column is Column.WHO:
            self.paint_who(painter, place, row, chosen)
        elif column is Column.TEXT:
            self.paint_text(painter, place, row, severity(problem, self._model.findings.rules) if problem else "")
        else:
            self._paint_value(painter, place, index.data(), column, problem, chosen)
            if column is Column.NUMBER:
                self.paint_marks(painter, option.rect, row)
        painter.restore()

    def _paint_value(
        self, painter: QPainter, place: QRect, text: str, column: Column, problem: Finding | None, chosen: bool
    ) -> None:
        """A number or time; what is wrong with it is bold, coloured, and has a sign before it."""
        role = "text" if chosen else "text3" if column is Column.NUMBER else "text2"
        right = column in self._model.right
        if problem:
            role = severity(problem, self._model.findings.rules)
            width = round(QFontMetricsF(theme.font(theme.BODY, theme.SEMIBOLD)).horizontalAdvance(text))
            self.paint_sign(painter, place.right() - width - SIGNED, place, role)
        painter.setFont(theme.font(theme.BODY, theme.SEMIBOLD if problem else theme.REGULAR))
        painter.setPen(theme.current().color(role))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)
