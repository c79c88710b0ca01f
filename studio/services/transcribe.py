"""One job from recording to speaker-labelled transcript, as a generator of events.

Runs in a worker thread or in the command line. Everything found is stored before it is told, so that the process may
die at any point: the next run goes on from the last stored segment.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TypeVar

from studio import media
from studio.core.align import Cutter, label
from studio.core.edits import Edit
from studio.core.errors import MediaError
from studio.core.jobs import (
    Again,
    Finished,
    Job,
    JobEvent,
    LanguageFound,
    Note,
    PeaksReady,
    SegmentsStored,
    SpeakersApplied,
    StopToken,
    TranscriptStarted,
)
from studio.core.progress import ProgressMeter
from studio.core.transcript import EngineInfo, Source, Speaker, Transcript, Turn, Word
from studio.engines.base import Fraction, Heard, Language, Notice, SpeechRequest, Turns
from studio.models import catalogue

from . import cleaning, completing, remote
from .editing import settle
from .fetching import fetch_models
from .run import REMOTE_WEIGHTS, WEIGHTS, Run, in_turn
from .studio import Studio

_Result = TypeVar("_Result")

SEGMENTATION, EMBEDDING, COMMUNITY = "segmentation-3.0", "campplus-zh-en", "pyannote-community-1"


def needed_models(studio: Studio, job: Job) -> list[str]:
    """Ids of the weights this job uses for certain, the speech model first."""
    clean = [cleaning.MODEL] if job.options.clean else []
    if job.options.account:
        return clean  # what is to be completed here is known only when the vendor has answered
    return [job.options.model, *clean, *_speaker_models(studio, job)]


def _speaker_models(studio: Studio, job: Job) -> list[str]:
    if job.options.speakers == "off" or studio.models.is_ready(COMMUNITY):
        return []
    return [SEGMENTATION, EMBEDDING]


def transcribe(studio: Studio, job: Job, stop: StopToken) -> Iterator[JobEvent]:
    """Do a job. Raises StudioError when it cannot be done and Stopped when asked to stop."""
    missing = studio.models.missing(needed_models(studio, job))
    weights = dict(REMOTE_WEIGHTS if job.options.account else WEIGHTS)
    if not missing and not job.options.account:
        del weights["models"]
    if job.options.speakers == "off":
        del weights["speakers"]
    if not job.options.clean:
        del weights["cleaning"]
    if not job.options.complete_words:
        weights.pop("words", None)
    run = Run(studio, job, stop, ProgressMeter(weights, time.monotonic(), job.progress))
    _check_recording(job)
    if job.options.account:
        studio.accounts.usable(job.options.account)  # before anything is read for it
    if not job.options.account and (news := studio.engines.news(run.device)):
        yield Note(news)
    yield from fetch_models(run, missing)
    with in_turn(run.stop) if job.options.account else nullcontext():
        yield from _read(run)
    yield from _begin(run)
    if job.options.account:
        yield from remote.recognise(run)
        yield from completing.complete(run)
    else:
        yield from _recognise(run)
    if job.options.speakers != "off":
        yield from _tell_speakers_apart(run)
    yield Finished(run.transcript_id)


def _check_recording(job: Job) -> None:
    if media.fingerprint(Path(job.path)) != job.content_id:
        raise MediaError(
            f"“{job.name}” has changed since it was added.",
            "Add it again to take it as it is now; the text of before is kept.",
        )


def _read(run: Run) -> Iterator[JobEvent]:
    """Decode to the engines' format, with the peaks on the way, unless an earlier run did."""
    home, options, content = run.studio.home, run.job.options, run.job.content_id
    if options.again:
        yield from _read_stretch(run, options.again)
        return
    peaks_file = home.peaks_file(content, options.track)
    if not (run.audio.exists() and peaks_file.exists()):
        path, peaks = Path(run.job.path), media.PeaksWriter()
        # the picture shows the recording as it is; what is cleaned is read from its own file
        target = None if options.clean else run.audio
        result = yield from _told(run, "reading", media.decode(path, target, peaks, track=options.track, stop=run.stop))
        peaks.finish().save(peaks_file)
        if options.clean:
            steps = cleaning.cleaned(run.studio, path, content, options.track, run.stop)
            quiet = yield from _told(run, "cleaning", steps)
            yield from _told(run, "reading", media.decode(quiet, run.audio, None, stop=run.stop))
        if result.damaged or result.truncated:
            what = "ends earlier than it says" if result.truncated else "is damaged in places"
            yield Note(f"“{run.job.name}” {what}; what can be read is transcribed.")
    run.duration = media.wav_duration(run.audio)
    yield PeaksReady(content)


def _read_stretch(run: Run, again: Again) -> Iterator[JobEvent]:
    """The same for a stretch: only that is decoded, and the peaks of the recording stay as they are."""
    if not run.audio.exists():
        steps = media.cut_out(Path(run.job.path), run.job.options.track, (again.first, again.last), run.audio, run.stop)
        for done in steps:
            yield run.progress("reading", done)
    run.duration = media.wav_duration(run.audio)


