"""The speakers panel: who talks how much, and renaming in place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu, QPushButton, QWidget
from talks import SPEAKERS, segments, talk

from studio.core.transcript import Speaker, Transcript
from studio.services.voices import Suggestion
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
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible()]


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


def button(within: QWidget, name: str) -> QAbstractButton:
    found = within.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def choose(qtbot, panel: SpeakersPanel, card: int, *path: str) -> None:
    """Open a card's menu and click through it; `path`: object names of the entries."""
    qtbot.mouseClick(button(cards(panel)[card], "speakerMenuButton"), Qt.MouseButton.LeftButton)
    menu = panel.findChild(QMenu, "speakerMenu")
    qtbot.waitUntil(menu.isVisible)
    for name in path:
        (action,) = (a for a in menu.actions() if name in (a.objectName(), a.menu() and a.menu().objectName()))
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        if action.menu():
            menu = action.menu()
            qtbot.waitUntil(menu.isVisible)


def test_a_speakers_menu_tells_what_is_wished(panel, qtbot):
    panel.set_selected(3)
    for signal, path, expected in (
        (panel.recolor_requested, ("colourMenu", "colour6Action"), ["S2", 6]),
        (panel.merge_requested, ("mergeMenu", "mergeS3Action"), ["S2", "S3"]),
        (panel.swap_requested, ("swapMenu", "swapS1Action"), ["S2", "S1"]),
        (panel.reassign_requested, ("giveSelectedAction",), ["S2"]),
        (panel.split_off_requested, ("splitOffAction",), [""]),
    ):
        with qtbot.waitSignal(signal) as wished:
            choose(qtbot, panel, 1, *path)
        assert wished.args == expected
    choose(qtbot, panel, 1, "renameSpeakerAction")
    assert panel.findChild(NameEdit).text() == "Jörg Müller"


def entries(panel: SpeakersPanel, qtbot, card: int) -> dict[str, bool]:
    choose(qtbot, panel, card)
    menu = panel.findChild(QMenu, "speakerMenu")
    menu.close()
    return {a.text().replace("&", ""): a.isEnabled() for a in menu.actions()}


def test_what_cannot_be_done_now_is_not_offered(panel, model, qtbot):
    assert entries(panel, qtbot, 0)["Give the selected passage to Annika Böhm"] is False
    assert entries(panel, qtbot, 0)["Remove"] is False
    panel.set_selected(2)
    model.set_speakers([*SPEAKERS, Speaker("S4", "Nobody")])
    qtbot.waitUntil(lambda: name_button(cards(panel)[-1]).text() == "Nobody")  # laid out
    assert entries(panel, qtbot, 3)["Give the selected 2 passages to Nobody"] is True
    assert entries(panel, qtbot, 3)["Remove"] is True
    assert not button(cards(panel)[3], "speakerPlayButton").isEnabled()


def test_buttons_of_the_head_and_of_a_card(panel, qtbot):
    for signal, within, name in (
        (panel.find_again_requested, panel, "findSpeakersButton"),
        (panel.merge_two_requested, panel, "mergeSpeakersButton"),
        (panel.check_requested, panel, "checkPassagesButton"),
        (panel.play_requested, cards(panel)[2], "speakerPlayButton"),
    ):
        with qtbot.waitSignal(signal) as wished:
            qtbot.mouseClick(button(within, name), Qt.MouseButton.LeftButton)
    assert wished.args == ["S3"]


def test_a_new_speakers_name_is_typed_at_once(panel, model, qtbot):
    panel.add_requested.connect(lambda name: model.set_speakers([*SPEAKERS, Speaker("S4", name or "Speaker 4")]))
    qtbot.mouseClick(button(panel, "addSpeakerButton"), Qt.MouseButton.LeftButton)
    editor = panel.findChild(NameEdit)
    assert editor.text() == "Speaker 4"
    with qtbot.waitSignal(panel.rename_requested) as wished:
        qtbot.keyClicks(editor, "Dora")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert wished.args == ["S4", "Dora"]


