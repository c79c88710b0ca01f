"""The wishes of the speakers panel become steps of the undo history; voices are learnt and suggested after consent."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLabel, QLineEdit, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from studio import media
from studio.core.jobs import Job, JobOptions, JobState
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, default_speakers
from studio.library import Home
from studio.services import voices
from studio.services.studio import Studio
from studio.ui.commands import Commands
from studio.ui.desks.speakers_desk import SpeakersDesk
from studio.ui.desks.transcript_desk import TranscriptDesk
from studio.ui.editor.name_edit import NameEdit
from studio.ui.inspector.doubts_dialog import DoubtsDialog
from studio.ui.inspector.merge_dialog import MergeDialog
from studio.ui.inspector.same_name_dialog import SameNameDialog
from studio.ui.inspector.speaker_card import SpeakerCard
from studio.ui.inspector.speakers_panel import SpeakersPanel
from studio.ui.inspector.voices_dialog import VoicesDialog
from studio.ui.models.transcript_model import TranscriptModel

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Place:
    """A panel over an open transcript, with its desks."""

    studio: Studio
    desk: TranscriptDesk
    panel: SpeakersPanel
    speakers: SpeakersDesk
    window: QWidget

    def open(self, job: Job) -> None:
        self.desk.open(job)

    def click(self, qtbot: QtBot, name: str, within: QWidget | None = None) -> None:
        button = (within or self.panel).findChild(QAbstractButton, name)
        assert button is not None, name
        qtbot.waitUntil(button.isVisible)
        qtbot.mouseClick(button, LEFT)

    def card(self, speaker: str) -> SpeakerCard:
        return next(c for c in self.panel.findChildren(SpeakerCard) if c.speaker_id == speaker)

    @property
    def transcript(self) -> Transcript:
        return self.desk.transcript

    @property
    def who(self) -> list[str | None]:
        return [s.speaker for s in self.transcript.segments]

    @property
    def names(self) -> list[str]:
        return [s.name for s in self.transcript.speakers]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio.open(Home(tmp_path / "home").prepared())
    yield studio
    studio.close()


@pytest.fixture
def place(qtbot: QtBot, studio: Studio) -> Iterator[Place]:
    window = QWidget()
    qtbot.addWidget(window)
    model = TranscriptModel(window)
    desk = TranscriptDesk(studio, model, window)
    panel = SpeakersPanel(model, window)
    panel.resize(304, 800)
    window.resize(304, 800)
    with qtbot.waitExposed(window):
        window.show()
    speakers = SpeakersDesk(studio, desk, panel, Commands(window), window)
    yield Place(studio, desk, panel, speakers, window)
    speakers.shut_down()
    desk.shut_down()


def stored(studio: Studio, source: Source, segments: list[Segment]) -> Job:
    """A finished job whose transcript is in the library."""
    job = studio.library.jobs.add(source.path, source.name, source.content_id, source.duration, "cpu", JobOptions())
    id = studio.library.transcripts.create(source, EngineInfo(), job.id)
    listed = default_speakers(s.speaker for s in segments if s.speaker)
    studio.library.transcripts.replace(id, segments, listed, EngineInfo())
    return replace(job, state=JobState.DONE, transcript_id=id)


@pytest.fixture
def talk(studio: Studio) -> Job:
    cut = [
        Segment(n * 10_000, n * 10_000 + 4_000, f"Passage {n}.", speaker=s) for n, s in enumerate(("S1", "S2", "S3"))
    ]
    return stored(
        studio, Source("/gone.wav", "gone.wav", "gone", 30_000), [*cut, cut[1]._replace(start=30_000, end=39_000)]
    )


def test_wishes_are_named_steps_that_undo_takes_back(place: Place, talk: Job) -> None:
    place.open(talk)
    start = place.transcript
    second = place.transcript.segments[1].id
    place.desk.selection.set([second])
    steps: list[str | None] = []
    place.desk.history_changed.connect(lambda undo, _: steps.append(undo))
    panel = place.panel
    panel.reassign_requested.emit("S1")
    assert place.who == ["S1", "S1", "S3", "S2"]
    panel.split_off_requested.emit("")
    assert place.who == ["S1", "S4", "S3", "S2"]
    panel.merge_requested.emit("S2", "S3")
    assert place.who == ["S1", "S4", "S3", "S3"]
    panel.swap_requested.emit("S1", "S3")
    assert place.who == ["S3", "S4", "S1", "S1"]
    panel.recolor_requested.emit("S1", 6)
    panel.add_requested.emit("")
    assert place.names == ["Speaker 1", "Speaker 3", "Speaker 4", "Speaker 2"]
    panel.remove_requested.emit("S2")
    assert steps == [
        "give the passage to Speaker 1",
        "give the passage to Speaker 4",
        "merge Speaker 2 into Speaker 3",
        "swap Speaker 1 and Speaker 3",
        "colour of Speaker 1",
        "add Speaker 2",
        "remove Speaker 2",
    ]
    for _ in steps[:]:
        place.desk.undo()
    assert place.transcript == start


def test_a_speaker_is_added_and_named_by_keys(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    add = place.panel.findChild(QAbstractButton, "addSpeakerButton")
    add.setFocus()
    qtbot.keyClick(add, Qt.Key.Key_Space)
    editor = place.window.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "Dora")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert place.names == ["Speaker 1", "Speaker 2", "Speaker 3", "Dora"]


def test_play_goes_from_passage_to_passage_of_one_speaker(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    played: list[int] = []
    place.speakers.play_requested.connect(lambda start, end: played.append(start))
    place.speakers.set_position(5_000)
    for _ in range(3):
        place.click(qtbot, "speakerPlayButton", place.card("S2"))
    assert played == [10_000, 30_000, 10_000]


def test_two_speakers_are_merged_after_a_question(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    place.click(qtbot, "mergeSpeakersButton")
    dialog = place.panel.findChild(MergeDialog)
    assert [dialog.findChild(QComboBox, name).currentText() for name in ("mergeFromBox", "mergeIntoBox")] == [
        "Speaker 1",
        "Speaker 2",
    ]
    box = dialog.findChild(QComboBox, "mergeIntoBox")
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert not dialog.findChild(QAbstractButton, "mergeOkButton").isEnabled()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert dialog.findChild(QLabel, "mergeSentence").text().startswith("Speaker 3 gets the 1 turn of Speaker 1.")
    merge, cancel = (dialog.findChild(QAbstractButton, f"merge{name}Button") for name in ("Ok", "Cancel"))
    assert cancel.x() < merge.x(), "what a dialog is for stands last, everywhere"
    place.click(qtbot, "mergeOkButton", dialog)
    assert place.who == ["S3", "S2", "S3", "S2"]


def rename_by_hand(place: Place, qtbot: QtBot, speaker: str, name: str) -> SameNameDialog | None:
    """The question that comes of it."""
    card = place.card(speaker)
    qtbot.mouseClick(card.name_button, LEFT)
    qtbot.keyClicks(card.findChild(NameEdit), name)
    qtbot.keyClick(card.findChild(NameEdit), Qt.Key.Key_Return)
    return place.window.findChild(SameNameDialog)


def test_a_name_that_somebody_has_offers_to_merge_the_two(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    before = place.transcript
    dialog = rename_by_hand(place, qtbot, "S2", "speaker  1")
    assert dialog is not None
    assert place.transcript == before
    said = dialog.findChild(QLabel, "sameNameSentence").text()
    assert "Speaker 1 gets the 2 turns of Speaker 2." in said
    place.click(qtbot, "sameNameMergeButton", dialog)
    assert place.who == ["S1", "S1", "S3", "S1"]
    assert place.names == ["Speaker 1", "Speaker 3"]
    place.desk.undo()
    assert place.transcript == before


def test_two_of_one_name_may_stay_two(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    dialog = rename_by_hand(place, qtbot, "S2", "Speaker 1")
    assert dialog is not None
    place.click(qtbot, "sameNameKeepButton", dialog)
    assert place.who == ["S1", "S2", "S3", "S2"]
    assert place.names == ["Speaker 1", "Speaker 1", "Speaker 3"]


def test_the_question_about_one_name_can_be_cancelled(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    dialog = rename_by_hand(place, qtbot, "S2", "Speaker 3")
    assert dialog is not None
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert place.names == ["Speaker 1", "Speaker 2", "Speaker 3"]


def test_a_name_that_nobody_has_is_given_at_once(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    assert rename_by_hand(place, qtbot, "S2", "Anna") is None
    assert place.names == ["Speaker 1", "Anna", "Speaker 3"]


def test_consent_is_asked_for_when_somebody_is_named_and_only_then(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    card = place.panel.findChild(QWidget, "voicesConsent")
    assert not card.isVisible()
    place.desk.rename_speaker("S1", "Anna")
    assert card.isVisible()
    place.click(qtbot, "voicesNoButton")
    assert not card.isVisible()
    assert not voices.allowed(place.studio)
    place.desk.rename_speaker("S2", "Ben")
    assert not card.isVisible()  # asked once


def test_known_voices_are_renamed_deleted_and_switched_off(place: Place, talk: Job, qtbot: QtBot) -> None:
    keep = place.studio.library.voices.keep
    for name in ("Ana", "Ben", "Coy"):
        keep(name, np.ones(192, np.float32), 60, model=voices.MODEL, content_id=name, speaker="S1")
    voices.allow(place.studio, True)
    place.open(talk)
    place.speakers.show_voices()
    dialog = place.panel.findChild(VoicesDialog)
    listed = dialog.findChild(QTreeWidget)

    def known() -> list[str]:
        return [voice.name for voice in voices.known(place.studio)]

    def shown() -> list[str]:
        return [listed.topLevelItem(row).text(0) for row in range(listed.topLevelItemCount())]

    place.click(qtbot, "renameVoiceButton", dialog)
    editor = listed.findChild(QLineEdit)
    qtbot.keyClicks(editor, "Anna")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: known() == ["Anna", "Ben", "Coy"])
    place.click(qtbot, "forgetVoiceButton", dialog)
    assert known() == shown() == ["Ben", "Coy"]
    place.click(qtbot, "forgetAllButton", dialog)
    assert known() == ["Ben", "Coy"]
    place.click(qtbot, "forgetAllButton", dialog)  # asked first
    assert known() == shown() == []
    assert dialog.findChild(QLabel, "voicesNone").isVisible()
    qtbot.keyClick(dialog.findChild(QCheckBox), Qt.Key.Key_Space)
    assert not voices.allowed(place.studio)


def test_passages_in_doubt_one_by_one(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    ids = [s.id for s in place.transcript.segments]
    found = [voices.Doubt(ids[0], "S1", "S3", 0.4), voices.Doubt(ids[1], "S2", "S3", 0.3)]
    place.speakers._on_doubts(found)
    place.click(qtbot, "oneByOneButton")
    dialog = place.panel.findChild(DoubtsDialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    with qtbot.waitSignal(place.speakers.play_requested) as played:
        place.click(qtbot, "doubtPlayButton", dialog)
    assert played.args == [0, 4_000]
    assert dialog.findChild(QLabel, "doubtText").text() == "“Passage 0.”"
    qtbot.keyClick(dialog, Qt.Key.Key_1)  # the likest comes first
    qtbot.waitUntil(lambda: place.who == ["S3", "S2", "S3", "S2"])
    assert place.panel.findChild(QLabel, "speakerCheckTitle").text() == "1 passage sounds like somebody else"
    assert dialog.findChild(QLabel, "doubtPlace").text() == "2 of 2, at 00:10.000"
    place.click(qtbot, "doubtS2Button", dialog)  # it was right
    assert place.who == ["S3", "S2", "S3", "S2"]
    assert not dialog.isVisible()
    assert place.panel.findChild(QLabel, "speakerCheckTitle").text() == "Every passage fits its speaker"


def test_a_check_without_the_recording_says_so(place: Place, talk: Job, qtbot: QtBot) -> None:
    place.open(talk)
    with qtbot.waitSignal(place.speakers.notice) as told:
        place.click(qtbot, "checkPassagesButton")
    assert "gone.wav" in told.args[1]
    assert place.panel.findChild(QAbstractButton, "checkPassagesButton").isVisible()


@pytest.mark.slow
def test_a_voice_named_in_one_recording_is_suggested_in_the_next_and_taken(
    place: Place, qtbot: QtBot, shared_data: Path, weights: Callable[[str], Path], tmp_path: Path
) -> None:
    place.studio.home.models.mkdir()
    (place.studio.home.models / voices.MODEL).symlink_to(weights(voices.MODEL))
    readers: dict[str, list[Path]] = {}
    with (shared_data / "speech" / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["path"].startswith("en/librispeech/") and float(row["seconds"]) >= 6:
                readers.setdefault(row["speaker"], []).append(shared_data / "speech" / row["path"])
    one, two, *_ = readers.values()

    place.open(recorded(place.studio, tmp_path / "first.wav", one[0], two[0]))
    place.desk.rename_speaker("S1", "Anna")
    place.click(qtbot, "voicesYesButton")
    qtbot.waitUntil(lambda: [v.name for v in voices.known(place.studio)] == ["Anna"], timeout=60_000)

    place.open(recorded(place.studio, tmp_path / "second.wav", two[1], one[1]))
    label = place.card("S2").findChild(QLabel, "voiceSuggestionLabel")
    qtbot.waitUntil(label.isVisible, timeout=60_000)
    assert label.text().startswith("Sounds like Anna (")
    assert not place.card("S1").findChild(QLabel, "voiceSuggestionLabel").isVisible()
    place.click(qtbot, "takeSuggestionButton", place.card("S2"))
    assert place.names == ["Speaker 1", "Anna"]
    assert not label.isVisible()
    qtbot.waitUntil(lambda: voices.known(place.studio)[0].recordings == 2, timeout=60_000)


def recorded(studio: Studio, path: Path, *clips: Path) -> Job:
    """A finished job: each clip is another speaker."""
    sound, segments, at = list[np.ndarray](), list[Segment](), 0
    for number, clip in enumerate(clips, 1):
        samples, rate = soundfile.read(clip, dtype="float32")
        length = len(samples) * 1000 // rate
        segments.append(Segment(at, at + length, "Hello.", speaker=f"S{number}"))
        sound.append(samples[: length * rate // 1000])
        at += length
    soundfile.write(path, np.concatenate(sound), 16_000)
    return stored(studio, Source(str(path), path.name, media.fingerprint(path), at), segments)
