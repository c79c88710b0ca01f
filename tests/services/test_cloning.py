"""Voices made from recordings: three to ten seconds, and nothing without consent."""

from __future__ import annotations

import sqlite3
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from speech_jobs import Booth, open_booth

from studio import media
from studio.core.errors import InvalidRequest, UsageError
from studio.core.jobs import StopToken
from studio.core.speaking import Voice
from studio.engines.remote.speaking.base import Speech
from studio.library import Home
from studio.services import cloning, speech_orders
from tests.vendors.stt_ai import SttAi


@pytest.fixture
def booth(home: Home) -> Iterator[Booth]:
    with SttAi() as stub:
        found = open_booth(home, stub, "stt-ai")
        yield found
        found.studio.close()


def made(b: Booth, sample: Path, span: tuple[int, int] = (2000, 6500), **changed: str) -> Voice:
    wished = {"title": "Anna", "agreed_by": "Anna Müller", "notice": cloning.consent(b.studio, "a", "Anna")} | changed
    return cloning.make(b.studio, "a", sample, span, **wished)


def said(b: Booth, voice: Voice, text: str = "Guten Tag.") -> Speech:
    account, name = speech_orders.split(voice.id)
    *_, last = speech_orders.order(b.studio, account, name, text, None, StopToken())
    assert isinstance(last, Speech)
    return last


def test_a_voice_speaks_and_its_consent_is_kept(booth: Booth, sample: Path) -> None:
    voice = made(booth, sample)
    assert voice == Voice("@a/clone-1", "Anna", (), "STT.ai")
    assert voice in speech_orders.voices(booth.studio)
    assert said(booth, voice).suffix == ".wav"
    (seen,) = booth.orders()
    assert seen.fields["reference"]["filename"].endswith(".wav")
    assert "Anna" not in str(seen.fields)
    (kept,) = cloning.all_of(booth.studio)
    assert (kept.agreed_by, kept.start, kept.end) == ("Anna Müller", 2000, 6500)
    assert kept.content_id == media.fingerprint(sample)
    assert "127.0.0.1" in kept.notice, "who gets the voice"
    assert kept.agreed, "when"


def test_what_is_sent_is_the_stretch(booth: Booth, sample: Path, tmp_path: Path) -> None:
    made(booth, sample)
    (kept,) = cloning.all_of(booth.studio)
    (tmp_path / "voice.wav").write_bytes(kept.reference)
    with wave.open(str(tmp_path / "voice.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() == 4.5
        samples = sound.readframes(sound.getnframes())
    assert samples == media.read_stretch(sample, 0, 2000, 6500).tobytes()


@pytest.mark.parametrize(("length", "fits"), [(2999, False), (3000, True), (10_000, True), (10_001, False)])
def test_three_to_ten_seconds(booth: Booth, sample: Path, length: int, fits: bool) -> None:
    if fits:
        assert said(booth, made(booth, sample, (1000, 1000 + length))).sound
    else:
        with pytest.raises(UsageError, match="3 to 10 seconds"):
            made(booth, sample, (1000, 1000 + length))
        assert cloning.all_of(booth.studio) == []


@pytest.mark.parametrize("changed", [{"agreed_by": " "}, {"title": ""}, {"notice": ""}, {"agreed_by": "x" * 81}])
def test_no_voice_without_consent(booth: Booth, sample: Path, changed: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        made(booth, sample, **changed)
    assert cloning.all_of(booth.studio) == []


def test_a_stretch_in_which_nobody_speaks(booth: Booth, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "still.wav"), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(32_000 * 6))
    with pytest.raises(UsageError, match="Nothing is heard"):
        made(booth, tmp_path / "still.wav", (0, 5000))


def test_a_voice_that_was_removed_cannot_be_used_and_its_number_is_not_given_again(booth: Booth, sample: Path) -> None:
    voice = made(booth, sample)
    said(booth, voice)
    cloning.remove(booth.studio, 1)
    with pytest.raises(UsageError, match="no consent is recorded"):
        said(booth, voice)
    with pytest.raises(UsageError, match="no consent is recorded"):
        said(booth, voice, "Anderes.")
    assert voice not in speech_orders.voices(booth.studio)
    assert made(booth, sample).id == "@a/clone-2"
    assert len(booth.orders()) == 1


def test_a_voice_belongs_to_its_account(booth: Booth, sample: Path) -> None:
    made(booth, sample)
    booth.account("b")
    with pytest.raises(UsageError, match="no consent is recorded"):
        said(booth, Voice("@b/clone-1", "Anna", (), ""))


@pytest.mark.parametrize("name", ["alloy", "clone-", "clone-x", "clone-1", "clone-²"])
def test_a_voice_that_there_is_not(booth: Booth, name: str) -> None:
    with pytest.raises(UsageError, match="no consent is recorded"):
        said(booth, Voice(f"@a/{name}", "", (), ""))
    assert not booth.stub.requests()


def test_an_account_that_makes_no_voices(booth: Booth, sample: Path) -> None:
    booth.studio.accounts.put(booth.account("o").__class__("o", "openai", url=booth.stub.url), "stub-ok", "file")
    with pytest.raises(UsageError, match="makes no voices"):
        cloning.make(booth.studio, "o", sample, (0, 5000), "A", "B", "C")


def test_the_table_wants_a_consent(booth: Booth) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        booth.studio.library.clones.add("a", "A", "id", (0, 1), None, "", b"")  # type: ignore[arg-type]


def test_a_recording_that_the_vendor_refuses(booth: Booth, sample: Path) -> None:
    voice = made(booth, sample)
    booth.stub.configure(reference_s=[20, 30])
    with pytest.raises(InvalidRequest, match="20 to 30"):
        said(booth, voice)
    booth.stub.configure(reference_s=[3, 10])
    assert said(booth, voice).sound
