"""The main job, end to end, with real models on real speech: text, speakers, files, crashes."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jiwer
import psutil
import pytest
from whisper_normalizer.english import EnglishTextNormalizer

from studio.core.checks import check
from studio.core.cues import CueRules, make_cues
from studio.core.edits import set_text
from studio.core.jobs import Finished, JobOptions, JobState, SegmentsStored, StopReason
from studio.core.transcript import Segment, Transcript
from studio.library import Home, Library
from studio.resources import resource
from studio.services import queue
from studio.services.export import read_file
from studio.services.runner import JobChanged, run_next
from studio.services.studio import Studio

pytestmark = pytest.mark.slow

TINY = "whisper-tiny.en"
TRUTH = json.loads(resource("sample.json").read_text("utf-8"))


def studio_command(home: Home, *arguments: str, start_new_session: bool = False, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "studio", *arguments],
        env={**os.environ, "STUDIO_HOME": str(home.root), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=start_new_session,
    )


def count(home: Home, table: str) -> int:
    """How many rows the library has, seen from outside."""
    if not home.database.exists():
        return 0
    try:
        with sqlite3.connect(home.database) as db:
            return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:  # the tables are not made yet
        return 0


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=280)
    return process.returncode, out, err


def word_errors(reference: str, heard: str) -> float:
    tidy = EnglishTextNormalizer()
    return jiwer.wer(tidy(reference), tidy(heard))


def until(condition: Any, seconds: float = 120) -> Any:
    """Look until something is so; fails after a long while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        threading.Event().wait(0.05)
    pytest.fail("that did not happen")


