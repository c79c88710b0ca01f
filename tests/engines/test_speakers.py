"""Who speaks when, with the real models on real speech."""

from __future__ import annotations

import importlib.util
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import EngineError, ModelError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.core.transcript import Turn
from studio.engines.base import Fraction, Turns
from studio.engines.local.speakers import COMMUNITY_FILES, Pyannote

pytestmark = pytest.mark.slow

OFFLINE = "tests.engines.offline_speakers:Session"


@pytest.fixture(scope="module")
def sample() -> Path:
    """Half a minute of a telephone call between two people, packaged with pyannote.audio; its true turns beside it."""
    spec = importlib.util.find_spec("pyannote.audio")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "sample" / "sample.wav"


@pytest.fixture(scope="module")
def both(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighteen seconds of it, in which both speak."""
    return cut(sample, 6, 18, tmp_path_factory.mktemp("both") / "both.wav")


@pytest.fixture(scope="module")
def short(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of it, for what is not about who speaks."""
    return cut(sample, 8, 6, tmp_path_factory.mktemp("short") / "short.wav")


@pytest.fixture(scope="module")
def pyannote(weights: Callable[[str], Path]) -> Iterator[Pyannote]:
    """The diarizer as users have it, but that its process cannot open a socket."""
    diarizer = Pyannote(
        weights("segmentation-3.0") / "pytorch_model.bin",
        weights("campplus-zh-en") / "campplus_cn_en_common.pt",
        community=None,
        device="cpu",
    )
    diarizer._child._factory = OFFLINE
    yield diarizer
    diarizer.close()


def turns_of(diarizer: Pyannote, audio: Path, speakers: int | None = None) -> tuple[Turn, ...]:
    *_, last = diarizer.diarize(audio, speakers, StopToken())
    assert isinstance(last, Turns)
    return last.turns


def wav(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def cut(recording: Path, start: float, seconds: float, path: Path) -> Path:
    with wave.open(str(recording)) as file:
        file.setpos(round(start * 16_000))
        return wav(path, np.frombuffer(file.readframes(round(seconds * 16_000)), "<i2"))


def error_rate(truth: Path, turns: tuple[Turn, ...]) -> float:
    # takes seconds, also where no test of this file is run
    from pyannote.core import Annotation
    from pyannote.core import Segment as Stretch
    from pyannote.database.util import load_rttm
    from pyannote.metrics.diarization import DiarizationErrorRate

    heard = Annotation()
    for number, turn in enumerate(turns):
        heard[Stretch(turn.start / 1000, turn.end / 1000), number] = turn.speaker
    (reference,) = load_rttm(truth).values()
    return float(DiarizationErrorRate(collar=0.0)(reference, heard, uem=Stretch(0, 30)))


def test_two_people_on_the_telephone(pyannote: Pyannote, sample: Path) -> None:
    *progress, last = pyannote.diarize(sample, None, StopToken())
    assert isinstance(last, Turns)
    done = [event.done for event in progress if isinstance(event, Fraction)]
    assert len(done) == len(progress) > 5
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert last.turns[0].speaker == "S1"
    assert {turn.speaker for turn in last.turns} == {"S1", "S2"}
    assert [turn.start for turn in last.turns] == sorted(turn.start for turn in last.turns)
    assert max(turn.end for turn in last.turns) <= 30_000
    assert error_rate(sample.with_suffix(".rttm"), last.turns) <= 0.06


@pytest.mark.parametrize("speakers", [1, 2, 3])
def test_a_given_number_of_speakers(pyannote: Pyannote, both: Path, speakers: int) -> None:
    turns = turns_of(pyannote, both, speakers)
    assert len({turn.speaker for turn in turns}) == speakers


@pytest.mark.parametrize("seconds", [0, 0.001, 0.1, 3, 12])
def test_silence_has_no_speakers(pyannote: Pyannote, tmp_path: Path, seconds: float) -> None:
    assert turns_of(pyannote, wav(tmp_path / "silence.wav", np.zeros(round(seconds * 16_000)))) == ()


@pytest.mark.parametrize("speakers", [None, 2])
def test_a_tenth_of_a_second_of_speech(pyannote: Pyannote, sample: Path, tmp_path: Path, speakers: int | None) -> None:
    turns = turns_of(pyannote, cut(sample, 11, 0.1, tmp_path / "snippet.wav"), speakers)
    assert all(0 <= turn.start < turn.end <= 100 for turn in turns)


def test_no_telemetry_and_no_network(pyannote: Pyannote, short: Path) -> None:
    assert list(pyannote._child.call("telemetry", StopToken())) == [False]
    assert turns_of(pyannote, short)
    with pytest.raises(EngineError, match="wanted to use the network"):
        list(pyannote._child.call("trespass", StopToken()))


def test_a_long_recording_is_clustered_by_a_selection(pyannote: Pyannote) -> None:
    ((clustered, voices),) = pyannote._child.call("thinned", StopToken(), count=20_000)
    assert clustered <= 6_000
    assert voices == 2


def test_cancel_ends_the_process_and_the_next_call_starts_another(
    pyannote: Pyannote, sample: Path, short: Path
) -> None:
    stop = StopToken()
    events = pyannote.diarize(sample, None, stop)
    assert isinstance(next(events), Fraction)
    process = pyannote._child.pid
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        list(events)
    assert pyannote._child.pid is None
    assert turns_of(pyannote, short)
    assert pyannote._child.pid != process


def test_broken_weights_are_a_plain_error(weights: Callable[[str], Path], sample: Path, tmp_path: Path) -> None:
    broken = tmp_path / "campplus.pt"
    broken.write_bytes(b"not weights")
    diarizer = Pyannote(weights("segmentation-3.0") / "pytorch_model.bin", broken, None, "cpu")
    with pytest.raises(ModelError, match="cannot be loaded"):
        turns_of(diarizer, sample)
    diarizer.close()


def test_an_incomplete_community_folder_is_not_used(tmp_path: Path) -> None:
    for name in COMMUNITY_FILES[:-1]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    parts = (tmp_path / "a.bin", tmp_path / "b.pt")
    assert Pyannote(*parts, community=tmp_path, device="cpu").name == "pyannote, segmentation-3.0 + CAM++"
    (tmp_path / COMMUNITY_FILES[-1]).touch()
    assert Pyannote(*parts, community=tmp_path, device="cpu").name == "pyannote, community-1"
