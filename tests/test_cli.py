"""The command line: exit codes, plain sentences, conversions. What needs models is in services/test_main_job.py."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

SRT = "1\n00:00:01,000 --> 00:00:02,500\nGrüße aus Köln.\n\n"


@pytest.fixture
def studio(tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "studio", *arguments],
            env={**os.environ, "STUDIO_HOME": str(tmp_path / "home"), "PYTHONIOENCODING": "utf-8", **env},
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            timeout=120,
        )

    return run


def test_convert(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "ü.srt").write_text(SRT, "utf-8")
    assert command("convert", "ü.srt", "ü.vtt").returncode == 0
    assert (tmp_path / "ü.vtt").read_text("utf-8").startswith("WEBVTT\n")
    again = command("convert", "ü.srt", "ü.vtt")
    assert again.returncode == 1
    assert "already there" in again.stderr
    assert command("convert", "ü.srt", "ü.vtt", "--overwrite").returncode == 0
    assert command("convert", "ü.vtt", "ü.json").returncode == 0
    assert json.loads((tmp_path / "ü.json").read_text("utf-8"))["text"] == "Grüße aus Köln."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("transcribe", "a.wav"), "--output"),
        (("transcribe", "a.wav", "--output", "o", "--model", "whisper-huge"), "whisper-base"),
        (("transcribe", "a.wav", "--output", "o", "--format", "doc"), "txt, docx, pdf, md, html, json"),
        (("transcribe", "a.wav", "--output", "o", "--speakers", "lots"), "number"),
        (("convert", "a.srt", "a.xyz"), "cannot be read"),
        (("transcribe", "a.wav", "--output", "o", "--format", ""), "No format is named"),
        (("transcribe", "a.wav", "--output", "o", "--language", "german"), "de, "),
        (("transcribe", "a.wav", "--output", "o", "--speakers", "0"), "1 to 50"),
        (("convert", "a.srt", "./a.srt", "--overwrite"), "cannot be turned into itself"),
        (("models", "pull"), "Which model"),
        (("models", "path", "whisper-bas"), "whisper-base"),
        (("models", "fly"), "invalid choice"),
    ],
)
def test_wrong_usage_says_what_is_right(command, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    done = command(*arguments)
    assert done.returncode == (1 if "cannot be read" in said else 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_named_and_the_exit_code_says_so(command) -> None:  # type: ignore[no-untyped-def]
    done = command("transcribe", "weg ü.wav", "--output", "out")
    assert done.returncode == 1
    assert "weg ü.wav" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_existing_file_is_never_overwritten_unasked(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from studio.resources import resource

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sample.srt").write_text("mine")
    done = command("transcribe", str(resource("sample.ogg")), "--output", "out")
    assert done.returncode == 1
    assert "sample.srt" in done.stderr
    assert (tmp_path / "out" / "sample.srt").read_text() == "mine"


def test_models_list_and_path(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    listed = command("models", "list").stdout
    assert {"whisper-base", "segmentation-3.0", "campplus-zh-en"} <= set(listed.split())
    path = command("models", "path", "whisper-base")
    assert Path(path.stdout.strip()) == tmp_path / "home" / "models" / "whisper-base"
    assert path.returncode == 1, "it is not there yet"


def test_doctor_examines_this_computer(studio) -> None:  # type: ignore[no-untyped-def]
    found = {f["id"]: f for f in json.loads(studio("doctor", "--json").stdout)}
    assert found["packages"]["ok"]
    assert found["disk"]["text"].endswith("GB free")
    assert "studio models pull whisper-base" in found["models"]["hint"]
    assert found["espeak"]["ok"] == (shutil.which("espeak-ng") is not None)
    assert found["espeak"]["ok"] or "install espeak-ng" in found["espeak"]["hint"]
    assert studio("doctor").returncode == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt brings its libraries elsewhere")
def test_doctor_believes_what_loads_and_not_what_is_listed(studio, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "libEGL.so.1").write_text("broken")
    done = studio("doctor", "--json", DISPLAY=":0", LD_LIBRARY_PATH=str(tmp_path / "libs"))
    window = next(f for f in json.loads(done.stdout) if f["id"] == "window")
    assert not window["ok"]
    assert "libEGL.so.1" in window["text"]
    assert "libegl1" in window["hint"]


def test_an_error_of_the_program_itself_is_one_sentence_and_in_the_log(studio, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "home").mkdir()
    with sqlite3.connect(tmp_path / "home" / "library.sqlite3") as db:
        db.execute("PRAGMA user_version=1")  # a library without tables
    done = studio("models", "list")
    assert done.returncode == 1
    assert "no such table" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in (tmp_path / "home" / "studio.log").read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_while_it_looks_at_many_files(tmp_path: Path, tone, number: signal.Signals) -> None:  # type: ignore[no-untyped-def]
    first = tone("many/0.wav")
    for n in range(1, 4000):
        os.link(first, first.with_name(f"{n}.wav"))
    command = [sys.executable, "-m", "studio", "transcribe", str(first.parent), "--output", str(tmp_path / "out")]
    env = {**os.environ, "STUDIO_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    while process.poll() is None and not (tmp_path / "home" / "library.sqlite3-wal").exists():
        threading.Event().wait(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.startswith("Stopped.")
    assert len(said.splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    env = {**os.environ, "STUDIO_HOME": str(tmp_path / "home")}
    line = f"'{sys.executable}' -m studio models list | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_screen_the_window_says_so() -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {k: v for k, v in os.environ.items() if k not in hidden}
    done = subprocess.run([sys.executable, "-m", "studio"], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "no screen" in done.stderr


def test_the_command_line_loads_neither_qt_nor_engines() -> None:
    script = (
        "import sys, studio.cli;"
        "print([m for m in ('PySide6', 'torch', 'faster_whisper', 'ctranslate2', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
