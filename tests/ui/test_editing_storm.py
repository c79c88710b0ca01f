"""Keys, commands, pasted and composed text at random in both editors, while a job writes: all always say the same."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPlainTextEdit, QTextEdit
from pytestqt.qtbot import QtBot
from talks import open_talk

from studio.core.edits import order
from studio.core.jobs import SegmentsStored, SpeakersApplied
from studio.core.transcript import EngineInfo, Segment, Turn, Word, join_words
from studio.services.editing import settle
from studio.services.transcribe import labelled
from studio.ui.editor.spans import block_text
from studio.ui.window.main_window import MainWindow

Key, Mod = Qt.Key, Qt.KeyboardModifier
NONE, CTRL, SHIFT, ALT = Mod.NoModifier, Mod.ControlModifier, Mod.ShiftModifier, Mod.AltModifier
MOVES = (Key.Key_Home, Key.Key_End, Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_PageDown)
WRITES = (Key.Key_Backspace, Key.Key_Delete, Key.Key_Insert, Key.Key_Return)
LETTERS = (Key.Key_A, Key.Key_X, Key.Key_C, Key.Key_V, Key.Key_U, Key.Key_W, Key.Key_D, Key.Key_M, Key.Key_Z, Key.Key_Y)
KEYS = [(k, m) for k in MOVES + WRITES for m in (NONE, CTRL, SHIFT, ALT, CTRL | SHIFT, ALT | SHIFT)]
KEYS += [(k, m) for k in LETTERS for m in (CTRL, ALT)]
KEYS += [(Key(Key.Key_1 + n), ALT) for n in range(5)]
COMPOSED = ("日本", "😀", "e\u0301", "\u00a0", "\u202f!", "\u2028x", "שלום", "a\u200bb", "\t", "\x0b", "\x1f", "\u3000")
PASTED = ("x\ny", " q ", "\n\n", "line\r\nother", "\u2029p", "a\u2028b", "😀😀")
COMMANDS = (
    "undo",
    "undo",
    "undo",
    "undo",
    "redo",
    "redo",
    "mergeNext",
    "mergePrevious",
    "split",
    "deleteCue",
    "newCue",
)
COMMANDS += ("flag", "nudgeStartBack", "nudgeEndForward", "nextCue", "speaker2", "repair", "nextProblem")


class Storm:
    def __init__(self, window: MainWindow, qtbot: QtBot, seed: int, relabels: bool) -> None:
        self.window, self.qtbot, self.pick = window, qtbot, random.Random(seed)
        self.model, self.store = window.desk.model, window._studio.library.transcripts
        self.view, self.cues = window.page.transcript, window.desks.modes.subtitles
        self.heard = 60_000
        often: list[Callable[[], object]] = [self.letters, self.key, self.command, self.place]
        self.actions = often * 3 + [self.switch, self.mark, self.compose, self.paste, self.field, self.arrive]
        self.actions += [QApplication.processEvents, *([self.relabel] if relabels else [])]

    def text(self) -> QPlainTextEdit | QTextEdit:
        text = self.view if self.window.page.mode == "transcript" else self.cues.editor.text
        if not text.hasFocus():
            text.setFocus()
        return text

    def switch(self) -> None:
        self.window.commands[self.pick.choice(["transcriptModeAction", "subtitlesModeAction"])].trigger()

    def place(self) -> None:
        if self.model.rowCount():
            row = self.pick.randrange(self.model.rowCount())
            self.window.desk.selection.set([self.model.segment(row).id])
            self.select(self.pick.randrange(self.text().document().characterCount()), 0)

    def mark(self) -> None:
        self.select(self.pick.randrange(self.text().document().characterCount()), self.pick.randrange(-60, 60))

    def select(self, start: int, length: int) -> None:
        text = self.text()
        cursor: QTextCursor = text.textCursor()
        end = min(max(start + length, 0), text.document().characterCount() - 1)
        for place, mode in ((start, QTextCursor.MoveMode.MoveAnchor), (end, QTextCursor.MoveMode.KeepAnchor)):
            cursor.setPosition(place, mode)
            cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, mode)  # never into an emoji, as by hand
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, mode)
        text.setTextCursor(cursor)

    def letters(self) -> None:
        self.qtbot.keyClicks(self.text(), self.pick.choice(["a", "bc ", " ", "d. ", "  ", "e f"]))

    def key(self) -> None:
        key, modifiers = self.pick.choice(KEYS)
        self.qtbot.keyClick(self.text(), key, modifiers)
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QMenu | QDialog) and top.isVisible():
                top.close()

    def compose(self) -> None:
        event = QInputMethodEvent()
        event.setCommitString(self.pick.choice(COMPOSED))
        QApplication.sendEvent(self.text(), event)

    def paste(self) -> None:
        data = QMimeData()
        data.setText(self.pick.choice(PASTED))
        self.text().insertFromMimeData(data)

    def field(self) -> None:
        editor = self.cues.editor
        field = self.pick.choice([editor.start, editor.end, editor.length])
        if self.window.page.mode == "subtitles" and field.isEnabled():
            field.setFocus()
            field.selectAll()
            self.qtbot.keyClicks(field, self.pick.choice(["1:05", "12.500", "0", "x", "99:00"]))
            self.qtbot.keyClick(field, self.pick.choice([Key.Key_Return, Key.Key_Escape, Key.Key_Up]))

    def command(self) -> None:
        action = self.window.commands[f"{self.pick.choice(COMMANDS)}Action"]
        if action.isEnabled():
            action.trigger()

    def arrive(self) -> None:
        word = Word(f"w{self.heard}", self.heard, self.heard + 500, 0.9)
        self.heard += 1000
        self.tell(SegmentsStored(self.store.append(1, [Segment.from_words([word])], self.heard)))

    def relabel(self) -> None:
        """The user types on while the speakers are told apart in the library, and until the window hears of it."""
        cut = self.pick.randrange(60_000)
        settle(1)
        self.letters()
        turns = (Turn(0, cut, "A"), Turn(cut, 200_000, "B"))
        self.store.relabel(1, lambda now: labelled(now, turns), EngineInfo(speakers="x"))
        self.letters()
        self.tell(SpeakersApplied(1))

    def tell(self, event: object) -> None:
        assert self.window.desk.job
        self.window.desk.on_job_event(self.window.desk.job.id, event)

    def agree(self) -> None:
        """Library, model and both editors."""
        model = self.model

        def same() -> bool:
            stored = self.store.get(1)
            return stored is not None and (list(stored.segments), stored.speakers) == (model.segments(), model.speakers)

        self.qtbot.waitUntil(same)
        segments = model.segments()
        self.view.leave_row()
        self.cues.leave_cue()
        document = self.view.document()
        wanted = [block_text(s) for s in segments] or [""]

        def said() -> None:  # where it is not to be seen it follows a moment later
            assert [document.findBlockByNumber(n).text() for n in range(document.blockCount())] == wanted

        self.qtbot.waitUntil(said)
        shown = self.cues.editor.segment()
        if shown:
            assert self.cues.editor.text.text() == shown.text.translate({0x2028: "\n", 0x2029: "\n", 13: " "})
        assert list(segments) == sorted(segments, key=order)
        assert [model.row_of(s.id) for s in segments] == list(range(len(segments)))
        assert all(s.start <= s.end and (not s.words or s.text == join_words(s.words)) for s in segments)


@pytest.mark.parametrize(
    ("seed", "relabels"),
    [(3, False), *(pytest.param(n, bool(n % 2), marks=pytest.mark.slow) for n in range(10, 16))],
)
def test_storm(window: MainWindow, qtbot: QtBot, seed: int, relabels: bool) -> None:
    open_talk(window)
    storm = Storm(window, qtbot, seed, relabels)
    first = list(storm.model.segments())
    for _ in range(15):
        for action in storm.pick.choices(storm.actions, k=12):
            action()
        storm.agree()
    while window.commands["undoAction"].isEnabled():
        window.commands["undoAction"].trigger()
    storm.agree()
    if not relabels:  # that is a step only where the user has made one before
        assert [s for s in storm.model.segments() if s.id <= first[-1].id] == first
    QApplication.clipboard().clear()
