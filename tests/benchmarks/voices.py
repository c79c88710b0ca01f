"""How alike voices are, of one person and of two, and how many passages given to the wrong person are found.

    python -m tests.benchmarks.voices [--data FOLDER] [--models FOLDER]

Every clip of the speech set is one recording; its speaker is in the manifest. People are compared across clips, by the
length of the shorter one. The conversations in `speakers` are cut in two halves, each person's speech of one half
against everybody's of the other: far microphones, people who talk at once. For the passages, conversations are made of
the clips, and every tenth passage is given to somebody else; in the real conversations each passage in turn.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from pyannote.database.util import load_rttm

from studio import media
from studio.core.jobs import StopToken
from studio.core.transcript import Segment
from studio.engines.local.voices import Vector, VoiceReader
from studio.library import Home
from studio.models import ModelStore
from studio.services.voices import ALIKE, CLEAR, LEAD, MODEL, _doubtful, _talked_over

from .common import DATA, table

LENGTHS = ((1.5, 3), (3, 5), (5, 10), (10, 100))  # seconds
Pair = tuple[float, float, bool, str]  # likeness, seconds of the shorter, one person, who


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--models", type=Path, default=Home.default().models)
    a = parser.parse_args()
    models = ModelStore(a.models)
    for _ in models.pull(MODEL, StopToken()):
        pass
    with VoiceReader(models.path(MODEL) / "campplus_cn_en_common.pt") as reader, tempfile.TemporaryDirectory() as tmp:
        clips = read_clips(a.data / "speech", reader, Path(tmp))
        pairs = [
            (float(one @ two), min(long, other), who == whose, f"{name} / {named}")
            for (who, name, long, one), (whose, named, other, two) in itertools.combinations(clips, 2)
        ]
        report("clips", pairs)
        report("halves of conversations", halves(a.data / "speakers", reader, Path(tmp)))
        rows = [*made_up(clips), *conversations(a.data / "speakers", reader, Path(tmp))]
    table(["conversation", f"wrong passages found (lead {LEAD})", "false alarms"], rows)


def read_clips(data: Path, reader: VoiceReader, tmp: Path) -> list[tuple[str, str, float, Vector]]:
    found = []
    with (data / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            known = row["speaker"] and "+" not in row["speaker"]
            if not known or float(row["seconds"] or 0) < LENGTHS[0][0]:
                continue
            length = decoded(data / row["path"], tmp / "clip.wav")
            voices = reader.voices(tmp / "clip.wav", {"": [(0, min(length, 60_000))]}, StopToken())
            found.append((row["speaker"], row["path"], length / 1000, voices[""]))
    return found


def decoded(path: Path, target: Path) -> int:
    for _ in media.decode(path, target, None, stop=StopToken()):
        pass
    return media.wav_duration(target)


def halves(data: Path, reader: VoiceReader, tmp: Path) -> list[Pair]:
    pairs = list[Pair]()
    for truth in sorted(data.rglob("*.rttm")):
        audio = truth.with_suffix(".wav")
        if not audio.exists():
            continue
        length = decoded(audio, tmp / "talk.wav")
        (turns,) = load_rttm(truth).values()
        ranges: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for turn, _, who in turns.itertracks(yield_label=True):
            middle = round((turn.start + turn.end) * 500)
            ranges[f"{'ab'[middle > length / 2]} {who}"].append((round(turn.start * 1000), round(turn.end * 1000)))
        voices = reader.voices(tmp / "talk.wav", ranges, StopToken())
        for one, two in itertools.combinations(voices, 2):
            if one[0] != two[0]:
                seconds = min(sum(end - start for start, end in ranges[id]) for id in (one, two)) / 1000
                pairs.append(
                    (float(voices[one] @ voices[two]), seconds, one[2:] == two[2:], f"{truth.stem} {one}/{two}")
                )
    return pairs


def report(title: str, pairs: list[Pair]) -> None:
    print(f"{title}\n")
    rows = []
    for low, high in LENGTHS:
        for same in (True, False):
            likeness = sorted(p[0] for p in pairs if low <= p[1] < high and p[2] == same)
            if likeness:
                spread = [f"{np.quantile(likeness, q):.2f}" for q in (0, 0.05, 0.5, 0.95, 1)]
                wrong = sum((x >= ALIKE) != same for x in likeness)
                rows.append([f"{low} to {high} s", "one" if same else "two", len(likeness), *spread, wrong])
    table(["shorter", "people", "pairs", "least", "5 %", "median", "95 %", "most", f"wrong at {ALIKE}"], rows)
    wrong_pairs = [p for p in pairs if p[1] >= 5 and (p[0] >= ALIKE) != p[2]]
    for likeness, seconds, same, who in sorted(wrong_pairs, reverse=True):
        print(f"  {'missed' if same else 'mistaken'}: {likeness:.2f}, {seconds:.0f} s, {who}")
    print()


def made_up(clips: list[tuple[str, str, float, Vector]]) -> list[list[object]]:
    """Conversations of two to four readers; every tenth passage is given to the next speaker."""
    people: dict[str, list[tuple[float, Vector]]] = defaultdict(list)
    for who, _, seconds, vector in clips:
        if seconds * 1000 >= CLEAR:
            people[who].append((seconds, vector))
    readers = [who for who in people if len(people[who]) >= 5]
    rows = list[list[object]]()
    for many in (2, 3, 4):
        wrong = found = false = right = 0
        for group in itertools.combinations(readers, many):
            heard = []
            for n, (who, (seconds, vector)) in enumerate((w, clip) for w in group for clip in people[w]):
                given = group[(group.index(who) + 1) % many] if n % 10 == 3 else who
                heard.append((Segment(0, round(seconds * 1000), who, speaker=given, id=n), vector))
            truth = {s.id: (s.text, s.speaker) for s, _ in heard}
            doubts = _doubtful(heard)
            hits = sum(truth[d.segment_id][0] == d.other for d in doubts)
            given_away = sum(true != given for true, given in truth.values())
            wrong, found = wrong + given_away, found + hits
            false, right = false + len(doubts) - hits, right + len(truth) - given_away
        rows.append([f"{many} readers, each group", f"{found} of {wrong}", f"{false} of {right}"])
    return rows


def conversations(data: Path, reader: VoiceReader, tmp: Path) -> list[list[object]]:
    """Real ones: each judged passage is given to every other speaker in turn."""
    rows = list[list[object]]()
    for truth in sorted(data.rglob("*.rttm")):
        if not truth.with_suffix(".wav").exists():
            continue
        decoded(truth.with_suffix(".wav"), tmp / "talk.wav")
        (turns,) = load_rttm(truth).values()
        said = [
            Segment(round(t.start * 1000), round(t.end * 1000), who, speaker=who, id=n)
            for n, (t, _, who) in enumerate(turns.itertracks(yield_label=True))
        ]
        judged = [s for n, s in enumerate(said) if s.end - s.start >= CLEAR and not _talked_over(said, n)]
        voices = reader.voices(tmp / "talk.wav", {str(s.id): [(s.start, s.end)] for s in judged}, StopToken())
        heard = [(s, voices[str(s.id)]) for s in judged]
        tries = [(n, other) for n, s in enumerate(judged) for other in {s.speaker for s in judged} - {s.speaker}]
        hits = 0
        for n, other in tries:
            given = [(s._replace(speaker=other) if m == n else s, v) for m, (s, v) in enumerate(heard)]
            hits += any(d.segment_id == judged[n].id and d.other == judged[n].speaker for d in _doubtful(given))
        people = len({s.speaker for s in judged})
        alarms = len(_doubtful(heard)) if people > 1 else 0
        rows.append([f"{truth.stem}, {people} people", f"{hits} of {len(tries)}", f"{alarms} of {len(judged)}"])
    return rows


if __name__ == "__main__":
    main()
