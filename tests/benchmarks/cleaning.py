"""Noise removal: what it costs, how much noise goes, and what it does to the words that are recognised afterwards.

    python -m tests.benchmarks.cleaning [--clips 24] [--model whisper-base] [--data FOLDER]

English speech with noise added at 0, 5 and 10 dB, and as it is. The noise is either steady (pink) or babble: other
clips of the same set, all talking at once. Without the set of recordings: the sample that comes with the program. CPU
time is that of this process and its children, for a second of sound, with the network loaded already.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import jiwer
import numpy as np
import psutil
import soundfile
from faster_whisper import WhisperModel
from whisper_normalizer.english import EnglishTextNormalizer

from studio import media
from studio.core.jobs import StopToken
from studio.engines.local.cleaning import SAMPLE_RATE, DeepFilter
from studio.models import catalogue
from studio.resources import resource as bundled
from studio.services.cleaning import MODEL
from studio.services.studio import Studio

from .common import DATA, clips, table

LEVELS = (0, 5, 10)  # dB by which the speech is louder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=24)
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--data", type=Path, default=DATA)
    a = parser.parse_args()
    speech = [(full_rate(path), text) for path, text in texts(a.data, a.clips)]
    seconds = sum(len(sound) for sound, _ in speech) / SAMPLE_RATE
    whisper = WhisperModel(str(weights(a.model)), device="cpu", compute_type="int8", cpu_threads=os.cpu_count() or 1)
    print(f"\n{len(speech)} clips, {seconds:.0f} s; words recognised by {a.model}, beam 5\n")
    with closing(DeepFilter(weights(MODEL) / catalogue()[MODEL].files[0].name)) as engine:
        print(f"CPU: {cpu(engine, speech):.3f} s for a second of sound\n")

        def rows() -> Iterator[list[str]]:
            yield compare("as it is", speech, [sound for sound, _ in speech], engine, whisper)
            for kind, noise in (("pink", pink), ("babble", babble(speech))):
                for level in LEVELS:
                    noisy = [with_noise(sound, noise(n, len(sound)), level) for n, (sound, _) in enumerate(speech)]
                    yield compare(f"{kind}, {level} dB", speech, noisy, engine, whisper)

        table(["noise", "SNR before, dB", "SNR after, dB", "WER before, %", "WER cleaned, %"], rows())


def compare(
    name: str,
    speech: list[tuple[np.ndarray, str]],
    noisy: list[np.ndarray],
    engine: DeepFilter,
    whisper: WhisperModel,
) -> list[str]:
    clean = [cleaned(engine, sound) for sound in noisy]
    before, after = (
        np.mean([snr(own, sound) for (own, _), sound in zip(speech, sounds, strict=True)]) for sounds in (noisy, clean)
    )
    wrong = [words_wrong(whisper, sounds, [text for _, text in speech]) for sounds in (noisy, clean)]
    return [name, f"{before:.1f}", f"{after:.1f}", f"{wrong[0]:.1f}", f"{wrong[1]:.1f}"]


def texts(data: Path, most: int) -> Iterator[tuple[Path, str]]:
    if not (data / "speech").is_dir():
        import json

        segments = json.loads(bundled("sample.json").read_text("utf-8"))["segments"]
        yield bundled("sample.ogg"), " ".join(segment["text"] for segment in segments)
        return
    found = [clip for clip in clips(data, ("en",)) if 3 < clip.seconds < 20]
    for clip in found[:: max(1, len(found) // most)][:most]:
        yield clip.path, clip.text


def full_rate(path: Path) -> np.ndarray:
    return np.concatenate(list(media.recorded(path, mono=True).blocks(StopToken())), axis=1)[0]


def weights(id: str) -> Path:
    studio = Studio.open()
    with closing(studio):
        for _ in studio.models.pull(id, StopToken()):
            pass
        return studio.models.path(id)


def pink(seed: int, length: int) -> np.ndarray:
    """Noise whose power falls by 3 dB an octave, as that of ventilation and traffic does."""
    lines = np.fft.rfft(np.random.default_rng(seed).normal(size=length))
    return np.fft.irfft(lines / np.sqrt(np.maximum(np.arange(len(lines)), 20)), length)


def babble(speech: list[tuple[np.ndarray, str]]):  # type: ignore[no-untyped-def]
    def noise(number: int, length: int) -> np.ndarray:
        others = [speech[(number + n) % len(speech)][0] for n in range(1, 7)]
        return np.sum([np.resize(other / np.std(other), length) for other in others], axis=0)

    return noise


def with_noise(speech: np.ndarray, noise: np.ndarray, level: float) -> np.ndarray:
    noise = noise * np.sqrt(np.mean(speech**2) / np.mean(noise**2) / 10 ** (level / 10))
    return (speech + noise).astype(np.float32)


def cleaned(engine: DeepFilter, sound: np.ndarray) -> np.ndarray:
    return np.concatenate(list(engine.clean(np.array_split(sound, len(sound) // SAMPLE_RATE + 1), StopToken())))


def snr(speech: np.ndarray, sound: np.ndarray) -> float:
    """Infinite for the speech itself is shown as 99."""
    rest = np.mean((sound - speech) ** 2)
    return float(10 * np.log10(np.mean(speech**2) / rest)) if rest > 0 else 99.0


def words_wrong(whisper: WhisperModel, sounds: list[np.ndarray], references: list[str]) -> float:
    tidy, heard = EnglishTextNormalizer(), []
    with tempfile.TemporaryDirectory() as folder:
        for sound in sounds:
            path = Path(folder) / "clip.wav"
            soundfile.write(path, sound, SAMPLE_RATE, subtype="FLOAT")
            heard.append("".join(s.text for s in whisper.transcribe(str(path), beam_size=5, language="en")[0]))
    return float(100 * jiwer.wer([tidy(text) for text in references], [tidy(text) for text in heard]))


def cpu(engine: DeepFilter, speech: list[tuple[np.ndarray, str]]) -> float:
    """Of this process and the engine's, for a second in the middle of a long recording."""
    sound = np.resize(np.concatenate([sound for sound, _ in speech]), 120 * SAMPLE_RATE)
    cleaned(engine, sound[:SAMPLE_RATE])  # load it
    both = psutil.Process(), psutil.Process(engine._child.pid)
    before = sum(sum(process.cpu_times()[:2]) for process in both)
    cleaned(engine, sound)
    return (sum(sum(process.cpu_times()[:2]) for process in both) - before) / 120


if __name__ == "__main__":
    main()
