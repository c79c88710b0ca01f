"""A voice-over in the voice of an account: asked before, ordered once, and never again unasked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from remote import dialog, press
from talks import open_talk

from studio.core.accounts import Account
from studio.core.speaking import Manner
from studio.services import speaking
from studio.services.sending import ASK
from studio.ui.main_window import MainWindow
from studio.ui.models.voiceover import State
from tests.vendors.openai_like import OpenAILike

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
    return [seen.fields["input"] for seen in stub.requests("POST", "/v1/audio/speech")]


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
