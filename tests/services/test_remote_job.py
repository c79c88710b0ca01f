"""Whole jobs at vendors, by the queue's own runner, with real decoding and stubs that speak HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from remote_jobs import CASES, Bench, Case, Opened, at, talk

from studio.core import edits
from studio.core.errors import UsageError
from studio.core.jobs import Job, JobState, Progress, SegmentsStored, StopReason, StopToken
from studio.core.marks import marks_of
from studio.formats import FORMATS, WriteOptions
from studio.resources import resource
from studio.services import money, queue
from studio.services.editing import EditSession
from studio.services.runner import RunnerEvent
from tests.vendors.stub import key_hash


def texts(bench: Bench, job: Job) -> list[str]:
    return [s.text for s in bench.transcript(job).segments]


# All is well


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_recording_becomes_text(case: Case, bench: Opened, recording: Path) -> None:
    b = bench(case)
    b.add(recording, speakers="2" if case.has_speakers else "off")
    job = b.work()
    assert job.state == JobState.DONE, job.problem
    transcript = b.transcript(job)
    assert len(b.orders()) == 1
    assert transcript.segments
    assert all(0 <= s.start <= s.end <= transcript.duration for s in transcript.segments)
    assert (transcript.engine.name, transcript.engine.account) == (case.kind, "a")
    assert bool(transcript.engine.speakers) == case.has_speakers, "the vendor's speakers are kept"
    assert [s.name for s in transcript.speakers] == ["Speaker 1", "Speaker 2"][: 2 * case.has_speakers]
    assert {s.speaker for s in transcript.segments} == ({s.id for s in transcript.speakers} or {None})
    fractions = [e.fraction for e in b.events if isinstance(e, Progress)]
    assert fractions == sorted(fractions)
    assert list(b.studio.home.audio.iterdir()) == [], "neither the decoded nor the encoded sound is kept"


def test_the_vendor_does_not_get_to_know_the_name_of_the_recording(bench: Opened, recording: Path) -> None:
    b = bench("slashml")
    b.add(recording)
    b.work()
    assert "Gespr" not in repr(b.stub.requests())
    named = bench("slashml", account={"random_names": False})
    named.add(talk(recording.with_name("Öl.wav"), seed=2))
    named.work()
    assert "Öl.ogg" in repr(named.stub.requests("POST", "/speech-to-text/v1/upload/"))


def test_nothing_was_said(bench: Opened, recording: Path) -> None:
    b = bench("assemblyai", transcript="")
    b.add(recording, speakers="auto")
    job = b.work()
    assert (job.state, texts(b, job)) == (JobState.DONE, [])


def test_the_same_recording_is_not_ordered_twice(bench: Opened, recording: Path) -> None:
    b = bench("deepgram")
    job = b.add(recording)
    assert b.add(recording).id == job.id
    b.work()
    assert b.add(recording).id == job.id, "the text is there"
    assert len(b.orders()) == 1
    queue.redo(b.studio, job)
    assert b.work().id != job.id
    assert len(b.orders()) == 2


# Parts


def test_a_long_recording_is_sent_in_parts_cut_at_pauses(short: Opened, tmp_path: Path) -> None:
    b = short("deepgram")
    b.add(talk(tmp_path / "long.wav", 24))
    job = b.work()
    parts = b.studio.library.submissions.of_job(job.id)
    assert len(b.orders()) == len(parts) >= 5
    assert all(p.span.end - p.span.start <= 6_000 for p in parts)
    assert [p.span.end for p in parts[:-1]] == [p.span.start for p in parts[1:]], "at pauses nothing is sent twice"
    assert all(p.span.end % 800 > 400 for p in parts[:-1]), "in the pauses"
    transcript = b.transcript(job)
    assert [s.start for s in transcript.segments] == sorted(s.start for s in transcript.segments)
    replies = [json.loads(b.studio.library.submissions.reply(p.uid)) for p in parts]
    said = [a["transcript"] for r in replies for c in r["results"]["channels"] for a in c["alternatives"]]
    assert transcript.text.split() == " ".join(said).split(), "no word is lost or doubled"
    assert marks_of(transcript.engine) == {"stitched"}
    assert {p.ended for p in parts} == {"done"}


SECOND = "00000004-f953-42c1-9742-000000000004"  # the stub's second job, with one order at a time
FAILED = {"id": SECOND, "status": "error", "error": "The decoder gave up."}


@pytest.fixture
def broken(short: Opened, tmp_path: Path) -> Bench:
    """A job whose second part of four has failed at the vendor."""
    b = short("assemblyai", account={"at_once": 1})
    b.stub.script("GET", f"/v2/transcript/{SECOND}", body=FAILED)
    b.add(talk(tmp_path / "long.wav", 14))
    b.work()
    return b


def _only(b: Bench) -> Job:
    (job,) = b.studio.library.jobs.all()
    return job


def test_a_part_that_fails_leaves_a_gap_with_a_note(broken: Bench) -> None:
    job = _only(broken)
    assert (job.state, job.problem and job.problem.kind) == (JobState.FAILED, "JobFailed")
    assert job.problem
    assert job.problem.what.startswith("Part 2 of 4 (0:00:0")
    assert "“The decoder gave up.”" in job.problem.what
    assert job.problem.hint.endswith("The rest is written.")
    segments = broken.transcript(job).segments
    (gap,) = [s for s in segments if not s.text]
    assert gap.flagged
    assert gap.comment.startswith("Not transcribed: AssemblyAI could not do it: “The decoder gave up.”")
    assert segments[0].end <= gap.start < gap.end <= segments[-1].start
    assert marks_of(broken.transcript(job).engine) == {"stitched", "partial"}


def test_trying_again_orders_only_the_part_that_failed(broken: Bench) -> None:
    job, before = _only(broken), len(broken.orders())
    kept = [s for s in broken.transcript(job).segments if s.text]
    assert broken.again(job).state == JobState.DONE
    assert len(broken.orders()) == before + 1
    transcript = broken.transcript(job)
    assert set(kept) < set(transcript.segments)
    assert all(s.text for s in transcript.segments)
    assert not any(a.end > b.start + 300 for a, b in zip(transcript.segments, transcript.segments[1:], strict=False))
    assert marks_of(transcript.engine) == {"stitched"}


def test_a_gap_that_the_user_has_removed_is_filled_all_the_same(broken: Bench) -> None:
    job = _only(broken)
    session = EditSession(broken.studio, job.transcript_id or 0)
    (gap,) = [s for s in session.read().segments if not s.text]
    session.do(edits.delete([gap]))
    first = session.read().segments[0]
    session.do(edits.set_text(first, "Mine."))  # not stored yet
    assert broken.again(job).state == JobState.DONE
    segments = broken.transcript(job).segments
    assert segments[0].text == "Mine."
    assert any(gap.start <= s.start and s.end <= gap.end and s.text for s in segments), "it was paid for"
    history = broken.studio.library.transcripts
    assert history.history(job.transcript_id or 0)[0] == "fill the gap", "what came into edited text can be undone"
    history.undo(job.transcript_id or 0)
    assert not any(gap.start <= s.start and s.end <= gap.end for s in broken.transcript(job).segments)


def test_a_failed_part_is_not_ordered_again_unless_the_user_says_so(short: Opened, tmp_path: Path) -> None:
    b = short("assemblyai", account={"at_once": 1})
    b.stub.script("GET", f"/v2/transcript/{SECOND}", body=FAILED)
    b.add(talk(tmp_path / "long.wav", 14))

    def quit_at_the_gap(event: RunnerEvent) -> StopReason | None:
        gap = isinstance(event, SegmentsStored) and any(not s.text for s in event.segments)
        return StopReason.QUIT if gap else None

    job = b.work(quit_at_the_gap)
    assert job.state == JobState.WAITING
    job = b.work()
    assert job.state == JobState.FAILED
    assert job.problem
    assert job.problem.what.startswith("Part 2 of 4 (")
    assert len(b.orders()) == 4
    assert b.again(job).state == JobState.DONE
    assert len(b.orders()) == 5


def test_a_wrong_key_is_tried_once_and_not_with_every_part(short: Opened, tmp_path: Path) -> None:
    b = short("deepgram", key="stub-bad", account={"at_once": 2})
    b.add(talk(tmp_path / "long.wav", 30))
    assert b.work().state == JobState.PAUSED
    assert len(b.stub.requests("POST")) <= 2


# What the job is not to blame for


@pytest.mark.parametrize("kind", ["prosa", "deepgram"])
@pytest.mark.parametrize(
    ("key", "problem", "says"),
    [
        ("stub-bad", "AuthError", "refused the key. Paste a new key"),
        ("stub-broke", "QuotaError", "no credit left. Top it up there"),
        ("stub-slow", "RateLimited", "is busy. Your job keeps its place"),
    ],
)
def test_it_waits_and_goes_on(kind: str, key: str, problem: str, says: str, bench: Opened, recording: Path) -> None:
    b = bench(kind, key=key)
    b.add(recording)
    job = b.work()
    assert (job.state, job.problem and job.problem.kind) == (JobState.PAUSED, problem)
    assert job.problem
    assert says in job.problem.sentence
    assert not b.orders()
    b.account()
    queue.go_on(b.studio, "a", ["Deadline"])
    assert b.job(job.id).state == JobState.PAUSED, "for another reason"
    queue.go_on(b.studio, "a", [problem])
    assert b.work().state == JobState.DONE
    assert len(b.orders()) == 1


def test_it_waits_for_a_vendor_that_is_gone(bench: Opened, recording: Path) -> None:
    b = bench("prosa")
    b.studio.accounts.put(replace(b.studio.accounts.get("a"), url="http://127.0.0.1:9/v2/speech/"))
    b.studio.accounts.agree("a")
    b.add(recording)
    job = b.work()
    assert (job.state, job.problem and job.problem.kind) == (JobState.PAUSED, "Unavailable")
    assert job.problem
    assert job.problem.sentence == "127.0.0.1:9 cannot be reached. Check the network; the job keeps its place."
    b.account()
    queue.go_on(b.studio, "a", ["Unavailable"])
    assert b.work().state == JobState.DONE


def test_no_key_is_told_before_anything_is_sent(
    bench: Opened, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    b = bench("prosa", key="")
    b.add(recording)
    job = b.work()
    assert (job.state, job.problem and job.problem.sentence) == (
        JobState.PAUSED,
        "“a” has no key. Paste one in Engines and accounts.",
    )
    b.account(key="", options={"key_env": "STUDIO_TEST_KEY"})
    job = b.again(job)
    assert job.problem
    assert job.problem.what == "The environment variable STUDIO_TEST_KEY with the key of “a” is not set."
    assert not b.stub.requests()
    monkeypatch.setenv("STUDIO_TEST_KEY", "stub-ok")
    assert b.again(job).state == JobState.DONE
    assert {seen.key for seen in b.stub.requests()} == {key_hash("stub-ok")}


def test_the_stop_of_a_month_holds(bench: Opened, tmp_path: Path) -> None:
    b = bench("deepgram", account={"price": 10.0, "monthly_cap": 1.5})  # 6 seconds cost 1.00
    for n in range(2):
        b.add(talk(tmp_path / f"{n}.wav", seed=n))
    assert b.work().state == JobState.DONE
    job = b.work()
    assert (job.state, job.problem and job.problem.kind) == (JobState.PAUSED, "QuotaError")
    assert job.problem
    assert job.problem.what == "This would pass your stop of 1.50 a month for “a”."
    assert len(b.stub.requests("POST")) == 1
    assert money.spent(b.studio, b.studio.accounts.get("a")).cost == pytest.approx(1.0)
    b.account(price=10.0, monthly_cap=2.0)
    queue.go_on(b.studio, "a", ["QuotaError"])
    assert b.work().state == JobState.DONE
    assert money.spent(b.studio, b.studio.accounts.get("a")).cost == pytest.approx(2.0)


def test_the_stop_of_a_month_holds_when_parts_are_ordered_at_once(short: Opened, tmp_path: Path) -> None:
    b = short("deepgram", account={"price": 17.0, "monthly_cap": 2.6, "at_once": 4})  # a part costs 1.00
    b.add(talk(tmp_path / "long.wav", 14))
    job = b.work()
    assert (job.state, job.problem and job.problem.kind) == (JobState.PAUSED, "QuotaError")
    assert len(b.orders()) == 2
    b.account(price=17.0)
    assert b.again(job).state == JobState.DONE
    assert len(b.orders()) == len(b.studio.library.submissions.of_job(job.id)) == 4


def test_no_more_orders_are_under_way_than_the_account_allows(short: Opened, tmp_path: Path) -> None:
    """Of all jobs together: two at once, each in parts."""
    b = short("deepgram", account={"at_once": 2})
    b.stub.script("POST", "/v1/listen", times=None, delay_s=0.15)
    other = Bench(b.studio, b.stub, b.case)
    for n in range(2):
        b.add(talk(tmp_path / f"{n}.wav", 14, seed=n))
    most = 0
    second = threading.Thread(target=other.work)
    second.start()

    def count(_: RunnerEvent) -> None:
        nonlocal most
        most = max(most, sum(seen.status is None for seen in b.stub.requests("POST")))

    b.work(count)
    second.join()
    assert most == 2
    assert len(b.orders()) == 8


def test_a_stop_ends_the_wait_for_a_turn(bench: Opened, recording: Path) -> None:
    b = bench("deepgram", account={"at_once": 1})
    account, other = b.studio.accounts.get("a"), StopToken()
    job = b.add(recording)
    with b.studio.accounts.open(account, other) as vendor, b.studio.accounts.turn(account, vendor, other):
        assert b.work(at("Waiting for Deepgram", StopReason.PAUSE)).state == JobState.PAUSED
        assert not b.stub.requests()
    assert b.again(job).state == JobState.DONE


# The account changes while jobs wait


def test_accounts_that_must_not_be_used(bench: Opened, recording: Path) -> None:
    b = bench("prosa")
    job = b.add(recording)
    for change, says in (
        (lambda: b.account(enabled=False), "is switched off. Switch it on"),
        (lambda: b.studio.accounts.put(replace(b.studio.accounts.get("a"), enabled=True, agreed=False)), "agreed"),
        (lambda: b.studio.accounts.remove("a"), "There is no account “a”. Add it"),
    ):
        change()
        job = b.work() if job.state == JobState.WAITING else b.again(job)
        assert (job.state, job.problem and job.problem.kind) == (JobState.PAUSED, "AccountError")
        assert job.problem
        assert says in job.problem.sentence
        assert not list(b.studio.home.audio.iterdir()), "nothing is read for it"
        with pytest.raises(UsageError, match=r"“a”|agreed"):
            queue.check_options(b.studio, job.options)
    assert not b.stub.requests()
    b.account()
    queue.go_on(b.studio, "a", ["AccountError"])
    assert b.work().state == JobState.DONE


def test_another_address_must_be_agreed_to(bench: Opened) -> None:
    b = bench("prosa")
    account = b.studio.accounts.get("a")
    assert b.studio.accounts.put(replace(account, price=1.0)).agreed
    assert not b.studio.accounts.put(replace(account, url="https://elsewhere.example/")).agreed


def test_an_order_of_another_vendor_is_not_asked_of_the_new_one(bench: Opened, recording: Path) -> None:
    b = bench("assemblyai", polls_until_done=None)
    b.add(recording)
    job = b.work(lambda e: StopReason.PAUSE if isinstance(e, Progress) and "writing" in e.stage else None)
    other = bench("prosa")
    job = other.again(job)
    assert job.state == JobState.FAILED
    assert job.problem
    assert "was ordered when “a” was an account at another vendor" in job.problem.what
    assert not other.stub.requests()


# What the vendor says of an order


def test_what_a_vendor_says_of_its_orders_is_kept_with_the_text(short: Opened, tmp_path: Path) -> None:
    b = short("deepgram")
    b.add(talk(tmp_path / "long.wav", 14))
    job = b.work()
    orders = b.studio.library.submissions.of_job(job.id)
    told = b.transcript(job).engine.orders
    assert [facts["order"] for facts in told] == [order.uid for order in orders]
    assert len({facts["request"] for facts in told}) == len(orders)
    written = FORMATS["json"].write(b.transcript(job), WriteOptions())
    assert isinstance(written, str)
    assert json.loads(written)["engine"]["orders"] == list(told)
    read = FORMATS["json"].read
    assert read
    assert read(written).transcript.engine == b.transcript(job).engine


def test_what_only_the_answer_to_the_order_said_is_kept_too(bench: Opened, recording: Path) -> None:
    b = bench("aimlapi")
    b.stub.script("POST", "/v1/stt/create", headers={"x-inference-id": "inf-7"})
    b.add(recording)
    job = b.work(at("AI/ML API is writing", StopReason.QUIT))
    job = b.work() if job.state == JobState.WAITING else job
    (facts,) = b.transcript(job).engine.orders
    assert facts["charge"] == "inf-7"
    assert facts["job"]


# Completed on this computer


@pytest.mark.slow
def test_what_a_vendor_does_not_tell_is_found_here(
    bench: Opened, sample: Path, weights: Callable[[str], Path], tmp_path: Path
) -> None:
    """Real models on the sample's first sentences: the times of words, and who speaks."""
    b = bench("prosa")
    b.studio.home.models.mkdir()
    for id in ("whisper-base", "segmentation-3.0", "campplus-zh-en"):
        (b.studio.home.models / id).symlink_to(weights(id))
    turns = json.loads(resource("sample.json").read_text("utf-8"))["turns"][:3]
    sound, rate = soundfile.read(sample)
    soundfile.write(tmp_path / "start.wav", sound[: round((turns[-1]["end"] + 0.2) * rate)], rate)
    said = [{"transcript": t["text"], "final": True, "time_start": t["start"], "time_end": t["end"]} for t in turns]
    b.stub.configure(transcript=said)
    b.add(tmp_path / "start.wav", speakers="auto", complete_words=True)
    job = b.work()
    assert job.state == JobState.DONE, job.problem
    transcript = b.transcript(job)
    assert marks_of(transcript.engine) == {"aligned_words", "no_confidence"}
    assert transcript.text.split() == " ".join(t["text"] for t in turns).split(), "its text stays"
    assert all(s.words for s in transcript.segments)
    assert len(transcript.speakers) == len({t["speaker"] for t in turns})
    assert transcript.engine.speakers not in ("", "Prosa.ai")
