"""Playing in the whole window: keys, cues, loop, silence, typing, pedals, recordings that are gone or exchanged."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio import media
from studio.app import build
from studio.core.jobs import JobOptions, JobState, StopToken
from studio.core.replace import Query
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Word
from studio.library import Home
from studio.services import queue
from studio.services.studio import Studio
from studio.ui.player import Pedal, PedalSetup
from studio.ui.window.main_window import MainWindow

CUES = ((500, 1_500), (1_500, 2_500), (5_000, 6_000))  # the sound is as long as they are, and 8 s in all
DURATION = 8_000


def sound(path: Path, pitch: int = 300) -> Path:
    """A tone where somebody speaks."""
    samples = np.zeros(16 * DURATION)
    for start, end in CUES:
        samples[16 * start : 16 * end] = np.sin(np.arange(16 * (end - start)) * 2 * np.pi * pitch / 16_000) * 9_000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return sound(tmp_path / "talk.wav")


@pytest.fixture
def open_window(
    tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[Callable[[], MainWindow]]:
    """Opens the window on a library with one transcript; a second call opens it again."""
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    home = Home(tmp_path / "home").prepared()
    studio = Studio.open(home)
    job, info = queue.add_one(studio, recording, JobOptions())
    peaks = media.PeaksWriter()
    for _ in media.decode(recording, home.audio_file(job.id), peaks, stop=StopToken()):
        pass
    peaks.finish().save(home.peaks_file(job.content_id, 0))
    segments = [Segment.from_words([Word(f"w{i}", start, end, 0.9)], "S1") for i, (start, end) in enumerate(CUES)]
    source = Source(path=job.path, name=job.name, content_id=job.content_id, duration=info.duration)
    id = studio.library.transcripts.create(source, EngineInfo(), job.id)
    studio.library.transcripts.replace(id, segments, (Speaker("S1", "Annika"),), EngineInfo())
    studio.library.jobs.set_state(job.id, JobState.DONE)
    studio.library.settings.set("queue_paused", True)
    studio.close()
    windows: list[MainWindow] = []

    def start() -> MainWindow:
        if windows:
            windows[-1].close()
        _, window = build([])
        windows.append(window)
        if not window.playback.player.available:
            pytest.skip("QtMultimedia cannot be loaded here")
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield start
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()


@pytest.fixture
def press(window: MainWindow) -> Callable[[str], None]:
    return lambda name: window.commands[name].trigger()


def place(window: MainWindow) -> int:
    return window.playback.player.position()


def play(window: MainWindow, qtbot: QtBot) -> None:
    if not window.playback.player.playing:
        window.commands["playAction"].trigger()
        qtbot.waitUntil(lambda: window.playback.player.playing, timeout=10_000)


def select(window: MainWindow, *rows: int) -> None:
    window.desk.selection.set([window.transcript_model.segment(row).id for row in rows])


def test_one_comes_back_to_where_one_was(open_window: Callable[[], MainWindow]) -> None:
    open_window().playback.seek(5_200)
    assert place(open_window()) == 5_200


def test_with_nothing_open_no_time_is_told(window: MainWindow) -> None:
    window.playback.seek(5_200)
    job = window.desk.job
    window.desk.open(None)
    assert window.transport.time.accessibleName() == "Position 00:00:00.000 of 00:00:00.000"
    assert place(window) == 0
    window.desk.open(job)
    assert place(window) == 5_200, "and where one was is kept"


def test_the_speed_goes_by_tenths_from_a_quarter_to_four(window: MainWindow, press: Callable[[str], None]) -> None:
    rates = []
    window.playback.player.set_rate(0.25)
    for _ in range(3):
        press("fasterAction")
        rates.append(window.playback.player.rate)
    for _ in range(3):
        press("slowerAction")
        rates.append(window.playback.player.rate)
    assert rates == [0.3, 0.4, 0.5, 0.4, 0.3, 0.25]
    window.playback.player.set_rate(1.25)
    press("fasterAction")
    assert window.playback.player.rate == 1.3
    window.playback.player.set_rate(3.95)
    press("fasterAction")
    press("fasterAction")
    assert window.playback.player.rate == 4.0


def test_every_speed_is_reached_by_the_keys(window: MainWindow, press: Callable[[str], None]) -> None:
    rates = [0.25]
    window.playback.player.set_rate(0.25)
    while window.playback.player.rate < 4.0:
        press("fasterAction")
        rates.append(window.playback.player.rate)
    assert rates == [0.25, *[n / 10 for n in range(3, 41)]]


def test_the_buttons_go_from_cue_to_cue(window: MainWindow) -> None:
    next_cue, previous = (window.transport.findChild(QWidget, name) for name in ("nextCueButton", "previousCueButton"))
    places = []
    for button in (next_cue, next_cue, next_cue, next_cue, previous, previous, previous, previous):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        places.append(place(window))
    assert places == [500, 1_500, 5_000, DURATION, 5_000, 1_500, 500, 0]


def test_a_cue_is_played_again_and_ends_in_itself(
    window: MainWindow, press: Callable[[str], None], qtbot: QtBot
) -> None:
    window.playback.seek(900)
    for _ in range(2):
        press("replayCueAction")
        qtbot.waitUntil(lambda: window.playback.player.playing, timeout=10_000)
        assert place(window) < 900
        qtbot.waitUntil(lambda: not window.playback.player.playing, timeout=10_000)
        assert place(window) == 1_499


def test_what_gave_way_to_scrolling_follows_again_when_a_cue_is_played(
    window: MainWindow, press: Callable[[str], None], qtbot: QtBot
) -> None:
    select(window, 2)
    follow = window.commands["followAction"]
    window.page.transcript.set_following(False)  # as scrolling does
    assert not follow.isChecked()
    press("replayCueAction")
    qtbot.waitUntil(lambda: window.playback.player.playing, timeout=10_000)
    assert follow.isChecked()
    follow.trigger()
    press("replayCueAction")
    assert not follow.isChecked(), "the user has switched it off"


def test_going_to_a_place_found_lets_following_be_until_something_is_played(window: MainWindow, qtbot: QtBot) -> None:
    text = window.page.transcript
    text.set_search(Query("w2"))
    text.next_match()
    assert window.commands["followAction"].isChecked()
    window.playback.play()
    qtbot.waitUntil(lambda: window.playback.player.playing, timeout=10_000)
    text.next_match()
    assert not window.commands["followAction"].isChecked()


def test_stopped_the_selected_cue_is_the_one_to_play_again(
    window: MainWindow, press: Callable[[str], None], qtbot: QtBot
) -> None:
    select(window, 2)
    press("replayCueAction")
    qtbot.waitUntil(lambda: window.playback.player.playing, timeout=10_000)
    assert 5_000 <= place(window) < 6_000


def test_the_selection_is_looped_and_the_loop_goes_with_it(window: MainWindow, press: Callable[[str], None]) -> None:
    player = window.playback.player
    select(window, 0, 1)
    press("loopAction")
    assert player.loop == (500, 2_500)
    select(window, 1)
    assert player.loop == (500, 2_500), "work on a cue inside of it leaves it alone"
    select(window, 2)
    assert (player.loop, place(window)) == ((5_000, 6_000), 5_000)
    window.page.waveform.range_selected.emit(3_000, 4_000)
    assert player.loop == (3_000, 4_000), "a stretch was marked in the waveform"
    press("loopAction")
    assert player.loop is None


def test_without_a_selection_the_cue_at_the_place_is_looped(window: MainWindow, press: Callable[[str], None]) -> None:
    press("loopAction")
    assert not window.commands["loopAction"].isChecked(), "before the first cue there is nothing"
    window.playback.seek(1_700)
    press("loopAction")
    assert window.playback.player.loop == (1_500, 2_500)


def test_silence_is_skipped_and_speech_is_not(window: MainWindow, press: Callable[[str], None], qtbot: QtBot) -> None:
    heard: list[int] = []
    press("skipSilenceAction")
    window.playback.seek(2_000)
    play(window, qtbot)
    window.playback.player.position_changed.connect(heard.append)
    qtbot.waitUntil(lambda: place(window) > 5_500, timeout=10_000)
    window.playback.player.stop()
    assert not [ms for ms in heard if 2_700 <= ms < 4_790]
    assert [ms for ms in heard if 4_790 <= ms < 5_000]


def test_playing_rests_while_one_types_and_goes_on_by_itself(
    window: MainWindow, press: Callable[[str], None], qtbot: QtBot
) -> None:
    playback = window.playback
    play(window, qtbot)
    playback.on_typed()
    assert playback.player.playing, "only if it is wanted"
    press("pauseTypingAction")
    qtbot.waitUntil(lambda: place(window) > 300, timeout=10_000)
    playback.on_typed()
    assert not playback.player.playing
    stopped = place(window)
    assert stopped > 300, "no step back"
    playback.on_typed()
    qtbot.waitUntil(lambda: playback.player.playing, timeout=10_000)
    assert place(window) >= stopped
    playback.on_typed()
    playback.stop()
    assert not playback._resume.isActive(), "stopped by the user it stays stopped"


def test_typing_starts_nothing_that_was_not_playing(window: MainWindow, press: Callable[[str], None]) -> None:
    press("pauseTypingAction")
    window.playback.on_typed()
    assert not window.playback._resume.isActive()


def test_escape_stops_and_returns_to_the_text(window: MainWindow, qtbot: QtBot) -> None:
    play(window, qtbot)
    window.transport.speed.setFocus()
    QTest.keyClick(window.transport.speed, Qt.Key.Key_Escape)
    assert not window.playback.player.playing
    assert window.page.transcript.hasFocus()


def test_the_middle_pedal_switches_or_plays_while_it_is_held(window: MainWindow, qtbot: QtBot) -> None:
    player, text = window.playback.player, window.page.transcript
    window.transport.rewind.select(0)
    window.playback.pedals.set_setup(PedalSetup(enabled=True))
    for playing in (True, False):
        QTest.keyClick(text, Qt.Key.Key_F4)
        qtbot.waitUntil(lambda p=playing: player.playing is p, timeout=10_000)
    window.playback.pedals.set_setup(PedalSetup(enabled=True, hold=True))
    QTest.keyPress(text, Qt.Key.Key_MediaPlay)
    qtbot.waitUntil(lambda: player.playing, timeout=10_000)
    chip = window.transport.findChild(QWidget, "pedalChip")
    assert (chip.isVisible(), chip.isChecked()) == (True, True)
    QTest.keyRelease(text, Qt.Key.Key_MediaPlay)
    assert not player.playing
    window.playback.seek(3_000)
    QTest.keyClick(text, Qt.Key.Key_F7)
    assert place(window) == 1_000
    QTest.keyClick(text, Qt.Key.Key_MediaNext)
    assert place(window) == 3_000


def test_choices_come_back_with_the_window(open_window: Callable[[], MainWindow]) -> None:
    first = open_window()
    first.commands["fasterAction"].trigger()
    first.commands["skipSilenceAction"].trigger()
    first.commands["pauseTypingAction"].trigger()
    first.playback.pedals.set_setup(replace(PedalSetup(True, True), keys=PedalSetup().with_key(Pedal.LEFT, "F13").keys))
    second = open_window()
    assert second.playback.player.rate == 1.1
    assert second.transport.speed.currentText() == "1.1×"
    assert second.commands["skipSilenceAction"].isChecked()
    assert second.commands["pauseTypingAction"].isChecked()
    assert second.playback.pedals.setup.keys[Pedal.LEFT] == ("F13",)
    assert second.transport.findChild(QWidget, "pedalChip").isVisible()


def told(window: MainWindow) -> list[str]:
    said: list[str] = []
    window.playback.notice.connect(lambda kind, text: said.append(text))
    return said


def test_a_recording_that_is_gone_is_said_in_a_sentence(
    window: MainWindow, recording: Path, press: Callable[[str], None]
) -> None:
    said = told(window)
    recording.unlink()
    for action in ("playAction", "replayCueAction"):
        window.playback.seek(700)
        press(action)
    assert len(said) == 2
    assert all("“talk.wav” is not where it was" in text for text in said)
    assert all("Find the recording" in text for text in said), "added again it would be another job"
    assert not window.playback.player.playing


def test_another_recording_in_its_place_is_said_and_can_be_heard(
    window: MainWindow, recording: Path, qtbot: QtBot
) -> None:
    said = told(window)
    sound(recording, pitch=500)
    play(window, qtbot)
    assert [text for text in said if "“talk.wav” is not the recording it was" in text]
    said.clear()
    for _ in range(2):
        window.commands["playAction"].trigger()
    assert said == [], "once is enough"


def test_a_recording_shorter_than_its_transcript_is_said(window: MainWindow, qtbot: QtBot) -> None:
    said = told(window)
    last = window.transcript_model.segment(2)
    later = last._replace(start=20_000, end=21_000, words=())
    window.transcript_model.append_segments([later._replace(id=99)])
    play(window, qtbot)
    assert [t for t in said if "“talk.wav” is 00:08 long, but its transcript goes on to 00:21" in t]


def test_no_command_of_playing_is_left_without_work(window: MainWindow) -> None:
    mine = {a.objectName() for a in window.commands.menu("Playback") if isinstance(a, QAction)} | {"videoAction"}
    assert len(mine) > 8
    assert not mine & set(window.commands.unconnected())
    assert QApplication.activeModalWidget() is None


def test_a_loop_is_marked_while_it_plays(window: MainWindow, press: Callable[[str], None]) -> None:
    playback, player = window.playback, window.playback.player
    press("loopEndAction")
    assert player.loop is None
    playback.seek(1_200)
    press("loopStartAction")
    playback.seek(2_800)
    press("loopEndAction")
    assert (player.loop, place(window)) == ((1_200, 2_800), 1_200)
    assert window.page.waveform.range == (1_200, 2_800)
    assert window.commands["loopAction"].isChecked()
    playback.seek(1_700)
    press("loopStartAction")
    assert player.loop == (1_700, 2_800), "it begins later, and ends where it did"
    press("loopAction")
    assert player.loop is None
