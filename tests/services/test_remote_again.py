"""Passages heard again, and second opinions, by vendors: jobs of the queue under the same rules for money."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_jobs import Bench, Opened, at, talk

from studio.core.edits import apply
from studio.core.errors import UsageError
from studio.core.jobs import Job, JobOptions, JobState, Progress, StopReason
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Word
from studio.services import money, opinion, queue, rerun, sending
from studio.services.hearing import HearOptions

SAID = ["you grew up in Husum", "yes behind the dyke", "so they say"]
BY_VENDOR = HearOptions("", account="a")


def words(text: str, start: int) -> list[Word]:
    return [Word(w, start + 400 * n, start + 400 * n + 300, 0.8) for n, w in enumerate(text.split())]


def written(b: Bench, recording: Path) -> Job:
    """A job of this computer with a sentence every eight seconds."""
    job, info = queue.add_one(b.studio, recording, JobOptions())
    segments = [Segment.from_words(words(text, 8_000 * n), "S1", n + 1) for n, text in enumerate(SAID)]
    source = Source(str(recording), recording.name, job.content_id, info.duration)
    id = b.studio.library.transcripts.create(source, EngineInfo(model="whisper-base"), job.id)
    b.studio.library.transcripts.append(id, segments, info.duration)
    b.studio.library.jobs.set_state(job.id, JobState.DONE)
    return b.job(job.id)


@pytest.fixture
def long(tmp_path: Path) -> Path:
    return talk(tmp_path / "Gespräch.wav", 24)


def order(b: Bench, job: Job, start: int = 8_100, end: int = 9_000) -> Job:
    """Have the second sentence heard again."""
    wanted = rerun.order(job, b.transcript(job), start, end, BY_VENDOR)
    return queue.again(b.studio, job, wanted)


def test_passages_are_a_small_job(bench: Opened, long: Path) -> None:
    b = bench("assemblyai", account={"price": 6.0})
    job = written(b, long)
    before = b.transcript(job)
    small = order(b, job)
    assert small.name == "Gespräch.wav, 0:00:08 to 0:00:09"
    assert sending.length(b.studio, job, small.options) == [], "it is on its way"
    assert (small.duration, b.work().state) == (11_500, JobState.DONE)
    (sent,) = b.studio.library.submissions.of_job(small.id)
    assert (sent.span.start, sent.span.end, sent.name) == (3_000, 14_500, small.name)
    assert money.spent(b.studio, b.studio.accounts.get("a")).cost == pytest.approx(1.15)
    (upload,) = b.stub.requests("POST", "/v2/upload")
    assert 0 < upload.length < 60_000, "the stretch, not the recording"
    heard = b.transcript(small)
    assert all(3_000 <= s.start <= s.end <= 14_500 for s in heard.segments), "in the time of the recording"
    found = rerun.result(b.studio, b.job(small.id), before)
    assert [s.text for s in found.edit.before] == SAID[1:2]
    after = apply(before, found.edit)
    new = [s for s in after.segments if s not in before.segments]
    assert (after.segments[0], after.segments[-1]) == (before.segments[0], before.segments[-1])
    assert new
    assert " ".join(s.text for s in new) in heard.text.replace("\n", " ")
    assert all(before.segments[0].end <= s.start <= s.end <= before.segments[-1].start for s in new)
    assert {s.speaker for s in new} == {"S1"}
    assert b.transcript(job) == before, "a preview, no more"
    assert not list(b.studio.home.audio.iterdir())


def test_the_same_passages_are_not_ordered_twice(bench: Opened, long: Path) -> None:
    b = bench("deepgram")
    job = written(b, long)
    small = order(b, job)
    assert order(b, job).id == small.id
    b.work()
    assert order(b, job).id == small.id
    assert b.job(small.id).state == JobState.DONE
    assert sending.length(b.studio, job, small.options) == []
    assert order(b, job, 16_100, 17_000).id != small.id
    assert len(b.orders()) == 1


def test_what_may_have_been_charged_is_not_sent_again_by_asking_again(bench: Opened, long: Path) -> None:
    b = bench("deepgram")
    job = written(b, long)
    b.stub.script("POST", "/v1/listen", drop="before_response")
    small = order(b, job)
    ended = b.work()
    assert (ended.state, ended.problem and ended.problem.kind) == (JobState.FAILED, "Ambiguous")
    assert sending.length(b.studio, job, small.options) == []
    assert order(b, job).id == small.id
    assert b.work().state == JobState.FAILED
    assert len(b.orders()) == 1
    queue.send_again(b.studio, b.job(small.id))
    assert b.work().state == JobState.DONE
    assert len(b.orders()) == 2


def test_what_the_vendor_gave_up_costs_again(bench: Opened, long: Path) -> None:
    b = bench("prosa", outcome="failed", work_s=60)
    job = written(b, long)
    small = order(b, job)
    assert b.work().state == JobState.FAILED
    assert sending.length(b.studio, job, small.options) == [11_500]


@pytest.mark.parametrize("stage", ["Reading", "Preparing", "Waiting for Prosa", "Prosa.ai is writing"])
def test_stopped_anywhere_it_goes_on(stage: str, bench: Opened, long: Path) -> None:
    b = bench("prosa", work_s=60, polls_until_done=None)
    small = order(b, written(b, long))
    assert b.work(at(stage, StopReason.QUIT)).state == JobState.WAITING
    b.stub.configure(polls_until_done=1)
    assert b.work().state == JobState.DONE
    assert len(b.orders()) == 1
    assert b.transcript(small).segments


def test_long_passages_go_in_parts(short: Opened, tmp_path: Path) -> None:
    b = short("deepgram")
    recording = talk(tmp_path / "long.wav", 40)
    added = b.add(recording)
    b.work()  # so that its peaks are there
    small = order(b, b.job(added.id), 10_000, 30_000)
    b.stub.reset()
    assert b.work().state == JobState.DONE
    again = small.options.again
    assert again
    sent = b.studio.library.submissions.of_job(small.id)
    assert len(sent) == len(b.orders()) >= 4
    assert (sent[0].span.start, sent[-1].span.end) == (again.first, again.last)
    assert all(s.span.end % 800 > 400 for s in sent[:-1]), "in the pauses of the recording"
    starts = [s.start for s in b.transcript(small).segments]
    assert starts == sorted(starts)
    fractions = [e.fraction for e in b.events if isinstance(e, Progress)]
    assert fractions == sorted(fractions)


def test_reckoned_times_are_not_kept_as_measured(bench: Opened, long: Path) -> None:
    b = bench("prosa", transcript="Ya, di belakang tanggul.")
    job = written(b, long)
    small = order(b, job)
    b.work()
    found = rerun.result(b.studio, b.job(small.id), b.transcript(job))
    assert found.edit.after
    assert all(s.text and not s.words for s in found.edit.after)


def test_what_was_to_be_replaced_may_be_gone(bench: Opened, long: Path) -> None:
    b = bench("deepgram")
    small = order(b, written(b, long))
    b.work()
    with pytest.raises(UsageError, match="is not there any more"):
        rerun.result(b.studio, b.job(small.id), Transcript())


def test_an_account_that_cannot_do_it_says_so(bench: Opened, long: Path) -> None:
    b = bench("prosa")
    job = written(b, long)
    transcript = b.transcript(job)
    english = rerun.order(job, transcript, 0, 9_000, HearOptions("", task="translate", account="a"))
    for refuses in (sending.length, queue.again):
        with pytest.raises(UsageError, match="does not translate"):
            refuses(b.studio, job, english)
    b.account(enabled=False)
    with pytest.raises(UsageError, match="switched off"):
        order(b, job)
    with pytest.raises(UsageError, match="No passage is chosen"):
        rerun.order(job, transcript, 90_000, 91_000, BY_VENDOR)


def test_a_second_opinion_by_a_vendor(bench: Opened, long: Path) -> None:
    b = bench("deepgram")
    job = written(b, long)
    assert sending.length(b.studio, job, opinion.order(job, BY_VENDOR)) == [24_000]
    other = opinion.ask_for(b.studio, job, BY_VENDOR)
    remembered = opinion.remembered(b.studio, job.transcript_id or 0)
    assert isinstance(remembered, Job)
    assert (remembered.id, remembered.state) == (other.id, JobState.WAITING)
    order(b, job)
    (found,) = opinion.candidates(b.studio, job)
    assert (found.title, found.about, found.ready) == ("a", "a, Language detected, waiting", False)
    b.work()
    assert opinion.ask_for(b.studio, job, BY_VENDOR).id == other.id
    assert len(b.orders()) == 1
    assert opinion.load(b.studio, b.job(other.id)).segments
