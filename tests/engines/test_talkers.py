"""The voices of this computer speak: real synthesis with what comes with the installation, and espeak-ng."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import EngineError, ModelError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.core.sentences import speakable
from studio.engines.base import Spoken, Talker
from studio.engines.local import espeak
from studio.engines.local.espeak import Espeak
from studio.engines.local.hibari import Hibari

LONG = ("Whenever the old lighthouse keeper told this story, " * 12).strip()
needs_espeak = pytest.mark.skipif(not espeak.installed(), reason="espeak-ng is not installed")


@pytest.fixture(scope="module")
def hibari() -> Iterator[Hibari]:
    talker = Hibari(lambda id: Path("nowhere") / id)
    yield talker
    talker.close()


@pytest.fixture(params=["hibari", pytest.param("espeak", marks=needs_espeak)])
def talker(request: pytest.FixtureRequest, hibari: Hibari) -> tuple[Talker, str]:
    return (hibari, "heart") if request.param == "hibari" else (Espeak(), "en-gb")


def seconds(spoken: Spoken) -> float:
    return len(spoken.samples) / spoken.rate


def test_a_sentence_becomes_sound_with_word_times(talker: tuple[Talker, str]) -> None:
    engine, voice = talker
    text = "The rain has stopped, and we can go."
    spoken = engine.say(text, voice, "en", StopToken())
    assert spoken.samples.dtype == np.float32
    assert 1 < seconds(spoken) < 6
    assert 0.05 < np.abs(spoken.samples).max() <= 1
    assert np.abs(spoken.samples[: spoken.rate // 10]).max() > 0.005, "it begins with silence"
    heard = [text[w.first : w.last] for w in spoken.words]
    assert heard == ["The", "rain", "has", "stopped", "and", "we", "can", "go"]
    assert spoken.words[-1].end <= seconds(spoken) * 1000


@pytest.mark.parametrize("text", ["Dr. Müller's naïve Äpfel", "In 2024, 1,250 people paid $9.99.", "it's 7:30 pm"])
def test_numbers_and_umlauts_are_said(talker: tuple[Talker, str], text: str) -> None:
    assert seconds(talker[0].say(text, talker[1], "en", StopToken())) > 0.8


@pytest.mark.parametrize("text", ["", "  \n", "😀", "😀🇮🇩👩\u200d👧", "…"])
def test_what_cannot_be_said_breaks_nothing(talker: tuple[Talker, str], text: str) -> None:
    spoken = talker[0].say(text, talker[1], "en", StopToken())
    assert not speakable(text)
    assert spoken.words == ()


def test_what_is_longer_than_the_network_takes_is_said_whole(hibari: Hibari) -> None:
    spoken = hibari.say(LONG, "heart", "en", StopToken())
    assert seconds(spoken) > 25
    assert [LONG[w.first : w.last] for w in spoken.words] == LONG.replace(",", "").split()


def test_the_same_text_gives_the_same_sound(talker: tuple[Talker, str]) -> None:
    one, other = (talker[0].say("Once more.", talker[1], "en", StopToken()) for _ in range(2))
    assert np.array_equal(one.samples, other.samples)


def test_a_stop_is_heard_at_once_and_speaking_goes_on_afterwards(talker: tuple[Talker, str]) -> None:
    engine, voice = talker
    stop = StopToken()
    threading.Timer(0.05, stop.request, (StopReason.CANCEL,)).start()
    with pytest.raises(Stopped):
        engine.say(LONG * 20, voice, "en", stop)  # a minute of work
    assert seconds(engine.say("Again.", voice, "en", StopToken())) > 0.2
    with pytest.raises(Stopped):
        engine.say("Never.", voice, "en", stop)


def test_an_unknown_voice_is_a_plain_error(talker: tuple[Talker, str]) -> None:
    with pytest.raises(UsageError, match="no voice “nobody”"):
        talker[0].say("Hello.", "nobody", "en", StopToken())


def test_the_child_may_die(hibari: Hibari) -> None:
    hibari.say("Hello.", "heart", "en", StopToken())
    pid = hibari._child.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert seconds(hibari.say("Hello.", "heart", "en", StopToken())) > 0.2
    assert hibari._child.pid != pid


def test_the_child_may_die_in_mid_sentence(hibari: Hibari) -> None:
    hibari.say("Hello.", "heart", "en", StopToken())
    pid = hibari._child.pid
    assert pid is not None
    threading.Timer(0.1, os.kill, (pid, signal.SIGKILL)).start()
    assert seconds(hibari.say(LONG, "heart", "en", StopToken())) > 25
    assert hibari._child.pid != pid


def test_a_voice_that_is_broken_or_missing_is_never_downloaded(tmp_path: Path) -> None:
    folder = tmp_path / "hibari-emma" / "voices"
    folder.mkdir(parents=True)
    (folder / "bf_emma.int8.onnx").write_bytes(b"no network")
    talker = Hibari(lambda id: tmp_path / id)
    try:
        with pytest.raises(ModelError, match="cannot be loaded"):
            talker.say("Hello.", "emma", "en", StopToken())
        with pytest.raises(ModelError, match="is not here"):
            talker.say("Hello.", "kore", "en", StopToken())
        assert seconds(talker.say("Hello.", "heart", "en", StopToken())) > 0.2
    finally:
        talker.close()


def test_closed_in_mid_sentence_is_a_stop(tmp_path: Path) -> None:
    talker = Hibari(lambda id: tmp_path / id)
    threading.Timer(0.3, talker.close).start()
    with pytest.raises(Stopped):
        talker.say(LONG * 20, "heart", "en", StopToken())
    with pytest.raises(Stopped):
        talker.say("Hello.", "heart", "en", StopToken())
    talker.close()


@needs_espeak
def test_espeak_speaks_other_languages() -> None:
    voices = {v.id: v for v in espeak.voices()}
    assert len(voices) > 100
    assert voices["espeak-ng/id"].title == "Indonesian"
    assert voices["espeak-ng/cmn"].languages == ("zh",)
    text = "Selamat pagi, apa kabar?"
    spoken = Espeak().say(text, "id", "id", StopToken())
    assert [text[w.first : w.last] for w in spoken.words] == ["Selamat", "pagi", "apa", "kabar"]


@needs_espeak
def test_a_stop_kills_espeak(tmp_path: Path) -> None:
    stop = StopToken()
    threading.Timer(0.1, stop.request, (StopReason.CANCEL,)).start()
    begun = time.monotonic()
    with pytest.raises(Stopped):
        espeak.run(["-v", "en", "--stdout"], LONG * 20_000, stop)
    assert time.monotonic() - begun < 10, "it went on to the end"


def test_without_espeak_the_package_is_named(tmp_path: Path) -> None:
    path = os.environ["PATH"]
    os.environ["PATH"] = str(tmp_path)
    try:
        assert espeak.voices() == ()
        with pytest.raises(EngineError) as caught:
            Espeak().say("Halo", "id", "id", StopToken())
    finally:
        os.environ["PATH"] = path
    assert caught.value.problem.what == "espeak-ng is not installed on this computer."
    assert "apt install espeak-ng" in caught.value.problem.hint
