"""Vendors of other packages, as docs/vendors.md tells to make them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from studio.engines.remote import vendors
from studio.engines.remote.prosa import Prosa

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "vendors.md"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def installed(site: Path, name: str, points: str, group: str = "transcription_studio.engines", **modules: str) -> None:
    """What an installer would leave of a package."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[{group}]\n{points}\n", encoding="utf-8")
    for module, source in modules.items():
        (site / f"{module}.py").write_text(source, encoding="utf-8")


def as_documented(site: Path) -> None:
    toml = blocks("toml")[0]
    group, point = toml.split("\n", 1)
    assert group == '[project.entry-points."transcription_studio.engines"]'
    installed(site, "my_vendor", point.replace('"', ""), my_vendor=blocks("python")[0])


def test_the_example_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_documented(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    found = vendors()
    assert found["mine"].info.title == "My server"
    assert found["prosa"] is Prosa


def test_none_of_ours_is_replaced_and_a_broken_one_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    points = "prosa = bad_vendor:Mine\nbroken = bad_vendor:Nothing\ngone = no_such_module:Mine"
    installed(tmp_path, "bad_vendor", points, bad_vendor=blocks("python")[0])
    monkeypatch.syspath_prepend(tmp_path)
    found = vendors()
    assert found["prosa"] is Prosa
    assert not {"broken", "gone"} & found.keys()
    assert "“broken” of another package cannot be loaded" in caplog.text


@pytest.mark.slow
def test_the_example_holds(tmp_path: Path) -> None:
    """The contract, run from outside as the page says."""
    as_documented(tmp_path / "site")
    (tmp_path / "test_my_vendor.py").write_text(blocks("python")[-1], encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_vendor.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path / 'site'}"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.search(r"(\d+) passed", run.stdout)[1]) > 25  # type: ignore[index]
