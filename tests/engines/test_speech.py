"""Speech to text with real weights on real speech: the words, their times, silence, stopping and going on."""

from __future__ import annotations

import csv
import os
import signal
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import jiwer
import numpy as np
import pytest

from studio.core.errors import EngineError, ModelError
from studio.core.jobs import DecodeOptions, Stopped, StopReason, StopToken
from studio.core.transcript import Word, join_words
from studio.engines.base import SAMPLE_RATE, Heard, Language, Notice, SpeechEvent, SpeechRequest
from studio.engines.local.child import Child
from studio.engines.local.speech import FasterWhisper
from studio.engines.local.speech_child import LEEWAY, Clock, Session, Timed, find_end, hold, missed, squeeze, uncoil

SECOND = SAMPLE_RATE


def pcm(path: Path) -> np.ndarray:
    """16 kHz mono 16-bit samples of any sound file."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE)
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        return np.concatenate([part.to_ndarray()[0] for part in [*frames, *resampler.resample(None)]])


def write(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(np.asarray(samples).astype("<i2").tobytes())
    return path


def plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() or c == "'" else " " for c in text.lower()).split())


def words_of(events: list[SpeechEvent]) -> list[Word]:
    return [word for event in events if isinstance(event, Heard) for word in event.words]


@pytest.fixture(scope="module")
def tiny(weights: Callable[[str], Path]) -> Iterator[FasterWhisper]:
    engine = FasterWhisper(weights("whisper-tiny.en"), "cpu")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def base(weights: Callable[[str], Path]) -> Iterator[FasterWhisper]:
    engine = FasterWhisper(weights("whisper-base"), "cpu")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def talk(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """About a minute of read English with a pause of ten seconds in it, and its text."""
    with (shared_data / "speech" / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["path"].startswith("en/librispeech/")][:8]
    parts: list[np.ndarray] = []
    for number, row in enumerate(rows):
        parts += [pcm(shared_data / "speech" / row["path"]), np.zeros(SECOND * (10 if number == 3 else 1), np.int16)]
    path = write(tmp_path_factory.mktemp("talk") / "talk.wav", np.concatenate(parts))
    return path, " ".join(row["reference"] for row in rows)


@pytest.fixture(scope="module")
def heard(tiny: FasterWhisper, talk: tuple[Path, str]) -> list[SpeechEvent]:
    return list(tiny.transcribe(SpeechRequest(talk[0]), StopToken()))


@pytest.mark.slow
def test_real_speech_gives_the_reference_words(heard: list[SpeechEvent], talk: tuple[Path, str]) -> None:
    assert jiwer.wer(plain(talk[1]), plain(join_words(words_of(heard)))) < 0.15


@pytest.mark.slow
def test_times_are_ordered_and_inside(heard: list[SpeechEvent], talk: tuple[Path, str]) -> None:
    with wave.open(str(talk[0])) as file:
        duration = file.getnframes() * 1000 // SAMPLE_RATE
    times = [time for word in words_of(heard) for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= duration
    untils = [event.until for event in heard if isinstance(event, Heard)]
    assert untils == sorted(untils)
    assert untils[-1] == duration
    assert all(word.text == word.text.strip() != "" for word in words_of(heard))
    assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in words_of(heard))


@pytest.mark.slow
def test_the_language_comes_once_and_first(heard: list[SpeechEvent]) -> None:
    assert heard[0] == Language("en", 1.0)
    assert sum(isinstance(event, Language) for event in heard) == 1


@pytest.mark.slow
def test_going_on_from_the_middle_yields_only_what_is_left(
    tiny: FasterWhisper, heard: list[SpeechEvent], talk: tuple[Path, str]
) -> None:
    middle = next(event.until for event in heard if isinstance(event, Heard) and event.until > 30_000)
    rest = words_of(list(tiny.transcribe(SpeechRequest(talk[0], start=middle), StopToken())))
    expected = [word for word in words_of(heard) if word.start >= middle]
    assert rest[0].start >= middle
    assert abs(rest[-1].end - expected[-1].end) < 1000
    assert jiwer.wer(plain(join_words(expected)), plain(join_words(rest))) < 0.15


@pytest.mark.slow
def test_going_on_at_the_end_is_over_at_once(tiny: FasterWhisper, talk: tuple[Path, str]) -> None:
    events = list(tiny.transcribe(SpeechRequest(talk[0], start=10_000_000), StopToken()))
    assert events == [Language("en", 1.0)]


def noises() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(1)
    time = np.arange(40 * SECOND) / SECOND
    white = chance.standard_normal(len(time))
    spectrum = np.fft.rfft(white)
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1))
    notes = np.repeat(chance.choice([220, 247, 262, 294, 330, 349, 392, 440], 80), SECOND // 2)
    decay = np.exp(-3 * (time % 0.5))
    return {
        "digital silence": np.zeros(len(time)),
        "quiet white noise": 50 * white,
        "loud white noise": 6000 * white,
        "pink noise": 3000 * pink / pink.std(),
        "hum": 6000 * np.sin(2 * np.pi * 50 * time) + 2000 * np.sin(2 * np.pi * 150 * time),
        "melody": 6000 * decay * sum(np.sin(2 * np.pi * notes * k * time) / k for k in (1, 2, 3, 4)),
        "a tenth of a second": 1000 * white[: SECOND // 10],
        "nothing": np.zeros(0),
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", noises())
def test_what_is_no_speech_gives_no_words(base: FasterWhisper, tmp_path: Path, kind: str) -> None:
    samples = noises()[kind]
    events = list(base.transcribe(SpeechRequest(write(tmp_path / "noise.wav", samples)), StopToken()))
    assert words_of(events) == []
    last = [event.until for event in events if isinstance(event, Heard)][-1:]
    assert last == ([len(samples) * 1000 // SAMPLE_RATE] if len(samples) else [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "file", "said"),
    [
        ("de", "de/azure/de-DE_testing_audio.wav", "Test"),
        ("fr", "fr/picovoice/leopard_test_fr.wav", "conservateur"),
        ("es", "es/azure/es-ES_testing_audio.wav", "prueba"),
    ],
)
def test_the_language_is_heard_behind_leading_silence(
    base: FasterWhisper, shared_data: Path, tmp_path: Path, language: str, file: str, said: str
) -> None:
    speech = pcm(shared_data / "speech" / file)[: 12 * SECOND]
    audio = write(tmp_path / "talk.wav", np.concatenate([np.zeros(40 * SECOND, np.int16), speech]))
    events = list(base.transcribe(SpeechRequest(audio), StopToken()))
    assert [event.code for event in events if isinstance(event, Language)] == [language]
    words = words_of(events)
    assert said in join_words(words)
    assert words[0].start >= 39_000  # Whisper stretches first words a little into the pause before


@pytest.mark.slow
def test_options_and_vocabulary_reach_the_model(base: FasterWhisper, talk: tuple[Path, str], tmp_path: Path) -> None:
    request = SpeechRequest(
        write(tmp_path / "talk.wav", pcm(talk[0])[16 * SECOND : 29 * SECOND]),
        language="en",
        vocabulary=", ".join(f"Hale, Thornton, Helstone {number}" for number in range(60)),
        decode=DecodeOptions(beam_size=1, temperature=(0.0,), vad=False, prompt="A novel, read aloud."),
    )
    events = list(base.transcribe(request, StopToken()))
    assert any(isinstance(event, Notice) and "too long" in event.text for event in events)
    assert "Thornton" in join_words(words_of(events))


@pytest.mark.slow
def test_an_english_model_refuses_other_languages(tiny: FasterWhisper, talk: tuple[Path, str]) -> None:
    with pytest.raises(EngineError, match=r"“whisper-tiny\.en” understands English only"):
        list(tiny.transcribe(SpeechRequest(talk[0], language="de"), StopToken()))
    events = tiny.transcribe(SpeechRequest(talk[0], task="translate"), StopToken())
    assert next(events) == Language("en", 1.0)
    notice = next(events)
    assert isinstance(notice, Notice)
    assert "nothing to translate" in notice.text
    events.close()  # type: ignore[attr-defined]


@pytest.mark.slow
def test_an_unknown_language_is_named(base: FasterWhisper, talk: tuple[Path, str]) -> None:
    with pytest.raises(EngineError, match="not “xx”"):
        list(base.transcribe(SpeechRequest(talk[0], language="xx"), StopToken()))


def test_a_folder_without_a_model_is_one_sentence(tmp_path: Path) -> None:
    engine = FasterWhisper(tmp_path / "whisper-nowhere", "cpu")
    with pytest.raises(ModelError, match="“whisper-nowhere” cannot be loaded"):
        list(engine.transcribe(SpeechRequest(tmp_path / "a.wav"), StopToken()))
    engine.close()


@pytest.mark.slow
def test_sound_that_cannot_be_read_is_one_sentence(tiny: FasterWhisper, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    for name in ("a.wav", "missing.wav"):
        with pytest.raises(EngineError, match=f"“{name}” cannot be read"):
            list(tiny.transcribe(SpeechRequest(tmp_path / name), StopToken()))


@pytest.mark.slow
def test_stopping_in_mid_file_and_doing_it_again(
    tiny: FasterWhisper, heard: list[SpeechEvent], talk: tuple[Path, str], tmp_path: Path
) -> None:
    stop = StopToken()
    events = tiny.transcribe(SpeechRequest(talk[0]), stop)
    assert isinstance(next(event for event in events if isinstance(event, Heard)), Heard)
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        next(events)
    beginning = write(tmp_path / "beginning.wav", pcm(talk[0])[: 16 * SECOND])
    again = list(tiny.transcribe(SpeechRequest(beginning), StopToken()))
    assert plain(join_words(words_of(again)))[:40] == plain(join_words(words_of(heard)))[:40]


class Reporting(Session):
    """Says what the real session has imported."""

    def report(self) -> Iterator[list[str]]:
        yield [name for name in ("torch", "PySide6", "faster_whisper") if sys.modules.get(name)]


@pytest.mark.slow
def test_neither_torch_nor_qt_is_loaded(weights: Callable[[str], Path]) -> None:
    setup = {"model_dir": weights("whisper-tiny.en"), "device": "cpu", "threads": 1}
    child = Child(f"{__name__}:Reporting", setup)
    assert list(child.call("report", StopToken())) == [["faster_whisper"]]
    child.close()


class FailingCard:
    """A graphics card that dies in mid-recording, by an error or by taking the process down."""

    def __init__(self, model_dir: Path, device: str, threads: int) -> None:
        self.model_dir, self.threads = model_dir, threads

    def transcribe(self, request: SpeechRequest) -> Iterator[SpeechEvent]:
        session = Session(self.model_dir, "cpu", self.threads)
        for event in session.transcribe(request):
            yield event
            if isinstance(event, Heard) and event.until > 20_000:
                os.kill(os.getpid(), signal.SIGABRT)


@pytest.mark.slow
def test_the_processor_goes_on_where_the_card_failed(
    weights: Callable[[str], Path], heard: list[SpeechEvent], talk: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FasterWhisper(weights("whisper-tiny.en"), "cuda")
    monkeypatch.setattr(engine._child, "_factory", f"{__name__}:FailingCard")
    events = list(engine.transcribe(SpeechRequest(talk[0]), StopToken()))
    engine.close()
    assert engine.device == "cpu"
    assert ["processor goes on" in event.text for event in events if isinstance(event, Notice)] == [True]
    assert sum(isinstance(event, Language) for event in events) == 1
    words = words_of(events)
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert jiwer.wer(plain(join_words(words_of(heard))), plain(join_words(words))) < 0.15


def test_squeeze_cuts_only_long_silence() -> None:
    speech = [(10 * SECOND, 12 * SECOND), (14 * SECOND, 15 * SECOND), (22 * SECOND, 23 * SECOND)]
    assert squeeze(speech, 30 * SECOND) == [(9 * SECOND, 16 * SECOND), (21 * SECOND, 24 * SECOND)]
    assert squeeze([(2 * SECOND, 4 * SECOND)], 8 * SECOND) == [(0, 8 * SECOND)]
    assert squeeze([], 30 * SECOND) == []


def test_clock_finds_the_time_before_the_cut() -> None:
    clock = Clock([(9 * SECOND, 16 * SECOND), (19 * SECOND, 22 * SECOND)])
    assert clock.original(1.0, 1.5) == (10 * SECOND, 10 * SECOND + SECOND // 2)
    assert clock.original(8.0, 8.5) == (20 * SECOND, 20 * SECOND + SECOND // 2)
    assert clock.original(6.5, 7.2) == (15 * SECOND + SECOND // 2, 16 * SECOND)  # held back from crossing the cut


def test_a_block_ends_in_the_longest_pause_of_its_last_third() -> None:
    speech = [(0, 50), (60, 70), (72, 80), (86, 99)]
    assert find_end(speech, 100) == 83
    assert find_end([(0, 100)], 100) == 100
    assert find_end([], 90) == 75


def test_missed_speech_is_found_between_words() -> None:
    speech = [(0, 2 * SECOND), (3 * SECOND, 5 * SECOND)]
    assert missed(2 * SECOND, 9 * SECOND, speech) == (2 * SECOND, 6 * SECOND)
    assert missed(4 * SECOND, 9 * SECOND, speech) is None


def test_loops_are_uncoiled() -> None:
    words = ["so", "it", "goes", "on", "and", "on", "and", "on", "and", "on", "and", "on", "and", "then", "stops"]
    kept = " ".join(words[index] for index in uncoil(words))
    assert kept == "so it goes on and on and on and then stops"
    assert uncoil(["no", "no", "no"]) == [0, 1, 2]


def test_words_are_held_to_the_speech_they_span() -> None:
    speech = [(16_000, 32_000), (48_000, 64_000)]
    early = Timed(None, 0, 20_000)
    assert hold(early, speech) == (None, 16_000 - LEEWAY, 20_000), "begins in the silence before"
    assert hold(Timed(None, 30_000, 44_000), speech) == (None, 30_000, 32_000 + LEEWAY), "ends in the silence after"
    assert hold(Timed(None, 20_000, 60_000), speech) == (None, 20_000, 60_000), "spans a short pause"
    lost = Timed(None, 34_000, 46_000)
    assert hold(lost, speech) == lost, "nothing is known better"
