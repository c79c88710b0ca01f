"""Recognising the selection again: the dialog by hand, and once with a real model behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import shiboken6
from opinions import interview
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QMainWindow, QProgressBar
from pytestqt.qtbot import QtBot
from talks import button, label_text, press

from studio.core.errors import EngineError
from studio.core.jobs import JobOptions, JobState, Progress, StopToken
from studio.core.transcript import EngineInfo, Segment, Source, Word
from studio.library import Home
from studio.resources import resource
from studio.services import queue, rerun
from studio.services.hearing import HearOptions
from studio.services.opinion import Decisions
from studio.services.studio import Studio
from studio.ui.commands import Commands
from studio.ui.compare.flow import Mark
from studio.ui.desks.queue_desk import QueueDesk
from studio.ui.desks.rerun_desk import RerunDesk
from studio.ui.desks.sending_desk import SendingDesk
from studio.ui.desks.transcript_desk import TranscriptDesk
from studio.ui.dialogs.rerun_dialog import RerunDialog
from studio.ui.dialogs.rerun_options import RerunFields
from studio.ui.models.queue_model import QueueModel
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.widgets.sign import Sign
from studio.ui.workers import Steps

LEFT, RIGHT = interview()
TINY, BASE = "whisper-tiny.en", "whisper-base"
USED = JobOptions(model=TINY, language="en", vocabulary="Husum")


@pytest.fixture
def dialog(qtbot: QtBot) -> RerunDialog:
    dialog = RerunDialog("3 passages, 12:17.620 to 12:54.000", USED, frozenset({TINY, BASE}))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def says(dialog: RerunDialog, name: str = "rerunNote") -> str:
    return label_text(dialog, name)


def test_another_model_is_proposed_all_else_as_before(dialog: RerunDialog, qtbot: QtBot):
    with qtbot.waitSignal(dialog.run_requested) as wished:
        press(qtbot, dialog, "rerunStartButton")
    assert wished.args == [HearOptions(BASE, "en", "transcribe", "Husum")]


@pytest.mark.parametrize(
    ("used", "here", "spoken", "another", "proposed"),
    [
        ("whisper-base", ["whisper-tiny.en", "whisper-base"], "en", True, "whisper-tiny.en"),
        ("whisper-base", ["whisper-tiny.en", "whisper-base"], "de", True, "whisper-tiny"),  # is fetched
        ("whisper-tiny", ["whisper-tiny.en", "whisper-base", "whisper-tiny"], "en", True, "whisper-base"),
        ("whisper-small", ["whisper-base", "whisper-tiny", "whisper-small"], "de", False, "whisper-base"),
        ("whisper-base", ["whisper-tiny.en", "whisper-base"], "de", False, "whisper-base"),
    ],
)
def test_the_best_other_model_that_is_here_is_proposed(
    qtbot: QtBot, used: str, here: list[str], spoken: str, another: bool, proposed: str
):
    fields = RerunFields(JobOptions(model=used), frozenset(here), (), spoken, another)
    qtbot.addWidget(fields)
    assert fields.options().model == proposed


def test_a_model_that_only_writes_english_is_not_proposed_for_a_translation(qtbot: QtBot):
    used = JobOptions(model="whisper-base", task="translate")
    fields = RerunFields(used, frozenset({"whisper-tiny.en", "whisper-base"}), (), "en", another=False)
    qtbot.addWidget(fields)
    assert fields.options().model == "whisper-base"


def test_what_is_chosen_is_asked_for(dialog: RerunDialog, qtbot: QtBot):
    for name, value in (("rerunLanguageBox", "de"), ("rerunTaskBox", "translate")):
        box = dialog.findChild(QComboBox, name)
        box.setCurrentIndex(box.findData(value))
    field = dialog.findChild(QLineEdit, "rerunVocabularyField")
    field.clear()
    qtbot.keyClicks(field, "Semarang")
    with qtbot.waitSignal(dialog.run_requested) as wished:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert wished.args == [HearOptions(BASE, "de", "translate", "Semarang")]


def test_escape_stops_the_work_before_it_closes_the_dialog(dialog: RerunDialog, qtbot: QtBot):
    dialog.show_running(HearOptions(BASE))
    dialog.show_progress(Progress("Writing the text", 0.64, 30))
    assert says(dialog, "rerunStage") == "Writing the text, 64 %, 30 s left"
    assert dialog.findChild(QProgressBar, "rerunProgress").value() == 640
    with qtbot.waitSignal(dialog.cancel_requested):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.show_stopped()
    assert button(dialog, "rerunStartButton").isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_what_would_change_is_shown_before_it_is_changed(dialog: RerunDialog, qtbot: QtBot):
    dialog.show_running(HearOptions(BASE))
    dialog.show_result(Decisions(LEFT, RIGHT), "faster-whisper tiny.en")
    assert says(dialog) == "9 differences. The text stays as it is until you press Replace."
    assert [dialog.list.model().row(n).same for n in range(8)] == [0, 0, 2, 0, 0, 0, 0, 2]
    with qtbot.waitSignal(dialog.replace_requested):
        press(qtbot, dialog, "rerunReplaceButton")


def test_a_passage_that_is_only_cut_otherwise_is_shown(dialog: RerunDialog):
    first, *rest = LEFT.segments
    cut = [
        Segment.from_words(first.words[:6], first.speaker, -1),
        Segment.from_words(first.words[6:], "S1", -2),
        Segment.from_words(rest[0].words + rest[1].words, rest[0].speaker, -3),
        *rest[2:],
    ]
    dialog.show_result(Decisions(LEFT, LEFT.with_segments(cut)), "tiny.en")
    assert says(dialog).startswith(
        "Every word is the same, 2 passages are cut otherwise, 2 passages get another speaker. The text stays"
    )
    model = dialog.list.model()
    assert [model.row(n).same for n in range(model.rowCount())] == [0, 1, 0, 7]

    def shown(row: int) -> str:
        return " ".join(f"[{p.text}]" if p.sign else p.text for p in model.right(model.passages[model.row(row).first]))

    assert shown(0) == (
        "Honestly? How quiet the water is. [new passage, Annika Böhm] "
        "In north Friesland a storm surge announces itself."
    )
    assert shown(2) == "[joined to the one before, Sri Wahyuni] Every day of the year."
    spoken = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert "Jörg Müller, new passage, Annika Böhm. Left: Honestly?" in spoken


def test_keep_closes_and_another_way_goes_back(dialog: RerunDialog, qtbot: QtBot):
    dialog.show_result(Decisions(LEFT, LEFT), "tiny.en")
    assert says(dialog) == "Every word is the same; only times may differ."
    press(qtbot, dialog, "rerunAgainButton")
    assert button(dialog, "rerunStartButton").isVisible()
    dialog.show_result(Decisions(LEFT, LEFT.with_segments(())), "tiny.en")
    assert says(dialog).startswith("No words were heard there")
    with qtbot.assertNotEmitted(dialog.replace_requested):
        press(qtbot, dialog, "rerunKeepButton")
    assert not dialog.isVisible()


def test_a_failure_is_said_where_another_try_begins(dialog: RerunDialog):
    sign = dialog.findChild(Sign)
    dialog.show_running(HearOptions(BASE))
    assert not sign.isVisible()
    dialog.show_problem("The disk is full. Nothing is lost.")
    assert sign.isVisible(), "a sign beside what is red"
    assert says(dialog) == "The disk is full. Nothing is lost."
    assert button(dialog, "rerunStartButton").isVisible()


# The thread that runs a generator


@contextmanager
def gone(qtbot: QtBot, steps: Steps) -> Iterator[None]:
    """Afterwards the thread has ended and taken itself away."""
    yield
    qtbot.waitUntil(lambda: not shiboken6.isValid(steps))


def test_steps_tell_each_event_and_give_the_last(qtbot: QtBot):
    steps = Steps(lambda stop: iter([1, 2, 3]))
    told: list[int] = []
    steps.told.connect(told.append)
    steps.done.connect(lambda result: told.append(-result))
    with gone(qtbot, steps), qtbot.waitSignal(steps.done):
        steps.start()
    assert told == [1, 2, 3, -3]


def test_steps_can_be_stopped(qtbot: QtBot):
    def long(stop: StopToken) -> Iterator[int]:
        yield 1
        stop.wait(60)
        stop.check()
        yield 2

    steps = Steps(long)
    steps.told.connect(lambda _: steps.cancel())
    with gone(qtbot, steps), qtbot.waitSignal(steps.stopped) as ended:
        steps.start()
    assert ended.signal_triggered


def test_steps_tell_a_problem(qtbot: QtBot):
    def failing(stop: StopToken) -> Iterator[int]:
        yield 1
        raise EngineError("“Öl.wav” cannot be heard.", "Try another model.")

    steps = Steps(failing)
    with gone(qtbot, steps), qtbot.waitSignal(steps.failed) as told:
        steps.start()
    assert told.args[0].sentence == "“Öl.wav” cannot be heard. Try another model."


# The desk


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio.open(Home(tmp_path / "home").prepared())
    yield studio
    studio.close()


@dataclass
class Place:
    transcript: TranscriptDesk
    desk: RerunDesk
    commands: Commands
    window: QMainWindow


@contextmanager
def opened(qtbot: QtBot, studio: Studio, *segments: Segment) -> Iterator[Place]:
    """The desks over the sample with this text."""
    sample = resource("sample.ogg")
    job = queue.add(studio, [sample], JobOptions(model=TINY, language="en", speakers="off")).jobs[0]
    engine = EngineInfo("faster-whisper", TINY)
    id = studio.library.transcripts.create(Source(str(sample), duration=job.duration), engine, job.id)
    studio.library.transcripts.append(id, segments, job.duration)
    studio.library.jobs.set_state(job.id, JobState.DONE)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    transcript = TranscriptDesk(studio, TranscriptModel(), window)
    commands = Commands(window)
    jobs = QueueDesk(studio, QueueModel(), window)
    desk = RerunDesk(studio, transcript, jobs, SendingDesk(studio, jobs, window), print, commands, window)
    transcript.open(studio.library.jobs.get(job.id))
    try:
        yield Place(transcript, desk, commands, window)
    finally:
        desk.shut_down()
        transcript.shut_down()


def test_all_that_would_be_replaced_is_shown(qtbot: QtBot, studio: Studio):
    """Also in the place of what the user had typed, and capitals and punctuation."""
    typed = [Word("Husum,", 0, 400), Word("Then", 500, 900), Word("home.", 1_000, 1_400)]
    measured = [w._replace(start=w.start + 5_000, end=w.end + 5_000, confidence=0.9) for w in typed]
    with opened(qtbot, studio, Segment.from_words(typed), Segment.from_words(measured)) as place:
        old = place.transcript.transcript
        place.transcript.selection.set([s.id for s in old.segments])
        dialog = place.desk.ask()
        assert dialog is not None
        dialog.show_running(HearOptions(BASE))
        now = [w._replace(text=t, confidence=0.8) for w, t in zip(typed, ("Bosum,", "Then", "home!"), strict=True)]
        place.desk._on_result(dialog, rerun.reheard(old, old.segments, [*now, *measured]))
        assert says(dialog) == "2 differences. The text stays as it is until you press Replace."
        model = dialog.list.model()
        assert [p.mark for p in model.right(model.passages[0])] == [Mark.RIGHT, Mark.NONE, Mark.RIGHT]
        assert (says(dialog, "leftName"), says(dialog, "rightName")) == ("tiny.en", "base")


@pytest.mark.slow
def test_the_selection_is_heard_again_and_replaced_as_one_step(
    qtbot: QtBot, studio: Studio, weights: Callable[[str], Path]
):
    studio.home.models.mkdir()
    (studio.home.models / TINY).symlink_to(weights(TINY))
    wrong = [Word("nonsense", 5_000, 6_000), Word("here.", 9_000, 12_000)]
    with opened(qtbot, studio, Segment.from_words(wrong)) as place:
        transcript, commands = place.transcript, place.commands
        before = transcript.transcript
        assert not commands["rerunAction"].isEnabled()
        transcript.selection.set([before.segments[0].id])
        commands["rerunAction"].trigger()
        dialog = place.window.findChild(RerunDialog)
        assert says(dialog, "rerunChosen") == "1 passage, 00:05.000 to 00:12.000"
        press(qtbot, dialog, "rerunStartButton")
        qtbot.waitUntil(lambda: button(dialog, "rerunReplaceButton").isVisible(), timeout=120_000)
        assert transcript.transcript == before
        press(qtbot, dialog, "rerunReplaceButton")
        assert "nonsense" not in transcript.transcript.text
        assert len(transcript.transcript.text.split()) > 5
        transcript.undo()
        assert transcript.transcript.segments == before.segments
