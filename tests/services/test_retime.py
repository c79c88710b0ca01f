"""Subtitles timed by real speech: right again after a drift, refused where they belong to another recording."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean

import pytest

from studio.core.edits import apply
from studio.core.errors import UsageError
from studio.core.jobs import Progress, Stopped, StopReason, StopToken
from studio.core.transcript import Segment, Transcript
from studio.library import Home
from studio.resources import resource
from studio.services.export import read_file
from studio.services.hearing import HearOptions
from studio.services.retime import Retimed, retime
from studio.services.studio import Studio

pytestmark = pytest.mark.slow

OPTIONS = HearOptions("whisper-tiny.en", device="cpu")
TURNS = [(round(t["start"] * 1000), t["text"]) for t in json.loads(resource("sample.json").read_text("utf-8"))["turns"]]
TRUE = [start for start, _ in TURNS]


def subtitle_file(path: Path, texts: list[str]) -> Transcript:
    """The turns as an .srt, 4 % too slow and 8 s late, read back."""
    times = [round(start * 1.04) + 8000 for start in TRUE]
    blocks = [
        f"{n}\n{stamp(start)} --> {stamp(start + 3000)}\n{text}\n"
        for n, (start, text) in enumerate(zip(times, texts, strict=True), 1)
    ]
    path.write_text("\n".join(blocks), "utf-8")
    segments = read_file(path).transcript.segments
    return Transcript(tuple(Segment(s.start, s.end, s.text, id=n) for n, s in enumerate(segments, 1)))


def stamp(ms: int) -> str:
    return f"00:{ms // 60000:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def off(transcript: Transcript) -> float:
    """How far the turns are from their true start, in milliseconds, on average."""
    return mean(abs(s.start - true) for s, true in zip(transcript.segments, TRUE, strict=True))


def test_spoilt_subtitles_are_right_again(tiny: Home, studio: Studio, sample: Path, tmp_path: Path):
    given = subtitle_file(tmp_path / "sample.srt", [text for _, text in TURNS])
    assert off(given) > 8000
    *told, last = retime(studio, sample, 0, given, OPTIONS, StopToken())
    assert isinstance(last, Retimed)
    after = apply(given, last.edit)
    assert off(after) < 400
    assert last.share > 0.6
    assert [s.text for s in after.segments] == [s.text for s in given.segments]
    assert apply(after, last.edit.inverse()) == given
    fractions = [event.fraction for event in told if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)


def test_subtitles_of_another_recording_are_refused(tiny: Home, studio: Studio, beginning: Path, tmp_path: Path):
    tale = "Once upon a time there was a little girl in the woods who had no name, and she went to the river."
    texts = [tale[n % 9 :] for n in range(len(TURNS))]
    given = subtitle_file(tmp_path / "other.srt", texts)
    with pytest.raises(UsageError, match=r"The text of these subtitles is not what is said in “beginning\.wav”"):
        list(retime(studio, beginning, 0, given, OPTIONS, StopToken()))


def test_it_stops_when_asked_to(tiny: Home, studio: Studio, sample: Path, tmp_path: Path):
    given = subtitle_file(tmp_path / "sample.srt", [text for _, text in TURNS])
    stop = StopToken()
    events = retime(studio, sample, 0, given, OPTIONS, stop)
    assert any(isinstance(event, Progress) and event.stage == "Listening to the recording" for event in events)
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        next(events)


def test_subtitles_without_text_are_refused_before_anything_is_done(studio: Studio, tmp_path: Path):
    with pytest.raises(UsageError, match="hold no text"):
        list(retime(studio, tmp_path / "nothing.wav", 0, Transcript((Segment(0, 9, " "),)), OPTIONS, StopToken()))
