"""All that can be said and chosen about one account. Changes are told at once. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from studio.core.accounts import Account
from studio.services.standing import Standing
from studio.ui import theme
from studio.ui.dialogs.buttons import button
from studio.ui.icons import icon
from studio.ui.widgets.error_line import ErrorLine

from .connection_section import ConnectionSection, ModelSection
from .key_section import KeySection
from .money_section import LastSection, LimitsSection, MoneySection
from .parts import AccountSection, Tile, does
from .route import Route
from .voices_section import VoicesSection

_GOES = {"both": "Where it goes", "sound": "Where the audio goes", "text": "Where the text goes"}
_SOUND = "Of recordings the sound only, never video: mono, 16 kHz."
_CLEANED = "A recording that is cleaned there goes in full quality."
_TEXT = "Of speech the text that is spoken."


class AccountPage(QWidget):
    changed = Signal(str, dict)  # name of the account, and what shall be otherwise: see AccountSection
    agreed = Signal(str)  # name: sound may go there
    removed = Signal(str)  # name: the account shall go

    def __init__(self, has_keyring: bool) -> None:
        super().__init__()
        self.setObjectName("accountPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.account = Account("", "")
        self._website = ""
        self._tile = Tile(44)
        self._title, self._about = QLabel(), QLabel()
        self._title.setObjectName("accountTitle")
        self._title.setFont(theme.font(18, theme.SEMIBOLD))
        self._about.setProperty("role", "muted")
        self._use = QCheckBox("Use this account")
        self._use.setObjectName("accountEnabled")
        self._use.clicked.connect(lambda on: self.changed.emit(self.account.name, {"enabled": on}))
        self._problem = ErrorLine("accountProblem")
        self.key = KeySection(has_keyring)
        self._audio = _AudioSection()
        self._model, self._connection, self._limits = ModelSection(), ConnectionSection(), LimitsSection()
        self._voices = VoicesSection()
        self._money, self._last = MoneySection(), LastSection()
        self._arrange()
        self._audio.agreed.connect(lambda: self.agreed.emit(self.account.name))
        for section in (self._audio, self._model, self._limits, self._money, self._connection):
            section.changed.connect(lambda fields: self.changed.emit(self.account.name, fields))

    def _arrange(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(self._title)
        names.addWidget(self._about)
        website = button("accountWebsite", "Vendor website", self._open_website, kind="link")
        website.setIcon(icon("outside", "link"))
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self._tile)
        head.addLayout(names, 1)
        head.addWidget(website)
        head.addWidget(self._use)
        self._website_button: QPushButton = website
        remove = button("accountRemove", "Remove this account …", self._ask_to_remove, kind="danger")
        remove.setIcon(icon("trash", "err"))
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(14)
        column.addLayout(head)
        column.addWidget(self._problem)
        upper, lower = (self.key, self._audio, self._model, self._voices), (self._money, self._last, self._connection)
        self._sections = (*upper, self._limits, *lower)
        for section in self._sections:
            column.addWidget(section)
        column.addLayout(foot)
        column.addStretch()

    def show_standing(self, standing: Standing, anew: bool = False) -> None:
        """`anew`: also if it is shown already, fill all fields."""
        account, info = standing.account, standing.info
        anew = anew or account.name != self.account.name
        self.account = account
        self._tile.set_letter(account.name[:1].upper())
        self._title.setText(account.name)
        same = info is None or info.title.lower() == account.name.lower()
        where = standing.host if same or info is None else f"{info.title}, {standing.host}"
        self._about.setText(f"{where}: {does(info)}" if info else where)
        self._website = info.website if info else ""
        self._website_button.setVisible(bool(self._website))
        self._use.setChecked(account.enabled)
        for section in self._sections:
            section.setVisible(info is not None)
        if anew:
            self.show_problem(standing.sentence if info is None else "")
        if info is None:
            return
        self.key.show_standing(standing)
        self._audio.show_standing(standing)
        self._model.setVisible(info.hears)
        self._model.show_standing(standing, anew)
        self._voices.setVisible(info.speaks)
        self._voices.show_standing(standing)
        self._connection.show_standing(standing, anew)
        self._limits.show_standing(standing, anew)
        self._money.show_standing(standing, anew)
        self._last.show_standing(standing)

    def show_problem(self, sentence: str) -> None:
        """Why the last change was not taken; "" when all is well."""
        self._problem.show_text(sentence)

    def _open_website(self) -> None:
        QDesktopServices.openUrl(QUrl(self._website))

    def _ask_to_remove(self) -> None:
        name = self.account.name
        question = f"Remove the account “{name}” and its key? Transcripts stay, and what it has cost stays counted."
        if QMessageBox.question(self, "Remove the account", question) == QMessageBox.StandardButton.Yes:
            self.removed.emit(name)


class _AudioSection(AccountSection):
    """Where sound and text go, and what of them is told there."""

    agreed = Signal()

    def __init__(self) -> None:
        super().__init__(_GOES["both"])
        self._route = Route()
        self._kept = QLabel()
        self._kept.setObjectName("accountRetention")
        self._kept.setWordWrap(True)
        self._names = QCheckBox("Send a random name instead of the real one")
        self._names.setObjectName("accountRandomNames")
        self._names.clicked.connect(lambda on: self._change(random_names=on))
        self._agreed = QLabel()
        self._agreed.setObjectName("accountAgreed")
        self._agreed.setProperty("role", "ok")
        self._agree = button("accountAgree", "Agree", self.agreed.emit)
        self._sent = QLabel()
        self._sent.setWordWrap(True)
        self.body.addWidget(self._route)
        self.body.addSpacing(4)
        self.row("Sent", self._sent, wide=True)
        self.row("Kept by the vendor", self._kept, wide=True)
        self._names_row = self.row("File names", self._names)
        answer = QHBoxLayout()
        answer.setSpacing(10)
        answer.addWidget(self._agreed)
        self._asked = QLabel()
        self._asked.setProperty("role", "note")
        answer.addWidget(self._asked)
        answer.addWidget(self._agree)
        answer.addStretch()
        self.row("Agreement", answer)

    def show_standing(self, standing: Standing) -> None:
        account, info = standing.account, standing.info
        self._account = account
        self._route.show_way(standing.way, standing.host)
        hears, speaks, cleans = (info.hears, info.speaks, info.cleans) if info else (True, False, False)
        what = "both" if hears and speaks else "sound" if hears else "text"
        self.heading.setText(_GOES[what])
        self.setAccessibleName(_GOES[what])
        sent = (_SOUND, hears), (_CLEANED, cleans), (_TEXT, speaks)
        self._sent.setText(" ".join(words for words, so in sent if so))
        self._kept.setText(info.retention if info else "")
        self._names_row.setVisible(hears)
        self._names.setChecked(account.random_names)
        agreed = (account.agreed or not hears) and (account.text_agreed or not speaks)
        goes = {"both": "sound and text go", "sound": "sound goes", "text": "text goes"}[what]
        self._agreed.setText(f"You agreed that {goes} there.")
        self._asked.setText(f"You have not agreed yet; the first {'job' if hears else 'text'} will ask.")
        self._agreed.setVisible(agreed)
        self._asked.setVisible(not agreed)
        self._agree.setVisible(not agreed)
