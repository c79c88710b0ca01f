"""Two transcripts of a recording side by side, to decide where they differ. Runs on the window's thread.

Shows `Decisions` and emits intentions; the desk makes the edits and calls `refresh`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from studio.core.compare import Keep, Kind, Passage
from studio.core.transcript import Segment
from studio.services.opinion import Decisions

from .awaited import AwaitedStrip
from .bars import CompareBar, Heads
from .footer import Footer
from .passage_list import PassageList
from .passages import PassagesModel

EMPTY = "A second transcript of the same recording shows which words are doubtful."


class ComparePage(QWidget):
    keep_requested = Signal(object)  # dict of Difference.index -> Keep
    text_requested = Signal(int, str)  # Segment.id, the user's own text for it
    play_requested = Signal(int, int)  # milliseconds
    current_changed = Signal(object)  # Segment.id of the current passage, None where there is none
    place_changed = Signal(str)  # "Difference 13 of 31"
    marks_toggled = Signal(bool)  # whether capitals and punctuation make no difference
    opinion_requested = Signal()  # another right side

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparePage")
        self.setAccessibleName("Compare")
        self.model = PassagesModel(self)
        self._typed: dict[int, Segment] = {}  # what the rows were measured with
        self.bar, self.heads, self.footer = CompareBar(), Heads(), Footer()
        self.awaited = AwaitedStrip()
        self.list = PassageList(self.model)
        self._arrange()
        self._wire()
        self.show_decisions(None)

    def _arrange(self) -> None:
        full, nothing = QWidget(), QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.bar, self.heads, self.list, self.footer):
            column.addWidget(part, 1 if part is self.list else 0)
        sentence = QLabel(EMPTY)
        sentence.setProperty("role", "muted")
        choose = self._choose = QPushButton("Choose a second opinion …")
        choose.setObjectName("chooseOpinionButton")
        choose.setAccessibleName("Choose a second opinion")
        choose.setProperty("kind", "primary")
        choose.clicked.connect(self.opinion_requested)
        middle = QVBoxLayout(nothing)
        middle.setSpacing(14)
        middle.addStretch()
        middle.addWidget(sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addWidget(choose, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch()
        pages = QWidget()
        self._stack = QStackedLayout(pages)
        self._stack.addWidget(nothing)
        self._stack.addWidget(full)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.awaited)
        whole.addWidget(pages, 1)

    def _wire(self) -> None:
        self.bar.ignore.toggled.connect(self.marks_toggled)
        self.bar.hide_same.toggled.connect(self._hide_same)
        self.bar.play.clicked.connect(self.play)
        self.bar.back.clicked.connect(lambda: self.step(-1))
        self.bar.next.clicked.connect(lambda: self.step(1))
        self.heads.change_requested.connect(self.opinion_requested)
        self.list.width_changed.connect(self.heads.arrange)
        self.list.current_moved.connect(self._on_moved)
        self.list.keep_wanted.connect(self._keep)
        self.list.play_wanted.connect(self.play)
        self.list.typing_wanted.connect(self.footer.begin_typing)
        self.footer.keep_left.clicked.connect(lambda: self.keep(Keep.LEFT))
        self.footer.keep_right.clicked.connect(lambda: self.keep(Keep.RIGHT))
        self.footer.text_entered.connect(self._on_text)

    def show_decisions(self, decisions: Decisions | None) -> None:
        """Another comparison; begins at what is open first. None: there is nothing to compare yet."""
        self.model.set_decisions(decisions)
        self.list.delegate.forget()
        self._typed = dict(decisions.typed) if decisions else {}
        keys = self._choose.hasFocus()
        self._stack.setCurrentIndex(0 if decisions is None else 1)
        if keys and decisions:
            self.list.setFocus()
        if decisions:
            first = self._open_passages()
            differing = (n for n, p in enumerate(self.model.passages) if p.differences)
            self.list.begin_at(self.model.row_of(next(first, next(differing, 0))))
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():  # else the first box of the bar gets the keys, where they do nothing
            (self._choose if self._stack.currentIndex() == 0 else self.list).setFocus()

    def refresh(self) -> None:
        """Something was decided, or taken back."""
        decisions = self.model.decisions
        self.list.viewport().update()
        if decisions and decisions.typed != self._typed:  # only what the user wrote may take more lines, or fewer
            self._typed = dict(decisions.typed)
            self.list.delegate.forget()
            self.list.scheduleDelayedItemsLayout()
        if decisions:
            total = len(decisions.comparison.differences)
            self.bar.show_decided(total - len(decisions.open), total)
        self._show_current()

    # Going on

    @property
    def current(self) -> Passage | None:
        """The passage that the keys act on."""
        number = self.list.current_row
        if number < 0 or self.model.row(number).same:
            return None
        return self.model.passages[self.model.row(number).first]

    def step(self, by: int) -> None:
        """To the next (1) or previous (-1) passage with something open, round the end."""
        here = self.model.row(self.list.current_row).first if self.list.current_row >= 0 else -1
        numbers = list(self._open_passages())
        if numbers:
            onward = [n for n in numbers if (n > here if by > 0 else n < here)]
            choice = onward or numbers
            self._go_to(choice[0] if by > 0 else choice[-1])

    def go_to_kind(self, kind: Kind) -> None:
        """To the next passage with an open difference of this kind, round the end."""
        decisions = self.model.decisions
        here = self.model.row(self.list.current_row).first if self.list.current_row >= 0 else -1
        if decisions:
            fits = [
                n
                for n in self._open_passages()
                if any(d.kind is kind and d.index not in decisions.choices for d in self.model.passages[n].differences)
            ]
            onward = [n for n in fits if n > here] or fits
            if onward:
                self._go_to(onward[0])

    def go_to_segment(self, id: int | None) -> None:
        """Follow the selection of the other views."""
        if id is not None and (self.current is None or self._id(self.current) != id):
            number = next((n for n, p in enumerate(self.model.passages) if self._id(p) == id), None)
            if number is not None:
                self._go_to(number)

    def _open_passages(self) -> Iterator[int]:
        return (n for n, p in enumerate(self.model.passages) if p.differences and self.model.is_open(p))

    def _go_to(self, passage: int) -> None:
        row = self.model.row_of(passage)
        if row >= 0:
            self.list.go_to(row)

    # Intentions

    def keep(self, side: Keep) -> None:
        """Keep one side of all differences of the current passage."""
        if self.current:
            self._keep(side, [d.index for d in self.current.differences])

    def _keep(self, side: Keep, indexes: Iterable[int]) -> None:
        choices = dict.fromkeys(indexes, side)
        if choices:
            self.keep_requested.emit(choices)

    def play(self) -> None:
        if self.current:
            self.play_requested.emit(self.model.start(self.current), self.model.end(self.current))

    def _on_text(self, text: str) -> None:
        self.footer.end_typing()
        self.list.setFocus()
        if text and self.current and self.current.differences:
            self.text_requested.emit(self.current.differences[0].segment, text)

    def _hide_same(self, hide: bool) -> None:
        number = self.model.row(self.list.current_row).first if self.list.current_row >= 0 else 0
        self.model.set_hide_same(hide)
        self._go_to(number)

    def _on_moved(self) -> None:
        self._show_current()
        if self.current:
            self.current_changed.emit(self._id(self.current))

    def _show_current(self) -> None:
        passage, decisions = self.current, self.model.decisions
        self.footer.show_passage(self.model.saved(passage) if passage else [], bool(passage and passage.differences))
        self.bar.play.setEnabled(passage is not None)
        for button in (self.bar.back, self.bar.next):
            button.setEnabled(bool(decisions and decisions.open))
        if passage and passage.differences and decisions:
            total = len(decisions.comparison.differences)
            self.place_changed.emit(f"Difference {passage.differences[0].index + 1} of {total}")
        else:
            self.place_changed.emit("")

    @staticmethod
    def _id(passage: Passage) -> int | None:
        return passage.segment.id if passage.segment else None
