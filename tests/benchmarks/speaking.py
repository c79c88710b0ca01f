"""How soon the voices of this computer are heard, what they cost, how well they are understood, when words are said.

    python -m tests.benchmarks.speaking [--models FOLDER] [--parts first cost words clear] [--voices ID ...]

`first`: from the request to the first sound, cold (the child process starts) and warm, for a sentence of ordinary
length, and for its first clause alone, which is what is played first. `cost`: processor time of the child for a second
of speech. `words`: estimated word times against those that Whisper finds in the sound, beside times shared out by
letters alone. Whisper base finds words a little early, which the last one shows: its end is that of the sound; so
errors are also told without that. `clear`: what Whisper base understands; for Chinese and Japanese, which can be
written in many ways, also compared by how it sounds. Wall times mean something on an idle machine only: the load is
printed.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import psutil
import regex
import soundfile
from faster_whisper import WhisperModel, decode_audio
from whisper_normalizer.english import EnglishTextNormalizer

from studio.core.jobs import StopToken
from studio.core.sentences import pieces
from studio.core.speaking import Voice
from studio.core.word_times import letters, words
from studio.engines.base import Spoken
from studio.engines.local import japanese, mandarin
from studio.library import Home
from studio.models import ModelStore
from studio.services.talkers import Talkers, name_of

from .common import table
from .sentences import SENTENCES

VOICES = (
    ("hibari/heart", "en"),
    ("kokoro/af_heart", "en"),
    ("kokoro/ef_dora", "es"),
    ("kokoro/ff_siwis", "fr"),
    ("kokoro/hf_alpha", "hi"),
    ("kokoro/if_sara", "it"),
    ("kokoro/jf_alpha", "ja"),
    ("kokoro/pf_dora", "pt"),
    ("kokoro/zf_xiaoxiao", "zh"),
    ("espeak-ng/id", "id"),
)
ORDINARY = "When the rain had stopped, she opened the window and listened to the street below."
BY_CHARACTER: dict[str, Callable[[str], str]] = {
    "ja": lambda text: japanese.phonemes(text, str),
    "zh": lambda text: mandarin.phonemes(text, str),
}
# Simplified characters; Devanagari, where Whisper would write Urdu.
PROMPTS = {"zh": "以下是普通话的句子。", "ja": "次は普通の日本語の文です。", "hi": "यह हिंदी का एक वाक्य है।"}
TIMED = 20
HEARD_AFTER = 0.2  # seconds before the end of the sound: what begins later is not said in it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Home.default().models)
    parser.add_argument("--parts", nargs="+", default=["first", "cost", "words", "clear"])
    parser.add_argument("--voices", nargs="+", default=[id for id, _ in VOICES])
    a = parser.parse_args()
    models = ModelStore(a.models)
    chosen = [(id, language) for id, language in VOICES if id in a.voices]
    for part in a.parts:
        print(f"\n## {part}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
        {"first": first, "cost": cost, "words": word_times, "clear": clear}[part](models, chosen)


@contextmanager
def speaking(models: ModelStore, id: str) -> Iterator[tuple[Talkers, Voice, Callable[[str], Spoken]]]:
    """The pool, the voice, and what makes it speak."""
    talkers = Talkers(models)
    voice = talkers.voice(id)
    for _ in talkers.fetch(voice, StopToken()):
        pass
    try:
        yield talkers, voice, lambda text: talkers.talker(voice).say(text, name_of(voice), None, StopToken())
    finally:
        talkers.close()


def timed(work: Callable[[str], object], text: str) -> str:
    begun = time.perf_counter()
    work(text)
    return f"{time.perf_counter() - begun:.2f}"


def first(models: ModelStore, chosen: list[tuple[str, str]]) -> None:
    clause = pieces(ORDINARY, len(ORDINARY), first=40)[0].text
    rows = []
    for id in [id for id, language in chosen if language == "en" or id.startswith("espeak")]:
        with speaking(models, id) as (_, _, say):
            cold = timed(say, clause)
            warm = sorted(timed(say, ORDINARY) for _ in range(5))[2]
            rows.append([id, cold, warm, sorted(timed(say, clause) for _ in range(5))[2]])
    table(["voice", "cold, first clause, s", "warm, whole sentence, s", "warm, first clause, s"], rows)


def cost(models: ModelStore, chosen: list[tuple[str, str]]) -> None:
    rows = []
    for id, language in chosen:
        if id.startswith("espeak"):
            continue
        with speaking(models, id) as (talkers, voice, say):
            say(SENTENCES[language][0])
            child = psutil.Process(talkers.talker(voice)._child.pid)  # type: ignore[attr-defined]
            before = sum(child.cpu_times()[:4])
            seconds = sum(length(say(text)) for text in SENTENCES[language][1:7])
            rows.append([id, f"{(sum(child.cpu_times()[:4]) - before) / seconds:.3f}", f"{seconds:.0f}"])
    table(["voice", "CPU s for a second of speech", "s of speech"], rows)


def length(spoken: Spoken) -> float:
    return len(spoken.samples) / spoken.rate


def word_times(models: ModelStore, chosen: list[tuple[str, str]]) -> None:
    whisper = recogniser(models)
    rows = []
    for id, language in chosen:
        if language in BY_CHARACTER:
            continue
        ours, plain = list[float](), list[float]()
        with speaking(models, id) as (_, _, say):
            for text in SENTENCES[language][:TIMED]:
                spoken = say(text)
                heard = [w for s in listen(whisper, spoken, language)[0] for w in s.words or ()]
                spelled = [bare(text[w.first : w.last]) for w in spoken.words]
                if [bare(w.word) for w in heard] != spelled:
                    continue  # what was misheard says nothing about times
                found = [(w.start / 1000, w.end / 1000) for w in spoken.words]
                for errors, times in ((ours, found), (plain, evenly(text, length(spoken)))):
                    errors += [a[0] - h.start for a, h in zip(times, heard, strict=True)]
                    errors += [a[1] - h.end for a, h in zip(times, heard, strict=True)]
        if ours:
            raw, late = np.array(ours) * 1000, np.median(ours) * 1000
            even = np.array(plain) * 1000
            rows.append([id, len(ours) // 2, f"{np.abs(raw).mean():.0f}", f"{np.abs(even).mean():.0f}", f"{late:.0f}"])
            fair, fair_even = np.abs(raw - late), np.abs(even - np.median(even))
            rows[-1] += [f"{fair.mean():.0f}", f"{np.quantile(fair, 0.9):.0f}", f"{fair_even.mean():.0f}"]
            rows[-1].append(f"{fair.mean() / fair_even.mean():.2f}")
    head = ["voice", "words", "mean error, ms", "by letters", "Whisper is early by", "mean without that", "90 %"]
    table([*head, "by letters", "ratio"], rows)


def evenly(text: str, seconds: float) -> list[tuple[float, float]]:
    share = np.cumsum([0.0, *(letters(text[a:b]) for a, b in words(text))])
    times = share / share[-1] * seconds
    return list(pairwise(times))


def bare(word: str) -> str:
    return regex.sub(r"[^\p{L}\p{N}\p{M}]", "", word).lower()


def clear(models: ModelStore, chosen: list[tuple[str, str]]) -> None:
    whisper = recogniser(models)
    rows = []
    for id, language in chosen:
        said, heard = list(SENTENCES[language]), list[str]()
        with speaking(models, id) as (_, _, say):
            for text in said:
                segments, info = listen(whisper, say(text), language)
                in_it = (w.word for s in segments for w in s.words if w.start < info.duration - HEARD_AFTER)
                heard.append("".join(in_it).strip())
        sounds = BY_CHARACTER.get(language)
        if sounds:
            by_sound = f"{rate([sounds(t) for t in said], [sounds(t) for t in heard], language):.1f}"
            rows.append([id, language, len(said), f"CER {rate(said, heard, language):.1f}", by_sound])
        else:
            rows.append([id, language, len(said), f"WER {rate(said, heard, language):.1f}", ""])
        for text, other in zip(said, heard, strict=True):
            if rate([text], [other], language):
                print(f"  {id}: {text} | {other}", flush=True)
    table(["voice", "language", "sentences", "errors %", "by sound, CER %"], rows)


def rate(said: list[str], heard: list[str], language: str) -> float:
    if language in BY_CHARACTER:
        told, got = "".join(map(bare, said)), "".join(map(bare, heard))
        return jiwer.cer(told, got) * 100
    norm = EnglishTextNormalizer() if language == "en" else bare_words
    return jiwer.wer([norm(t) for t in said], [norm(t) for t in heard]) * 100


def bare_words(text: str) -> str:
    """Whisper's own normaliser for other languages takes the vowels of Hindi away."""
    return " ".join(filter(None, map(bare, text.split())))


def recogniser(models: ModelStore) -> WhisperModel:
    for _ in models.pull("whisper-base", StopToken()):
        pass
    return WhisperModel(str(models.path("whisper-base")), compute_type="int8", cpu_threads=2)


def listen(whisper: WhisperModel, spoken: Spoken, language: str):  # type: ignore[no-untyped-def]
    file = io.BytesIO()
    soundfile.write(file, spoken.samples, spoken.rate, format="WAV")
    file.seek(0)
    segments, info = whisper.transcribe(
        decode_audio(file),
        language=language,
        word_timestamps=True,
        initial_prompt=PROMPTS.get(language),
        condition_on_previous_text=False,
        temperature=0,  # so that each run hears the same
    )
    # Whisper takes half a minute at a time, and in what is added to a short sound it hears the sentence again.
    return [s for s in segments if s.start < info.duration - HEARD_AFTER], info


if __name__ == "__main__":
    main()
