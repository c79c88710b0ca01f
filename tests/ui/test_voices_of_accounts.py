"""Voices of accounts in the window: asked before, sent once, kept, and told about. Stub servers over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from remote import dialog, notice_with, press
from talks import LINES, label_text, open_talk

from studio.core.accounts import Account
from studio.core.speaking import Manner
from studio.library import Home
from studio.services import speaking
from studio.services.sending import ASK
from studio.services.speaking import Utterance
from studio.services.studio import Studio
from studio.ui.window.main_window import MainWindow
from tests.vendors.messages import Seen
from tests.vendors.openai_like import OpenAILike
from tests.vendors.prosa import Prosa

ORDERS = ("POST", "/v1/audio/speech")
NOTHING = "Nothing was sent, and nothing is spoken."


@pytest.fixture
def stub() -> Iterator[OpenAILike]:
    with OpenAILike() as made:
        yield made


@pytest.fixture
def window(remote_window: MainWindow, stub: OpenAILike) -> MainWindow:
    """A talk in the voice Alloy of an account at the stub, nobody agreed to; asks only where it must."""
    studio = remote_window._studio
    studio.library.settings.set(ASK, False)
    studio.accounts.put(Account("Studio key", "openai", url=stub.url + "/v1"), "stub-ok")
    open_talk(remote_window)
    speaking.set_usual(studio, remote_window.desk.transcript.language, Manner("@Studio key/alloy"))
    return remote_window


def change(window: MainWindow, **fields: object) -> None:
    accounts = window._studio.accounts
    accounts.put(replace(accounts.get("Studio key"), **fields))  # type: ignore[arg-type]


def speak(window: MainWindow, row: int = 0) -> None:
    window.desk.selection.set([window.desk.model.segment(row).id])
    window.commands["speakAction"].trigger()


def sent(stub: OpenAILike) -> list[Seen]:
    return stub.requests(*ORDERS)


def spoken(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until all that was asked for is made."""
    desk = window.desks.speaking
    qtbot.waitUntil(lambda: desk._steps is None and bool(desk._sounding), timeout=10_000)


