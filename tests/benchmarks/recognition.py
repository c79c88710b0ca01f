"""Word errors and cost of `studio transcribe` beside faster-whisper's own sequential run on the same recordings.

    python -m tests.benchmarks.recognition [--models whisper-tiny.en whisper-base] [--sets each joined languages]
        [--orders 1] [--data FOLDER]

Both run as whole processes, one after the other. WER with the Whisper normaliser; CER for Chinese, Japanese and Korean.
`each`: every English clip by itself; `joined`: all of them in one long recording with gaps of 0.5 s, in as many random
orders as `--orders` says, because one order proves little; `languages`: the other languages, detected.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import jiwer
import numpy as np
import soundfile
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from studio import media
from studio.core.jobs import StopToken
from studio.services.studio import Studio

from .common import DATA, Clip, Cost, clips, python, run, table

ENGLISH, OTHERS = ("en",), ("es", "fr", "de", "it", "pt", "zh", "ja", "ko", "ru")
BY_CHARACTER = ("zh", "ja", "ko")
GAP = 0.5  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["whisper-tiny.en", "whisper-base"])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--sets", nargs="+", default=["each", "joined", "languages"])
    parser.add_argument("--orders", type=int, default=1)
    a = parser.parse_args()
    for model in a.models:
        folder = weights(model)
        if "each" in a.sets:
            print(f"\n## {model}: every English clip by itself\n")
            compare(clips(a.data, ENGLISH), model, folder)
        if "joined" in a.sets:
            print(f"\n## {model}: all English clips in one recording, {a.orders} orders\n")
            with tempfile.TemporaryDirectory() as tmp:
                compare(
                    [join(clips(a.data, ENGLISH), Path(tmp) / f"{n}.wav", n) for n in range(a.orders)], model, folder
                )
        if "languages" in a.sets and not model.endswith(".en"):
            print(f"\n## {model}: other languages, detected\n")
            by_language(clips(a.data, OTHERS), model, folder)


def weights(model: str) -> Path:
    """The folder of a model, fetched if need be so that neither side pays for it."""
    studio = Studio.open()
    for _ in studio.models.pull(model, StopToken()):
        pass
    studio.close()
    return studio.models.path(model)


def compare(files: list[Clip], model: str, folder: Path) -> None:
    theirs, their_cost = sequential(files, folder)
    ours, our_cost = transcribe(files, model)
    rows = []
    for name, texts, cost in (
        ("faster-whisper, sequential", theirs, their_cost),
        ("studio transcribe", ours, our_cost),
    ):
        rows.append([name, f"{error_rate(files, texts):.2f}", *costs(cost)])
    rows.append(["ratio", "", f"{our_cost.wall / their_cost.wall:.2f}", f"{our_cost.cpu / their_cost.cpu:.2f}", ""])
    table(["run", "WER %", "wall s", "CPU s", "peak MB of one process"], rows)


def by_language(files: list[Clip], model: str, folder: Path) -> None:
    theirs, their_cost = sequential(files, folder)
    ours, our_cost = transcribe(files, model)
    groups: dict[str, list[Clip]] = defaultdict(list)
    for clip in files:
        groups[clip.language].append(clip)
    rows = []
    for language, group in groups.items():
        heard = Counter(ours[c.path]["language"] for c in group)
        rows.append(
            [
                language,
                len(group),
                ", ".join(f"{k} {n}" for k, n in heard.most_common()),
                "CER" if language in BY_CHARACTER else "WER",
                f"{error_rate(group, theirs):.1f}",
                f"{error_rate(group, ours):.1f}",
            ]
        )
    table(["language", "clips", "detected", "measure", "faster-whisper %", "studio %"], rows)
    print(f"CPU: {our_cost.cpu:.1f} s, faster-whisper {their_cost.cpu:.1f} s\n")


def transcribe(files: list[Clip], model: str) -> tuple[dict[Path, dict[str, str]], Cost]:
    """`studio transcribe` in one process, in a home of its own that shares the weights."""
    with tempfile.TemporaryDirectory() as tmp:
        home, out = Path(tmp) / "home", Path(tmp) / "out"
        home.mkdir()
        studio = Studio.open()
        (home / "models").symlink_to(studio.home.models)
        studio.close()
        paths = []
        for number, clip in enumerate(files):  # many clips have the same name
            paths.append(str(Path(tmp) / f"{number:04}{clip.path.suffix}"))
            Path(paths[-1]).symlink_to(clip.path)
        command = ["-m", "studio", "transcribe", *paths, "--output", str(out), "--format", "json", "--model", model]
        cost = run(python(*command, "--speakers", "off"), {"STUDIO_HOME": str(home)})
        return {c.path: json.loads((out / f"{n:04}.json").read_text("utf-8")) for n, c in enumerate(files)}, cost


def sequential(files: list[Clip], folder: Path) -> tuple[dict[Path, dict[str, str]], Cost]:
    """faster-whisper as its documentation shows it, with word times, beam 5, int8."""
    with tempfile.TemporaryDirectory() as tmp:
        wanted, out = Path(tmp) / "files.json", Path(tmp) / "texts.json"
        wanted.write_text(json.dumps([str(c.path) for c in files]), "utf-8")
        cost = run(python("-c", _SEQUENTIAL, str(folder), str(wanted), str(out)))
        texts = json.loads(out.read_text("utf-8"))
        return {c.path: texts[str(c.path)] for c in files}, cost


_SEQUENTIAL = """
import json, sys
from faster_whisper import WhisperModel
model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8")
texts = {}
for path in json.load(open(sys.argv[2])):
    segments, info = model.transcribe(path, beam_size=5, word_timestamps=True)
    texts[path] = {"text": "".join(s.text for s in segments), "language": info.language}
json.dump(texts, open(sys.argv[3], "w"))
"""


def error_rate(files: list[Clip], texts: dict[Path, dict[str, str]]) -> float:
    """Errors over all clips, per cent of reference words (characters for Chinese, Japanese, Korean)."""
    english = EnglishTextNormalizer()
    pairs = []
    for clip in files:
        by_character = clip.language in BY_CHARACTER
        tidy = english if clip.language == "en" else BasicTextNormalizer(split_letters=by_character)
        reference, heard = tidy(clip.text), tidy(texts[clip.path]["text"])
        if reference.strip():
            pairs.append((reference, heard))
    return 100 * jiwer.wer([r for r, _ in pairs], [h for _, h in pairs])


def join(files: list[Clip], target: Path, order: int) -> Clip:
    """All clips in one recording, with short gaps, the texts joined; order 0 is that of the manifest."""
    files = list(files)
    if order:
        random.Random(order).shuffle(files)
    gap = np.zeros(int(GAP * 16000), np.int16)
    with soundfile.SoundFile(target, "w", 16000, 1, "PCM_16") as joined, tempfile.TemporaryDirectory() as tmp:
        for clip in files:
            wav = Path(tmp) / "clip.wav"
            for _ in media.decode(clip.path, wav, None, track=0, stop=StopToken()):
                pass
            joined.write(soundfile.read(wav, dtype="int16")[0])
            joined.write(gap)
        seconds = joined.tell() / 16000
    return Clip(target, seconds, "en", " ".join(c.text for c in files))


def costs(cost: Cost) -> list[str]:
    return [f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.peak:.0f}"]


if __name__ == "__main__":
    main()
