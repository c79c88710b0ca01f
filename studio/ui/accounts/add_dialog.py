"""Another account: which vendor, what it is called, where it is reached, and its key. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.core.accounts import Account, VendorInfo
from studio.services import accounts
from studio.ui.dialogs.buttons import button
from studio.ui.widgets.error_line import ErrorLine

from .key_form import GivenKey, KeyForm
from .parts import does


@dataclass(frozen=True, slots=True)
class NewAccount:
    account: Account
    key: GivenKey | None


class AddDialog(QDialog):
    wanted = Signal(object)  # NewAccount; whoever adds it closes the dialog or says what is wrong

    def __init__(self, kinds: Sequence[VendorInfo], taken: Collection[str], has_keyring: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("addAccountDialog")
        self.setWindowTitle("Add an account")
        self.setAccessibleName("Add an account")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(560)
        self._kinds, self._taken = {info.kind: info for info in kinds}, taken
        self._kind = QComboBox()
        for info in kinds:
            self._kind.addItem(info.title, info.kind)
        self._name, self._url = QLineEdit(), QLineEdit()
        self._insecure = QCheckBox("Allow http to another computer: others in the network could listen in")
        self._key = KeyForm("new", has_keyring)
        self._note, self._problem = QLabel(), ErrorLine("addAccountProblem")
        self._add = button("addAccountAdd", "Add", self._tell, kind="primary")
        self._add.setDefault(True)
        self._arrange()
        self._kind.currentIndexChanged.connect(lambda _: self._on_kind())
        self._name.textChanged.connect(lambda _: self._allow())
        self._url.textChanged.connect(lambda _: self._allow())
        self._key.changed.connect(self._allow)
        self._on_kind()

    def _arrange(self) -> None:
        self._note.setProperty("role", "note")
        self._note.setWordWrap(True)
        form = self._form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        for title, name, field in (
            ("Vendor", "newKind", self._kind),
            ("Name", "newName", self._name),
            ("Address", "newUrl", self._url),
            ("", "newInsecure", self._insecure),
            ("Key", "newKey", self._key),
        ):
            field.setObjectName(name)
            if title:
                field.setAccessibleName(title)
            form.addRow(title, field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        row.addWidget(button("addAccountCancel", "Cancel", self.reject))
        row.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(self._note)
        column.addWidget(self._problem)
        column.addStretch()
        column.addLayout(row)

    def _on_kind(self) -> None:
        info = self._info
        self._name.setText(self._free(info.title))
        self._url.setPlaceholderText(info.url or "https://example.com/v1")
        key = "" if info.key_needed else "It works without a key, too. "
        self._note.setText(f"It {does(info)}. {key}{info.retention} {info.note}".strip())
        self._allow()

    def _free(self, title: str) -> str:
        """A name that no account has yet."""
        plain = "".join(" " if c in "/:\\" else c for c in title).strip()
        names = (plain if n == 1 else f"{plain} {n}" for n in count(1))
        return next(name for name in names if name not in self._taken)

    @property
    def _info(self) -> VendorInfo:
        return self._kinds[self._kind.currentData()]

    def _allow(self) -> None:
        info, name = self._info, self._name.text().strip()
        needs = []
        if not name:
            needs.append("a name")
        if not (info.url or self._url.text().strip()):
            needs.append("the address of the server")
        if info.key_needed and self._key.given() is None:
            needs.append("a key")
        double = name in self._taken
        self._add.setEnabled(not needs and not double)
        tip = f"Give {' and '.join(needs)} first." if needs else "There is an account of this name." if double else ""
        self._add.setToolTip(tip)
        address = self._url.text().strip()
        away = address.startswith("http://") and accounts.way(Account(name, info.kind, url=address)) == "open"
        self._form.setRowVisible(self._insecure, away)

    def _tell(self) -> None:
        self._problem.show_text("")
        key = self._key.given()
        options = {"key_env": key.variable} if key and key.variable else {}
        account = Account(
            self._name.text().strip(),
            self._info.kind,
            url=self._url.text().strip(),
            insecure=self._insecure.isChecked() and not self._insecure.isHidden(),
            options=options,
        )
        self.wanted.emit(NewAccount(account, key))

    def show_problem(self, sentence: str) -> None:
        self._problem.show_text(sentence)