def test_a_recording_becomes_text_with_speakers_and_four_files(tiny: Home, sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Ausgabe für Jörg"
    code, out, err = finish(
        studio_command(
            tiny, "transcribe", str(sample), "--output", str(folder), "--model", TINY, "--format", "txt,srt,vtt,json"
        )
    )
    assert code == 0, err
    assert sorted(p.name for p in folder.iterdir()) == ["sample.json", "sample.srt", "sample.txt", "sample.vtt"]

    result = json.loads((folder / "sample.json").read_text("utf-8"))
    assert (result["format"], result["version"], result["language"]) == ("transcription-studio", 1, "en")
    assert word_errors(TRUTH["text"], result["text"]) < 0.12
    assert len(result["speakers"]) == len(TRUTH["speakers"])
    assert result["engine"]["model"] == TINY
    assert "Speaker 1:" in out, "the transcript with speakers is printed"

    times = [t for s in result["segments"] for w in s["words"] for t in (w["start"], w["end"])]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= result["duration"]

    spoken: dict[str, Counter[str]] = {name: Counter() for name in result["speakers"]}
    for segment in result["segments"]:
        for word in segment["words"]:
            middle = (word["start"] + word["end"]) / 2
            spoken[segment["speaker"]].update(t["speaker"] for t in TRUTH["turns"] if t["start"] <= middle <= t["end"])
    best = {name: count.most_common(1)[0] for name, count in spoken.items()}
    assert {who for who, _ in best.values()} == set(TRUTH["speakers"])
    right, total = sum(n for _, n in best.values()), sum(count.total() for count in spoken.values())
    assert right / total > 0.95, "words are given to who spoke them"

    transcript = read_file(folder / "sample.json").transcript
    shown = [Segment(c.start, c.end, "\n".join(c.lines)) for c in make_cues(transcript)]
    broken = [finding.kind for finding in check(shown, CueRules())]
    assert set(broken) <= {"too fast"}, "only the speech itself may be too fast to read"
    assert len(broken) <= 2
    cues = make_cues(transcript, names="change")
    assert (folder / "sample.srt").read_text("utf-8").count("-->") == len(cues)
    assert list((tiny.audio).iterdir()) == [], "decoded sound is not kept"


def test_killed_in_mid_file_and_run_again_goes_on(tiny: Home, long_talk: Path, tmp_path: Path) -> None:
    command = ["transcribe", str(long_talk), "--output", str(tmp_path / "out"), "--model", TINY]
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
    assert 0 < heard < 3 * 1000 * TRUTH["duration"]

    code, _, err = finish(studio_command(tiny, *command))
    assert code == 0, err
    result = json.loads((tmp_path / "out" / f"{long_talk.stem}.json").read_text("utf-8"))
    texts = [s["text"] for s in result["segments"]]
    assert texts[0] == "kept from before", "what was stored is not done again"
    assert [s["text"] for s in result["segments"][1 : len(kept)]] == [row[3] for row in kept[1:]]
    with sqlite3.connect(tiny.database) as db:
        assert db.execute("SELECT COUNT(*) FROM job").fetchone()[0] == 1
    whole = " ".join([kept[0][3], *texts[1:]])
    assert word_errors(" ".join([TRUTH["text"]] * 3), whole) < 0.15, "nothing is missing or doubled at the seam"


@pytest.fixture
def ready(tiny: Home) -> Iterator[Studio]:
    studio = Studio.open(tiny)
    yield studio
    studio.close()


def engine_process() -> psutil.Process:
    """The child in which the engine lives."""
    children = [c for c in psutil.Process().children() if "spawn_main" in " ".join(c.cmdline())]
    assert children
    return children[-1]


@pytest.mark.parametrize(("fatal", "said"), [(signal.SIGSEGV, "crashed"), (signal.SIGKILL, "memory")])
def test_an_engine_that_dies_costs_one_attempt_of_one_job(
    ready: Studio, long_talk: Path, sample: Path, fatal: signal.Signals, said: str
) -> None:
    options = JobOptions(TINY, speakers="off")
    _, second = queue.add(ready, [long_talk, sample], options).jobs
    running, kept, ended = queue.Running(), [], []
    for _, event in run_next(ready, running, queue.LOCAL):
        if isinstance(event, SegmentsStored) and event.segments and not kept:
            kept = list(event.segments)
            engine_process().send_signal(fatal)
        if isinstance(event, JobChanged):
            ended.append(event.job)
    failed = ended[-1]
    assert failed.state == JobState.FAILED
    assert failed.problem
    assert re.search(said, failed.problem.sentence)

    assert [type(e) for _, e in run_next(ready, running, queue.LOCAL)][-2:] == [Finished, JobChanged], (
        "the queue goes on"
    )
    done = ready.library.jobs.get(second.id)
    assert done
    assert done.state == JobState.DONE

    queue.retry(ready, failed)
    assert [type(e) for _, e in run_next(ready, running, queue.LOCAL)][-2:] == [Finished, JobChanged]
    transcript = ready.library.transcripts.get(failed.transcript_id or 0)
    assert transcript
    assert list(transcript.segments[: len(kept)]) == kept, "the retry goes on from the last stored segment"


def test_cancel_and_pause_end_the_engine_and_keep_what_is_written(ready: Studio, long_talk: Path) -> None:
    (job,) = queue.add(ready, [long_talk], JobOptions(TINY, speakers="off")).jobs
    running = queue.Running()
    for reason, state in ((StopReason.PAUSE, JobState.PAUSED), (StopReason.CANCEL, JobState.CANCELLED)):
        engine: psutil.Process | None = None
        for _, event in run_next(ready, running, queue.LOCAL):
            if isinstance(event, SegmentsStored) and event.segments and engine is None:
                engine = engine_process()
                running.stop(job.id, reason)
        assert engine
        assert not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE
        now = ready.library.jobs.get(job.id)
        assert now
        assert now.state == state
        kept = ready.library.transcripts.get(now.transcript_id or 0)
        assert kept
        assert kept.segments
        queue.retry(ready, now)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_stopped_ends_at_once_and_keeps_what_is_written(
    tiny: Home, long_talk: Path, tmp_path: Path, number: signal.Signals
) -> None:
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


def test_a_command_waits_for_what_another_one_is_doing(tiny: Home, long_talk: Path, tmp_path: Path) -> None:
    command = ["transcribe", str(long_talk), "--model", TINY, "--speakers", "off", "--format", "txt", "--output"]
    first = studio_command(tiny, *command, str(tmp_path / "a"))
    until(lambda: count(tiny, "segment"))
    second = studio_command(tiny, *command, str(tmp_path / "b"))
    code, _, err = finish(second)
    assert code == 0, err
    assert "waits for it" in err
    assert finish(first)[0] == 0
    written = [(tmp_path / folder / f"{long_talk.stem}.txt").read_text("utf-8") for folder in "ab"]
    assert written[0] == written[1] != ""
    assert count(tiny, "job") == 1


def test_a_disk_that_fills_up_fails_the_job_and_loses_nothing(tiny: Home, long_talk: Path) -> None:
    studio, running = Studio.open(tiny), queue.Running()
    queue.add(studio, [long_talk], JobOptions(TINY, speakers="off"))
    kept, ended = [], []
    for _, event in run_next(studio, running, queue.LOCAL):
        if isinstance(event, SegmentsStored) and event.segments:
            if not kept:
                with studio.library.database.read() as db:
                    db.execute(f"PRAGMA max_page_count={db.execute('PRAGMA page_count').fetchone()[0]}")
            kept += event.segments
        if isinstance(event, JobChanged):
            ended.append(event.job)
    assert ended[-1].state == JobState.FAILED
    assert ended[-1].problem
    assert "the disk is full" in ended[-1].problem.what
    studio.close()

    studio = Studio.open(tiny)  # with room again
    (job,) = studio.library.jobs.all()
    queue.retry(studio, job)
    assert [type(e) for _, e in run_next(studio, running, queue.LOCAL)][-2:] == [Finished, JobChanged]
    transcript = studio.library.transcripts.get(job.transcript_id or 0)
    studio.close()
    assert transcript
    assert list(transcript.segments[: len(kept)]) == kept
    assert word_errors(" ".join([TRUTH["text"]] * 3), transcript.text) < 0.15


def test_nothing_touches_the_network_once_the_models_are_there(tiny: Home, sample: Path, tmp_path: Path) -> None:
    """Every socket beyond this computer's own is closed, in all processes, and each try is written down."""
    journal = tmp_path / "tries.txt"
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(
        textwrap.dedent(
            f"""
            import socket
            def closed(*arguments, **_):
                with open({str(journal)!r}, "a") as file:
                    print(arguments, file=file)
                raise OSError("the network is closed")
            real = socket.socket.connect
            socket.socket.connect = lambda s, a: real(s, a) if s.family == socket.AF_UNIX else closed(a)
            socket.getaddrinfo = socket.create_connection = closed
            """
        ),
        "utf-8",
    )
    arguments = ["transcribe", str(sample), "--output", str(tmp_path / "out"), "--model", TINY, "--format", "txt"]
    code, out, err = finish(studio_command(tiny, *arguments, PYTHONPATH=str(tmp_path / "site")))
    assert code == 0, err
    assert "Speaker 2:" in out
    assert not journal.exists(), journal.read_text()


def test_bad_files_are_named_and_the_good_one_is_done(
    tiny: Home, sample: Path, tmp_path: Path, shared_data: Path
) -> None:
    bad = [p for p in sorted((shared_data / "media" / "derived").iterdir()) if p.name in BAD]
    assert len(bad) == len(BAD)
    command = ["transcribe", *map(str, bad), str(sample), "--output", str(tmp_path / "out"), "--model", TINY]
    code, _, err = finish(studio_command(tiny, *command, "--speakers", "off", "--format", "txt"))
    assert code == 1
    lines = err.strip().splitlines()
    for path in bad:
        assert sum(path.name in line for line in lines) == 1, f"one sentence for {path.name}: {err}"
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["sample.txt"]


BAD = {"text_renamed.mp3", "zero_bytes.wav", "header_only_44.wav", "video_no_audio.mp4"}
