"""Full-text search over a large library: 10,000 transcripts, 500,000 passages of words as frequent as in real speech.

Run: python -m tests.benchmarks.library [--transcripts 10000] [--segments 50] [--rounds 15]. Needs no models and half a
GB of temporary space. Prints how long searches take, how large and how slow to build the index is, and what it adds
to the storing of an edit.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from studio.core.edits import set_text
from studio.core.jobs import JobOptions
from studio.core.transcript import Segment, Word
from studio.library import Home, Library, rows
from studio.library.database import MIGRATIONS

from .common import table

_TALK = (
    "the and I to of a you that it in was is have so we but they on for like know this what with there just be one at "
    "not all my about are do out up had think then were because can when people from time if would really get he she"
)
_PARTS = "ba do ker lin mos ta ren sil vu gor pha ne quo stra mel ti dan hol zer wick"
_COMMON, _SYLLABLES = _TALK.split(), _PARTS.split()
_LIMIT = 50  # milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transcripts", type=int, default=10_000)
    parser.add_argument("--segments", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=15)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Home(Path(folder)).prepared())
        try:
            measure(library, a.transcripts, a.segments, a.rounds)
        finally:
            library.close()


def measure(library: Library, transcripts: int, segments: int, rounds: int) -> None:
    """Print all figures."""
    started = time.perf_counter()
    fill(library, transcripts, segments)
    print(
        f"{transcripts} transcripts, {transcripts * segments} passages, stored in {time.perf_counter() - started:.0f} s"
    )
    print(f"index of an older library made in {index_anew(library):.1f} s")
    print_sizes(library)
    words = vocabulary()
    chance = random.Random(3)
    searches: dict[str, Callable[[], str]] = {
        "rare word": lambda: chance.choice(words[5_000:]) + " ",
        "word of the middle": lambda: chance.choice(words[300:1_000]) + " ",
        "the commonest words": lambda: chance.choice(_COMMON[:5]) + " ",
        "two words, common": lambda: " ".join(chance.sample(_COMMON[:20], 2)) + " ",
        "two words, common and rare": lambda: f"{chance.choice(_COMMON[:20])} {chance.choice(words[3_000:])} ",
        "two quoted words": lambda: f'"{chance.choice(_COMMON[:8])} {chance.choice(_COMMON[:8])}"',
        "beginning of two letters": lambda: chance.choice(_SYLLABLES)[:2],
        "beginning of three letters": lambda: chance.choice(words[200:])[:3],
        "beginning of four letters": lambda: chance.choice(words[200:])[:4],
        "missing word": lambda: "xylophonist ",
        "common and missing word": lambda: "the xylophonist ",
    }
    found = []
    for what, text in searches.items():
        library.search.search(text())
        took_ms, hits = [], 0
        for _ in range(rounds):
            query = text()
            started = time.perf_counter()
            hits = max(hits, len(library.search.search(query)))
            took_ms.append(1000 * (time.perf_counter() - started))
        found.append([what, _LIMIT, *spread(took_ms), hits])
    table(["search, ms", "at most", "median", "p95", "largest", "most hits"], found)
    measure_edits(library, rounds)


def spread(took: list[float]) -> list[str]:
    ordered = sorted(took)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return [f"{v:.1f}" for v in (statistics.median(took), p95, ordered[-1])]


def measure_edits(library: Library, rounds: int) -> None:
    """Storing a typed letter with the index and, its triggers gone, without it."""
    transcript = library.transcripts.get(1)
    assert transcript
    typed = set_text(transcript.segments[3], f"{transcript.segments[3].text} x")
    revision, step, found = library.transcripts.revision(1), 0, []
    for what in ("with the index", "without"):
        if what == "without":
            with library.database.write() as db:
                for trigger in ("added", "gone", "reworded"):
                    db.execute(f"DROP TRIGGER segment_{trigger}")
        took_ms = []
        for edit in [typed, typed.inverse()] * 5 * rounds:
            step += 1
            started = time.perf_counter()
            revision = library.transcripts.record(1, revision, {step: edit})
            took_ms.append(1000 * (time.perf_counter() - started))
        found.append([what, *spread(took_ms)])
    table(["storing an edit, ms", "median", "p95", "largest"], found)


def print_sizes(library: Library) -> None:
    with library.database.read() as db:
        sizes = {
            name: round(size / 1e6)
            for name, size in db.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 4")
        }
    index = sum(size for name, size in sizes.items() if name.startswith("segment_words"))
    print(f"library {library.database.path.stat().st_size / 1e6:.0f} MB, of it the index {index} MB")


def vocabulary() -> list[str]:
    """20,000 words, the most frequent first."""
    made = ("".join(parts) for parts in itertools.product(_SYLLABLES, repeat=4))
    rare = list(itertools.islice(made, 0, 160_000, 8))
    random.Random(1).shuffle(rare)
    return [*_COMMON, *rare[: 20_000 - len(_COMMON)]]


def fill(library: Library, transcripts: int, segments: int) -> None:
    """Finished jobs with transcripts."""
    options = rows.options_to(JobOptions())
    numbers = range(1, transcripts + 1)
    with library.database.write() as db:
        db.executemany("INSERT INTO transcript (id, source, engine) VALUES (?, '{}', '{}')", ((n,) for n in numbers))
        db.executemany(
            "INSERT INTO job (id, position, path, name, content_id, options, resource, state, transcript_id)"
            " VALUES (?1, ?1, '', ?2, ?2, ?3, 'cpu', 'done', ?1)",
            ((n, f"Recording {n}.wav", options) for n in numbers),
        )
        db.executemany(
            f"INSERT INTO segment (transcript_id, {rows.SEGMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            made_segments(transcripts, segments),
        )


def index_anew(library: Library) -> float:
    """What opening an older library does; returns seconds."""
    with library.database.write() as db:
        db.execute("INSERT INTO segment_words (segment_words) VALUES ('delete-all')")
        script = next(script for script in MIGRATIONS if "segment_words" in script)
        started = time.perf_counter()
        db.execute(next(part for part in script.split(";") if "FROM segment ORDER BY" in part))
    return time.perf_counter() - started


def made_segments(transcripts: int, segments: int) -> Iterator[tuple[object, ...]]:
    words = vocabulary()
    weights = list(itertools.accumulate(1 / (n + 3) for n in range(len(words))))
    chance = random.Random(2)
    for transcript in range(1, transcripts + 1):
        for n in range(segments):
            texts = chance.choices(words, cum_weights=weights, k=chance.randint(5, 18))
            start = 5_000 * n
            spoken = [Word(t, start + 300 * i, start + 300 * i + 250, 0.9) for i, t in enumerate(texts)]
            yield (transcript, *rows.segment_to(Segment.from_words(spoken, None, n + 1)))


if __name__ == "__main__":
    main()
