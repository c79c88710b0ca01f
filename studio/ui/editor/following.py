"""Keeping what is played on the screen, until the user scrolls. Runs on the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from .transcript_view import TranscriptView


class Following(QObject):
    """Scrolls one TranscriptView; `on` says whether it does at present."""

    changed = Signal(bool)

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self._view = view
        self.on = True
        self._playing = False
        self._elsewhere = False  # the user went to another place while nothing is played: it stays there until then

    def set_playing(self, playing: bool) -> None:
        self._playing = playing

    def leave(self) -> None:
        """A command went to another place. Only what is played would run away from it."""
        if self._playing:
            self.set(False)
        else:
            self._elsewhere = True

    def moved(self) -> None:
        """Another word is played, or was sought."""
        self._elsewhere = False
        self.keep_up()

    def set(self, on: bool) -> None:
        self._elsewhere = False
        if on != self.on:
            self.on = on
            self.changed.emit(on)
        self.keep_up()

    def keep_up(self) -> None:
        """The view has changed."""
        view = self._view
        if self.on and not self._elsewhere and view.current_row >= 0 and not self._current_is_visible():
            self._show_current()

    def _show_current(self) -> None:
        """Scroll so that the word being played is on the screen, a third from the top."""
        view = self._view
        block = view.document().findBlockByNumber(view.current_row)
        room = view.viewport().height()
        height = view.blockBoundingRect(block).height()
        if height > room:  # taller than the view: the line counts, not the row
            line = block.layout().lineForTextPosition(view.word_span()[0]).lineNumber()
            view.verticalScrollBar().setValue(block.firstLineNumber() + max(0, line - 2))
            return
        above = 0.0
        while block.previous().isValid():
            above += view.blockBoundingRect(block.previous()).height()
            if above > min(room / 3, room - height):
                break
            block = block.previous()
        view.verticalScrollBar().setValue(block.firstLineNumber())

    def _current_is_visible(self) -> bool:
        view = self._view
        room = view.viewport().height()
        for block, origin, height in view.visible_blocks():
            if block.blockNumber() == view.current_row:
                top, bottom = origin.y(), origin.y() + height
                if height > room:
                    line = block.layout().lineForTextPosition(view.word_span()[0])
                    top, bottom = origin.y() + line.y(), origin.y() + line.y() + line.height()
                return top >= 0 and bottom <= room
        return False
