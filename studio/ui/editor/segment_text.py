"""Segments as blocks of text, one each: shows what the model holds, tells what is typed. Runs on the window's thread.

Nothing is stored per word; where words stand is worked out for the rows on the screen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent, QTextBlock, QTextCursor, QTextDocument, QTextLine
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from studio.core.retext import common_start
from studio.ui import theme
from studio.ui.models.findings import AFTER
from studio.ui.models.transcript_model import Index, TranscriptModel

from .marks import span_rects
from .spans import Span, block_text, blocks_text, place_in, units, word_spans
from .text_layout import TranscriptLayout
from .typing import Typing

_MANY = 100  # rows; more that change at once are written anew as a whole


class SegmentText(QPlainTextEdit):
    """`model` is shared with the waveform; `selected` are ids of segments that the selection goes over."""

    text_edited = Signal(int, str)  # segment id, its text as it is typed now
    typing_ended = Signal()  # the caret has left the row that was typed in
    range_edited = Signal(list, int, int, str)  # segment ids; from an offset of the first to one of the last; new text
    split_requested = Signal(int, int)  # segment id, offset in its text
    merge_requested = Signal(list)  # segment ids
    rows_selected = Signal(list, int)  # segment ids, the one with the caret

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.selected: frozenset[int] = frozenset()
        self._spans: dict[int, list[Span]] = {}  # of rows that were on the screen
        self._writing = 0  # above 0 while the view itself changes the document
        self._typing = Typing(self)
        self._behind: set[int] = set()  # segments by id whose blocks do not say yet what the model says
        self._soon = QTimer(self, singleShot=True, interval=AFTER)
        self._soon.timeout.connect(self._catch_up)
        self._look: tuple[object, ...] = ()  # what `_visible` was worked out for
        self._visible: list[tuple[QTextBlock, QPointF, float]] = []
        self._make_document()
        model.modelAboutToBeReset.connect(self._remember_place)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_inserted)
        model.rowsRemoved.connect(self._on_removed)
        model.dataChanged.connect(self._on_changed)

    def _make_document(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)  # there is one history, and it is the library's
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)  # files dropped here belong to the window
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        document = QTextDocument(self)
        document.setUndoRedoEnabled(False)
        self.setFont(theme.font(theme.TRANSCRIPT))
        document.setDefaultFont(theme.font(theme.TRANSCRIPT))
        self.text_layout = TranscriptLayout(document, self.names_speaker)
        document.setDocumentLayout(self.text_layout)
        self.setDocument(document)
        self.cursorPositionChanged.connect(self._on_caret)
        self.selectionChanged.connect(self._on_caret)
        document.contentsChange.connect(self._on_contents_change)

    def shown(self) -> None:
        """Called when rows have come, gone or changed."""
        self.text_layout.forget()  # names of speakers make room above blocks

    def rows_changed(self, rows: range) -> None:
        """Called when these rows have another text, and nothing else is new."""

    def split(self) -> None:
        """Cut the row at the caret."""
        self._typing.split()

    def leave_row(self) -> None:
        """Typing is over: the row that was typed in shows what the model has, and takes changes again."""
        self._typing.settle(-1)

    # Rows and places

    def names_speaker(self, row: int) -> bool:
        """Whether the gutter shows a name: where the speaker changes."""
        segments = self.model.segments()
        if row >= len(segments):
            return False
        speaker = segments[row].speaker
        return speaker is not None and (row == 0 or speaker != segments[row - 1].speaker)

    def visible_rows(self) -> Iterator[tuple[int, QRectF]]:
        """Rows on the screen with their places in the viewport, as wide as it."""
        for block, origin, height in self.visible_blocks():
            yield block.blockNumber(), QRectF(0, origin.y(), self.viewport().width(), height)

    def row_at_y(self, y: float) -> int:
        return next((row for row, rect in self.visible_rows() if rect.top() <= y < rect.bottom()), -1)

    def word_rect(self, row: int, word: int) -> QRectF | None:
        """Where a word stands in the viewport; None while its row is not on the screen."""
        for block, origin, _ in self.visible_blocks():
            if block.blockNumber() == row and word < len(self._row_spans(row)):
                return next(iter(span_rects(block, origin, self._row_spans(row)[word])), None)
        return None

    def below(self, row: int) -> QPoint | None:
        """The place on the screen below a row's text; None while it is not to be seen."""
        rect = next((rect for r, rect in self.visible_rows() if r == row), None)
        if rect is None or not self.isVisible():
            return None
        return self.viewport().mapToGlobal(rect.bottomLeft().toPoint())

    def time_at(self, point: QPointF) -> int:
        """Start of the word under a point of the viewport, of its segment where there are no word times; else -1."""
        for block, origin, height in self.visible_blocks():
            if not origin.y() <= point.y() < origin.y() + height:
                continue
            line = self._line_at(block, point - origin)
            if line is not None:
                return self._time_of(block.blockNumber(), _offset_at(line, point.x() - origin.x()))
        return -1

    def visible_blocks(self) -> list[tuple[QTextBlock, QPointF, float]]:
        """Blocks on the screen with their places in the viewport and heights; worked out once for each look of it."""
        first, offset = self.firstVisibleBlock().blockNumber(), self.contentOffset().y()
        look = (first, offset, self.viewport().size(), self.text_layout.generation)
        if look != self._look:
            self._visible, self._look = list(self._laid_out()), look
        return self._visible

    def _laid_out(self) -> Iterator[tuple[QTextBlock, QPointF, float]]:
        block, origin = self.firstVisibleBlock(), self.contentOffset()
        bottom, rows = self.viewport().height(), self.model.rowCount()
        while block.isValid() and block.blockNumber() < rows and origin.y() < bottom:
            height = self.text_layout.blockBoundingRect(block).height()
            yield block, QPointF(origin), height
            origin.setY(origin.y() + height)
            block = block.next()

    def _line_at(self, block: QTextBlock, point: QPointF) -> QTextLine | None:
        layout, height = block.layout(), self.text_layout.line_height
        for i in range(layout.lineCount()):
            line = layout.lineAt(i)
            rect = line.naturalTextRect()
            if abs(point.y() - rect.center().y()) <= height / 2 and rect.left() <= point.x() <= rect.right():
                return line
        return None

    def _time_of(self, row: int, offset: int) -> int:
        segment = self.model.segment(row)
        word = bisect_right(self._row_spans(row), offset, key=lambda span: span[0]) - 1
        return segment.words[word].start if word >= 0 else segment.start

    def _row_spans(self, row: int) -> list[Span]:
        if row not in self._spans:
            if len(self._spans) > 500:
                self._spans.clear()
            self._spans[row] = word_spans(self.model.segment(row), self.document().findBlockByNumber(row).text())
        return self._spans[row]

    def forget_spans(self, row: int) -> None:
        self._spans.pop(row, None)

    def caret(self) -> tuple[int, int, int]:
        """Row of the caret, and the selection's offsets in it."""
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart())
        at = block.position()
        return block.blockNumber(), cursor.selectionStart() - at, cursor.selectionEnd() - at

    def selected_text(self) -> list[tuple[int, int, int]]:
        """Segment id, first and last character of each row that the selection reaches into; empty without one."""
        cursor, found = self.textCursor(), list[tuple[int, int, int]]()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        block = self.document().findBlock(start)
        rows = self.model.rowCount() if start < end else 0
        while block.isValid() and block.position() < end and block.blockNumber() < rows:
            segment = self.model.segment(block.blockNumber())
            first, last = (place_in(segment.text, block.text(), max(0, at - block.position())) for at in (start, end))
            found.append((segment.id, first, last))
            block = block.next()
        return found

    def _cursor(self, row: int, span: Span) -> QTextCursor:
        cursor = QTextCursor(self.document())
        at = self.document().findBlockByNumber(row).position()
        cursor.setPosition(at + span[0])
        cursor.setPosition(at + span[1], QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def put_caret(self, row: int, offset: int) -> None:
        """Into the text of a row, which comes into view."""
        block = self.document().findBlockByNumber(row)
        cursor = QTextCursor(block)
        offset = min(offset, block.length() - 1)
        if 0 < offset < block.length() - 1 and not block.layout().isValidCursorPosition(offset):
            offset += 1  # not into the middle of an emoji
        cursor.setPosition(block.position() + offset)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    # Following the model

    @contextmanager
    def _write(self) -> Iterator[None]:
        """While the document is made to say what the model says."""
        self._writing += 1
        try:
            yield
        finally:
            self._writing -= 1

    def reload(self) -> None:
        """Show the model's text afresh, at the same place."""
        caret, value = self.textCursor().position(), self.verticalScrollBar().value()
        self.load()
        cursor = self.textCursor()
        cursor.setPosition(min(caret, self.document().characterCount() - 1))
        with self._write():
            self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(value)

    def load(self) -> None:
        """Show the model's text afresh, from the start."""
        self._spans.clear()
        self._typing.row = -1
        with self._write():
            self.setPlainText(blocks_text(self.model.segments()))
        self.shown()

    def _remember_place(self) -> None:
        top = self.firstVisibleBlock().blockNumber()
        segments = self.model.segments()
        self._place = self.model.transcript.source, top, segments[top].start if top < len(segments) else 0

    def _on_reset(self) -> None:
        self.load()
        source, top, ms = self._place
        if source.content_id and source == self.model.transcript.source:  # the same recording, cut anew
            segments = self.model.segments()
            same = top < len(segments) and segments[top].start == ms  # as everywhere in text without times
            self._scroll_to_line(self._first_line(top if same else max(0, self.model.last_begun(ms))))

    def _on_inserted(self, _parent: Index, first: int, last: int) -> None:
        texts = blocks_text(self.model.segments()[first : last + 1])
        if last - first + 1 == self.model.rowCount():
            self.load()
            return
        top = self.firstVisibleBlock().blockNumber()
        into_top = self.verticalScrollBar().value() - self._first_line(top)
        caret = self.textCursor()
        anchor, position = caret.anchor(), caret.position()
        writer = QTextCursor(self.document())
        with self._write():
            if last + 1 == self.model.rowCount():
                writer.movePosition(QTextCursor.MoveOperation.End)
                writer.insertText("\n" + texts)
                if self.textCursor().position() != position or self.textCursor().anchor() != anchor:
                    caret.setPosition(anchor)
                    caret.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
                    self.setTextCursor(caret)
            else:
                writer.setPosition(self.document().findBlockByNumber(first).position())
                writer.insertText(texts + "\n")
                top += last - first + 1 if first <= top else 0
        self._rows_moved(first, last + 1 - first)
        self._scroll_to_line(self._first_line(top) + into_top)

    def _on_removed(self, _parent: Index, first: int, last: int) -> None:
        if not self.model.rowCount():
            self.load()
            return
        document = self.document()
        start = document.findBlockByNumber(first).position()
        following = document.findBlockByNumber(last + 1)
        end = following.position() if following.isValid() else document.characterCount() - 1
        writer = QTextCursor(document)
        writer.setPosition(start if following.isValid() else start - 1)
        writer.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        with self._write():
            writer.removeSelectedText()
        self._rows_moved(first, first - last - 1)

    def _rows_moved(self, first: int, by: int) -> None:
        """Rows have come at `first`, or gone from there on, where `by` is below 0."""
        self._spans.clear()
        row = self._typing.row
        if row >= first:
            self._typing.row = row + by if row + by >= first else -1
        self.shown()

    def _on_changed(self, first: Index, last: Index, roles: list[int]) -> None:
        rows = range(first.row(), last.row() + 1)
        text = not roles or Qt.ItemDataRole.DisplayRole in roles
        if text and len(rows) > _MANY:
            self.reload()
            return
        for row in rows if text else ():
            self.forget_spans(row)
            if self.window().isVisible() and not self.isVisible():  # it is typed elsewhere, which shall not wait
                self._behind.add(self.model.segment(row).id)
                self._soon.start()
            else:
                self.show_text(row)
        if roles and text:  # nothing but their text: all others look as they did
            self.rows_changed(rows)
        else:
            self.shown()

    def showEvent(self, event: QShowEvent) -> None:
        self._catch_up()
        super().showEvent(event)

    def _catch_up(self) -> None:
        rows = [row for row in map(self.model.row_of, self._behind) if row >= 0]
        self._behind.clear()
        for row in rows:
            self.show_text(row)

    def show_text(self, row: int) -> None:
        """Make the block say what the model says; only what differs is written, so the caret stays."""
        block, text = self.document().findBlockByNumber(row), block_text(self.model.segment(row))
        old = block.text()
        if old == text or (row == self._typing.row and old.split() == text.split()):
            return  # a space typed at the end of a word stays until the caret leaves
        self.forget_spans(row)
        head = common_start(old, text)
        tail = common_start(old[head:][::-1], text[head:][::-1])
        with self._write():
            self._cursor(row, (units(old, head), units(old, len(old) - tail))).insertText(text[head : len(text) - tail])

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        if not self._writing and not self.isReadOnly() and (removed or added):
            self._typing.on_contents_change(position)

    def _on_caret(self) -> None:
        """Tell which rows the selection goes over; others show the same."""
        if self._writing:
            return
        cursor, document = self.textCursor(), self.document()
        self._typing.settle(cursor.blockNumber())
        first, last = (document.findBlock(p).blockNumber() for p in (cursor.selectionStart(), cursor.selectionEnd()))
        rows = range(first, min(last, self.model.rowCount() - 1) + 1)
        if rows:
            ids = [self.model.segment(row).id for row in rows]
            self.selected = frozenset(ids)
            self.rows_selected.emit(ids, self.model.segment(min(cursor.blockNumber(), rows[-1])).id)

    # Scrolling

    def _first_line(self, row: int) -> int:
        return self.document().findBlockByNumber(row).firstLineNumber()

    def _scroll_to_line(self, line: int) -> None:
        self.verticalScrollBar().setValue(line)


def _offset_at(line: QTextLine, x: float) -> int:
    return int(line.xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter))
