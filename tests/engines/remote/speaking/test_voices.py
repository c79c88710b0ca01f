"""The other vendors that speak: their own ways beyond the common contract; and the table of all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.accounts import Account
from studio.core.errors import Ambiguous, BadResponse, InvalidRequest, TooLarge, UsageError
from studio.engines.remote.base import Stage
from studio.engines.remote.cleaning import SoundOrder, SttAiCleaning
from studio.engines.remote.speaking import aimlapi_voices, speaking_vendors
from studio.engines.remote.speaking.aimlapi import AimlApiVoices
from studio.engines.remote.speaking.openai_like import OpenAIVoices
from studio.engines.remote.speaking.prosa import ProsaVoices
from studio.engines.remote.speaking.slashml import SlashMLVoices
from studio.engines.remote.speaking.sound import cut_short, suffix_of
from studio.engines.remote.speaking.stt_ai import SttAiVoices
from tests.engines.remote.contract import finish
from tests.engines.remote.driving import HASTY, Drive
from tests.engines.remote.speaking.contract import lasting, reference
from tests.engines.remote.speaking.driving import speaks
from tests.engines.remote.test_own_vendors import blocks, installed
from tests.vendors import spoken
from tests.vendors.aimlapi import AimlApi
from tests.vendors.aimlapi_voices import LISTED
from tests.vendors.openai_like import OpenAILike
from tests.vendors.slashml import SlashML
from tests.vendors.slashml_speech import BASE
from tests.vendors.stt_ai import SttAi
from tests.vendors.stub import Stub


def at(stub: Stub, voice: str, text: str = "Hello there.", **how: object) -> Drive:
    return speaks(AimlApiVoices, f"{stub.url}/v1/", voice, text, **how)


class TestAimlApi:
    @pytest.mark.parametrize("model", LISTED)
    def test_every_model_understands_what_it_is_asked(self, model: str) -> None:
        own = "" if model.startswith("#") else ":" + (aimlapi_voices.family(model).voices or ("any",))[0]
        with AimlApi() as stub:
            speech = at(stub, model + own).result()
            assert lasting(speech) == pytest.approx(spoken.seconds_of("Hello there."), abs=0.15)
            (seen,) = stub.requests("POST", "/v1/tts")
            assert seen.fields["model"] == model
            assert "speed" not in seen.fields

    @pytest.mark.parametrize("model", LISTED)
    def test_the_limits_are_those_of_the_model(self, model: str) -> None:
        limit = AimlApiVoices.limits(Account("a", "aimlapi"), f"{model}:any").characters
        assert limit == LISTED[model].limit

    @pytest.mark.parametrize("json", ["object", "string"])
    @pytest.mark.parametrize("meta", [True, False])
    def test_both_ways_to_tell_where_it_lies(self, json: str, meta: bool) -> None:
        with AimlApi(speech_reply="json", speech_json=json, speech_meta=meta) as stub:
            drive = at(stub, "deepgram/aura-2:thalia")
            assert drive.result().suffix == ".mp3"
            assert drive.data["facts"]["charge"], "how the vendor names what it charges"

    @pytest.mark.parametrize("type", [None, "application/octet-stream"])
    @pytest.mark.parametrize("framing", ["chunked", "length", "close"])
    def test_a_stream_of_sound(self, type: str | None, framing: str) -> None:
        with AimlApi(speech_reply="bytes", speech_type=type, speech_framing=framing) as stub:
            assert at(stub, "openai/tts-1:nova").result().suffix == ".mp3"

    @pytest.mark.parametrize("framing", ["chunked", "length"])
    def test_a_stream_that_breaks_off_may_have_been_charged(self, framing: str) -> None:
        with AimlApi(speech_reply="bytes", speech_framing=framing) as stub:
            stub.script("POST", "/v1/tts", truncate=200)
            drive = at(stub, "openai/tts-1:nova")
            with pytest.raises(Ambiguous):
                drive.go()
            assert drive.stage == Stage.SUBMITTING

    def test_the_credit_is_used_up(self) -> None:
        with AimlApi() as stub, pytest.raises(Exception, match="no credit left"):
            at(stub, "openai/tts-1:nova", key="stub-broke").go()


class TestOpenAI:
    def at(self, stub: Stub, **options: str) -> Drive:
        return speaks(OpenAIVoices, f"{stub.url}/v1/", "nova", options=options)

    @pytest.mark.parametrize("format", ["mp3", "opus", "aac", "flac", "wav"])
    def test_the_order_as_it_is_sent(self, format: str) -> None:
        with OpenAILike() as stub:
            speech = self.at(stub, speech_format=format, speech_model="tts-1-hd").result()
            assert speech.suffix == {"opus": ".ogg"}.get(format, f".{format}")
            (seen,) = stub.requests("POST", "/v1/audio/speech")
            wanted = {"model": "tts-1-hd", "input": "Halo dunia.", "voice": "nova", "response_format": format}
            assert seen.fields == wanted

    def test_a_wav_file_that_does_not_know_its_length(self) -> None:
        with OpenAILike(endless_wav=True) as stub:
            assert lasting(self.at(stub, speech_format="wav").result()) == pytest.approx(0.42, abs=0.05)

    def test_a_wav_file_that_ends_too_early(self) -> None:
        with OpenAILike(audio="cut") as stub, pytest.raises(BadResponse, match="cut short"):
            self.at(stub, speech_format="wav").result()

    def test_the_voices_that_the_user_has_named(self) -> None:
        with OpenAILike(voices=None) as stub:
            drive = self.at(stub, voices="af_heart, Größe ,")
            with drive.vendor() as vendor:
                assert [voice.id for voice in finish(vendor.voices())] == ["af_heart", "Größe"]
            assert replace(drive, order=replace(drive.order, voice="Größe")).result().sound

    def test_a_format_that_cannot_be(self) -> None:
        with OpenAILike() as stub, pytest.raises(UsageError, match="pcm"):
            self.at(stub, speech_format="pcm").go()

    def test_a_server_without_a_key(self) -> None:
        with OpenAILike(keyless=True) as stub:
            drive = self.at(stub)
            drive.key = ""
            assert drive.result().sound


class TestSlashML:
    def test_where_it_speaks_is_told_by_where_it_hears(self) -> None:
        with SlashML() as stub:
            assert speaks(SlashMLVoices, f"{stub.url}/speech-to-text/v1", "aws").result().suffix == ".mp3"
            own = speaks(SlashMLVoices, f"{stub.url}/x/", "aws", options={"speech_url": f"{stub.url}{BASE}/"})
            assert own.result().sound
            with pytest.raises(UsageError, match="speech_url"):
                speaks(SlashMLVoices, f"{stub.url}/x/", "aws").go()

    def test_a_voice_that_is_none(self) -> None:
        with SlashML() as stub:
            with pytest.raises(InvalidRequest, match="no voice"):
                speaks(SlashMLVoices, f"{stub.url}/speech-to-text/v1/", "assembly").go()
            assert not stub.requests()

    def test_without_a_key_it_counts_calls(self) -> None:
        with SlashML() as stub:
            drive = speaks(SlashMLVoices, f"{stub.url}/speech-to-text/v1/", "aws", key="")
            assert drive.result().sound
            assert drive.shared.left() >= 0
            with drive.vendor() as vendor:
                assert vendor.poll_every == 10


class TestSttAi:
    @pytest.mark.parametrize(("seconds", "fits"), [(2.99, False), (3.0, True), (10.0, True), (10.01, False)])
    def test_a_voice_is_three_to_ten_seconds(self, tmp_path: Path, seconds: float, fits: bool) -> None:
        with SttAi() as stub:
            drive = speaks(SttAiVoices, stub.url, "clone-1")
            drive.order = replace(drive.order, reference=reference(tmp_path, seconds))
            if fits:
                assert drive.result().suffix == ".wav"
                (seen,) = stub.requests("POST", "/v1/tts")
                assert seen.fields.keys() == {"reference", "text"}
            else:
                with pytest.raises(InvalidRequest, match="3 to 10 seconds"):
                    drive.go()
                assert not stub.requests(), "not a byte was sent"

    def test_it_has_no_voices_of_its_own(self) -> None:
        with SttAi() as stub, pytest.raises(InvalidRequest, match="cloned"):
            speaks(SttAiVoices, stub.url, "alloy").go()

    def test_what_is_no_recording(self, tmp_path: Path) -> None:
        voiced = reference(tmp_path)
        voiced.path.write_bytes(b"nothing")
        with SttAi() as stub:
            drive = speaks(SttAiVoices, stub.url, "clone-1")
            drive.order = replace(drive.order, reference=voiced)
            with pytest.raises(InvalidRequest, match="damaged"):
                drive.go()

    @pytest.mark.parametrize("over", [0, 1])
    def test_the_largest_file_to_be_cleaned(self, tmp_path: Path, over: int) -> None:
        """Not sent: the server cannot be reached."""
        voiced = reference(tmp_path)
        with voiced.path.open("r+b") as file:
            file.truncate(500_000_000 + over)
        account = Account("mine", "stt-ai", "http://127.0.0.1:9/")
        drive = Drive(SttAiCleaning, account, SoundOrder(voiced, "order-1"), pace=replace(HASTY, connect=0.2))
        with pytest.raises(Exception, match="takes 500 MB at most" if over else "cannot be reached"):
            drive.go()


class TestSound:
    @pytest.mark.parametrize("format", ["wav", "mp3", "opus", "webm", "aac", "flac", "mulaw.wav"])
    def test_what_files_begin_with(self, format: str) -> None:
        sound = spoken.encoded(spoken.samples("Hello", 48_000), 48_000, format)
        assert suffix_of(sound) == {"opus": ".ogg", "mulaw.wav": ".wav"}.get(format, f".{format}")
        assert not cut_short(sound)

    @pytest.mark.parametrize(
        "other", [b"", b"{}", b"<html>", b"RIFF", b"\xff", b"\xff\xd8\xff\xe0JFIF"[:1] + b"\x00" * 9]
    )
    def test_what_is_none(self, other: bytes) -> None:
        assert suffix_of(other) == ""

    def test_a_wav_file_that_lacks_its_end(self) -> None:
        sound = spoken.encoded(spoken.samples("Hello"), spoken.RATE, "wav")
        assert cut_short(sound[:-1])


def test_all_kinds() -> None:
    kinds = speaking_vendors()
    assert {"prosa-tts", "openai", "aimlapi", "slashml", "stt-ai"} <= kinds.keys()
    assert {kind for kind, vendor in kinds.items() if vendor.clones} == {"stt-ai"}


def test_another_package_can_speak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the page on vendors of your own says."""
    points = "mine = my_voices:Mine\nprosa-tts = my_voices:Mine"
    installed(tmp_path, "my_voices", points, group="transcription_studio.voices", my_voices=blocks("python")[1])
    monkeypatch.syspath_prepend(tmp_path)
    found = speaking_vendors()
    assert found["mine"].info.title == "My voices"
    assert found["prosa-tts"] is ProsaVoices
    with OpenAILike() as stub:
        drive = speaks(found["mine"], f"{stub.url}/v1/", "nova")
        assert drive.result().suffix == ".mp3"
        drive.order = replace(drive.order, text="a" * 1001)
        with pytest.raises(TooLarge, match="1,000"):
            replace(drive, stage=Stage.NEW, data={}).go()
