"""The second opinion: another transcript of the same recording, and what is decided between the two.

All functions may be called from any thread; `Decisions` belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from studio.core.compare import Comparison, Keep, compare
from studio.core.decisions import accept, decided
from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.jobs import UNFINISHED, Job, JobOptions, JobState
from studio.core.languages import LANGUAGES
from studio.core.retext import retext
from studio.core.transcript import Segment, Transcript, join_words

from . import export, queue
from .hearing import HearOptions
from .studio import Studio


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another job on the same recording."""

    job: Job
    title: str  # "whisper-base"
    about: str  # "German, ready"

    @property
    def ready(self) -> bool:
        return self.job.transcript_id is not None and self.job.state is JobState.DONE


def candidates(studio: Studio, job: Job) -> list[Candidate]:
    """Other jobs on the recording of `job`, those that are done first; unfinished ones can be waited for."""
    same = [
        _candidate(other)
        for other in studio.library.jobs.all()
        if other.content_id == job.content_id and other.id != job.id and other.options.again is None
    ]
    usable = [c for c in same if c.ready or c.job.state in UNFINISHED]
    return sorted(usable, key=lambda c: (not c.ready, -c.job.id))


def _candidate(job: Job) -> Candidate:
    options = job.options
    facts = ["Language detected" if options.language == "auto" else LANGUAGES.get(options.language, options.language)]
    if options.task == "translate":
        facts.append("translated to English")
    if options.vocabulary:
        facts.append("with names and terms")
    facts.append({JobState.DONE: "ready", JobState.RUNNING: "being written"}.get(job.state, job.state.value))
    where = [options.account] if options.account else []
    return Candidate(job, options.model or options.account or job.name, ", ".join(where + facts))


def load(studio: Studio, job: Job) -> Transcript:
    """The transcript of another job. Raises UsageError when it has none."""
    transcript = studio.library.transcripts.get(job.transcript_id) if job.transcript_id is not None else None
    if transcript is None or not transcript.segments:
        raise UsageError(f"“{job.name}” has no text by {job.options.model} yet.", "Wait until that job is done.")
    return transcript


def from_file(path: Path) -> Transcript:
    """A transcript or subtitle file as the second opinion. Raises FormatError, StorageError, UsageError."""
    transcript = export.read_file(path).transcript
    if not transcript.segments:
        raise UsageError(f"“{path.name}” holds no text.", "Choose another file.")
    return transcript


def remember(studio: Studio, transcript_id: int, source: Job | Path) -> None:
    """Keep with a transcript what it is compared with."""
    kept = {"file": str(source)} if isinstance(source, Path) else {"job": source.id}
    studio.library.transcripts.set_opinion(transcript_id, kept)


def remembered(studio: Studio, transcript_id: int) -> Job | Path | None:
    """What a transcript was compared with last; None for nothing, and for a job that was removed."""
    kept = studio.library.transcripts.opinion(transcript_id) or {}
    if "file" in kept:
        return Path(kept["file"])
    job = studio.library.jobs.get(kept["job"]) if "job" in kept else None
    return job if job and (job.transcript_id is not None or job.state in UNFINISHED) else None


def order(job: Job, options: HearOptions) -> JobOptions:
    """The options of a job for another engine's opinion. Raises UsageError where it would be the same once more."""
    wanted = replace(
        job.options,
        account=options.account,
        model=options.model,
        language=options.language,
        task=options.task,
        vocabulary=options.vocabulary,
    )
    if wanted == job.options:
        raise UsageError("That is what made this transcript.", "Choose another model, language or names and terms.")
    return wanted


def ask_for(studio: Studio, job: Job, options: HearOptions) -> Job:
    """Queue the recording of `job` for another engine's opinion; one that was asked for before is not done again.

    It is remembered as what the transcript is compared with. Raises MediaError when the recording is gone, UsageError
    for options that cannot work.
    """
    other = queue.again(studio, job, order(job, options))
    if job.transcript_id is not None:
        remember(studio, job.transcript_id, other)
    return other


@dataclass(frozen=True, slots=True)
class _State:
    """What a passage has been, and what was decided in it then."""

    segment: Segment | None
    choices: dict[int, Keep]
    typed: bool = False


