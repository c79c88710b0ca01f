"""The sample recording and what is said to be true about it, so that others may score themselves against it."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import Any

import av
import numpy as np
import pytest

from studio.resources import resource


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return json.loads(resource("sample.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    """The recording as floats at 16 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)
    with av.open(resource("sample.ogg")) as container:
        frames = [*container.decode(audio=0), None]
        return np.concatenate([f.to_ndarray().ravel() for frame in frames for f in resampler.resample(frame)])


def test_the_facts_are_about_this_recording(facts: dict[str, Any], samples: np.ndarray) -> None:
    recording = resource(facts["recording"])
    assert recording.stat().st_size < 600_000
    assert hashlib.sha256(recording.read_bytes()).hexdigest() == facts["sha256"]
    assert 40 <= facts["duration"] <= 60
    assert len(samples) / 16_000 == pytest.approx(facts["duration"], abs=0.05)


def test_the_text_is_what_the_speakers_say(facts: dict[str, Any]) -> None:
    assert facts["text"] == " ".join(turn["text"] for turn in facts["turns"])
    assert hashlib.sha256(facts["text"].encode()).hexdigest() == facts["text_sha256"]
    assert {turn["speaker"] for turn in facts["turns"]} == set(facts["speakers"])
    assert len(facts["speakers"]) == 3


def test_turns_follow_each_other_with_pauses_of_a_conversation(facts: dict[str, Any]) -> None:
    turns = facts["turns"]
    assert turns[0]["start"] > 0
    assert turns[-1]["end"] < facts["duration"]
    pauses = [round(after["start"] - before["end"], 2) for before, after in pairwise(turns)]
    assert all(0.2 <= pause <= 0.8 for pause in pauses), pauses
    assert all(before["speaker"] != after["speaker"] for before, after in pairwise(turns))


def test_the_rttm_file_holds_the_same_turns(facts: dict[str, Any]) -> None:
    lines = [line.split() for line in resource("sample.rttm").read_text(encoding="utf-8").splitlines()]
    assert [(line[7], float(line[3])) for line in lines] == [(t["speaker"], t["start"]) for t in facts["turns"]]
    assert [float(line[3]) + float(line[4]) for line in lines] == pytest.approx([t["end"] for t in facts["turns"]])


def test_speech_is_loud_inside_turns_and_pauses_hold_room_tone(facts: dict[str, Any], samples: np.ndarray) -> None:
    def level(start: float, end: float) -> float:
        piece = samples[int(start * 16_000) : int(end * 16_000)]
        return float(20 * np.log10(np.sqrt(np.mean(piece**2))))

    turns = facts["turns"]
    assert all(-30 < level(turn["start"], turn["end"]) < -18 for turn in turns)
    pauses = [level(a["end"] + 0.05, b["start"] - 0.05) for a, b in pairwise(turns)]
    assert all(-70 < pause < -45 for pause in pauses), pauses
