"""The palette and the one style sheet, filled from the theme's tokens. Runs on the window's thread.

Widgets choose a look by dynamic properties, set before they are shown:
    button   kind     primary | flat | link | segment | danger | field
    button   small    true: 24 px instead of 28
    button   chosen   true: a field that always holds something
    label    role     title | subtitle | heading | section | note | muted | ok | warn | err | key
    edit     wrong    true: red edge
    frame    role     bar | panel | card | segments | line | rail | drawer | popup
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QPalette

from studio.ui import icons, theme
from studio.ui.theme import Colors


def palette(c: Colors) -> QPalette:
    """What widgets without a rule of their own are drawn with."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, value in {
        role.Window: c.win,
        role.WindowText: c.text,
        role.Base: c.surface,
        role.AlternateBase: c.raised,
        role.Text: c.text,
        role.Button: c.surface,
        role.ButtonText: c.text,
        role.BrightText: c.err,
        role.ToolTipBase: c.text,
        role.ToolTipText: c.surface,
        role.PlaceholderText: c.text3,
        role.Highlight: c.sel,
        role.HighlightedText: c.text,
        role.Link: c.link,
        role.LinkVisited: c.link,
        role.Light: c.surface,
        role.Midlight: c.hover,
        role.Mid: c.border,
        role.Dark: c.ctl,
        role.Shadow: c.border,
        role.Accent: c.accent,
    }.items():
        made.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(_faint(c.text3, c.surface)))
    return made


def sheet(c: Colors, folder: str) -> str:
    """The style sheet. Its few tinted pictures are written to `folder`, because style sheets take them by path only."""
    values = {name: value for name, value in asdict(c).items() if isinstance(value, str)}
    values["off_text"] = _faint(c.text3, c.surface)
    values["off_border"] = _faint(c.border, c.surface)
    values["off_accent"] = _faint(c.accent, c.surface)
    values["off_on_accent"] = _faint(c.on_accent, _faint(c.accent, c.surface))
    values["accent_hover"] = _mix(c.accent, c.text, 0.15)
    values["accent_down"] = _mix(c.accent, c.text, 0.3)
    values["link_hover"] = _mix(c.link, c.text, 0.4)
    for name, (drawing, color) in {
        "down": ("chevron-down", c.text2),
        "down_off": ("chevron-down", values["off_text"]),
        "up": ("chevron-up", c.text2),
        "right": ("chevron-right", c.text2),
        "tick": ("check", c.on_accent),
        "dash": ("minus", c.on_accent),
        "mark": ("check", c.text2),
    }.items():
        # The name carries the colour: Qt caches pictures by path.
        path = Path(folder) / f"{drawing}-{color[1:]}.svg"
        path.write_text(icons.svg(drawing, color), "utf-8")
        values[name] = f'url("{path.as_posix()}")'
    return Template(_SHEET).substitute(values)


def _mix(ground: str, ink: str, share: float) -> str:
    return theme.mix(QColor(ground), QColor(ink), share).name()


def _faint(color: str, below: str) -> str:
    """A disabled control's colour, as one opaque value."""
    return _mix(color, below, 1 - theme.DISABLED)


