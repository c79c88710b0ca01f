"""The player with real sound files and no sound device, and the bar that drives it."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.commands import Commands
from studio.ui.player import Player, TransportBar
from studio.ui.player.transport import RATES, full_time_code

SECONDS = 4


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WAV of 4 s."""
    path = tmp_path_factory.mktemp("sound") / "tone.wav"
    samples = np.sin(np.arange(16_000 * SECONDS) * 2 * np.pi * 440 / 16_000) * 3_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.fixture
def player(qapp: QApplication, qtbot: QtBot) -> Player:
    player = Player(qapp)
    if not player.available:
        pytest.skip("QtMultimedia cannot be loaded here")
    return player


@pytest.fixture
def playing(player: Player, tone: Path, qtbot: QtBot) -> Player:
    player.load(tone, duration=SECONDS * 1000)
    with qtbot.waitSignal(player.playing_changed, timeout=10_000):
        player.play()
    return player


def test_it_plays_and_the_position_only_goes_forward(playing: Player, qtbot: QtBot) -> None:
    heard: list[int] = []
    playing.position_changed.connect(heard.append)
    qtbot.waitUntil(lambda: playing.position() > 700, timeout=10_000)
    playing.stop()
    assert heard == sorted(heard)
    assert len(heard) > 20  # far more often than the back end reports


def test_it_knows_how_long_the_recording_is(player: Player, tone: Path, qtbot: QtBot) -> None:
    player.load(tone)
    with qtbot.waitSignal(player.duration_changed, timeout=10_000) as told:
        player.play()
    player.stop()
    assert told.args == [SECONDS * 1000]


def test_stopping_keeps_the_place_and_may_step_back(playing: Player, qtbot: QtBot) -> None:
    playing.rewind = 500
    qtbot.waitUntil(lambda: playing.position() > 900, timeout=10_000)
    with qtbot.waitSignal(playing.playing_changed) as told:
        playing.toggle()
    assert told.args == [False]
    assert 400 <= playing.position() < 1_500
    assert not playing.playing


def test_a_seek_counts_at_once_and_stays_true(playing: Player, qtbot: QtBot) -> None:
    heard: list[int] = []
    playing.position_changed.connect(heard.append)
    playing.seek(2_000)
    qtbot.waitUntil(lambda: playing.position() > 2_600, timeout=10_000)
    playing.stop()
    assert heard[0] == 2_000
    assert heard == sorted(heard)


def test_a_seek_before_the_first_play_is_where_it_starts(player: Player, tone: Path, qtbot: QtBot) -> None:
    player.load(tone, duration=SECONDS * 1000)
    player.seek(2_500)
    assert player.position() == 2_500
    with qtbot.waitSignal(player.playing_changed, timeout=10_000):
        player.play()
    assert player.position() >= 2_500
    qtbot.waitUntil(lambda: not player.playing, timeout=10_000)
    assert player.position() == SECONDS * 1000


def test_at_the_end_it_stops_and_starts_over(playing: Player, qtbot: QtBot) -> None:
    playing.seek(SECONDS * 1000 - 300)
    qtbot.waitUntil(lambda: not playing.playing, timeout=10_000)
    assert playing.position() == SECONDS * 1000
    with qtbot.waitSignal(playing.playing_changed, timeout=10_000):
        playing.play()
    assert playing.position() < 1_000
    playing.stop()


def test_a_loop_is_played_over_and_over_exact_to_a_frame(playing: Player, qtbot: QtBot) -> None:
    heard: list[int] = []
    playing.set_loop((1_000, 1_600))
    playing.position_changed.connect(heard.append)
    qtbot.waitUntil(lambda: sum(a > b for a, b in itertools.pairwise(heard)) >= 3, timeout=10_000)
    playing.stop()
    assert min(heard) >= 1_000
    assert max(heard) <= 1_600


def test_a_loop_to_the_very_end_goes_on(playing: Player, qtbot: QtBot) -> None:
    heard: list[int] = []
    playing.set_loop((SECONDS * 1000 - 500, SECONDS * 1000))
    playing.position_changed.connect(heard.append)
    qtbot.waitUntil(lambda: sum(a > b for a, b in itertools.pairwise(heard)) >= 2, timeout=10_000)
    assert playing.playing


def test_behind_a_loop_it_plays_on_and_a_stop_in_it_steps_back_to_its_start(playing: Player, qtbot: QtBot) -> None:
    playing.set_loop((500, 1_000))
    playing.seek(1_200)
    qtbot.waitUntil(lambda: playing.position() > 1_500, timeout=10_000)
    playing.rewind = 5_000
    playing.seek(600)
    playing.pause()
    assert playing.position() == 500


