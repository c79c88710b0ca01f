"""A voice made from a stretch of the recording: with the consent of who is heard, sent only to speak, deletable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot
from remote import dialog, press, recording
from talks import button, label_text

from studio.core.accounts import Account
from studio.core.jobs import JobOptions, JobState
from studio.core.speaking import Manner
from studio.core.transcript import EngineInfo, Segment, Source, Speaker
from studio.services import cloning, queue
from studio.services.sending import ASK
from studio.services.speaking import Utterance
from studio.ui.widgets.sign import Sign
from studio.ui.window.main_window import MainWindow
from tests.vendors.stt_ai import SttAi

ORDERS = ("POST", "/v1/tts")


@pytest.fixture
def stub() -> Iterator[SttAi]:
    with SttAi() as made:
        yield made


@pytest.fixture
def window(remote_window: MainWindow, tmp_path: Path, stub: SttAi) -> MainWindow:
    """Anna speaks for five seconds, then Ben for two."""
    studio = remote_window._studio
    studio.library.settings.set(ASK, False)
    studio.accounts.put(Account("STT.ai", "stt-ai", url=stub.url), "stub-ok")
    path = recording(tmp_path, "Interview.wav", 8.0)
    job, info = queue.add_one(studio, path, JobOptions())
    id = studio.library.transcripts.create(
        Source(str(path), path.name, job.content_id, info.duration), EngineInfo(), job.id
    )
    said = [Segment(500, 5_500, "Welcome to the harbour.", speaker="S1"), Segment(6_000, 8_000, "Yes.", speaker="S2")]
    speakers = (Speaker("S1", "Anna"), Speaker("S2", "Ben"))
    studio.library.transcripts.replace(id, said, speakers, EngineInfo())
    studio.library.jobs.set_state(job.id, JobState.DONE)
    remote_window._open_id(job.id)
    return remote_window


def select(window: MainWindow, *rows: int) -> None:
    window.desk.selection.set([window.desk.model.segment(row).id for row in rows])


def field(parent: object, name: str) -> QLineEdit:
    found = parent.findChild(QLineEdit, name)  # type: ignore[attr-defined]
    assert isinstance(found, QLineEdit)
    return found


def make(qtbot: QtBot, window: MainWindow) -> None:
    select(window, 0)
    window.commands["makeVoiceAction"].trigger()
    asked = dialog(qtbot, window, "cloneDialog")
    field(asked, "cloneAgrees").setText("Anna Berg")
    press(asked, "cloneMake")
    qtbot.waitUntil(lambda: bool(cloning.all_of(window._studio)), timeout=10_000)


def test_a_voice_is_made_with_the_consent_as_it_was_shown(qtbot: QtBot, window: MainWindow, stub: SttAi) -> None:
    select(window, 0)
    window.commands["makeVoiceAction"].trigger()
    asked = dialog(qtbot, window, "cloneDialog")
    assert field(asked, "cloneTitle").text() == "Anna"
    assert not button(asked, "cloneMake").isEnabled(), "who agrees must be typed"
    field(asked, "cloneAgrees").setText("Anna Berg")
    words = label_text(asked, "cloneConsent")
    assert words == cloning.consent(window._studio, "STT.ai", "Anna")
    press(asked, "cloneMake")
    qtbot.waitUntil(lambda: bool(cloning.all_of(window._studio)), timeout=10_000)
    (made,) = cloning.all_of(window._studio)
    assert (made.title, made.agreed_by, made.notice, made.start, made.end) == ("Anna", "Anna Berg", words, 500, 5_500)
    assert not stub.requests(), "nothing is sent before it speaks"
    qtbot.waitUntil(lambda: any("“Anna” can speak now" in text for text in window.notices.texts()))


def test_the_voice_speaks_after_the_user_agreed_and_once(qtbot: QtBot, window: MainWindow, stub: SttAi) -> None:
    make(qtbot, window)
    desk, utterance = window.desks.speaking, [Utterance("Good morning.", Manner("@STT.ai/clone-1"), "en")]
    desk.speak(utterance)
    question = dialog(qtbot, window, "agreeDialog")
    assert not stub.requests()
    press(question, "agreeDialogYes")
    for _ in range(2):
        qtbot.waitUntil(lambda: desk._steps is None and bool(desk._sounding), timeout=10_000)
        desk.stop()
        desk.speak(utterance)
    qtbot.waitUntil(lambda: desk._steps is None and bool(desk._sounding), timeout=10_000)
    (order,) = stub.requests(*ORDERS)
    assert order.fields["text"] == "Good morning."


def test_what_went_wrong_is_said_and_squeezes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    select(window, 0)
    window.commands["makeVoiceAction"].trigger()
    asked = dialog(qtbot, window, "cloneDialog")
    words = asked.findChild(QLabel, "cloneConsent")
    gap = words.geometry().top()
    asked.show_problem("STT.ai does not take this stretch. Nothing was charged. " * 4)
    QApplication.processEvents()
    problem = asked.findChild(QLabel, "cloneProblem")
    assert problem.isVisible()
    assert problem.parentWidget().findChild(Sign).isVisible(), "a sign beside what is red"
    for label in (words, problem):
        assert label.height() >= label.heightForWidth(label.width())
    assert words.geometry().top() == gap
    assert words.height() - words.heightForWidth(words.width()) <= 1, "no uneven gap"
    asked.reject()


@pytest.mark.parametrize(
    ("rows", "words"), [((1,), "from 3 to 10 seconds"), ((0, 1), "More than one person"), ((), "Select a passage")]
)
def test_other_stretches_are_refused_with_a_reason(window: MainWindow, rows: tuple[int, ...], words: str) -> None:
    select(window, *rows)
    window.commands["makeVoiceAction"].trigger()
    assert any(words in text for text in window.notices.texts())


def test_a_marked_stretch_counts_before_what_is_selected(qtbot: QtBot, window: MainWindow) -> None:
    select(window, 1)
    window.page.waveform.set_range(1_000, 4_500)
    window.commands["makeVoiceAction"].trigger()
    asked = dialog(qtbot, window, "cloneDialog")
    assert field(asked, "cloneTitle").text() == "Anna"
    asked.reject()


def test_without_an_account_it_says_where_to_get_one(qtbot: QtBot, window: MainWindow) -> None:
    window._studio.accounts.remove("STT.ai")
    select(window, 0)
    window.commands["makeVoiceAction"].trigger()
    found = window.notices.findChild(QPushButton, "noticeAction")
    assert found
    found.click()
    dialog(qtbot, window, "accountsWindow").close()


def test_voice_and_consent_are_deleted_together(qtbot: QtBot, window: MainWindow) -> None:
    make(qtbot, window)
    window.commands["madeVoicesAction"].trigger()
    shown = dialog(qtbot, window, "madeVoicesDialog")
    assert label_text(shown, "madeVoiceFacts").startswith("Anna Berg agreed on ")
    assert label_text(shown, "madeVoiceConsent") == cloning.all_of(window._studio)[0].notice
    press(shown, "deleteMadeVoice")
    assert cloning.all_of(window._studio), "the first press only asks"
    press(shown, "deleteMadeVoice")
    assert not cloning.all_of(window._studio)
    names = shown.findChild(QListWidget, "madeVoicesList")
    assert names is not None
    assert names.count() == 0
    shown.close()
