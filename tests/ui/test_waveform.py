"""The waveform: what is drawn where, and how mouse, wheel, keys and playing move it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.errors import MediaError
from studio.core.jobs import StopToken
from studio.core.transcript import Segment, Speaker
from studio.media import PeaksWriter
from studio.ui import theme
from studio.ui.waveform import WaveformView
from studio.ui.waveform.block import Block
from studio.ui.waveform.ruler import ruler_label, ruler_step

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
    assert image.pixelColor(x_of(view, 8_000), HEIGHT - 12) == accent
    assert image.pixelColor(x_of(view, 1_000), HEIGHT - 12) != accent
    view.set_selected(None)
    assert picture(view).pixelColor(x_of(view, 8_000), HEIGHT - 12) != accent


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
    steps = {24_000: 2_000, 1_000: 100, 4 * 3_600_000: 1_800_000, 400: 50, 50: 5, 20: 2, 10: 1, 5: 1}
    assert {span: ruler_step(span, 960, 64) for span in steps} == steps
    assert [ruler_label(ms, 2_000) for ms in (0, 750_000, 4_352_000)] == ["00:00", "12:30", "1:12:32"]
    labels = [ruler_label(750_345, step) for step in (1_000, 500, 100, 50, 20, 10, 5, 2, 1)]
    assert labels == ["12:30", *["12:30.3"] * 2, *["12:30.34"] * 3, *["12:30.345"] * 3]
    assert ruler_label(4_352_007, 1) == "1:12:32.007"


# Mouse


def test_a_click_seeks_and_names_the_cue(view: WaveformView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.segment_clicked) as cue, qtbot.waitSignal(view.seek_requested) as seek:
        QTest.mouseClick(view.detail, Qt.MouseButton.LeftButton, pos=QPoint(400, 80))
    assert (cue.args, seek.args) == ([12], [10_000])
    with qtbot.assertNotEmitted(view.segment_clicked), qtbot.waitSignal(view.seek_requested) as seek:
        QTest.mouseClick(view.detail, Qt.MouseButton.LeftButton, pos=QPoint(280, 80))
    assert seek.args == [7_000]


def test_dragging_in_the_ruler_scrubs(view: WaveformView) -> None:
    sought: list[int] = []
    view.seek_requested.connect(sought.append)
    QTest.mousePress(view.detail, Qt.MouseButton.LeftButton, pos=QPoint(100, 8))
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
    assert view.visible[1] - view.visible[0] == 50
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


# Cues


NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
Y = 100  # in the middle of the cues
NEAR = (Segment(2_000, 4_000, "One.", speaker="S1", id=1), Segment(5_000, 8_000, "Two.", speaker="S2", id=2))
NEAR = (*NEAR, Segment(10_000, 12_000, "Three.", speaker="S1", id=3))


def x_at(ms: float) -> int:
    """At the first zoom 40 pixels are a second."""
    return round(ms / 25)


def press(view: WaveformView, x: int, modifiers: Qt.KeyboardModifier = NONE, y: int = Y) -> None:
    QTest.mousePress(view.detail, LEFT, modifiers, QPoint(x, y))


def move(view: WaveformView, x: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """QTest's own mouseMove knows no modifiers."""
    spot = QPointF(x, Y)
    event = QMouseEvent(
        QEvent.Type.MouseMove, spot, view.detail.mapToGlobal(spot), Qt.MouseButton.NoButton, LEFT, modifiers
    )
    QApplication.sendEvent(view.detail, event)