def test_a_stretch_is_played_once(player: Player, tone: Path, qtbot: QtBot) -> None:
    player.load(tone, duration=SECONDS * 1000)
    player.rewind = 5_000
    player.play_range(1_000, 1_500)
    qtbot.waitUntil(lambda: player.playing, timeout=10_000)
    qtbot.waitUntil(lambda: not player.playing, timeout=10_000)
    assert player.position() == 1_500, "it does not step back"


def test_pauses_are_left_out(playing: Player, qtbot: QtBot) -> None:
    heard: list[int] = []
    playing.position_changed.connect(heard.append)
    playing.set_skips([(600, 2_400), (2_600, 3_500)])
    qtbot.waitUntil(lambda: playing.position() > 3_600, timeout=10_000)
    playing.stop()
    assert not [ms for ms in heard if 600 <= ms < 2_400 or 2_600 <= ms < 3_500]
    assert [ms for ms in heard if 2_400 <= ms < 2_600], "what lies between them is played"


def test_seeks_stay_inside(player: Player, tone: Path) -> None:
    player.load(tone, duration=SECONDS * 1000)
    player.seek(-5)
    assert player.position() == 0
    player.seek(10**9)
    assert player.position() == SECONDS * 1000


def test_twice_the_speed_is_twice_as_far(playing: Player, qtbot: QtBot) -> None:
    playing.set_rate(2.0)
    assert playing.rate == 2.0
    qtbot.waitUntil(lambda: not playing.playing, timeout=10_000)
    assert playing.position() == SECONDS * 1000


def test_a_missing_file_is_said_in_a_sentence(player: Player, tmp_path: Path, qtbot: QtBot) -> None:
    player.load(tmp_path / "gone.wav")
    with qtbot.waitSignal(player.failed) as told:
        player.play()
    assert told.args == [f"“gone.wav” cannot be played: it is no longer in “{tmp_path}”."]
    assert not player.playing


def test_a_file_that_is_no_sound_is_said_in_a_sentence(player: Player, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("only text")
    said: list[str] = []
    player.failed.connect(said.append)
    player.load(path)
    player.play()
    qtbot.waitUntil(lambda: any("“notes.wav” cannot be played here" in s for s in said), timeout=10_000)
    assert not player.playing


def test_it_plays_the_chosen_audio_track(player: Player, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "two tracks.mka"
    with av.open(str(path), "w") as container:
        for stream in [container.add_stream("pcm_s16le", rate=16_000, layout="mono") for _ in range(2)]:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 16_000), np.int16), format="s16", layout="mono")
            frame.sample_rate = 16_000
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    player.load(path, track=1)
    player.play()
    media = player.findChild(QObject, "mediaPlayer")
    qtbot.waitUntil(lambda: media.activeAudioTrack() == 1, timeout=10_000)
    assert len(media.audioTracks()) == 2
    player.stop()


def test_loading_another_recording_stops_the_first(playing: Player, tone: Path) -> None:
    playing.load(tone)
    assert not playing.playing
    assert playing.position() == 0


def test_without_the_sound_library_the_window_still_works() -> None:
    program = """
import sys
sys.modules["PySide6.QtMultimedia"] = None
from pathlib import Path
from PySide6.QtWidgets import QApplication, QWidget
from studio.ui.commands import Commands
from studio.ui.player import Player, TransportBar, VideoPane
app = QApplication([])
player = Player(app)
window = QWidget()
bar = TransportBar(player, Commands(window))
video = VideoPane()
video.set_player(player)
said = []
player.failed.connect(said.append)
player.load(Path("talk.wav"), duration=9000)
player.seek(3000)
player.play()
video.set_wanted(True)
bar.grab()
assert player.position() == 3000 and not player.available
print(said[0])
"""
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, timeout=60)
    assert run.returncode == 0, run.stderr
    assert "Install the system package libpulse0" in run.stdout


def test_the_sound_library_is_not_loaded_before_it_is_needed() -> None:
    program = "import sys, studio.ui.player; assert not [m for m in sys.modules if 'QtMultimedia' in m]; print('ok')"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "ok", run.stderr


# The bar


@pytest.fixture
def commands(player: Player, qtbot: QtBot) -> Commands:
    window = QWidget()
    qtbot.addWidget(window)
    commands = Commands(window)
    commands.connect("playAction", player.toggle)
    commands.connect("backAction", lambda: player.seek(player.position() - 2_000))
    commands.connect("forwardAction", lambda: player.seek(player.position() + 2_000))
    commands.connect_switch("loopAction", lambda on: player.set_loop((500, 1_700) if on else None))
    return commands


@pytest.fixture
def bar(player: Player, commands: Commands, tone: Path, qtbot: QtBot, qapp: QApplication) -> TransportBar:
    theme.current().apply(qapp)
    bar = TransportBar(player, commands)
    qtbot.addWidget(bar)
    bar.resize(1400, theme.TRANSPORT)
    player.load(tone, duration=SECONDS * 1000)
    bar.show()
    return bar


