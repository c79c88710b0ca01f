"""The key of an account: where it is kept, another one in its place, and whether it works. Runs on the window's thread.

The key itself is never shown, only how it ends.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMessageBox, QVBoxLayout, QWidget

from studio.services.standing import Standing
from studio.ui.dialogs.buttons import button
from studio.ui.icons import icon
from studio.ui.widgets.sign import Sign

from .key_form import PLACES, KeyForm
from .parts import Section, set_role

_DOTS = "•" * 20


class KeySection(Section):
    given = Signal(object)  # GivenKey
    removed = Signal()
    test_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, has_keyring: bool) -> None:
        super().__init__("Key")
        self._standing: Standing | None = None
        self._testing = False
        self._shown = QLineEdit(readOnly=True)
        self._shown.setObjectName("accountKey")
        self._shown.setAccessibleName("Key")
        self._form = KeyForm("account", has_keyring)
        self._form.changed.connect(self._allow)
        self._form.entered.connect(self._save)
        self._replace = button("accountReplaceKey", "Replace", self.edit, "key")
        self._remove = button("accountRemoveKey", "Remove", self._ask_to_remove, kind="danger")
        self._remove.setIcon(icon("trash", "err"))
        self._keep = button("accountSaveKey", "Save", self._save, kind="primary")
        self._test = button("accountTest", "Test connection", self._on_test, "retry")
        self._sign, self._says, self._follows = Sign("info", "text3", 14), QLabel(), QLabel()
        self._says.setObjectName("accountKeyPlace")
        self._follows.setProperty("role", "note")
        self._result_sign, self._result = Sign("check-circle", "ok", 16), QLabel()
        self._result.setObjectName("accountTestResult")
        self._result.setWordWrap(True)
        self._kept, self._editing = QWidget(), QWidget()
        self._arrange()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._shown, 1)
        row.addWidget(self._replace)
        row.addWidget(self._remove)
        where = QHBoxLayout()
        where.setSpacing(6)
        where.addWidget(self._sign)
        where.addWidget(self._says)
        where.addWidget(self._follows, 1)
        column = QVBoxLayout(self._kept)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addLayout(where)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._keep)
        buttons.addWidget(button("accountCancelKey", "Cancel", self._cancel))
        buttons.addStretch()
        column = QVBoxLayout(self._editing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._form)
        column.addLayout(buttons)
        self._editing.hide()
        test = QHBoxLayout()
        test.setSpacing(8)
        test.addWidget(self._test)
        test.addWidget(self._result_sign)
        test.addWidget(self._result, 1)
        self.body.addWidget(self._kept)
        self.body.addWidget(self._editing)
        self.body.addSpacing(2)
        self.body.addLayout(test)

    def show_standing(self, standing: Standing) -> None:
        another = self._standing is None or self._standing.account.name != standing.account.name
        self._standing = standing
        sign, role, says, follows = PLACES[standing.place]
        variable = standing.account.options.get("key_env")
        if variable:
            says = f"Read from the environment variable {variable}" + ("." if standing.place else ", which is not set.")
        elif not standing.place and standing.info and not standing.info.key_needed:
            says = "There is no key; this vendor works without one."
        has_key = bool(standing.place)
        self._shown.setText(f"{_DOTS} {standing.tail}".rstrip() if has_key else "")
        ends = f"It ends with {standing.tail}." if standing.tail else "How it ends is not shown."
        self._shown.setAccessibleDescription(f"{says} {ends}" if has_key else says)
        self._shown.setPlaceholderText("" if has_key else "No key")
        self._sign.set_sign(sign, "text3" if role == "muted" else role)
        self._says.setText(says)
        set_role(self._says, role if role != "muted" else "note")
        self._follows.setText(follows)
        self._replace.setText("Replace" if has_key else "Give a key")
        self._replace.setAccessibleName(self._replace.text())
        self._remove.setVisible(has_key or bool(variable))
        if another:
            self._cancel()
            self.show_result("", "")

    # Another key

    def edit(self) -> None:
        """Show the field for another key."""
        self._form.clear()
        self._show_editing(True)
        self._allow()
        self._form.setFocus()

    def _cancel(self) -> None:
        self._form.clear()
        self._show_editing(False)

    def _show_editing(self, on: bool) -> None:
        self._kept.setVisible(not on)
        self._editing.setVisible(on)

    def _allow(self) -> None:
        self._keep.setEnabled(self._form.given() is not None)

    def _save(self) -> None:
        given = self._form.given()
        if given:
            self._cancel()
            self._replace.setFocus()
            self.given.emit(given)

    def _ask_to_remove(self) -> None:
        name = self._standing.account.name if self._standing else ""
        question = f"Remove the key of “{name}”? Its jobs wait until there is another one."
        if QMessageBox.question(self, "Remove the key", question) == QMessageBox.StandardButton.Yes:
            self.removed.emit()

    # Testing

    def show_testing(self, testing: bool) -> None:
        self._testing = testing
        self._test.setText("Stop" if testing else "Test connection")
        self._test.setAccessibleName("Stop the test" if testing else "Test connection")
        self._test.setIcon(icon("close" if testing else "retry"))
        if testing:
            self.show_result("Asking …", "muted")

    def show_result(self, sentence: str, role: str) -> None:
        """`role`: "ok", "err", or "muted"."""
        self._result.setText(sentence)
        self._result.setAccessibleName(sentence)
        set_role(self._result, role or "muted")
        sign = {"ok": "check-circle", "err": "error"}.get(role, "")
        self._result_sign.setVisible(bool(sign))
        if sign:
            self._result_sign.set_sign(sign, role)

    def _on_test(self) -> None:
        (self.stop_wanted if self._testing else self.test_wanted).emit()
