"""Colours, fonts and icons, as drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QIcon, QImage, QPainter, QRawFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QSlider, QSplitter, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.ui import icons, theme
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.tag import Tag


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[theme.Theme]:
    look = theme.current()
    look.apply(qapp)
    look.set_mode("light")
    yield look
    look.set_mode("light")


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(QColor(a)), luminance(QColor(b))), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(colors: theme.Colors) -> None:
    for ground in (colors.surface, colors.win, colors.raised, colors.hover, colors.sel):
        for text in (colors.text, colors.text2, colors.text3):
            assert contrast(text, ground) >= 4.5
    for ink, fill in (
        (colors.on_accent, colors.accent),
        (colors.link, colors.surface),
        (colors.ok, colors.ok_fill),
        (colors.warn, colors.warn_fill),
        (colors.err, colors.err_fill),
        (colors.info, colors.info_fill),
        (colors.text, colors.word),
    ):
        assert contrast(ink, fill) >= 4.5
    for speaker in colors.speakers:
        assert contrast(speaker, colors.surface) >= 4.5
        assert contrast(colors.on_accent, speaker) >= 4.5  # the chip's letter


def test_the_users_choice_changes_palette_and_tells(qapp: QApplication, look: theme.Theme, qtbot: QtBot) -> None:
    assert qapp.palette().window().color() == QColor(theme.LIGHT.win)
    with qtbot.waitSignal(look.changed):
        look.set_mode("dark")
    assert look.dark
    assert qapp.palette().window().color() == QColor(theme.DARK.win)
    with qtbot.assertNotEmitted(look.changed):
        look.set_mode("dark")


def test_the_bundled_font_has_weights_and_tabular_figures(qapp: QApplication) -> None:
    assert QFontInfo(theme.font()).family() == "Inter"
    metrics = QFontMetrics(theme.font(theme.TIMECODE, theme.SEMIBOLD))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
    widths = [QFontMetrics(theme.font(40, w)).horizontalAdvance("mmmm") for w in (theme.REGULAR, theme.SEMIBOLD)]
    assert widths[0] < widths[1]
    inter = QRawFont.fromFont(theme.font())
    assert all(inter.supportsCharacter(ord(letter)) for letter in "aüßłжΩẵ€–…“”")


def test_speaker_colours_repeat_striped(look: theme.Theme) -> None:
    assert look.speaker_color(8) == look.speaker_color(0) == QColor("#2D61E0")
    plain, striped = chip(0), chip(8)
    assert plain.pixelColor(3, 10) == QColor("#2D61E0")
    assert plain != striped


def chip(index: int) -> QImage:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        theme.paint_chip(painter, QRectF(0, 0, 20, 20), "", index)
    return image


@pytest.mark.parametrize(
    ("name", "letter"), [("Jörg Müller", "J"), ("Speaker 3", "3"), ("Speaker 12", "12"), ("émile", "É"), ("", "")]
)
def test_a_chip_tells_unnamed_speakers_apart(name: str, letter: str) -> None:
    assert theme.chip_letter(name) == letter


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_draws_inside_its_square(qapp: QApplication, name: str) -> None:
    image = icons.pixmap(name, "text", 24, 4.0).toImage()
    inked = [(x, y) for x in range(96) for y in range(96) if image.pixelColor(x, y).alpha() > 128]
    assert len(inked) > 90
    assert all(2 < x < 93 and 2 < y < 93 for x, y in inked)


def test_an_icon_follows_theme_state_and_screen(qapp: QApplication, look: theme.Theme) -> None:
    made = icons.icon("add", "text")

    def middle(mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> QColor:
        return made.pixmap(QSize(48, 48), 1.0, mode, state).toImage().pixelColor(24, 24)

    assert middle() == QColor(theme.LIGHT.text)
    assert middle(state=QIcon.State.On) == QColor(theme.LIGHT.accent)
    assert middle(QIcon.Mode.Disabled).alpha() == pytest.approx(255 * theme.DISABLED, abs=2)
    assert made.pixmap(QSize(16, 16), 2.0).size() == QSize(32, 32)
    look.set_mode("dark")
    assert middle() == QColor(theme.DARK.text)


def test_a_misspelt_icon_fails_at_once(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-drawing")


def test_controls_look_as_their_state_says(qtbot: QtBot) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    plain, primary, on, off = QPushButton("."), QPushButton("."), QPushButton("."), QPushButton(".")
    primary.setProperty("kind", "primary")
    on.setCheckable(True)
    on.setChecked(True)
    off.setEnabled(False)
    wrong, ticked = QLineEdit("12:99"), QCheckBox("On")
    wrong.setProperty("wrong", True)
    ticked.setChecked(True)
    for widget in (wrong, plain, primary, on, off, ticked):
        column.addWidget(widget)
    qtbot.addWidget(page)
    page.resize(200, 300)
    page.show()

    def inside(widget: QWidget) -> QColor:
        return widget.grab().toImage().pixelColor(20, 6)

    assert inside(plain) == QColor(theme.LIGHT.surface)
    assert inside(primary) == QColor(theme.LIGHT.accent)
    assert inside(on) == QColor(theme.LIGHT.sel)
    assert on.grab().toImage().pixelColor(20, 0) == QColor(theme.LIGHT.accent)
    assert wrong.grab().toImage().pixelColor(50, 1) == QColor(theme.LIGHT.err)
    assert ticked.grab().toImage().pixelColor(8, ticked.height() // 2 - 6) == QColor(theme.LIGHT.accent)
    assert {plain.height(), primary.height(), wrong.height()} == {theme.CONTROL}


def test_the_keyboard_gets_a_ring_and_the_mouse_does_not(qtbot: QtBot) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    field, first, second = QLineEdit(), QPushButton("First"), QPushButton("Second")
    for widget in (field, first, second):
        column.addWidget(widget)
    qtbot.addWidget(page)
    page.resize(200, 160)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    field.setFocus()

    def rings() -> list[QWidget]:
        return [w for w in page.findChildren(QWidget, "focusRing") if w.isVisible()]

    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert first.hasFocus()
    assert [ring.geometry() for ring in rings()] == [first.geometry().adjusted(-3, -3, 3, 3)]
    image = page.grab().toImage()
    assert image.pixelColor(first.geometry().center().x(), first.geometry().top() - 2) == QColor(theme.LIGHT.accent)
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    assert second.hasFocus()
    assert rings() == []


def test_the_ring_goes_with_its_control(qtbot: QtBot) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    first, second = QPushButton("First"), QPushButton("Second")
    column.addWidget(first)
    column.addWidget(second)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    first.setFocus(Qt.FocusReason.TabFocusReason)
    first.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(first))
    second.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: len(page.findChildren(QWidget, "focusRing")) == 1)
    assert page.findChild(QWidget, "focusRing").geometry().center() == second.geometry().center()


def test_the_ring_is_no_pane_of_a_splitter(qtbot: QtBot) -> None:
    page = QWidget()
    split, slider = QSplitter(), QSlider(Qt.Orientation.Horizontal)
    split.addWidget(QPushButton("Beside"))
    split.addWidget(slider)
    QVBoxLayout(page).addWidget(split)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    (ring,) = (w for w in page.findChildren(QWidget, "focusRing") if w.isVisible())
    assert ring.geometry().contains(QRect(slider.mapTo(page, QPoint()), slider.size()))
    assert split.count() == 2


def test_a_choice_is_a_combo_box_with_its_label_inside(qtbot: QtBot) -> None:
    choice = Choice("Speed", "speedChoice")
    for rate in (0.5, 1.0, 2.0):
        choice.addItem(f"{rate}×", rate)
    qtbot.addWidget(choice)
    choice.select(2.0)
    assert choice.currentData() == 2.0
    assert choice.accessibleName() == "Speed"
    wide = choice.sizeHint().width()
    choice.set_label_hidden(True)
    assert choice.sizeHint().width() < wide
    choice.show()
    QTest.keyClick(choice, Qt.Key.Key_Up)
    assert choice.currentData() == 1.0


def test_a_tag_shows_its_kind(qtbot: QtBot) -> None:
    tag = Tag("Nothing is uploaded", "ok", "lock")
    qtbot.addWidget(tag)
    tag.resize(tag.sizeHint())
    assert tag.grab().toImage().pixelColor(QPoint(3, 9)) == QColor(theme.LIGHT.ok_fill)
    assert tag.accessibleName() == "Nothing is uploaded"
