"""Keys of accounts: in the keyring, in the environment, in a file for its owner alone; never anywhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from studio.core.accounts import Account
from studio.core.errors import AuthError, StorageError
from studio.library import Home, Library, Secrets
from studio.services.accounts import Accounts

KEY = "sk-0123456789-gehéim"
BEFORE = keyring.get_keyring()  # found before those below are there to be found


class Memory(KeyringBackend):
    """A keyring that is worth the name."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise PasswordDeleteError("not found")
        del self.held[service, username]


class PlainText(Memory):
    """As keyrings.alt has them: a file that anybody can read."""

    priority = 0.5  # type: ignore[assignment]


class Locked(Memory):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")


Use = Callable[[KeyringBackend], KeyringBackend]


@pytest.fixture
def use() -> Iterator[Use]:
    def set_(backend: KeyringBackend) -> KeyringBackend:
        keyring.set_keyring(backend)
        return backend

    yield set_
    keyring.set_keyring(BEFORE)


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path / "keys.json")


def test_in_the_keyring(secrets: Secrets, use: Use, tmp_path: Path) -> None:
    backend = use(Memory())
    assert (secrets.get("a"), secrets.place("a")) == ("", None)
    secrets.put("a", KEY)
    assert (secrets.get("a"), secrets.place("a")) == (KEY, "keyring")
    assert Secrets(tmp_path / "keys.json").get("a") == KEY, "in another process, too"
    secrets.put("a", "another")
    assert secrets.get("a") == "another"
    secrets.remove("a")
    secrets.remove("a")
    assert isinstance(backend, Memory)
    assert (secrets.get("a"), secrets.place("a"), backend.held) == ("", None, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, PlainText])
def test_without_a_keyring_that_is_safe_the_other_ways_are_told(
    backend: type[KeyringBackend], secrets: Secrets, use: Use
) -> None:
    used = use(backend())
    assert not secrets.has_keyring()
    with pytest.raises(
        StorageError, match=r"no keyring that could keep the key\. Keep it in an environment variable, or"
    ):
        secrets.put("a", KEY)
    assert (secrets.get("a"), secrets.place("a")) == ("", None)
    assert not isinstance(used, PlainText) or used.held == {}
    secrets.put("a", KEY, "memory")
    assert (secrets.get("a"), secrets.place("a")) == (KEY, "memory")


def test_a_keyring_that_stays_locked(secrets: Secrets, use: Use) -> None:
    use(Locked())
    for do in (lambda: secrets.put("a", KEY), lambda: secrets.get("a"), lambda: secrets.place("a")):
        with pytest.raises(StorageError, match=r"The keyring of this computer does not open\. Unlock it and try again"):
            do()
    secrets.put("a", KEY, "file")
    assert (secrets.get("a"), secrets.place("a")) == (KEY, "file")
    with pytest.raises(StorageError, match="does not open"):
        secrets.remove("a")


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_in_a_file_for_its_owner_alone(secrets: Secrets, use: Use, tmp_path: Path) -> None:
    use(keyring.backends.fail.Keyring())
    secrets.put("a", KEY, "file")
    secrets.put("b", "other", "file")
    file = tmp_path / "keys.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (secrets.get("a"), secrets.get("b"), secrets.place("a")) == (KEY, "other", "file")
    secrets.remove("a")
    assert json.loads(file.read_text("utf-8")) == {"b": "other"}
    assert [p.name for p in tmp_path.iterdir()] == ["keys.json"]


def test_a_key_is_at_one_place_only(secrets: Secrets, use: Use, tmp_path: Path) -> None:
    backend = use(Memory())
    assert isinstance(backend, Memory)
    for place in ("file", "keyring", "memory", "file", "memory", "keyring"):
        secrets.put("a", place, place)  # type: ignore[arg-type]
        assert (secrets.get("a"), secrets.place("a")) == (place, place)
        in_file = tmp_path.joinpath("keys.json").read_text("utf-8") if tmp_path.joinpath("keys.json").exists() else ""
        assert ("a" in in_file, bool(backend.held)) == (place == "file", place == "keyring")


def test_a_disk_that_is_full_does_not_cost_the_key(use: Use, tmp_path: Path) -> None:
    use(Memory())
    secrets = Secrets(tmp_path / "none" / "keys.json")
    secrets.put("a", KEY)
    with pytest.raises(StorageError, match="cannot be written"):
        secrets.put("a", "new", "file")
    assert secrets.get("a") == KEY


def test_in_the_environment(secrets: Secrets, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    use(Memory())
    secrets.put("a", "another")
    monkeypatch.setenv("MY_KEY", f" {KEY}\n")
    assert secrets.get("a", "MY_KEY") == KEY
    monkeypatch.delenv("MY_KEY")
    assert secrets.get("a", "MY_KEY") == "", "never another key than the one that was meant"


@pytest.mark.parametrize("content", ["{", "\udcff"])
def test_a_damaged_file_is_named(content: str, secrets: Secrets, use: Use, tmp_path: Path) -> None:
    use(keyring.backends.fail.Keyring())
    (tmp_path / "keys.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(StorageError, match=r"keys\.json” cannot be read"):
        secrets.get("a")


@pytest.mark.parametrize("backend", ["nothing.there.Keyring", "keyring.backends.fail.Keyring"])
def test_whatever_the_keyring_is_configured_to_the_file_works(backend: str, tmp_path: Path) -> None:
    """The configuration is read when keyring is imported, so in a process of its own."""
    code = (
        "import sys; from pathlib import Path; from studio.library import Secrets\n"
        "s = Secrets(Path(sys.argv[1])); s.put('a', 'k', 'file'); print(s.get('a'), s.has_keyring())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "keys.json")],
        env={**os.environ, "PYTHON_KEYRING_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("k False\n", "")


def test_a_key_is_never_in_the_library(use: Use, tmp_path: Path) -> None:
    use(keyring.backends.fail.Keyring())
    library = Library(Home(tmp_path).prepared())
    accounts = Accounts(library)
    account = accounts.put(Account("mine", "deepgram", agreed=True), KEY, "file")
    assert accounts.key(account) == KEY
    library.close()
    held = [p.name for p in tmp_path.rglob("*") if p.is_file() and KEY[3:13].encode() in p.read_bytes()]
    assert held == ["keys.json"]


def test_a_locked_keyring_is_a_reason_to_wait(use: Use, tmp_path: Path) -> None:
    """An AuthError: jobs keep their place until it opens."""
    use(Locked())
    library = Library(Home(tmp_path).prepared())
    with pytest.raises(AuthError, match=r"does not open\. Unlock it"):
        Accounts(library).key(Account("mine", "deepgram"))
    library.close()
