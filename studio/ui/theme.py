"""Colours, sizes and fonts of the window, light and dark. Runs on the window's thread.

The application has one Theme. Widgets ask `current()` for it, paint with `theme.color("text2")` and repaint on
`theme.changed`. Style sheets live in stylesheet.py, icons in icons.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

import shiboken6
from PySide6.QtCore import QObject, QRectF, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QGuiApplication, QPainter, QPainterPath
from PySide6.QtWidgets import QApplication

from studio.resources import resource

# Heights and widths in logical pixels; 8 px steps, 4 px half steps.
GRID = 8
MENU, TOOLBAR, FILE_HEADER, EDIT_BAR, TRANSPORT, STATUS = 26, 48, 48, 36, 56, 26
OVERVIEW, WAVEFORM, WAVEFORM_MIN, WAVEFORM_MAX = 44, 148, 80, 400
LEFT, LEFT_MIN, LEFT_MAX = 276, 200, 420
RIGHT, RIGHT_MIN, RIGHT_MAX = 304, 264, 440
RAIL, CENTRE_MIN = 44, 520
CONTROL, CONTROL_SMALL = 28, 24
RADIUS, RADIUS_CARD = 6, 8

# Font sizes in logical pixels.
RULER, NOTE, BODY, TRANSCRIPT, CUE, TIMECODE, TITLE = 11, 12, 13, 15, 16, 20, 24
REGULAR, MEDIUM, SEMIBOLD = QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold

DISABLED = 0.55  # opacity

Mode = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class Colors:
    """One value per colour token, as #RRGGBB. `speakers` repeats, striped, from the ninth speaker on."""

    win: str
    surface: str
    raised: str
    hover: str
    sel: str
    border: str
    ctl: str
    text: str
    text2: str
    text3: str
    accent: str
    on_accent: str
    link: str
    ok: str
    ok_fill: str
    warn: str
    warn_fill: str
    err: str
    err_fill: str
    info: str
    info_fill: str
    word: str  # behind the word being spoken
    unsure: str  # line below a word the engine was not sure of
    playhead: str
    speakers: tuple[str, ...]


LIGHT = Colors(
    win="#F2F3F5",
    surface="#FFFFFF",
    raised="#F8F9FA",
    hover="#E8EAEE",
    sel="#E3E8FC",
    border="#DADDE3",
    ctl="#858C99",
    text="#1A1D23",
    text2="#454B57",
    text3="#5D6472",
    accent="#3C4EC8",
    on_accent="#FFFFFF",
    link="#3345B5",
    ok="#17693A",
    ok_fill="#E5F3EA",
    warn="#7F4C00",
    warn_fill="#FFF3D9",
    err="#AD2219",
    err_fill="#FCEBE9",
    info="#1B5A9F",
    info_fill="#E7F0FA",
    word="#FFDF80",
    unsure="#B36B00",
    playhead="#D11F3A",
    speakers=("#2D61E0", "#A35C06", "#065730", "#6B0764", "#1C6986", "#41332B", "#633BA5", "#845B56"),
)
DARK = Colors(
    win="#15171C",
    surface="#1C1F26",
    raised="#232730",
    hover="#2C313C",
    sel="#2C3560",
    border="#353B48",
    ctl="#757D8E",
    text="#E9EBF0",
    text2="#BCC2CE",
    text3="#9BA2B0",
    accent="#8F9DFF",
    on_accent="#0F1224",
    link="#AAB5FF",
    ok="#6CCB92",
    ok_fill="#183326",
    warn="#F0B84C",
    warn_fill="#382C12",
    err="#FF8F85",
    err_fill="#401E1D",
    info="#82BAFF",
    info_fill="#182C45",
    word="#6B5310",
    unsure="#F0B84C",
    playhead="#FF5C72",
    speakers=("#93B4FF", "#FFA54A", "#9FF7D9", "#FA5C98", "#4AA3C2", "#B5912D", "#A280FC", "#CBBAB6"),
)


