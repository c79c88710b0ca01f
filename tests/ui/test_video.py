"""The pictures of a recording, shown from real video files; without a screen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtMultimedia import QtVideo, QVideoFrame, QVideoFrameFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.player import Player, VideoPane
from studio.ui.player.frames import image_of

COLOURS = ((200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0))  # one for each second
RATE = 10


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds, 160 × 80, each second in a colour of its own; silence."""
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("mpeg4", rate=RATE)
        pictures.width, pictures.height, pictures.pix_fmt, pictures.gop_size = 160, 80, "yuv420p", 1
        pictures.bit_rate = 2_000_000
        voice = container.add_stream("pcm_s16le", rate=16_000, layout="mono")
        for n in range(len(COLOURS) * RATE):
            image = np.full((80, 160, 3), COLOURS[n // RATE], np.uint8)
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            sound = av.AudioFrame.from_ndarray(np.zeros((1, 16_000 // RATE), np.int16), format="s16", layout="mono")
            sound.sample_rate = 16_000
            container.mux(voice.encode(sound))
        container.mux(pictures.encode(None))
        container.mux(voice.encode(None))
    return path


@pytest.fixture
def player(qapp: QApplication) -> Player:
    player = Player(qapp)
    if not player.available:
        pytest.skip("QtMultimedia cannot be loaded here")
    return player


@pytest.fixture
def pane(player: Player, qtbot: QtBot) -> Iterator[VideoPane]:
    """In a window 400 × 400."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 400)
    window.show()
    pane = VideoPane(window)
    pane.resize(400, 400)
    pane.set_player(player)
    yield pane
    pane.shut_down()


@pytest.fixture
def shown(pane: VideoPane, player: Player, film: Path, qtbot: QtBot) -> VideoPane:
    player.load(film, duration=4_000)
    pane.set_wanted(True)
    qtbot.waitUntil(pane.isVisible, timeout=10_000)
    return pane


def colour(pane: VideoPane) -> tuple[int, ...]:
    """Of the middle of the picture as it is on the screen, in steps of 200."""
    seen = QColor(pane.picture.grab().toImage().pixel(pane.picture.rect().center()))
    return tuple(round(part / 200) * 200 for part in (seen.red(), seen.green(), seen.blue()))


def test_the_first_picture_is_seen_before_anything_is_played(shown: VideoPane, player: Player, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: colour(shown) == COLOURS[0], timeout=10_000)
    assert not player.playing


def test_it_follows_seeks_while_nothing_is_played(shown: VideoPane, player: Player, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: colour(shown) == COLOURS[0], timeout=10_000)
    for second in (2, 1, 3):
        player.seek(second * 1_000 + 500)
        qtbot.waitUntil(lambda s=second: colour(shown) == COLOURS[s], timeout=10_000)
    assert not player.playing


def test_it_goes_along_with_playing_and_stands_still_with_it(shown: VideoPane, player: Player, qtbot: QtBot) -> None:
    player.seek(500)
    player.play()
    qtbot.waitUntil(lambda: colour(shown) == COLOURS[1], timeout=10_000)
    assert 900 < player.position() < 2_100
    player.rewind = 5_000
    player.pause()
    qtbot.waitUntil(lambda: colour(shown) == COLOURS[0], timeout=10_000)


def test_pictures_go_on_while_another_sound_is_heard(
    shown: VideoPane, player: Player, film: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    cleaned = tmp_path / "cleaned.wav"
    soundfile.write(cleaned, np.zeros(4 * 16_000), 16_000)
    player.seek(500)
    player.play()
    player.other.set(cleaned)
    qtbot.waitUntil(lambda: colour(shown) == COLOURS[1], timeout=10_000)
    qtbot.waitUntil(lambda: player.other.heard, timeout=10_000)
    assert player._output
    assert player._output.isMuted()
    player.other.want(False)
    assert not player._output.isMuted()
    qtbot.waitUntil(lambda: colour(shown) == COLOURS[2], timeout=10_000)
    assert player.position() >= 1_900


def test_the_picture_keeps_its_shape(shown: VideoPane, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: colour(shown) == COLOURS[0], timeout=10_000)
    image = shown.picture.grab().toImage()
    assert image.size() == shown.picture.size()
    rows = [y for y in range(image.height()) if QColor(image.pixel(image.width() // 2, y)).red() > 100]
    assert abs(len(rows) - image.width() / 2) <= 4, "160 × 80 in a square: half of it"
    assert abs(rows[0] + rows[-1] - image.height()) <= 4, "in the middle"


def test_without_pictures_it_stays_away(
    pane: VideoPane, player: Player, tone: Callable[[str], Path], qtbot: QtBot
) -> None:
    player.load(tone("talk.wav"))
    pane.set_wanted(True)
    with qtbot.waitSignal(player.playing_changed, timeout=10_000):
        player.play()
    assert not pane.isVisible()
    player.stop()


def test_a_cover_is_no_video(pane: VideoPane, player: Player, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "song.mp3"
    with av.open(str(path), "w") as container:
        voice = container.add_stream("mp3", rate=16_000, layout="mono")
        cover = container.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        container.mux(cover.encode(av.VideoFrame.from_ndarray(np.full((64, 64, 3), 99, np.uint8), format="rgb24")))
        for _ in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.int16), format="s16p", layout="mono")
            frame.sample_rate = 16_000
            container.mux(voice.encode(frame))
        container.mux(voice.encode(None))
    player.load(path)
    pane.set_wanted(True)
    with qtbot.waitSignal(player.duration_changed, timeout=10_000):
        player.play()
    assert not pane.isVisible()
    player.stop()


def test_unwanted_it_goes_and_comes_back(shown: VideoPane, player: Player, film: Path, qtbot: QtBot) -> None:
    shown.set_wanted(False)
    assert not shown.isVisible()
    shown.set_wanted(True)
    player.seek(2_500)
    qtbot.waitUntil(lambda: shown.isVisible() and colour(shown) == COLOURS[2], timeout=10_000)
    player.load(film.with_name("gone.mkv"))
    qtbot.waitUntil(lambda: not shown.isVisible(), timeout=10_000)


def test_a_double_click_enlarges_it_and_another_brings_it_back(shown: VideoPane, player: Player, qtbot: QtBot) -> None:
    QTest.mouseDClick(shown.picture, Qt.MouseButton.LeftButton)
    assert shown.enlarged
    assert shown.picture.isVisible()
    assert shown.findChild(QWidget, "videoAwayLabel").isVisible()
    player.seek(3_500)
    qtbot.waitUntil(lambda: colour(shown) == COLOURS[3], timeout=10_000)
    QTest.mouseDClick(shown.picture, Qt.MouseButton.LeftButton)
    assert not shown.enlarged
    assert shown.picture.isVisible()
    assert not shown.findChild(QWidget, "videoAwayLabel").isVisible()


@pytest.mark.parametrize("how", ["escape", "close", "from the pane"])
def test_its_window_closes_into_the_pane(shown: VideoPane, how: str) -> None:
    shown.enlarge(True)
    if how == "escape":
        QTest.keyClick(shown.picture, Qt.Key.Key_Escape)
    elif how == "close":
        shown.picture.close()
    else:
        QTest.mouseDClick(shown, Qt.MouseButton.LeftButton)
    assert not shown.enlarged
    assert shown.picture.isVisible()


def frame_of(
    pixels: QVideoFrameFormat.PixelFormat, turn: QtVideo.Rotation = QtVideo.Rotation.None_, full: bool = False
) -> QVideoFrame:
    """64 × 32: brighter to the right, redder below, in the layout asked for."""
    form = QVideoFrameFormat(QSize(64, 32), pixels)
    form.setRotation(turn)
    ranges = QVideoFrameFormat.ColorRange
    form.setColorRange(ranges.ColorRange_Full if full else ranges.ColorRange_Video)
    frame = QVideoFrame(form)
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    deep = pixels in (QVideoFrameFormat.PixelFormat.Format_P010, QVideoFrameFormat.PixelFormat.Format_YUV420P10)
    left = 6 if pixels == QVideoFrameFormat.PixelFormat.Format_P010 else 0  # its ten bits are the upper ones
    for plane in range(frame.planeCount()):
        values = np.frombuffer(frame.bits(plane), np.uint16 if deep else np.uint8)
        stride = frame.bytesPerLine(plane) // values.itemsize
        lines = values[: len(values) // stride * stride].reshape(-1, stride)
        down, across = np.mgrid[0 : lines.shape[0], 0:stride]
        made = 60 + across % 64 * 2 if plane == 0 else np.where(down < lines.shape[0] // 2, 110, 150)
        lines[:] = made * (4 << left if deep else 1)
    frame.unmap()
    return frame


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return lines[:, :, :3].astype(int)


@pytest.mark.parametrize("name", ["YUV420P", "YUV422P", "NV12", "P010"])
@pytest.mark.parametrize("turn", [QtVideo.Rotation.None_, QtVideo.Rotation.Clockwise90])
def test_pictures_are_those_that_qt_makes_itself(qapp: QApplication, name: str, turn: QtVideo.Rotation) -> None:
    frame = frame_of(getattr(QVideoFrameFormat.PixelFormat, f"Format_{name}"), turn)
    theirs = frame.toImage()
    ours = image_of(frame, theirs.size())
    assert ours.size() == theirs.size()
    inner = np.s_[3:-3, 3:-3]
    assert np.abs(pixels_of(ours)[inner] - pixels_of(theirs)[inner]).mean() < 4


def test_films_may_use_all_values(qapp: QApplication) -> None:
    """Qt leaves that out on processors; so by the formula of BT.601: Y 70, U and V 110."""
    frame = frame_of(QVideoFrameFormat.PixelFormat.Format_YUV420P, full=True)
    blue, green, red = pixels_of(image_of(frame, QSize(64, 32)))[5, 5]
    assert (red, green, blue) == pytest.approx((70 - 1.402 * 18, 70 + (0.344 + 0.714) * 18, 70 - 1.772 * 18), abs=2)


def test_ten_bits_which_qt_turns_on_graphics_cards_only(qapp: QApplication) -> None:
    deep, plain = (
        frame_of(getattr(QVideoFrameFormat.PixelFormat, f"Format_{name}")) for name in ("YUV420P10", "YUV420P")
    )
    ours, theirs = image_of(deep, QSize(64, 32)), image_of(plain, QSize(64, 32))
    assert np.abs(pixels_of(ours) - pixels_of(theirs)).mean() < 4


def test_a_picture_is_as_large_as_its_room(qapp: QApplication) -> None:
    frame = frame_of(QVideoFrameFormat.PixelFormat.Format_NV12)
    assert image_of(frame, QSize(30, 100)).size() == QSize(30, 15)
    assert image_of(QVideoFrame(), QSize(30, 100)).isNull()


TOGGLING = """
import os
import sys
from pathlib import Path
from PySide6.QtMultimedia import QVideoSink
from PySide6.QtWidgets import QApplication
from studio.ui.player import Player

app = QApplication([])
for _ in range(5):
    player, sink = Player(app), QVideoSink()
    player.load(Path(sys.argv[1]), duration=4_000)
    player.set_video_sink(sink)
    player.play()
    while player.position() < 100:
        app.processEvents()
    for _ in range(3):
        player.set_video_sink(None)
        player.set_video_sink(sink)
print("done", flush=True)
os._exit(0)
"""


def test_pictures_turned_off_and_on_while_it_plays_never_stop_the_window(film: Path) -> None:
    """In a process of its own, which would stand still."""
    ended = subprocess.run([sys.executable, "-c", TOGGLING, str(film)], capture_output=True, text=True, timeout=120)
    assert ended.stdout == "done\n", ended.stderr