class Decisions:
    """What is decided so far between the transcript as it was (`comparison.left`) and the second opinion.

    Each decision is an Edit of the left transcript, and is read back from it: what is undone is open again. Left words
    that were kept or typed by the user have no confidence, so they count as decided when two are compared again.
    """

    def __init__(self, left: Transcript, right: Transcript, ignore_marks: bool = True) -> None:
        self.right = right
        self.ignore_marks = ignore_marks
        self._start(compare(left, right, ignore_marks))

    def _start(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.typed: dict[int, Segment] = {}  # passages that the user wrote anew, by Segment.id; all decided
        measured = any(w.confidence is not None for s in comparison.left.segments for w in s.words)
        self.choices: dict[int, Keep] = {
            d.index: Keep.LEFT
            for d in comparison.differences
            if measured and d.left and all(w.confidence is None for w in d.left)
        }
        self._by_segment = {p.differences[0].segment: p for p in comparison.passages if p.differences}
        # Every state of a segment that was made here, with the decisions in it; the latest last.
        self._states: dict[int, list[_State]] = {}
        for id, passage in self._by_segment.items():
            self._states[id] = [_State(passage.segment, self._of(id))]

    def _of(self, segment: int) -> dict[int, Keep]:
        passage = self._by_segment[segment]
        return {d.index: self.choices[d.index] for d in passage.differences if d.index in self.choices}

    @property
    def open(self) -> list[int]:
        """Indexes of the differences that are not decided."""
        return [d.index for d in self.comparison.differences if d.index not in self.choices]

    def decide(self, transcript: Transcript, choices: Mapping[int, Keep]) -> Edit | None:
        """Decide differences, some perhaps for the second time; None where that changes nothing in the transcript."""
        self.choices.update(choices)
        named: dict[int, Keep] = {}
        for id in {self.comparison.differences[n].segment for n in choices}:
            made = self._of(id)
            self._states[id].append(_State(decided(self._by_segment[id], made), made))
            self.typed.pop(id, None)
            named |= made
        edit = accept(transcript, self.comparison, named, self._name(choices))
        return edit if edit.changes else None

    def write(self, segment: Segment, text: str) -> Edit:
        """Put the user's own text in the place of a passage, which decides all of it."""
        written = retext(segment, text)
        written = written._replace(words=tuple(w._replace(confidence=None) for w in written.words))
        all_left = {d.index: Keep.LEFT for d in self._by_segment[segment.id].differences}
        self._states[segment.id].append(_State(written, all_left, typed=True))
        self.choices |= all_left
        self.typed[segment.id] = written
        return Edit("typing", (segment,), (written,))

    def follow(self, transcript: Transcript) -> bool:
        """The transcript may have changed: read back what is decided in it. Returns whether it was compared anew,
        because it was changed in some other way."""
        now = {s.id: s for s in transcript.segments}
        base = {s.id: s for s in self.comparison.left.segments}
        choices: dict[int, Keep] = {}
        typed: dict[int, Segment] = {}
        for id in {*now, *base, *self._states}:
            segment = now.get(id)
            states = self._states.get(id, [_State(base.get(id), {})])
            state = next((s for s in reversed(states) if s.segment is segment or s.segment == segment), None)
            if state is None:
                self.compare_anew(transcript)
                return True
            choices |= state.choices
            if state.typed and segment:
                typed[id] = segment
        self.choices, self.typed = choices, typed
        return False

    def compare_anew(self, transcript: Transcript, ignore_marks: bool | None = None) -> None:
        """Compare with the transcript as it is now; what the right was taken for is no difference any more."""
        if ignore_marks is not None:
            self.ignore_marks = ignore_marks
        self._start(compare(transcript, self.right, self.ignore_marks))

    def _name(self, choices: Mapping[int, Keep]) -> str:
        if len(choices) > 1:
            return f"decide {len(choices)} differences"
        ((index, keep),) = choices.items()
        difference = self.comparison.differences[index]
        taken = difference.left if keep is Keep.LEFT else difference.right
        if not taken:
            return f"leave “{join_words(difference.right or difference.left)}” out"
        return f"{'keep' if keep is Keep.LEFT else 'take'} “{join_words(taken)}”"
