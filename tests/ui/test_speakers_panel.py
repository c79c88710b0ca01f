"""The speakers panel: who talks how much, and renaming in place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from talks import SPEAKERS, segments, talk

from studio.core.transcript import Speaker, Transcript
from studio.ui.editor.name_edit import NameEdit
from studio.ui.inspector.speakers_panel import SpeakerCard, SpeakersPanel
from studio.ui.models.transcript_model import TranscriptModel


@pytest.fixture
def model() -> TranscriptModel:
    model = TranscriptModel()
    model.set_transcript(talk())
    return model


@pytest.fixture
def panel(qtbot, model) -> SpeakersPanel:
    panel = SpeakersPanel(model)
    qtbot.addWidget(panel)
    panel.resize(304, 600)
    panel.show()
    return panel


def cards(panel: SpeakersPanel) -> list[SpeakerCard]:
    return sorted(panel.findChildren(SpeakerCard), key=lambda card: card.y())


def words(card: SpeakerCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel)]


def name_button(card: SpeakerCard) -> QPushButton:
    return card.findChild(QPushButton, "speakerNameButton")


def test_names_talk_turns_and_share(panel):
    assert [name_button(card).text() for card in cards(panel)] == [s.name for s in SPEAKERS]
    assert words(cards(panel)[0]) == ["Alt 1", "00:04 of talk, 2 turns", "32 %"]
    assert words(cards(panel)[2]) == ["Alt 3", "00:03 of talk, 1 turn", "25 %"]


def test_a_name_is_renamed_where_it_stands(panel, qtbot):
    qtbot.mouseClick(name_button(cards(panel)[1]), Qt.MouseButton.LeftButton)
    editor = panel.findChild(NameEdit)
    qtbot.keyClicks(editor, "Dr. Mueller")  # Qt cannot press an umlaut
    with qtbot.waitSignal(panel.rename_requested) as wished:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert wished.args == ["S2", "Dr. Mueller"]


def test_what_is_being_typed_survives_new_segments(panel, qtbot, model):
    cards(panel)[1].edit_name()
    editor = panel.findChild(NameEdit)
    qtbot.keyClicks(editor, "Dr.")
    model.append_segments(segments(5, first=6))
    qtbot.waitUntil(lambda: "00:08 of talk, 3 turns" in words(cards(panel)[0]))
    assert panel.findChild(NameEdit) is editor
    assert editor.text() == "Dr."


def test_new_and_lost_speakers(panel, model, qtbot):
    model.set_speakers([SPEAKERS[2], Speaker("S9", "R & D")])
    qtbot.waitUntil(lambda: len(panel.findChildren(SpeakerCard)) == 2)
    assert [name_button(card).text() for card in cards(panel)] == ["Sri Wahyuni", "R && D"]
    assert panel.findChild(QLabel, "speakersTitle").text() == "2 speakers"


def test_without_speakers_it_says_so(panel, model):
    model.set_transcript(replace(Transcript(), segments=()))
    assert panel.findChild(QLabel, "speakersEmptyLabel").isVisible()
    model.set_transcript(talk())
    assert not panel.findChild(QLabel, "speakersEmptyLabel").isVisible()


def test_long_names_are_cut_and_told_in_full(panel, model):
    long = "Sri Wahyuni Kusumaningrum-Hadiwijoyo von und zu Semarang"
    model.set_speakers([Speaker("S1", long)])
    button = name_button(cards(panel)[0])
    assert button.text().endswith("…")
    assert long in button.toolTip()
    assert long in button.accessibleName()
