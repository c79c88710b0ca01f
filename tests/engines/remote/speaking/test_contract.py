"""All vendors that speak, under the common contract."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.core.errors import BadResponse, RemoteError
from studio.engines.remote.speaking.aimlapi import AimlApiVoices
from studio.engines.remote.speaking.openai_like import OpenAIVoices
from studio.engines.remote.speaking.prosa import ProsaVoices
from studio.engines.remote.speaking.slashml import SlashMLVoices
from studio.engines.remote.speaking.stt_ai import SttAiVoices
from tests.engines.remote.contract import Case
from tests.engines.remote.driving import Drive
from tests.engines.remote.speaking.contract import Fetched, SpeaksAtOnce, SpeaksPolled
from tests.vendors import prosa_speech, slashml_speech
from tests.vendors.aimlapi import AimlApi
from tests.vendors.openai_like import OpenAILike
from tests.vendors.prosa import Prosa
from tests.vendors.slashml import SlashML
from tests.vendors.stt_ai import SttAi
from tests.vendors.stub import Stub

PROSA = Case(
    kind=ProsaVoices,
    stub=Prosa,
    base="/v2/speech/",
    submit=prosa_speech.PATH,
    poll=f"{prosa_speech.PATH}/{{id}}",
    failing={"outcome": "failed"},
    reason="The recogniser gave up.",
    strange={"pending": ["warming_up"]},
)


class TestProsa(SpeaksPolled):
    """Long texts, which are polled for."""

    case = PROSA
    voice, most = "tts-dini", 5000
    short = "Hasil akhir dari pekerjaan ini cukup memuaskan. " * 7

    def no_sound(self, drive: Drive, stub: Stub, how: str, error: type[RemoteError] = BadResponse) -> None:
        """It is asked for again, and stays where it is: the job is paid for."""
        super().no_sound(drive, stub, how, error)
        stub.configure(audio="whole")
        self.goes_well(drive, stub)


class TestProsaWaited(SpeaksPolled):
    """Short texts, where the vendor does not come to an end in time."""

    case = Case(**{**vars(PROSA), "setup": {"work_s": 60}})
    voice = "tts-dini"


class TestProsaByAddress(SpeaksPolled, Fetched):
    """A server that gives out addresses though it was not asked to."""

    voice = "tts-dini"
    short = TestProsa.short

    class ByAddress(Prosa):
        def result(self, job: Any, request: Any) -> dict[str, Any]:
            request.query["as_signed_url"] = "true"
            return super().result(job, request)

    case = Case(**{**vars(PROSA), "stub": ByAddress})


class TestSlashML(SpeaksPolled, Fetched):
    case = Case(
        kind=SlashMLVoices,
        stub=SlashML,
        base="/speech-to-text/v1/",
        submit=f"{slashml_speech.BASE}/jobs/",
        poll=f"{slashml_speech.BASE}/jobs/{{id}}/",
        setup={"speech_at_once": False},
        failing={"failure": "The voice is hoarse."},
        reason="The voice is hoarse.",
        strange={"speech_running": ["WARMING_UP"]},
    )
    voice = "google"


class TestSlashMLAtOnce(Fetched):
    """Jobs that are over when they are placed."""

    case = Case(**{**vars(TestSlashML.case), "setup": {}})
    voice = "aws"


class TestAimlApi(SpeaksAtOnce):
    """Models whose answer is the sound."""

    case = Case(kind=AimlApiVoices, stub=AimlApi, base="/v1/", submit="/v1/tts")
    voice = "deepgram/aura-2:thalia"


class TestAimlApiByAddress(Fetched):
    """Models whose answer tells where the sound is."""

    case = Case(kind=AimlApiVoices, stub=AimlApi, base="/v1/", submit="/v1/tts")
    voice, most = "openai/tts-1:alloy", 4096


class TestOpenAI(SpeaksAtOnce):
    case = Case(kind=OpenAIVoices, stub=OpenAILike, base="/v1/", submit="/v1/audio/speech")
    voice, most = "nova", 4096


class TestSttAi(SpeaksAtOnce):
    case = Case(kind=SttAiVoices, stub=SttAi, base="/", submit="/v1/tts", repeats_503=True)
    voice = "clone-1"

    def driven(self, stub: Any, folder: Path, seconds: int = 0, **how: Any) -> Drive:
        drive = super().driven(stub, folder, seconds, **how)
        drive.account = replace(drive.account, options={"account_url": f"{stub.url}/api"})
        return drive