def release(view: WaveformView, x: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseRelease(view.detail, LEFT, modifiers, QPoint(x, Y))


def drag(view: WaveformView, start: int, end: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """From one time to another, in steps."""
    press(view, x_at(start), modifiers & SHIFT)
    for part in (0.3, 0.7, 1.0):
        move(view, x_at(start + (end - start) * part), modifiers)
    release(view, x_at(end), modifiers)


@pytest.fixture
def near(view: WaveformView) -> WaveformView:
    """Three cues with room between them."""
    view.set_segments(NEAR, SPEAKERS)
    view.set_position(30_000)
    view.detail.redraw()
    view.set_position(0)
    return view


@pytest.mark.parametrize(
    ("grab", "to", "expected"),
    [
        (5_000, 4_700, (2, 4_700, 8_000, False)),
        (8_000, 8_800, (2, 5_000, 8_800, False)),
        (6_500, 7_000, (2, 5_500, 8_500, False)),
        (6_500, 2_000, (2, 4_000, 7_000, False)),  # stops at the neighbour
        (5_000, 1_000, (2, 4_000, 8_000, False)),
        (8_000, 15_000, (2, 5_000, 10_000, False)),
        (5_000, 9_500, (2, 7_960, 8_000, False)),  # one frame is left
        (11_000, 200_000, (3, 58_000, 60_000, False)),
    ],
)
def test_edges_and_bodies_of_cues_are_dragged(
    near: WaveformView, qtbot: QtBot, grab: int, to: int, expected: tuple[int, int, int, bool]
) -> None:
    with qtbot.waitSignal(near.retime_requested) as told:
        drag(near, grab, to)
    assert tuple(told.args) == expected


def test_a_drag_is_drawn_as_it_goes_and_nothing_is_changed_by_it(near: WaveformView) -> None:
    ink = QColor(theme.LIGHT.speakers[1])
    before = picture(near)
    y = near.overview.height() + 20  # the upper edge of the blocks
    press(near, x_at(8_000))
    move(near, x_at(8_500))
    move(near, x_at(9_000))
    assert before.pixelColor(x_at(8_600), y) != ink
    assert picture(near).pixelColor(x_at(8_600), y) == ink
    release(near, x_at(9_000))
    assert picture(near).pixelColor(x_at(8_600), y) != ink  # until whoever was asked has done it


def test_dragging_takes_the_cue_into_the_selection_and_does_not_seek(near: WaveformView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(near.seek_requested), qtbot.waitSignal(near.cue_clicked) as told:
        drag(near, 6_500, 7_000)
    assert told.args == [2, False, False]


@pytest.mark.parametrize("span", [24_000, 6_000, 1_200])
def test_edges_snap_within_eight_pixels_at_any_zoom(near: WaveformView, qtbot: QtBot, span: int) -> None:
    near.zoom_to(0, 1)
    near.detail.zoomed.emit(1 / 1_000_000, 0)
    near.zoom_to(9_000 - span // 2, 9_000 + span // 2)
    near.set_segments(NEAR, SPEAKERS)
    near.set_position(9_000)  # what attracts
    x = near.detail.x_of
    grab = round(x(8_000)) if x(8_000) > 0 else 0
    if not grab:
        near.set_segments((NEAR[0], Segment(5_000, 8_700, "Two.", speaker="S2", id=2), NEAR[2]), SPEAKERS)
        grab = round(x(8_700))
    for pixels, snaps in ((7, True), (10, False)):
        for side in (-1, 1):
            target = round(x(9_000)) + side * pixels
            with qtbot.waitSignal(near.retime_requested) as told:
                press(near, grab)
                move(near, grab + 6)
                move(near, target)
                release(near, target)
            assert (told.args[2] == 9_000) == snaps, (pixels, side)


@pytest.mark.parametrize(
    ("grab", "to", "times"),
    [
        (5_000, 4_150, (4_080, 8_000)),
        (5_000, 4_030, (4_080, 8_000)),  # nearer to the edge than to the gap
        (5_000, 3_000, (4_080, 8_000)),  # beyond it
        (8_000, 11_000, (5_000, 9_920)),
        (6_500, 5_400, (4_080, 7_080)),
    ],
)
def test_edges_snap_to_the_gap_that_the_rules_want(
    near: WaveformView, qtbot: QtBot, grab: int, to: int, times: tuple[int, int]
) -> None:
    near.detail.gap = 80  # 3 pixels
    with qtbot.waitSignal(near.retime_requested) as told:
        drag(near, grab, to)
    assert tuple(told.args[1:3]) == times
    with qtbot.waitSignal(near.retime_requested) as told:
        drag(near, grab, to, ALT)
    assert tuple(told.args[1:3]) != times


def test_a_drawn_cue_keeps_the_gap_and_a_marked_range_meets_edges(near: WaveformView, qtbot: QtBot) -> None:
    near.detail.gap = 80
    for start, end in ((8_150, 9_900), (8_250, 11_000)):
        with qtbot.waitSignal(near.cue_drawn) as told:
            drag(near, start, end)
        assert told.args == [8_080, 9_920]
    with qtbot.waitSignal(near.range_selected) as told:
        drag(near, 8_100, 9_900, SHIFT)
    assert told.args == [8_000, 10_000]


def test_where_the_gap_is_wide_on_the_screen_edges_can_be_met(near: WaveformView, qtbot: QtBot) -> None:
    near.detail.gap = 400  # 16 pixels
    for to, start in ((4_100, 4_000), (4_300, 4_400)):
        with qtbot.waitSignal(near.retime_requested) as told:
            drag(near, 5_000, to)
        assert told.args[1] == start


def test_alt_suspends_snapping(near: WaveformView, qtbot: QtBot) -> None:
    near.set_position(9_000)
    for modifiers, end in ((NONE, 9_000), (ALT, 9_100)):
        with qtbot.waitSignal(near.retime_requested) as told:
            drag(near, 8_000, 9_100, modifiers)
        assert told.args[2] == end


def test_edges_snap_to_where_speech_begins_and_ends(near: WaveformView, qtbot: QtBot) -> None:
    sound = np.zeros(MINUTE * 16, np.int16)
    noise = np.random.default_rng(1).integers(-9_000, 9_000, len(sound), np.int16)
    for start, end in ((2_000, 4_000), (5_000, 8_650), (8_700, 9_200), (15_000, 40_000)):
        sound[start * 16 : end * 16] = noise[start * 16 : end * 16]
    writer = PeaksWriter()
    writer.write(sound)
    near.set_peaks(writer.finish())
    for to, end in ((9_100, 9_200), (9_330, 9_200), (8_725, 8_725)):  # 50 ms are no pause
        with qtbot.waitSignal(near.retime_requested) as told:
            drag(near, 8_000, to)
        assert told.args[2] == end


@pytest.mark.parametrize(
    ("grab", "to", "expected", "neighbour"),
    [
        (5_000, 3_000, (2, 3_000, 8_000, True), (2_000, 3_000)),
        (5_000, 500, (2, 2_040, 8_000, True), (2_000, 2_040)),
        (8_000, 11_000, (2, 5_000, 11_000, True), (11_000, 12_000)),
        (6_500, 10_500, (2, 8_960, 11_960, True), (11_960, 12_000)),
    ],
)
def test_ctrl_pushes_the_neighbours_edge(
    near: WaveformView,
    qtbot: QtBot,
    grab: int,
    to: int,
    expected: tuple[int, int, int, bool],
    neighbour: tuple[int, int],
) -> None:
    press(near, x_at(grab))
    move(near, x_at(to), CTRL | ALT)
    move(near, x_at(to), CTRL | ALT)
    y, row = near.overview.height() + 20, 2 if to > grab else 0
    image, ink = picture(near), QColor(theme.LIGHT.speakers[0])
    shown = [ms for ms in range(0, 13_000, 25) if image.pixelColor(x_at(ms), y) == ink]
    inside = [ms for ms in shown if (ms < 4_500) == (row == 0)]
    assert bool(inside) == (neighbour[1] - neighbour[0] > 100)  # narrower blocks have no upper edge
    for at, edge in zip((0, -1) if inside else (), neighbour, strict=False):
        assert inside[at] == pytest.approx(edge, abs=50)
    with qtbot.waitSignal(near.retime_requested) as told:
        release(near, x_at(to), CTRL | ALT)
    assert tuple(told.args) == expected


def test_cues_that_overlap_already_are_not_drawn_further_into_one_another(view: WaveformView, qtbot: QtBot) -> None:
    view.set_segments((Segment(1_000, 6_000, "A", id=1), Segment(4_000, 9_000, "B", id=2)), SPEAKERS)
    with qtbot.assertNotEmitted(view.retime_requested):
        drag(view, 4_000, 3_000, ALT)
    with qtbot.waitSignal(view.retime_requested) as told:
        drag(view, 9_000, 9_500, ALT)
    assert told.args == [2, 4_000, 9_500, False]


def test_escape_gives_a_drag_up(near: WaveformView, qtbot: QtBot) -> None:
    before = picture(near)
    with qtbot.assertNotEmitted(near.retime_requested), qtbot.assertNotEmitted(near.cue_drawn):
        for grab in (8_000, 9_000):  # an edge, empty ground
            press(near, x_at(grab))
            move(near, x_at(grab + 500))
            assert near.detail.dragging
            QTest.keyClick(near, Qt.Key.Key_Escape)
            assert not near.detail.dragging
            release(near, x_at(grab + 500))
    assert picture(near) == before


def test_escape_is_the_drags_before_it_is_the_windows(near: WaveformView) -> None:
    def wanted() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, NONE)
        event.ignore()
        QApplication.sendEvent(near, event)
        return event.isAccepted()

    assert not wanted()
    press(near, x_at(8_000))
    move(near, x_at(8_500))
    assert wanted()
    near.detail.cancel()
    near.set_range(1_000, 2_000)
    assert wanted()


def test_the_drag_goes_on_when_the_job_adds_a_cue(near: WaveformView, qtbot: QtBot) -> None:
    press(near, x_at(11_000))
    move(near, x_at(11_500))
    near.set_segments((Segment(500, 900, "New.", id=9), *NEAR), SPEAKERS)
    with qtbot.waitSignal(near.retime_requested) as told:
        move(near, x_at(12_000))
        release(near, x_at(12_000))
    assert told.args == [3, 11_000, 13_000, False]


def test_the_drag_ends_quietly_when_its_cue_is_gone(near: WaveformView, qtbot: QtBot) -> None:
    press(near, x_at(11_000))
    move(near, x_at(11_500))
    near.set_segments(NEAR[:2], SPEAKERS)
    with qtbot.assertNotEmitted(near.retime_requested):
        move(near, x_at(12_000))
        release(near, x_at(12_000))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (13_000, 15_000, (13_000, 15_000)),
        (15_000, 13_000, (13_000, 15_000)),
        (13_000, 11_000, (12_000, 13_000)),  # not into a cue
        (9_000, 10_900, (9_000, 10_000)),
        (12_150, 14_000, (12_000, 14_000)),  # snaps where it began
    ],
)
def test_a_drag_on_empty_ground_draws_a_cue(
    near: WaveformView, qtbot: QtBot, start: int, end: int, expected: tuple[int, int]
) -> None:
    with qtbot.waitSignal(near.cue_drawn) as told, qtbot.assertNotEmitted(near.seek_requested):
        drag(near, start, end)
    assert tuple(told.args) == expected


def test_shift_and_a_drag_mark_a_range_over_cues(near: WaveformView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(near.retime_requested), qtbot.waitSignal(near.range_selected) as told:
        drag(near, 6_500, 3_000, SHIFT | ALT)
    assert told.args == [3_000, 6_500]
    assert near.range == (3_000, 6_500)
    accent = theme.current().color("accent")
    assert picture(near).pixelColor(x_at(3_000), HEIGHT - 4) == accent
    near.set_range(None)
    assert picture(near).pixelColor(x_at(3_000), HEIGHT - 4) != accent


def test_a_loop_is_shown(near: WaveformView) -> None:
    accent = theme.current().color("accent")
    near.set_loop(13_000, 16_000)
    assert picture(near).pixelColor(x_at(14_500), near.overview.height() + 17) == accent
    near.set_loop(None)
    assert picture(near).pixelColor(x_at(14_500), near.overview.height() + 17) != accent


def test_clicks_say_how_they_select(near: WaveformView) -> None:
    told: list[tuple[int, bool, bool]] = []
    sought: list[int] = []
    near.cue_clicked.connect(lambda *args: told.append(args))
    near.seek_requested.connect(sought.append)
    for modifiers in (NONE, SHIFT, CTRL):
        QTest.mouseClick(near.detail, LEFT, modifiers, QPoint(x_at(6_500), Y))
    assert told == [(2, False, False), (2, True, False), (2, False, True)]
    assert sought == [6_500]


def test_a_double_click_plays_the_cue(near: WaveformView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(near.play_cue_requested) as told:
        QTest.mouseDClick(near.detail, LEFT, NONE, QPoint(x_at(6_500), Y))
    assert told.args == [2]
    with qtbot.assertNotEmitted(near.play_cue_requested):
        QTest.mouseDClick(near.detail, LEFT, NONE, QPoint(x_at(9_000), Y))


@pytest.mark.parametrize(("at", "id"), [(6_500, 2), (9_000, 0)])
def test_the_menu_is_asked_for_with_time_and_cue(near: WaveformView, qtbot: QtBot, at: int, id: int) -> None:
    spot = QPoint(x_at(at), Y)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, near.detail.mapToGlobal(spot))
    with qtbot.waitSignal(near.menu_requested) as told:
        QApplication.sendEvent(near.detail, event)
    assert told.args == [near.detail.mapToGlobal(spot), at, id]


def test_the_cursor_tells_what_a_drag_would_do(near: WaveformView) -> None:
    near.set_selected(2)
    shapes = {
        5_000: Qt.CursorShape.SplitHCursor,
        6_500: Qt.CursorShape.OpenHandCursor,
        11_000: Qt.CursorShape.ArrowCursor,
        9_000: Qt.CursorShape.CrossCursor,
    }
    for ms, shape in shapes.items():
        QTest.mouseMove(near.detail, QPoint(x_at(ms), Y))
        assert near.detail.cursor().shape() == shape, ms
    QTest.mouseMove(near.detail, QPoint(x_at(9_000), 8))
    assert near.detail.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_several_are_outlined_and_the_current_one_has_handles(near: WaveformView) -> None:
    near.set_selected_ids((1, 2), 2)
    image, accent = picture(near), theme.current().color("accent")
    for ms in (2_000, 5_000):
        assert image.pixelColor(x_at(ms), HEIGHT - 12) == accent
    surface = theme.current().color("surface")
    grips = [image.pixelColor(x_at(ms) + 1, WAVE_MIDDLE + 7) == surface for ms in (2_000, 5_000)]
    assert grips == [False, True]


def test_speakers_have_the_colours_that_were_chosen(view: WaveformView) -> None:
    view.set_segments(SEGMENTS, (Speaker("S1", "Annika Böhm", 5), SPEAKERS[1]))
    assert picture(view).pixelColor(x_of(view, 3_000), WAVE_MIDDLE - 20) == QColor(theme.LIGHT.speakers[5])


def test_one_changed_cue_is_told_alone(near: WaveformView) -> None:
    near.update_segment(1, Segment(5_000, 9_500, "Two.", speaker="S1", id=2))
    y = near.overview.height() + 20
    assert picture(near).pixelColor(x_at(9_300), y) == QColor(theme.LIGHT.speakers[0])


def test_the_overview_marks_problems(near: WaveformView) -> None:
    near.set_markers([(20_000, "warn"), (30_000, "err"), (40_000, "flag")])
    near.set_position(55_000)  # takes the frame away from there
    image = picture(near)
    for ms, role in ((20_000, "warn"), (30_000, "err"), (40_000, "accent")):
        assert image.pixelColor(x_of_overview(ms), 3) == theme.current().color(role)


# Close


class Recording:
    """A tone of 100 Hz, read as often as `asked` says; waits for `gate` where there is one."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.gate: threading.Event | None = None

    def __call__(self, start: int, end: int, stop: StopToken) -> npt.NDArray[np.int16]:
        self.asked.append((start, end))
        while self.gate and not self.gate.wait(0.005):
            stop.check()
        times = np.arange(start * 16, end * 16) / 16_000
        return (16_000 * np.sin(2 * np.pi * 100 * times)).astype(np.int16)


def heights(view: WaveformView) -> list[int]:
    """How many pixels of the waveform's colour each column has."""
    image, ink = picture(view), theme.current().color("text3").rgb()
    rows = range(view.overview.height() + 45, HEIGHT - 4)
    return [sum(image.pixel(x, y) == ink for y in rows) for x in range(0, WIDTH, 8)]


def test_close_up_the_samples_are_drawn(view: WaveformView, qtbot: QtBot) -> None:
    recording = Recording()
    recording.gate = threading.Event()
    view.set_segments((), ())
    view.set_reader(recording)
    view.zoom_to(30_000, 30_045)
    coarse = heights(view)
    assert len({height for height in coarse if height > 40}) == 1  # the peaks, until the samples are there
    recording.gate.set()
    qtbot.waitUntil(lambda: view._scene.block is not None)
    fine = heights(view)
    start, end = view.visible
    assert end - start == 50
    lows = [n for n in range(1, len(fine) - 1) if fine[n - 1] > fine[n] <= fine[n + 1]]
    assert 9 <= len(lows) <= 11  # ten times through the middle
    assert max(fine) > 20


def test_scrolling_near_by_reads_nothing_anew(view: WaveformView, qtbot: QtBot) -> None:
    recording = Recording()
    view.set_reader(recording)
    view.zoom_to(30_000, 30_100)
    qtbot.waitUntil(lambda: view._scene.block is not None)
    wheel(view, 480, QPoint(0, -240), SHIFT)
    view.zoom_in()
    assert len(recording.asked) == 1


def test_the_newest_wish_counts(view: WaveformView, qtbot: QtBot) -> None:
    recording = Recording()
    recording.gate = threading.Event()
    view.set_reader(recording)
    for start in (10_000, 20_000, 30_000, 40_000, 50_000):
        view.zoom_to(start, start + 100)
    recording.gate.set()
    qtbot.waitUntil(lambda: view._scene.block is not None and view._scene.block.covers(50_000, 50_100))
    assert len(recording.asked) <= 2


def test_what_cannot_be_read_leaves_the_coarse_drawing(view: WaveformView, qtbot: QtBot) -> None:
    asked: list[int] = []

    def read(start: int, end: int, stop: StopToken) -> npt.NDArray[np.int16]:
        asked.append(start)
        raise MediaError("“gone.wav” is not there any more.")

    view.set_reader(read)
    view.zoom_to(30_000, 30_100)
    qtbot.waitUntil(lambda: view._loader._task is None)
    view.zoom_to(40_000, 40_100)
    assert len(asked) == 1
    assert max(heights(view)) > 40


def test_the_block_of_samples_draws_every_sample_and_meets_between() -> None:
    samples = np.random.default_rng(3).integers(-30_000, 30_000, 1_600, np.int16)
    block = Block(1_000, samples)
    whole = block.slice(1_000, 1_100, 50)
    for n, (low, high) in enumerate(whole.tolist()):
        part = samples[n * 32 : n * 32 + 32] / 32_768
        assert low <= part.min() + 1e-6
        assert high >= part.max() - 1e-6
    close = block.slice(1_010, 1_012, 400)
    assert (close[1:, 0] <= close[:-1, 1] + 1e-6).all()
    assert (close[:-1, 0] <= close[1:, 1] + 1e-6).all()


# Spectrogram


def test_the_spectrogram_shows_the_pitch(view: WaveformView, qtbot: QtBot) -> None:
    def read(start: int, end: int, stop: StopToken) -> npt.NDArray[np.int16]:
        return (9_000 * np.sin(2 * np.pi * 4_000 * np.arange(start * 16, end * 16) / 16_000)).astype(np.int16)

    view.set_reader(read)
    view.set_spectrogram(True)
    qtbot.waitUntil(lambda: view._scene.block is not None)
    image, area = picture(view), view.detail.cue_area()
    top, bottom = view.overview.height() + round(area.bottom()), HEIGHT - 1
    lightness = [image.pixelColor(WIDTH // 2, y).lightness() for y in range(top + 1, bottom)]
    darkest = lightness.index(min(lightness)) / len(lightness)
    assert darkest == pytest.approx(0.5, abs=0.08)
    assert lightness[2] > 200


def test_the_spectrogram_hides_in_low_windows(view: WaveformView) -> None:
    full = view.detail.cue_area().height()
    view.set_spectrogram(True)
    assert view.detail.cue_area().height() < full
    view.set_compact(True)
    assert not view.detail.spectrogram
    view.set_compact(False)
    assert view.detail.spectrogram
    view.set_spectrogram(False)
    assert not view.detail.spectrogram


def test_from_far_away_it_says_to_zoom_in(view: WaveformView, qtbot: QtBot) -> None:
    recording = Recording()
    view.set_duration(10 * MINUTE)
    view.set_reader(recording)
    view.set_spectrogram(True)
    qtbot.waitUntil(lambda: len(recording.asked) == 1)
    view.zoom_to(0, 10 * MINUTE)
    assert not picture(view).isNull()
    assert len(recording.asked) == 1


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


def test_up_and_down_zoom_too(view: WaveformView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.visible == (0, 16_000)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.visible == (0, 24_000)


def test_close_up_arrows_take_small_steps(view: WaveformView, qtbot: QtBot) -> None:
    view.set_position(30_000)
    view.zoom_to(29_980, 30_025)
    with qtbot.waitSignal(view.seek_requested) as seek:
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert seek.args == [30_005]


def test_a_cue_is_moved_drawn_and_a_range_marked_without_a_mouse(near: WaveformView, qtbot: QtBot) -> None:
    near.set_selected(2)
    with qtbot.waitSignal(near.retime_requested) as told:
        QTest.keyClick(near, Qt.Key.Key_Right, CTRL | SHIFT)
    assert told.args == [2, 5_040, 8_040, False]
    near.set_position(13_000)
    with qtbot.waitSignal(near.cue_drawn) as told:
        QTest.keyClick(near, Qt.Key.Key_Insert)
    assert told.args == [13_000, 15_000]
    for _ in range(3):
        QTest.keyClick(near, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(near, Qt.Key.Key_Left, SHIFT)
    assert near.range == (13_000, 17_000)
    with qtbot.waitSignal(near.cue_drawn) as told:
        QTest.keyClick(near, Qt.Key.Key_Insert)
    assert told.args == [13_000, 17_000]
    QTest.keyClick(near, Qt.Key.Key_Escape)
    assert near.range is None
    near.set_position(6_000)
    with qtbot.assertNotEmitted(near.cue_drawn):
        QTest.keyClick(near, Qt.Key.Key_Insert)  # no room here
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    with qtbot.waitSignal(near.menu_requested) as told:
        QApplication.sendEvent(near, event)
    assert told.args[1:] == [6_000, 2]


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


def test_the_overview_alone_takes_no_more_room_than_it_needs(view: WaveformView) -> None:
    view.set_overview_only(True)
    assert view.maximumHeight() == view.overview.height()
    view.set_compact(True)
    assert view.maximumHeight() == view.overview.height()
    view.set_overview_only(False)
    assert view.maximumHeight() == view.overview.height() + view.detail.maximumHeight()
