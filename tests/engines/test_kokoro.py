"""Kokoro with its real weights, and what Whisper hears of it and of hibari."""

from __future__ import annotations

import io
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from faster_whisper import WhisperModel, decode_audio

from studio.core.errors import ModelError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.engines.base import Spoken
from studio.engines.local import espeak, kokoro
from studio.engines.local.hibari import Hibari
from studio.engines.local.kokoro import Kokoro

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def talker(weights: Callable[[str], Path]) -> Iterator[Kokoro]:
    talker = Kokoro(weights(kokoro.MODEL), weights(kokoro.VOICES_MODEL))
    yield talker
    talker.close()


def say(talker: Kokoro | Hibari, text: str, voice: str) -> Spoken:
    return talker.say(text, voice, None, StopToken())


def understood(spoken: Spoken, weights: Callable[[str], Path]) -> str:
    whisper = WhisperModel(str(weights("whisper-tiny.en")), compute_type="int8")
    file = io.BytesIO()
    soundfile.write(file, spoken.samples, spoken.rate, format="WAV")
    file.seek(0)
    segments, _ = whisper.transcribe(decode_audio(file), language="en")
    return "".join(s.text for s in segments).strip()


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("af_heart", "Good morning."),
        ("bm_george", "Good morning."),
        ("jf_alpha", "おはよう。"),
        ("zf_xiaoxiao", "早上好。"),
        pytest.param(
            "ff_siwis", "Bonjour.", marks=pytest.mark.skipif(not espeak.installed(), reason="espeak-ng is missing")
        ),
    ],
)
def test_speaks(talker: Kokoro, voice: str, text: str) -> None:
    spoken = say(talker, text, voice)
    assert spoken.samples.dtype == np.float32
    assert 0.4 < len(spoken.samples) / spoken.rate < 3
    assert np.abs(spoken.samples).max() > 0.05
    assert [text[w.first : w.last] for w in spoken.words]


@pytest.mark.parametrize("text", ["", "😀🇮🇩", "…"])
def test_what_cannot_be_said_breaks_nothing(talker: Kokoro, text: str) -> None:
    for voice in ("af_heart", "zf_xiaoxiao", "jf_alpha"):
        assert say(talker, text, voice).words == ()


def test_more_than_the_network_takes_is_said_whole(talker: Kokoro) -> None:
    text = "Bananas and papayas " * 25
    spoken = say(talker, text, "af_heart")
    assert len(spoken.words) == 75
    assert len(spoken.samples) / spoken.rate > 21


def test_the_child_may_die_and_a_stop_is_heard(talker: Kokoro) -> None:
    say(talker, "Yes.", "af_heart")
    pid = talker._child.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert say(talker, "Yes.", "af_heart").words
    stop = StopToken()
    threading.Timer(0.3, stop.request, (StopReason.CANCEL,)).start()
    with pytest.raises(Stopped):
        talker.say("Bananas and papayas " * 30, "af_heart", None, stop)
    assert say(talker, "Yes.", "af_heart").words, "the piece that nobody waits for ends by itself or is ended"


def test_an_unknown_voice_and_broken_files_are_plain_errors(talker: Kokoro, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no voice “xx_nobody”"):
        say(talker, "Yes.", "xx_nobody")
    broken = Kokoro(tmp_path, tmp_path)
    with pytest.raises(ModelError, match="cannot be loaded"):
        say(broken, "Yes.", "af_heart")
    broken.close()


def test_whisper_understands_kokoro(talker: Kokoro, weights: Callable[[str], Path]) -> None:
    spoken = say(talker, "The children were playing in the snow.", "af_heart")
    assert understood(spoken, weights) == "The children were playing in the snow."


def test_whisper_understands_hibari(tmp_path: Path, weights: Callable[[str], Path]) -> None:
    talker = Hibari(lambda id: tmp_path / id)
    spoken = say(talker, "The children were playing in the snow when their father came home.", "heart")
    talker.close()
    assert understood(spoken, weights) == "The children were playing in the snow when their father came home."
