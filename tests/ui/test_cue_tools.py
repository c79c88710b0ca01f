"""Re-flow and moving times in the real window: by hand, with a look before, as one step that can be taken back."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot
from talks import open_talk, press, segment, talk

from studio.core.errors import UsageError
from studio.core.profiles import DEFAULT, PROFILES
from studio.core.reflow import Change
from studio.core.transcript import Segment
from studio.ui.compare.flow import Mark
from studio.ui.dialogs.before_after import BeforeAfterList, marked
from studio.ui.dialogs.reflow_dialog import ReflowDialog
from studio.ui.dialogs.reflow_plan import plan_reflow
from studio.ui.dialogs.time_field import TimeField, parse_time, time_text
from studio.ui.dialogs.timing_dialog import TimingDialog
from studio.ui.widgets.sign import Sign
from studio.ui.window.main_window import MainWindow

Key, Mod = Qt.Key, Qt.KeyboardModifier
W = TypeVar("W", bound=QWidget)


@pytest.fixture
def desk(window: MainWindow) -> MainWindow:
    open_talk(window)
    return window


def part(of: QWidget, kind: type[W], name: str) -> W:
    found = of.findChild(kind, name)
    assert found is not None, name
    return found


def write(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def starts(window: MainWindow) -> list[int]:
    return [s.start for s in window.desk.model.segments()]


def undo(window: MainWindow) -> None:
    window.commands["undoAction"].trigger()


class TestReflow:
    def open(self, window: MainWindow, qtbot: QtBot) -> ReflowDialog:
        window.commands["reflowAction"].trigger()
        dialog = part(window, ReflowDialog, "reflowDialog")
        self.wait(dialog, qtbot)
        return dialog

    @staticmethod
    def wait(dialog: ReflowDialog, qtbot: QtBot) -> None:
        outcome = part(dialog, QLabel, "reflowOutcome")
        qtbot.waitUntil(lambda: outcome.text() != "Working it out …", timeout=10_000)

    def test_it_is_one_step_after_a_look(self, desk: MainWindow, qtbot: QtBot):
        before = list(desk.desk.model.segments())
        dialog = self.open(desk, qtbot)
        outcome = part(dialog, QLabel, "reflowOutcome").text()
        assert outcome.startswith("5 passages become ")
        assert "within the rules" in outcome
        assert dialog.preview.model.rowCount() > 0
        assert list(desk.desk.model.segments()) == before
        qtbot.keyClick(dialog, Key.Key_Return)
        assert not dialog.isVisible()
        after = list(desk.desk.model.segments())
        assert after != before
        assert [w.text for s in after for w in s.words] == [w.text for s in before for w in s.words]
        assert desk.commands["undoAction"].text() == "&Undo re-flow subtitles"
        undo(desk)
        assert list(desk.desk.model.segments()) == before

    def test_another_preset_is_another_plan_and_is_remembered(self, desk: MainWindow, qtbot: QtBot):
        dialog = self.open(desk, qtbot)
        preset = part(dialog, QComboBox, "presetBox")
        preset.setFocus()
        qtbot.keyClick(preset, Key.Key_Down)
        assert not part(dialog, QPushButton, "reflowApplyButton").isEnabled()
        self.wait(dialog, qtbot)
        narrow = part(dialog, QSpinBox, "maxLineSpin")
        assert narrow.value() == PROFILES["bbc"].rules.max_line
        narrow.setFocus()
        narrow.selectAll()
        qtbot.keyClicks(narrow, "20\t")
        assert preset.currentText() == "My own"
        self.wait(dialog, qtbot)
        press(qtbot, dialog, "reflowApplyButton")
        lines = [line for s in desk.desk.model.segments() for line in s.text.split("\n")]
        assert max(map(len, lines)) <= 20
        assert desk.desks.checks.rules.max_line == 20  # what is checked from now on
        assert self.open(desk, qtbot).rules().max_line == 20

    def test_only_the_selection(self, desk: MainWindow, qtbot: QtBot):
        segments = list(desk.desk.model.segments())
        desk.desk.selection.set([segments[1].id, segments[2].id])
        dialog = self.open(desk, qtbot)
        assert part(dialog, QRadioButton, "reflowSelectionBox").isChecked()
        assert part(dialog, QLabel, "reflowOutcome").text().startswith("2 passages become ")
        press(qtbot, dialog, "reflowApplyButton")
        after = list(desk.desk.model.segments())
        assert after[0] == segments[0]
        assert after[-2:] == segments[-2:]

    def test_escape_changes_nothing_even_while_it_is_worked_out(self, desk: MainWindow, qtbot: QtBot):
        before = list(desk.desk.model.segments())
        desk.commands["reflowAction"].trigger()
        dialog = part(desk, ReflowDialog, "reflowDialog")
        qtbot.keyClick(dialog, Key.Key_Escape)
        qtbot.waitUntil(lambda: desk.findChild(ReflowDialog) is None, timeout=5000)
        assert list(desk.desk.model.segments()) == before
        assert self.open(desk, qtbot).isVisible()

    def test_there_is_nothing_to_reflow_without_a_transcript(self, window: MainWindow):
        assert not window.commands["reflowAction"].isEnabled()
        assert not window.commands["timingAction"].isEnabled()

    def test_the_outcome_says_what_speech_makes_impossible(self):
        fast = Segment.from_words([w._replace(start=w.start // 6, end=w.end // 6) for w in talk().segments[1].words])
        transcript = talk().with_segments([fast])
        plan = plan_reflow(
            transcript.with_segments([segment(1, 0, "S1", "Ah. " + "incomprehensibilities " * 3)]), DEFAULT, None
        )
        assert plan.outcome.startswith("1 passage becomes ")
        crowded = [
            Segment(400 * n, 400 * n + 380, "unbelievable speed of talking", id=n + 1, speaker=f"S{n % 2}")
            for n in range(10)
        ]
        plan = plan_reflow(transcript.with_segments(crowded), DEFAULT, None)
        assert "too fast because the speech is" in plan.outcome
        assert not plan.kept
        assert any("too fast" in note for note in plan.notes.values())


class TestBeforeAfter:
    def test_words_that_go_and_come_are_marked(self):
        change = Change(
            (segment(1, 0, "S1", "north Friesland is flat"),), (segment(1, 0, "S1", "Nordfriesland is flat"),)
        )
        left, right = marked(change)
        assert [p.mark for p in left[0]] == [Mark.GONE, Mark.GONE, Mark.NONE, Mark.NONE]
        assert [p.mark for p in right[0]] == [Mark.KEPT, Mark.NONE, Mark.NONE]

    def test_equal_words_in_other_cues_are_not_marked(self):
        whole = segment(1, 0, "S1", "one two three")
        halves = (Segment.from_words(whole.words[:1], "S1", 1), Segment.from_words(whole.words[1:], "S1", -1))
        left, right = marked(Change((whole,), halves))
        assert {p.mark for side in (left, right) for cue in side for p in cue} == {Mark.NONE}

    def test_rows_are_read_out_and_walked_by_keys(self, qtbot: QtBot):
        rows = BeforeAfterList("rows")
        qtbot.addWidget(rows)
        rows.resize(600, 300)
        with qtbot.waitExposed(rows):
            rows.show()
        old = talk().segments
        rows.set_changes(
            [Change((old[0],), ()), *(Change((s,), (s,)) for s in old[1:])], talk().speakers, {2: "too fast"}
        )
        said = rows.model.data(rows.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
        assert said == f"Before: 00:00.000 to 00:02.650, {old[0].text}; after: nothing"
        assert rows.model.data(rows.model.index(1)).endswith("too fast")
        qtbot.keyClick(rows.list, Key.Key_End)
        assert rows.list.currentIndex().row() == 4
        assert not rows.grab().isNull()

    def test_twenty_thousand_rows(self, qtbot: QtBot):
        rows = BeforeAfterList("rows")
        qtbot.addWidget(rows)
        rows.resize(600, 300)
        rows.set_changes([Change((s,), (s,)) for s in talk(20_000).segments], talk().speakers)
        with qtbot.waitExposed(rows):
            rows.show()
        qtbot.keyClick(rows.list, Key.Key_End)
        assert rows.list.verticalScrollBar().value() == rows.list.verticalScrollBar().maximum()
        assert rows.list.verticalScrollBar().maximum() > 20_000 * 48


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "ms"),
        [("0:00:01.250", 1250), ("-0:00:01.250", -1250), ("−1,5", -1500), ("+2:03.5", 123_500), ("75", 75_000)],
    )
    def test_are_read(self, text: str, ms: int):
        assert parse_time(text, signed=True) == ms
        assert parse_time(time_text(ms, True), True) == ms

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("12:99.000", "Seconds go from 0 to 59."),
            ("1:75:00", "Minutes go from 0 to 59."),
            ("soon", "Write a time like 0:01:02.500."),
            ("", "Write a time like 0:01:02.500."),
            ("-5", "A time has no sign."),
        ],
    )
    def test_are_refused(self, text: str, sentence: str):
        with pytest.raises(UsageError) as e:
            parse_time(text)
        assert e.value.problem.what == sentence

    def test_arrows_change_them(self, qtbot: QtBot):
        field = TimeField("field", "A time", 1000)
        qtbot.addWidget(field)
        qtbot.keyClick(field, Key.Key_Up)
        qtbot.keyClick(field, Key.Key_Up, Mod.ShiftModifier)
        assert field.ms() == 2100
        for _ in range(3):
            qtbot.keyClick(field, Key.Key_Down, Mod.ShiftModifier)
        assert field.ms() == 0


class TestTiming:
    def open(self, window: MainWindow, tab: int = 0) -> TimingDialog:
        window.commands["timingAction"].trigger()
        dialog = part(window, TimingDialog, "timingDialog")
        part(dialog, QTabWidget, "timingTabs").setCurrentIndex(tab)
        return dialog

    @staticmethod
    def choose(dialog: TimingDialog, scope: str) -> None:
        box = part(dialog, QComboBox, "timingScopeBox")
        box.setCurrentIndex(box.findData(scope))

    @staticmethod
    def apply(dialog: TimingDialog, qtbot: QtBot) -> None:
        button = part(dialog, QPushButton, "timingApplyButton")
        qtbot.waitUntil(button.isEnabled, timeout=5000)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    @staticmethod
    def refused(dialog: TimingDialog, qtbot: QtBot) -> str:
        problem = part(dialog.page, QLabel, "timingProblem")
        qtbot.waitUntil(lambda: bool(problem.text()), timeout=5000)
        assert not part(dialog, QPushButton, "timingApplyButton").isEnabled()
        return problem.text()

    def test_how_far_is_typed_at_once(self, desk: MainWindow, qtbot: QtBot):
        dialog = self.open(desk)
        field = part(dialog, QLineEdit, "shiftField")
        qtbot.waitUntil(field.hasFocus)
        qtbot.keyClicks(dialog.focusWidget(), "1.25")
        assert field.text() == "1.25"
        apply = part(dialog, QPushButton, "timingApplyButton")
        qtbot.waitUntil(apply.isEnabled)
        qtbot.keyClick(field, Key.Key_Return)
        assert starts(desk) == [1250, 11_250, 21_250, 31_250, 41_250]

    def test_shift_of_the_whole_file(self, desk: MainWindow, qtbot: QtBot):
        dialog = self.open(desk)
        write(qtbot, part(dialog, QLineEdit, "shiftField"), "1.25")
        new = part(dialog, QLabel, "timingLastNew")
        qtbot.waitUntil(lambda: new.text().startswith("00:41.250"), timeout=5000)
        assert part(dialog, QLabel, "timingLastOld").text().startswith("00:40.000")
        before = list(desk.desk.model.segments())
        self.apply(dialog, qtbot)
        assert starts(desk) == [1250, 11_250, 21_250, 31_250, 41_250]
        moved = desk.desk.model.segment(0).words[1]
        assert moved.start == before[0].words[1].start + 1250
        undo(desk)
        assert list(desk.desk.model.segments()) == before

    def test_what_cannot_be_is_said_below_the_field(self, desk: MainWindow, qtbot: QtBot):
        dialog = self.open(desk)
        field = part(dialog, QLineEdit, "shiftField")
        write(qtbot, field, "0:00:99")
        assert self.refused(dialog, qtbot) == "Seconds go from 0 to 59."
        assert field.property("wrong")
        problem = part(dialog.page, QLabel, "timingProblem")
        sign = problem.parentWidget().findChild(Sign)
        assert sign.isVisible(), "a sign beside what is red"
        write(qtbot, field, "-3")
        qtbot.waitUntil(lambda: "before the recording" in problem.text(), timeout=5000)
        write(qtbot, field, "3")
        qtbot.waitUntil(lambda: not problem.text(), timeout=5000)
        assert not sign.isVisible()
        assert not field.property("wrong")

    def test_cues_before_the_start_are_counted_and_clamped_only_when_that_is_wished_for(
        self, desk: MainWindow, qtbot: QtBot
    ):
        before = list(desk.desk.model.segments())
        dialog = self.open(desk)
        box = part(dialog, QCheckBox, "timingClampBox")
        assert not box.isVisible()
        write(qtbot, part(dialog, QLineEdit, "shiftField"), "-11")
        assert "before the recording" in self.refused(dialog, qtbot)
        assert box.isVisible()
        assert "2 cues that would begin before the recording" in box.text()
        box.click()
        self.apply(dialog, qtbot)
        assert starts(desk) == [0, 0, 9000, 19_000, 29_000]
        assert [s.text for s in desk.desk.model.segments()] == [s.text for s in before]
        undo(desk)
        assert list(desk.desk.model.segments()) == before

    def test_cues_behind_the_end_are_told_before_they_are_moved(self, desk: MainWindow, qtbot: QtBot):
        dialog = self.open(desk)
        told = part(dialog, QLabel, "timingLeaves")
        write(qtbot, part(dialog, QLineEdit, "shiftField"), "15")
        qtbot.waitUntil(lambda: told.text().startswith("1 cue will end after the recording, which"), timeout=5000)
        assert "lasts 00:50.000" in told.text()
        assert told.isVisible()
        part(dialog, QTabWidget, "timingTabs").setCurrentIndex(1)
        part(dialog, QDoubleSpinBox, "stretchFactorSpin").setValue(200)
        qtbot.waitUntil(lambda: told.text().startswith("2 cues will end after the recording"), timeout=5000)
        self.apply(dialog, qtbot)
        assert starts(desk) == [0, 20_000, 40_000, 60_000, 80_000]

    def test_the_selected_cue_comes_to_the_playhead_and_those_after_it_follow(self, desk: MainWindow, qtbot: QtBot):
        desk.desk.selection.set([desk.desk.model.segment(2).id])
        desk.playback.player.set_loop(None)
        dialog = TimingDialog(desk.desk.transcript, desk.desk.selection.ids, lambda: 23_500, desk)
        qtbot.addWidget(dialog)
        dialog.show()
        self.choose(dialog, "from")
        assert part(dialog, QComboBox, "timingScopeBox").currentText() == "From cue 3 on, 3 cues"
        press(qtbot, dialog, "shiftPlayheadButton")
        assert part(dialog, QLineEdit, "shiftField").text() == "+0:00:03.500"
        with qtbot.waitSignal(dialog.accepted_edit) as made:
            self.apply(dialog, qtbot)
        assert [s.start for s in made.args[0].after] == [23_500, 33_500, 43_500]

    def test_stretch_so_that_the_last_cue_ends_there(self, desk: MainWindow, qtbot: QtBot):
        end = max(s.end for s in desk.desk.model.segments())
        dialog = self.open(desk, 1)
        field = part(dialog, QLineEdit, "stretchEndField")
        assert parse_time(field.text()) == end
        write(qtbot, field, time_text(end * 2))
        assert part(dialog, QRadioButton, "stretchToBox").isChecked()
        self.apply(dialog, qtbot)
        assert starts(desk) == [0, 20_000, 40_000, 60_000, 80_000]
        assert max(s.end for s in desk.desk.model.segments()) == end * 2

    def test_two_points(self, desk: MainWindow, qtbot: QtBot):
        segments = desk.desk.model.segments()
        desk.desk.selection.set([segments[1].id, segments[2].id, segments[3].id])
        dialog = self.open(desk, 2)
        assert [part(dialog, QSpinBox, f"anchorCueSpin{x}").value() for x in "AB"] == [2, 4]
        write(qtbot, part(dialog, QLineEdit, "anchorFieldA"), "11")
        write(qtbot, part(dialog, QLineEdit, "anchorFieldB"), "10")
        assert self.refused(dialog, qtbot).startswith("The later of the two subtitles would come first.")
        write(qtbot, part(dialog, QLineEdit, "anchorFieldB"), "33")
        self.apply(dialog, qtbot)
        assert starts(desk) == [0, 11_000, 22_000, 33_000, 40_000]

    def test_frame_rate(self, desk: MainWindow, qtbot: QtBot):
        dialog = self.open(desk, 3)
        part(dialog, QComboBox, "madeForBox").setCurrentText("50")
        part(dialog, QComboBox, "playedAtBox").setCurrentText("25")
        self.apply(dialog, qtbot)
        assert starts(desk) == [0, 20_000, 40_000, 60_000, 80_000]
        assert desk.commands["undoAction"].text() == "&Undo frame rate 50 to 25"

    def test_the_text_may_be_changed_beside_it(self, desk: MainWindow, qtbot: QtBot):
        dialog = self.open(desk)
        write(qtbot, part(dialog, QLineEdit, "shiftField"), "2")
        desk.desk.type_text(desk.desk.model.segment(2).id, "Quite another text.")
        said = part(dialog, QLabel, "timingMiddleText")
        qtbot.waitUntil(lambda: said.text() == "Quite another text.", timeout=5000)
        self.apply(dialog, qtbot)
        assert starts(desk)[2] == 22_000
        assert desk.desk.model.segment(2).text == "Quite another text."

    def test_another_recording_closes_it(self, desk: MainWindow, qtbot: QtBot):
        self.open(desk)
        desk._open(None)
        qtbot.waitUntil(lambda: desk.findChild(TimingDialog) is None, timeout=5000)
        assert not desk.commands["timingAction"].isEnabled()