def press(bar: TransportBar, name: str) -> None:
    QTest.mouseClick(bar.findChild(QWidget, name), Qt.MouseButton.LeftButton)


def test_its_buttons_move_the_player_and_ask_for_cues(bar: TransportBar, player: Player) -> None:
    asked: list[int] = []
    bar.cue_requested.connect(asked.append)
    press(bar, "forwardButton")
    assert player.position() == 2_000
    press(bar, "backButton")
    assert player.position() == 0
    press(bar, "nextCueButton")
    press(bar, "previousCueButton")
    assert asked == [1, -1]


def test_its_loop_button_says_how_long_the_loop_is(bar: TransportBar, player: Player) -> None:
    button = bar.findChild(QToolButton, "loopButton")
    width = button.width()
    assert button.text() == "Loop off"
    press(bar, "loopButton")
    assert (button.text(), player.loop) == ("Loop 1.2 s", (500, 1_700))
    assert button.accessibleName() == "Loop: 00:00.500 to 00:01.700"
    assert button.width() == width, "nothing beside it moves"
    press(bar, "loopButton")
    assert (button.text(), player.loop) == ("Loop off", None)


def test_a_speed_between_the_usual_ones_is_shown_while_it_is_chosen(bar: TransportBar, player: Player) -> None:
    usual = bar.speed.count()
    player.set_rate(1.1)
    assert (bar.speed.currentText(), bar.speed.count()) == ("1.1×", usual + 1)
    assert [bar.speed.itemData(i) for i in range(usual + 1)] == sorted([*RATES, 1.1])
    player.set_rate(0.25)
    assert (bar.speed.currentText(), bar.speed.count()) == ("0.25×", usual)
    bar.speed.select(2.0)
    assert player.rate == 2.0


def test_stopping_steps_back_by_what_is_chosen_from_the_start(bar: TransportBar, player: Player, qtbot: QtBot) -> None:
    assert (bar.rewind.currentText(), player.rewind) == ("1.5 s", 1_500)
    press(bar, "playButton")
    qtbot.waitUntil(lambda: player.position() > 1_600, timeout=10_000)
    press(bar, "playButton")
    assert 100 <= player.position() < 1_000


def test_the_pedal_is_shown_while_it_is_on(bar: TransportBar, commands: Commands) -> None:
    chip = bar.findChild(QToolButton, "pedalChip")
    assert not chip.isVisible()
    bar.show_pedal(True)
    bar.show_pressed(True)
    assert chip.isVisible()
    assert chip.isChecked()
    asked: list[bool] = []
    commands.connect("pedalAction", lambda: asked.append(True))
    press(bar, "pedalChip")
    assert asked == [True]


def test_its_play_button_is_the_windows_action(bar: TransportBar, player: Player, qtbot: QtBot) -> None:
    button = bar.findChild(QWidget, "playButton")
    assert (button.accessibleName(), button.toolTip()) == ("Play", "Play (F4)")
    with qtbot.waitSignal(player.playing_changed, timeout=10_000):
        press(bar, "playButton")
    assert button.accessibleName() == "Stop"
    press(bar, "playButton")
    assert button.accessibleName() == "Play"


def test_without_a_recording_its_buttons_are_off(bar: TransportBar, commands: Commands) -> None:
    commands["playAction"].setEnabled(False)
    assert not bar.findChild(QWidget, "playButton").isEnabled()
    assert not bar.findChild(QWidget, "backButton").isEnabled()
    commands["playAction"].setEnabled(True)
    assert bar.findChild(QWidget, "playButton").isEnabled()


def test_speed_volume_and_rewind_reach_the_player_and_can_be_remembered(
    bar: TransportBar, player: Player, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(bar.state_changed):
        bar.restore({"speed": 1.5, "rewind": 3_000, "volume": 40, "from a newer version": True})
    assert (player.rate, player.rewind, player.volume) == (1.5, 3_000, 0.4)
    assert bar.state() == {"speed": 1.5, "rewind": 3_000, "volume": 40}
    bar.restore({"speed": 17.0})
    assert player.rate == 1.5
    press(bar, "muteButton")
    assert player.muted


def test_every_control_has_a_name(bar: TransportBar) -> None:
    nameless = [
        widget
        for widget in bar.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not (widget.objectName() and widget.accessibleName())
    ]
    assert nameless == []


def test_the_time_code_is_drawn(bar: TransportBar, player: Player) -> None:
    before = bar.time.grab().toImage()
    player.seek(1_234)
    assert bar.time.grab().toImage() != before
    assert full_time_code(767_320) == "00:12:47.320"
    assert full_time_code(3_600_001) == "01:00:00.001"
