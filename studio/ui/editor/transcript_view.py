"""The transcript as text: one block per segment, speakers and times beside it, in step with playback.

A read view over the TranscriptModel; it wishes for changes by signals and never makes them. Nothing is stored per word:
what is marked is worked out for the rows on the screen. Runs on the window's thread.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextLine,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QPlainTextEdit, QTextEdit, QWidget

from studio.core.jobs import Job, Progress
from studio.ui import theme
from studio.ui.models.transcript_model import Index, TranscriptModel

from . import gutter, marks
from .following import Following
from .menu import transcript_menu
from .name_edit import NameEdit
from .placeholder import Placeholder
from .search import Place, Search
from .spans import Span, block_text, word_spans
from .text_layout import TranscriptLayout

UNSURE = 0.5  # words below this confidence are underlined
_SCROLL_KEYS = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}


class TranscriptView(QPlainTextEdit):
    """`model` is shared with the waveform; `current_row` is the row being played, -1 before the first."""

    seek_requested = Signal(int)  # milliseconds
    rename_requested = Signal(str, str)  # speaker id, new name
    relabel_requested = Signal(int, str)  # segment id, speaker id
    retry_requested = Signal(int)  # job id
    following_changed = Signal(bool)
    search_changed = Signal(int)  # how many places

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.current_row = -1
        self._word = -1
        self._search = Search()
        self._spans: dict[int, list[Span]] = {}  # of rows that were on the screen
        self._job: Job | None = None
        self._progress: Progress | None = None
        self._pressed = QPoint()
        self._make_text()
        self._gutter = gutter.Gutter(self)
        self._placeholder = Placeholder(self)
        self._placeholder.retry_requested.connect(self.retry_requested)
        self._following = Following(self)
        self._following.changed.connect(self.following_changed)
        self._search_again = QTimer(self, singleShot=True, interval=200)
        self._search_again.timeout.connect(lambda: self.set_search(self._search.text))
        self._connect_model()
        self._load()

    def _make_text(self) -> None:
        self.setObjectName("transcriptView")
        self.setAccessibleName("Transcript")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)  # files dropped here belong to the window
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        document = QTextDocument(self)
        document.setUndoRedoEnabled(False)
        self.text_layout = TranscriptLayout(document, self.names_speaker)
        document.setDocumentLayout(self.text_layout)
        self.setDocument(document)
        self.setFont(theme.font(theme.TRANSCRIPT))
        document.setDefaultFont(theme.font(theme.TRANSCRIPT))
        self.setViewportMargins(gutter.WIDTH, 0, 0, 0)
        self.verticalScrollBar().actionTriggered.connect(lambda _: self.set_following(False))
        self.updateRequest.connect(self._on_update)
        theme.current().changed.connect(self._on_theme)

    def _connect_model(self) -> None:
        model = self.model
        model.modelAboutToBeReset.connect(self._remember_place)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_inserted)
        model.dataChanged.connect(self._on_changed)

    # What the window tells

    def set_job(self, job: Job | None, progress: Progress | None = None) -> None:
        """The recording that is open; tells what to say while there is no text."""
        self._job, self._progress = job, progress
        self._show_placeholder()

    def set_position(self, ms: int) -> None:
        """Where playback is: marks the row and the word, and scrolls there while following."""
        row = self.model.segment_at(ms)
        word = self.model.word_at(row, ms) if row >= 0 else -1
        row = row if row >= 0 else self.model.last_begun(ms)
        if (row, word) == (self.current_row, self._word):
            return
        moved = row != self.current_row
        self.current_row, self._word = row, word
        self._mark_word()
        if moved:
            self._repaint()
        self._following.keep_up()

    @property
    def following(self) -> bool:
        return self._following.on

    def set_following(self, on: bool) -> None:
        """Whether the view scrolls with playback; scrolling by hand ends it."""
        self._following.set(on)

    def set_search(self, text: str) -> int:
        """Mark all places of a text; returns how many there are. "" ends the search."""
        self._search.run(self.model.segments(), text)
        self.viewport().update()
        self.search_changed.emit(len(self._search.places))
        return len(self._search.places)

    def next_match(self) -> bool:
        """Select the next place behind the selection; False if there is none."""
        row, _, offset = self._caret()
        return self._select(self._search.after(row, offset))

    def previous_match(self) -> bool:
        row, offset, _ = self._caret()
        return self._select(self._search.before(row, offset))

    # Rows and places

    def names_speaker(self, row: int) -> bool:
        """Whether the gutter shows a name: where the speaker changes."""
        if row >= self.model.rowCount():
            return False
        speaker = self.model.segment(row).speaker
        return speaker is not None and (row == 0 or speaker != self.model.segment(row - 1).speaker)

    def visible_rows(self) -> Iterator[tuple[int, QRectF]]:
        """Rows on the screen with their places in the viewport, as wide as it."""
        for block, origin, height in self.visible_blocks():
            yield block.blockNumber(), QRectF(0, origin.y(), self.viewport().width(), height)

    def row_at_y(self, y: float) -> int:
        return next((row for row, rect in self.visible_rows() if rect.top() <= y < rect.bottom()), -1)

    def row_tint(self) -> QColor:
        tint = theme.current().color("sel")
        tint.setAlphaF(0.5)
        return tint

    def time_at(self, point: QPointF) -> int:
        """Start of the word under a point of the viewport, of its segment where there are no word times; else -1."""
        for block, origin, height in self.visible_blocks():
            if not origin.y() <= point.y() < origin.y() + height:
                continue
            line = self._line_at(block, point - origin)
            if line is not None:
                return self._time_of(block.blockNumber(), _offset_at(line, point.x() - origin.x()))
        return -1

    def visible_blocks(self) -> Iterator[tuple[QTextBlock, QPointF, float]]:
        block, origin = self.firstVisibleBlock(), self.contentOffset()
        bottom, rows = self.viewport().height(), self.model.rowCount()
        while block.isValid() and block.blockNumber() < rows and origin.y() < bottom:
            height = self.blockBoundingRect(block).height()
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
            self._spans[row] = word_spans(self.model.segment(row))
        return self._spans[row]

    def _caret(self) -> tuple[int, int, int]:
        """Row of the caret, and the selection's offsets in it."""
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart())
        at = block.position()
        return block.blockNumber(), cursor.selectionStart() - at, cursor.selectionEnd() - at

    def _cursor(self, row: int, span: Span) -> QTextCursor:
        cursor = QTextCursor(self.document())
        at = self.document().findBlockByNumber(row).position()
        cursor.setPosition(at + span[0])
        cursor.setPosition(at + span[1], QTextCursor.MoveMode.KeepAnchor)
        return cursor

    # Following the model

    def _load(self) -> None:
        self._spans.clear()
        self.current_row = self._word = -1
        self.setExtraSelections([])
        self.setPlainText("\n".join(block_text(s) for s in self.model.segments()))
        self._refresh_search()
        self._show_placeholder()

    def _remember_place(self) -> None:
        top = self.firstVisibleBlock().blockNumber()
        segments = self.model.segments()
        self._place = self.model.transcript.source, segments[top].start if top < len(segments) else 0

    def _on_reset(self) -> None:
        self._load()
        source, ms = self._place
        if source.content_id and source == self.model.transcript.source:  # the same recording, cut anew
            self._scroll_to_line(self._first_line(max(0, self.model.last_begun(ms))))

    def _on_inserted(self, _parent: Index, first: int, last: int) -> None:
        texts = "\n".join(block_text(self.model.segment(row)) for row in range(first, last + 1))
        if last - first + 1 == self.model.rowCount():
            self._load()
            return
        top = self.firstVisibleBlock().blockNumber()
        into_top = self.verticalScrollBar().value() - self._first_line(top)
        caret = self.textCursor()
        anchor, position = caret.anchor(), caret.position()
        writer = QTextCursor(self.document())
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
            self._spans.clear()
        self._scroll_to_line(self._first_line(top) + into_top)
        self._refresh_search()
        self._repaint()

    def _on_changed(self, first: Index, last: Index, roles: list[int]) -> None:
        if not roles or Qt.ItemDataRole.DisplayRole in roles:
            self._spans.clear()
            for row in range(first.row(), last.row() + 1):
                self._replace_text(row)
            self._refresh_search()
            self._mark_word()
        self._repaint()

    def _replace_text(self, row: int) -> None:
        block, text = self.document().findBlockByNumber(row), block_text(self.model.segment(row))
        if block.text() != text:
            self._cursor(row, (0, block.length() - 1)).insertText(text)

    def _refresh_search(self) -> None:
        if self._search.text:
            self._search_again.start()

    def _show_placeholder(self) -> None:
        empty = self.model.rowCount() == 0
        if empty:
            self._placeholder.show_state(self._job, self._progress)
        self._placeholder.setVisible(empty)
        self._following.keep_up()

    # Scrolling

    def _first_line(self, row: int) -> int:
        return self.document().findBlockByNumber(row).firstLineNumber()

    def _scroll_to_line(self, line: int) -> None:
        self.verticalScrollBar().setValue(line)

    # Marks

    def word_span(self) -> Span:
        return self._row_spans(self.current_row)[self._word] if self._word >= 0 else (0, 0)

    def _mark_word(self) -> None:
        if self._word < 0 or self.current_row >= self.document().blockCount():
            self.setExtraSelections([])
            return
        selection = QTextEdit.ExtraSelection()
        selection.cursor = self._cursor(self.current_row, self.word_span())
        selection.format.setForeground(theme.current().color("text"))
        self.setExtraSelections([selection])

    def _select(self, place: Place | None) -> bool:
        if place is None:
            return False
        self.set_following(False)
        self.setTextCursor(self._cursor(*place))
        self.centerCursor()
        return True

    def _repaint(self) -> None:
        self.viewport().update()
        self._gutter.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for block, origin, height in self.visible_blocks():
                rect = QRectF(0, origin.y(), self.viewport().width(), height)
                if rect.intersects(QRectF(event.rect())):
                    self._paint_marks(painter, block, origin, rect)
        super().paintEvent(event)

    def _paint_marks(self, painter: QPainter, block: QTextBlock, origin: QPointF, rect: QRectF) -> None:
        row = block.blockNumber()
        if row == self.current_row:
            painter.fillRect(rect, self.row_tint())
            marks.paint_word(painter, marks.span_rects(block, origin, self.word_span()))
        for span in self._search.by_row.get(row, ()):
            marks.paint_hits(painter, marks.span_rects(block, origin, span))
        for word, span in zip(self.model.segment(row).words, self._row_spans(row), strict=True):
            if word.confidence is not None and word.confidence < UNSURE:
                marks.paint_unsure(painter, marks.span_rects(block, origin, span))

    def _on_update(self, rect: QRect, dy: int) -> None:
        self._gutter.update(0, rect.y() if not dy else 0, gutter.WIDTH, rect.height() if not dy else self.height())
        editor = self.findChild(NameEdit)
        if dy and editor is not None:
            editor.move(editor.x(), editor.y() + dy)

    def _on_theme(self) -> None:
        self._mark_word()
        self._show_placeholder()
        self._repaint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.contentsRect()
        self._gutter.setGeometry(room.left(), room.top(), gutter.WIDTH, room.height())
        self._placeholder.setGeometry(room)
        self._following.keep_up()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        dragged = (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if event.button() == Qt.MouseButton.LeftButton and not dragged and not self.textCursor().hasSelection():
            ms = self.time_at(event.position())
            if ms >= 0:
                self.seek_requested.emit(ms)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_following(False)
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, offset, _ = self._caret()
        known = row < self.model.rowCount()
        number = event.key() - Qt.Key.Key_1
        if event.key() == Qt.Key.Key_F2 and known:
            self.rename_at(row)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() and known:
            self.seek_requested.emit(self._time_of(row, offset))
        elif event.modifiers() == Qt.KeyboardModifier.AltModifier and 0 <= number < 8 and known:
            if number < len(self.model.speakers):
                self.relabel_requested.emit(self.model.segment(row).id, self.model.speakers[number].id)
        else:
            if event.key() in _SCROLL_KEYS:
                self.set_following(False)
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row, offset, _ = self._caret()
        where = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            where = self.viewport().mapToGlobal(self.cursorRect().bottomLeft())
            ms = self._time_of(row, offset) if row < self.model.rowCount() else 0
        else:
            point = QPointF(event.pos())  # the viewport's, as Qt hands its events on
            row, ms = self.row_at_y(point.y()), self.time_at(point)
        if 0 <= row < self.model.rowCount():
            menu = transcript_menu(self, row, ms if ms >= 0 else self.model.segment(row).start)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(where)

    def rename_at(self, row: int) -> None:
        """Open the field for the name of the row's speaker, on the row where the gutter shows it."""
        speaker = self.model.segment(row).speaker
        if speaker is None:
            return
        tops = {r: rect.top() for r, rect in self.visible_rows()}
        while row > 0 and not self.names_speaker(row) and row - 1 in tops:
            row -= 1
        place = self._gutter.name_rect(row, tops.get(row, 0.0))
        editor = NameEdit(speaker, self.model.speaker_name(speaker), self)
        editor.renamed.connect(self.rename_requested)
        editor.closed.connect(self.setFocus)
        editor.setGeometry(
            gutter.NAME_LEFT - 6, max(2, place.center().y() - 14), gutter.RULE_LEFT - gutter.NAME_LEFT, 28
        )
        editor.show()
        editor.setFocus()


def _offset_at(line: QTextLine, x: float) -> int:
    return int(line.xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter))