def test_nothing_is_sent_before_the_user_agrees(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    speak(window)
    asked = dialog(qtbot, window, "agreeDialog")
    assert "127.0.0.1" in asked.windowTitle()
    assert any("text that you have spoken" in label.text() for label in asked.findChildren(QLabel))
    press(asked, "agreeDialogNo")
    assert NOTHING in window.notices.texts()
    assert not stub.requests()
    assert not window._studio.accounts.get("Studio key").text_agreed
    speak(window)
    press(dialog(qtbot, window, "agreeDialog"), "agreeDialogYes")
    spoken(qtbot, window)
    assert [seen.fields["input"] for seen in sent(stub)] == [LINES[0][1]]
    assert sent(stub)[0].fields["voice"] == "alloy"


def test_the_same_text_is_ordered_once(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    window._studio.accounts.agree("Studio key")
    for _ in range(2):
        speak(window)
        spoken(qtbot, window)
        window.commands["stopSpeakingAction"].trigger()
    assert len(sent(stub)) == 1


def test_a_price_above_the_limit_is_asked_for(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    window._studio.accounts.agree("Studio key")
    change(window, speech_price=10.0, ask_above=0.1)
    speak(window)
    asked = dialog(qtbot, window, "speechDialog")
    assert label_text(asked, "sendCost") == "about 0.44"
    assert label_text(asked, "sendText") == "44 characters"
    press(asked, "speechDialogNo")
    assert NOTHING in window.notices.texts()
    assert not sent(stub)
    speak(window)
    press(dialog(qtbot, window, "speechDialog"), "speechDialogYes")
    spoken(qtbot, window)
    window.commands["stopSpeakingAction"].trigger()
    speak(window)  # what was paid for asks no more
    spoken(qtbot, window)
    assert len(sent(stub)) == 1


def test_pressing_twice_asks_once(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    speak(window)
    speak(window)
    press(dialog(qtbot, window, "agreeDialog"), "agreeDialogYes")
    spoken(qtbot, window)
    assert len(sent(stub)) == 1
    assert not window.findChildren(QLabel, "sendCost")


def test_what_is_stopped_under_way_is_not_paid_for_in_vain(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    window._studio.accounts.agree("Studio key")
    stub.script(*ORDERS, delay_s=0.5)
    speak(window)
    qtbot.waitUntil(lambda: len(sent(stub)) == 1)
    window.commands["stopSpeakingAction"].trigger()
    assert not window.desks.speaking.active
    speak(window)
    spoken(qtbot, window)
    assert len(sent(stub)) == 1


def test_what_may_have_arrived_is_sent_again_only_on_request(
    qtbot: QtBot, window: MainWindow, stub: OpenAILike
) -> None:
    window._studio.accounts.agree("Studio key")
    stub.script(*ORDERS, drop="before_response")
    speak(window)
    again = notice_with(qtbot, window, "Send again")
    assert len(sent(stub)) == 1
    speak(window)
    qtbot.waitUntil(lambda: not window.desks.speaking.active)
    again = notice_with(qtbot, window, "Send again")
    assert len(sent(stub)) == 1
    again.click()
    spoken(qtbot, window)
    assert len(sent(stub)) == 2


def test_a_refused_key_leads_to_the_account(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    window._studio.accounts.agree("Studio key")
    window._studio.accounts.put(window._studio.accounts.get("Studio key"), "stub-bad")
    speak(window)
    notice_with(qtbot, window, "Open the account").click()
    shown = dialog(qtbot, window, "accountsWindow")
    assert label_text(shown, "accountTitle") == "Studio key"
    shown.close()


def test_what_is_busy_is_tried_again_and_nothing_made_is_lost(
    qtbot: QtBot, window: MainWindow, stub: OpenAILike
) -> None:
    window._studio.accounts.agree("Studio key")
    speak(window, 0)
    spoken(qtbot, window)
    window.commands["stopSpeakingAction"].trigger()
    stub.script(*ORDERS, status=429, times=None)
    window.desk.selection.set([s.id for s in window.desk.model.segments()][:2])
    window.commands["speakAction"].trigger()
    again = notice_with(qtbot, window, "Try again")
    assert window.desks.speaking._sounding, "the first passage is heard all the same"
    stub.reset()
    again.click()
    spoken(qtbot, window)
    qtbot.waitUntil(lambda: len(window.desks.speaking._sounding) >= 2)
    assert [seen.fields["input"] for seen in sent(stub)] == [LINES[1][1].split("? ")[0] + "?", LINES[1][1][10:]]


def test_voices_of_accounts_are_offered_with_a_cloud(qtbot: QtBot, window: MainWindow) -> None:
    window.commands["speechVoicesAction"].trigger()
    panel = window.desks.casting.panel
    card = panel.cards[0]
    assert card.voice_button.text() == "Alloy · Studio key"
    assert not card._cloud.isHidden()
    card.voice_button.click()
    panel._picker.search.setText("studio key")
    listed = [panel._picker.list.item(n).text() for n in range(panel._picker.list.count())]
    assert "Nova · Studio key" in listed
    panel._picker.hide()


def test_an_account_that_is_switched_off_says_so(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    change(window, enabled=False)
    speak(window)
    notice_with(qtbot, window, "Open the account")
    assert not stub.requests()


def test_a_voice_over_passes_the_same_gate(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    window.desks.casting.changed.emit()  # who speaks by default was chosen after it was opened
    window.commands["makeVoiceoverAction"].trigger()
    press(dialog(qtbot, window, "agreeDialog"), "agreeDialogNo")
    assert not stub.requests()
    assert not window.desks.voiceover.making
    for _ in range(2):
        window.commands["makeVoiceoverAction"].trigger()
        if not sent(stub):
            press(dialog(qtbot, window, "agreeDialog"), "agreeDialogYes")
            qtbot.waitUntil(lambda: window.desks.voiceover.making, timeout=10_000)
        qtbot.waitUntil(lambda: not window.desks.voiceover.making, timeout=20_000)
    texts = [seen.fields["input"] for seen in sent(stub)]
    assert len(texts) == len(set(texts)) >= len(LINES)


SHORT = "She said this."
LONG = "The tide comes up through the drains of the old harbour " + "and of the new one " * 11 + "before anyone is up."


def test_a_restart_orders_nothing_twice(qtbot: QtBot, window: MainWindow, home: Path) -> None:
    """Prosa.ai is asked after what it was ordered before the program ended."""
    studio, orders = window._studio, ("POST", "/v2/speech/tts")
    with Prosa(polls_until_done=None) as stub:
        studio.accounts.put(Account("Prosa", "prosa-tts", url=stub.base_url), "stub-ok")
        studio.accounts.agree("Prosa")
        manner = Manner("@Prosa/tts-jennifer")
        window.desks.speaking.speak([Utterance(f"{SHORT} {LONG}", manner, "en")])
        qtbot.waitUntil(lambda: any(s.path.startswith(orders[1] + "/") for s in stub.requests("GET")), timeout=10_000)
        before = len(stub.requests(*orders))
        window.close()
        stub.configure(polls_until_done=0)
        later = MainWindow(replace(Studio.open(Home(home).prepared()), accounts=studio.accounts))
        try:
            later.desks.speaking.speak([Utterance(f"{SHORT} {LONG}", manner, "en")])
            spoken(qtbot, later)
            texts = [seen.fields["request"]["text"] for seen in stub.requests(*orders)]
        finally:
            later.close()
    assert before == 2
    assert texts == [SHORT, LONG]
