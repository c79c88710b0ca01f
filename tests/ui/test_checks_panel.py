"""Rules and problems in the real window: found as one types, gone to one by one, repaired one by one or all at once."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from talks import LINES, label_text, open_talk, press, segment, segments, talk

from studio.core import edits
from studio.core.checks import KINDS, Finding, check
from studio.core.profiles import PROFILES, CueRules
from studio.core.reflow import reflow
from studio.ui.dialogs.repair_dialog import RepairDialog
from studio.ui.models.findings import OF_TEXT, Findings, sentence, severity, title
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.window.main_window import MainWindow

Key, Mod = Qt.Key, Qt.KeyboardModifier
RULES = PROFILES["netflix"].rules


@pytest.fixture
def opened(window: MainWindow) -> MainWindow:
    open_talk(window)
    window.commands["subtitlesModeAction"].trigger()
    window.inspector.show_tab("checks")
    window.desks.checks._refresh()
    return window


def repair_preview(window: MainWindow, qtbot: QtBot) -> RepairDialog:
    """What shows the repairs, once they are known."""
    shown: list[RepairDialog] = []

    def look() -> bool:
        shown[:] = [d for d in window.findChildren(RepairDialog) if d.isVisible()]
        return bool(shown)

    qtbot.waitUntil(look, timeout=30_000)
    return shown[0]


def expected(window: MainWindow) -> list[Finding]:
    return check(window.desk.model.segments(), window.desks.checks.rules)


class TestFindings:
    @pytest.mark.parametrize("seed", range(8))
    def test_after_any_change_they_are_what_a_check_of_everything_finds(self, qtbot: QtBot, seed: int):
        pick = random.Random(seed)
        model = TranscriptModel()
        findings = Findings(model)
        model.set_transcript(talk(30))
        fresh = -1
        for _ in range(60):
            segments = model.segments()
            row = pick.randrange(len(segments))
            one = segments[row]
            match pick.randrange(6):
                case 0:
                    typed = pick.choice([" more", "\u200b", "\na\nb", "  (", ")", " “so", ""])
                    edit = edits.set_text(one, one.text + typed)
                case 1 if " " in one.text:
                    edit = edits.split(one, one.text.index(" "), fresh := fresh - 1)
                case 2 if row + 1 < len(segments):
                    edit = edits.merge(segments[row : row + 2])
                case 3:
                    moved = edits.retime(one, max(0, one.start - 17_000), max(0, one.start - 17_000) + 9_000)
                    edit = edits.Edit("move", (one,), (moved,))
                case 4 if len(segments) > 5:
                    edit = edits.delete([one])
                case _:
                    edit = edits.insert(one.start + 10, one.start + 500, fresh := fresh - 1)
            model.apply(edit)
            if pick.random() < 0.2:
                model.apply(edit.inverse())
            assert findings.all() == check(model.segments(), findings.rules)
            assert {k: n for k, n in findings.counts.items() if n} == {
                k: n for k in KINDS if (n := sum(f.kind == k for f in findings.all()))
            }

    def test_keys_are_looked_at_together_a_moment_later(self, qtbot: QtBot):
        model = TranscriptModel()
        findings = Findings(model)
        model.set_transcript(talk(30))
        with qtbot.waitSignal(findings.changed):
            for row, typed in ((3, " ("), (9, ")"), (20, "\u200b"), (25, "")):
                model.apply(edits.set_text(model.segment(row), typed))
            model.apply(edits.delete([model.segment(20)]))
            model.apply(edits.insert(10, 500, -1))
        assert findings.all() == check(model.segments(), findings.rules)
        with qtbot.waitSignal(findings.changed):  # nobody has asked
            model.apply(edits.set_text(model.segment(5), "[so it goes"))
        assert "unpaired" in [f.kind for f in findings.of(model.segment(5).id)]

    def test_a_long_transcript_is_looked_at_in_slices(self, qtbot: QtBot):
        model = TranscriptModel()
        findings = Findings(model)
        model.set_transcript(talk(3000))
        assert not findings.complete
        assert findings.of(2)  # the first ones at once
        model.apply(edits.delete([model.segment(0)]))  # while it goes on
        qtbot.waitUntil(lambda: findings.complete)
        assert findings.all() == check(model.segments(), findings.rules)

    def test_onward_goes_round(self, qtbot: QtBot):
        model = TranscriptModel()
        findings = Findings(model)
        model.set_transcript(talk(5))
        found = findings.all()
        seen, at = [], (-1, None)
        for _ in range(len(found) + 1):
            at = findings.onward(at[0], at[1], 1, KINDS)
            seen.append(at[1])
        assert seen == [*found, found[0]]
        back = findings.onward(at[0], at[1], -1, KINDS)
        assert back
        assert back[1] == found[-1]
        assert findings.onward(0, None, 1, OF_TEXT) is None

    def test_words_for_them(self):
        overlap = Finding(2, "overlap", "starts 40 ms before the one before it ends", 40)
        assert title(overlap, 180) == "180 overlaps 181"
        assert sentence(overlap, RULES) == "Both cues show for 0.04 s."
        assert sentence(Finding(2, "gap", "", 30), RULES) == "0.05 s between them, at least 0.08."
        fast = Finding(2, "too fast", "29.6 characters a second, at most 20", 9.6)
        assert title(fast, 183) == "184 reads too fast"
        assert sentence(fast, RULES) == "29.6 characters a second, at most 20."
        assert [severity(f, RULES) for f in (overlap, fast, Finding(2, "too fast", "", 2))] == ["err", "err", "warn"]


class TestPanel:
    def test_it_lists_what_is_wrong_by_kind(self, opened: MainWindow, qtbot: QtBot):
        panel = opened.desks.checks.panel
        assert panel.model.rows == expected(opened)
        chips = {kind: button.text() for kind, button in panel.chips._buttons.items() if button.isVisible()}
        assert chips[None] == f"All {len(expected(opened))}"
        wide = sum(f.kind == "line length" for f in expected(opened))
        assert chips["line length"] == f"Wide {wide}"
        qtbot.mouseClick(panel.chips._buttons["line length"], Qt.MouseButton.LeftButton)
        assert [f.kind for f in panel.model.rows] == ["line length"] * wide

    def test_a_click_goes_to_the_cue(self, opened: MainWindow, qtbot: QtBot):
        panel = opened.desks.checks.panel
        row = next(n for n, f in enumerate(panel.model.rows) if f.segment != 1)
        place = panel.list.visualRect(panel.model.index(row, 0)).topLeft()
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert opened.desk.selection.current == panel.model.rows[row].segment

    def test_its_repair_button_repairs(self, opened: MainWindow, qtbot: QtBot):
        panel = opened.desks.checks.panel
        finding = panel.model.rows[0]
        button = panel.list.delegate.button(panel.list.visualRect(panel.model.index(0, 0)))
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
        assert finding not in expected(opened)
        assert opened.commands["undoAction"].isEnabled()

    def test_typing_brings_it_up_to_date(self, opened: MainWindow, qtbot: QtBot):
        opened.desk.selection.set([5])
        text = opened.desks.modes.subtitles.editor.text
        text.setFocus()
        qtbot.keyClicks(text, "((")
        odd = Finding(5, "unpaired", "“(” is not closed", 2)
        assert odd in opened.desks.checks.findings.of(5)
        qtbot.waitUntil(lambda: odd in opened.desks.checks.panel.model.rows)

    def test_a_transcript_that_is_no_subtitles_has_fewer_rules(self, opened: MainWindow):
        opened.commands["transcriptModeAction"].trigger()
        assert opened.desks.checks.panel.model.rows == []
        opened.desk.type_text(1, "Odd\u200b characters")
        opened.desks.checks._refresh()
        assert [f.kind for f in opened.desks.checks.panel.model.rows] == ["odd characters"]

    def test_unsure_words_are_counted(self, opened: MainWindow, qtbot: QtBot):
        opened.commands["transcriptModeAction"].trigger()
        left = opened.desks.checks.left
        qtbot.waitUntil(lambda: left._words.text() == "1 unsure word left")
        assert left.next.accessibleName() == "Next unsure"
        qtbot.mouseClick(left.next, Qt.MouseButton.LeftButton)
        assert opened.page.transcript.textCursor().selectedText() == "Nordfriesland"

    def test_each_row_can_be_read_out(self, opened: MainWindow):
        panel = opened.desks.checks.panel
        spoken = panel.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        finding = panel.model.rows[0]
        assert spoken == f"{title(finding, 0)}, 00:00.000, {finding.text}"


class TestKeys:
    def test_next_and_previous_go_from_problem_to_problem(self, opened: MainWindow, qtbot: QtBot):
        opened.desk.selection.set([1])
        found = expected(opened)
        seen = []
        for _ in found:
            qtbot.keyClick(QApplication.focusWidget(), Key.Key_J, Mod.ControlModifier)
            seen.append(opened.desks.checks._current)
        assert seen == found
        assert opened.desk.selection.current == found[-1].segment
        assert opened.desks.checks.panel.list.currentIndex().row() == len(found) - 1
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_J, Mod.ControlModifier | Mod.ShiftModifier)
        assert opened.desks.checks._current == found[-2]

    def test_one_key_repairs_and_goes_on(self, opened: MainWindow, qtbot: QtBot):
        text = opened.desks.modes.subtitles.editor.text
        text.setFocus()
        opened.commands["nextProblemAction"].trigger()
        first = opened.desks.checks._current
        assert first is not None
        before = len(expected(opened))
        qtbot.keyClick(text, Key.Key_K, Mod.ControlModifier | Mod.ShiftModifier)
        assert len(expected(opened)) < before
        assert first not in expected(opened)
        assert opened.desks.checks._current in expected(opened)
        opened.commands["undoAction"].trigger()
        assert first in expected(opened)

    def test_what_cannot_be_repaired_says_what_to_do(self, opened: MainWindow, qtbot: QtBot):
        long = "x" * 60
        crowd = [segment(1, 0, "S1", long), segment(2, 260, "S1", long), segment(3, 520, "S1", long)]
        model = opened.desk.model
        opened.desk.do(edits.Edit("crowd", tuple(model.segments()), tuple(crowd)))
        fast = next(f for f in expected(opened) if f.segment == 2 and f.kind == "too fast")
        with qtbot.waitSignal(opened.desks.checks.notice) as told:
            opened.desks.checks.repair(fast)
        assert told.args is not None
        assert "Shorten its text" in told.args[1]

    def test_repairing_all_is_one_step(self, opened: MainWindow, qtbot: QtBot):
        before = list(opened.desk.model.segments())
        count = len(expected(opened))
        qtbot.mouseClick(opened.desks.checks.panel.repair_all, Qt.MouseButton.LeftButton)
        preview = repair_preview(opened, qtbot)
        assert list(opened.desk.model.segments()) == before
        assert preview.preview.model.rowCount() > 0
        with qtbot.waitSignal(opened.desks.checks.notice) as told:
            qtbot.keyClick(preview.focusWidget(), Key.Key_Return)
        left = len(expected(opened))
        assert left < count
        assert told.args is not None
        assert told.args[1].startswith(f"{count - left} of {count} problems repaired")
        assert opened.commands["undoAction"].text() == f"&Undo repair {count - left} problems"
        opened.commands["undoAction"].trigger()
        assert list(opened.desk.model.segments()) == before

    @pytest.mark.parametrize("count", [60, 600])
    def test_the_list_is_of_what_is_left_as_soon_as_all_is_repaired(self, window: MainWindow, qtbot: QtBot, count: int):
        open_talk(window, segments(count))
        window.commands["subtitlesModeAction"].trigger()
        window.inspector.show_tab("checks")
        checks = window.desks.checks
        qtbot.waitUntil(lambda: checks.panel.model.rows == expected(window))
        seen: list[tuple[bool, str]] = []

        def look() -> None:
            fresh = checks.panel.model.rows == checks.findings.all() != before
            seen.append((fresh, "" if checks.findings.complete else checks.panel.repair_all.text()))

        before = checks.findings.all()
        checks.notice.connect(lambda *_: look())
        qtbot.mouseClick(checks.panel.repair_all, Qt.MouseButton.LeftButton)
        press(qtbot, repair_preview(window, qtbot), "repairApplyButton")
        assert seen == [(True, "" if count < 300 else "Looking …")]
        qtbot.waitUntil(lambda: checks.panel.model.rows == expected(window))

    def test_a_tab_that_comes_to_the_front_shows_what_is_left(self, opened: MainWindow, qtbot: QtBot):
        panel = opened.desks.checks.panel
        opened.inspector.show_tab("speakers")
        opened.commands["repairAllAction"].trigger()
        press(qtbot, repair_preview(opened, qtbot), "repairApplyButton")
        opened.inspector.show_tab("checks")
        assert panel.model.rows == expected(opened)
        assert panel.repair_all.text() != "Repairing …"

    def test_what_would_be_repaired_is_looked_at_first(self, opened: MainWindow, qtbot: QtBot):
        before = list(opened.desk.model.segments())
        opened.commands["repairAllAction"].trigger()
        preview = repair_preview(opened, qtbot)
        count = len(expected(opened))
        assert label_text(preview, "repairOutcome") == f"{count} of {count} problems can be repaired"
        qtbot.keyClick(preview, Key.Key_Escape)
        assert list(opened.desk.model.segments()) == before
        assert opened.commands["repairAllAction"].isEnabled()
        opened.commands["repairAllAction"].trigger()
        preview = repair_preview(opened, qtbot)
        opened.desk.type_text(1, "Another text")
        with qtbot.waitSignal(opened.desks.checks.notice) as told:
            press(qtbot, preview, "repairApplyButton")
        assert told.args is not None
        assert "changed meanwhile" in told.args[1]
        assert opened.desk.model.segment(1) == before[1]

    def test_a_change_meanwhile_is_not_lost(self, opened: MainWindow, qtbot: QtBot):
        with qtbot.waitSignal(opened.desks.checks.notice, timeout=10_000) as told:
            opened.commands["repairAllAction"].trigger()
            opened.desk.type_text(1, "Another text")
        assert told.args is not None
        assert "changed meanwhile" in told.args[1]
        assert opened.desk.model.segment(0).text == "Another text"

    def test_nothing_to_repair(self, opened: MainWindow, qtbot: QtBot):
        opened.desk.do(reflow(opened.desk.transcript, opened.desks.checks.rules))
        while opened.commands["repairAllAction"].isEnabled() and expected(opened):
            opened.commands["repairAllAction"].trigger()
            press(qtbot, repair_preview(opened, qtbot), "repairApplyButton")
            opened.desk.do(edits.delete(opened.desk.segments([f.segment for f in expected(opened)])))
        opened.desks.checks._refresh()
        assert opened.desks.checks.panel._nothing.isVisible()
        assert not opened.commands["nextProblemAction"].isEnabled()


class TestRules:
    def test_a_set_is_chosen_and_kept(self, opened: MainWindow, qtbot: QtBot):
        choice = opened.desks.modes.subtitles.bar.choice
        assert (choice.currentData(), opened.desks.checks.profile) == ("netflix", "netflix")
        choice.setFocus()
        assert opened.page.waveform.detail.gap == 80
        with qtbot.waitSignal(opened.desks.checks.rules_changed):
            qtbot.keyClick(choice, Key.Key_Down)
        assert opened.desks.checks.profile == "bbc"
        assert opened.page.waveform.detail.gap == 0
        assert opened.desks.checks.panel.rules.currentData() == "bbc"
        assert opened.desks.checks.findings.all() == check(opened.desk.model.segments(), PROFILES["bbc"].rules)
        assert opened._studio.library.settings.get("cue_rules")["max_line"] == 37
        assert opened.desks.modes.subtitles.editor.characters.text().endswith("of 74")

    def test_own_rules_are_made_in_a_dialog(self, opened: MainWindow, qtbot: QtBot):
        dialog = opened.desks.checks.edit_rules()
        dialog.form._line.setValue(30)
        dialog.form._rate.setValue(50)
        dialog._use()
        assert opened.desks.checks.rules == CueRules(max_line=30, min_duration=833, frame_rate=50.0)
        assert opened.desks.checks.profile == "own"
        opened.desks.checks.choose_profile("broadcast")
        opened.desks.checks.choose_profile("own")
        assert opened.desks.checks.rules.max_line == 30

    def test_rules_that_nothing_can_obey_are_refused(self, opened: MainWindow):
        dialog = opened.desks.checks.edit_rules()
        dialog.form._rate.setValue(10)
        dialog.form._short.setValue(6.99)
        QApplication.processEvents()
        form = dialog.form.height()
        dialog._use()
        QApplication.processEvents()
        assert dialog.isVisible()
        assert dialog.form.height() == form, "what is wrong squeezes nothing"
        assert "shortest duration" in label_text(dialog, "rulesProblem")
        assert opened.desks.checks.rules == RULES
        dialog.reject()

    def test_what_is_stored_wrongly_is_passed_over(self, window: MainWindow):
        window._studio.library.settings.set("cue_rules", {"max_line": "wide"})
        again = MainWindow(window._studio)
        assert again.desks.checks.rules == RULES
        again.close()


def test_problems_stand_in_the_overview(opened: MainWindow, qtbot: QtBot) -> None:
    opened.desk.do(edits.flag(opened.desk.segments([3])))
    qtbot.waitUntil(lambda: (20_000, "flag") in opened.page.waveform._scene.markers)
    times = {f.segment: (f.segment - 1) * 10_000 for f in expected(opened)}
    marks = opened.page.waveform._scene.markers
    assert {ms for ms, kind in marks if kind != "flag"} == set(times.values())
    assert len(LINES) == opened.desk.model.rowCount()
