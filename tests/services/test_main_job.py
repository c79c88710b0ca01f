"""The main job, end to end, with real models on real speech: text, speakers, files, nothing from the network."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from main_jobs import TINY, TRUTH, finish, studio_command, word_errors

from studio.core.checks import check
from studio.core.cues import CueRules, make_cues
from studio.core.transcript import Segment
from studio.library import Home
from studio.services.export import read_file

pytestmark = pytest.mark.slow


class Done(NamedTuple):
    """What one run of the command over the sample left."""

    home: Home
    folder: Path
    code: int
    out: str
    err: str
    tries: Path  # to reach the network


@pytest.fixture(scope="module")
def done(equipped: Callable[[Home], Home], sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Every socket beyond this computer's own is closed, in all processes, and each try is written down."""
    place = tmp_path_factory.mktemp("done")
    home = equipped(Home(place / "home").prepared())
    folder, tries = place / "Ausgabe für Jörg", place / "tries.txt"
    (place / "site").mkdir()
    (place / "site" / "sitecustomize.py").write_text(
        textwrap.dedent(
            f"""
            import socket
            def closed(*arguments, **_):
                with open({str(tries)!r}, "a") as file:
                    print(arguments, file=file)
                raise OSError("the network is closed")
            real = socket.socket.connect
            socket.socket.connect = lambda s, a: real(s, a) if s.family == socket.AF_UNIX else closed(a)
            socket.getaddrinfo = socket.create_connection = closed
            """
        ),
        "utf-8",
    )
    command = ["transcribe", str(sample), "--output", str(folder), "--model", TINY, "--format", "txt,srt,vtt,json"]
    return Done(home, folder, *finish(studio_command(home, *command, PYTHONPATH=str(place / "site"))), tries)


def test_a_recording_becomes_text_with_speakers_and_four_files(done: Done) -> None:
    home, folder, code, out, err, _ = done
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
    assert list(home.audio.iterdir()) == [], "decoded sound is not kept"


def test_nothing_touches_the_network_once_the_models_are_there(done: Done) -> None:
    assert done.code == 0, done.err
    assert "Speaker 2:" in done.out
    assert not done.tries.exists(), done.tries.read_text()


def test_bad_files_are_named_and_the_good_one_is_done(
    tiny: Home, beginning: Path, tmp_path: Path, shared_data: Path
) -> None:
    bad = [p for p in sorted((shared_data / "media" / "derived").iterdir()) if p.name in BAD]
    assert len(bad) == len(BAD)
    command = ["transcribe", *map(str, bad), str(beginning), "--output", str(tmp_path / "out"), "--model", TINY]
    code, _, err = finish(studio_command(tiny, *command, "--speakers", "off", "--format", "txt"))
    assert code == 1
    lines = err.strip().splitlines()
    for path in bad:
        assert sum(path.name in line for line in lines) == 1, f"one sentence for {path.name}: {err}"
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["beginning.txt"]


BAD = {"text_renamed.mp3", "zero_bytes.wav", "header_only_44.wav", "video_no_audio.mp4"}