def test_a_colour_is_picked_while_the_name_is_typed(panel, qtbot):
    qtbot.mouseClick(name_button(cards(panel)[0]), Qt.MouseButton.LeftButton)
    editor = panel.findChild(NameEdit)
    qtbot.keyClicks(editor, "Ann")
    with qtbot.waitSignal(panel.recolor_requested) as wished:
        qtbot.mouseClick(button(cards(panel)[0], "swatch4"), Qt.MouseButton.LeftButton)
    assert wished.args == ["S1", 4]
    assert editor.isVisible()
    assert editor.text() == "Ann"
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not button(cards(panel)[0], "swatch4").isVisible()
    assert name_button(cards(panel)[0]).hasFocus()


def test_a_colour_of_ones_own_is_shown(panel, model):
    model.set_speakers([replace(SPEAKERS[0], color=5), *SPEAKERS[1:]])
    assert button(cards(panel)[0], "swatch5").isChecked()
    assert button(cards(panel)[1], "swatch1").isChecked()


def test_who_somebody_sounds_like(panel, model, qtbot):
    model.set_speakers([SPEAKERS[0], Speaker("S2", "Speaker 2"), SPEAKERS[2]])
    suggestion = Suggestion("S2", "Jörg", 0.864)
    panel.show_suggestions([suggestion])
    assert "Sounds like Jörg (86 %)" in words(cards(panel)[1])
    assert not button(cards(panel)[0], "takeSuggestionButton").isVisible()
    for name, signal in (("take", panel.suggestion_taken), ("refuse", panel.suggestion_refused)):
        with qtbot.waitSignal(signal) as wished:
            qtbot.mouseClick(button(cards(panel)[1], f"{name}SuggestionButton"), Qt.MouseButton.LeftButton)
        assert wished.args == [suggestion]


def test_consent_is_asked_for_and_given(panel, qtbot):
    panel.show_voices(ask=True, asked=False)
    assert panel.findChild(QLabel, "voicesConsentText").text() == "Voices are kept on this computer only."
    assert not button(panel, "knownVoicesButton").isVisible()
    for name, answer in (("voicesYesButton", True), ("voicesNoButton", False)):
        with qtbot.waitSignal(panel.consent_given) as given:
            qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)
        assert given.args == [answer]
    panel.show_voices(ask=False, asked=True)
    assert not panel.findChild(QWidget, "voicesConsent").isVisible()
    assert button(panel, "knownVoicesButton").isVisible()


def test_the_check_of_all_passages(panel, qtbot):
    title = panel.findChild(QLabel, "speakerCheckTitle")
    panel.show_checking()
    with qtbot.waitSignal(panel.check_stopped):
        qtbot.mouseClick(button(panel, "stopCheckButton"), Qt.MouseButton.LeftButton)
    panel.show_doubts(4)
    assert title.text() == "4 passages sound like somebody else"
    with qtbot.waitSignal(panel.doubts_requested):
        qtbot.mouseClick(button(panel, "oneByOneButton"), Qt.MouseButton.LeftButton)
    panel.show_doubts(0)
    assert title.text() == "Every passage fits its speaker"
    assert not button(panel, "oneByOneButton").isVisible()


def test_the_tab_key_visits_everything_in_order(panel, qtbot):
    panel.show_voices(ask=True, asked=False)
    button(panel, "addSpeakerButton").setFocus()
    visited = []
    for _ in range(14):
        qtbot.keyClick(panel.window().focusWidget(), Qt.Key.Key_Tab)
        visited.append(panel.window().focusWidget().objectName())
    card = ["speakerNameButton", "speakerPlayButton", "speakerMenuButton"]
    below = ["mergeSpeakersButton", "voicesYesButton", "voicesNoButton", "checkPassagesButton"]
    assert visited == ["findSpeakersButton", *card * 3, *below]


def test_every_control_has_a_name(panel):
    panel.show_suggestions([Suggestion("S2", "Jörg", 0.9)])
    nameless = [b.objectName() for b in panel.findChildren(QAbstractButton) if b.isVisible() and not b.accessibleName()]
    assert nameless == []
    assert all(b.objectName() for b in panel.findChildren(QAbstractButton))
