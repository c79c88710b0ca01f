"""A voice-over in the voice of an account: asked before, ordered once, and never again unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from remote import dialog, notice_with, press
from talks import LINES, label_text, open_talk

from studio.core.accounts import Account
from studio.core.speaking import Manner
from studio.services import speaking
from studio.services.sending import ASK
from studio.ui.models.voiceover import State
from studio.ui.window.main_window import MainWindow
from tests.vendors.openai_like import OpenAILike

ORDERS = ("POST", "/v1/audio/speech")
PATIENCE = 60_000  # milliseconds


@pytest.fixture
def stub() -> Iterator[OpenAILike]:
    with OpenAILike() as made:
        yield made


@pytest.fixture
def window(remote_window: MainWindow, stub: OpenAILike) -> MainWindow:
    """A talk in the voice Alloy of an account at the stub; nobody has agreed to send a text there."""
    studio = remote_window._studio
    studio.library.settings.set(ASK, False)
    studio.accounts.put(Account("Studio key", "openai", url=stub.url + "/v1"), "stub-ok")
    open_talk(remote_window)
    speaking.set_usual(studio, remote_window.desk.transcript.language, Manner("@Studio key/alloy"))
    remote_window.desks.casting.changed.emit()
    remote_window.commands["voiceoverModeAction"].trigger()
    return remote_window


def sent(stub: OpenAILike) -> list[object]:
    return [seen.fields["input"] for seen in stub.requests(*ORDERS)]


def ended(qtbot: QtBot, window: MainWindow, do: Callable[[], object] | None = None) -> list[State]:
    """The states of the cues once what `do` began, by default to make all of it, has come to an end."""
    window._studio.accounts.agree("Studio key")
    desk = window.desks.voiceover
    with qtbot.waitSignal(desk.maker.ended, timeout=PATIENCE):
        (do or window.commands["makeVoiceoverAction"].trigger)()
    return [desk.voiceover.state(cue) for cue in window.desk.model.segments()]


def reasons(window: MainWindow) -> list[str]:
    """Why each cue could not be spoken, as its row tells."""
    model = window.desks.voiceover.page.table.model()
    return [model.reason(cue) for cue in window.desk.model.segments()]


def test_it_is_asked_before_and_made_once(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    desk = window.desks.voiceover
    window.commands["makeVoiceoverAction"].trigger()
    press(dialog(qtbot, window, "agreeDialog"), "agreeDialogNo")
    assert not desk.making
    assert not sent(stub)
    window.commands["makeVoiceoverAction"].trigger()
    press(dialog(qtbot, window, "agreeDialog"), "agreeDialogYes")
    count = window.desk.model.rowCount()
    qtbot.waitUntil(lambda: len(desk.voiceover.spoke) == count and not desk.making, timeout=PATIENCE)
    assert " ".join(map(str, sent(stub))) == " ".join(cue.text for cue in window.desk.model.segments())


def test_what_costs_is_not_made_again_by_itself(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    desk = window.desks.voiceover
    window._studio.accounts.agree("Studio key")
    window.commands["makeVoiceoverAction"].trigger()
    count = window.desk.model.rowCount()
    qtbot.waitUntil(lambda: len(desk.voiceover.spoke) == count and not desk.making, timeout=PATIENCE)
    first, before = window.desk.model.segment(0), len(sent(stub))
    window.desk.type_text(first.id, "Other words.")
    with qtbot.waitSignal(desk._again.timeout, timeout=PATIENCE):
        pass
    assert not desk.making
    assert len(sent(stub)) == before
    assert desk.voiceover.state(window.desk.model.segment(0)) is State.OUTDATED
    assert desk.page.making.make.text() == "Make 1 cue again"
    window.commands["makeVoiceoverAction"].trigger()
    qtbot.waitUntil(lambda: not desk.voiceover.to_make() and not desk.making, timeout=PATIENCE)
    assert sent(stub)[before:] == ["Other words."]


def test_what_was_paid_for_is_taken_up_when_the_recording_is_opened_again(
    qtbot: QtBot, window: MainWindow, stub: OpenAILike
) -> None:
    """And what was written back as it was; nothing is ordered for it."""
    desk, job = window.desks.voiceover, window.desk.job
    assert set(ended(qtbot, window)) == {State.MADE}
    before, placed = len(sent(stub)), dict(desk.voiceover.placed)
    window._open(None)
    assert not desk.voiceover.begun
    window._open(job)
    window.commands["voiceoverModeAction"].trigger()
    qtbot.waitUntil(lambda: desk.voiceover.placed == placed and not desk.making, timeout=PATIENCE)
    first = window.desk.model.segment(0)
    with qtbot.waitSignal(desk._again.timeout, timeout=PATIENCE):
        window.desk.type_text(first.id, "Other words.")
    window.commands["undoAction"].trigger()
    qtbot.waitUntil(lambda: desk.voiceover.placed == placed and not desk.making, timeout=PATIENCE)
    assert len(sent(stub)) == before


def test_what_may_have_arrived_is_sent_again_only_on_request_and_alone(
    qtbot: QtBot, window: MainWindow, stub: OpenAILike
) -> None:
    stub.script(*ORDERS, drop="before_response")
    rest = [State.MADE] * (len(LINES) - 1)
    assert ended(qtbot, window) == [State.MISSED, *rest], "the others are spoken"
    notice_with(qtbot, window, "Send again")
    ordered = len(sent(stub))
    assert reasons(window)[0] in window.notices.texts()
    assert window.desks.voiceover.page.making.make.text() == "Try 1 cue again"
    assert ended(qtbot, window) == [State.MISSED, *rest]
    assert len(sent(stub)) == ordered, "nothing is ordered anew unasked"
    again = notice_with(qtbot, window, "Send again")
    assert reasons(window)[0], "its row tells why, too"
    assert ended(qtbot, window, again.click) == [State.MADE, *rest]
    assert sent(stub)[ordered:] == [LINES[0][1]]


def test_several_that_failed_are_one_notice(qtbot: QtBot, window: MainWindow, stub: OpenAILike) -> None:
    stub.script(*ORDERS, drop="before_response", times=2)
    assert ended(qtbot, window).count(State.MISSED) == 2
    again = notice_with(qtbot, window, "Send again")
    assert [text for text in window.notices.texts() if text.startswith("2 cues could not be spoken. ")]
    assert ended(qtbot, window, again.click) == [State.MADE] * len(LINES)


def test_what_is_busy_is_tried_again_from_the_cue_it_ended_at(
    qtbot: QtBot, window: MainWindow, stub: OpenAILike
) -> None:
    stub.script(*ORDERS, status=429, times=None)
    assert ended(qtbot, window) == [State.MISSED] + [State.WAITING] * (len(LINES) - 1)
    again = notice_with(qtbot, window, "Try again")
    assert reasons(window)[0] in window.notices.texts()
    assert window.desks.voiceover.page.making.make.text() == f"Make {len(LINES)} cues"
    stub.reset()
    assert ended(qtbot, window, again.click) == [State.MADE] * len(LINES)
    assert not [text for text in window.notices.texts() if "busy" in text]


def test_a_refused_key_leads_to_the_account(qtbot: QtBot, window: MainWindow) -> None:
    window._studio.accounts.put(window._studio.accounts.get("Studio key"), "stub-bad")
    assert ended(qtbot, window)[0] is State.MISSED
    notice_with(qtbot, window, "Open the account").click()
    shown = dialog(qtbot, window, "accountsWindow")
    assert label_text(shown, "accountTitle") == "Studio key"
    shown.close()


def test_what_was_told_of_one_recording_is_taken_back_with_it(
    qtbot: QtBot, window: MainWindow, stub: OpenAILike
) -> None:
    stub.script(*ORDERS, status=429, times=None)
    ended(qtbot, window)
    notice_with(qtbot, window, "Try again")
    told = reasons(window)[0]
    open_talk(window)
    assert told not in window.notices.texts()
