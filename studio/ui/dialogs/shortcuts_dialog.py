"""All commands with their keys, to look them up, change them and print them. Runs on the window's thread."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui import theme
from studio.ui.commands import COMMANDS, Commands, key_text, plain
from studio.ui.icons import icon
from studio.ui.shortcuts import as_html, refusal
from studio.ui.widgets.search_field import SearchField

_NAME = Qt.ItemDataRole.UserRole  # of a row: the command's name


class ShortcutsDialog(QDialog):
    """Each change is in force at once. Frees itself when it is closed."""

    changed = Signal(dict)  # Commands.changed_keys(), for the settings

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setAccessibleName("Keyboard shortcuts")
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self._commands = commands
        self._items: dict[str, QTreeWidgetItem] = {}  # by the command's name
        self._menus: dict[str, QTreeWidgetItem] = {}
        self._pressed = ""  # keys that are another command's, until the user decides
        self.search = SearchField("shortcutsSearch", "Find a command or key", "Find a command or key")
        self.search.textChanged.connect(self._look_up)
        self.table = QTreeWidget()
        self._fill()
        self.recorder = _Recorder()
        self._title, self._told = QLabel(), QLabel()
        self._also = QCheckBox("Keep the present keys too")
        self._take, self._keep = QPushButton("Take over"), QPushButton("Keep")
        self._reset = QPushButton(icon("undo"), "Reset this command")
        self._lay_out()
        self.resize(720, min(620, self.screen().availableGeometry().height() - 40))  # and the frame
        self._refresh()
        self.table.setCurrentItem(self._items[COMMANDS[0].name])
        self.search.setFocus()

    # Layout

    def _fill(self) -> None:
        self.table.setObjectName("shortcutsTable")
        self.table.setAccessibleName("Commands and their keys")
        self.table.setColumnCount(2)
        self.table.setHeaderLabels(["Command", "Keys"])
        self.table.setRootIsDecorated(False)
        self.table.setIndentation(18)
        self.table.setUniformRowHeights(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        for menu in self._commands.menus:
            self._menus[menu] = QTreeWidgetItem(self.table, [menu])
            self._menus[menu].setSizeHint(0, QSize(0, theme.CONTROL_SMALL + 2))
            self._menus[menu].setFlags(Qt.ItemFlag.ItemIsEnabled)
            self._menus[menu].setFont(0, theme.font(theme.NOTE, theme.SEMIBOLD))
        for command in COMMANDS:
            item = QTreeWidgetItem(self._menus[self._menu_of(command.name)], [self._text(command.name)])
            item.setData(0, _NAME, command.name)
            item.setSizeHint(0, QSize(0, theme.CONTROL_SMALL + 2))
            self._items[command.name] = item
        self.table.expandAll()
        self.table.currentItemChanged.connect(self._choose)
        self.table.itemActivated.connect(lambda *_: self.recorder.setFocus())

    def _lay_out(self) -> None:
        self._title.setProperty("role", "heading")
        self._title.setObjectName("shortcutsCommand")
        self._told.setWordWrap(True)
        self._told.setObjectName("shortcutsTold")
        self.recorder.setObjectName("shortcutsRecorder")
        self.recorder.setAccessibleName("Press the new keys")
        self.recorder.setMaximumSequenceLength(1)
        self.recorder.setMinimumWidth(200)
        self.recorder.keySequenceChanged.connect(self._on_pressed)
        field = self.recorder.findChild(QLineEdit)
        if field:
            field.setAccessibleName("Press the new keys")
        size = self._take.sizePolicy()
        size.setRetainSizeWhenHidden(True)  # or the table would jump
        self._take.setSizePolicy(size)
        self._also.setObjectName("shortcutsAlso")
        remove = QPushButton(icon("trash"), "Remove keys")
        everything, listing, close = (
            QPushButton("Reset all"),
            QPushButton(icon("export"), "Save as list …"),
            QPushButton("Close"),
        )
        close.setProperty("kind", "primary")
        for button, name, do in (
            (self._take, "shortcutsTake", lambda: self._set(self._pressed)),
            (self._keep, "shortcutsKeep", self._forget),
            (self._reset, "shortcutsReset", self._reset_one),
            (remove, "shortcutsRemove", lambda: self._store([])),
            (everything, "shortcutsResetAll", self._reset_all),
            (listing, "shortcutsList", self._choose_list),
            (close, "shortcutsClose", self.accept),
        ):
            button.setObjectName(name)
            button.setAccessibleName(button.text())
            button.setAutoDefault(False)
            button.clicked.connect(do)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(14, 12, 14, 12)
        inside.addLayout(_row(self._title, None, remove, self._reset))
        inside.addLayout(_row(self.recorder, self._also, None))
        inside.addLayout(_row(self._told, self._take, self._keep, stretch=self._told))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(card)
        column.addLayout(_row(everything, listing, None, close))
        for first, second in pairwise(
            (self.table, self.recorder, self._also, self._take, self._keep, remove, self._reset, everything)
        ):
            self.setTabOrder(first, second)

    # The chosen command

    def _name(self) -> str:
        item = self.table.currentItem()
        return str(item.data(0, _NAME) or "") if item else ""

    def _choose(self) -> None:
        self._forget()
        name = self._name()
        if item := self.table.currentItem():
            self.table.scrollToItem(item)
        for control in (self.recorder, self._also, self._reset):
            control.setEnabled(bool(name))
        self._title.setText(self._text(name) if name else "Choose a command")

    def _on_pressed(self, sequence: QKeySequence) -> None:
        """Free keys are taken at once; for others the user decides."""
        key, name = sequence.toString(), self._name()
        if not key or not name:
            return
        self._forget()
        reason = refusal(key, self._commands.menus)
        others = [other for other in self._commands.using(key) if other != name]
        if reason:
            self._tell(reason, "warn")
        elif others:
            self._pressed = key
            names = " and ".join(f"“{self._text(other)}”" for other in others)
            self._tell(f"{key_text(key)} is the key of {names}. Take it over, or keep it there?", "warn")
            self._take.setVisible(True)
            self._keep.setVisible(True)
        else:
            self._set(key)

    def _set(self, key: str) -> None:
        """Give the chosen command this key, and take it from all others."""
        name = self._name()
        for other in self._commands.using(key):
            if other != name:
                self._commands.set_keys(other, [k for k in self._commands.keys(other) if k != key])
        self._store([*(self._commands.keys(name) if self._also.isChecked() else ()), key])
        self._tell(f"{self._text(name)} is now {self._keys(name)}.", "ok")

    def _store(self, keys: list[str]) -> None:
        if name := self._name():
            self._commands.set_keys(name, keys)
            self._after_change()

    def _reset_one(self) -> None:
        if name := self._name():
            self._commands.reset_keys(name)
            self._after_change()

    def _reset_all(self) -> None:
        self._commands.take(None)
        self._after_change()

    def _after_change(self) -> None:
        self._forget()
        self._refresh()
        self.changed.emit(self._commands.changed_keys())

    def _forget(self) -> None:
        """No key is waiting for a decision any more."""
        self._pressed = ""
        self.recorder.blockSignals(True)
        self.recorder.clear()
        if field := self.recorder.findChild(QLineEdit):
            field.setPlaceholderText("Press the new keys")  # Qt puts its own there when it clears
        self.recorder.blockSignals(False)
        self._take.setVisible(False)
        self._keep.setVisible(False)
        self._told.setVisible(False)

    def _tell(self, text: str, role: str) -> None:
        self._told.setText(text)
        self._told.setProperty("role", role)
        self._told.style().polish(self._told)
        self._told.setVisible(True)

    # All commands

    def _refresh(self) -> None:
        conflicts, changed = self._commands.conflicts(), self._commands.changed_keys()
        for name, item in self._items.items():
            others = [o for key in self._commands.keys(name) for o in conflicts.get(key, ()) if o != name]
            also = "".join(f", also “{self._text(other)}”" for other in others)
            own = " (changed)" if name in changed else ""
            item.setText(1, self._keys(name) + also + own)
            item.setForeground(1, theme.current().color("text" if self._commands.keys(name) else "text3"))
            item.setIcon(1, icon("warning", "warn") if others else icon("pencil", "text3") if own else QIcon())
        self._filter(self.search.text())

    def _look_up(self, text: str) -> None:
        """Show what fits; a chosen command that does not makes way, or keys would go to one that nobody sees."""
        self._filter(text)
        item = self.table.currentItem()
        if item is None or item.isHidden():
            first = next((i for i in self._items.values() if not i.isHidden()), None)
            self.table.setCurrentItem(first)  # type: ignore[arg-type]  # None is right, its stub forgot it

    def _filter(self, text: str) -> None:
        wanted = text.casefold().split()
        shown = set()
        for name, item in self._items.items():
            menu = self._menu_of(name)
            fits = all(word in f"{item.text(0)} {item.text(1)} {menu}".casefold() for word in wanted)
            item.setHidden(not fits)
            shown |= {menu} if fits else set()
        for menu, title in self._menus.items():
            title.setHidden(menu not in shown)

    def _menu_of(self, name: str) -> str:
        return self._commands.command(name).menu.partition("/")[0]

    def _text(self, name: str) -> str:
        return plain(self._commands.command(name).text)

    def _keys(self, name: str) -> str:
        return ", ".join(key_text(key) for key in self._commands.keys(name)) or "no key"

    def _choose_list(self) -> None:
        start = str(Path.home() / "Keyboard shortcuts.html")
        path, _ = QFileDialog.getSaveFileName(self, "Save the list of keys", start, "Web page (*.html)")
        if path:
            self.save_list(Path(path))

    def save_list(self, path: Path) -> None:
        """Write all keys as a page to print; a failure is said here."""
        try:
            path.write_text(as_html(self._commands), "utf-8")
        except OSError as e:
            self._tell(f"“{path.name}” could not be written: {e.strerror}. Choose another folder.", "err")
        else:
            self._tell(f"Saved as “{path.name}”. Open it in a browser to print it.", "ok")


class _Recorder(QKeySequenceEdit):
    """Tab and Esc leave it, as they leave any field: no command may have them."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match event.key():
                case Qt.Key.Key_Tab:
                    return self.focusNextChild()
                case Qt.Key.Key_Backtab:
                    return self.focusPreviousChild()
                case Qt.Key.Key_Escape:
                    event.ignore()
                    return False
        return super().event(event)


def _row(*parts: QWidget | None, stretch: QWidget | None = None) -> QHBoxLayout:
    """Side by side; None is the space that stretches."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part, 1 if part is stretch else 0)
    return row