def _told(run: Run, stage: str, steps: Generator[float, None, _Result]) -> Generator[JobEvent, None, _Result]:
    """Pass fractions on as progress; returns what the steps return."""
    while True:
        try:
            yield run.progress(stage, next(steps))
        except StopIteration as end:
            result: _Result = end.value
            return result


def _begin(run: Run) -> Iterator[JobEvent]:
    """Create the transcript, or take up the one of an earlier run."""
    job, library = run.job, run.studio.library
    if job.transcript_id is not None and library.transcripts.exists(job.transcript_id):
        run.transcript_id = job.transcript_id
    else:
        source = Source(job.path, job.name, job.content_id, run.offset + run.duration, job.options.track)
        run.transcript_id = library.transcripts.create(source, _engine(run), job.id)
    yield TranscriptStarted(run.transcript_id)


def _engine(run: Run) -> EngineInfo:
    options = run.job.options
    if not options.account:
        return EngineInfo("faster-whisper", options.model, run.device.kind, options.task)
    account = run.studio.accounts.usable(options.account)
    model = run.studio.accounts.model(account, options.model).id
    return EngineInfo(account.kind, model, "", options.task, account=account.name)


def _recognise(run: Run) -> Iterator[JobEvent]:
    store, options = run.studio.library.transcripts, run.job.options
    start = store.heard(run.transcript_id)
    if start >= run.duration:
        return
    known = store.get(run.transcript_id) or Transcript()
    request = SpeechRequest(
        audio=run.audio,
        language=known.language if start else (None if options.language == "auto" else options.language),
        task=options.task,
        vocabulary=options.vocabulary,
        start=start,
        decode=options.decode,
    )
    engine = run.studio.engines.speech(run.studio.models.path(options.model), run.device)
    cutter, pending = Cutter(), list[Word]()
    yield run.progress("text", start / run.duration)
    for event in engine.transcribe(request, run.stop):
        match event:
            case Language(code, confidence):
                store.describe(run.transcript_id, language=code)
                yield LanguageFound(code, confidence)
            case Notice(text):
                yield Note(text)
            case Heard(words, until):
                pending += words
                segments = cutter.feed(words)
                del pending[: sum(len(s.words) for s in segments)]
                if segments or not pending:
                    # Words not yet cut into a segment are heard again after a crash.
                    heard = pending[0].start if pending else until
                    yield SegmentsStored(store.append(run.transcript_id, segments, heard))
                yield run.progress("text", until / run.duration)
    yield SegmentsStored(store.append(run.transcript_id, cutter.flush(), run.duration))


def _tell_speakers_apart(run: Run) -> Iterator[JobEvent]:
    studio, models = run.studio, run.studio.models
    transcript = studio.library.transcripts.get(run.transcript_id)
    if transcript is None or not transcript.segments or transcript.engine.speakers:
        return
    yield from fetch_models(run, models.missing(_speaker_models(studio, run.job)))
    community = models.path(COMMUNITY) if models.is_ready(COMMUNITY) else None
    segmentation, embedding = (models.path(id) / catalogue()[id].files[0].name for id in (SEGMENTATION, EMBEDDING))
    diarizer = studio.engines.speakers(segmentation, embedding, community, run.device)
    wanted = run.job.options.speakers
    yield run.progress("speakers", 0.0)
    for event in diarizer.diarize(run.audio, None if wanted == "auto" else int(wanted), run.stop):
        match event:
            case Fraction(done):
                yield run.progress("speakers", done)
            case Notice(text):
                yield Note(text)
            case Turns(turns):
                engine = replace(transcript.engine, speakers=diarizer.name)
                settle(run.transcript_id)  # the user may have written in it meanwhile
                studio.library.transcripts.relabel(run.transcript_id, lambda now: labelled(now, turns), engine)
                yield SpeakersApplied(run.transcript_id)


def labelled(transcript: Transcript, turns: Iterable[Turn]) -> Edit:
    """The edit that gives every segment its speaker; whom the user has named already keeps what he was given."""
    given = {s.id for s in transcript.speakers} | {s.speaker for s in transcript.segments if s.speaker}
    free = (f"S{n}" for n in count(1) if f"S{n}" not in given)
    ids: dict[str, str] = {}
    open_segments = [s for s in transcript.segments if s.speaker is None]
    new_id = count(max((s.id for s in transcript.segments), default=0) + 1)
    after = []
    for segment in label(open_segments, turns):
        if segment.speaker and segment.speaker not in ids:
            ids[segment.speaker] = next(free)
        speaker = ids.get(segment.speaker or "")
        after.append(segment._replace(speaker=speaker, id=segment.id or next(new_id)))
    known = transcript.speakers
    found = tuple(Speaker(id, f"Speaker {n}") for n, id in enumerate(ids.values(), len(known) + 1))
    return Edit("tell the speakers apart", tuple(open_segments), tuple(after), known, known + found)
