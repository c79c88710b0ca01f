"""Editing by hand: what views and keys wish for becomes edits of the open transcript. Runs on the window's thread.

The selection is one for text, list and waveform, and commands act on it. Where nothing is selected they act on the
passage at the playhead, which the text shows; subtitle mode shows the selected cue, so there they are not available.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from studio.core import edits
from studio.core.edits import Edit
from studio.core.speakers import split_off
from studio.core.transcript import Segment
from studio.services.studio import Studio

from ..commands import Commands
from ..dialogs.comment_dialog import CommentDialog
from ..models.wording import time_code
from ..window.file_page import FilePage
from .playback_desk import PlaybackDesk
from .transcript_desk import TranscriptDesk

_FRAME = 40  # milliseconds of a nudge
_NEW_CUE = 2000  # milliseconds of a cue that is made at the playhead, if there is room

# What needs any passage, and what acts on the current one, so that it is available only where there is one.
_OF_PASSAGES = ("splitPlayheadAction", "nextCueAction", "previousCueAction", "nextNoteAction", "previousNoteAction")
_OF_A_PASSAGE = (
    "splitAction",
    "mergeNextAction",
    "mergePreviousAction",
    "deleteCueAction",
    "setStartAction",
    "setEndAction",
    "nudgeStartBackAction",
    "nudgeStartForwardAction",
    "nudgeEndBackAction",
    "nudgeEndForwardAction",
    "moveBackAction",
    "moveForwardAction",
    "flagAction",
    "commentAction",
    "renameSpeakerAction",
    *(f"speaker{n}Action" for n in range(1, 9)),
)
_IN_THE_MENU = (
    ("splitPlayheadAction", "mergePreviousAction", "mergeNextAction", "deleteCueAction"),
    ("setStartAction", "setEndAction", "newCueAction"),
    ("flagAction", "commentAction"),
    ("speakAction", "makeVoiceAction"),
)


class EditDesk(QObject):
    """Owns nothing: connects page, commands and the desk of the transcript."""

    name_wanted = Signal(str)  # speaker id: there is no text to type the new name beside

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        playback: PlaybackDesk,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio = studio
        self._desk, self._page, self._playback, self._commands = desk, page, playback, commands
        self._window = window
        self._connect_text()
        self._connect_waveform()
        self._connect_commands()
        for changed in (desk.model.modelReset, desk.model.rowsInserted, desk.model.rowsRemoved):
            changed.connect(self._offer)
        page.mode_changed.connect(self._offer)
        desk.selection.changed.connect(self._offer_current)
        self._offer()

    def _connect_text(self) -> None:
        desk, text = self._desk, self._page.transcript
        text.text_edited.connect(desk.type_text)
        text.text_edited.connect(lambda *_: self._playback.on_typed())
        text.typing_ended.connect(desk.end_typing)
        text.range_edited.connect(
            lambda ids, start, end, new: desk.attempt(lambda: edits.replace_range(desk.segments(ids), start, end, new))
        )
        text.split_requested.connect(self.split)
        text.merge_requested.connect(lambda ids: desk.attempt(lambda: edits.merge(desk.segments(ids))))
        text.rows_selected.connect(desk.selection.set)
        text.comment_requested.connect(self.comment)
        text.play_requested.connect(self._commands["playAction"].trigger)
        text.back_requested.connect(self._commands["backAction"].trigger)
        text.listen_requested.connect(self._playback.play)
        text.stop_requested.connect(self._playback.stop)
        for changed in (desk.selection.changed, desk.selection.rows_changed):
            changed.connect(self._show_selection)
        desk.went_to.connect(self._put_caret)

    def _connect_waveform(self) -> None:
        waveform = self._page.waveform
        waveform.retime_requested.connect(self.retime)
        waveform.cue_drawn.connect(self.draw)
        waveform.cue_clicked.connect(self._on_cue_clicked)
        waveform.menu_requested.connect(self._open_menu)

    def _connect_commands(self) -> None:
        player = self._playback.player
        for name, do in {
            "splitAction": self._page.split,
            "splitPlayheadAction": self.split_at_playhead,
            "mergeNextAction": lambda: self._merge(1),
            "mergePreviousAction": lambda: self._merge(-1),
            "newCueAction": self.new_cue,
            "deleteCueAction": lambda: self._do(edits.delete),
            "nextCueAction": lambda: self.go(1),
            "previousCueAction": lambda: self.go(-1),
            "setStartAction": lambda: self._move(start=player.position()),
            "setEndAction": lambda: self._move(end=player.position()),
            "nudgeStartBackAction": lambda: self._nudge(-_FRAME, 0),
            "nudgeStartForwardAction": lambda: self._nudge(_FRAME, 0),
            "nudgeEndBackAction": lambda: self._nudge(0, -_FRAME),
            "nudgeEndForwardAction": lambda: self._nudge(0, _FRAME),
            "moveBackAction": lambda: self._shift(-_FRAME),
            "moveForwardAction": lambda: self._shift(_FRAME),
            "nextNoteAction": lambda: self.go_to_note(1),
            "previousNoteAction": lambda: self.go_to_note(-1),
            "renameSpeakerAction": self.rename_speaker,
            "flagAction": lambda: self._do(edits.flag),
            "commentAction": lambda: self.comment(None),
        }.items():
            self._commands.connect(name, do)
        settings = self._studio.library.settings
        self._commands["tabPlaysAction"].setChecked(bool(settings.get("tab_plays", True)))
        self._commands.connect_switch("tabPlaysAction", self._set_tab_plays)
        self._page.set_tab_plays(self._commands["tabPlaysAction"].isChecked())
        for number in range(8):
            self._commands.connect(f"speaker{number + 1}Action", partial(self.give_to, number))

    # The selection

    def current(self) -> Segment | None:
        """The passage that keys act on: the selected one, else the one at the playhead, where the text shows it."""
        selection, model = self._desk.selection, self._desk.model
        if selection.current is None and self._page.mode == "subtitles":
            return None
        row = model.row_of(selection.current) if selection.current is not None else self._row_at_playhead()
        return model.segment(row) if 0 <= row < model.rowCount() else None

    def _row_at_playhead(self) -> int:
        return max(self._desk.model.last_begun(self._playback.player.position()), 0)

    def chosen(self) -> list[Segment]:
        """All selected passages, else the current one."""
        current = self.current()
        return self._desk.selected() or ([current] if current else [])

    def go(self, step: int) -> None:
        """Select the next or previous passage, else the one at the playhead, which goes there unless it plays."""
        current = self._desk.selection.current
        row = self._row_at_playhead() if current is None else self._desk.model.row_of(current) + step
        if 0 <= row < self._desk.model.rowCount():
            self._go_to(self._desk.model.segment(row))

    def go_to_note(self, step: int) -> None:
        """Select the next or previous passage with a flag or a comment; behind the last comes the first."""
        segments, current = self._desk.model.segments(), self._desk.selection.current
        row = self._row_at_playhead() if current is None else self._desk.model.row_of(current)
        onward = [*segments[row + 1 :], *segments[: row + 1]] if step > 0 else [*segments[row:], *segments[:row]][::-1]
        noted = next((s for s in onward if s.flagged or s.comment), None)
        if noted is None:
            self._desk.notice.emit("info", "No passage has a flag or a comment.")
        else:
            self._go_to(noted)

    def _go_to(self, segment: Segment) -> None:
        """The playhead comes along, unless it plays."""
        self._desk.selection.set([segment.id])
        if not self._playback.player.playing:
            self._playback.seek(segment.start)

    def _on_cue_clicked(self, id: int, extend: bool, toggle: bool) -> None:
        selection, model = self._desk.selection, self._desk.model
        if extend and selection.current is not None:
            first, last = sorted((model.row_of(selection.current), model.row_of(id)))
            selection.set([model.segment(row).id for row in range(first, last + 1)], selection.current)
        elif toggle:
            ids = [i for i in selection.ids if i != id] if id in selection else [*selection.ids, id]
            selection.set([s.id for s in self._desk.segments(ids)], id if id in ids else None)
        else:
            selection.set([id])

    def _show_selection(self) -> None:
        selection = self._desk.selection
        self._page.transcript.select_rows(selection.ids, selection.current)
        self._page.waveform.set_selected_ids(selection.ids, selection.current)

    def show_in_waveform(self, id: int) -> None:
        """A cue that was chosen in a list of them is to be seen there, too."""
        for segment in self._desk.segments([id]):
            self._page.waveform.bring_into_view(segment.start, segment.end)

    def _put_caret(self, id: int, offset: int) -> None:
        if self._page.transcript.isVisible():
            self._page.transcript.go_to(id, offset)

    # Changes

    def split(self, id: int, offset: int) -> None:
        model = self._desk.model

        def cut(segment: Segment) -> Edit:
            before = edits.at_same_time_before(model.segments(), model.row_of(id))
            return edits.split(segment, offset, self._desk.fresh_id(), before)

        self._change(id, cut)

    def split_at_playhead(self) -> None:
        model, ms = self._desk.model, self._playback.player.position()
        row = model.segment_at(ms)
        segment = model.segment(row) if row >= 0 else self.current()
        if segment is None:
            self._desk.notice.emit("info", "There is no cue at the playhead. Go to one, or choose one.")
        else:
            self._desk.attempt(lambda: edits.split_at_time(segment, ms, self._desk.fresh_id()))

    def _merge(self, step: int) -> None:
        """Several selected passages become one; a single one is joined with its neighbour."""
        chosen, model = self.chosen(), self._desk.model
        if len(chosen) == 1:
            row = model.row_of(chosen[0].id) + min(step, 0)
            chosen = [model.segment(r) for r in (row, row + 1) if 0 <= r < model.rowCount()]
        first, last = (model.row_of(s.id) for s in (chosen[0], chosen[-1]))
        between = [model.segment(row) for row in range(first, last + 1)]
        self._desk.attempt(lambda: edits.merge(between))

    def new_cue(self) -> None:
        start, model = self._playback.player.position(), self._desk.model
        following = model.last_begun(start) + 1
        room = model.segment(following).start if following < model.rowCount() else start + _NEW_CUE
        if model.segment_at(start) >= 0 or room - start < edits.SHORTEST:
            words = "There is no room for a cue here. Split the one that is there, or go to where there is none."
            self._desk.notice.emit("info", words)
        else:
            self.draw(start, min(start + _NEW_CUE, room))

    def draw(self, start: int, end: int) -> None:
        """A new, empty passage of whoever spoke before; its text is typed next."""
        model = self._desk.model
        before = model.last_begun(start)
        speaker = model.segment(before).speaker if before >= 0 else None
        new = self._desk.fresh_id()
        self._desk.attempt(lambda: edits.insert(start, end, new, speaker))
        if self._desk.model.row_of(new) >= 0:
            self._desk.selection.set([new])
            self._commands[f"{self._page.mode}ModeAction"].trigger()

    def retime(self, id: int, start: int, end: int, push: bool = False) -> None:
        segments = self._desk.model.segments()
        row = self._desk.model.row_of(id)
        if row >= 0:
            self._desk.attempt(lambda: edits.set_times(segments, row, start, end, push))

    def _move(self, start: int | None = None, end: int | None = None) -> None:
        segment = self.current()
        if segment:
            self._ask_times(segment, segment.start if start is None else start, segment.end if end is None else end)

    def _nudge(self, start: int, end: int) -> None:
        segment = self.current()
        if segment:
            self._ask_times(segment, max(segment.start + start, 0), segment.end + end)

    def _shift(self, by: int) -> None:
        """As long as it was, also where the recording begins."""
        segment = self.current()
        if segment:
            by = max(by, -segment.start)
            self._ask_times(segment, segment.start + by, segment.end + by)

    def _ask_times(self, segment: Segment, start: int, end: int) -> None:
        """By a key, which does not show where it leads: said where a neighbour left no room for all of it."""
        self.retime(segment.id, start, end)
        now = next(iter(self._desk.segments([segment.id])), segment)
        if start < now.start <= segment.start:
            self._tell_stop("start", now.start)
        elif segment.end <= now.end < end:
            self._tell_stop("end", now.end)

    def _tell_stop(self, edge: str, ms: int) -> None:
        self._desk.notice.emit("info", f"Another cue is in the way, so the {edge} stops at {time_code(ms)}.")

    def give_to(self, number: int) -> None:
        """The chosen passages are of the speaker at this place; one place behind the last makes a new speaker."""
        desk, ids = self._desk, [s.id for s in self.chosen()]
        speakers = desk.model.speakers
        if number < len(speakers):
            desk.relabel(ids, speakers[number].id)
        elif number == len(speakers) and ids:
            desk.attempt(lambda: split_off(desk.transcript, ids, f"Speaker {number + 1}"))
        else:
            desk.notice.emit("info", f"There is no speaker {number + 1} yet. Add one in the list of speakers.")

    def rename_speaker(self) -> None:
        """Type another name for who speaks the current passage, beside the text or in the list of speakers."""
        segment, text = self.current(), self._page.transcript
        if segment is None or segment.speaker is None:
            self._desk.notice.emit("info", "This passage has no speaker yet. Give it one first.")
        elif text.isVisible():
            text.rename_at(self._desk.model.row_of(segment.id))
        else:
            self.name_wanted.emit(segment.speaker)

    def comment(self, id: int | None) -> None:
        segment = self._desk.model.segment(self._desk.model.row_of(id)) if id is not None else self.current()
        if segment is None:
            return
        dialog = CommentDialog(segment.comment, self._window)
        dialog.written.connect(lambda text: self._change(segment.id, lambda now: edits.comment(now, text)))
        row = self._desk.model.row_of(segment.id)
        dialog.show_at(self._page.transcript.below(row) or self._window.geometry().center() - QPoint(190, 100))

    def _change(self, id: int, make: Callable[[Segment], Edit]) -> None:
        found = self._desk.segments([id])
        if found:
            self._desk.attempt(lambda: make(found[0]))

    def _do(self, make: Callable[[list[Segment]], Edit]) -> None:
        chosen = self.chosen()
        if chosen:
            self._desk.attempt(lambda: make(chosen))

    def _set_tab_plays(self, on: bool) -> None:
        self._page.set_tab_plays(on)
        self._studio.library.settings.set("tab_plays", on)

    # The menu of the waveform, and what is available

    def _open_menu(self, where: QPoint, ms: int, id: int) -> None:
        if id and id not in self._desk.selection:
            self._desk.selection.set([id])
        self._playback.seek(ms)
        menu = QMenu(self._window)
        menu.setObjectName("waveformMenu")
        for group in _IN_THE_MENU:
            menu.addActions([self._commands[name] for name in group])
            menu.addSeparator()
        menu.popup(where)

    def _offer(self) -> None:
        for name in _OF_PASSAGES:
            self._commands[name].setEnabled(self._desk.model.rowCount() > 0)
        self._commands["newCueAction"].setEnabled(self._desk.job is not None)
        self._offer_current()

    def _offer_current(self) -> None:
        there = self.current() is not None
        if there != self._commands[_OF_A_PASSAGE[0]].isEnabled():
            for name in _OF_A_PASSAGE:
                self._commands[name].setEnabled(there)
