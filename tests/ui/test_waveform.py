"""The waveform: what is drawn where, and how mouse, wheel, keys and playing move it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.transcript import Segment, Speaker
from studio.ui import theme
from studio.ui.waveform import WaveformView
from studio.ui.waveform.drawing import ruler_label, ruler_step

SPEAKERS = (Speaker("S1", "Annika Böhm"), Speaker("S2", "Jörg Müller"))
SEGMENTS = (
    Segment(1_000, 6_000, "You grew up in Husum.", speaker="S1", id=11),
    Segment(8_000, 14_000, "How quiet the water is.", speaker="S2", id=12),
    Segment(20_000, 20_050, "Yes.", speaker="S1", id=13),
)
MINUTE = 60_000
WIDTH, HEIGHT = 960, 192  # 40 pixels a second at the first zoom
WAVE_MIDDLE = 44 + 20 + 20 + (148 - 20 - 20) // 2


class Tone:
    """As loud everywhere: half of full scale."""

    def __init__(self, duration: int) -> None:
        self.duration = duration

    def slice(self, start: int, end: int, columns: int) -> npt.NDArray[np.float32]:
        return np.tile(np.array([-0.5, 0.5], np.float32), (columns, 1))


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> Iterator[WaveformView]:
    theme.current().apply(qapp)
    theme.current().set_mode("light")
    view = WaveformView()
    qtbot.addWidget(view)
    view.resize(WIDTH, HEIGHT)
    view.set_duration(MINUTE)
    view.set_peaks(Tone(MINUTE))
    view.set_segments(SEGMENTS, SPEAKERS)
    with qtbot.waitExposed(view):
        view.show()
    yield view
    theme.current().set_mode("light")


def picture(view: WaveformView) -> QImage:
    return view.grab().toImage()


def x_of(view: WaveformView, ms: int) -> int:
    start, end = view.visible
    return round((ms - start) / (end - start) * WIDTH)


def wheel(
    view: WaveformView, x: int, turn: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    spot = QPointF(x, 80)
    event = QWheelEvent(
        spot,
        view.detail.mapToGlobal(spot),
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.detail, event)


# Drawing


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_cues_have_their_speakers_colours(view: WaveformView, mode: theme.Mode) -> None:
    look = theme.current()
    look.set_mode(mode)
    image = picture(view)
    for index, ms in ((0, 3_000), (1, 11_000)):
        color = look.speaker_color(index)
        assert image.pixelColor(x_of(view, ms), WAVE_MIDDLE - 20) == color
        tint = image.pixelColor(x_of(view, ms), HEIGHT - 4)
        assert tint == theme.mix(look.color("raised"), color, 0.11)
    assert image.pixelColor(x_of(view, 7_000), HEIGHT - 4) == look.color("raised")
    assert image.pixelColor(x_of(view, 7_000), WAVE_MIDDLE) == look.color("text3")


def test_the_selected_cue_is_outlined(view: WaveformView) -> None:
    view.set_selected(12)
    image = picture(view)
    accent = theme.current().color("accent")
    assert image.pixelColor(x_of(view, 8_000), WAVE_MIDDLE) == accent
    assert image.pixelColor(x_of(view, 1_000), WAVE_MIDDLE) != accent
    view.set_selected(None)
    assert picture(view).pixelColor(x_of(view, 8_000), WAVE_MIDDLE) != accent


def test_the_shortest_cue_is_seen_in_the_overview(view: WaveformView) -> None:
    view.set_position(50_000)  # takes the frame away from there
    image = picture(view)
    y = view.overview.height() - 4
    line = {image.pixelColor(x, y).name().upper() for x in range(x_of_overview(20_000) - 2, x_of_overview(20_000) + 3)}
    assert theme.LIGHT.speakers[0] in line


def x_of_overview(ms: int) -> int:
    return round(ms / MINUTE * WIDTH)


def test_the_playhead_moves_and_leaves_nothing_behind(view: WaveformView) -> None:
    red = theme.current().color("playhead")
    screen = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    view.set_position(3_000)
    view.render(screen)
    assert screen.pixelColor(x_of(view, 3_000), HEIGHT - 4) == red
    assert screen.pixelColor(x_of_overview(3_000), 20) == red
    view.set_position(12_000)
    view.render(screen)
    assert screen.pixelColor(x_of(view, 12_000), HEIGHT - 4) == red
    assert screen.pixelColor(x_of(view, 3_000), HEIGHT - 4) != red


def test_while_playing_only_the_playhead_is_painted_anew(view: WaveformView, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(view)
    asked: list[int] = []
    monkeypatch.setattr(Tone, "slice", lambda *_: asked.append(1))
    view.set_playing(True)
    for ms in range(0, 2_000, 16):
        view.set_position(ms)
        QApplication.processEvents()
    assert asked == []


def test_before_the_sound_is_read_it_says_so(view: WaveformView) -> None:
    view.set_peaks(None)
    view.set_segments((), ())
    image = picture(view)
    colors = {image.pixel(x, y) for x in range(WIDTH // 4, 3 * WIDTH // 4) for y in range(100, 140)}
    assert theme.current().color("raised").rgb() in colors
    assert len(colors) > 10  # letters
    assert theme.current().color("playhead").rgb() not in colors


def test_cues_show_before_the_sound_does(view: WaveformView) -> None:
    view.set_peaks(None)
    assert picture(view).pixelColor(x_of(view, 3_000), HEIGHT - 4) != theme.current().color("raised")


def test_nothing_open_paints_calmly(qtbot: QtBot) -> None:
    view = WaveformView()
    qtbot.addWidget(view)
    view.resize(WIDTH, HEIGHT)
    QTest.mouseClick(view.detail, Qt.MouseButton.LeftButton, pos=QPoint(100, 80))
    view.zoom_in()
    assert not picture(view).isNull()
    assert view.visible[0] == 0


def test_four_hours_with_three_thousand_cues(view: WaveformView) -> None:
    hours = 4 * 3_600_000
    cues = [Segment(t, t + 4_000, "Word after word.", speaker=f"S{t % 7}", id=t + 1) for t in range(0, hours, 4_800)]
    view.set_duration(hours)
    view.set_peaks(Tone(hours))
    view.set_segments(cues, [Speaker(f"S{i}", f"Speaker {i}") for i in range(7)])
    for _ in range(40):
        view.zoom_out()
    assert view.visible == (0, hours)
    image = picture(view)
    voices = {theme.current().speaker_color(i).rgb() for i in range(7)}
    line = {image.pixel(x, WAVE_MIDDLE) for x in range(WIDTH)}
    assert len(line & voices) == 7


def test_it_draws_at_the_screens_resolution(view: WaveformView) -> None:
    screen = QImage(WIDTH * 2, HEIGHT * 2, QImage.Format.Format_RGB32)
    screen.setDevicePixelRatio(2)
    with QPainter(screen) as painter:
        view.render(painter, QPoint())
    assert screen.pixelColor(x_of(view, 3_000) * 2, (WAVE_MIDDLE - 20) * 2) == QColor(theme.LIGHT.speakers[0])


def test_ruler_labels_keep_their_distance() -> None:
    assert ruler_step(24_000, 960, 64) == 2_000
    assert ruler_step(1_000, 960, 64) == 100
    assert ruler_step(4 * 3_600_000, 960, 64) == 1_800_000
    assert [ruler_label(ms, 2_000) for ms in (0, 750_000, 4_352_000)] == ["00:00", "12:30", "1:12:32"]
    assert ruler_label(1_500, 500) == "00:01.5"


# Mouse


def test_a_click_seeks_and_names_the_cue(view: WaveformView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.segment_clicked) as cue, qtbot.waitSignal(view.seek_requested) as seek:
        QTest.mouseClick(view.detail, Qt.MouseButton.LeftButton, pos=QPoint(400, 80))
    assert (cue.args, seek.args) == ([12], [10_000])
    with qtbot.assertNotEmitted(view.segment_clicked), qtbot.waitSignal(view.seek_requested) as seek:
        QTest.mouseClick(view.detail, Qt.MouseButton.LeftButton, pos=QPoint(280, 80))
    assert seek.args == [7_000]


def test_dragging_scrubs(view: WaveformView) -> None:
    sought: list[int] = []
    view.seek_requested.connect(sought.append)
    QTest.mousePress(view.detail, Qt.MouseButton.LeftButton, pos=QPoint(100, 80))
    QTest.mouseMove(view.detail, QPoint(300, 80))
    QTest.mouseRelease(view.detail, Qt.MouseButton.LeftButton, pos=QPoint(300, 80))
    QTest.mouseMove(view.detail, QPoint(500, 80))
    assert sought == [2_500, 7_500]


def test_the_overview_reaches_the_whole_recording(view: WaveformView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.seek_requested) as seek:
        QTest.mouseClick(view.overview, Qt.MouseButton.LeftButton, pos=QPoint(WIDTH * 3 // 4, 20))
    assert seek.args == [45_000]
    start, end = view.visible
    assert start < 45_000 < end


@pytest.mark.parametrize("x", [200, 480, 759])
def test_the_wheel_zooms_and_keeps_the_time_under_the_cursor(view: WaveformView, x: int) -> None:
    view.set_position(30_000)
    before, (start, end) = view.detail.time_at(x), view.visible
    wheel(view, x, QPoint(0, 240))
    closer = view.visible
    assert closer[1] - closer[0] < end - start
    assert view.detail.time_at(x) == pytest.approx(before, abs=2)
    wheel(view, x, QPoint(0, -240))
    assert view.visible == pytest.approx((start, end), abs=2)


def test_zoom_has_ends(view: WaveformView) -> None:
    for _ in range(30):
        wheel(view, 480, QPoint(0, 960))
    assert view.visible[1] - view.visible[0] == 1_000
    for _ in range(30):
        wheel(view, 480, QPoint(0, -960))
    assert view.visible == (0, MINUTE)


@pytest.mark.parametrize(
    ("turn", "modifiers"),
    [
        (QPoint(0, -240), Qt.KeyboardModifier.ShiftModifier),
        (QPoint(-240, 0), Qt.KeyboardModifier.NoModifier),
    ],
    ids=["shift", "sideways"],
)
def test_shift_and_sideways_wheel_scroll(view: WaveformView, turn: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    wheel(view, 480, turn, modifiers)
    assert view.visible == (3_000, 27_000)
    for _ in range(20):
        wheel(view, 480, -turn, modifiers)
    assert view.visible[0] == 0


# Keys


@pytest.mark.parametrize(
    ("key", "to"),
    [
        (Qt.Key.Key_Right, 32_000),
        (Qt.Key.Key_Left, 28_000),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, MINUTE),
        (Qt.Key.Key_PageDown, 54_000),
    ],
)
def test_keys_seek(view: WaveformView, qtbot: QtBot, key: Qt.Key, to: int) -> None:
    view.set_position(30_000)
    with qtbot.waitSignal(view.seek_requested) as seek:
        QTest.keyClick(view, key)
    assert seek.args == [to]


def test_keys_stop_at_the_ends(view: WaveformView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.seek_requested) as seek:
        QTest.keyClick(view, Qt.Key.Key_Left)
    assert seek.args == [0]


def test_keys_zoom_around_the_playhead(view: WaveformView) -> None:
    view.set_position(6_000)
    x = view.detail.x_of(6_000)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.visible[1] - view.visible[0] == 16_000
    assert view.detail.x_of(6_000) == pytest.approx(x, abs=1)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.visible == (0, 24_000)


def test_space_asks_to_play(view: WaveformView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.play_requested):
        QTest.keyClick(view, Qt.Key.Key_Space)


# Following


def test_playing_turns_the_page(view: WaveformView) -> None:
    view.set_position(23_990)
    view.set_playing(True)
    view.set_position(24_010)
    start, end = view.visible
    assert start > 20_000
    assert start < 24_010 < end


def test_scrolling_ends_following_until_it_is_resumed(view: WaveformView, qtbot: QtBot) -> None:
    view.set_position(23_990)
    view.set_playing(True)
    with qtbot.waitSignal(view.following_changed) as told:
        wheel(view, 480, QPoint(-240, 0))
    assert told.args == [False]
    stays = view.visible
    for ms in range(24_000, 27_500, 16):
        view.set_position(ms)
    assert view.visible == stays
    view.set_following(True)
    start, end = view.visible
    assert start < 27_488 < end


def test_a_jump_is_brought_into_view(view: WaveformView) -> None:
    view.set_position(50_000)
    start, end = view.visible
    assert start < 50_000 < end <= MINUTE


def test_another_recording_starts_at_its_start(view: WaveformView) -> None:
    view.set_position(50_000)
    view.set_duration(10_000)
    assert view.visible == (0, 10_000)
    assert view.following


# For everyone


def test_it_is_announced_as_a_slider_with_time_cue_and_speaker(view: WaveformView) -> None:
    interface = QAccessible.queryAccessibleInterface(view)
    view.set_position(10_000)
    assert interface.role() == QAccessible.Role.Slider
    assert interface.text(QAccessible.Text.Name) == "Waveform, 00:10.000, cue 2, Jörg Müller"
    assert interface.valueInterface().currentValue() == 10_000
    view.set_position(7_000)
    assert view.accessibleName() == "Waveform, 00:07.000"


def test_it_does_not_talk_over_the_sound(view: WaveformView) -> None:
    view.set_playing(True)
    view.set_position(500)
    assert view.accessibleName() == "Waveform, 00:00.000"
    view.set_playing(False)
    assert view.accessibleName() == "Waveform, 00:00.500"


def test_small_windows_get_a_lower_one(view: WaveformView) -> None:
    assert view.sizeHint().height() == theme.OVERVIEW + theme.WAVEFORM
    view.set_compact(True)
    assert view.sizeHint().height() == 28 + 96
