"""Speaking from the command line: text, files and subtitles become sound that can be measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from studio import media
from studio.formats import FORMATS

Command = Callable[..., CompletedProcess[str]]

VTT = """WEBVTT

00:01.000 --> 00:03.000
<v Anna>Good morning.

00:03.500 --> 00:04.000
<v Ben>This one is far too long for half a second.

00:05.000 --> 00:06.000
…
"""


@pytest.fixture
def subtitles(tmp_path: Path) -> Path:
    path = tmp_path / "Grüße.vtt"
    path.write_text(VTT, encoding="utf-8")
    return path


def cues(path: Path) -> list[tuple[int, int, str]]:
    read = FORMATS["srt"].read
    assert read
    return [(s.start, s.end, s.text) for s in read(path.read_text(encoding="utf-8")).transcript.segments]


def test_a_text_becomes_sound_and_subtitles_timed_to_it(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "spoken.mp3"
    done = command("speak", "Good morning. It speaks.", "--output", str(target), "--subtitles", "srt")
    assert done.returncode == 0, done.stderr
    samples, rate = media.read_sound(target)
    (first, second) = cues(tmp_path / "spoken.srt")
    assert (first[0], first[2], second[2]) == (0, "Good morning.", "It speaks.")
    assert second[0] > first[1]
    assert len(samples) / rate == pytest.approx(second[1] / 1000, abs=0.03)
    slow = command("speak", "Good morning. It speaks.", "--tempo", "0.5", "--output", str(tmp_path / "slow.wav"))
    assert slow.returncode == 0
    slower, its_rate = media.read_sound(tmp_path / "slow.wav")
    assert len(slower) / its_rate == pytest.approx(2 * len(samples) / rate, rel=0.02)


def test_text_comes_from_a_file_and_from_the_standard_input(command: Command, tmp_path: Path, subtitles: Path) -> None:
    (tmp_path / "a.txt").write_text("From a file.", encoding="utf-8")
    for n, given in enumerate(("-", str(tmp_path / "a.txt"), str(subtitles))):
        arguments = ("--output", str(tmp_path / f"{n}.wav"), "--subtitles", "srt")
        assert command("speak", given, *arguments, stdin="From a pipe.").returncode == 0
    texts = [[text for *_, text in cues(tmp_path / f"{n}.srt")] for n in range(3)]
    assert texts[:2] == [["From a pipe."], ["From a file."]]
    assert texts[2] == ["Good morning.", "This one is far too long\nfor half a second."]


def test_a_subtitle_file_is_said_at_its_times(command: Command, tmp_path: Path, subtitles: Path) -> None:
    target = tmp_path / "over.flac"
    arguments = ("--voice", "hibari/heart", "--speed-up", "1.4", "--output", str(target), "--loudness", "off")
    done = command("voiceover", str(subtitles), *arguments)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 cues are said longer than they are shown" in done.stderr
    samples, rate = media.read_sound(target)
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    assert 1_000 <= loud[0] * 1000 / rate < 1_100
    assert not np.any((loud > 2.4 * rate) & (loud < 3.5 * rate))
    assert loud[-1] > 4.5 * rate


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("speak", "🙂 …", "--output", "a.wav"), "nothing to speak"),
        (("speak", "", "--output", "a.wav"), "nothing to speak"),
        (("speak", "Hello", "--output", "a.xyz"), "does not say what kind of sound file"),
        (("speak", "Hello", "--output", "a.wav", "--tempo", "9"), "tempo cannot be 9"),
        (("speak", "Hello", "--output", "a.wav", "--pitch", "nan"), "pitch cannot be nan"),
        (("speak", "Hello", "--output", "a.wav", "--rate", "1"), "not written at 1 samples"),
        (("speak", "Hello", "--output", "a.wav", "--voice", "hibari/hart"), "Did you mean hibari/heart"),
        (("speak", "Hallo", "--output", "a.wav", "--voice", "hibari/heart", "--language", "de"), "not speak German"),
        (("speak", "Hello", "--output", "a.wav", "--voice", "@nobody/alloy"), "no account “nobody”"),
        (("speak", "Hello", "--output", "a.wav", "--subtitles", "xyz"), "no format “xyz”"),
        (("voiceover", "talk.vtt", "--output", "a.wav", "--voice", "Eve=hibari/heart"), "There are: Anna, Ben"),
        (("voiceover", "talk.vtt", "--output", "a.wav", "--speed-up", "3"), "cannot be said 3 times"),
        (("voiceover", "text.txt", "--output", "a.wav"), "has no times"),
        (("voiceover", "missing.srt", "--output", "a.wav"), "missing.srt"),
        (("voices", "--language", "xx"), "no language “xx”"),
    ],
)
def test_wrong_wishes_are_one_sentence_and_leave_nothing(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("talk.vtt").write_text(VTT, encoding="utf-8")
    Path("text.txt").write_text("No times here.", encoding="utf-8")
    done = command(*arguments)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert not Path("a.wav").exists()
    assert "Traceback" not in done.stderr


def test_what_is_there_is_not_overwritten_unasked(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "there.wav"
    target.write_bytes(b"mine")
    assert command("speak", "Hello there.", "--output", str(target)).returncode == 1
    assert target.read_bytes() == b"mine"
    assert command("speak", "Hello there.", "--output", str(target), "--overwrite").returncode == 0
    assert media.read_sound(target)[1] == media.FULL_RATE


def test_the_voices_are_listed(command: Command) -> None:
    done = command("voices", "--language", "en")
    assert done.returncode == 0
    assert "hibari/heart" in done.stdout
