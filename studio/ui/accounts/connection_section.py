"""How an account's server is reached, and which of its models is taken. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QWidget

from studio.services.standing import Standing
from studio.ui.dialogs.buttons import button

from .parts import AccountSection

_WIDE = 260


class ModelSection(AccountSection):
    def __init__(self) -> None:
        super().__init__("Model")
        self._model = QComboBox()
        self._model.setObjectName("accountModel")
        self._model.setMinimumWidth(_WIDE)
        self._model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._tier = QComboBox()
        self._tier.setObjectName("accountTier")
        self._tier.setMinimumWidth(_WIDE)
        self._note = QLabel()
        self._note.setProperty("role", "note")
        self._note.setWordWrap(True)
        self.row("Taken by default", self._model, "where a job names none")
        self._tier_row = self.row("Tier", self._tier, "which of the vendor's limits apply")
        self.body.addWidget(self._note)
        self._model.setAccessibleName("Model taken by default")
        self._model.activated.connect(lambda _: self._choose_model())
        self._tier.activated.connect(lambda _: self._change(tier=self._tier.currentData()))

    def show_standing(self, standing: Standing, anew: bool) -> None:
        """`anew`: fill the fields; else only what the vendor offers may have changed."""
        before, self._account = self._account, standing.account
        info, account = standing.info, standing.account
        if anew and info:
            self._fill_tiers(info.tiers)
            self._note.setText(info.note)
            self._note.setVisible(bool(info.note))
        listed = [(m.id, m.title or m.id) for m in standing.models]
        if anew or (account.model, account.name) != (before.model, before.name) or listed != self._listed():
            self._fill_models(listed, bool(info and info.models))

    def _listed(self) -> list[tuple[str, str]]:
        items = [(self._model.itemData(n), self._model.itemText(n)) for n in range(self._model.count())]
        return [(id, words) for id, words in items if id]

    def _fill_models(self, listed: list[tuple[str, str]], known: bool) -> None:
        """Where a vendor has no list of its own, any name may be typed."""
        self._model.clear()
        self._model.addItem("The vendor's first", "")
        for id, words in listed:
            self._model.addItem(words, id)
        wanted = self._account.model
        if wanted and self._model.findData(wanted) < 0:
            self._model.addItem(wanted, wanted)
        if self._model.isEditable() == known:
            self._model.setEditable(not known)
            if field := self._model.lineEdit():
                self._name_field(field)
        self._model.setCurrentIndex(max(0, self._model.findData(wanted)))

    def _name_field(self, field: QLineEdit) -> None:
        field.setObjectName("accountModelName")
        field.setAccessibleName("Model")
        field.editingFinished.connect(self._choose_model)

    def _choose_model(self) -> None:
        text = self._model.currentText().strip()
        at = self._model.findText(text)
        self._change(model=self._model.itemData(at) if at >= 0 else text)

    def _fill_tiers(self, tiers: tuple[str, ...]) -> None:
        self._tier_row.setVisible(bool(tiers))
        self._tier.clear()
        self._tier.addItem("The vendor's default", "")
        for tier in tiers:
            self._tier.addItem(tier, tier)
        self._tier.setCurrentIndex(max(0, self._tier.findData(self._account.tier)))


class ConnectionSection(AccountSection):
    def __init__(self) -> None:
        super().__init__("Connection")
        self._url = _line("accountUrl")
        self._insecure = QCheckBox("Allow http to another computer: others in the network could listen in")
        self._insecure.setObjectName("accountInsecure")
        self._certificates = _line("accountCertificates")
        self._certificates.setPlaceholderText("The system's own")
        self.row("Address", self._url, wide=True)
        self.row("Certificates", self._with_button(), wide=True)
        self._insecure_row = self.row("Not encrypted", self._insecure)
        self._switches: dict[str, QLineEdit] = {}
        self._switch_rows: list[QWidget] = []
        self._url.editingFinished.connect(lambda: self._change(url=self._url.text().strip()))
        self._certificates.editingFinished.connect(lambda: self._change(certificates=self._certificates.text().strip()))
        self._insecure.clicked.connect(lambda on: self._change(insecure=on))

    def _with_button(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._certificates.setAccessibleName("File with the certificates of a private authority")
        row.addWidget(self._certificates, 1)
        row.addWidget(button("accountChooseCertificates", "Choose …", self._choose_file, "folder"))
        return row

    def show_standing(self, standing: Standing, anew: bool) -> None:
        """`anew`: fill the fields."""
        info, account = standing.info, standing.account
        self._account = account
        if anew and info:
            self._url.setText(account.url)
            self._url.setPlaceholderText(info.url or "https://example.com/v1")
            self._insecure.setChecked(account.insecure)
            self._certificates.setText(account.certificates)
            self._fill_switches(dict(info.switches))

    def _fill_switches(self, switches: dict[str, str]) -> None:
        for row in self._switch_rows:
            row.hide()
            row.deleteLater()
        self._switch_rows, self._switches = [], {}
        for name, does in switches.items():
            field = _line(f"accountSwitch_{name}")
            field.setText(self._account.options.get(name, ""))
            field.setFixedWidth(160)
            field.editingFinished.connect(lambda name=name, field=field: self._set_switch(name, field.text().strip()))
            self._switch_rows.append(self.row(name.replace("_", " ").capitalize(), field, does))
            self._switches[name] = field

    def _set_switch(self, name: str, value: str) -> None:
        options = {key: kept for key, kept in self._account.options.items() if key != name}
        self._change(options=options | ({name: value} if value else {}))

    def _choose_file(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Certificates", "", "Certificates (*.pem *.crt *.cer);;All (*)")
        if file:
            self._certificates.setText(file)
            self._change(certificates=file)


def _line(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    return field
