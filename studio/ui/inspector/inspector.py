"""The right panel: speakers, checks, differences as tabs, each with a count where it has one. Window's thread."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from studio.ui import theme
from studio.ui.widgets.tag import HEIGHT, Kind, paint_tag, tag_width


class Inspector(QTabWidget):
    """Tabs by name; one that is not present is hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName("Panels")
        self.setDocumentMode(True)
        self.setMinimumWidth(theme.RIGHT_MIN)
        self.setMaximumWidth(theme.RIGHT_MAX)
        self.tabBar().setExpanding(False)
        self.tabBar().setDrawBase(False)
        self.tabBar().setAccessibleName("Panels")
        self._names: list[str] = []
        self._titles: dict[str, str] = {}
        self._counts: dict[str, tuple[int, Kind]] = {}

    def add(self, name: str, title: str, panel: QWidget) -> None:
        self._names.append(name)
        self._titles[name] = title
        self.addTab(panel, title)

    def set_count(self, name: str, count: int, kind: Kind = "warn") -> None:
        """How many things wait in this tab; none are not shown."""
        if self._counts.get(name) == (count, kind):
            return
        self._counts[name] = count, kind
        place = self._names.index(name)
        badge = _Badge(f"{count}", kind) if count else None
        self.tabBar().setTabButton(place, QTabBar.ButtonPosition.RightSide, badge)
        self.setTabText(place, self._titles[name])
        self.tabBar().setAccessibleTabName(place, f"{self._titles[name]}, {count}" if count else self._titles[name])

    def set_present(self, name: str, present: bool) -> None:
        self.setTabVisible(self._names.index(name), present)

    def show_tab(self, name: str) -> None:
        self.set_present(name, True)
        self.setCurrentIndex(self._names.index(name))

    @property
    def shown(self) -> str:
        """The name of the tab in front."""
        return self._names[self.currentIndex()]


class _Badge(QWidget):
    def __init__(self, text: str, kind: Kind) -> None:
        super().__init__()
        self._text, self._kind = text, kind
        self.setFixedSize(QSize(tag_width(text), HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_tag(painter, 0, 0, self._text, self._kind)