_SHEET = """
* { outline: none; }
QMainWindow, QDialog { background: $win; }
/* what a dialog is for stands last, as in those that lay out their own buttons */
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; button-layout: 3; }
QToolTip { background: $text; color: $surface; border: 1px solid $text; padding: 4px 8px; font-size: 12px; }

/* Buttons */
QPushButton, QToolButton, QComboBox {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 6px; font-weight: 500;
    min-height: 26px;
}
QPushButton { padding: 0 11px; }
QToolButton { padding: 0 4px; min-height: 23px; }  /* Qt adds 3 to both */
QPushButton:hover, QToolButton:hover, QComboBox:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $sel; }
QPushButton:checked, QToolButton:checked { background: $sel; border-color: $accent; color: $accent; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {
    background: $surface; color: $off_text; border-color: $off_border;
}
QPushButton[small="true"] { min-height: 22px; padding: 0 9px; font-size: 12px; }
QToolButton[small="true"] { min-height: 19px; padding: 0 2px; }
QPushButton::menu-indicator, QToolButton::menu-indicator { width: 0; image: none; }
QToolButton[popupMode="1"] { padding-right: 22px; }  /* a button with a menu of its own beside it */
QToolButton::menu-button {
    background: transparent; border: none; border-left: 1px solid $border; width: 20px;
    border-top-right-radius: 5px; border-bottom-right-radius: 5px;
}
QToolButton::menu-button:hover { background: $hover; }
QToolButton::menu-arrow { image: $down; width: 14px; height: 14px; }

QPushButton[kind="primary"], QToolButton[kind="primary"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
}
QPushButton[kind="primary"]:hover, QToolButton[kind="primary"]:hover {
    background: $accent_hover; border-color: $accent_hover;
}
QPushButton[kind="primary"]:pressed, QToolButton[kind="primary"]:pressed { background: $accent_down; }
QPushButton[kind="primary"]:disabled, QToolButton[kind="primary"]:disabled {
    background: $off_accent; border-color: $off_accent; color: $off_on_accent;
}
QPushButton[kind="flat"], QToolButton[kind="flat"] { background: transparent; border-color: transparent; }
QPushButton[kind="flat"]:hover, QToolButton[kind="flat"]:hover { background: $hover; }
QPushButton[kind="flat"]:pressed, QToolButton[kind="flat"]:pressed { background: $sel; }
QPushButton[kind="flat"]:checked, QToolButton[kind="flat"]:checked { background: $sel; border-color: $accent; }
QPushButton[kind="link"] {
    background: transparent; border-color: transparent; color: $link; padding: 0 4px;
}
QPushButton[kind="link"]:hover { color: $link_hover; text-decoration: underline; }
QPushButton[kind="link"]:disabled { color: $off_text; }
QPushButton[kind="field"] { border-color: $ctl; color: $text3; font-weight: 400; text-align: left; padding: 0 9px; }
QPushButton[kind="field"][chosen="true"] { color: $text; font-weight: 500; }
QPushButton[kind="danger"] { color: $err; }
QPushButton[kind="danger"]:hover { background: $err_fill; }
QPushButton[kind="danger"]:disabled { color: $off_text; }
QPushButton[kind="segment"], QToolButton[kind="segment"] {
    background: transparent; border: 1px solid transparent; border-radius: 5px; color: $text2; min-height: 24px;
}
QPushButton[kind="segment"]:hover, QToolButton[kind="segment"]:hover { background: $hover; }
QPushButton[kind="segment"]:checked, QToolButton[kind="segment"]:checked {
    background: $surface; border-color: $border; color: $accent; font-weight: 600;
}
QPushButton[kind="segment"]:disabled { color: $off_text; }
QFrame[role="segments"] { background: $win; border: 1px solid $border; border-radius: 7px; }

/* Fields */
QLineEdit, QPlainTextEdit[role="field"], QTextEdit[role="field"], QAbstractSpinBox {
    background: $surface; color: $text; border: 1px solid $ctl; border-radius: 6px; padding: 0 8px; min-height: 26px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QPlainTextEdit[role="field"], QTextEdit[role="field"] { padding: 1px 8px; min-height: 24px; } /* room for the ring */
QLineEdit:hover, QAbstractSpinBox:hover { background: $raised; }
QLineEdit:focus, QPlainTextEdit[role="field"]:focus, QTextEdit[role="field"]:focus, QAbstractSpinBox:focus {
    background: $surface; border: 2px solid $accent; padding: 0 7px; min-height: 24px;
}
QLineEdit[wrong="true"], QAbstractSpinBox[wrong="true"], QAbstractSpinBox[wrong="true"]:focus {
    border: 2px solid $err; padding: 0 7px; min-height: 24px;
}
QLineEdit:disabled, QAbstractSpinBox:disabled { background: $raised; color: $off_text; border-color: $border; }
QLineEdit[small="true"], QAbstractSpinBox[small="true"], QComboBox[small="true"] { min-height: 22px; }
QLineEdit[small="true"]:focus, QAbstractSpinBox[small="true"]:focus, QAbstractSpinBox[small="true"][wrong="true"] {
    min-height: 20px;
}
QLineEdit QToolButton { background: transparent; border: none; min-height: 0; padding: 0; }
QAbstractSpinBox QLineEdit { background: transparent; border: none; min-height: 0; padding: 0 4px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent; width: 18px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; border-radius: 3px; }
QAbstractSpinBox::up-arrow { image: $up; width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: $down; width: 12px; height: 12px; }

QComboBox { padding: 0 6px 0 10px; combobox-popup: 0; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: $down; width: 14px; height: 14px; }
QComboBox::down-arrow:disabled { image: $down_off; }
QComboBox:on { border-color: $accent; }
QComboBox QAbstractItemView {
    background: $surface; color: $text; border: 1px solid $border; padding: 4px; outline: none;
    selection-background-color: $sel; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 6px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: $sel; color: $text; }
QComboBox QAbstractItemView::item:disabled { color: $text3; }

QCheckBox, QRadioButton { spacing: 8px; color: $text; background: transparent; min-height: 24px; }
QCheckBox:disabled, QRadioButton:disabled { color: $off_text; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {
    width: 14px; height: 14px; border: 1px solid $ctl; border-radius: 4px; background: $surface;
}
QRadioButton::indicator { border-radius: 7px; }
QCheckBox::indicator:hover { background: $hover; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {
    background: $accent; border-color: $accent; image: $tick;
}
QCheckBox::indicator:indeterminate { background: $accent; border-color: $accent; image: $dash; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 6px; height: 6px; background: $on_accent; }
QCheckBox::indicator:disabled { border-color: $border; background: $raised; }
QCheckBox::indicator:checked:disabled { background: $off_accent; border-color: $off_accent; }

/* Menus */
QMenuBar { background: $win; color: $text2; padding: 0 8px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; color: $text; }
QMenu { background: $surface; color: $text; border: 1px solid $ctl; border-radius: 8px; padding: 4px; }
QMenu::item { padding: 5px 32px 5px 10px; border-radius: 4px; min-height: 18px; }
QMenu::item:selected { background: $sel; }
QMenu::item:disabled { color: $off_text; }
QMenu::icon { padding-left: 8px; }
QMenu::icon:checked {
    background: $sel; border: 1px solid $accent; border-radius: 4px; margin-left: 4px; padding-left: 3px;
}
QMenu::indicator { width: 14px; height: 14px; padding-left: 8px; }
QMenu::indicator:checked { image: $mark; }
QMenu::right-arrow { image: $right; width: 14px; height: 14px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }

/* Tabs: a line below the chosen one */
QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: transparent; }
QTabBar::tab {
    background: transparent; color: $text2; border: none; border-bottom: 2px solid transparent; font-weight: 500;
    padding: 0 12px; min-height: 36px;
}
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $accent; border-bottom-color: $accent; font-weight: 600; }
QTabBar::tab:disabled { color: $off_text; }

/* Lists */
QAbstractItemView {
    background: $surface; color: $text; border: none; selection-background-color: $sel; selection-color: $text;
}
QTreeWidget::item { padding: 0 6px; border: none; }
QTreeWidget::item:selected { background: $sel; color: $text; }
QHeaderView { background: $win; }
QHeaderView::section {
    background: $win; color: $text2; border: none; border-bottom: 1px solid $border; padding: 6px 8px;
    font-size: 12px; font-weight: 600;
}
QPlainTextEdit, QTextEdit {
    background: $surface; color: $text; border: none; selection-background-color: $accent; selection-color: $on_accent;
}
QScrollArea { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $ctl; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $text3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }

/* Progress and sliders */
QProgressBar { background: $border; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QSlider { min-height: 24px; }
QSlider::groove:horizontal { background: $border; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal {
    background: $surface; border: 2px solid $accent; width: 11px; height: 11px; margin: -6px 0; border-radius: 7px;
}
QSlider::handle:horizontal:hover { background: $sel; }
QSlider::sub-page:horizontal:disabled { background: $off_accent; }
QSlider::handle:horizontal:disabled { border-color: $off_accent; }

/* Bars, cards, words */
QStatusBar, QFrame[role="panel"] { background: $win; color: $text2; }
QStatusBar { border-top: 1px solid $border; font-size: 12px; min-height: 25px; }
QStatusBar::item { border: none; }
QStatusBar QLabel { font-size: 12px; color: $text2; }
QToolBar { background: $surface; border: none; border-bottom: 1px solid $border; spacing: 8px; padding: 0 12px; }
QToolBar::separator { background: $border; width: 1px; margin: 12px 4px; }
QFrame[role="bar"] { background: $surface; border: none; }
QFrame#toolBar { border-bottom: 1px solid $border; }
QFrame#queuePageHeader { border-bottom: 1px solid $border; }
QFrame#accountsHeader { border-bottom: 1px solid $border; }
QFrame#accountsFooter { border-top: 1px solid $border; }
QWidget#accountPage, QWidget#herePage, QScrollArea#accountScroll { background: $surface; }
QFrame#queueSelectionBar { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame#queueSelectionBar[active="true"] { background: $sel; }
QWidget#queuePage { background: $surface; }
QFrame[role="rail"] { background: $win; border: none; border-right: 1px solid $border; }
QFrame[role="drawer"] { background: $win; border: none; }
QFrame#leftDrawer { border-right: 1px solid $border; }
QFrame#rightDrawer { border-left: 1px solid $border; }
QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame[role="popup"] { background: $surface; border: 1px solid $ctl; }
QFrame#unsurePopup { border-color: $ctl; }
QFrame[role="line"] { background: $border; border: none; max-height: 1px; min-height: 1px; }
QFrame[notice="info"] { background: $info_fill; }
QFrame[notice="warn"] { background: $warn_fill; }
QFrame[notice="error"] { background: $err_fill; }
QFrame[notice] { border: 1px solid $ctl; border-radius: 8px; }
QPushButton#moreNotices { background: $surface; border: 1px solid $ctl; }
QLabel[role="subtitle"] { font-size: 16px; font-weight: 600; }
QLabel[role="plain"] { color: $text2; }
QFrame[role="transport"] { background: $surface; border: none; border-top: 1px solid $border; }
QFrame[role="drop"] { background: $raised; border: 2px dashed $ctl; border-radius: 8px; }
QFrame[role="drop"][active="true"] { background: $sel; border-color: $accent; }
QGroupBox { border: none; margin-top: 24px; font-weight: 600; color: $text2; }
QGroupBox::title { subcontrol-origin: margin; left: 0; top: 4px; }
QLabel { background: transparent; }
QLabel:disabled { color: $off_text; }
QLabel[role="title"] { font-size: 24px; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="section"] { font-size: 12px; font-weight: 600; color: $text2; }
QLabel[role="note"] { font-size: 12px; color: $text3; }
QLabel[role="muted"] { color: $text3; }
QLabel[role="ok"] { font-size: 12px; color: $ok; }
QLabel[role="warn"] { font-size: 12px; color: $warn; }
QLabel[role="err"] { font-size: 12px; color: $err; }
QLabel[role="key"] {
    background: $raised; color: $text2; border: 1px solid $border; border-radius: 4px; padding: 1px 4px;
    font-size: 11px;
}
"""
