"""Moving the times of many cues: shift, stretch, two points, frame rate, with a look at what comes of it.

The dialog leaves the window usable, so that the playhead may be put where a cue belongs. Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.timing import BeforeStart, Ids, behind
from studio.core.transcript import Segment, Transcript
from studio.ui.models.wording import counted, time_code

from .buttons import button
from .timing_pages import AnchorsPage, Page, Playhead, RatePage, Scope, ShiftPage, StretchPage

_SOON = 200  # milliseconds after the last key until the preview follows
_TEXT = 22  # characters of a cue in the preview
_WHOLE, _SELECTION, _FROM = "whole", "selection", "from"


class TimingDialog(QDialog):
    """Keeps to what was `selected` (ids) at first; `show_transcript` is told whenever the text changes."""

    accepted_edit = Signal(object)  # Edit

    def __init__(
        self, transcript: Transcript, selected: Sequence[int], playhead: Playhead, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool)  # so that the window's keys work in it, too
        self.setObjectName("timingDialog")
        self.setWindowTitle("Shift, stretch, frame rate")
        self.setAccessibleName("Shift, stretch, frame rate")
        self.setMinimumWidth(640)
        self._scope = QComboBox()
        self._scope.setObjectName("timingScopeBox")
        self._scope.setAccessibleName("Which cues")
        self.pages: tuple[Page, ...] = tuple(kind(playhead) for kind in (ShiftPage, StretchPage, AnchorsPage, RatePage))
        self._tabs = QTabWidget()
        self._tabs.setObjectName("timingTabs")
        self._tabs.setAccessibleName("How to move the cues")
        for page in self.pages:
            self._tabs.addTab(page, page.title)
            page.changed.connect(self._wait)
        self._tabs.currentChanged.connect(self._wait)
        self._clamp = QCheckBox()
        self._clamp.setObjectName("timingClampBox")
        self._clamp.toggled.connect(self._wait)
        self._clamp.hide()
        self._preview = _Preview()
        self._leaves = QLabel()
        self._leaves.setObjectName("timingLeaves")
        self._leaves.setProperty("role", "warn")
        self._leaves.setWordWrap(True)
        self._apply = button("timingApplyButton", "Apply", self._accept, kind="primary")
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._refresh)
        self._arrange()
        self._selected = frozenset(selected)
        self.show_transcript(transcript)
        self._scope.setCurrentIndex(self._scope.findData(_SELECTION if len(selected) > 1 else _WHOLE))
        self._scope.currentIndexChanged.connect(self._show_scope)
        self._show_scope()

    @property
    def page(self) -> Page:
        page = self._tabs.currentWidget()
        assert isinstance(page, Page)
        return page

    def show_transcript(self, transcript: Transcript) -> None:
        """The transcript as it is now."""
        self._transcript = transcript
        # times of words follow those of their cues: what is tried out can do without them
        self._bare = transcript.with_segments(s._replace(words=()) if s.words else s for s in transcript.segments)
        rows = [row for row, s in enumerate(self._bare.segments) if s.id in self._selected]
        self._marked = [self._bare.segments[row] for row in rows]
        self._following = frozenset(s.id for s in self._bare.segments[rows[0] :]) if rows else frozenset()
        chosen = self._scope.currentData() or _WHOLE
        self._scope.blockSignals(True)
        self._scope.clear()
        self._scope.addItem(f"Whole file, {counted(len(transcript.segments), 'cue', 'cues')}", _WHOLE)
        if rows:
            self._scope.addItem(f"Selection, {counted(len(rows), 'cue', 'cues')}", _SELECTION)
            text = f"From cue {rows[0] + 1} on, {counted(len(self._following), 'cue', 'cues')}"
            self._scope.addItem(text, _FROM)
        self._scope.setCurrentIndex(max(0, self._scope.findData(chosen)))
        self._scope.blockSignals(False)
        self._show_scope()

    def _ids(self) -> Ids:
        match self._scope.currentData():
            case "selection":
                return frozenset(s.id for s in self._marked)
            case "from":
                return self._following
        return None

    def _show_scope(self) -> None:
        ids = self._ids()
        chosen = [s for s in self._bare.segments if ids is None or s.id in ids]
        if chosen:
            for page in self.pages:
                page.show_scope(Scope(self._bare, ids, chosen, self._marked))
        self._chosen = chosen
        self._wait()

    def _wait(self) -> None:
        self._apply.setEnabled(False)
        self._soon.start()

    def _refresh(self) -> None:
        """Try it out: show three cues as they would be, or say why not."""
        self._leaves.hide()
        try:
            edit = self._try() if self._chosen else None
        except UsageError as e:
            self.page.show_problem(e.problem.sentence)
            self._preview.show_cues(self._bare, self._chosen, None)
            return
        self.page.show_problem("")
        self._leaves.setText(self._behind(edit) if edit else "")
        self._leaves.setVisible(self._leaves.text() != "")
        moved = {s.id: s for s in edit.after} if edit else {}
        self._preview.show_cues(self._bare, self._chosen, moved)
        self._apply.setText(f"Move {counted(len(moved), 'cue', 'cues')}" if moved else "Move")
        self._apply.setAccessibleName(self._apply.text())
        self._apply.setEnabled(bool(moved))

    def _try(self) -> Edit:
        """Cues that would begin before the recording are asked about, and moved only when that is wished for."""
        early = 0
        try:
            return self.page.make(self._bare, self._ids())
        except BeforeStart as e:
            early = e.cues
            if not self._clamp.isChecked():
                raise
            return self.page.make(self._bare, self._ids(), clamp=True)
        finally:
            self._ask_clamp(early)

    def _ask_clamp(self, early: int) -> None:
        would = "that would begin before the recording"
        cues = counted(early, f"cue {would} begins with it", f"cues {would} begin with it")
        self._clamp.setText(f"Move all the same: {cues}")
        self._clamp.setAccessibleName(self._clamp.text())
        self._clamp.setVisible(early > 0)
        if not early:
            self._clamp.setChecked(False)

    def _behind(self, edit: Edit) -> str:
        """What is to be known of cues that end where nothing is to be heard any more."""
        source, duration = self._bare.source, self._bare.duration
        count = behind(edit, duration) if source.content_id and duration else 0
        if not count:
            return ""
        cues = counted(count, "cue", "cues")
        lasts = f"which lasts {time_code(duration)}"
        return f"{cues} will end after the recording, {lasts}. Nothing is lost, but nothing is heard there."

    def _accept(self) -> None:
        self.accepted_edit.emit(self.page.make(self._transcript, self._ids(), self._clamp.isChecked()))
        self.accept()

    def _arrange(self) -> None:
        scope = QHBoxLayout()
        label = QLabel("Which &cues")
        label.setBuddy(self._scope)
        label.setMinimumWidth(132)
        scope.addWidget(label)
        scope.addWidget(self._scope, 1)
        cancel = button("timingCancelButton", "Cancel", self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        note = QLabel("Nothing changes until you press Move.")
        note.setProperty("role", "note")
        buttons.addWidget(note)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self._apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addLayout(scope)
        column.addWidget(self._tabs, 1)
        column.addWidget(self._clamp)
        column.addWidget(self._preview)
        column.addWidget(self._leaves)
        column.addLayout(buttons)
        self._apply.setDefault(True)
        first = self.page.times[0]
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()


class _Preview(QFrame):
    """The first, the middle and the last cue: when they start now, when they would."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("timingPreview")
        self.setProperty("role", "card")
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 10, 14, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(4, 1)
        self._rows: list[list[QLabel]] = []
        for row, which in enumerate(("First", "Middle", "Last")):
            labels = [QLabel() for _ in range(5)]
            for column, label in enumerate(labels):
                label.setObjectName(f"timing{which}{('Cue', 'Old', 'Arrow', 'New', 'Text')[column]}")
                label.setProperty("role", "heading" if column == 3 else "muted")
                grid.addWidget(label, row, column)
            self._rows.append(labels)

    def show_cues(self, transcript: Transcript, chosen: Sequence[Segment], moved: dict[int, Segment] | None) -> None:
        """`moved`: by id; None while it is not known."""
        places = [0, len(chosen) // 2, len(chosen) - 1]
        number = {id(s): n for n, s in enumerate(transcript.segments, 1)}
        for row, (place, labels) in enumerate(zip(places, self._rows, strict=True)):
            if place < 0 or place in places[:row]:
                texts = ["", "", "", "", ""]
            else:
                cue = chosen[place]
                new = moved.get(cue.id, cue) if moved is not None else None
                text = " ".join(cue.text.split())
                text = f"{text[:_TEXT]}…" if len(text) > _TEXT else text
                texts = [f"Cue {number[id(cue)]}", _times(cue), "→", _times(new) if new else "…", text]
            for label, words in zip(labels, texts, strict=True):
                label.setText(words)


def _times(cue: Segment) -> str:
    return f"{time_code(cue.start)} – {time_code(cue.end)}"
