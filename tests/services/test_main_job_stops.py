"""The command that does the main job, with a real model: killed, stopped by signals, or waiting for another one."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from pathlib import Path

import psutil
import pytest
from main_jobs import TINY, TRUTH, count, finish, studio_command, until, word_errors

from studio.core.edits import set_text
from studio.core.transcript import Transcript
from studio.library import Home, Library

pytestmark = pytest.mark.slow


def test_killed_in_mid_file_and_run_again_goes_on(tiny: Home, sample: Path, tmp_path: Path) -> None:
    command = ["transcribe", str(sample), "--output", str(tmp_path / "out"), "--model", TINY]
    command += ["--speakers", "off", "--format", "json"]
    first = studio_command(tiny, *command)
    until(lambda: count(tiny, "segment"))
    first.kill()
    first.communicate()
    with sqlite3.connect(tiny.database) as db:
        kept = db.execute("SELECT id, start, end, text FROM segment ORDER BY id").fetchall()
        heard = db.execute("SELECT heard FROM transcript").fetchone()[0]
    library = Library(tiny)
    store = library.transcripts
    edit = set_text(next(s for s in (store.get(1) or Transcript()).segments if s.id == 1), "kept from before")
    store.record(1, store.revision(1), {1: edit})
    library.close()
    assert kept
    assert 0 < heard < 1000 * TRUTH["duration"]

    code, _, err = finish(studio_command(tiny, *command))
    assert code == 0, err
    result = json.loads((tmp_path / "out" / f"{sample.stem}.json").read_text("utf-8"))
    texts = [s["text"] for s in result["segments"]]
    assert texts[0] == "kept from before", "what was stored is not done again"
    assert [s["text"] for s in result["segments"][1 : len(kept)]] == [row[3] for row in kept[1:]]
    with sqlite3.connect(tiny.database) as db:
        assert db.execute("SELECT COUNT(*) FROM job").fetchone()[0] == 1
    whole = " ".join([kept[0][3], *texts[1:]])
    assert word_errors(TRUTH["text"], whole) < 0.15, "nothing is missing or doubled at the seam"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_stopped_ends_at_once_and_keeps_what_is_written(
    tiny: Home, long_talk: Path, tmp_path: Path, number: signal.Signals
) -> None:
    if signal.getsignal(number) == signal.SIG_IGN:  # as where a script runs the tests in the background
        signal.signal(number, signal.SIG_DFL)
    command = ["transcribe", str(long_talk), "--output", str(tmp_path / "out"), "--model", TINY]
    process = studio_command(tiny, *command, start_new_session=True)
    until(lambda: count(tiny, "segment"))
    engines = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, number)  # a terminal tells all processes
    code, _, err = finish(process)
    assert code == 1
    assert err == "Stopped. What was written is kept; the same command goes on from there.\n"
    with sqlite3.connect(tiny.database) as db:
        assert db.execute("SELECT state, problem FROM job").fetchall() == [("waiting", None)]
    psutil.wait_procs(engines, timeout=5)
    assert [e for e in engines if e.is_running() and e.status() != psutil.STATUS_ZOMBIE] == []


def test_a_command_waits_for_what_another_one_is_doing(tiny: Home, sample: Path, tmp_path: Path) -> None:
    command = ["transcribe", str(sample), "--model", TINY, "--speakers", "off", "--format", "txt", "--output"]
    first = studio_command(tiny, *command, str(tmp_path / "a"))
    until(lambda: count(tiny, "transcript"))
    second = studio_command(tiny, *command, str(tmp_path / "b"))
    code, _, err = finish(second)
    assert code == 0, err
    assert "waits for it" in err
    assert finish(first)[0] == 0
    written = [(tmp_path / folder / f"{sample.stem}.txt").read_text("utf-8") for folder in "ab"]
    assert written[0] == written[1] != ""
    assert count(tiny, "job") == 1
