"""A voice-over as files: whole or not at all, never over others unasked, each cue at its time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio import media
from studio.core.errors import StorageError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.core.speaking import Casting, Manner
from studio.core.steps import result
from studio.core.transcript import Segment, Speaker, Transcript
from studio.library import Home
from studio.services import voiceover
from studio.services.export import IfExists, read_file
from studio.services.studio import Studio
from studio.services.voiceover import Parts, Spoke
from studio.services.voiceover_export import Original, SpeechOptions, export, planned

PARTS = Parts(Casting(), Manner("hibari/heart"), "en")
CUES = (
    Segment(1_000, 3_000, "The first cue begins here.", id=1, speaker="S1"),
    Segment(4_000, 6_000, "And this is the second one.", id=2, speaker="S2"),
    Segment(6_500, 7_000, "🙂", id=3, speaker="S1"),
    Segment(8_000, 9_500, "The last one.", id=4, speaker="S1"),
)
TALK = Transcript(CUES, (Speaker("S1", "Anna"), Speaker("S2", "Böhm/Müller")), "en", 12_000)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio.open(Home(tmp_path_factory.mktemp("home")).prepared())
    yield studio
    studio.close()


@pytest.fixture(scope="module")
def spoke(studio: Studio) -> dict[int, Spoke]:
    return {e.cue: e for e in voiceover.speak_cues(studio, CUES, PARTS, StopToken()) if isinstance(e, Spoke)}


def onset(samples: np.ndarray, rate: int, after: int) -> float:
    """Milliseconds from `after` until something is heard."""
    part = np.abs(samples[after * rate // 1000 :])
    return float(np.flatnonzero(part > 0.02 * np.abs(samples).max())[0]) * 1000 / rate


@pytest.mark.parametrize("format", media.SOUND_FORMATS)
def test_every_cue_is_at_its_time_in_every_format(
    studio: Studio, spoke: dict[int, Spoke], tmp_path: Path, format: str
) -> None:
    target, options = tmp_path / "talk", SpeechOptions(format, subtitles="srt")
    sound, subtitles = result(export(studio, TALK, spoke, PARTS, target, options, StopToken()))
    assert [sound, subtitles] == planned(target, options)
    assert sorted(tmp_path.iterdir()) == sorted([sound, subtitles]), "nothing else is left"
    samples, rate = media.read_sound(sound)
    assert len(samples) / rate == pytest.approx(12.0, abs=0.03)
    for cue in (CUES[0], CUES[1], CUES[3]):
        assert abs(onset(samples, rate, cue.start - 100) - 100) <= 20
    read = read_file(subtitles).transcript
    assert [s.start for s in read.segments] == [1_000, 4_000, 8_000], "what is not said is not shown"
    assert [s.end - s.start for s in read.segments] == [spoke[id].length for id in (1, 2, 4)]


def test_loudness_is_as_wanted(studio: Studio, spoke: dict[int, Spoke], tmp_path: Path) -> None:
    for wanted in (media.SPEECH_LUFS, media.BROADCAST_LUFS):
        options = SpeechOptions("flac", 24_000, wanted)
        (file,) = result(export(studio, TALK, spoke, PARTS, tmp_path / f"at{wanted:g}", options, StopToken()))
        samples, rate = media.read_sound(file)
        assert rate == 24_000
        heard = result(media.measure(media.Samples(samples, rate), StopToken()))
        assert heard.integrated == pytest.approx(wanted, abs=0.5)


def test_a_selection_begins_at_once(studio: Studio, spoke: dict[int, Spoke], tmp_path: Path) -> None:
    options = SpeechOptions("wav", loudness=None, chosen=(2, 4))
    (file,) = result(export(studio, TALK, spoke, PARTS, tmp_path / "part", options, StopToken()))
    samples, rate = soundfile.read(file)
    assert onset(samples, rate, 0) <= 20
    assert abs(onset(samples, rate, 3_900) - 100) <= 20, "as far apart as in the whole"
    assert len(samples) / rate == pytest.approx((4_000 + spoke[4].length) / 1000, abs=0.001)


def test_the_recording_is_softer_under_the_speech(studio: Studio, spoke: dict[int, Spoke], tmp_path: Path) -> None:
    rate = 48_000
    hum = 0.1 * np.sin(np.arange(12 * rate) / rate * 2 * np.pi * 12_000)  # above what a voice has
    soundfile.write(tmp_path / "hum.wav", hum, rate)
    for chosen, start in ((None, 0), ((2, 4), 4_000)):
        options, target = SpeechOptions("wav", loudness=None, chosen=chosen), tmp_path / f"over {start}"
        made = export(studio, TALK, spoke, PARTS, target, options, StopToken(), under=Original(tmp_path / "hum.wav"))
        samples, _ = soundfile.read(result(made)[0])

        def level(ms: int, samples: np.ndarray = samples, start: int = start) -> float:
            part = samples[(ms - start) * rate // 1000 :][: rate // 10]
            return float(np.abs(np.fft.rfft(part)).reshape(-1)[1_200]) / (rate / 20)

        assert 20 * np.log10(level(4_300) / level(6_900)) == pytest.approx(-12, abs=1.5)


def test_a_file_for_each_cue_has_number_speaker_and_words_in_its_name(
    studio: Studio, spoke: dict[int, Spoke], tmp_path: Path
) -> None:
    options = SpeechOptions("flac", template="{number} {speaker} {words}", subtitles="vtt")
    folder, subtitles = result(export(studio, TALK, spoke, PARTS, tmp_path / "cues", options, StopToken()))
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "001 Anna The first cue begins here.flac",
        "002 Böhm_Müller And this is the second.flac",
        "004 Anna The last one.flac",
    ]
    assert subtitles.name == "cues.vtt"
    for name, id in zip(names, (1, 2, 4), strict=True):
        info = soundfile.info(folder / name)
        assert info.frames / info.samplerate == pytest.approx(spoke[id].length / 1000, abs=0.002)


def test_cues_with_the_same_name_do_not_overwrite_one_another(
    studio: Studio, spoke: dict[int, Spoke], tmp_path: Path
) -> None:
    options = SpeechOptions("flac", template="{speaker}")
    (folder,) = result(export(studio, TALK, spoke, PARTS, tmp_path / "cues", options, StopToken()))
    assert sorted(p.name for p in folder.iterdir()) == ["Anna (2).flac", "Anna.flac", "Böhm_Müller.flac"]


def test_nothing_is_overwritten_unasked(studio: Studio, spoke: dict[int, Spoke], tmp_path: Path) -> None:
    mine = tmp_path / "talk.srt"
    mine.write_text("mine")
    options = SpeechOptions("flac", loudness=None, subtitles="srt")

    def run(if_exists: IfExists) -> list[Path]:
        made = export(studio, TALK, spoke, PARTS, tmp_path / "talk", options, StopToken(), if_exists=if_exists)
        return result(made)

    with pytest.raises(StorageError, match=r"talk\.srt.* is already in"):
        run(IfExists.REFUSE)
    assert [p.name for p in tmp_path.iterdir()] == ["talk.srt"]
    assert [p.name for p in run(IfExists.KEEP_BOTH)] == ["talk (2).flac", "talk (2).srt"]
    assert mine.read_text() == "mine"
    run(IfExists.REPLACE)
    assert "first cue" in mine.read_text()


def test_a_stop_leaves_nothing(studio: Studio, spoke: dict[int, Spoke], tmp_path: Path) -> None:
    stop = StopToken()
    steps = export(studio, TALK, spoke, PARTS, tmp_path / "talk", SpeechOptions("wav"), stop)
    told = [next(steps) for _ in range(2)]
    assert all(event.fraction is not None for event in told)
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        result(steps)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_is_spoken_it_says_so(studio: Studio, spoke: dict[int, Spoke], tmp_path: Path) -> None:
    silent = replace(TALK, segments=(CUES[2],))
    for talk in (silent, TALK):
        with pytest.raises(UsageError, match="no speech to export"):
            result(export(studio, talk, {}, PARTS, tmp_path / "talk", SpeechOptions(), StopToken()))
    assert list(tmp_path.iterdir()) == []


FULL = """
import resource, signal, sys
from pathlib import Path
from studio.core.errors import StorageError
from studio.core.jobs import StopToken
from studio.core.steps import result
from studio.core.speaking import Casting, Manner
from studio.core.transcript import Segment, Transcript
from studio.library import Home
from studio.services import voiceover
from studio.services.studio import Studio
from studio.services.voiceover import Parts, Spoke
from studio.services.voiceover_export import SpeechOptions, export

PARTS = Parts(Casting(), Manner("hibari/heart"), "en")
CUES = (Segment(1_000, 3_000, "The first cue begins here.", id=1),)
TALK = Transcript(CUES, (), "en", 12_000)

if __name__ == "__main__":
    studio, target = Studio.open(Home(Path(sys.argv[1])).prepared()), Path(sys.argv[2])
    spoke = {e.cue: e for e in voiceover.speak_cues(studio, CUES, PARTS, StopToken()) if isinstance(e, Spoke)}
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        result(export(studio, TALK, spoke, PARTS, target, SpeechOptions("wav"), StopToken()))
    except StorageError as error:
        print(error)
    studio.close()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs a limit of the system")
def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(studio: Studio, tmp_path: Path) -> None:
    script = tmp_path / "full.py"
    script.write_text(FULL)
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, str(script), str(studio.home.root), str(out / "voice")]
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    told = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=120).stdout
    assert f"The disk with “{out}” is full" in told
    assert ".studio" not in told
    assert list(out.iterdir()) == []
