"""Keys and pasted text in the transcript, turned into what the user means. Runs on the window's thread.

Qt changes the text of one block by itself, and quickly; what came of it is told. Whatever would join, cut or remove
blocks is held back and wished for instead: the model answers with the rows as they are then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence

from .spans import LINE_BREAK, model_text, place_in

if TYPE_CHECKING:
    from .segment_text import SegmentText

_DELETE_BACK = (QKeySequence.StandardKey.Backspace, QKeySequence.StandardKey.DeleteStartOfWord)
_DELETE_ON = (QKeySequence.StandardKey.Delete, QKeySequence.StandardKey.DeleteEndOfWord)


class Typing:
    """What changes the text of one SegmentText."""

    def __init__(self, view: SegmentText) -> None:
        self._view = view
        self.row = -1  # whose text was typed last: its block may hold spaces that the model does not

    # Keys

    def key(self, event: QKeyEvent) -> bool:
        """Whether the key was taken; else Qt does with it what it does."""
        view = self._view
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._enter(event.modifiers())
        if bool(event.text()) and event.text().isprintable() and not _is_command(event):
            spans = self._spans_rows()
            if spans:
                self.replace_selection(event.text())
            return spans
        back = any(event.matches(k) for k in _DELETE_BACK) or event.key() == Qt.Key.Key_Backspace
        on = any(event.matches(k) for k in _DELETE_ON)
        cut = event.matches(QKeySequence.StandardKey.Cut)
        if self._spans_rows():
            if back or on or cut:
                if cut:
                    view.copy()
                self.replace_selection("")
                return True
            return False
        cursor = view.textCursor()
        if cursor.hasSelection():
            return False
        if back and cursor.atBlockStart():
            self._merge(cursor.blockNumber() - 1)
            return True
        if on and cursor.atBlockEnd():
            self._merge(cursor.blockNumber())
            return True
        return False

    def _enter(self, modifiers: Qt.KeyboardModifier) -> bool:
        if modifiers & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
            return False
        if self._spans_rows():
            self.replace_selection("")
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._view.textCursor().insertText(LINE_BREAK)
        else:
            self.split()
        return True

    def split(self) -> None:
        """Cut the row at the caret; the caret goes to the start of the second part."""
        view = self._view
        row, offset, _ = view.caret()
        if row < view.model.rowCount():
            before = view.model.rowCount()
            view.split_requested.emit(view.model.segment(row).id, self._model_offset(row, offset))
            if view.model.rowCount() > before:
                view.put_caret(row + 1, 0)

    def _merge(self, row: int) -> None:
        """Join a row with the next one; the caret stays between them."""
        view = self._view
        if not 0 <= row < view.model.rowCount() - 1:
            return
        first, second = view.model.segment(row), view.model.segment(row + 1)
        seam = len(view.document().findBlockByNumber(row).text().rstrip())
        before = view.model.rowCount()
        view.merge_requested.emit([first.id, second.id])
        if view.model.rowCount() < before:
            view.put_caret(view.model.row_of(first.id), seam)

    # Selections, the clipboard and input methods

    def _spans_rows(self) -> bool:
        cursor = self._view.textCursor()
        if not cursor.hasSelection():
            return False
        document = self._view.document()
        return document.findBlock(cursor.selectionStart()) != document.findBlock(cursor.selectionEnd())

    def replace_selection(self, text: str) -> None:
        """Put text in place of a selection that goes over several rows; they become one."""
        view, document = self._view, self._view.document()
        cursor = view.textCursor()
        first, last = document.findBlock(cursor.selectionStart()), document.findBlock(cursor.selectionEnd())
        rows = range(first.blockNumber(), min(last.blockNumber(), view.model.rowCount() - 1) + 1)
        start = cursor.selectionStart() - first.position()
        end = cursor.selectionEnd() - last.position()
        ids = [view.model.segment(row).id for row in rows]
        view.range_edited.emit(
            ids, self._model_offset(rows[0], start), self._model_offset(rows[-1], end), model_text(text)
        )
        row = view.model.row_of(ids[0])
        if row >= 0:
            view.put_caret(row, start + len(text.encode("utf-16-le")) // 2)

    def paste(self, source: QMimeData) -> None:
        """Text from the clipboard goes into one row, whatever lines it has."""
        lines = [" ".join(line.split()) for line in source.text().splitlines()]
        text = " ".join(line for line in lines if line)
        if source.text()[:1].isspace() and len(source.text()) > 1:
            text = f" {text}"
        if self._spans_rows():
            self.replace_selection(text)
        else:
            self._view.textCursor().insertText(text)

    def input_method(self, event: QInputMethodEvent) -> None:
        """Before composing begins, a selection over several rows makes way."""
        if self._spans_rows() and (event.preeditString() or event.commitString()):
            self.replace_selection("")

    # What Qt has changed

    def on_contents_change(self, position: int) -> None:
        """The text of a block is another now; tell it, with the row, as the model's text."""
        view = self._view
        block = view.document().findBlock(position)
        row = block.blockNumber()
        if view.document().blockCount() != max(view.model.rowCount(), 1) or row >= view.model.rowCount():
            view.reload()  # blocks were joined or cut on some other way: the model is right
            return
        self.row = row
        view.forget_spans(row)
        view.text_edited.emit(view.model.segment(row).id, model_text(block.text()))

    def settle(self, caret_row: int) -> None:
        """The caret is in this row: the one that was typed in before gets the text that the model has."""
        if self.row >= 0 and self.row != caret_row:
            row, self.row = self.row, -1
            self._view.show_text(row)
            self._view.typing_ended.emit()

    def _model_offset(self, row: int, offset: int) -> int:
        block = self._view.document().findBlockByNumber(row)
        return place_in(self._view.model.segment(row).text, block.text(), offset)


def _is_command(event: QKeyEvent) -> bool:
    """Ctrl or Alt alone make commands; both together, or AltGr, write letters on many keyboards."""
    modifiers = event.modifiers()
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    return control != bool(modifiers & Qt.KeyboardModifier.AltModifier)
