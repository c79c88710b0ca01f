"""What gives way in narrow and low windows, and that all of it stays within reach of mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from talks import open_talk
from test_window import fill_queue, nameless

from studio.ui.widgets.choice import Choice
from studio.ui.widgets.tag import Tag
from studio.ui.window.main_window import MainWindow

SIZES = [(1600, 1000), (1360, 800), (1280, 720), (1200, 800), (1100, 700), (1024, 640)]


@pytest.fixture
def narrow(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """As small as it gets, with an open recording."""
    open_talk(window)
    resize(window, 1024, 640)
    return window


def resize(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    QApplication.processEvents()


def shown(window: MainWindow) -> dict[str, bool]:
    parts = {"rail": window.rail, "left": window.queue_view, "right": window.inspector}
    return {name: part.isVisible() for name, part in parts.items()}


def over(panel: QWidget, page: QWidget) -> bool:
    """Whether a panel covers a part of the page."""
    ours, theirs = (w.rect().translated(w.mapTo(w.window(), w.rect().topLeft())) for w in (panel, page))
    return panel.isVisible() and ours.intersects(theirs)


def press(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QWidget:
    """Type a key where the focus is; returns where it is then."""
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, key, modifiers)
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


class TestRules:
    @pytest.mark.parametrize(
        ("width", "rail", "left", "right"),
        [(1200, False, True, True), (1199, True, False, True), (1100, True, False, True), (1099, True, False, False)],
    )
    def test_panels_give_way(self, window: MainWindow, width: int, rail: bool, left: bool, right: bool) -> None:
        open_talk(window)
        resize(window, width, 800)
        assert shown(window) == {"rail": rail, "left": left, "right": right}
        assert window.rail.width() == 44
        assert window.page.width() >= 520

    def test_panels_come_back_with_the_width(self, window: MainWindow) -> None:
        open_talk(window)
        resize(window, 1440, 900)
        before = [part.geometry() for part in (window.queue_view, window.page, window.inspector)]
        resize(window, 1024, 640)
        resize(window, 1440, 900)
        assert [part.geometry() for part in (window.queue_view, window.page, window.inspector)] == before

    @pytest.mark.parametrize(("width", "labels"), [(1360, True), (1359, False)])
    def test_labels_hide_and_the_search_becomes_an_icon(self, window: MainWindow, width: int, labels: bool) -> None:
        resize(window, width, 800)
        model, search = window.findChild(Choice, "nextModel"), window.findChild(QWidget, "paletteButton")
        assert model._label_hidden is not labels
        assert (search.width() > 100) is labels

    @pytest.mark.parametrize(("height", "heights"), [(760, (44, 148)), (759, (28, 96))])
    def test_the_waveform_gets_lower(self, window: MainWindow, height: int, heights: tuple[int, int]) -> None:
        open_talk(window)
        window.commands["spectrogramAction"].setChecked(True)
        resize(window, 1440, height)
        waveform = window.page.waveform
        assert (waveform.overview.height(), waveform.detail.height()) == heights
        assert waveform.detail.spectrogram is (height >= 760)
        bar = window.page.edit_bar
        below = waveform.mapTo(window, waveform.rect().bottomLeft()).y()
        assert bar.mapTo(window, bar.rect().topLeft()).y() - below <= 4, "no empty ground below it"

    def test_the_height_the_user_gave_it_comes_back(self, window: MainWindow) -> None:
        open_talk(window)
        resize(window, 1440, 900)
        split = window.page._split
        split.moveSplitter(300, 1)
        high = window.page.waveform.height()
        assert high > 250
        resize(window, 1440, 700)
        window.commands["compareModeAction"].trigger()
        resize(window, 1440, 900)
        window.commands["transcriptModeAction"].trigger()
        QApplication.processEvents()
        assert window.page.waveform.height() == high

    def test_the_selectors_fold_into_one_button(self, narrow: MainWindow, qtbot: QtBot) -> None:
        button, model = narrow.findChild(QToolButton, "nextJobButton"), narrow.next_job._model
        assert (button.isVisible(), model.isVisible()) == (True, False)
        before = narrow.next_job.options()
        button.setFocus()
        assert press(qtbot, Qt.Key.Key_Space) is model
        assert not model._label_hidden
        qtbot.keyClick(model, Qt.Key.Key_Down)
        assert narrow.next_job.options().model != before.model
        assert model.currentText() in button.text()
        assert nameless(narrow) == []
        qtbot.keyClick(model, Qt.Key.Key_Escape)
        assert not model.isVisible()
        resize(narrow, 1300, 800)
        assert (button.isVisible(), model.isVisible()) == (False, True)
        assert narrow.next_job.options().model in narrow._studio.library.settings.get("next_job")["model"]

    def test_four_cues_are_seen(self, narrow: MainWindow) -> None:
        text = narrow.page.transcript
        whole = [row for row, rect in text.visible_rows() if text.viewport().rect().contains(rect.toAlignedRect())]
        assert len(whole) >= 4


class TestNothingIsCut:
    @pytest.mark.parametrize("mode", ["transcript", "subtitles"])
    def test_in_the_bar_above_the_text(self, window: MainWindow, qtbot: QtBot, mode: str) -> None:
        open_talk(window)
        window.commands[f"{mode}ModeAction"].trigger()
        for size in SIZES:
            resize(window, *size)
            window.desks.checks.left.show_left(mode, 1_234)
            qtbot.waitUntil(lambda: self.whole_bar(window))  # what is laid out anew is so a moment later

    def whole_bar(self, window: MainWindow) -> None:
        bar = window.page.edit_bar
        for button in bar.findChildren(QToolButton):
            assert button.width() >= button.sizeHint().width(), button.objectName()
        label = bar.findChild(QLabel, "problemsLeftLabel")
        assert label.isVisible()
        assert QFontMetrics(label.font()).horizontalAdvance(label.text()) <= label.width()
        assert window.desks.checks.left.geometry().right() <= bar.width()

    def test_in_the_head_of_the_recording(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        for size in SIZES:
            resize(window, *size)
            qtbot.waitUntil(lambda: self.whole_head(window))

    def whole_head(self, window: MainWindow) -> None:
        header = window.page.findChild(QWidget, "fileHeader")
        for button in header.findChildren(QToolButton):
            assert button.width() >= button.sizeHint().width(), button.objectName()
            assert button.mapTo(header, button.rect().bottomRight()).x() < header.width()
        assert header.findChild(QLabel, "fileName").text() == "talk.wav"
        assert header.findChild(QLabel, "fileName").width() >= 120
        assert header.findChild(QLabel, "fileAbout").text().startswith("00:50 · 3")

    def test_a_line_of_the_cue_that_is_written(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        window.commands["subtitlesModeAction"].trigger()
        text = window.desks.modes.subtitles.editor.text
        window.desk.type_text(1, "In Semarang the tide comes up through")
        for size in SIZES:
            resize(window, *size)
            assert text.document().firstBlock().layout().lineCount() == 1

    def test_in_the_bars_of_the_window(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        for size in SIZES:
            resize(window, *size)
            qtbot.waitUntil(lambda: self.whole_bars(window))
        window.transport.show_pedal(True)
        for size in SIZES:
            resize(window, *size)
            qtbot.waitUntil(lambda: self.whole_bars(window))

    def whole_bars(self, window: MainWindow) -> None:
        time = window.transport.time
        assert time.width() >= time.sizeHint().width(), "how long the recording is"
        for bar in (window.tools, window.transport):
            parts = [w for w in bar.findChildren(QWidget) if w.parent() is bar and w.isVisible()]
            for part in parts:
                assert part.width() >= part.minimumSizeHint().width(), part.objectName()
                assert part.geometry().right() <= bar.width()
                others = [w for w in parts if w is not part and w.objectName() != "focusRing"]
                assert part.objectName() == "focusRing" or not any(
                    part.geometry().intersects(w.geometry()) for w in others
                )


class TestLeftOverTheCentre:
    def test_a_click_opens_it_and_a_choice_closes_it(self, narrow: MainWindow, qtbot: QtBot) -> None:
        ids = fill_queue(narrow)
        qtbot.mouseClick(narrow.findChild(QToolButton, "railPanelButton"), Qt.MouseButton.LeftButton)
        assert over(narrow.queue_view, narrow.page)
        assert narrow.queue_view.list.hasFocus()
        narrow.queue_view.select_job(ids["Voice-over_Trailer_v3.wav"])
        press(qtbot, Qt.Key.Key_Return)
        assert narrow.desk.job is not None
        assert narrow.desk.job.name == "Voice-over_Trailer_v3.wav"
        assert not narrow.queue_view.isVisible()
        assert narrow.page.transcript.hasFocus()

    def test_keys_open_and_close_it(self, narrow: MainWindow, qtbot: QtBot) -> None:
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        assert press(qtbot, Qt.Key.Key_I, control | shift) is narrow.queue_view.list
        assert over(narrow.queue_view, narrow.page)
        press(qtbot, Qt.Key.Key_Escape)
        assert not narrow.queue_view.isVisible()
        assert narrow.page.transcript.hasFocus()
        press(qtbot, Qt.Key.Key_I, control | shift)
        press(qtbot, Qt.Key.Key_I, control | shift)
        assert not narrow.queue_view.isVisible()

    def test_esc_empties_the_search_first(self, narrow: MainWindow, qtbot: QtBot) -> None:
        qtbot.mouseClick(narrow.findChild(QToolButton, "railSearchButton"), Qt.MouseButton.LeftButton)
        assert narrow.queue_view.search.hasFocus()
        qtbot.keyClicks(narrow.queue_view.search, "talk")
        press(qtbot, Qt.Key.Key_Escape)
        assert (narrow.queue_view.search.text(), narrow.queue_view.isVisible()) == ("", True)
        press(qtbot, Qt.Key.Key_Escape)
        assert not narrow.queue_view.isVisible()

    def test_it_leaves_when_one_goes_on_elsewhere(self, narrow: MainWindow, qtbot: QtBot) -> None:
        narrow.commands["queueAction"].trigger()
        assert press(qtbot, Qt.Key.Key_F6) is narrow.page.waveform
        assert not narrow.queue_view.isVisible()

    def test_in_wide_windows_the_key_goes_to_the_list(self, window: MainWindow) -> None:
        open_talk(window)
        window.commands["queueAction"].trigger()
        assert window.queue_view.list.hasFocus()
        window.commands["queueAction"].trigger()
        assert window.queue_view.isVisible()


class TestRightOverTheCentre:
    def test_a_key_opens_it_and_esc_closes_it(self, narrow: MainWindow, qtbot: QtBot) -> None:
        focus = press(qtbot, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
        assert over(narrow.inspector, narrow.page)
        assert narrow.inspector.isAncestorOf(focus)
        press(qtbot, Qt.Key.Key_Escape)
        assert not narrow.inspector.isVisible()
        assert narrow.page.transcript.hasFocus()
        assert not narrow.commands["speakersAction"].isChecked()

    def test_the_tool_bar_has_a_button_for_it(self, narrow: MainWindow, qtbot: QtBot) -> None:
        button = narrow.findChild(QToolButton, "sidePanelButton")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert over(narrow.inspector, narrow.page)
        resize(narrow, 1300, 800)
        assert not button.isVisible()
        assert not over(narrow.inspector, narrow.page)


def test_F6_goes_round_in_the_order_of_the_window(narrow: MainWindow, qtbot: QtBot) -> None:
    narrow.notices.dismiss(next(iter(narrow.notices._notices), ""))
    narrow.commands["speakersAction"].trigger()
    narrow.findChild(QWidget, "addFilesButton").setFocus()
    parts = (
        narrow.tools,
        narrow.rail,
        narrow.page.waveform,
        narrow.page.transcript,
        narrow.inspector,
        narrow.transport,
    )
    found = [press(qtbot, Qt.Key.Key_F6) for _ in parts]
    expected = (*parts[1:], parts[0])
    assert [part is at or part.isAncestorOf(at) for part, at in zip(expected, found, strict=True)] == [True] * 6


@pytest.mark.parametrize("mode", ["voiceover", "compare"])
def test_F6_comes_to_the_page_that_is_shown(window: MainWindow, qtbot: QtBot, mode: str) -> None:
    open_talk(window)
    window.commands[f"{mode}ModeAction"].trigger()
    page = {"voiceover": window.desks.voiceover.page, "compare": window.desks.comparing.page}[mode]
    window.page.waveform.setFocus()
    assert page.isAncestorOf(press(qtbot, Qt.Key.Key_F6))


def test_the_tabs_of_the_right_panel_have_room(window: MainWindow, qtbot: QtBot) -> None:
    open_talk(window)
    bar = window.inspector.tabBar()
    for mode in ("transcript", "subtitles", "compare", "voiceover"):
        window.commands[f"{mode}ModeAction"].trigger()
        for name, count in (("checks", 88), ("differences", 88)):
            window.inspector.set_count(name, count)
        tabs = [bar.tabRect(place) for place in range(bar.count()) if bar.isTabVisible(place)]
        assert max(tab.right() for tab in tabs) < window.inspector.width(), mode


def test_the_panel_of_the_voices_comes_into_view(narrow: MainWindow, qtbot: QtBot) -> None:
    for before in ("transcriptModeAction", "compareModeAction", "queuePageAction"):
        narrow.commands[before].trigger()
        narrow.commands["speechVoicesAction"].trigger()
        focus = QApplication.focusWidget()
        assert narrow.inspector.isVisible()
        assert narrow.desks.casting.panel.isAncestorOf(focus)
        press(qtbot, Qt.Key.Key_Escape)
        assert not narrow.inspector.isVisible()
    narrow.desk.open(None)
    assert not narrow.commands["speechVoicesAction"].isEnabled()


def test_everything_on_the_rail_has_a_name(narrow: MainWindow) -> None:
    fill_queue(narrow)
    assert nameless(narrow) == []
    for button in narrow.rail.findChildren(QToolButton):
        assert button.toolTip()
        assert button.width() >= 24
    (tag,) = narrow.rail.findChildren(Tag)
    assert (tag.isVisible(), tag.accessibleName()) == (True, "2 files need you")


def test_menus_and_palette_fit_into_the_window(window: MainWindow, qtbot: QtBot) -> None:
    open_talk(window)
    palette, bar = window.finder, window.menuBar()
    for size in SIZES:
        resize(window, *size)
        press(qtbot, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert palette.isVisible()
        assert window.rect().contains(palette.geometry())
        dark = window.commands["themeAction"].isChecked()
        qtbot.keyClicks(QApplication.focusWidget(), "dark colours")
        press(qtbot, Qt.Key.Key_Return)
        assert window.commands["themeAction"].isChecked() is not dark
        assert not palette.isVisible()
        assert window.commands.conflicts() == {}
        assert all(bar.actionGeometry(action).right() < window.width() for action in bar.actions())
