"""The README's commands, the set-up scripts and what the desktop is told about the program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "packaging").glob("*.sh"))


def test_the_first_screen_of_the_readme_names_the_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40])
    commands = re.findall(r"^sh (\S+)$", first_screen, re.MULTILINE)
    assert commands == ["packaging/try.sh", "packaging/test.sh"]
    assert all((ROOT / command).is_file() for command in commands)


def test_files_that_the_readme_links_to_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts_parse(script: Path) -> None:
    assert subprocess.run(["sh", "-n", script], capture_output=True, text=True).stderr == ""


def test_continuous_integration_calls_the_test_command() -> None:
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    assert "packaging/test.sh" in run.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [["--wrong"], ["test"]])
def test_set_up_refuses_options_it_does_not_know(arguments: list[str]) -> None:
    done = subprocess.run(["sh", ROOT / "packaging" / "setup.sh", *arguments], capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr.startswith("Usage:")


def test_set_up_names_a_python_that_is_too_old_or_missing(tmp_path: Path) -> None:
    """Tried on a copy, with system packages left alone: nothing on this machine changes."""
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "packaging" / "setup.sh", tmp_path / "packaging")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    environment = os.environ | {"PYTHON": str(tmp_path / "no-python"), "PATH": str(tool_folder(tmp_path))}
    script = tmp_path / "packaging" / "setup.sh"
    done = subprocess.run(["/bin/sh", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no-python is not a Python 3.11 or newer" in done.stderr
    assert not (tmp_path / ".venv").exists()


def tool_folder(tmp_path: Path) -> Path:
    """A PATH with just the tools that the script needs before it looks for Python: no dpkg, no apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("dirname", "mktemp", "rm", "cksum", "head"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-utils is not installed")
def test_desktop_entry_is_valid() -> None:
    entry = ROOT / "packaging" / "transcription-studio.desktop"
    done = subprocess.run(["desktop-file-validate", entry], capture_output=True, text=True)
    assert done.stdout + done.stderr == ""
