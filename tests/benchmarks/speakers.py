"""Diarization errors of the turns and of the finished segments, and what both cost.

    python -m tests.benchmarks.speakers [--data FOLDER] [--models FOLDER] [--speech MODEL] [--long MINUTES]

The half minute that pyannote.audio ships is always there; `--data` adds the recordings of a folder with `*.wav` beside
`*.rttm`. DER is pyannote.metrics', over the whole file, overlapping speech included; "±0.25 s" leaves that much out
around each true border. A segment lasts from its first word to its last. Where the truth is only who said which word
(`*.json`), wrong words are counted instead. `--long` repeats the recordings for memory and time on a long file.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import re
import tempfile
import time
import wave
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import psutil
from pyannote.core import Annotation
from pyannote.core import Segment as Stretch
from pyannote.database.util import load_rttm
from pyannote.metrics.diarization import DiarizationErrorRate

from studio import media
from studio.core.align import Cutter, label
from studio.core.jobs import StopToken
from studio.core.transcript import Segment, Turn, Word
from studio.engines.base import Heard, SpeechRequest, Turns
from studio.engines.local.speakers import Pyannote
from studio.engines.local.speech import FasterWhisper
from studio.library import Home
from studio.models import ModelStore

from .common import DATA, table


@dataclass
class Result:
    truth: Path
    seconds: float
    turns: tuple[Turn, ...]
    cpu: float = 0.0
    peak: float = 0.0  # MB
    wall: float = 0.0
    segments: list[Segment] = field(default_factory=list)
    label_ms: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA / "speakers")
    parser.add_argument("--models", type=Path, default=Home.default().models)
    parser.add_argument("--speech", default="whisper-base")
    parser.add_argument("--long", type=int, default=0, metavar="MINUTES")
    a = parser.parse_args()
    models = ModelStore(a.models)
    for id in ("segmentation-3.0", "campplus-zh-en", a.speech):
        for _ in models.pull(id, StopToken()):
            pass
    with tempfile.TemporaryDirectory() as tmp:
        wavs = [(truth, decoded(audio, Path(tmp) / f"{n}.wav")) for n, (audio, truth) in enumerate(pairs(a.data))]
        if a.long:
            lengthy(wavs, models, Path(tmp), a.long)
            return
        results = [diarized(diarizer, truth, wav) for diarizer in [warm(models, Path(tmp))] for truth, wav in wavs]
        speech = FasterWhisper(models.path(a.speech), "cpu")
        for result, (_, wav) in zip(results, wavs, strict=True):
            recognise(result, speech, wav)
        speech.close()
    report(results)


def pairs(data: Path) -> list[tuple[Path, Path]]:
    """(recording, truth) of the packaged sample and of all recordings below the folder."""
    spec = importlib.util.find_spec("pyannote.audio")
    assert spec is not None
    assert spec.origin is not None
    sample = Path(spec.origin).parent / "sample" / "sample.wav"
    found = [(sample, sample.with_suffix(".rttm"))]
    for audio in sorted(data.rglob("*.wav")):
        found += [(audio, truth) for s in (".rttm", ".json") if (truth := audio.with_suffix(s)).exists()]
    return found


def decoded(audio: Path, target: Path) -> Path:
    for _ in media.decode(audio, target, None, stop=StopToken()):
        pass
    return target


def warm(models: ModelStore, tmp: Path) -> Pyannote:
    """The diarizer with its models loaded, so that loading is not counted as work."""
    diarizer = Pyannote(
        models.path("segmentation-3.0") / "pytorch_model.bin",
        models.path("campplus-zh-en") / "campplus_cn_en_common.pt",
        community=None,
        device="cpu",
    )
    with wave.open(str(tmp / "silence.wav"), "wb") as file:
        file.setparams((1, 2, media.SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(bytes(2 * media.SAMPLE_RATE))
    list(diarizer.diarize(tmp / "silence.wav", None, StopToken()))
    return diarizer


def diarized(diarizer: Pyannote, truth: Path, wav: Path) -> Result:
    (process,) = (child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline()))
    result = Result(truth, media.wav_duration(wav) / 1000, ())
    before, started = process.cpu_times(), time.perf_counter()
    for event in diarizer.diarize(wav, None, StopToken()):
        memory = process.memory_full_info()
        result.peak = max(result.peak, memory.uss / 1e6)
        if isinstance(event, Turns):
            result.turns = event.turns
    after = process.cpu_times()
    result.cpu = after.user + after.system - before.user - before.system
    result.wall = time.perf_counter() - started
    return result


def recognise(result: Result, speech: FasterWhisper, wav: Path) -> None:
    cutter, segments = Cutter(), list[Segment]()
    for event in speech.transcribe(SpeechRequest(wav), StopToken()):
        if isinstance(event, Heard):
            segments += cutter.feed(event.words)
    segments += cutter.flush()
    started = time.perf_counter()
    result.segments = label(segments, result.turns)
    result.label_ms = (time.perf_counter() - started) * 1000


def report(results: list[Result]) -> None:
    rows = []
    for r in results:
        name = f"{r.truth.parent.name}/{r.truth.stem}"
        cost = [f"{r.label_ms:.1f}", f"{r.cpu / r.seconds:.3f}", f"{r.peak:.0f}"]
        if r.truth.suffix == ".json":
            wrong, of, speakers = wrong_words(r.truth, r.segments)
            found = len({turn.speaker for turn in r.turns})
            rows.append([name, f"{speakers} / {found}", f"{wrong} of {of} words wrong", "", "", "", "", *cost])
            continue
        (truth,) = load_rttm(r.truth).values()
        turns, segments = annotation(r.turns), annotation(r.segments)
        rates = [error_rate(r, truth, turns), error_rate(r, truth, turns, 0.25), wrong_speaker(r, truth, turns)]
        rates += [error_rate(r, truth, segments), wrong_speaker(r, truth, segments)]
        rows.append([name, f"{len(truth.labels())} / {len(turns.labels())}", *(f"{x:.1f}" for x in rates), *cost])
    table(
        ["recording", "speakers true / found", "DER % turns", "±0.25 s", "of it wrong speaker", "DER % segments",
         "of it wrong speaker", "label ms", "CPU s per s", "peak MB"],
        rows,
    )  # fmt: skip


def annotation(pieces: Iterable[Turn | Segment]) -> Annotation:
    heard = Annotation()
    for number, piece in enumerate(pieces):
        heard[Stretch(piece.start / 1000, piece.end / 1000), number] = piece.speaker or "nobody"
    return heard


def error_rate(result: Result, truth: Annotation, heard: Annotation, around: float = 0.0) -> float:
    metric = DiarizationErrorRate(collar=2 * around)  # pyannote's collar is the sum of both sides
    return 100 * float(metric(truth, heard, uem=Stretch(0, result.seconds)))


def wrong_speaker(result: Result, truth: Annotation, heard: Annotation) -> float:
    """The part of the DER that is speech given to somebody else; the rest is speech missed or invented."""
    parts = DiarizationErrorRate()(truth, heard, uem=Stretch(0, result.seconds), detailed=True)
    return 100 * float(parts["confusion"]) / float(parts["total"])


def wrong_words(truth: Path, segments: Sequence[Segment]) -> tuple[int, int, int]:
    """Words recognised right but given to the wrong speaker, of how many recognised right, and the true speakers."""
    said = [(w["word"], w["speaker_tag"]) for w in json.loads(truth.read_text(encoding="utf-8"))["words"]]
    heard = [(plain(word), segment.speaker) for segment in segments for word in segment.words]
    matcher = SequenceMatcher(None, [word for word, _ in said], [word for word, _ in heard], autojunk=False)
    both = Counter(
        (said[block.a + n][1], heard[block.b + n][1])
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
    )
    true, found = sorted({t for t, _ in both}), sorted({str(f) for _, f in both})
    found += ["nobody"] * max(0, len(true) - len(found))
    right = max(
        sum(both[pair] for pair in zip(true, order, strict=False))
        for order in itertools.permutations(found, min(len(true), len(found)))
    )
    return both.total() - right, both.total(), len({tag for _, tag in said})


def plain(word: Word) -> str:
    return re.sub(r"[^\w']", "", word.text).lower()


def lengthy(wavs: list[tuple[Path, Path]], models: ModelStore, tmp: Path, minutes: int) -> None:
    """Time and memory of the diarizer on the recordings, one after the other, again and again."""
    sound = []
    for _, path in wavs:
        with wave.open(str(path)) as file:
            sound.append(file.readframes(file.getnframes()))
    with wave.open(str(tmp / "long.wav"), "wb") as file:
        file.setparams((1, 2, media.SAMPLE_RATE, 0, "NONE", ""))
        for piece in itertools.cycle(sound):
            file.writeframes(piece)
            if file.tell() >= minutes * 60 * media.SAMPLE_RATE:
                break
    r = diarized(warm(models, tmp), tmp / "long.wav", tmp / "long.wav")
    found = len({turn.speaker for turn in r.turns})
    row = [f"{r.seconds / 60:.0f}", found, len(r.turns), f"{r.wall:.0f}", f"{r.cpu / r.seconds:.3f}", f"{r.peak:.0f}"]
    table(["minutes", "speakers found", "turns", "wall s", "CPU s per s", "peak MB"], [row])


if __name__ == "__main__":
    main()
