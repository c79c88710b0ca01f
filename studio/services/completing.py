"""What a vendor's answer lacks, added on this computer if the user wants that: the times of words. Worker threads.

The text stays as the vendor wrote it; it is only found again in what the local model hears. The transcript says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from studio.core.edits import Edit
from studio.core.jobs import JobEvent, JobOptions, Note, SpeakersApplied
from studio.core.marks import marks_of, marks_text
from studio.core.realign import align_text
from studio.core.transcript import Transcript, Word
from studio.engines.base import Heard, Notice, SpeechRequest

from .editing import settle
from .fetching import fetch_models
from .run import Run

LEAST_SHARE = 0.25  # of the text must be heard again; else the words would be put anywhere
_MODEL = JobOptions().model


def complete(run: Run) -> Iterator[JobEvent]:
    """Find the times of words, where the job asks for it and the vendor gave none."""
    store = run.studio.library.transcripts
    transcript = store.get(run.transcript_id) or Transcript()
    marks = marks_of(transcript.engine)
    if not run.job.options.complete_words or not marks & {"no_times", "no_word_times"}:
        return
    yield from fetch_models(run, run.studio.models.missing([_MODEL]))
    words = list[Word]()
    engine = run.studio.engines.speech(run.studio.models.path(_MODEL), run.device)
    request = SpeechRequest(run.audio, transcript.language, decode=run.job.options.decode)
    yield run.progress("words", 0.0)
    for event in engine.transcribe(request, run.stop):
        match event:
            case Heard(heard, until):
                words += heard
                yield run.progress("words", until / max(run.duration, 1))
            case Notice(text):
                yield Note(text)
    if align_text(transcript.segments, words).share < LEAST_SHARE:
        yield Note("The text was not heard again on this computer, so its words have no times.")
        return
    done = (marks - {"no_times", "no_word_times"}) | {"aligned_words"}
    settle(run.transcript_id)
    store.relabel(
        run.transcript_id, lambda now: _aligned(now, words), replace(transcript.engine, marks=marks_text(done))
    )
    yield SpeakersApplied(run.transcript_id)


def _aligned(now: Transcript, words: list[Word]) -> Edit:
    open_segments = [s for s in now.segments if s.text and not s.words]
    found = align_text(open_segments, words).segments
    pairs = [(old, new) for old, new in zip(open_segments, found, strict=True) if old != new]
    return Edit("find the times of words", tuple(old for old, _ in pairs), tuple(new for _, new in pairs))
