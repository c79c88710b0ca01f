"""Two windows and a job change one transcript, the disk is full at times: no word is lost and no id given twice."""

from __future__ import annotations

import random
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from studio.core import edits
from studio.core.edits import Edit, apply, order
from studio.core.errors import ConflictError, StorageError, UsageError
from studio.core.jobs import JobOptions
from studio.core.profiles import DEFAULT
from studio.core.reflow import reflow
from studio.core.replace import Query, replace_all
from studio.core.speakers import merge_speakers, remove_unused, split_off, swap
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Turn, Word, join_words
from studio.library import Home
from studio.services.editing import EditSession, settle
from studio.services.studio import Studio
from studio.services.transcribe import labelled

WHO = st.integers(0, 1)
KINDS = ("type", "split", "merge", "flag", "comment", "insert", "give", "rename", "new", "swap", "merge speakers")
KINDS += ("remove unused", "times", "re-flow", "replace")


class Window:
    """What the desk of a window does with its session."""

    def __init__(self, studio: Studio, id: int) -> None:
        self.studio, self.id = studio, id
        self.open()

    def open(self) -> None:
        self.session = EditSession(self.studio, self.id)
        self.shown = self.session.read()

    def do(self, edit: Edit | None) -> None:
        if edit and edit.changes:
            self.shown = apply(self.shown, edit)
            self.session.do(edit)

    def save(self) -> bool:
        try:
            try:
                self.session.save()
            except ConflictError:
                self.shown, _ = self.session.make_again()
                self.session.save()
        except StorageError:
            return False
        return True


def change(shown: Transcript, kind: str, pick: random.Random) -> Edit | None:
    """None of these takes a word away."""
    segments, speakers = shown.segments, shown.speakers
    row = pick.randrange(len(segments))
    segment, fresh = segments[row], next(edits.fresh_ids(segments))
    some = pick.sample(segments, min(2, len(segments)))
    if kind in ("give", "rename", "swap", "merge speakers") and not speakers:
        return None
    match kind:
        case "split":
            places = [n + 1 for n, char in enumerate(segment.text) if char.isspace()]
            return edits.split(segment, pick.choice(places or [0]), fresh)
        case "merge":
            return edits.merge(segments[row : row + 2])
        case "flag":
            return edits.flag(some)
        case "comment":
            return edits.comment(segment, f"note {pick.randrange(100)}")
        case "insert":
            return edits.insert(segment.end, segment.end + 500, fresh)
        case "give":
            return edits.relabel(shown, some, pick.choice(speakers).id)
        case "rename":
            return edits.rename_speaker(shown, pick.choice(speakers).id, f"Name {pick.randrange(100)}")
        case "new":
            return split_off(shown, [segment.id], f"Person {pick.randrange(100)}")
        case "swap":
            return swap(shown, pick.choice(speakers).id, pick.choice(speakers).id)
        case "merge speakers":
            return merge_speakers(shown, [pick.choice(speakers).id], pick.choice(speakers).id)
        case "remove unused":
            return remove_unused(shown)
        case "times":
            start, end = segment.start + pick.randrange(-600, 600), segment.end + pick.randrange(-600, 600)
            return edits.set_times(segments, row, max(0, start), end, pick.random() < 0.5)
        case "replace":
            return replace_all(shown, Query("t"), "r")
        case _:
            return reflow(shown, DEFAULT)


