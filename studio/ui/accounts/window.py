"""“Engines and accounts”: where recordings can be done, and all about each place. Runs on the window's thread.

It shows what the desk gives it and tells what the user wants; the desk does it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.services.standing import Overview, State
from studio.ui import theme
from studio.ui.dialogs.buttons import button
from studio.ui.widgets.key_button import KeyButton
from studio.ui.widgets.sign import Sign

from .account_list import AccountList
from .account_page import AccountPage
from .parts import Tile, set_role

_LEFT = 348


class AccountsWindow(QDialog):
    add_wanted = Signal()
    ask_changed = Signal(bool)  # ask before any file is sent

    def __init__(self, overview: Overview, ready: list[str], asks: bool, parent: QWidget) -> None:
        """`ready`: the speech models on this computer."""
        super().__init__(parent)
        self.setObjectName("accountsWindow")
        self.setWindowTitle("Engines and accounts")
        self.setAccessibleName("Engines and accounts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._overview = overview
        self._here = _here_page(ready)
        self.list = AccountList()
        self.page = AccountPage(overview.has_keyring)
        self._ask = QCheckBox("Ask before any file is sent")
        self._ask.setObjectName("askBeforeSending")
        self._ask.setChecked(asks)
        self._ask.toggled.connect(self.ask_changed)
        self._pages = QStackedWidget()
        self._arrange()
        self.list.chosen.connect(self._show)
        self.resize(1180, 780)
        self.setMinimumSize(900, 560)

    def _arrange(self) -> None:
        self._pages.addWidget(self._here)
        self._pages.addWidget(_scrolled(self.page))
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._left())
        body.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addLayout(body, 1)
        column.addWidget(self._footer())

    def _header(self) -> QFrame:
        header, title = QFrame(), QLabel("Engines and accounts")
        header.setObjectName("accountsHeader")
        header.setProperty("role", "bar")
        header.setFixedHeight(theme.FILE_HEADER)
        title.setProperty("role", "subtitle")
        row = QHBoxLayout(header)
        row.setContentsMargins(20, 0, 20, 0)
        row.addWidget(title)
        return header

    def _left(self) -> QFrame:
        left, card = QFrame(), QFrame()
        left.setObjectName("accountsLeft")
        left.setProperty("role", "rail")
        left.setFixedWidth(_LEFT)
        add = button("addAccount", "Add an account", self.add_wanted.emit, "add")
        card.setProperty("role", "card")
        words = QLabel("Shows the vendor, the length and the cost first. One answer covers a whole batch.")
        words.setProperty("role", "note")
        words.setWordWrap(True)
        self._ask.setAccessibleDescription(words.text())
        inner = QVBoxLayout(card)
        inner.setContentsMargins(12, 8, 12, 10)
        inner.setSpacing(2)
        inner.addWidget(self._ask)
        inner.addWidget(words)
        words.setContentsMargins(24, 0, 0, 0)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 6, 0, 12)
        column.setSpacing(8)
        column.addWidget(self.list, 100)  # as high as it needs to be, if there is room
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 0, 12, 0)
        foot.setSpacing(12)
        foot.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        foot.addStretch()
        foot.addWidget(card)
        column.addLayout(foot, 1)
        return left

    def _footer(self) -> QFrame:
        footer, words = QFrame(), QLabel("Changes are saved as you make them.")
        footer.setObjectName("accountsFooter")
        footer.setProperty("role", "bar")
        footer.setFixedHeight(theme.FILE_HEADER)
        words.setProperty("role", "muted")
        row = QHBoxLayout(footer)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(8)
        row.addWidget(Sign("info", "text3", 16))
        row.addWidget(words, 1)
        close = KeyButton("accountsClose", "Close", "close", "Esc")
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        row.addWidget(close)
        return footer

    def show_overview(self, overview: Overview, default: str, anew: str = "") -> None:
        """How the accounts stand now; `anew`: the account whose fields are to be filled again."""
        self._overview = overview
        shown = self.list.current()
        self.list.show_all(overview, default)
        if shown == self.list.current() == anew != "":
            self._show(shown, True)

    def choose(self, name: str) -> None:
        self.list.choose(name)

    def begin_at(self, name: str) -> None:
        """Show an account that holds a job up, ready for another key if that is what it lacks."""
        self.list.choose(name)
        states = {s.account.name: s.state for s in self._overview.standings}
        if states.get(name) in (State.REFUSED, State.UNSET):
            self.page.key.edit()

    def _show(self, name: str, anew: bool = False) -> None:
        standing = next((s for s in self._overview.standings if s.account.name == name), None)
        if standing:
            self.page.show_standing(standing, anew)
        self._pages.setCurrentIndex(1 if standing else 0)


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setObjectName("accountScroll")
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area


def _here_page(ready: list[str]) -> QWidget:
    page = QWidget()
    page.setObjectName("herePage")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    title, about = QLabel("This computer"), QLabel("faster-whisper and pyannote. No account, no cost.")
    title.setFont(theme.font(18, theme.SEMIBOLD))
    names = QVBoxLayout()
    names.setSpacing(1)
    names.addWidget(title)
    names.addWidget(about)
    head = QHBoxLayout()
    head.setSpacing(14)
    head.addWidget(Tile(44))
    head.addLayout(names, 1)
    models = ", ".join(ready) if ready else "none yet; the first job fetches the one it needs"
    column = QVBoxLayout(page)
    column.setContentsMargins(24, 16, 24, 16)
    column.setSpacing(14)
    column.addLayout(head)
    for words in (
        f"Speech models here: {models}.",
        "Recordings are read, written down and told apart by speaker here; nothing leaves this computer.",
        "Model and language of the next job are chosen in the tool bar.",
    ):
        label = QLabel(words)
        label.setWordWrap(True)
        column.addWidget(label)
    column.addStretch()
    set_role(about, "muted")
    return page
