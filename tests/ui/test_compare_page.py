"""Two transcripts side by side, with real clicks and keys: the page, the panel, and the desk behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from opinions import interview
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QListWidget,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QWidget,
)
from pytestqt.qtbot import QtBot
from remote import sending_desk
from talks import button, label_text, press

from studio.core.compare import Keep
from studio.core.jobs import Job, JobOptions, JobState
from studio.core.transcript import EngineInfo, Source, Transcript
from studio.library import Home
from studio.services.opinion import Decisions
from studio.services.runner import JobChanged
from studio.services.studio import Studio
from studio.ui.commands import Commands
from studio.ui.compare import ComparePage, DifferencesPanel
from studio.ui.compare.passage_list import PassageList
from studio.ui.desks.compare_desk import CompareDesk
from studio.ui.desks.transcript_desk import TranscriptDesk
from studio.ui.dialogs.opinion_dialog import OpinionDialog
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.widgets.sign import Sign

LEFT, RIGHT = interview()


@pytest.fixture
def decisions() -> Decisions:
    return Decisions(LEFT, RIGHT)


@pytest.fixture
def page(qtbot: QtBot, decisions: Decisions) -> ComparePage:
    page = ComparePage()
    qtbot.addWidget(page)
    page.resize(1090, 700)
    page.show_decisions(decisions)
    with qtbot.waitExposed(page):
        page.show()
    return page


def place_of(page: ComparePage, row: int) -> QRect:
    return page.list.visualRect(page.model.index(row))


def click(qtbot: QtBot, page: ComparePage, point: QPoint) -> None:
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=point)


def word_at(page: ComparePage, row: int, difference: int, side: Keep) -> QPoint:
    """A point on the words of a difference."""
    place, list_row = place_of(page, row), page.model.row(row)
    for y in range(place.top() + 10, place.bottom(), 4):
        for x in range(0, place.width(), 4):
            if page.list.delegate.hit(place, list_row, QPoint(x, y)) == (side, difference):
                return QPoint(x, y)
    raise AssertionError("these words are not on the page")


# The page


def test_it_begins_at_the_first_open_difference(page: ComparePage):
    assert label_text(page, "decidedLabel") == "0 of 9 decided"
    assert page.list.current_row == 0
    assert page.findChild(QWidget, "savedWords").accessibleName().startswith("Will be saved as: Honestly?")


def test_the_passages_get_the_keys_when_it_is_shown(page: ComparePage):
    page.hide()
    page.bar.ignore.setFocus()
    page.show()
    assert page.focusWidget() is page.list


def test_what_is_the_same_is_folded_and_unfolds(page: ComparePage, qtbot: QtBot):
    assert [page.model.row(n).same for n in range(page.model.rowCount())] == [0, 0, 2, 0, 0, 0, 0, 2]
    click(qtbot, page, place_of(page, 2).center())
    assert page.model.rowCount() == 10
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert page.model.rowCount() == 8
    qtbot.mouseClick(page.findChild(QCheckBox, "hideSameBox"), Qt.MouseButton.LeftButton)
    assert page.model.rowCount() == 10
    assert all(page.model.row(n).same == 0 for n in range(10))


def test_the_arrow_buttons_of_a_row_keep_all_its_words(page: ComparePage, qtbot: QtBot):
    with qtbot.waitSignal(page.keep_requested) as wished:
        click(qtbot, page, page.list.delegate.button(place_of(page, 3), Keep.RIGHT).center())
    assert wished.args == [{2: Keep.RIGHT, 3: Keep.RIGHT, 4: Keep.RIGHT}]
    assert page.list.current_row == 3


@pytest.mark.parametrize("side", Keep)
def test_a_click_on_a_word_keeps_just_that_word(page: ComparePage, qtbot: QtBot, side: Keep):
    with qtbot.waitSignal(page.keep_requested) as wished:
        click(qtbot, page, word_at(page, 3, 4, side))
    assert wished.args == [{4: side}]


def test_a_missing_word_can_be_clicked_too(page: ComparePage, qtbot: QtBot):
    with qtbot.waitSignal(page.keep_requested) as wished:
        click(qtbot, page, word_at(page, 5, 7, Keep.LEFT))
    assert wished.args == [{7: Keep.LEFT}]


def test_next_and_back_go_round_what_is_open(page: ComparePage, qtbot: QtBot, decisions: Decisions):
    decisions.decide(LEFT, {1: Keep.RIGHT})
    page.refresh()
    rows = []
    for _ in range(5):
        press(qtbot, page, "nextDifferenceButton")
        rows.append(page.list.current_row)
    assert rows == [3, 4, 5, 6, 0]
    press(qtbot, page, "previousDifferenceButton")
    assert page.list.current_row == 6
    assert label_text(page, "decidedLabel") == "1 of 9 decided"


def test_the_place_is_told(page: ComparePage, qtbot: QtBot):
    with qtbot.waitSignal(page.place_changed) as told:
        press(qtbot, page, "nextDifferenceButton")
    assert told.args == ["Difference 2 of 9"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Space])
def test_the_keys_play_the_passage(page: ComparePage, qtbot: QtBot, key: Qt.Key):
    page.list.setFocus()
    with qtbot.waitSignal(page.play_requested) as wished:
        qtbot.keyClick(page.list, key)
    assert wished.args == [LEFT.segments[0].start, LEFT.segments[0].end]


def test_ones_own_text_is_typed_where_it_will_be_saved(page: ComparePage, qtbot: QtBot):
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    field = page.findChild(QPlainTextEdit, "ownTextField")
    assert field.toPlainText() == LEFT.segments[0].text
    qtbot.keyClicks(field, "Honestly.")
    with qtbot.waitSignal(page.text_requested) as wished:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wished.args == [1, "Honestly."]
    assert not page.footer.typing


def test_escape_gives_typing_up(page: ComparePage, qtbot: QtBot):
    press(qtbot, page, "typeOwnButton")
    with qtbot.assertNotEmitted(page.text_requested):
        qtbot.keyClick(page.findChild(QPlainTextEdit, "ownTextField"), Qt.Key.Key_Escape)
    assert not page.footer.typing
    assert page.list.hasFocus() or not page.isActiveWindow()


def test_rows_are_read_out(page: ComparePage, decisions: Decisions):
    decisions.decide(LEFT, {2: Keep.RIGHT})
    spoken = page.model.data(page.model.index(3), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("12:49.620, Jörg Müller, 2 differences of 3 open. Left: But the ground")
    assert "Right: But the ground under the harbour sinks by eighty" in spoken
    assert page.model.data(page.model.index(2), Qt.ItemDataRole.AccessibleTextRole) == (
        "2 passages are the same in both"
    )


def test_every_control_has_a_name(page: ComparePage):
    for control in page.findChildren(QPushButton) + page.findChildren(QCheckBox):
        assert control.objectName()
        assert QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)


@pytest.mark.parametrize("width", [520, 700, 800, 900, 1200])
def test_everything_fits_into_narrow_windows(page: ComparePage, qtbot: QtBot, width: int):
    page.resize(width, 600)
    qtbot.waitUntil(lambda: page.width() == width)
    buttons = page.findChildren(QPushButton) + page.findChildren(QCheckBox)
    shown = [b for b in buttons if b.isVisible() and b.parent() in (page.bar, page.footer)]
    assert len(shown) == 8
    for one in shown:
        assert one.geometry().right() <= width
        others = [b for b in shown if b is not one and b.parent() is one.parent()]
        assert not any(one.geometry().intersects(b.geometry()) for b in others), one.objectName()


def test_hundreds_of_differences_make_no_widgets(page: ComparePage):
    before = len(page.findChildren(QWidget))
    page.show_decisions(Decisions(*interview(200)))
    assert page.model.rowCount() == 1600
    assert len(page.findChildren(QWidget)) == before


# The panel


@pytest.fixture
def panel(qtbot: QtBot, decisions: Decisions) -> DifferencesPanel:
    panel = DifferencesPanel()
    qtbot.addWidget(panel)
    panel.show_decisions(decisions, ("Lübeck",))
    panel.show()
    return panel


def test_kinds_are_counted_and_lead_to_the_next(panel: DifferencesPanel, qtbot: QtBot, page: ComparePage):
    named = {k: panel.findChild(QWidget, f"{k}KindButton").accessibleName() for k in ("numbers", "names", "missing")}
    assert named == {
        "numbers": "Numbers and dates, 1 open",
        "names": "Names and places, 4 open",
        "missing": "Missing or added, 1 open",
    }
    panel.kind_chosen.connect(page.go_to_kind)
    qtbot.mouseClick(panel.findChild(QWidget, "missingKindButton"), Qt.MouseButton.LeftButton)
    assert page.list.current_row == 5


def test_the_rest_in_one_go(panel: DifferencesPanel, qtbot: QtBot):
    assert button(panel, "keepAllLeftButton").text() == "Keep left for all 9"
    assert button(panel, "keepAllRightButton").text() == "Keep right for all 9"
    for name, wished in (
        ("keepAllLeftButton", dict.fromkeys(range(9), Keep.LEFT)),
        ("keepAllRightButton", dict.fromkeys(range(9), Keep.RIGHT)),
        ("keepSurerButton", dict.fromkeys((0, 1, 2, 3, 4, 5, 6, 8), Keep.RIGHT)),
        ("preferTermsButton", {6: Keep.LEFT}),
    ):
        with qtbot.waitSignal(panel.keep_requested) as told:
            press(qtbot, panel, name)
        assert told.args == [wished]


def test_how_alike_they_are(panel: DifferencesPanel):
    shown = [label.text() for label in panel.findChildren(QLabel)]
    assert "100 %" in shown
    assert "This says how much they agree, not which one is right." in shown


# The desk: decisions are edits of the open transcript


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio.open(Home(tmp_path / "home").prepared())
    yield studio
    studio.close()


def done(studio: Studio, transcript: Transcript, model: str, path: str = "/talks/Öl.wav") -> Job:
    job = studio.library.jobs.add(path, "Öl.wav", "c1", 9000, "cpu", JobOptions(model=model))
    source, engine = Source(content_id="c1", duration=2_538_000), EngineInfo("faster-whisper", model)
    id = studio.library.transcripts.create(source, engine, job.id)
    studio.library.transcripts.replace(id, transcript.segments, transcript.speakers, engine)
    studio.library.jobs.set_state(job.id, JobState.DONE)
    found = studio.library.jobs.get(job.id)
    assert found is not None
    return found


class Desks:
    """A window with nothing but the comparison in it."""

    def __init__(self, studio: Studio) -> None:
        self.window = QMainWindow()
        self.commands = Commands(self.window)
        self.transcript = TranscriptDesk(studio, TranscriptModel(), self.window)
        self.page, self.panel, sides = ComparePage(), DifferencesPanel(), QSplitter()
        sides.addWidget(self.page)
        sides.addWidget(self.panel)
        self.window.setCentralWidget(sides)
        asks = sending_desk(studio, self.window)
        self.compare = CompareDesk(studio, self.transcript, asks, self.page, self.panel, self.commands, self.window)
        self.window.resize(1400, 700)

    def texts(self) -> list[str]:
        return [s.text for s in self.transcript.transcript.segments]


@pytest.fixture
def desks(qtbot: QtBot, studio: Studio) -> Iterator[Desks]:
    first, _ = done(studio, LEFT, "whisper-base"), done(studio, RIGHT, "whisper-small")
    desks = Desks(studio)
    qtbot.addWidget(desks.window)
    desks.transcript.open(first)
    with qtbot.waitExposed(desks.window):
        desks.window.show()
    yield desks
    desks.transcript.shut_down()


@pytest.fixture
def compared(desks: Desks, qtbot: QtBot) -> Desks:
    """The dialog was asked for and answered by hand."""
    desks.commands["secondOpinionAction"].trigger()
    dialog = desks.window.findChild(OpinionDialog)
    with qtbot.waitSignal(desks.compare.ready):
        press(qtbot, dialog, "compareButton")
    desks.window.activateWindow()
    desks.page.list.setFocus()
    qtbot.waitUntil(desks.page.list.hasFocus)
    return desks


def test_the_dialog_offers_other_texts_of_the_recording(desks: Desks, qtbot: QtBot):
    dialog = desks.compare.ask()
    assert dialog is not None
    listed = dialog.findChild(QListWidget, "opinionList")
    assert [listed.item(n).text() for n in range(listed.count())] == ["small · Language detected, ready"]
    with qtbot.waitSignal(desks.compare.ready):
        press(qtbot, dialog, "compareButton")
    assert label_text(desks.page, "rightName") == "faster-whisper small"


def test_a_subtitle_file_can_be_the_second_opinion(desks: Desks, qtbot: QtBot, tmp_path: Path):
    file = tmp_path / "zweite.srt"
    file.write_text("1\n00:12:17,620 --> 00:12:22,000\nHonestly? How quiet the water was.\n", "utf-8")
    with qtbot.waitSignal(desks.compare.ready):
        desks.compare.compare_with_file(file)
    assert label_text(desks.page, "rightName") == "zweite.srt"
    with qtbot.waitSignal(desks.compare.notice) as told:
        desks.compare.compare_with_file(tmp_path / "fehlt.srt")
    assert told.args[0] == "error"
    assert "“fehlt.srt”" in told.args[1]


def test_alt_and_arrows_decide_and_undo_takes_back(compared: Desks, qtbot: QtBot):
    page = compared.page
    qtbot.keyClick(page.list, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert "Nordfriesland" in compared.texts()[0]
    assert label_text(page, "decidedLabel") == "1 of 9 decided"
    page.step(1)
    qtbot.keyClick(page.list, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert label_text(page, "decidedLabel") == "2 of 9 decided"
    compared.transcript.undo()
    qtbot.waitUntil(lambda: label_text(page, "decidedLabel") == "1 of 9 decided")
    compared.transcript.undo()
    qtbot.waitUntil(lambda: label_text(page, "decidedLabel") == "0 of 9 decided")
    assert compared.transcript.transcript == compared.transcript.transcript.with_segments(LEFT.segments)
    compared.transcript.redo()
    qtbot.waitUntil(lambda: label_text(page, "decidedLabel") == "1 of 9 decided")


def test_the_right_for_all_that_is_open_is_one_step(compared: Desks, qtbot: QtBot):
    compared.compare.decide({0: Keep.LEFT})
    press(qtbot, compared.panel, "keepAllRightButton")
    assert label_text(compared.page, "decidedLabel") == "9 of 9 decided"
    assert compared.texts() == [LEFT.segments[0].text, *(s.text for s in RIGHT.segments[1:])]
    assert not button(compared.panel, "keepAllRightButton").isEnabled()
    compared.transcript.undo()
    assert compared.texts() == [s.text for s in LEFT.segments]
    qtbot.waitUntil(lambda: label_text(compared.page, "decidedLabel") == "1 of 9 decided")


def test_decisions_are_stored(compared: Desks, qtbot: QtBot, studio: Studio):
    with qtbot.waitSignal(compared.transcript.saved):
        press(qtbot, compared.panel, "keepSurerButton")
    job = compared.transcript.job
    assert job is not None
    assert job.transcript_id is not None
    stored = studio.library.transcripts.get(job.transcript_id)
    assert stored is not None
    assert "Nordfriesland" in stored.segments[0].text
    assert studio.library.transcripts.history(job.transcript_id)[0] == "decide 8 differences"


def test_ones_own_text_is_saved_and_decided(compared: Desks, qtbot: QtBot):
    qtbot.keyClick(compared.page.list, Qt.Key.Key_Return)
    field = compared.page.findChild(QPlainTextEdit, "ownTextField")
    qtbot.keyClicks(field, "Honestly? In North Frisia.")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert compared.texts()[0] == "Honestly? In North Frisia."
    assert label_text(compared.page, "decidedLabel") == "1 of 9 decided"


def test_disagreement_marks_words_in_the_editor(compared: Desks, qtbot: QtBot):
    with qtbot.waitSignal(compared.compare.doubtful_changed) as told:
        compared.compare.decide({0: Keep.RIGHT})
    (marks,) = told.args
    assert 1 not in marks
    assert marks[5] == {8, 9, 10, 16, 20}


def test_capitals_and_punctuation_count_when_they_are_not_ignored(compared: Desks, qtbot: QtBot):
    box = compared.page.findChild(QCheckBox, "ignoreMarksBox")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    assert compared.compare.decisions is not None
    assert not compared.compare.decisions.ignore_marks
    assert len(compared.compare.decisions.comparison.differences) == 9  # the two agree in these


def test_a_change_in_another_view_is_followed(compared: Desks, qtbot: QtBot):
    compared.transcript.type_text(1, RIGHT.segments[0].text)
    qtbot.waitUntil(lambda: label_text(compared.page, "decidedLabel") == "0 of 8 decided")


def test_a_new_one_is_queued_and_awaited(
    desks: Desks, qtbot: QtBot, studio: Studio, tone: Callable[[str], Path], tmp_path: Path
):
    path = tone("Gespräch.wav")
    first = done(studio, LEFT, "whisper-base", str(path))
    desks.transcript.open(first)
    dialog = desks.compare.ask()
    assert dialog is not None
    box = dialog.findChild(QWidget, "rerunModelBox")
    box.setCurrentIndex(box.findData("whisper-tiny.en"))
    with qtbot.waitSignal(desks.compare.queued) as told:
        press(qtbot, dialog, "opinionMakeButton")
    (asked,) = told.args
    assert asked.options.model == "whisper-tiny.en"
    id = studio.library.transcripts.create(Source(), EngineInfo("faster-whisper", "whisper-tiny.en"), asked.id)
    studio.library.transcripts.append(id, RIGHT.segments, 9000)
    studio.library.jobs.set_state(asked.id, JobState.DONE)
    with qtbot.waitSignal(desks.compare.ready):
        desks.compare.on_job_event(asked.id, JobChanged(studio.library.jobs.get(asked.id)))
    assert label_text(desks.page, "rightName") == "faster-whisper tiny.en"


def test_what_goes_wrong_in_the_dialog_has_its_sign(desks: Desks, qtbot: QtBot, tmp_path: Path):
    dialog = desks.compare.ask()
    assert dialog is not None
    note = dialog.findChild(QLabel, "opinionNote")
    sign = note.parentWidget().findChild(Sign)
    assert (note.isVisible(), sign.isVisible()) == (False, False)
    dialog.job_chosen.emit(tmp_path / "fehlt.srt")
    qtbot.waitUntil(note.isVisible)
    assert "“fehlt.srt”" in note.text()
    assert sign.isVisible(), "a sign beside what is red"


class TestTheDialogIsGoneWhenItIsFinished:
    @pytest.mark.parametrize("name", ["compareButton", "opinionCancelButton"])
    def test_however_it_ends(self, desks: Desks, qtbot: QtBot, name: str):
        dialog = desks.compare.ask()
        assert dialog is not None
        press(qtbot, dialog, name)
        qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
        assert not desks.window.findChildren(OpinionDialog)

    def test_what_was_begun_in_it_goes_on(self, desks: Desks, qtbot: QtBot):
        dialog = desks.compare.ask()
        assert dialog is not None
        with qtbot.waitSignal(desks.compare.ready):
            press(qtbot, dialog, "compareButton")
            close(dialog)
        assert label_text(desks.page, "rightName") == "faster-whisper small"

    def test_and_what_fails_is_said_in_the_window(self, desks: Desks, qtbot: QtBot):
        """The recording is not where it was."""
        dialog = desks.compare.ask()
        assert dialog is not None
        with qtbot.waitSignal(desks.compare.notice) as told:
            press(qtbot, dialog, "opinionMakeButton")
            close(dialog)
        assert told.args[0] == "error"
        assert "Öl.wav" in told.args[1]


def close(dialog: OpinionDialog) -> None:
    """Before anything that it began is finished."""
    dialog.reject()
    QApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(dialog)


def test_another_recording_closes_the_comparison(compared: Desks):
    compared.transcript.open(None)
    assert compared.compare.decisions is None
    assert not compared.commands["keepLeftAction"].isEnabled()
    assert compared.page.findChild(PassageList).isHidden() or not compared.page.list.isVisible()


def test_the_comparison_is_open_again_after_a_restart(compared: Desks, qtbot: QtBot, studio: Studio, tmp_path: Path):
    with qtbot.waitSignal(compared.transcript.saved):
        press(qtbot, compared.panel, "keepSurerButton")
    job, before = compared.transcript.job, compared.compare.decisions
    desks = Desks(studio)
    qtbot.addWidget(desks.window)
    shown: list[bool] = []
    desks.compare.ready.connect(lambda: shown.append(True))
    desks.transcript.open(job)
    qtbot.waitUntil(lambda: desks.compare.decisions is not None)
    assert len(desks.compare.decisions.open) == len(before.open) < len(before.comparison.differences)
    assert not shown  # nobody has asked to see it now
    file = tmp_path / "andere.srt"
    file.write_text("1\n00:00:00,000 --> 00:00:05,000\nSomething else\n", encoding="utf-8")
    with qtbot.waitSignal(desks.compare.ready):
        desks.compare.compare_with_file(file)
    desks.transcript.open(None)
    assert desks.compare.decisions is None
    desks.transcript.open(job)
    qtbot.waitUntil(lambda: desks.compare.decisions is not None)
    assert desks.compare.decisions.right.text == "Something else"
    file.unlink()
    desks.transcript.open(None)
    with qtbot.waitSignal(desks.compare.notice) as told:
        desks.transcript.open(job)
    assert "andere.srt" in told.args[1]
    desks.transcript.shut_down()