class TwoWindowsAndAJob(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.studio = Studio.open(Home(Path(self.folder.name) / "home").prepared())
        job = self.studio.library.jobs.add("/a.wav", "a.wav", "content", 90_000, "cpu", JobOptions())
        self.store = self.studio.library.transcripts
        self.id = self.store.create(Source(duration=90_000), EngineInfo(), job.id)
        self.heard, self.told_apart = 0, False
        self.hear(3)
        self.windows = [Window(self.studio, self.id), Window(self.studio, self.id)]

    def hear(self, count: int) -> tuple[Segment, ...]:
        said = []
        for n in range(self.heard, self.heard + count):
            words = [Word(f"w{n}_{i}", n * 3000 + i * 500, n * 3000 + i * 500 + 400, 0.5) for i in range(3)]
            said.append(Segment.from_words(words))
        self.heard += count
        return self.store.append(self.id, said, self.heard * 3000)

    @precondition(lambda self: not self.told_apart)
    @rule()
    def arrive(self) -> None:
        arrived = self.hear(1)
        for window in self.windows:
            window.shown = window.shown.with_segments(sorted([*window.shown.segments, *arrived], key=order))
        self.check()

    @precondition(lambda self: not self.told_apart)
    @rule(cuts=st.sets(st.integers(1, 20), max_size=6))
    def tell_speakers_apart(self, cuts: set[int]) -> None:
        at = [0, *(cut * 777 for cut in sorted(cuts)), 90_000]
        turns = [Turn(start, end, "AB"[n % 2]) for n, (start, end) in enumerate(pairwise(at))]
        try:
            settle(self.id)
            self.store.relabel(self.id, lambda now: labelled(now, turns), EngineInfo(speakers="x"))
        except StorageError:
            return
        self.told_apart = True
        self.restart(0)

    @rule(who=WHO, kind=st.sampled_from(KINDS), seed=st.integers(0, 10**6))
    def edit(self, who: int, kind: str, seed: int) -> None:
        window, pick = self.windows[who], random.Random(seed)
        if kind == "type":
            segment = pick.choice(window.shown.segments)
            edit = window.session.type_text(segment, f"{segment.text} t{seed % 100}".strip())
            window.shown = apply(window.shown, edit)
        else:
            try:
                window.do(change(window.shown, kind, pick))
            except UsageError:
                return
        self.check()

    @rule(who=WHO, back=st.booleans())
    def turn(self, who: int, back: bool) -> None:
        window = self.windows[who]
        try:
            edit = window.session.undo() if back else window.session.redo()
        except ConflictError:
            self.restart(who)
        else:
            window.shown = apply(window.shown, edit) if edit else window.shown
        self.check()

    @rule(who=WHO)
    def save(self, who: int) -> None:
        self.windows[who].save()
        self.check()

    @rule(who=WHO)
    def restart(self, who: int) -> None:
        if self.windows[who].save():
            self.windows[who].open()
        self.check()

    @rule(full=st.booleans())
    def disk(self, full: bool) -> None:
        with self.studio.library.database.read() as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0] if full else 1_000_000
            db.execute(f"PRAGMA max_page_count={pages}")

    def check(self) -> None:
        for window in self.windows:
            segments = window.shown.segments
            assert len({s.id for s in segments}) == len(segments)
            for segment in segments:
                assert segment.start <= segment.end
                assert not segment.words or segment.text == join_words(segment.words)
                assert all(w.start <= w.end for w in segment.words)

    def teardown(self) -> None:
        self.disk(False)
        for window in (*self.windows, self.windows[0]):
            assert window.save()
        stored = self.store.get(self.id)
        assert stored
        said = {word for segment in stored.segments for word in segment.text.split() if word.startswith("w")}
        assert said == {f"w{n}_{i}" for n in range(self.heard) for i in range(3)}
        self.windows[0].open()
        window = self.windows[0]
        steps = 0
        while edit := window.session.undo():
            window.shown, steps = apply(window.shown, edit), steps + 1
        self.check()
        assert window.session.read() == window.shown
        for _ in range(steps):
            edit = window.session.redo()
            assert edit
            window.shown = apply(window.shown, edit)
        assert window.session.read() == window.shown == stored
        self.studio.close()
        self.folder.cleanup()


TestTwoWindowsAndAJob = TwoWindowsAndAJob.TestCase
TestTwoWindowsAndAJob.settings = settings(
    max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
pytestmark = pytest.mark.slow
