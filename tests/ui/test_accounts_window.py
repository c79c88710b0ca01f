"""Engines and accounts: adding, testing, changing and removing accounts, at stub servers over real HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from remote import NAME, MemoryKeyring, add_account, dialog, open_accounts, press
from test_window import nameless, picture

from studio.core.accounts import Account
from studio.core.errors import AuthError, Unavailable
from studio.library import Submission
from studio.services import standing
from studio.services.standing import Standing, State
from studio.ui.accounts.window import AccountsWindow
from studio.ui.widgets.sign import Sign
from studio.ui.window.main_window import MainWindow
from tests.vendors.prosa import Prosa

KEY = "a-long-key-of-a-vendor-q7Xd"


@pytest.fixture
def stub() -> Iterator[Prosa]:
    with Prosa(valid_keys=["stub-ok", KEY]) as made:
        yield made


def text(window: QWidget, name: str) -> str:
    return window.findChild(QLabel, name).text()


def outcome(qtbot: QtBot, shown: AccountsWindow) -> str:
    """Press the button and wait for what comes of it."""
    press(shown, "accountTest")
    button = shown.findChild(QPushButton, "accountTest")
    qtbot.waitUntil(lambda: button.text() == "Test connection", timeout=15_000)
    return text(shown, "accountTestResult")


def state(qtbot: QtBot, window: MainWindow, shown: AccountsWindow, name: str, wanted: State) -> Standing:
    def found() -> Standing | None:
        return next((s for s in shown._overview.standings if s.account.name == name and s.state is wanted), None)

    qtbot.waitUntil(lambda: found() is not None, timeout=10_000)
    made = found()
    assert made is not None
    return made


def enter(field: QLineEdit, words: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)


class TestAdding:
    def test_by_hand_with_a_key_in_the_keyring(
        self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa, keyring_in_memory: MemoryKeyring
    ) -> None:
        shown = open_accounts(qtbot, remote_window)
        press(shown, "addAccount")
        adding = dialog(qtbot, shown, "addAccountDialog")
        kind = adding.findChild(QComboBox, "newKind")
        kind.setCurrentIndex(kind.findData("prosa"))
        add = adding.findChild(QPushButton, "addAccountAdd")
        assert not add.isEnabled()
        assert "a key" in add.toolTip()
        adding.findChild(QLineEdit, "newUrl").setText(stub.base_url)
        key = adding.findChild(QLineEdit, "newKeyField")
        assert key.echoMode() == QLineEdit.EchoMode.Password
        key.setText(KEY)
        picture(adding, "accounts-add")
        add.click()
        state(qtbot, remote_window, shown, "Prosa.ai", State.CONNECTED)  # it is tried at once
        assert shown.list.current() == "Prosa.ai"
        assert keyring_in_memory.kept == {("transcription-studio", "Prosa.ai"): KEY}
        assert [s.path for s in stub.requests("POST")] == []

    def test_what_cannot_work_is_said_and_not_stored(
        self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa
    ) -> None:
        shown = open_accounts(qtbot, remote_window)
        press(shown, "addAccount")
        adding = dialog(qtbot, shown, "addAccountDialog")
        kind = adding.findChild(QComboBox, "newKind")
        kind.setCurrentIndex(kind.findData("prosa"))
        insecure = adding.findChild(QCheckBox, "newInsecure")
        adding.findChild(QLineEdit, "newUrl").setText("http://127.0.0.1:8000/v2/")
        assert insecure.isHidden(), "nobody can listen in on this computer"
        adding.findChild(QLineEdit, "newUrl").setText("http://192.0.2.7/v2/")
        adding.findChild(QLineEdit, "newKeyField").setText(KEY)
        press(adding, "addAccountAdd")
        problem = adding.findChild(QLabel, "addAccountProblem")
        qtbot.waitUntil(problem.isVisible)
        assert "not encrypted" in problem.text()
        assert remote_window._studio.accounts.all() == []
        insecure.setChecked(True)
        press(adding, "addAccountAdd")
        qtbot.waitUntil(lambda: [a.insecure for a in remote_window._studio.accounts.all()] == [True])

    def test_without_a_keyring_the_other_places_are_offered(
        self, remote_window: MainWindow, qtbot: QtBot, keyring_in_memory: MemoryKeyring, stub: Prosa
    ) -> None:
        MemoryKeyring.priority, before = 0, MemoryKeyring.priority  # type: ignore[assignment]
        try:
            shown = open_accounts(qtbot, remote_window)
            press(shown, "addAccount")
            adding = dialog(qtbot, shown, "addAccountDialog")
            place = adding.findChild(QComboBox, "newKeyPlace")
            assert [place.itemData(n) for n in range(place.count())] == ["file", "memory", "variable"]
            assert "no keyring" in text(adding, "newKeyNote")
            picture(adding, "accounts-no-keyring")
            place.setCurrentIndex(place.findData("memory"))
            kind = adding.findChild(QComboBox, "newKind")
            kind.setCurrentIndex(kind.findData("prosa"))
            adding.findChild(QLineEdit, "newUrl").setText(stub.base_url)
            adding.findChild(QLineEdit, "newKeyField").setText(KEY)
            press(adding, "addAccountAdd")
            state(qtbot, remote_window, shown, "Prosa.ai", State.CONNECTED)
            assert text(shown, "accountKeyPlace") == "Kept for this run only."
            assert not remote_window._studio.home.keys.exists()
        finally:
            MemoryKeyring.priority = before  # type: ignore[assignment]


class TestTesting:
    def test_a_good_key(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(remote_window, stub, KEY)
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        words = outcome(qtbot, shown)
        assert "Answered in" in words
        assert words.endswith("No sound was sent.")
        state(qtbot, remote_window, shown, NAME, State.CONNECTED)
        model = shown.findChild(QComboBox, "accountModel")
        qtbot.waitUntil(lambda: model.findData("stt-general-online") > 0)
        assert model.itemText(model.findData("stt-general-online")) == "ASR General Online"
        assert [s.method for s in stub.requests("POST")] == []

    def test_a_wrong_key(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(remote_window, stub, "stub-bad")
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        assert outcome(qtbot, shown) == "Prosa.ai refused the key. Paste a new key, then it goes on by itself."
        state(qtbot, remote_window, shown, NAME, State.REFUSED)
        picture(shown, "accounts-key-refused")

    def test_a_wrong_address(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(remote_window, stub, KEY, url=f"{stub.url}/elsewhere/")
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        assert "Check the account's address" in outcome(qtbot, shown)
        state(qtbot, remote_window, shown, NAME, State.SILENT)

    def test_a_captive_portal(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(remote_window, stub, KEY)
        stub.script("*", "*", times=None, status=200, headers={"Content-Type": "text/html"}, body="<html>Log in</html>")
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        assert "a web page instead of data" in outcome(qtbot, shown)

    def test_no_network(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        add_account(remote_window, stub, KEY, url=f"http://127.0.0.1:{port}/v2/speech/")
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        assert "cannot be reached" in outcome(qtbot, shown)
        assert "the job keeps its place" in state(qtbot, remote_window, shown, NAME, State.SILENT).sentence
        picture(shown, "accounts-not-answering")

    def test_a_test_can_be_stopped_and_the_window_goes_on(
        self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa
    ) -> None:
        add_account(remote_window, stub, KEY)
        stub.script("*", "*", times=None, delay_s=60)
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        press(shown, "accountTest")
        stub.wait_for(1)
        button = shown.findChild(QPushButton, "accountTest")
        assert button.text() == "Stop"
        button.click()
        qtbot.waitUntil(lambda: button.text() == "Test connection", timeout=3_000)
        assert text(shown, "accountTestResult") == ""


class TestTheKey:
    def test_only_its_end_is_shown(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(remote_window, stub, KEY)
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        field = shown.findChild(QLineEdit, "accountKey")
        assert field.text().endswith("• q7Xd")
        assert field.isReadOnly()
        assert text(shown, "accountKeyPlace") == "Kept in the system keyring."
        everything = " ".join(w.text() + w.accessibleDescription() for w in shown.findChildren(QLineEdit))
        assert KEY not in everything + " ".join(w.text() for w in shown.findChildren(QLabel))

    def test_where_it_was_refused_the_field_for_another_is_open(
        self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa
    ) -> None:
        add_account(remote_window, stub, "stub-bad")
        standing.remember(remote_window._studio, NAME, AuthError("Prosa.ai refused the key.", "Paste one.").problem)
        remote_window.accounts.open(NAME)
        qtbot.waitUntil(lambda: remote_window.findChild(AccountsWindow) is not None)
        shown = remote_window.findChild(AccountsWindow)
        qtbot.waitUntil(shown.findChild(QLineEdit, "accountKeyField").hasFocus)

    def test_another_one_goes_to_a_variable(
        self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PROSA_KEY", KEY)
        add_account(remote_window, stub, "stub-bad")
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        press(shown, "accountReplaceKey")
        place = shown.findChild(QComboBox, "accountKeyPlace")
        place.setCurrentIndex(place.findData("variable"))
        enter(shown.findChild(QLineEdit, "accountKeyField"), "PROSA_KEY")
        found = state(qtbot, remote_window, shown, NAME, State.CONNECTED)  # a new key is tried at once
        assert (found.place, found.tail) == ("variable", "q7Xd")
        assert "environment variable PROSA_KEY" in text(shown, "accountKeyPlace")

    def test_it_is_removed_after_a_question(
        self,
        remote_window: MainWindow,
        qtbot: QtBot,
        stub: Prosa,
        keyring_in_memory: MemoryKeyring,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        add_account(remote_window, stub, KEY)
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
        press(shown, "accountRemoveKey")
        assert keyring_in_memory.kept
        monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
        press(shown, "accountRemoveKey")
        assert state(qtbot, remote_window, shown, NAME, State.UNSET).sentence == "It needs a key."
        assert not keyring_in_memory.kept
        press(shown, "accountRemove")
        qtbot.waitUntil(lambda: not shown._overview.standings)
        assert shown.list.current() == ""
        assert remote_window._studio.accounts.all() == []


class TestChanging:
    def test_what_is_chosen_is_stored_at_once(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(remote_window, stub, KEY)
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        stored = remote_window._studio.accounts.get
        shown.findChild(QDoubleSpinBox, "accountPrice").setValue(0.015)
        shown.findChild(QDoubleSpinBox, "accountAskAbove").setValue(0.5)
        shown.findChild(QDoubleSpinBox, "accountCap").setValue(8)
        shown.findChild(QSpinBox, "accountAtOnce").setValue(5)
        shown.findChild(QCheckBox, "accountRandomNames").click()
        enter(shown.findChild(QLineEdit, "accountSwitch_legacy_engine"), "yes")
        account = stored(NAME)
        assert (account.price, account.ask_above, account.monthly_cap, account.at_once) == (0.015, 0.5, 8.0, 5)
        assert account.random_names
        assert account.options == {"legacy_engine": "yes"}
        assert account.agreed
        shown.findChild(QDoubleSpinBox, "accountCap").setValue(0)
        assert stored(NAME).monthly_cap is None
        shown.findChild(QCheckBox, "accountEnabled").click()
        state(qtbot, remote_window, shown, NAME, State.OFF)
        assert remote_window.next_job._model.findText("Prosa", Qt.MatchFlag.MatchStartsWith) < 0
        shown.findChild(QCheckBox, "askBeforeSending").click()
        assert remote_window._studio.library.settings.get("ask_before_sending") is False

    def test_another_address_asks_for_agreement_again(
        self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa
    ) -> None:
        add_account(remote_window, stub, KEY)
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        assert shown.findChild(QLabel, "accountAgreed").isVisible()
        field = shown.findChild(QLineEdit, "accountUrl")
        enter(field, "http://192.0.2.7/")
        assert "not encrypted" in text(shown, "accountProblem")
        sign = shown.findChild(QLabel, "accountProblem").parentWidget().findChild(Sign)
        assert sign.isVisible(), "a sign beside what is red"
        assert remote_window._studio.accounts.get(NAME).url == stub.base_url
        enter(field, "https://speech.example.com/v2/")
        qtbot.waitUntil(shown.findChild(QPushButton, "accountAgree").isVisible)
        assert shown.findChild(QWidget, "accountRoute").accessibleName().endswith("speech.example.com")
        assert text(shown, "accountProblem") == ""
        assert not sign.isVisible()
        press(shown, "accountAgree")
        qtbot.waitUntil(shown.findChild(QLabel, "accountAgreed").isVisible)
        assert remote_window._studio.accounts.get(NAME).agreed


def spend(window: MainWindow, cost: float, minutes: float) -> Submission:
    """As if an order of that cost had been placed this month."""
    from studio.core.jobs import JobOptions
    from studio.core.parts import Part

    library = window._studio.library
    length = round(minutes * 60_000)
    job = library.jobs.add(
        f"/{cost}.wav", "Wawancara_Bu_Ratna.mp4", f"c{cost}", length, "account:none", JobOptions(account=NAME)
    )
    sent = library.submissions.add(job.id, 0, Part(0, length, 0, length), NAME, "prosa", "f", job.name, cost)
    library.submissions.mark(sent.uid, "submitted", {}, ordered=True)
    return sent


class TestLooks:
    def test_all_states_beside_one_another(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        studio = remote_window._studio
        add_account(remote_window, stub, KEY, price=0.015, ask_above=0.5, monthly_cap=8.0, url="", random_names=True)
        done = spend(remote_window, 0.63, 42.3)
        studio.library.submissions.end(done.uid, "done")
        spend(remote_window, 2.49, 166)
        put = studio.accounts.put
        put(Account("SlashML", "slashml", price=0.01, agreed=True))
        put(Account("AssemblyAI", "assemblyai", monthly_cap=0.0), KEY)
        put(Account("Old gateway", "prosa", url="https://old.example.com/v2/"), KEY)
        put(Account("Work gateway", "prosa", url="https://work.example.com/v2/"), KEY)
        put(Account("New gateway", "prosa", url="https://new.example.com/v2/"))
        standing.remember(studio, NAME, None)
        standing.remember(studio, "Old gateway", AuthError("Prosa.ai refused the key.", "Paste a new one.").problem)
        standing.remember(studio, "Work gateway", Unavailable("work.example.com does not answer.").problem)
        remote_window.accounts.changed.emit()
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        states = {s.account.name: s.state for s in shown._overview.standings}
        assert states == {
            NAME: State.CONNECTED,
            "SlashML": State.NEW,
            "AssemblyAI": State.LIMIT,
            "Old gateway": State.REFUSED,
            "Work gateway": State.SILENT,
            "New gateway": State.UNSET,
        }
        rows = [shown.list.item(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(shown.list.count())]
        assert "Prosa, Connected. 3.12 of 8.00 used this month." in rows
        assert "3.12</b> of 8.00 used in" in text(shown, "accountSpent")
        shown.resize(1180, 820)
        picture(shown, "accounts")
        scroll = shown.findChild(QWidget, "accountScroll")
        scroll.verticalScrollBar().setValue(10_000)  # type: ignore[attr-defined]
        QApplication.processEvents()
        picture(shown, "accounts-below")
        shown.choose("")
        picture(shown, "accounts-here")

    def test_all_can_be_reached_and_named(self, remote_window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(remote_window, stub, KEY)
        shown = open_accounts(qtbot, remote_window)
        shown.choose(NAME)
        press(shown, "accountReplaceKey")
        assert nameless(remote_window) == []
        shown.list.setFocus()
        QTest.keyClick(shown.list, Qt.Key.Key_Up)
        assert shown.list.current() == ""
        QTest.keyClick(shown.list, Qt.Key.Key_Down)
        assert shown.list.current() == NAME
        reached = set()
        for _ in range(40):
            QTest.keyClick(QApplication.focusWidget() or shown, Qt.Key.Key_Tab)
            focused = QApplication.focusWidget()
            reached.add(focused.objectName() if focused else "")
        assert {
            "addAccount",
            "askBeforeSending",
            "accountTest",
            "accountPrice",
            "accountRemove",
            "accountsClose",
        } <= reached
        QTest.keyClick(QApplication.focusWidget() or shown, Qt.Key.Key_Escape)
        assert not shown.isVisible()
