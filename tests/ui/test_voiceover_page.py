"""The voice-over in the window, with real speech: made, decided on, changed, heard, exported, taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar
from pytestqt.qtbot import QtBot
from speech import CUES, OVERRUNS, PATIENCE, made, open_cues
from talks import button
from test_window import nameless

from studio import media
from studio.app import build
from studio.core.edits import Edit
from studio.core.speaking import Casting, Delivery, Manner
from studio.core.transcript import Segment
from studio.services import voiceover
from studio.ui.dialogs.reflow_dialog import ReflowDialog
from studio.ui.dialogs.speech_dialog import SpeechDialog
from studio.ui.models.speech_model import Column
from studio.ui.models.voiceover import State
from studio.ui.voiceover import Heard
from studio.ui.widgets.tag import Tag
from studio.ui.window.main_window import MainWindow


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was spoken in one test is there in the next."""
    return tmp_path_factory.mktemp("speech")


@pytest.fixture(autouse=True)
def kept(home: Path, speech: Path) -> None:
    (home / "speech").symlink_to(speech)


@pytest.fixture
def told(window: MainWindow) -> list[str]:
    sentences: list[str] = []
    window.desks.voiceover.notice.connect(lambda _, sentence: sentences.append(sentence))
    return sentences


def cell(window: MainWindow, row: int, column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> str:
    model = window.desks.voiceover.page.table.model()
    return str(model.index(row, column).data(role) or "")


def handled(window: MainWindow) -> list[str]:
    return [cell(window, row, Column.HANDLED) for row in range(window.desk.model.rowCount())]


def casting(window: MainWindow) -> Casting:
    assert window.desk.job
    return window._studio.library.casting.get(window.desk.job.id)


def settled(window: MainWindow, qtbot: QtBot) -> None:
    """What was changed is made, and shown."""
    desk = window.desks.voiceover
    qtbot.waitUntil(lambda: not desk.voiceover.to_make() and not desk.making, timeout=PATIENCE)
    desk.voiceover.settle()


def test_before_it_is_made_every_cue_says_so(window: MainWindow, tmp_path: Path) -> None:
    open_cues(window, tmp_path)
    window.commands["voiceoverModeAction"].trigger()
    page = window.desks.voiceover.page
    assert handled(window) == ["Not made yet", "Not made yet", "Nothing to say", "Not made yet"]
    assert page.making.make.text() == "Make the voice-over"
    assert all(label.isVisible() for label in page.cues.findChildren(QLabel)), "no number without its name"
    assert not window.commands["exportSpeechAction"].isEnabled()
    assert window.page.waveform.detail.speech is None
    assert nameless(window) == []


def test_all_is_done_by_keys(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    """Ctrl+4, Ctrl+F5; down to the cue that overruns, Ctrl+U speeds it up, Ctrl+Shift+U leaves it."""
    open_cues(window, tmp_path)
    desk, table = window.desks.voiceover, window.desks.voiceover.page.table
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(table.hasFocus)
    qtbot.keyClick(table, Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier)
    assert desk.making
    qtbot.waitUntil(lambda: not desk.making, timeout=PATIENCE)
    assert handled(window) == ["Fits", "To decide", "Nothing to say", "Fits"]
    placed = desk.voiceover.placed[OVERRUNS]
    assert cell(window, 1, Column.OVER) == f"+{placed.over / 1000:.2f} s into next" or placed.into == 0
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert window.desk.selection.ids == (OVERRUNS,), "the selection is that of all views"
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(table, Qt.Key.Key_U, control)
    assert casting(window).hurried == {OVERRUNS}
    faster = desk.voiceover.placed[OVERRUNS]
    assert 1 < faster.hurry <= casting(window).limit
    assert faster.length < placed.length
    assert not window.commands["undoAction"].isEnabled(), "a decision changes no text"
    qtbot.keyClick(table, Qt.Key.Key_U, control | shift)
    assert casting(window).hurried == frozenset()
    assert handled(window)[1] == "Left as it is"
    assert desk.voiceover.placed[OVERRUNS] == placed


LONG = "This is said for much longer than its cue is shown."
FOUR = tuple(Segment(n * 5_000, n * 5_000 + 800, LONG, speaker="S1", id=n + 1) for n in range(4))


def test_those_that_want_a_decision_are_counted_and_gone_to(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, told: list[str]
) -> None:
    open_cues(window, tmp_path, FOUR)
    made(window, qtbot)
    selection, player = window.desk.selection, window.playback.player
    waiting = button(window, "undecidedButton")
    assert (waiting.isVisible(), waiting.text()) == (True, "4 to decide")
    selection.set([1])
    waiting.click()
    assert (selection.ids, player.position()) == ((2,), 5_000)
    window.commands["leaveAction"].trigger()
    assert (waiting.text(), casting(window).left) == ("3 to decide", {2})
    assert handled(window) == ["To decide", "Left as it is", "To decide", "To decide"]
    for expected in (3, 4, 1):  # behind the last one the first comes again
        window.commands["nextProblemAction"].trigger()
        assert selection.ids == (expected,)
    for expected in (4, 3):
        window.commands["previousProblemAction"].trigger()
        assert selection.ids == (expected,)
    window.commands["hurryAllAction"].trigger()
    assert casting(window).hurried == {1, 3, 4}, "what was left stays so"
    assert handled(window)[1] == "Left as it is"
    assert not waiting.isVisible()
    assert not window.commands["hurryAllAction"].isEnabled()
    window.commands["nextProblemAction"].trigger()
    assert told[-1] == "No cue is left to decide on."
    selection.set([2])
    window.commands["hurryAction"].trigger()
    assert (casting(window).left, 2 in casting(window).hurried) == (frozenset(), True)
    assert "limit" in handled(window)[1]


def test_all_that_overrun_are_sped_up_within_the_limit(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, told: list[str]
) -> None:
    open_cues(window, tmp_path)
    made(window, qtbot)
    desk, page = window.desks.voiceover, window.desks.voiceover.page
    assert "1 of 3 overruns" in [tag.accessibleName() for tag in page.findChildren(Tag) if tag.isVisible()]
    page.cues.limit.setValue(1.1)
    assert casting(window).limit == 1.1
    window.commands["hurryAllAction"].trigger()
    assert desk.voiceover.placed[OVERRUNS].hurry == 1.1
    assert handled(window)[1] == "At the limit, 1.10×"
    assert told[-1] == "0 of 1 cue fit now; 1 would have to be faster than the limit."
    page.cues.ducked.setValue(20)
    assert casting(window).ducked == 20


def test_decisions_and_speech_are_there_after_a_restart(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, home: Path
) -> None:
    open_cues(window, tmp_path)
    made(window, qtbot)
    desk = window.desks.voiceover
    desk.set_heard(Heard.SPEECH)
    desk.page.cues.limit.setValue(1.5)
    window.desk.selection.set([4])
    window.commands["leaveAction"].trigger()
    window.commands["hurryAllAction"].trigger()
    placed, decided = dict(desk.voiceover.placed), casting(window)
    assert (decided.hurried, decided.left) == ({OVERRUNS}, {4})
    window.close()
    _, again = build([])
    with qtbot.waitExposed(again):
        again.show()
    try:
        again.commands["voiceoverModeAction"].trigger()
        after = again.desks.voiceover
        qtbot.waitUntil(lambda: after.voiceover.placed == placed, timeout=PATIENCE)
        assert (after.preview.heard, after.page.cues.limit.value()) == (Heard.SPEECH, 1.5)
        assert casting(again) == decided
        qtbot.waitUntil(lambda: not after.making, timeout=PATIENCE)
    finally:
        again.close()
        again.deleteLater()
        QApplication.sendPostedEvents(again, QEvent.Type.DeferredDelete)


def test_what_is_changed_is_made_again_and_nothing_else(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_cues(window, tmp_path)
    made(window, qtbot)
    desk = window.desks.voiceover
    before = dict(desk.voiceover.spoke)
    window.desk.type_text(4, "Yes, of course.")
    assert desk.voiceover.state(window.desk.model.segment(3)) is State.OUTDATED
    assert handled(window)[3] == "Changed since"
    settled(window, qtbot)
    assert desk.voiceover.spoke[4].length > before[4].length
    assert all(desk.voiceover.spoke[id] is before[id] for id in (1, 2)), "they were not touched"
    window.desk.undo()
    settled(window, qtbot)
    assert desk.voiceover.spoke[4] == before[4]


def test_another_voice_or_time_is_followed(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_cues(window, tmp_path)
    made(window, qtbot)
    desk = window.desks.voiceover
    before = dict(desk.voiceover.spoke)
    window.desks.casting._change("S2", Manner("", Delivery(tempo=1.25)))
    assert handled(window)[1] == "Changed since"
    settled(window, qtbot)
    assert desk.voiceover.spoke[2].length == pytest.approx(before[2].length / 1.25, abs=3)
    assert desk.voiceover.spoke[1] is before[1]
    cue = window.desk.model.segment(3)
    window.desk.do(Edit("Move", (cue,), (cue._replace(start=9_000, end=10_000),)))
    qtbot.waitUntil(lambda: desk.voiceover.placed[4].start == 9_000, timeout=5_000)
    assert desk.voiceover.spoke[4] is before[4]


def test_a_voice_that_fails_for_one_cue_leaves_the_others(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    """Another version of the program knew a voice that is not here any more."""
    open_cues(window, tmp_path)
    assert window.desk.job
    bad = Casting({"S2": Manner("hibari/nobody")})
    window._studio.library.casting.put(window.desk.job.id, bad)
    window.desks.casting.changed.emit()
    made(window, qtbot)
    desk = window.desks.voiceover
    assert handled(window) == ["Fits", "Not spoken", "Nothing to say", "Fits"]
    reason = cell(window, 1, Column.TEXT, Qt.ItemDataRole.ToolTipRole)
    assert "nobody" in reason
    assert reason in cell(window, 1, Column.TEXT, Qt.ItemDataRole.AccessibleTextRole)
    assert set(desk.voiceover.placed) == {1, 4}
    assert desk.page.making.make.text() == "Try 1 cue again"


def test_a_file_without_words_says_so(window: MainWindow, tmp_path: Path, told: list[str]) -> None:
    open_cues(window, tmp_path, (CUES[2]._replace(id=1),))
    window.commands["voiceoverModeAction"].trigger()
    window.commands["makeVoiceoverAction"].trigger()
    assert told == ["There is nothing to speak here: no cue has letters or digits."]
    assert not window.desks.voiceover.making


def test_a_file_without_cues_has_nothing_to_press(window: MainWindow, tmp_path: Path) -> None:
    open_cues(window, tmp_path, ())
    window.commands["voiceoverModeAction"].trigger()
    page = window.desks.voiceover.page
    assert page.nothing.findChild(QLabel, "transcriptStateLabel").text() == "No speech was heard in this recording."
    assert page.nothing.isVisible()
    assert not any(part.isVisible() for part in (page.making, page.cues, page.table))
    window.commands["newCueAction"].trigger()
    window.desks.voiceover.voiceover.settle()
    assert not page.nothing.isVisible()
    assert all(part.isVisible() for part in (page.making, page.cues, page.table))


def test_stop_leaves_what_is_made(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    many = tuple(
        Segment(n * 3_000, n * 3_000 + 2_500, f"This is sentence number {n} of very many.", speaker="S1", id=n + 1)
        for n in range(400)
    )
    open_cues(window, tmp_path, many)
    desk = window.desks.voiceover
    window.commands["voiceoverModeAction"].trigger()
    window.commands["makeVoiceoverAction"].trigger()
    qtbot.waitUntil(lambda: len(desk.voiceover.spoke) >= 2, timeout=PATIENCE)
    progress = desk.page.findChild(QProgressBar, "voiceoverProgress")
    assert progress is not None
    assert progress.isVisible()
    said = desk.page.findChild(QLabel, "voiceoverTold")
    assert said is not None
    assert "of 400" in said.text()
    qtbot.mouseClick(button(desk.page, "stopVoiceoverButton"), Qt.MouseButton.LeftButton)
    assert not desk.making
    count = len(desk.voiceover.spoke)
    assert 2 <= count < 400
    assert handled(window)[:2] == ["Fits", "Fits"]
    assert handled(window)[-1] == "Not made yet"
    assert desk.page.making.make.text() == f"Make {400 - count} cues"


def test_another_recording_has_a_voiceover_of_its_own(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    """The mode stays; what is made of one text is never taken for another."""
    open_cues(window, tmp_path)
    made(window, qtbot)
    first = window.desk.job
    assert first
    (tmp_path / "other").mkdir()
    open_cues(window, tmp_path / "other", (Segment(0, 2_000, "Something else.", speaker="S1", id=1),))
    desk = window.desks.voiceover
    assert handled(window) == ["Not made yet"]
    assert window.page.waveform.detail.speech is None
    assert not desk.making
    window._open_id(first.id)
    qtbot.waitUntil(lambda: set(desk.voiceover.placed) == {1, 2, 4}, timeout=PATIENCE)
    settled(window, qtbot)


def test_what_is_outdated_is_not_exported(window: MainWindow, tmp_path: Path, qtbot: QtBot, told: list[str]) -> None:
    open_cues(window, tmp_path)
    made(window, qtbot)
    window.desk.type_text(4, "Yes, of course.")
    window.commands["exportSpeechAction"].trigger()
    assert told[-1] == "1 cue was changed since the voice-over was made: make it again, then export."
    assert window.findChild(SpeechDialog) is None


def test_reflow_takes_the_neighbours_along(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_cues(window, tmp_path)
    made(window, qtbot)
    window.desk.selection.set([OVERRUNS])
    window.commands["reflowCueAction"].trigger()
    dialog = window.findChild(ReflowDialog)
    assert dialog is not None
    assert window.desk.selection.ids == (1, 2, 3)
    dialog.reject()


def test_the_menu_offers_what_the_keys_do(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_cues(window, tmp_path)
    made(window, qtbot)
    window.desk.selection.set([1, 2])
    menu = window.desks.voiceover.page.menu()
    by_name = {action.objectName(): action for action in menu.actions()}
    by_name["hurryAction"].trigger()
    assert casting(window).hurried == {1, 2}, "several at once"
    assert desk_hurry(window) == {1: 1.0, 2: pytest.approx(1.25, abs=0.25)}, "what fits is not touched"
    menu.deleteLater()


def desk_hurry(window: MainWindow) -> dict[int, float]:
    placed = window.desks.voiceover.voiceover.placed
    return {id: placed[id].hurry for id in (1, 2)}


def test_the_lane_shows_each_speech_and_what_overruns(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_cues(window, tmp_path)
    height = window.page.waveform.detail.cue_area().height()
    made(window, qtbot)
    detail = window.page.waveform.detail
    qtbot.waitUntil(lambda: detail.speech is not None and len(detail.speech.starts) == 3, timeout=5_000)
    assert detail.speech is not None
    assert detail.speech.starts.tolist() == [1_000, 4_000, 7_000]
    assert (detail.speech.ends > detail.speech.cue_ends).tolist() == [False, True, False]
    assert detail.cue_area().height() < height
    said, silent = (detail.speech.peaks.slice(start, start + 400, 8) for start in (1_000, 3_300))
    assert abs(said).max() > 0.05
    assert abs(silent).max() == 0


def test_export_writes_what_was_chosen(window: MainWindow, tmp_path: Path, qtbot: QtBot, told: list[str]) -> None:
    recording = open_cues(window, tmp_path)
    made(window, qtbot)
    window.desk.selection.set([2, 4])
    window.commands["exportSpeechAction"].trigger()
    dialog = window.findChild(SpeechDialog)
    assert dialog is not None
    assert nameless(window) == []
    form = dialog.form
    form.format.setCurrentIndex(form.format.findData("flac"))
    form.subtitles.setCurrentIndex(form.subtitles.findData("vtt"))
    form.part.setChecked(True)
    form.under.setChecked(True)
    with qtbot.waitSignal(window.desks.voiceover.notice, timeout=PATIENCE):
        qtbot.mouseClick(button(dialog, "speechExportButton"), Qt.MouseButton.LeftButton)
    sound = recording.with_suffix(".flac")
    assert told[-1].startswith("Speech written to “harbour.flac”")
    assert sorted(p.name for p in tmp_path.glob("harbour.*")) == ["harbour.flac", "harbour.vtt", "harbour.wav"]
    samples, rate = media.read_sound(sound)
    assert len(samples) / rate == pytest.approx(3 + window.desks.voiceover.voiceover.spoke[4].length / 1000, abs=0.03)
    window.commands["exportSpeechAction"].trigger()
    again = next(d for d in window.findChildren(SpeechDialog) if d.isVisible())
    assert (again.form.format.currentData(), again.form.subtitles.currentData()) == ("flac", "vtt")
    qtbot.mouseClick(button(again, "speechExportButton"), Qt.MouseButton.LeftButton)
    notice = again.findChild(QLabel, "exportNoticeText")
    assert notice is not None
    assert notice.isVisible(), "it asks before it overwrites"
    assert "harbour.flac" in notice.text()
    again.reject()


def test_without_a_recording_the_clock_of_the_voiceover_runs(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    open_cues(window, tmp_path, recording=False)
    player = window.playback.player
    made(window, qtbot)
    assert player.alone
    window.desk.selection.set([4])
    window.desks.voiceover.hear()
    assert player.playing
    qtbot.waitUntil(lambda: player.position() > 7_000, timeout=5_000)
    end = window.desks.voiceover.voiceover.placed[4].end
    qtbot.waitUntil(lambda: not player.playing, timeout=5_000)
    assert abs(player.position() - max(end, CUES[3].end)) <= 20
    window.commands["transcriptModeAction"].trigger()
    assert not player.alone


@pytest.mark.slow
def test_three_thousand_cues(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    """Ten sentences over and over: what was said once comes from the disk."""
    said = [f"This is sentence number {n} of ten." for n in range(10)]
    many = tuple(
        Segment(n * 3_000, n * 3_000 + 2_000, said[n % 10], speaker=f"S{n % 2 + 1}", id=n + 1) for n in range(3_000)
    )
    open_cues(window, tmp_path, many, recording=False)
    made(window, qtbot, 10 * PATIENCE)
    desk = window.desks.voiceover
    assert len(desk.voiceover.placed) == 3_000
    window.commands["hurryAllAction"].trigger()
    model = desk.voiceover
    plan = voiceover.place(model.model.segments(), model.spoke, model.parts)
    assert tuple(model.placed.values()) == plan
    player = window.playback.player
    window.playback.play()
    for place in (0, 3_000_000, 6_000_000):
        player.seek(place)
        qtbot.waitUntil(lambda place=place: player.position() > place + 1_000, timeout=10_000)
    assert 0 < len(desk.preview._clips) < 20, "only clips near the position are in memory"
