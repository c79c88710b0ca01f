"""Texts ordered from vendors: once, whatever happens; and what they cost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from speech_jobs import CASES, Booth, open_booth

from studio import media
from studio.core.errors import (
    Ambiguous,
    AuthError,
    BadResponse,
    JobFailed,
    JobLost,
    QuotaError,
    TooLarge,
    Unavailable,
    UsageError,
)
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.library import Home
from studio.services import accounts, money, speech_orders
from tests.vendors import spoken

TEXT = "Guten Morgen, 日本."
Opened = Callable[..., Booth]


@pytest.fixture
def booth(home: Home) -> Iterator[Opened]:
    """booth("openai"): a stub of that vendor, and an account there."""
    with ExitStack() as stack:

        def open_(kind: str, *, account: dict[str, Any] | None = None, **config: Any) -> Booth:
            case = CASES[kind]
            found = open_booth(
                home, stack.enter_context(case.stub(**(case.settings | config))), kind, **(account or {})
            )
            stack.callback(found.studio.close)
            return found

        yield open_


KINDS = [kind for kind in CASES if kind != "stt-ai"]  # whose voices are made in test_cloning.py


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_paid_for_is_not_ordered_again(booth: Opened, kind: str) -> None:
    b = booth(kind, account={"speech_price": 2.0})
    first = b.say(TEXT)
    samples, rate = media.read_sound(first.sound)
    assert len(samples) / rate == pytest.approx(spoken.seconds_of(TEXT), abs=0.1)
    assert b.say(f"  {TEXT}\n") == first
    assert b.told == []
    assert len(b.orders()) == 1
    spent = money.spent(b.studio, b.studio.accounts.get("a"))
    assert spent.characters == len(TEXT)
    assert spent.cost == pytest.approx(2.0 * len(TEXT) / 1000)


def test_the_sound_is_there_without_key_network_or_agreement(booth: Opened) -> None:
    b = booth("openai")
    first = b.say(TEXT)
    b.studio.accounts.remove_key("a")
    b.studio.accounts.put(replace(b.studio.accounts.get("a"), enabled=False, text_agreed=False))
    b.stub.script("*", "*", times=None, status=500)
    assert b.say(TEXT) == first


def test_another_account_at_the_same_vendor_need_not_pay(booth: Opened) -> None:
    b = booth("openai")
    first = b.say(TEXT)
    b.account("b", "stub-broke")
    assert b.say(TEXT, account="b") == first


@pytest.mark.parametrize("change", [{"text": "Anderes."}, {"language": "de"}])
def test_what_sounds_otherwise_is_another_order(booth: Opened, change: dict[str, Any]) -> None:
    b = booth("openai")
    b.say(TEXT)
    b.say(**{"text": TEXT, **change})
    assert len(b.orders()) == 2


def test_the_manner_of_the_account_is_another_order(booth: Opened) -> None:
    b = booth("prosa-tts", work_s=0)
    b.say(TEXT)
    b.account(options={"pitch": "0.5"})
    b.say(TEXT)
    assert [seen.fields["config"].get("pitch") for seen in b.orders()] == [None, 0.5]


# What stops it


def test_nobody_has_agreed(booth: Opened) -> None:
    b = booth("openai")
    agreed = b.studio.accounts.get("a")
    assert agreed.text_agreed
    b.studio.library.accounts.put(replace(agreed, text_agreed=False))
    with pytest.raises(UsageError, match="agreed yet that text goes to"):
        b.say(TEXT)
    assert not b.stub.requests()


def test_a_vendor_that_only_hears(booth: Opened) -> None:
    b = booth("openai")
    b.studio.accounts.put(replace(b.studio.accounts.get("a"), kind="prosa"))
    with pytest.raises(UsageError, match="turns text into sound"):
        b.say(TEXT)


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_to_say(booth: Opened, text: str) -> None:
    with pytest.raises(UsageError, match="nothing to say"):
        booth("openai").say(text)


def test_a_language_that_the_voice_does_not_speak(booth: Opened) -> None:
    b = booth("prosa-tts")
    with pytest.raises(UsageError, match="does not speak English"):
        b.say(TEXT, language="en")
    assert b.say(TEXT, language="id").sound


def test_too_long_for_one_order(booth: Opened) -> None:
    b = booth("openai")
    most = speech_orders.limits(b.studio, "a", "nova").characters
    assert most == 4096
    with pytest.raises(TooLarge):
        b.say("a" * (most + 1))
    assert not b.stub.requests()
    assert money.spent(b.studio, b.studio.accounts.get("a")).characters == 0


def test_the_stop_of_a_month(booth: Opened) -> None:
    b = booth("openai", account={"speech_price": 1000.0, "monthly_cap": 15.0})
    b.say("a" * 10)
    with pytest.raises(QuotaError, match="stop of 15"):
        b.say("b" * 10)
    assert len(b.stub.requests("POST")) == 1
    b.account(speech_price=1000.0, monthly_cap=20.0)
    assert b.say("b" * 10).sound, "the same order goes on"
    assert money.spent(b.studio, b.studio.accounts.get("a")).cost == pytest.approx(20.0)


def test_what_it_would_cost(booth: Opened) -> None:
    b = booth("openai", account={"speech_price": 1000.0, "monthly_cap": 100.0, "ask_above": 25.0})
    b.say("a" * 10)

    def plan(*texts: str) -> speech_orders.Plan:
        return speech_orders.plan(b.studio, "a", "nova", texts, None)

    once = plan("a" * 10, "b" * 20, "b" * 20)
    assert (once.count, once.characters, once.cost, once.dear, once.over) == (1, 20, 20.0, False, False)
    assert plan("b" * 26).dear
    assert plan("b" * 91).over
    assert not plan("a" * 10).ask


@pytest.mark.parametrize("key", ["stub-bad", "stub-broke"])
def test_what_passes_leaves_an_order_to_go_on_with(booth: Opened, key: str) -> None:
    b = booth("openai", account={"key": key})
    with pytest.raises((AuthError, QuotaError)):
        b.say(TEXT)
    b.account()
    assert b.say(TEXT).sound
    assert len(b.orders()) == 1


# What nobody can tell


@pytest.mark.parametrize("kind", ["openai", "aimlapi", "slashml"])
def test_what_may_have_arrived_is_sent_again_with_consent_only(booth: Opened, kind: str) -> None:
    b = booth(kind, account={"speech_price": 1.0})
    b.stub.script("POST", b.case.orders, drop="before_response")
    for _ in range(2):
        with pytest.raises(Ambiguous):
            b.say(TEXT)
    assert len(b.orders()) == 1
    assert b.say(TEXT, again=True).sound
    assert len(b.orders()) == 2
    spent = money.spent(b.studio, b.studio.accounts.get("a"))
    assert spent.characters == 2 * len(TEXT), "what may have been charged counts"
    assert b.say(TEXT, again=True).sound
    assert len(b.orders()) == 2, "what is there is never ordered again"


def test_a_vendor_that_lists_its_jobs_is_asked(booth: Opened) -> None:
    b = booth("prosa-tts")
    b.stub.script("POST", b.case.orders, drop="before_response")
    assert b.say(TEXT).sound
    assert len(b.orders()) == 1


def test_an_error_of_the_server_at_the_order(booth: Opened) -> None:
    b = booth("openai")
    b.stub.script("POST", b.case.orders, status=500)
    for _ in range(2):
        with pytest.raises(Ambiguous):
            b.say(TEXT)
    assert len(b.stub.requests("POST")) == 1


# What fails


def test_a_job_that_fails_is_made_anew_with_consent_only(booth: Opened) -> None:
    b = booth("slashml", failure="The voice is hoarse.")
    for _ in range(2):
        with pytest.raises(JobFailed, match="hoarse"):
            b.say(TEXT)
    assert len(b.orders()) == 1
    b.stub.configure(failure=None)
    assert b.say(TEXT, again=True).sound
    assert len(b.orders()) == 2


def test_a_job_that_is_lost(booth: Opened) -> None:
    b = booth("slashml")
    b.stub.script("GET", b.case.poll, times=None, status=404)
    for _ in range(2):
        with pytest.raises(JobLost):
            b.say(TEXT)
    b.stub.reset()
    assert b.say(TEXT, again=True).sound


@pytest.mark.parametrize("audio", ["empty", "page"])
def test_a_reply_that_is_no_sound_is_kept_and_made_anew_with_consent_only(booth: Opened, audio: str) -> None:
    b = booth("openai", audio=audio)
    for _ in range(2):
        with pytest.raises(BadResponse):
            b.say(TEXT)
    assert len(b.orders()) == 1
    b.stub.configure(audio="whole")
    assert b.say(TEXT, again=True).sound
    assert len(b.orders()) == 2


def test_a_reply_that_cannot_be_decoded_is_made_anew_with_consent_only(booth: Opened) -> None:
    b = booth("openai")
    headers = {"Content-Type": "audio/mpeg"}
    b.stub.script("POST", b.case.orders, body=b"ID3" + bytes(200), headers=headers)
    for _ in range(2):
        with pytest.raises(BadResponse, match="decoded"):
            b.say(TEXT)
    assert b.say(TEXT, again=True).sound


def test_broken_base64_is_fetched_again(booth: Opened) -> None:
    b = booth("prosa-tts", speech_base64="invalid", work_s=0)
    with pytest.raises(BadResponse):
        b.say(TEXT)
    b.stub.configure(speech_base64="whole")
    assert b.say(TEXT).sound
    assert len(b.orders()) == 1


def test_base64_that_stays_broken_is_ordered_anew_with_consent_only(booth: Opened) -> None:
    b = booth("prosa-tts", speech_base64="invalid", work_s=0)
    for _ in range(2):
        with pytest.raises(BadResponse):
            b.say(TEXT)
    assert len(b.orders()) == 1
    with pytest.raises(BadResponse):
        b.say(TEXT, again=True)
    assert len(b.orders()) == 2


# Stopping, and two at once


def test_a_stop_leaves_a_job_to_be_taken_up(booth: Opened) -> None:
    b = booth("slashml", polls_until_done=None)
    with pytest.raises(Stopped):
        b.say(TEXT, until=lambda told: StopReason.PAUSE if told.says.endswith("works on it") else None)
    b.stub.configure(polls_until_done=0)
    assert b.say(TEXT).sound
    assert len(b.orders()) == 1


def test_a_cancel_has_the_vendor_drop_it(booth: Opened) -> None:
    b = booth("prosa-tts", polls_until_done=None)
    with pytest.raises(Stopped):
        b.say(TEXT, until=lambda told: StopReason.CANCEL if told.says.endswith("works on it") else None)
    assert b.stub.requests("DELETE", b.case.poll)
    b.stub.configure(polls_until_done=0)
    assert b.say(TEXT).sound
    assert len(b.orders()) == 2


def test_two_that_want_the_same_order_it_once(booth: Opened) -> None:
    b = booth("slashml", polls_until_done=3)
    both = [Booth(b.studio, b.stub, b.kind) for _ in range(2)]
    sounds: list[bytes] = []
    threads = [threading.Thread(target=lambda each=each: sounds.append(each.say(TEXT).sound)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sounds) == 2
    assert sounds[0] == sounds[1]
    assert len(b.orders()) == 1


def test_one_that_waits_for_another_can_be_stopped(booth: Opened) -> None:
    b = booth("slashml", polls_until_done=None)
    other = speech_orders.order(b.studio, "a", b.case.voice, TEXT, None, StopToken())
    next(other)
    stop = StopToken()
    stop.request(StopReason.QUIT)
    with pytest.raises(Stopped):
        b.say(TEXT, stop=stop)
    other.close()  # type: ignore[attr-defined]


def test_too_many_requests_slow_down_the_whole_account(booth: Opened) -> None:
    b = booth("openai")
    b.stub.script("POST", b.case.orders, status=429, headers={"Retry-After": "1"})
    assert b.say(TEXT).sound
    assert any("busy" in told.says for told in b.told)
    assert len(b.orders()) == 1


def test_no_network(booth: Opened) -> None:
    b = booth("openai")
    b.studio.accounts.put(replace(b.studio.accounts.get("a"), url="http://127.0.0.1:9/v1"))
    b.studio.accounts.agree("a")
    with pytest.raises(Unavailable):
        b.say(TEXT)


# What there is


def test_voices_of_all_accounts(booth: Opened) -> None:
    b = booth("prosa-tts")
    known = {voice.id: voice for voice in speech_orders.voices(b.studio)}
    assert known["@a/tts-dimas-formal"].languages == ("id",)
    assert "@a/tts-darah" in known, "of the documentation"
    tested = b.studio.accounts.test("a")
    assert (tested.models, len(tested.voices)) == ((), 8)
    told = {voice.id: voice for voice in speech_orders.voices(b.studio)}
    assert told["@a/tts-dini"].title == "TTS Dini"
    assert "@a/tts-darah" not in told, "the vendor has none today"
    b.studio.accounts.put(replace(b.studio.accounts.get("a"), enabled=False))
    assert speech_orders.voices(b.studio) == ()


def test_the_names_of_voices() -> None:
    assert speech_orders.split("@Büro 1/openai/tts-1:nova") == ("Büro 1", "openai/tts-1:nova")
    for wrong in ("nova", "@a", "@/x", "@a/", "hibari/heart"):
        with pytest.raises(UsageError):
            speech_orders.split(wrong)


@pytest.mark.parametrize(
    ("kind", "hears", "speaks", "cleans"),
    [
        ("prosa", True, False, False),
        ("prosa-tts", False, True, False),
        ("openai", True, True, False),
        ("stt-ai", True, True, True),
        ("deepgram", True, False, False),
    ],
)
def test_who_hears_and_who_speaks(kind: str, hears: bool, speaks: bool, cleans: bool) -> None:
    info = accounts.info_of(kind)
    assert (info.hears, info.speaks, info.cleans) == (hears, speaks, cleans)


def test_the_notice_tells_where_text_goes(booth: Opened) -> None:
    b = booth("openai")
    account = b.studio.accounts.get("a")
    assert "sound of your recordings" in accounts.notice(account)
    assert "text that you have spoken" in accounts.notice(account)
    assert "sound of your recordings" not in accounts.notice(replace(account, kind="prosa-tts"))
    assert "text" not in accounts.notice(replace(account, kind="deepgram")).split(".")[0]
    elsewhere = b.studio.accounts.put(replace(account, url=f"{account.url}other/"))
    assert not elsewhere.text_agreed
