"""Cues as blocks: edges, speaker's chip, first words, handles; ranges and loops. Draws; window's thread."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from studio.ui import theme
from studio.ui.models.wording import time_code
from studio.ui.waveform.scene import Scene

LABEL = 20  # pixels that chip and words take above the waveform
EDGES_FROM = 4  # a cue this wide gets its edges and outline drawn,
_CHIP_FROM = 24  # this wide its speaker's chip and handles,
_WORDS_FROM = 48  # this wide its first words
_CHIP = 14
_HANDLE = 6, 22  # pixels
_LETTERS = 120  # of a text, at most, are measured


class CuePainter:
    """Draws into a picture of the visible stretch. `area` is where cues stand, `per_ms` pixels a millisecond."""

    def __init__(self, painter: QPainter, scene: Scene, area: QRectF) -> None:
        self._painter, self._scene, self._area = painter, scene, area
        self._per_ms = area.width() / scene.span
        self._look = theme.current()
        self._font = theme.font(theme.NOTE)
        self._metrics = QFontMetricsF(self._font)
        self._inks: dict[int, tuple[QColor, QColor]] = {}

    def draw(self) -> None:
        scene = self._scene
        wide = scene.rows_between(scene.start, scene.end, EDGES_FROM / self._per_ms)
        for row in wide.tolist():
            self._block(row)
        for row in wide[np.isin(scene.ids[wide], scene.selected_ids)].tolist():
            self._outline(row)
        if scene.draft:
            self._draft(*scene.draft)
        if scene.range:
            self._range(*scene.range)
        if scene.loop:
            self._loop(*scene.loop)

    def _x(self, ms: float) -> float:
        return (ms - self._scene.start) * self._per_ms

    def _rect(self, start: float, end: float) -> QRectF:
        """Where a stretch is drawn, in whole pixels, cut off a little beyond the view."""
        left, right = max(round(self._x(start)), -8), min(round(self._x(end)), round(self._area.width()) + 8)
        return QRectF(left, self._area.top(), right - left, self._area.height())

    def _ink(self, voice: int) -> tuple[QColor, QColor]:
        """The colour of a speaker and that of the edges of its cues."""
        if voice not in self._inks:
            ink = self._look.speaker_color(voice) if voice >= 0 else self._look.color("text3")
            self._inks[voice] = ink, theme.mix(self._look.color("raised"), ink, 0.5)
        return self._inks[voice]

    def _block(self, row: int) -> None:
        scene, voice = self._scene, int(self._scene.voices[row])
        ink, edge = self._ink(voice)
        block = self._rect(int(scene.starts[row]), int(scene.ends[row]))
        for x in (block.left(), block.right() - 1):
            self._painter.fillRect(QRectF(x, block.top(), 1, block.height()), edge)
        self._painter.fillRect(QRectF(block.left(), block.top(), block.width(), 2), ink)
        if block.width() >= _CHIP_FROM:
            self._label(row, voice, block)

    def _label(self, row: int, voice: int, block: QRectF) -> None:
        """Chip and first words; of a cue that began further left, at the left edge of the view."""
        segment, painter = self._scene.segments[row], self._painter
        left, top = max(block.left(), 0) + 6, block.top() + 8
        room = min(block.right(), self._area.width()) - left - 4
        if voice >= 0 and room >= _CHIP:
            letter = theme.chip_letter(self._scene.names.get(segment.speaker, ""))
            theme.paint_chip(painter, QRectF(left, top, _CHIP, _CHIP), letter, voice)
            left, room = left + _CHIP + 6, room - _CHIP - 6
        if room >= _WORDS_FROM - _CHIP:
            words = segment.text[:_LETTERS].replace("\n", " ")
            words = self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.setFont(self._font)
            painter.setPen(self._look.color("text"))
            painter.drawText(QRectF(left, top, room, _CHIP), Qt.AlignmentFlag.AlignVCenter, words)

    def _outline(self, row: int) -> None:
        scene, painter = self._scene, self._painter
        block = self._rect(int(scene.starts[row]), int(scene.ends[row]))
        painter.setPen(QPen(self._look.color("accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(block.adjusted(1, 1, -1, -1))
        if int(scene.ids[row]) == scene.current and block.width() >= _CHIP_FROM:
            self._handle(block.left() + 1, block)
            self._handle(block.right() - 1, block)

    def _handle(self, x: float, block: QRectF) -> None:
        """A grip in the middle of an edge."""
        painter, (width, height), accent = self._painter, _HANDLE, self._look.color("accent")
        y = block.top() + LABEL + (block.height() - LABEL) / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(self._look.color("surface"))
        painter.drawRoundedRect(QRectF(x - width / 2, y - height / 2, width, height), 2.5, 2.5)
        painter.drawLine(QLineF(x, y - 4, x, y + 4))
        painter.restore()

    def _draft(self, start: int, end: int) -> None:
        """The cue being drawn, and how long it is."""
        painter, accent, block = self._painter, self._look.color("accent"), self._rect(start, end)
        painter.fillRect(block, _faint(accent, 0.16))
        painter.setPen(QPen(accent, 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(block.adjusted(1, 1, -1, -1))
        self._length(start, end, block)

    def _range(self, start: int, end: int) -> None:
        accent, block = self._look.color("accent"), self._rect(start, end)
        self._painter.fillRect(block, _faint(accent, 0.14))
        for x in (block.left(), block.right() - 1):
            self._painter.fillRect(QRectF(x, block.top(), 1, block.height()), accent)
        self._length(start, end, block)

    def _length(self, start: int, end: int, block: QRectF) -> None:
        """Seconds from start to end, at the lower edge."""
        text = f"{(end - start) / 1000:.3f} s"
        width = self._metrics.horizontalAdvance(text) + 12
        if block.width() < width:
            return
        painter, visible = self._painter, block.intersected(self._area)
        label = QRectF(visible.center().x() - width / 2, visible.bottom() - 22, width, 18)
        painter.fillRect(label, self._look.color("surface"))
        painter.setFont(self._font)
        painter.setPen(self._look.color("accent"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)

    def _loop(self, start: int, end: int) -> None:
        """A band along the ruler's lower edge with the letters A and B at its ends."""
        painter, accent, block = self._painter, self._look.color("accent"), self._rect(start, end)
        top = self._area.top()
        painter.fillRect(QRectF(block.left(), top - 4, block.width(), 3), accent)
        painter.setFont(theme.font(theme.RULER, theme.SEMIBOLD))
        for letter, x in (("A", block.left()), ("B", block.right() - 13)):
            flag = QRectF(x, top - 15, 13, 14)
            painter.fillRect(flag, accent)
            painter.setPen(self._look.color("on_accent"))
            painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, letter)
            edge = x if letter == "A" else x + 12
            painter.fillRect(QRectF(edge, top, 1, block.height()), accent)


def drag_text(start: int, end: int) -> str:
    """What a drag says: "12:43.100 to 12:47.600, 4.500 s"."""
    return f"{time_code(start)} to {time_code(end)}, {(end - start) / 1000:.3f} s"


def _faint(color: QColor, share: float) -> QColor:
    faint = QColor(color)
    faint.setAlphaF(share)
    return faint
