"""Passages and second opinions by a vendor from the window: asked before, followed, kept when the window closes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QProgressBar
from pytestqt.qtbot import QtBot
from remote import NAME, ORDERS, add_account, dialog, jobs, press, recording, until
from talks import label_text
from test_window import picture

from studio.core.jobs import Job, JobOptions, JobState
from studio.core.transcript import EngineInfo, Segment, Source, Word
from studio.services import opinion, queue
from studio.services.sending import ASK
from studio.ui.dialogs.rerun_dialog import RerunDialog
from studio.ui.window.main_window import MainWindow
from tests.vendors.prosa import Prosa

SAID = ["satu dua tiga", "empat lima enam", "tujuh delapan"]


@pytest.fixture
def stub() -> Iterator[Prosa]:
    with Prosa(transcript="empat lima tujuh") as made:
        yield made


@pytest.fixture
def window(remote_window: MainWindow, stub: Prosa, tmp_path: Path) -> MainWindow:
    """With a recording of this computer open, a sentence every eight seconds, and an account."""
    studio = remote_window._studio
    path = recording(tmp_path, seconds=24)
    job, info = queue.add_one(studio, path, JobOptions(model="whisper-base", speakers="off"), held=True)
    segments = [
        Segment.from_words(
            [Word(w, 8_000 * n + 400 * at, 8_000 * n + 400 * at + 300) for at, w in enumerate(t.split())]
        )
        for n, t in enumerate(SAID)
    ]
    source = Source(str(path), path.name, job.content_id, info.duration)
    id = studio.library.transcripts.create(source, EngineInfo("faster-whisper", "whisper-base"), job.id)
    studio.library.transcripts.append(id, segments, info.duration)
    studio.library.jobs.set_state(job.id, JobState.DONE)
    studio.library.settings.set(ASK, False)
    add_account(remote_window, stub, price=6.0)
    remote_window.queue.refresh()
    remote_window._open_id(job.id)
    return remote_window


def ask(window: MainWindow, qtbot: QtBot) -> RerunDialog:
    """The dialog for the second sentence, with the vendor chosen."""
    window.desk.selection.set([window.desk.transcript.segments[1].id])
    window.commands["rerunAction"].trigger()
    found = dialog(qtbot, window, "rerunDialog")
    assert isinstance(found, RerunDialog)
    choose(found)
    return found


def choose(dialog: QDialog) -> None:
    box = dialog.findChild(QComboBox, "rerunModelBox")
    box.setCurrentIndex(next(n for n in range(box.count()) if str(box.itemData(n)).startswith(f"{NAME}:stt-general")))


def texts(window: MainWindow) -> list[str]:
    return [s.text for s in window.desk.transcript.segments]


def small(window: MainWindow) -> Job:
    return next(job for job in jobs(window) if job.options.again)


def ready(qtbot: QtBot, dialog: QDialog) -> None:
    qtbot.waitUntil(lambda: dialog.findChild(QLabel, "rerunNote").text().startswith("1 difference"), timeout=20_000)


class TestPassages:
    def test_asked_heard_shown_and_replaced(self, window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        window._studio.library.settings.set(ASK, True)
        asked = ask(window, qtbot)
        press(asked, "rerunStartButton")
        cost = dialog(qtbot, asked, "sendDialog")
        assert any("1.1" in label.text() for label in cost.findChildren(QLabel)), "11 seconds at 6.00 a minute"
        assert len(jobs(window)) == 1
        press(cost, "sendDialogNo")
        assert stub.requests() == []
        press(asked, "rerunStartButton")
        press(dialog(qtbot, asked, "sendDialog"), "sendDialogYes")
        ready(qtbot, asked)
        picture(asked, "remote-again")
        assert texts(window) == SAID
        press(asked, "rerunReplaceButton")
        assert texts(window) == [SAID[0], "empat lima tujuh", SAID[2]]
        qtbot.waitUntil(lambda: len(jobs(window)) == 1)
        assert len(stub.requests(*ORDERS)) == 1
        window.desk.undo()
        assert texts(window) == SAID

    def test_the_notice_comes_before_the_first_time(self, window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(window, stub, agreed=False)
        asked = ask(window, qtbot)
        press(asked, "rerunStartButton")
        press(dialog(qtbot, asked, "agreeDialog"), "agreeDialogNo")
        assert (stub.requests(), len(jobs(window))) == ([], 1)
        press(asked, "rerunStartButton")
        press(dialog(qtbot, asked, "agreeDialog"), "agreeDialogYes")
        ready(qtbot, asked)

    def test_kept_as_it_is_it_is_not_paid_again(self, window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        asked = ask(window, qtbot)
        press(asked, "rerunStartButton")
        ready(qtbot, asked)
        press(asked, "rerunKeepButton")
        assert texts(window) == SAID
        window._studio.library.settings.set(ASK, True)
        asked = ask(window, qtbot)
        press(asked, "rerunStartButton")
        ready(qtbot, asked)
        assert len(stub.requests(*ORDERS)) == 1

    def test_left_to_the_queue_it_is_offered_when_it_is_ready(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa
    ) -> None:
        stub.configure(work_s=60, polls_until_done=None)
        asked = ask(window, qtbot)
        press(asked, "rerunStartButton")
        qtbot.waitUntil(lambda: "is writing the text" in label_text(asked, "rerunStage"), timeout=20_000)
        press(asked, "rerunLeaveButton")
        assert small(window).state is JobState.RUNNING
        stub.configure(polls_until_done=1)
        until(qtbot, window, JobState.DONE, JobState.DONE)
        qtbot.waitUntil(lambda: any("is recognised again" in words for words in window.notices.texts()))
        window._open(None)
        window._open_id(small(window).id)
        shown = dialog(qtbot, window, "rerunDialog")
        ready(qtbot, shown)
        assert texts(window) == SAID, "the transcript that it is about is open"
        press(shown, "rerunReplaceButton")
        assert texts(window)[1] == "empat lima tujuh"

    @pytest.mark.parametrize("name", ["rerunKeepButton", "rerunLeaveButton"])
    def test_closed_it_is_gone(self, window: MainWindow, qtbot: QtBot, stub: Prosa, name: str) -> None:
        stub.configure(work_s=60, polls_until_done=None)
        asked = ask(window, qtbot)
        if name == "rerunLeaveButton":
            press(asked, "rerunStartButton")
            qtbot.waitUntil(lambda: "is writing the text" in label_text(asked, "rerunStage"), timeout=20_000)
        press(asked, name)
        qtbot.waitUntil(lambda: not shiboken6.isValid(asked))
        assert not window.findChildren(RerunDialog)

    def test_what_fails_when_it_is_closed_is_said_in_the_window(
        self, window: MainWindow, qtbot: QtBot, stub: Prosa
    ) -> None:
        asked = ask(window, qtbot)
        add_account(window, stub, enabled=False)
        with qtbot.waitSignal(window.desks.rerunning.notice) as told:
            press(asked, "rerunStartButton")
            asked.close()
            QApplication.sendPostedEvents(asked, QEvent.Type.DeferredDelete)
        assert told.args[0] == "error"
        assert NAME in told.args[1]

    def test_stopped_it_is_given_up_at_the_vendor(self, window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        stub.configure(work_s=60, polls_until_done=None)
        asked = ask(window, qtbot)
        press(asked, "rerunStartButton")
        qtbot.waitUntil(lambda: "is writing the text" in label_text(asked, "rerunStage"), timeout=20_000)
        press(asked, "rerunKeepButton")
        stub.wait_for(1, "DELETE", timeout=20)
        until(qtbot, window, JobState.DONE, JobState.CANCELLED)
        qtbot.waitUntil(lambda: asked.findChild(QLabel, "rerunNote").text().startswith("The text stays"))

    def test_a_refused_key_is_said_and_it_waits(self, window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        add_account(window, stub, "stub-bad")
        asked = ask(window, qtbot)
        press(asked, "rerunStartButton")
        qtbot.waitUntil(lambda: "refused the key" in label_text(asked, "rerunNote"), timeout=20_000)
        add_account(window, stub)
        window.queue.go_on(NAME, ("AuthError",))
        ready(qtbot, asked)


class TestSecondOpinion:
    def test_by_a_vendor_with_its_progress(self, window: MainWindow, qtbot: QtBot, stub: Prosa) -> None:
        window._studio.library.settings.set(ASK, True)
        stub.configure(work_s=60, polls_until_done=None)
        window.commands["compareModeAction"].trigger()
        page = window.desks.comparing.page
        assert not page.awaited.isVisible()
        window.commands["secondOpinionAction"].trigger()
        asked = dialog(qtbot, window, "opinionDialog")
        choose(asked)
        press(asked, "opinionMakeButton")
        cost = dialog(qtbot, asked, "sendDialog")
        assert len(jobs(window)) == 1
        press(cost, "sendDialogYes")
        qtbot.waitUntil(lambda: "Prosa.ai is writing" in page.findChild(QLabel, "awaitedWords").text(), timeout=20_000)
        assert page.awaited.isVisible()
        assert page.findChild(QProgressBar, "awaitedProgress").value() > 0
        job, other = jobs(window)
        window._open(None)
        assert not page.awaited.isVisible()
        window._open_id(job.id)  # as after a restart: it is known what is waited for
        qtbot.waitUntil(lambda: page.awaited.isVisible())
        stub.configure(polls_until_done=1)
        until(qtbot, window, JobState.DONE, JobState.DONE)
        qtbot.waitUntil(lambda: window.desks.comparing.decisions is not None)
        assert not page.awaited.isVisible()
        assert len(stub.requests(*ORDERS)) == 1
        remembered = opinion.remembered(window._studio, job.transcript_id or 0)
        assert isinstance(remembered, Job)
        assert remembered.id == other.id

    def test_closed_before_its_cost_is_known_it_orders_nothing(self, window: MainWindow, qtbot: QtBot) -> None:
        window._studio.library.settings.set(ASK, True)
        window.commands["compareModeAction"].trigger()
        window.commands["secondOpinionAction"].trigger()
        asked = dialog(qtbot, window, "opinionDialog")
        choose(asked)
        with qtbot.waitSignal(window.sending.notice) as told:
            press(asked, "opinionMakeButton")
            asked.close()
            QApplication.sendPostedEvents(asked, QEvent.Type.DeferredDelete)
        assert told.args == ["info", "Nothing was sent, and nothing was queued."]
        assert len(jobs(window)) == 1
