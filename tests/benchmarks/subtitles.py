"""Subtitles from real speech: re-flow under every profile, checks, and ready-made subtitles timed anew.

    python -m tests.benchmarks.subtitles [--models whisper-tiny.en] [--parts reflow retime checks] [--data FOLDER]

`reflow`: automatic transcripts of the speech set, each English clip by itself and all in one recording (each reader a
speaker), cut into cues under every profile. `retime`: subtitles of the joined recording, made from the reference texts
with true times to within a word, spoilt, then timed by the speech. `checks`: 20,000 segments. STUDIO_TEST_MODELS may
name a folder of weights.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from studio import media
from studio.core.align import Cutter, label
from studio.core.breaks import reading_columns
from studio.core.checks import KINDS, check, check_row
from studio.core.edits import apply
from studio.core.jobs import StopToken
from studio.core.profiles import DEFAULT, PROFILES, CueRules
from studio.core.realign import align_text
from studio.core.reflow import reflow
from studio.core.transcript import Segment, Transcript, Turn, Word
from studio.engines.base import Heard, SpeechRequest
from studio.engines.local.speech import FasterWhisper
from studio.models import ModelStore

from .common import DATA, Clip, clips, table

GAP = 500  # milliseconds between clips
LATIN = ("lorem", "ipsum", "dolor", "sit", "amet", "consectetur")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["whisper-tiny.en"])
    parser.add_argument("--parts", nargs="+", default=["reflow", "retime", "checks"])
    parser.add_argument("--languages", nargs="+", default=["en"], help="of the clips by themselves")
    parser.add_argument("--data", type=Path, default=DATA)
    a = parser.parse_args()
    for model in a.models if {"reflow", "retime"} & set(a.parts) else ():
        with tempfile.TemporaryDirectory() as tmp:
            files = clips(a.data, ["en"])
            talk = Talk(files, Path(tmp) / "joined.wav")
            engine = FasterWhisper(weights(model), "cpu")
            if "reflow" in a.parts:
                alone = clips(a.data, a.languages)
                wavs = zip(alone, decoded(alone, Path(tmp) / "one"), strict=True)
                single = [transcript(hear(engine, wav, clip.language), [Turn(0, 10**9, "S1")]) for clip, wav in wavs]
                joined = transcript(hear(engine, talk.path), talk.turns)
                show_reflow(f"{model}, {len(single)} clips ({', '.join(a.languages)}), each by itself", single)
                show_reflow(f"{model}, all clips in one recording, each reader a speaker", [joined])
                rough = [turned(joined, seconds) for seconds in (4, 2, 1)]
                for seconds, spoken in zip((4, 2, 1), rough, strict=True):
                    show_reflow(f"{model}, the same, the speaker changing every {seconds} s", [spoken])
            if "retime" in a.parts:
                show_retime(model, talk, hear(engine, talk.path))
            engine.close()
    if "checks" in a.parts:
        show_checks()


def weights(model: str) -> Path:
    folder = os.environ.get("STUDIO_TEST_MODELS")
    store = ModelStore(Path(folder)) if folder else ModelStore(Path.home() / ".cache" / "studio-benchmarks")
    for _ in store.pull(model, StopToken()):
        pass
    return store.path(model)


def decoded(files: Iterable[Clip], target: Path) -> Iterable[Path]:
    """Each clip as a WAV of 16 kHz, in the same file one after the other."""
    for clip in files:
        for _ in media.decode(clip.path, target, None, track=0, stop=StopToken()):
            pass
        yield target


class Talk:
    """All clips in one recording with short gaps; when each begins and who reads it."""

    def __init__(self, files: Sequence[Clip], path: Path) -> None:
        self.path, self.files = path, files
        self.turns: list[Turn] = []
        readers: dict[str, str] = {}
        with soundfile.SoundFile(path, "w", 16000, 1, "PCM_16") as joined:
            for clip, wav in zip(files, decoded(files, path.with_suffix(".clip")), strict=True):
                start = joined.tell() // 16
                joined.write(soundfile.read(wav, dtype="int16")[0])
                reader = readers.setdefault(clip.path.stem.split("-")[0], f"S{len(readers) + 1}")
                self.turns.append(Turn(start, joined.tell() // 16, reader))
                joined.write(np.zeros(GAP * 16, np.int16))


def hear(engine: FasterWhisper, audio: Path, language: str = "en") -> list[Word]:
    events = engine.transcribe(SpeechRequest(audio=audio, language=language), StopToken())
    return [word for event in events if isinstance(event, Heard) for word in event.words]


def transcript(words: Sequence[Word], turns: Sequence[Turn]) -> Transcript:
    cutter = Cutter()
    segments = label(cutter.feed(words) + cutter.flush(), turns)
    return Transcript(tuple(s._replace(id=n) for n, s in enumerate(segments, 1)))


def turned(spoken: Transcript, seconds: int) -> Transcript:
    """The same words with many changes of speaker, wherever they fall."""
    words = [w for s in spoken.segments for w in s.words]
    end = words[-1].end
    turns = [Turn(t, t + seconds * 1000, f"S{t // 1000 // seconds % 3}") for t in range(0, end, seconds * 1000)]
    return transcript(words, turns)


def show_reflow(title: str, transcripts: Sequence[Transcript]) -> None:
    print(f"\n## Re-flow: {title}\n")
    rows = []
    for profile in PROFILES.values():
        cues = lost = moved = avoidable = 0
        broken: Counter[str] = Counter()
        late: list[int] = []
        started = time.perf_counter()
        for before in transcripts:
            after = apply(before, reflow(before, profile.rules))
            cues += len(after.segments)
            found = check(after.segments, profile.rules)
            broken.update(f.kind for f in found)
            fast = {f.segment for f in found if f.kind == "too fast"}
            avoidable += len(fast - spoken_fast(after.segments, profile.rules))
            lost += sum((Counter(said(before)) - Counter(said(after))).values())
            moved += sum(a != b for a, b in zip(by_speaker(before), by_speaker(after), strict=True))
            late += [abs(s.start - s.words[0].start) for s in after.segments]
        took = time.perf_counter() - started
        shares = [f"{100 * (1 - broken[kind] / cues):.2f}" for kind in KINDS[:7]]
        off = f"{statistics.median(late):.0f} / {sorted(late)[len(late) * 99 // 100]} / {max(late)}"
        rows.append([profile.title, cues, *shares, avoidable, lost, moved, off, f"{took:.2f}"])
    kinds = [f"not {kind} %" for kind in KINDS[:7]]
    head = ["profile", "cues", *kinds, "too fast though spoken slowly enough", "words lost", "words moved"]
    table([*head, "start off speech, ms: median/p99/max", "s"], rows)


def spoken_fast(cues: Sequence[Segment], rules: CueRules) -> set[int]:
    """Cues too fast to read even with all the silence before and after them."""
    found = set()
    for n, cue in enumerate(cues):
        begin = cues[n - 1].words[-1].end + rules.min_gap if n else 0
        end = cues[n + 1].words[0].start - rules.min_gap if n + 1 < len(cues) else cue.end
        if reading_columns(cue.text) * 1000 > rules.max_cps * max(0, end - begin):
            found.add(cue.id)
    return found


def said(spoken: Transcript) -> list[str]:
    return [w.text for s in spoken.segments for w in s.words]


def by_speaker(spoken: Transcript) -> list[tuple[str | None, str]]:
    """Each word with who says it, by the time it is said."""
    words = [(w.start, n, s.speaker, w.text) for s in spoken.segments for n, w in enumerate(s.words)]
    return [(speaker, text) for _, _, speaker, text in sorted(words, key=lambda w: (w[0], w[3]))]


def show_retime(model: str, talk: Talk, words: Sequence[Word]) -> None:
    """Starts of sentences are known where clips begin: the first subtitle of each clip is measured."""
    print(f"\n## Ready-made subtitles timed by the speech, {model}, {talk.turns[-1].end / 1000:.0f} s\n")
    true, firsts = ready_made(talk)
    rows = []
    generator = random.Random(1)
    spoilt = {
        "shifted by 7.3 s": [moved(s, lambda t: t + 7300) for s in true],
        "25 fps for 23.976, shifted by -4 s": [moved(s, lambda t: max(0, round(t * 25 / 23.976) - 4000)) for s in true],
        "90 s of film cut out": [moved(s, lambda t: t if t < 120_000 else t + 90_000) for s in true],
        "each start off by up to 2 s": [jolted(s, generator.randint(-2000, 2000)) for s in true],
        "no times": [s._replace(start=0, end=0) for s in true],
        "every sixth word another, drift of 1 %": [
            reworded(moved(s, lambda t: round(t * 1.01)), generator) for s in true
        ],
        "music and names put in, shift of 3 s": [decked(moved(s, lambda t: t + 3000), n) for n, s in enumerate(true)],
    }
    for name, given in spoilt.items():
        started = time.perf_counter()
        found = align_text(given, words)
        took = time.perf_counter() - started
        errors = [
            [abs(s.start - true[n].start) for n, s in enumerate(row) if n in firsts] for row in (given, found.segments)
        ]
        rows.append([name, *(spread(e) for e in errors), f"{found.share:.2f}", f"{took * 1000:.0f}"])
    half = len(true) // 2
    others = align_text(true[:half], [w for w in words if w.start > true[half].start])
    rows.append(["the text of the first half, the sound of the second", "", "", f"{others.share:.2f}", ""])
    table(["subtitles", "starts off before, ms: mean/median/p95", "after", "share heard", "ms"], rows)


def spread(errors: list[int]) -> str:
    errors = sorted(errors)
    return f"{statistics.mean(errors):.0f} / {statistics.median(errors):.0f} / {errors[len(errors) * 95 // 100]}"


def ready_made(talk: Talk) -> tuple[list[Segment], set[int]]:
    """Subtitles of the reference texts, and which of them begin a clip, where the true start is known."""
    subtitles: list[Segment] = []
    firsts: set[int] = set()
    for clip, turn in zip(talk.files, talk.turns, strict=True):
        sound, _ = soundfile.read(talk.path, start=turn.start * 16, stop=turn.end * 16)
        loud = np.flatnonzero(np.abs(sound) > 0.05 * np.abs(sound).max())
        begin, end = turn.start + int(loud[0]) // 16, turn.start + int(loud[-1]) // 16
        parts = re.findall(r"(?:\S+\s*){1,9}", clip.text)
        letters = sum(map(len, parts))
        firsts.add(len(subtitles))
        done = 0
        for part in parts:
            start = begin + (end - begin) * done // letters
            done += len(part)
            stop = begin + (end - begin) * done // letters
            subtitles.append(Segment(start, stop, part.strip(), id=len(subtitles) + 1))
    return subtitles, firsts


def moved(segment: Segment, move: Callable[[int], int]) -> Segment:
    return segment._replace(start=move(segment.start), end=max(move(segment.end), move(segment.start)))


def jolted(segment: Segment, off: int) -> Segment:
    return moved(segment, lambda t: max(0, t + off))


def reworded(segment: Segment, generator: random.Random) -> Segment:
    words = ["well" if generator.random() < 1 / 6 else w for w in segment.text.split()]
    return segment._replace(text=" ".join(words))


def decked(segment: Segment, number: int) -> Segment:
    decks = ("♪ {} ♪", "- {}", "ANNA: {}", "[door closes] {}", "{}")
    return segment._replace(text=decks[number % len(decks)].format(segment.text))


def show_checks() -> None:
    print("\n## Checks of 20,000 segments\n")
    generator = random.Random(1)
    clock, segments = 0, list[Segment]()
    for n in range(20_000):
        length = generator.randint(600, 6000)
        text = " ".join(LATIN[: generator.randint(1, 6)])
        segments.append(Segment(clock, clock + length, text, id=n + 1))
        clock += length + generator.choice((0, 100, 2000))
    rows = []
    for rules in (DEFAULT, CueRules(max_line=20)):
        times = [timed(partial(check, segments, rules)) for _ in range(9)]
        each = [timed(partial(check_row, segments, n, rules)) for n in range(2000)]
        rows.append(
            [
                f"lines of {rules.max_line}",
                len(check(segments, rules)),
                f"{statistics.median(times):.1f} / {max(times):.1f}",
                f"{statistics.median(each):.4f} / {sorted(each)[len(each) * 95 // 100]:.4f}",
            ]
        )
    table(["rules", "findings", "all, ms: median/max", "one row, ms: median/p95"], rows)


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
