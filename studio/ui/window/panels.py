"""Which panels are shown beside the page, and F6 from one to the next. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from ..commands import Commands
from .columns import Columns

if TYPE_CHECKING:
    from .main_window import MainWindow


class Panels(QObject):
    """The page that is shown, the width of the window and the user's wish say which."""

    def __init__(self, columns: Columns, window: MainWindow, commands: Commands) -> None:
        super().__init__(window)
        self._columns, self._window, self._commands = columns, window, commands
        self._left_wanted = False  # over the centre, where the window is narrow
        columns.left_left.connect(self.close_left)
        columns.right_left.connect(self._close_right)
        commands.connect("queueAction", self._switch_left)
        commands.connect("speakersAction", self._switch_right)
        commands.connect("nextPanelAction", lambda: self._go(1))
        commands.connect("previousPanelAction", lambda: self._go(-1))

    def fit(self) -> None:
        """The right panel belongs to an open recording; the queue page takes the whole width."""
        window, queue = self._window, self._commands["queuePageAction"].isChecked()
        right = window.desk.job is not None and not queue
        wanted = self._left_wanted, self._commands["speakersAction"].isChecked()
        self._columns.fit(window.width(), not queue, right, *wanted)

    def open_left(self, part: QWidget) -> None:
        """Show the left panel wherever it is, with the focus in this part of it."""
        self._left_wanted = True
        self.fit()
        queue = self._window.queue_view.list
        queue.scroll_to(queue.currentIndex())
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_left(self) -> None:
        """Where it lies over the centre; the focus goes to the text, not to what is hidden."""
        focus = QApplication.focusWidget()
        inside = focus is not None and self._window.queue_view.isAncestorOf(focus)
        self._left_wanted = False
        self.fit()
        if inside and not self._window.queue_view.isVisible():
            self._focus_text()

    def _switch_left(self) -> None:
        """To the list of recordings; where it lies over the centre, back from there."""
        window = self._window
        if self._commands["queuePageAction"].isChecked():
            window.queue_page.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif self._left_wanted and self._columns.left_is_over:
            self.close_left()
        else:
            self.open_left(window.queue_view.list)

    def _switch_right(self) -> None:
        self.fit()
        inspector = self._window.inspector
        if not inspector.isVisible():
            self._focus_text()
        elif self._commands["speakersAction"].isChecked():
            next_panel([inspector], 1)

    def _close_right(self) -> None:
        self._commands["speakersAction"].setChecked(False)
        self._switch_right()

    def _focus_text(self) -> None:
        if self._window.desk.job:
            self._window.desks.modes.focus()

    def _go(self, step: int) -> None:
        """In the order of the focus: tool bar, left, waveform, text, right, transport."""
        window, page, cues = self._window, self._window.page, self._window.desks.modes.subtitles
        compare, speech = window.desks.comparing.page, window.desks.voiceover.page
        left = window.rail, window.queue_view.list
        middle = (window.queue_page, window.empty, page.waveform, page.transcript, cues.bar, cues.table, cues.editor)
        others = compare, speech.making, speech.cues, speech.table
        right = window.inspector, window.desks.speaking.bar, window.transport, window.notices
        next_panel([window.tools, *left, *middle, *others, *right], step)


def next_panel(panels: Sequence[QWidget], step: int) -> None:
    """Move the focus to the next (1) or previous (-1) of these that is shown and has something to do in it."""
    shown = [p for p in panels if p.isVisible() and _target(p)]
    focus = QApplication.focusWidget()
    here = next((n for n, p in enumerate(shown) if focus and (p is focus or p.isAncestorOf(focus))), None)
    if shown:
        place = (0 if step > 0 else -1) if here is None else (here + step) % len(shown)
        target = _target(shown[place])
        assert target is not None
        target.setFocus(Qt.FocusReason.TabFocusReason)
        target.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)  # lists show where they are


def _target(panel: QWidget) -> QWidget | None:
    """What takes the focus: where it was last in this part, else the first that the tab key reaches."""
    last = panel.focusWidget()
    among = [*([last] if last else []), panel, *panel.findChildren(QWidget)]
    return next((w for w in among if _takes_focus(w)), None)


def _takes_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
