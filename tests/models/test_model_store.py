"""The folder of weights: adopting, verifying, removing, several processes at once, and crashes."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hub_server import HubServer, content, model, served
from pulling import pull as pull_and_report
from pulling import stop_when

from studio.core.errors import ModelError, StorageError, UsageError
from studio.core.jobs import Stopped, StopToken
from studio.models import ModelStore

FILES = {"config.json": b'{"a": 1}', "model.bin": content(600_000)}
ONE = {"model.bin": FILES["model.bin"]}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder in which the user has the files already, among others."""
    folder = tmp_path / "own"
    folder.mkdir()
    for name, body in {**FILES, "README.md": b"hello"}.items():
        (folder / name).write_bytes(body)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", {"test-model": model(FILES)})


def adopt(store: ModelStore, origin: Path) -> None:
    for _ in store.adopt("test-model", origin, StopToken()):
        pass


def test_a_users_folder_is_copied_in(store: ModelStore, own: Path) -> None:
    adopt(store, own)
    assert store.is_ready("test-model")
    assert sorted(p.name for p in store.path("test-model").iterdir()) == ["config.json", "manifest.json", "model.bin"]
    assert (own / "model.bin").exists()


def test_a_single_file_is_taken_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "download (1)").write_bytes(ONE["model.bin"])
    store = ModelStore(tmp_path / "models", {"test-model": model(ONE)})
    adopt(store, tmp_path / "download (1)")
    assert (store.path("test-model") / "model.bin").read_bytes() == ONE["model.bin"]


def test_a_users_wrong_file_is_refused_and_stays_where_it_is(store: ModelStore, own: Path) -> None:
    (own / "model.bin").write_bytes(content(600_000, "other"))
    with pytest.raises(ModelError, match=r"“model\.bin”"):
        adopt(store, own)
    assert (own / "model.bin").exists()
    assert not store.path("test-model").exists()


def test_a_folder_that_lacks_a_file_is_named_with_it(store: ModelStore, own: Path) -> None:
    (own / "model.bin").unlink()
    with pytest.raises(ModelError, match=f"“{own}” lacks “model.bin”"):
        adopt(store, own)


def test_verify_finds_one_changed_byte_and_a_pull_repairs_just_that_file(
    store: ModelStore, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(store, own)
    path = store.path("test-model") / "model.bin"
    path.write_bytes(b"?" + FILES["model.bin"][1:])
    assert store.is_ready("test-model"), "sizes are right: only hashing can see it"
    with pytest.raises(ModelError, match=r"“model\.bin”"):
        store.verify("test-model")
    assert not path.exists()
    assert not store.is_ready("test-model")
    with HubServer(served(FILES)) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        list(store.pull("test-model", StopToken()))
    assert [r.path.rsplit("/", 1)[1] for r in server.journal] == ["model.bin"]
    store.verify("test-model")
    assert store.is_ready("test-model")


def test_a_new_hash_in_the_catalogue_makes_old_weights_not_ready(store: ModelStore, own: Path) -> None:
    adopt(store, own)
    newer = model({**FILES, "model.bin": content(600_000, "newer")})
    assert not ModelStore(store.root, {"test-model": newer}).is_ready("test-model")


def test_remove_leaves_nothing(store: ModelStore, own: Path) -> None:
    adopt(store, own)
    store.remove("test-model")
    assert not store.is_ready("test-model")
    assert not store.path("test-model").exists()
    assert [s.ready for s in store.list()] == [False]


def test_require_pulls_only_what_is_missing(store: ModelStore, own: Path) -> None:
    adopt(store, own)
    assert store.missing(["test-model"]) == []
    assert list(store.require(["test-model"], StopToken())) == []


def test_an_unknown_model_is_a_wrong_usage(store: ModelStore) -> None:
    for call in (store.path, store.is_ready, store.verify, store.remove):
        with pytest.raises(UsageError, match="no model “nonsense”"):
            call("nonsense")


def test_a_folder_that_cannot_be_made_is_said_plainly(tmp_path: Path, own: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = ModelStore(tmp_path / "file" / "models", {"test-model": model(FILES)})
    with pytest.raises(StorageError, match="folder of models"):
        adopt(store, own)


def test_two_processes_fetch_a_model_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spawn = multiprocessing.get_context("spawn")
    with HubServer(served(ONE), hold_after=100_000) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        ends = [spawn.Pipe(duplex=False) for _ in range(2)]
        children = [
            spawn.Process(target=pull_and_report, args=(tmp_path / "models", model(ONE), tell)) for _, tell in ends
        ]
        for child in children:
            child.start()
        first = [hear.recv() for hear, _ in ends]
        assert sorted(step.message for step in first) == ["Another program is fetching it", "Fetching model.bin"]
        server.release.set()
        for hear, _ in ends:
            while (said := hear.recv()) is not True:
                assert said is not False
        for child in children:
            child.join(30)
    assert [child.exitcode for child in children] == [0, 0]
    assert len(server.journal) == 1


def test_waiting_for_another_process_can_be_stopped(tmp_path: Path) -> None:
    entry, stop = model(ONE), StopToken()
    store = ModelStore(tmp_path / "models", {entry.id: entry})
    with store._lock(entry), pytest.raises(Stopped):
        stop_when(lambda step: "Another program" in step.message, store.pull("test-model", stop), stop)
    assert not store.is_ready("test-model")


def test_kill_9_leaves_nothing_visible_and_the_next_pull_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn, entry = multiprocessing.get_context("spawn"), model(ONE)
    store = ModelStore(tmp_path / "models", {entry.id: entry})
    with HubServer(served(ONE), hold_after=300_000) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        hear, tell = spawn.Pipe(duplex=False)
        child = spawn.Process(target=pull_and_report, args=(store.root, entry, tell))
        child.start()
        assert hear.recv().done_bytes > 0
        child.kill()
        child.join(30)
        kept = store.list()[0].partial_bytes
        assert 0 < kept <= 300_000
        assert not store.path("test-model").exists()
        server.release.set()
        list(store.pull("test-model", StopToken()))
    assert server.seen()[-1].headers["range"] == f"bytes={kept}-"
    store.verify("test-model")
    assert store.is_ready("test-model")


OFFLINE = """
import socket, subprocess, sys
from pathlib import Path
from studio.core.errors import ModelError
from studio.core.jobs import StopToken
from studio.models import ModelStore, catalogue

tried = []
def closed(*args, **kwargs):
    tried.append(args)
    raise OSError("closed for this test")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = subprocess.Popen.__init__ = closed

store = ModelStore(Path(sys.argv[1]))
assert store.is_ready("segmentation-3.0")
assert list(store.pull("segmentation-3.0", StopToken())) == []
assert list(store.require(["segmentation-3.0"], StopToken())) == []
store.verify("segmentation-3.0")
store.list()
assert tried == [], tried
try:
    list(store.pull("whisper-tiny", StopToken()))
except ModelError:
    assert tried  # the closed doors are the ones a pull goes through
    print("proved")
"""


@pytest.mark.slow
def test_a_ready_model_touches_no_network(weights: Callable[[str], Path]) -> None:
    root = weights("segmentation-3.0").parent
    run = subprocess.run([sys.executable, "-c", OFFLINE, str(root)], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "proved", run.stderr
