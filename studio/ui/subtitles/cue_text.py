"""The text of one cue with its real lines, typed in; every line tells how long it is. Runs on the window's thread.

Qt changes the text by itself; what came of it is told. While a cue is typed in, the field may hold spaces and empty
lines that the model's text does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from studio.core.breaks import text_width
from studio.core.retext import common_start
from studio.ui import command_keys, theme
from studio.ui.editor.marks import paint_hits, paint_word, span_rects
from studio.ui.editor.spans import Span, model_text, place_in, units

_LINE = 24  # pixels
_COUNT = 76  # pixels behind the text, for the lengths of the lines
# What Qt takes for the end of a block, or cannot keep in one
_SAFE = str.maketrans({"\u2029": "\n", "\r": " ", "\ufdd0": "\ufffd", "\ufdd1": "\ufffd"})
_BREAKS = re.compile(r"[^\S\n]*\n\s*")


def _plain(text: str) -> str:
    """As the model may have it: without needless spaces and empty lines."""
    return _BREAKS.sub("\n", re.sub(r"[ \t]+", " ", text)).strip()


class CueText(QTextEdit):
    text_edited = Signal(str)  # as it is typed now
    left = Signal()  # the focus went elsewhere
    play_requested = Signal()  # the tab key
    back_requested = Signal()  # tab with shift
    tab_plays = True  # already while Qt sets the view up
    stop_requested = Signal()  # the escape key

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""  # what the field holds, as the model's text
        self._writing = False
        self._most = 42
        self._word: Span = (0, 0)
        self._hits: Sequence[Span] = ()
        self.setObjectName("cueText")
        self.setAccessibleName("Text of the cue")
        self.setProperty("role", "field")
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # the window behind need not be painted
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)  # there is one history, and it is the library's
        self.setAcceptDrops(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFont(theme.font(theme.CUE))
        self.document().setDefaultFont(theme.font(theme.CUE))
        self.document().setDocumentMargin(2)
        self._format()
        self.textChanged.connect(self._on_changed)
        self.document().contentsChange.connect(lambda *_: self.viewport().update())
        theme.current().changed.connect(self.viewport().update)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 2 * _LINE)

    def sizeHint(self) -> QSize:
        return QSize(480, 3 * _LINE + 16)

    def _format(self) -> None:
        frame = self.document().rootFrame().frameFormat()
        frame.setRightMargin(_COUNT)
        self.document().rootFrame().setFrameFormat(frame)
        line = QTextBlockFormat()
        line.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.setBlockFormat(line)

    # What the page tells

    def load(self, text: str) -> None:
        """Another cue: its text, the caret at the start."""
        self._write(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def follow(self, text: str) -> None:
        """The model's text of the same cue; only what differs is written, and the caret stays."""
        if text != self._shown and _plain(self.text()) != _plain(text):
            self._write(text)

    def settle(self, text: str) -> None:
        """Typing is over: show the model's text, letter for letter."""
        if self.text() != text:
            self._write(text)

    def set_most(self, columns: int) -> None:
        """How long a line may be."""
        self._most = columns
        self.viewport().update()

    def set_word(self, span: Span) -> None:
        """What is heard now, as offsets in the model's text."""
        if span != self._word:
            self._word = span
            self.viewport().update()

    def set_hits(self, spans: Sequence[Span]) -> None:
        """The places of what is searched for."""
        self._hits = spans
        self.viewport().update()

    def select(self, span: Span) -> None:
        """Put the caret behind these letters, which are selected and come into view."""
        cursor = self.textCursor()
        cursor.setPosition(span[0])
        cursor.setPosition(span[1], QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def text(self) -> str:
        """What stands in the field, with the model's line breaks."""
        parts: list[str] = []
        block = self.document().begin()
        while block.isValid():
            parts.append(model_text(block.text()))
            block = block.next()
        return "\n".join(parts)

    def caret(self, text: str) -> int:
        """Where the caret is, as an offset in the model's text."""
        return place_in(text, self.text(), self.textCursor().position())

    def _write(self, text: str) -> None:
        old, new = self.text(), text.translate(_SAFE)
        head = common_start(old, new)
        tail = common_start(old[head:][::-1], new[head:][::-1])
        cursor = QTextCursor(self.document())
        cursor.setPosition(units(old, head))
        cursor.setPosition(units(old, len(old) - tail), QTextCursor.MoveMode.KeepAnchor)
        self._writing = True
        try:
            cursor.insertText(new[head : len(new) - tail])
        finally:
            self._writing = False
        self._shown = self.text()

    def _on_changed(self) -> None:
        text = self.text()
        if not self._writing and text != self._shown:
            self._shown = text
            self.text_edited.emit(text)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), theme.current().color("surface"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(0, -self.verticalScrollBar().value())
            self._paint_word(painter)
            self._paint_hits(painter)
        super().paintEvent(event)
        if self.isEnabled():
            with QPainter(self.viewport()) as painter:
                painter.translate(0, -self.verticalScrollBar().value())
                self._paint_lengths(painter)

    def _paint_word(self, painter: QPainter) -> None:
        first, last = self._word
        block = self.document().findBlock(first)
        if first < last and block.isValid():
            origin = self._origin(block)
            paint_word(painter, span_rects(block, origin, (first - block.position(), last - block.position())))

    def _paint_hits(self, painter: QPainter) -> None:
        block = self.document().begin()
        while block.isValid() and self._hits:
            origin, at = self._origin(block), block.position()
            for first, last in self._hits:
                paint_hits(painter, span_rects(block, origin, (first - at, last - at)))
            block = block.next()

    def _paint_lengths(self, painter: QPainter) -> None:
        """Behind each line its length; where that is too much, by how much."""
        look, block = theme.current(), self.document().begin()
        while block.isValid():
            length, layout = text_width(model_text(block.text())), block.layout()
            if (length or block.next().isValid()) and layout.lineCount():
                line = layout.lineAt(layout.lineCount() - 1)
                origin = self._origin(block)
                over = length - self._most
                words = f"{length}, {over} over" if over > 0 else f"{length}"
                font = theme.font(theme.NOTE, theme.SEMIBOLD if over > 0 else theme.REGULAR)
                painter.setFont(font)
                painter.setPen(look.color("warn" if over > 0 else "text3"))
                x = origin.x() + line.naturalTextRect().right() + 12
                x = min(x, self.viewport().width() - 4 - QFontMetricsF(font).horizontalAdvance(words))
                place = QRectF(x, origin.y() + line.y(), _COUNT, line.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            block = block.next()

    def _origin(self, block: QTextBlock) -> QPointF:
        return self.document().documentLayout().blockBoundingRect(block).topLeft()

    # Keys

    def event(self, event: QEvent) -> bool:
        """Keys that are commands of the window are not the text's, but for the clipboard's."""
        if not isinstance(event, QKeyEvent):
            return super().event(event)
        tab = (self.play_requested, self.back_requested) if self.tab_plays else None
        taken = command_keys.taken(event, self.window(), tab)
        return super().event(event) if taken is None else taken

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.stop_requested.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Lines stay lines, but for empty ones."""
        text = source.text()
        lines = [" ".join(line.split()) for line in text.splitlines()]
        shown = "\n".join(line for line in lines if line)
        self.textCursor().insertText(f" {shown}" if text[:1].isspace() and shown else shown)
        self.ensureCursorVisible()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()
