"""Ctrl+K: one field that finds every command, words of the transcript and recordings. Runs on the window's thread.

Lies over the window and never outlives the focus: Esc, a click elsewhere or a choice closes it, and the focus returns
where it was before anything is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from .. import theme
from ..commands import COMMANDS, Commands, key_text, plain
from ..models.wording import counted
from ..widgets.sign import Sign
from .fuzzy import match
from .hit_list import Hit, HitDelegate, HitList

Provider = Callable[[str], list[Hit]]  # what fits the words typed, best first; asked after the commands are shown

_WIDTH, _MARGIN, _TOP, _FIELD = 720, 24, 80, 42  # logical pixels
_RECENT, _COMMANDS = 6, 8  # rows
_PAUSE = 60  # milliseconds without a key before the providers are asked
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


class Palette(QFrame):
    recent_changed = Signal(list)  # names of the commands used last, newest first, for the settings

    def __init__(
        self, commands: Commands, providers: Sequence[Provider], parent: QWidget, recent: object = None
    ) -> None:
        """`recent`: what `recent_changed` gave last time; anything else is passed over."""
        super().__init__(parent)
        self.setObjectName("commandPalette")
        self.setAccessibleName("Search, commands")
        self.setVisible(False)
        self._window = parent
        self._commands, self._providers = commands, providers
        known = {c.name for c in COMMANDS}
        self._recent = [name for name in recent if name in known] if isinstance(recent, list) else []
        self._before: QWidget | None = None
        self.field = _Field()
        self.field.textEdited.connect(self._search)
        self.field.pressed.connect(self._on_key)
        self.hits = HitList()
        self.list = QListView()
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(self._ask)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)
        parent.installEventFilter(self)

    def _lay_out(self) -> None:
        self.list.setObjectName("paletteList")
        self.list.setAccessibleName("What was found")
        self.list.setModel(self.hits)
        self.list.setItemDelegate(HitDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self._run(self.hits.hit(index.row())))
        leave = QLabel("Esc")
        leave.setProperty("role", "key")
        self._nothing = QLabel("Nothing fits these words.")
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(14, 8, 14, 8)
        line = QFrame()
        line.setProperty("role", "line")
        row = QHBoxLayout()
        row.setContentsMargins(13, 0, 13, 0)
        row.setSpacing(8)
        row.addWidget(Sign("search", "text2", 16))
        row.addWidget(self.field, 1)
        row.addWidget(leave, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 5)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(line)
        column.addWidget(self._nothing)
        column.addWidget(self.list)

    def open(self) -> None:
        """Show it empty, over the window's upper middle; open already, it starts afresh."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.field.clear()
        self._search("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_up(self) -> None:
        """Away with it; the focus goes back."""
        before = self._before if self._before and self._before.isVisible() else self._window
        before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()

    # Finding

    def _search(self, query: str) -> None:
        """Commands at once; what takes longer when the typing pauses."""
        self._soon.stop()
        self._show(query, list(self._fitting(query) if query.strip() else self._all()))
        if query.strip() and self._providers:
            self._soon.start()

    def _ask(self) -> None:
        query = self.field.text()
        found = [hit for provider in self._providers for hit in provider(query)]
        if found:
            self._show(query, [*self._fitting(query), *found], self.list.currentIndex().row())
        count = sum(1 for row in range(self.hits.rowCount()) if self.hits.hit(row))
        self._say(f"{counted(count, 'result', 'results')}")

    def _show(self, query: str, hits: list[Hit], row: int = 1) -> None:
        self.hits.show(query, hits)
        self.list.setVisible(bool(hits))
        self._nothing.setVisible(not hits)
        self._place()
        if hits:
            self._choose(max(row, 1))

    def _fitting(self, query: str) -> Iterator[Hit]:
        found = []
        for number, command in enumerate(COMMANDS):
            hit = self._hit(command.name, "Commands")
            fits = match(query, hit.title, f"{hit.note} {command.tip}")
            if fits:
                recent = 5 if command.name in self._recent else 0
                found.append((-(fits.score + recent), bool(hit.why_not), number, hit))
        return (hit for *_, hit in sorted(found, key=lambda entry: entry[:3])[:_COMMANDS])

    def _all(self) -> Iterator[Hit]:
        yield from (self._hit(name, "Used last") for name in self._recent)
        yield from (self._hit(c.name, "Commands") for c in COMMANDS if c.name != "paletteAction")

    def _hit(self, name: str, group: str) -> Hit:
        action, command = self._commands[name], self._commands.command(name)
        keys = self._commands.keys(name)
        return Hit(
            plain(action.text()),
            group,
            command.menu.replace("/", ", ") + (", on" if action.isChecked() else ""),
            command.icon,
            action.trigger,
            key_text(keys[0]) if keys else "",
            self._commands.why_not(name),
            name,
        )

    # Choosing

    def _on_key(self, key: int) -> None:
        if key in _STEPS:
            self._step(_STEPS[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape:
            self.close_up()
        else:
            self._run(self.hits.hit(self.list.currentIndex().row()))

    def _step(self, step: int) -> None:
        """To another hit, over the titles of groups; single steps go round at the ends."""
        rows = [row for row in range(self.hits.rowCount()) if self.hits.hit(row)]
        if rows:
            here = self.list.currentIndex().row()
            place = (rows.index(here) if here in rows else 0) + step
            place = place % len(rows) if abs(step) == 1 else min(max(place, 0), len(rows) - 1)
            self._choose(rows[place])

    def _choose(self, row: int) -> None:
        row = next((r for r in range(row, self.hits.rowCount()) if self.hits.hit(r)), 1)
        self.list.setCurrentIndex(self.hits.index(row))
        if row == 1:
            self.list.scrollToTop()  # with the title above it
        hit = self.hits.hit(row)
        if hit and self.isVisible():
            self._say(hit.sentence)

    def _run(self, hit: Hit | None) -> None:
        if hit is None or hit.why_not:
            return
        if hit.name:
            self._recent = [hit.name, *(name for name in self._recent if name != hit.name)][:_RECENT]
            self.recent_changed.emit(self._recent)
        self.close_up()
        hit.run()

    def _say(self, text: str) -> None:
        """The focus stays in the field, so a screen reader is told what is chosen."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, text))

    # The popup itself

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and new is not None and new is not self and not self.isAncestorOf(new):
            self.hide()

    def _place(self) -> None:
        window = self._window
        width = min(_WIDTH, window.width() - 2 * _MARGIN)
        most = max(window.height() * 2 // 3 - _TOP, 200)
        self.list.setFixedHeight(min(self.hits.height(), most))
        self.setGeometry((window.width() - width) // 2, _TOP, width, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(look.color("ctl"))
            painter.setBrush(look.color("surface"))
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS_CARD, theme.RADIUS_CARD
            )


class _Field(QLineEdit):
    """Without an edge; hands on the keys that move through the list, and keeps the window's shortcuts asleep."""

    pressed = Signal(int)  # Qt.Key

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("paletteField")
        self.setAccessibleName("Search, commands")
        self.setAccessibleDescription("Arrow keys choose, Enter runs, Esc closes")
        self.setPlaceholderText("A command, words of the transcript, a recording")
        plain = "border: none; background: transparent; padding: 0;"
        self.setStyleSheet(f"{plain} min-height: {_FIELD}px; font-size: {theme.TRANSCRIPT}px;")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.pressed.emit(Qt.Key.Key_Down if event.key() == Qt.Key.Key_Tab else Qt.Key.Key_Up)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (*_STEPS, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit(event.key())
        else:
            super().keyPressEvent(event)