class Theme(QObject):
    """Light or dark, as the system says until the user chooses."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = "system"
        self._app: QApplication | None = None
        self._worn: Colors | None = None  # what the application was dressed in last
        self._files = QTemporaryDir()  # tinted pictures for the style sheet
        self.dark = self._wants_dark()

    @property
    def colors(self) -> Colors:
        return DARK if self.dark else LIGHT

    @property
    def mode(self) -> Mode:
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """The user's choice; "system" follows the desktop."""
        self._mode = mode
        self._refresh()

    def color(self, role: str) -> QColor:
        """The colour of a token by its name in `Colors`, e.g. "text2"."""
        return QColor(getattr(self.colors, role))

    def faint(self, role: str) -> QColor:
        """A token's colour as disabled controls on `surface` show it."""
        return mix(self.color("surface"), self.color(role), DISABLED)

    def speaker_color(self, index: int) -> QColor:
        """The colour of the speaker with this index, counted from 0."""
        return QColor(self.colors.speakers[index % len(self.colors.speakers)])

    def apply(self, app: QApplication) -> None:
        """Gives the application our fonts, palette and style sheet, now and after every change."""
        if self._app is None:
            from studio.ui.widgets.focus_ring import FocusRing  # it needs the tokens above

            load_fonts()
            app.setStyle("Fusion")
            app.setFont(font(BODY))
            self._ring = FocusRing(app)
            app.styleHints().colorSchemeChanged.connect(self._refresh)
        self._app = app
        self._dress()

    @contextmanager
    def undressed(self) -> Iterator[None]:
        """While a window is put together: each part would be dressed again with every one that it comes to lie in."""
        sheet = self._app.styleSheet() if self._app else ""
        if self._app:
            self._app.setStyleSheet("")
        yield
        if self._app:
            self._app.setStyleSheet(sheet)

    def _wants_dark(self) -> bool:
        if self._mode == "system":
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode == "dark"

    def _refresh(self) -> None:
        if self._wants_dark() != self.dark:
            self.dark = not self.dark
            self._dress()
            self.changed.emit()

    def _dress(self) -> None:
        from studio.ui import stylesheet  # it needs the tokens above

        if self._app is not None and self._worn is not self.colors:  # all that is shown would be dressed anew
            self._worn = self.colors
            # Where a sheet takes the place of another, Qt dresses each widget once for every one that it lies in.
            self._app.setStyleSheet("")
            self._app.setPalette(stylesheet.palette(self.colors))
            self._app.setStyleSheet(stylesheet.sheet(self.colors, self._files.path()))


_current: Theme | None = None


def current() -> Theme:
    """The application's theme, made on first use."""
    global _current
    if _current is None or not shiboken6.isValid(_current):
        _current = Theme(QApplication.instance())
    return _current


def load_fonts() -> None:
    """Makes the bundled Inter known to Qt; its figures are tabular. Other scripts come from the system's fonts."""
    for path in sorted(resource("fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def font(size: int = BODY, weight: QFont.Weight = REGULAR) -> QFont:
    """The window's font at a size in logical pixels."""
    return QFont(_font(size, weight))  # a copy knows already which fonts of the system it is


@cache
def _font(size: int, weight: QFont.Weight) -> QFont:
    made = QFont(["Inter", "Noto Sans"])  # Chinese, Japanese, Korean: as the system prefers
    made.setPixelSize(size)
    made.setWeight(weight)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def mix(ground: QColor, ink: QColor, share: float) -> QColor:
    """`share` (0..1) of the ink on the ground, as an opaque colour."""
    return QColor(
        round(ground.red() + (ink.red() - ground.red()) * share),
        round(ground.green() + (ink.green() - ground.green()) * share),
        round(ground.blue() + (ink.blue() - ground.blue()) * share),
    )


def chip_letter(name: str) -> str:
    """What a speaker's chip shows: the number of an unnamed “Speaker 3”, else the name's first letter."""
    number = re.fullmatch(r"\D*?(\d{1,2})", name.strip())
    return number[1] if number else name.strip()[:1].upper()


def paint_chip(painter: QPainter, rect: QRectF, letter: str, index: int) -> None:
    """Draws a speaker's letter chip into `rect`; striped from the ninth speaker (index 8) on."""
    theme = current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(rect, rect.height() / 4, rect.height() / 4)
    painter.fillPath(shape, theme.speaker_color(index))
    if index >= len(theme.colors.speakers):
        painter.fillPath(shape, stripes(theme.color("on_accent")))
    painter.setFont(font(round(rect.height() * 0.64), SEMIBOLD))
    painter.setPen(theme.color("on_accent"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, letter)
    painter.restore()


def stripes(color: QColor) -> QBrush:
    """The pattern that tells speakers 9 to 16 from speakers 1 to 8."""
    faint = QColor(color)
    faint.setAlphaF(0.35)
    return QBrush(faint, Qt.BrushStyle.BDiagPattern)
