"""Keys of accounts: in the system's keyring, in an environment variable, or in a file where the user agreed to that.

Never in the library's database, never in a log. Any thread.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from studio.core.errors import StorageError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE = "transcription-studio"

Place = Literal["keyring", "file", "memory"]

log = logging.getLogger(__name__)


class Secrets:
    """`memory` is for keys that nothing else could hold: they are gone when the program ends."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._memory: dict[str, str] = {}

    def get(self, account: str, variable: str = "") -> str:
        """The key of an account, "" if there is none. `variable`: the environment variable that holds it instead."""
        if variable:
            return os.environ.get(variable, "").strip()
        return self._memory.get(account) or self._from_file().get(account) or self._from_keyring(account)

    def place(self, account: str) -> Place | None:
        """Where the key of an account is kept; None if there is none."""
        if account in self._memory:
            return "memory"
        if account in self._from_file():
            return "file"
        return "keyring" if self._from_keyring(account) else None

    def put(self, account: str, key: str, place: Place = "keyring") -> None:
        """Keep a key there, and nowhere else. Raises StorageError with the other ways, where there is no keyring."""
        match place:
            case "keyring":
                with _keyring() as keyring:
                    keyring.set_password(_SERVICE, account, key)
            case "file":
                self._to_file(self._from_file() | {account: key})
            case "memory":
                self._memory[account] = key
        self._forget(account, kept=place)
        if place != "keyring":
            try:
                self._forget_in_keyring(account)
            except StorageError as error:  # what is kept elsewhere comes first anyway
                log.warning("an older key of “%s” may be left in the keyring: %s", account, error)

    def remove(self, account: str) -> None:
        """Raises StorageError where the keyring is locked."""
        self._forget_in_keyring(account)
        self._forget(account)

    @staticmethod
    def has_keyring() -> bool:
        """Whether this computer has a store of passwords that is worth the name."""
        try:
            with _keyring():
                return True
        except StorageError:
            return False

    def _forget(self, account: str, kept: Place | None = None) -> None:
        if kept != "memory":
            self._memory.pop(account, None)
        if kept != "file" and account in (held := self._from_file()):
            self._to_file({name: key for name, key in held.items() if name != account})

    def _forget_in_keyring(self, account: str) -> None:
        if self.has_keyring():
            with _keyring() as keyring:
                if keyring.get_password(_SERVICE, account) is not None:
                    keyring.delete_password(_SERVICE, account)

    def _from_keyring(self, account: str) -> str:
        if not self.has_keyring():
            return ""
        with _keyring() as keyring:
            return keyring.get_password(_SERVICE, account) or ""

    def _from_file(self) -> dict[str, str]:
        try:
            held = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise StorageError(
                f"The file of keys “{self._file}” cannot be read.", "Remove it and give the keys again.", repr(error)
            ) from error
        return {str(name): str(key) for name, key in held.items()} if isinstance(held, dict) else {}

    def _to_file(self, held: dict[str, str]) -> None:
        part = self._file.with_suffix(".part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump(held, file, ensure_ascii=False)
            part.replace(self._file)
        except OSError as error:
            raise StorageError(
                f"The file of keys “{self._file}” cannot be written.", "Check the disk.", repr(error)
            ) from error


@contextmanager
def _keyring() -> Iterator[KeyringBackend]:
    """The system's keyring. Raises StorageError where there is none, none that is safe, or a locked one."""
    try:
        import keyring  # looks for its backends for a tenth of a second, and loads what its settings name
        from keyring.errors import KeyringError

        backend = keyring.get_keyring()
        safe = backend.priority >= 1  # by its own scale: 0 is none, below 1 is not safe
    except Exception as error:  # whatever another package does
        raise _no_keyring(repr(error)) from error
    if not safe:
        raise _no_keyring(f"{type(backend).__module__}.{type(backend).__name__}")
    try:
        yield backend
    except KeyringError as error:
        raise StorageError(
            "The keyring of this computer does not open.",
            "Unlock it and try again; or keep the key in an environment variable.",
            repr(error),
        ) from error


def _no_keyring(detail: str) -> StorageError:
    return StorageError(
        "This computer has no keyring that could keep the key.",
        "Keep it in an environment variable, or agree to a file that only you can read.",
        detail,
    )
