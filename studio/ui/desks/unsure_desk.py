"""From one unsure word to the next: keep it, or write another. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from studio.core import edits, glossary
from studio.core.edits import Edit
from studio.core.retext import text_spans
from studio.core.suggestions import spellings
from studio.core.transcript import Segment
from studio.services.studio import Studio

from ..commands import Commands
from ..editor.transcript_view import TranscriptView
from ..editor.unsure_popup import UnsurePopup
from .transcript_desk import TranscriptDesk

_AROUND = 200  # milliseconds heard before and after the word
Other = Callable[[int, int], str | None]  # segment id, number of a word -> what another transcript has there


def keep_word(segment: Segment, number: int) -> Edit:
    """The word is right: it is as sure from then on as one that the user typed."""
    words = list(segment.words)
    words[number] = words[number]._replace(confidence=None)
    return Edit("keep word", (segment,), (segment._replace(words=tuple(words)),))


def write_word(segment: Segment, number: int, text: str) -> Edit:
    start, end = text_spans(segment)[number]
    return edits.replace_range((segment,), start, end, text, "replace word")


class UnsureDesk(QObject):
    """`other` may be set by whoever knows a second opinion."""

    notice = Signal(str, str)  # kind, sentence
    play_requested = Signal(int, int)  # milliseconds

    def __init__(
        self, studio: Studio, desk: TranscriptDesk, view: TranscriptView, commands: Commands, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._studio, self._desk, self._view = studio, desk, view
        self.other: Other = lambda segment, word: None
        self.popup = UnsurePopup(view, self._candidates)
        self.popup.kept.connect(lambda id, word: self._change(id, lambda s: keep_word(s, word)))
        self.popup.replaced.connect(lambda id, word, text: self._change(id, lambda s: write_word(s, word, text)))
        self.popup.play_requested.connect(lambda start, end: self.play_requested.emit(start - _AROUND, end + _AROUND))
        commands.connect("nextProblemAction", lambda: self.go(1))
        commands.connect("previousProblemAction", lambda: self.go(-1))

    def go(self, step: int) -> None:
        """Select the next or previous unsure word. Where no text is shown, these keys go to other problems."""
        if not self._view.isVisible():
            return
        self._view.setFocus()
        if not (self._view.next_unsure(step) and self.popup.open_at_caret()):
            self.notice.emit("info", "No word is marked as unsure.")

    def _candidates(self, segment: Segment, word: int) -> list[str]:
        entries = glossary.from_setting(self._studio.library.settings.get("glossary"))
        other = self.other(segment.id, word)
        return spellings(segment.words[word].text, entries, [other] if other else [])

    def _change(self, id: int, make: Callable[[Segment], Edit]) -> None:
        found = self._desk.segments([id])
        if found:
            self._desk.attempt(lambda: make(found[0]))
