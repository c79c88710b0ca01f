"""Jobs at vendors from the window: asked before, sent once, told about, gone on with. Stub servers over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from remote import NAME, ORDERS, POLLED, add_account, dialog, jobs, open_accounts, options, press, recording, until
from test_window import picture

from studio.core.accounts import Account
from studio.core.jobs import JobState, Progress
from studio.engines.remote.prosa import Prosa as Vendor
from studio.services.sending import ASK
from studio.ui.models.queue_model import QueueRole, Section
from studio.ui.queue.queue_panel import QueuePanel
from studio.ui.window.main_window import MainWindow
from tests.engines.remote.driving import HASTY
from tests.vendors.prosa import Prosa
from tests.vendors.slashml import BASE as SLASHML
from tests.vendors.slashml import SlashML

SLASHML_ORDERS = ("POST", f"{SLASHML}/jobs/")


@pytest.fixture
def stub() -> Iterator[Prosa]:
    with Prosa() as made:
        yield made


@pytest.fixture
def window(remote_window: MainWindow) -> MainWindow:
    """Asks only where it must: most tests are not about that."""
    remote_window._studio.library.settings.set(ASK, False)
    return remote_window


def send(window: MainWindow, *paths: Path, **fields: object) -> None:
    window.sending.add(list(paths), options(**fields))


def press_in_row(panel: QueuePanel, window: MainWindow, qtbot: QtBot, action: str) -> None:
    """The button in the row of the only job, with the mouse, once it is there."""

    def place() -> QRect | None:
        index = window.queue_model.index_of(jobs(window)[0].id)
        found = panel.list.itemDelegate().buttons(panel.list.visualRect(index), index)
        return next((place for name, place in found if name == action), None)

    qtbot.waitUntil(lambda: place() is not None)
    where = place()
    assert where is not None
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=where.center())


def accessible(window: MainWindow) -> str:
    """What a screen reader says of the first job."""
    found = jobs(window)
    index = window.queue_model.index_of(found[0].id) if found else QModelIndex()
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


class TestChoosingWhere:
    def test_accounts_stand_beside_this_computer(self, window: MainWindow, stub: Prosa, qtbot: QtBot) -> None:
        box = window.next_job.findChild(QComboBox, "nextModel")
        assert box.findText("On this computer") < 0, "where there is no other place, none is named"
        add_account(window, stub)
        entries = [box.itemText(n) for n in range(box.count())]
        assert entries[0] == "On this computer"
        assert entries[-1] == "Prosa · General"
        assert not box.model().flags(box.model().index(0, 0)) & Qt.ItemFlag.ItemIsEnabled
        language = window.next_job.findChild(QComboBox, "nextLanguage")
        language.setCurrentIndex(language.findData("de"))
        box.setCurrentIndex(box.count() - 1)
        chosen = window.next_job.options()
        assert (chosen.account, chosen.model, chosen.language) == (NAME, "stt-general", "auto")
        assert {language.itemData(n) for n in range(language.count())} <= {"auto", "id", "jw", "su", "en"}
        assert window._place.text() == "The sound of the next job goes to Prosa"
        assert window._studio.library.settings.get("next_job")["account"] == NAME
        window._studio.accounts.remove(NAME)
        window.accounts.changed.emit()
        assert window.next_job.options().account == ""
        assert window._place.text() == "Nothing leaves this computer"

    def test_a_choice_is_kept_for_the_next_start(self, window: MainWindow, stub: Prosa, qtbot: QtBot) -> None:
        add_account(window, stub)
        box = window.next_job.findChild(QComboBox, "nextModel")
        box.setCurrentIndex(box.count() - 1)
        again = MainWindow(window._studio)
        qtbot.addWidget(again)
        assert again.next_job.options().account == NAME

    def test_what_a_vendor_cannot_do_is_said(self, window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(window, stub)
        window._studio.accounts.put(Account("Slash", "slashml"))
        window.accounts.changed.emit()
        box = window.next_job.findChild(QComboBox, "nextModel")
        box.setCurrentIndex(box.findText("Slash · ", Qt.MatchFlag.MatchStartsWith))
        speakers = window.next_job.findChild(QComboBox, "nextSpeakers")
        assert "told apart" in speakers.toolTip() or "does not tell speakers apart" in speakers.toolTip()
        box.setCurrentIndex(box.findText("Prosa · ", Qt.MatchFlag.MatchStartsWith))
        window.next_job._more.click()
        asked = dialog(qtbot, window, "jobOptionsDialog")
        words = asked.findChild(QCheckBox, "completeWordsBox")
        assert words.isVisible()
        assert not asked.findChild(QWidget, "beamSpin").isVisible()
        assert "times sentences" in asked.findChild(QLabel, "jobOptionsNote").text()
        picture(asked, "remote-options")
        words.setChecked(True)
        asked.accept()
        assert window.next_job.options().complete_words


class TestAsking:
    def test_the_notice_comes_first_and_a_no_sends_nothing(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        add_account(window, stub, agreed=False)
        send(window, recording(tmp_path))
        asked = dialog(qtbot, window, "agreeDialog")
        assert any("goes to 127.0.0.1" in label.text() for label in asked.findChildren(QLabel))
        picture(asked, "remote-notice")
        press(asked, "agreeDialogNo")
        assert "Nothing was sent, and nothing was queued." in window.notices.texts()
        assert jobs(window) == []
        assert stub.requests() == []
        send(window, recording(tmp_path))
        press(dialog(qtbot, window, "agreeDialog"), "agreeDialogYes")
        until(qtbot, window, JobState.DONE)
        assert window._studio.accounts.get(NAME).agreed
        assert len(stub.requests(*ORDERS)) == 1

    def test_one_answer_covers_a_batch(self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path) -> None:
        window._studio.library.settings.set(ASK, True)
        add_account(window, stub, price=2.0, monthly_cap=50.0)
        files = [recording(tmp_path, f"{n}.wav", 6) for n in range(3)]
        send(window, *files)
        asked = dialog(qtbot, window, "sendDialog")
        assert asked.findChild(QLabel, "sendLength").text() == "0.3 min"
        assert asked.findChild(QLabel, "sendCost").text() == "about 0.60"
        picture(asked, "remote-send")
        press(asked, "sendDialogNo")
        assert jobs(window) == []
        assert stub.requests() == []
        send(window, *files)
        press(dialog(qtbot, window, "sendDialog"), "sendDialogYes")
        until(qtbot, window, JobState.DONE, JobState.DONE, JobState.DONE)
        send(window, *files)  # all done already: nothing to ask
        qtbot.waitUntil(lambda: any("done already" in words for words in window.notices.texts()))
        assert len(stub.requests(*ORDERS)) == 3

    @pytest.mark.parametrize(
        ("limits", "said"), [({"ask_above": 0.05}, "more than 0.05"), ({"monthly_cap": 0.05}, "pass your stop of 0.05")]
    )
    def test_what_is_dear_is_asked_even_where_asking_is_off(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path, limits: dict[str, float], said: str
    ) -> None:
        add_account(window, stub, price=2.0, **limits)
        send(window, recording(tmp_path))
        asked = dialog(qtbot, window, "sendDialog")
        assert any(said in label.text() for label in asked.findChildren(QLabel))
        press(asked, "sendDialogNo")
        assert stub.requests() == []

    def test_what_is_cheap_passes(self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path) -> None:
        add_account(window, stub, price=2.0, ask_above=0.5, monthly_cap=5.0)
        send(window, recording(tmp_path))
        until(qtbot, window, JobState.DONE)
        assert window.findChildren(QDialog, "sendDialog") == []

    def test_what_cannot_work_is_said(self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path) -> None:
        add_account(window, stub)
        send(window, recording(tmp_path), task="translate")
        qtbot.waitUntil(lambda: any("does not translate" in words for words in window.notices.texts()))
        assert jobs(window) == []
        assert stub.requests() == []


class TestAJob:
    def test_to_the_end(self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path) -> None:
        add_account(window, stub)
        stub.configure(polls_until_done=4)
        stages: list[str] = []
        window.queue.job_event.connect(lambda _, e: stages.append(e.stage) if isinstance(e, Progress) else None)
        send(window, recording(tmp_path, seconds=POLLED))
        until(qtbot, window, JobState.DONE)
        qtbot.waitUntil(lambda: window.transcript_model.rowCount() > 0)
        assert any(s.startswith("Sending to Prosa.ai") for s in stages)
        assert "Prosa.ai is writing the text" in stages
        qtbot.waitUntil(lambda: accessible(window).startswith("Gespräch.wav, 01:00, Prosa, Ready"))
        tag = window.page.findChild(QWidget, "notMeasured")
        qtbot.waitUntil(tag.isVisible)
        assert tag.accessibleName() == "No word times"
        assert "It gave no times of words." in tag.toolTip()
        assert "Re-time to the speech" in tag.toolTip()
        assert "does not say how sure" in window.commands["nextProblemAction"].toolTip()
        assert "made by Prosa" in window.page.findChild(QLabel, "fileAbout").text()
        picture(window, "remote-done")

    def test_what_the_vendor_says_of_it_is_in_its_details(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        assert not window.commands["detailsAction"].isEnabled()
        add_account(window, stub, price=6.0)
        send(window, recording(tmp_path))
        (job,) = until(qtbot, window, JobState.DONE)
        window._open_id(job.id)
        window.commands["detailsAction"].trigger()
        shown = dialog(qtbot, window, "detailsDialog")
        text = shown.findChild(QPlainTextEdit, "detailsText").toPlainText()
        (order,) = window._studio.library.submissions.of_job(job.id)
        for line in (
            "Gespräch.wav",
            "Text by: prosa stt-general, account “Prosa”",
            "It gave no times of words.",
            "Order 1: 0:00:00 to 0:00:03, done",
            "Estimated cost: 0.30",
            f"Our number: {order.uid}",
            f"Vendor's number of the job: {1:032x}",
            "Model, as the vendor says: stt-general",
        ):
            assert line in text.splitlines()
        assert f"Sent: {order.ordered} UTC to “Prosa”" in text
        picture(shown, "remote-details")

    def test_while_it_is_done(self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path) -> None:
        window._studio.accounts._pace = replace(HASTY, unit=0.1)  # in a hasty minute it would take too long
        add_account(window, stub)
        stub.configure(polls_until_done=None)
        send(window, recording(tmp_path, seconds=POLLED))
        qtbot.waitUntil(lambda: "Prosa.ai is writing the text" in accessible(window), timeout=15_000)
        picture(window, "remote-running")
        window.commands["queuePageAction"].setChecked(True)
        picture(window, "remote-running-page")

    def test_a_cancel_is_told_to_the_vendor(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        add_account(window, stub)
        stub.configure(polls_until_done=None)
        send(window, recording(tmp_path, seconds=POLLED))
        qtbot.waitUntil(lambda: len(stub.requests("GET")) >= 2, timeout=15_000)
        window.queue.cancel(jobs(window)[0].id)
        until(qtbot, window, JobState.CANCELLED)
        assert len(stub.requests("DELETE")) == 1
        assert len(stub.requests(*ORDERS)) == 1

    def test_a_new_key_and_it_goes_on_by_itself(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        add_account(window, stub, "stub-bad")
        send(window, recording(tmp_path), speakers="off")
        until(qtbot, window, JobState.PAUSED)
        qtbot.waitUntil(lambda: "refused the key" in accessible(window))
        assert window.queue_model.count(Section.NEEDS_YOU) == 1
        qtbot.waitUntil(lambda: any("refused the key" in words for words in window.notices.texts()))
        picture(window, "remote-key-refused")
        press_in_row(window.queue_view, window, qtbot, "account")
        shown = dialog(qtbot, window, "accountsWindow")
        assert shown.findChild(QLabel, "accountTitle").text() == NAME
        qtbot.waitUntil(shown.findChild(QLineEdit, "accountKeyField").isVisible)
        shown.findChild(QLineEdit, "accountKeyField").setText("stub-ok")
        press(shown, "accountSaveKey")
        until(qtbot, window, JobState.DONE)
        assert len([s for s in stub.requests(*ORDERS) if s.status == 200]) == 1

    def test_switched_on_again_and_it_goes_on_by_itself(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        add_account(window, stub)
        window.queue.set_paused(True)
        send(window, recording(tmp_path))
        until(qtbot, window, JobState.WAITING)
        add_account(window, stub, enabled=False)
        window.queue.set_paused(False)
        until(qtbot, window, JobState.PAUSED)
        qtbot.waitUntil(lambda: "is switched off. Switch it on" in accessible(window))
        press_in_row(window.queue_view, window, qtbot, "account")
        shown = dialog(qtbot, window, "accountsWindow")
        shown.findChild(QCheckBox, "accountEnabled").click()
        until(qtbot, window, JobState.DONE)
        assert len(stub.requests(*ORDERS)) == 1

    def test_a_job_whose_account_is_gone_says_so_and_waits_for_another(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        add_account(window, stub)
        window.queue.set_paused(True)
        send(window, recording(tmp_path))
        until(qtbot, window, JobState.WAITING)
        window._studio.accounts.remove(NAME)
        window.queue.set_paused(False)
        until(qtbot, window, JobState.PAUSED)
        qtbot.waitUntil(lambda: "There is no account “Prosa”. Add it in" in accessible(window))
        assert stub.requests() == []
        press_in_row(window.queue_view, window, qtbot, "account")
        dialog(qtbot, window, "accountsWindow")
        add_account(window, stub, agreed=False)
        window.accounts.agree(NAME)
        until(qtbot, window, JobState.DONE)

    def test_a_higher_stop_and_it_goes_on_by_itself(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        add_account(window, stub, price=2.0, monthly_cap=0.15)
        send(window, recording(tmp_path, "1.wav"))  # 0.10
        until(qtbot, window, JobState.DONE)
        send(window, recording(tmp_path, "2.wav"))
        press(dialog(qtbot, window, "sendDialog"), "sendDialogYes")  # the rest waits at the stop
        until(qtbot, window, JobState.DONE, JobState.PAUSED)
        picture(window, "remote-limit")
        assert len(stub.requests(*ORDERS)) == 1
        shown = open_accounts(qtbot, window)
        shown.choose(NAME)
        shown.findChild(QDoubleSpinBox, "accountCap").setValue(1.0)
        until(qtbot, window, JobState.DONE, JobState.DONE)
        assert len(stub.requests(*ORDERS)) == 2

    def test_out_of_reach_waits_and_can_be_tried_now(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        add_account(window, stub)
        stub.script("*", "*", times=None, status=503)
        send(window, recording(tmp_path))
        until(qtbot, window, JobState.PAUSED)
        qtbot.waitUntil(lambda: "Waiting. Prosa.ai cannot work at the moment" in accessible(window))
        assert window.queue_model.count(Section.WAITING) == 1, "it is tried again by itself"
        picture(window, "remote-unavailable")
        stub.reset()
        press_in_row(window.queue_view, window, qtbot, "resume")
        until(qtbot, window, JobState.DONE)


class TestMayBeCharged:
    @pytest.fixture
    def slashml(self) -> Iterator[SlashML]:
        with SlashML() as made:
            yield made

    @pytest.fixture
    def charged(self, window: MainWindow, qtbot: QtBot, slashml: SlashML, tmp_path: Path) -> MainWindow:
        """A job whose order was taken and whose answer never came, at a vendor that cannot be asked about it."""
        add_account(window, slashml)
        slashml.script(*SLASHML_ORDERS, drop="before_response")
        send(window, recording(tmp_path))
        until(qtbot, window, JobState.FAILED)
        assert [job.problem.kind for job in jobs(window) if job.problem] == ["Ambiguous"]
        qtbot.waitUntil(lambda: "charged already" in accessible(window))
        return window

    def test_it_is_sent_again_only_when_the_user_says_so(
        self, charged: MainWindow, qtbot: QtBot, slashml: SlashML
    ) -> None:
        assert len(slashml.requests(*SLASHML_ORDERS)) == 1
        picture(charged, "remote-ambiguous")
        assert not charged.findChild(QPushButton, "transcriptRetryButton").isVisible()
        charged.commands["queuePageAction"].setChecked(True)
        charged.queue_page.list.setCurrentIndex(charged.queue_model.index_of(jobs(charged)[0].id))
        picture(charged, "remote-ambiguous-page")
        QTest.keyClick(charged.queue_page.list, Qt.Key.Key_R)  # Retry is no answer to that
        assert jobs(charged)[0].state is JobState.FAILED
        charged.sending.retry(jobs(charged)[0].id)  # as other buttons do: it asks the vendor, and orders nothing
        until(qtbot, charged, JobState.FAILED)
        assert len(slashml.requests(*SLASHML_ORDERS)) == 1
        press_in_row(charged.queue_page, charged, qtbot, "send_again")
        until(qtbot, charged, JobState.DONE)
        assert len(slashml.requests(*SLASHML_ORDERS)) == 2

    def test_it_is_left(self, charged: MainWindow, qtbot: QtBot, slashml: SlashML) -> None:
        index = charged.queue_model.index_of(jobs(charged)[0].id)
        menu = charged.queue_view._make_menu([index.data(QueueRole.JOB)])
        given = [a for a in menu.actions() if a.text() in ("Send again", "Leave it")]
        assert [a.text() for a in given] == ["Send again", "Leave it"]
        given[1].trigger()
        until(qtbot, charged, JobState.CANCELLED)
        assert len(slashml.requests(*SLASHML_ORDERS)) == 1
        qtbot.waitUntil(lambda: charged.queue_model.count(Section.NEEDS_YOU) == 0)


class TestLost:
    def test_trying_again_costs_again_and_is_asked(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path
    ) -> None:
        add_account(window, stub, price=2.0)
        stub.configure(outcome="failed")
        send(window, recording(tmp_path))
        until(qtbot, window, JobState.FAILED)
        qtbot.waitUntil(lambda: "cost again" in accessible(window))
        picture(window, "remote-failed")
        window._studio.library.settings.set(ASK, True)
        press_in_row(window.queue_view, window, qtbot, "retry")
        press(dialog(qtbot, window, "sendDialog"), "sendDialogNo")
        assert len(stub.requests(*ORDERS)) == 1
        stub.configure(outcome="complete")
        press_in_row(window.queue_view, window, qtbot, "retry")
        press(dialog(qtbot, window, "sendDialog"), "sendDialogYes")
        until(qtbot, window, JobState.DONE)
        assert len(stub.requests(*ORDERS)) == 2


class TestClosing:
    def test_results_that_are_kept_for_an_hour_only(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add_account(window, stub)
        stub.configure(polls_until_done=None)
        send(window, recording(tmp_path, seconds=POLLED))
        qtbot.waitUntil(lambda: len(stub.requests("GET")) >= 2, timeout=15_000)
        assert window.sending.closes(), "a vendor that keeps results is no worry"
        monkeypatch.setattr(Vendor, "keeps", 3600.0)
        asked: list[str] = []

        def answer(parent: QWidget, title: str, question: str) -> QMessageBox.StandardButton:
            asked.append(question)
            return QMessageBox.StandardButton.No

        monkeypatch.setattr(QMessageBox, "question", answer)
        window.close()
        assert window.isVisible()
        assert "“Gespräch.wav”" in asked[0]
        assert "one hour only" in asked[0]
        monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
