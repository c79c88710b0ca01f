"""The button that says which sound is heard, as recorded or cleaned. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from studio.ui.commands import Commands
from studio.ui.widgets.steady import SteadyButton

_AS_IS, _CLEANED = "As recorded", "Cleaned"


class CleanChip(SteadyButton):
    """Its menu has the ways to clean; what is chosen there is told by `way_chosen`."""

    way_chosen = Signal(str)

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__("Cleaning 100 %", parent)
        self.setObjectName("cleanChip")
        self._action = commands["cleanListenAction"]
        self.setDefaultAction(self._action)
        self.setPopupMode(self.ToolButtonPopupMode.MenuButtonPopup)
        self.ways: Callable[[], Sequence[tuple[str, str]]] = lambda: ()  # name, words; asked when the menu opens
        self._way = ""
        menu = QMenu(self)
        menu.setObjectName("cleanMenu")
        menu.setAccessibleName("Ways to clean the recording")
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self._words, self._tip = _AS_IS, ""
        self._action.changed.connect(self._show)
        self.show_state(False, "")

    def show_state(self, cleaned: bool, way: str, doing: str = "", share: float | None = None) -> None:
        """`way`: is chosen; `doing`: what is done to the recording just now, and how much of it is done, 0..1."""
        self._way = way
        self._words = _CLEANED if cleaned else _AS_IS
        if doing:
            self._words = "Cleaning …" if share is None else f"Cleaning {int(100 * share)} %"
        self._tip = doing
        self._action.setChecked(cleaned)
        self._show()

    def set_narrow(self, narrow: bool) -> None:
        """Only the icon, where there is no room for words."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon)
        self._show()

    def _show(self) -> None:
        """The action's own text stands in menus; the button names the state."""
        self.setText(self._words)
        self.setAccessibleName(f"Sound: {self._words}")
        self.setToolTip("\n".join(filter(None, (f"Sound: {self._words}", self._tip, self._action.toolTip()))))

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        group = QActionGroup(menu)
        for name, words in self.ways():
            action = QAction(words, group)
            action.setCheckable(True)
            action.setChecked(name == self._way)
            action.triggered.connect(lambda _=False, name=name: self.way_chosen.emit(name))
            menu.addAction(action)
