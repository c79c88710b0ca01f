"""How the table of the voice-over draws a cue: its voice below its speaker, what overruns, why it is silent.

Window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView

from studio.core.transcript import Segment
from studio.ui import theme
from studio.ui.models.speech_model import Column, SpeechModel
from studio.ui.models.transcript_model import Index
from studio.ui.models.voiceover import NOTICED, State
from studio.ui.subtitles.row_delegate import CHIP, NAMED, PAD, SIGN, RowDelegate, set_out

_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class SpeechDelegate(RowDelegate):
    def __init__(self, model: SpeechModel, parent: QTableView) -> None:
        super().__init__(model.transcript, parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        row, column = index.row(), Column(index.column())
        segment = self.transcript.segment(row)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        self.paint_ground(painter, option.rect, row, column is Column.NUMBER, chosen)
        place = option.rect.adjusted(PAD, 0, -PAD, 0)
        match column:
            case Column.WHO:
                self._paint_voice(painter, place, row, segment, chosen)
            case Column.TEXT if reason := self._model.reason(segment):
                self._paint_reason(painter, place, segment.text, reason)
            case Column.TEXT:
                self.paint_text(painter, place, row)
            case Column.OVER:
                self._paint_over(painter, place, segment)
            case Column.HANDLED:
                self._paint_handled(painter, place, segment, chosen)
            case _:
                self._paint_value(painter, place, index.data(), column, chosen)
                if column is Column.NUMBER:
                    self.paint_marks(painter, option.rect, row)
        painter.restore()

    def _paint_value(self, painter: QPainter, place: QRect, text: str, column: Column, chosen: bool) -> None:
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(theme.current().color("text" if chosen else "text3" if column is Column.NUMBER else "text2"))
        side = Qt.AlignmentFlag.AlignRight if column is Column.LENGTH else Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_voice(self, painter: QPainter, place: QRect, row: int, segment: Segment, chosen: bool) -> None:
        """Chip and name, the voice below."""
        if place.width() < NAMED:
            self.paint_who(painter, place, row, chosen)
            return
        named = segment.speaker is not None
        half = self.height if named else 0
        top = QRect(place.left(), place.center().y() - half, place.width(), half)
        if named:
            self.paint_who(painter, top, row, chosen)
        left = place.left() + (CHIP + 6 if named else 0)
        height = self.height if named else place.height()
        below = QRect(left, top.bottom() + 1 if named else place.top(), place.right() - left + 1, height)
        font = theme.font(theme.NOTE)
        painter.setFont(font)
        painter.setPen(theme.current().color("text2" if chosen else "text3"))
        voice = QFontMetricsF(font).elidedText(self._model.voice(segment), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, _MIDDLE, voice)

    def _paint_reason(self, painter: QPainter, place: QRect, text: str, reason: str) -> None:
        """One line of the text, and below why it cannot be heard."""
        look, font = theme.current(), theme.font(theme.BODY)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        top = place.center().y() + 1 - self.height
        line = QRectF(place.left(), top, place.width(), self.height)
        painter.drawText(line, _MIDDLE, (*set_out(text, place.width(), 1), "")[0])
        below = line.translated(0, self.height)
        self.paint_sign(painter, place.left(), below.toRect(), "err")
        below.setLeft(below.left() + SIGN + 6)
        small = theme.font(theme.NOTE)
        painter.setFont(small)
        painter.setPen(look.color("err"))
        painter.drawText(
            below, _MIDDLE, QFontMetricsF(small).elidedText(reason, Qt.TextElideMode.ElideRight, below.width())
        )

    def _paint_over(self, painter: QPainter, place: QRect, segment: Segment) -> None:
        text = self._model.over(segment)
        if not text:
            return
        made = self._model.voiceover
        role = "err" if made.placed[segment.id].into >= NOTICED else "warn"
        weight = theme.SEMIBOLD
        if segment.id in made.parts.casting.left:  # the user knows
            role, weight = "text2", theme.REGULAR
        else:
            self.paint_sign(painter, place.left(), place, role)
        painter.setFont(theme.font(theme.BODY, weight))
        painter.setPen(theme.current().color(role))
        painter.drawText(place.adjusted(SIGN + 6, 0, PAD, 0), _MIDDLE, text)

    def _paint_handled(self, painter: QPainter, place: QRect, segment: Segment, chosen: bool) -> None:
        state = self._model.voiceover.state(segment)
        quiet = state in (State.SILENT, State.WAITING)
        role = "info" if state is State.OUTDATED else "err" if state is State.MISSED else "text3" if quiet else "text2"
        if open := self._model.is_undecided(segment):
            role = "warn"
        painter.setFont(theme.font(theme.BODY, theme.SEMIBOLD if open else theme.REGULAR))
        painter.setPen(theme.current().color("text" if chosen and role == "text2" else role))
        text = self._model.handled(segment)
        shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, _MIDDLE, shown)
