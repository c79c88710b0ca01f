"""The transcript as text: one block per segment, speakers and times beside it, in step with playback.

A view over the TranscriptModel; it tells what was typed and wishes for other changes by signals (see `typing`), and
shows what the model then holds. Nothing is stored per word: what is marked is worked out for the rows on the screen.
Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.core.errors import UsageError
from studio.core.jobs import Job, Progress
from studio.core.replace import Query
from studio.ui import command_keys, theme
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.models.wording import time_code

from . import gutter, marks
from .following import Following
from .menu import transcript_menu
from .name_edit import NameEdit
from .placeholder import NO_SPEECH, Placeholder
from .search import Place, Search, Searched
from .segment_text import SegmentText
from .spans import Span, in_units, units
from .unsure import Unsure

_SCROLL_KEYS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}


class TranscriptView(SegmentText, Searched):
    """`model` is shared with the waveform; `current_row` is the row being played, -1 before the first."""

    comment_requested = Signal(int)  # segment id
    word_clicked = Signal(int, int)  # row, number of an unsure word
    play_requested = Signal()  # the tab key
    back_requested = Signal()  # tab with shift
    tab_plays = True  # already while Qt sets the view up
    listen_requested = Signal()  # play from where was sought
    stop_requested = Signal()  # the escape key
    seek_requested = Signal(int)  # milliseconds
    rename_requested = Signal(str, str)  # speaker id, new name
    relabel_requested = Signal(int, str)  # segment id, speaker id
    retry_requested = Signal(int)  # job id
    following_changed = Signal(bool)
    search_changed = Signal(int)  # how many places

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setObjectName("transcriptView")
        self.setAccessibleName("Transcript")
        self.current_row = -1
        self._heard = -1  # milliseconds: where playback is
        self._word = -1
        self._described = -1  # the row that the description tells about
        self._marked: frozenset[int] = frozenset()  # the selection that the gutter shows
        self.search = Search()
        self._unsure = Unsure()
        self._spoken: tuple[int | None, Span] = (None, (0, 0))  # segment id and the word that a voice says
        self._state: tuple[Job | None, Progress | None, str] = (None, None, NO_SPEECH)  # what is said without text
        self.setViewportMargins(gutter.WIDTH, 0, 0, 0)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # the window behind need not be painted
        self._gutter = gutter.Gutter(self)
        self._placeholder = Placeholder(self)
        self._placeholder.retry_requested.connect(self.retry_requested)
        self._following = Following(self)
        self._following.changed.connect(self.following_changed)
        self._search_again = QTimer(self, singleShot=True, interval=200)
        self._search_again.timeout.connect(self._search_afresh)
        self.verticalScrollBar().actionTriggered.connect(lambda _: self.set_following(False))
        self.updateRequest.connect(self._on_update)
        theme.current().changed.connect(self._on_theme)
        model.modelReset.connect(self._unsure.forget)
        self.load()
        self.cursorPositionChanged.connect(self._describe_row)

    # What the window tells

    def set_job(self, job: Job | None, progress: Progress | None = None, why_empty: str = NO_SPEECH) -> None:
        """The recording that is open; tells what to say while there is no text."""
        self._state = job, progress, why_empty
        self._show_placeholder()

    def set_position(self, ms: int) -> None:
        """Where playback is: marks the row and the word, and scrolls there while following."""
        self._heard = ms
        row = self.model.segment_at(ms)
        word = self.model.word_at(row, ms) if row >= 0 else -1
        row = row if row >= 0 else self.model.last_begun(ms)
        before = self.current_row
        if (row, word) == (before, self._word):
            return
        self.current_row, self._word = row, word
        self._update_rows((before, row), beside=row != before)
        self._following.moved()

    @property
    def following(self) -> bool:
        return self._following.on

    def set_following(self, on: bool) -> None:
        """Whether the view scrolls with playback; scrolling by hand ends it."""
        self._following.set(on)

    def set_playing(self, playing: bool) -> None:
        """Whether playback is running away from where a command has gone to."""
        self._following.set_playing(playing)

    def leave_playback(self) -> None:
        """A command goes to another place than what is played."""
        self._following.leave()

    def set_spoken(self, id: int | None, first: int, last: int) -> None:
        """A voice says these characters of a segment; None: it is silent."""
        row = self.model.row_of(id) if id is not None else -1
        before = self.model.row_of(self._spoken[0]) if self._spoken[0] is not None else -1
        span = in_units(self.model.segment(row).text, [(first, last)])[0] if row >= 0 else (0, 0)
        if (id, span) != self._spoken:
            self._spoken = id, span
            self._update_rows({before, row}, beside=False)

    def set_search(self, query: Query | None, ids: Collection[int] | None = None) -> int:
        """Mark all places of a query; returns how many there are. None ends the search.

        `ids`: of the segments to look at, None for all. Raises UsageError for what cannot be searched.
        """
        try:
            self.search.run(self.model.segments(), self.model.row_of, query, ids)
        finally:
            self.viewport().update()
            self.search_changed.emit(len(self.search.places))
        return len(self.search.places)

    @property
    def match_count(self) -> int:
        return len(self.search.places)

    def set_editable(self, editable: bool) -> None:
        """Whether text may be typed: there is a transcript to change."""
        self.setReadOnly(not editable)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextEditorInteraction
            if editable
            else Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def set_doubtful(self, words: Mapping[int, Collection[int]]) -> None:
        """Words, by segment id and number, that another transcript disagrees about: marked like unsure ones."""
        self._unsure.doubtful = words
        self.viewport().update()

    def go_to(self, id: int, offset: int) -> None:
        row = self.model.row_of(id)
        self.put_caret(row, units(self.model.segment(row).text, offset))

    def select_rows(self, ids: Sequence[int], current: int | None) -> None:
        """Show the selection that others made: the caret goes to its row, unless it is there."""
        self.selected = frozenset(ids)
        if self.selected != self._marked:
            self._marked = self.selected
            self._gutter.update()
        row = self.model.row_of(current) if current is not None else -1
        if row >= 0 and self.textCursor().blockNumber() != row:
            with self._write():  # what others selected is not told to them again
                self.put_caret(row, 0)
            self._typing.settle(row)

    def next_unsure(self, step: int = 1) -> bool:
        """Select the next word (or with -1 the previous) that is marked as unsure; False if there is none."""
        return self.select_place(self._unsure.next(self.model.rowCount(), self._unsure_spans, self.caret(), step))

    def word_with(self, row: int, span: Span) -> int:
        """Number of the unsure word that stands exactly there, or around the caret; -1 for none."""
        if row >= self.model.rowCount():
            return -1
        caret = span[0] == span[1]
        found = (n for n, (a, b) in self._unsure_words(row) if (a, b) == span or (caret and a <= span[0] <= b))
        return next(found, -1)

    def unsure_count(self, rows: range | None = None) -> int:
        """How many words are marked as unsure, in all rows or in these."""
        segments = self.model.segments()
        return self._unsure.count(segments if rows is None else segments[rows.start : rows.stop])

    def row_tint(self) -> QColor:
        tint = theme.current().color("sel")
        tint.setAlphaF(0.5)
        return tint

    def _unsure_words(self, row: int) -> list[tuple[int, Span]]:
        """Number and place of each."""
        words = self._unsure.words(self.model.segment(row))
        spans = self._row_spans(row) if words else []
        return [(word, spans[word]) for word in words]

    def _unsure_spans(self, row: int) -> list[Span]:
        return [span for _, span in self._unsure_words(row)]

    def shown(self) -> None:
        super().shown()
        self.set_position(self._heard)  # the row that is heard may have another number now
        if self.search.query:
            self._search_again.start()
        self._show_placeholder()
        self._repaint()

    def rows_changed(self, rows: range) -> None:
        if self.search.query:
            self._search_again.start()
        self._update_rows(rows, beside=False)

    def _search_afresh(self) -> None:
        try:
            self.set_search(self.search.query, self.search.ids)
        except UsageError:
            self.set_search(None)  # it takes too long by now

    def _show_placeholder(self) -> None:
        empty = self.model.rowCount() == 0
        if empty:
            self._placeholder.show_state(*self._state)
        self._placeholder.setVisible(empty)
        self._following.keep_up()

    # Marks

    def word_span(self) -> Span:
        """Where the word being played stands in its row; empty where it is not known."""
        spans = self._row_spans(self.current_row) if self._word >= 0 else []
        return spans[self._word] if 0 <= self._word < len(spans) else (0, 0)

    def _describe_row(self) -> None:
        """Say to assistive technology whose row the caret has come to: what is beside the text is only painted."""
        row = self.textCursor().blockNumber()
        if row == self._described or row >= self.model.rowCount():
            return
        self._described, segment = row, self.model.segment(row)
        notes = ("flagged" if segment.flagged else "", f"comment: {segment.comment}" if segment.comment else "")
        parts = (time_code(segment.start), self.model.speaker_name(segment.speaker), *notes)
        text = ", ".join(part for part in parts if part)
        self.setAccessibleDescription(text)
        if self.hasFocus() and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def select_place(self, place: Place | None) -> bool:
        if place is None:
            return False
        self.leave_playback()
        self.setTextCursor(self._cursor(*place))
        self.centerCursor()
        return True

    def _update_rows(self, rows: Collection[int], beside: bool = True) -> None:
        """Paint these rows anew, where they are on the screen; `beside`: what the gutter shows too."""
        if not self.isVisible():
            return
        blocks, width = self.visible_blocks(), self.viewport().width()
        top = blocks[0][0].blockNumber() if blocks else 0
        for row in rows:
            if top <= row < top + len(blocks):
                _, origin, height = blocks[row - top]
                strip = QRectF(0, origin.y(), width, height).toAlignedRect()
                self.viewport().update(strip)
                if beside:
                    self._gutter.update(0, strip.y(), gutter.WIDTH, strip.height())

    def _repaint(self) -> None:
        self.viewport().update()
        self._gutter.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        exposed, width = event.rect(), self.viewport().width()
        above, below = exposed.top(), exposed.bottom() + 1
        with QPainter(self.viewport()) as painter:
            painter.fillRect(exposed, theme.current().color("surface"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for block, origin, height in self.visible_blocks():
                y = origin.y()
                if y < below and y + height > above:
                    self._paint_marks(painter, block, origin, QRectF(0, y, width, height))
        super().paintEvent(event)
        if self.textCursor().hasSelection():  # which was painted over the word
            with QPainter(self.viewport()) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                for block, origin, _ in self.visible_blocks():
                    if (span := self._said_in(block)) and marks.in_selection(self.textCursor(), block, span):
                        marks.paint_selected_word(painter, block, origin, span)

    def _paint_marks(self, painter: QPainter, block: QTextBlock, origin: QPointF, rect: QRectF) -> None:
        row = block.blockNumber()
        if row == self.current_row and self.model.segment(row).id != self._spoken[0]:
            painter.fillRect(rect, self.row_tint())
        if span := self._said_in(block):
            marks.paint_word(painter, marks.span_rects(block, origin, span))
        for span in self.search.by_row.get(row, ()):
            marks.paint_hits(painter, marks.span_rects(block, origin, span))
        for span in self._unsure_spans(row):
            marks.paint_unsure(painter, marks.span_rects(block, origin, span))

    def _said_in(self, block: QTextBlock) -> Span | None:
        """The word of this row that a voice says, or that is played."""
        row, (id, spoken) = block.blockNumber(), self._spoken
        if id is not None and self.model.segment(row).id == id:
            return spoken
        return self.word_span() if row == self.current_row else None

    def _on_update(self, rect: QRect, dy: int) -> None:
        """Rows have moved; where a single one is painted anew, what is beside it stays as it was."""
        if dy or rect.contains(self.viewport().rect()):
            self._gutter.update()
        editor = self.findChild(NameEdit) if dy else None
        if editor is not None:
            editor.move(editor.x(), editor.y() + dy)

    def _on_theme(self) -> None:
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
        """A click places the caret; with Ctrl it plays from the word."""
        if event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            if self._seek_at(event.position()):
                self.listen_requested.emit()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if plain and not self.textCursor().hasSelection():
            row, offset, _ = self.caret()
            word = self.word_with(row, (offset, offset))
            if word >= 0:
                self.word_clicked.emit(row, word)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek_at(event.position())

    def _seek_at(self, point: QPointF) -> bool:
        """Whether there was a word, which the playhead is at now."""
        ms = self.time_at(point)
        if ms >= 0:
            self.seek_requested.emit(ms)
        return ms >= 0

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_following(False)
        super().wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that are commands of the window are not the text's, whatever Qt's text widgets do with them."""
        if not isinstance(event, QKeyEvent):
            return super().event(event)
        tab = (self.play_requested, self.back_requested) if self.tab_plays else None
        taken = command_keys.taken(event, self.window(), tab)
        return super().event(event) if taken is None else taken

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.stop_requested.emit()
        elif self.isReadOnly() or not self._typing.key(event):
            if event.key() in _SCROLL_KEYS:
                self.set_following(False)
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._typing.input_method(event)
        super().inputMethodEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self._typing.paste(source)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.leave_row()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row, offset, _ = self.caret()
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
