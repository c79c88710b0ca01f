"""The imitation of AI/ML API keeps to the contract: both ways to create, both dialects, three shapes of results."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from .aimlapi import AimlApi
from .aimlapi_models import LISTED
from .heard import silence

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
SOUND, STEREO = silence(12), silence(12, 2)
LINK = "https://audio.example.org/talk.mp3"
WHISPER, NOVA, UNIVERSAL, GPT = "#g1_whisper-large", "nova-3", "aai/universal", "openai/gpt-4o-transcribe"


@pytest.fixture(scope="module")
def server() -> Iterator[AimlApi]:
    with AimlApi(polls_until_done=0) as stub:
        yield stub


@pytest.fixture
def stub(server: AimlApi) -> AimlApi:
    server.reset()
    return server


@pytest.fixture
def client(stub: AimlApi) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer stub-ok"}
    with httpx.Client(base_url=stub.url + "/v1", headers=headers, verify=NO_TLS, trust_env=False) as client:
        yield client


def upload(client: httpx.Client, model: str = WHISPER, sound: bytes = SOUND, **options: Any) -> httpx.Response:
    part = "file" if model.startswith("openai/") else "audio"
    files = {part: ("talk.wav", sound, "audio/wav")}
    return client.post("/stt/create", files=files, data={"model": model, **options})


def link(client: httpx.Client, model: str = WHISPER, **options: Any) -> httpx.Response:
    return client.post("/stt/create", json={"model": model, "url": LINK, **options})


def poll(client: httpx.Client, created: httpx.Response) -> Any:
    return client.get(f"/stt/{created.json()['generation_id']}").json()


def result(client: httpx.Client, created: httpx.Response) -> Any:
    assert created.is_success, created.text
    body = poll(client, created)
    assert body["status"] == "completed"
    return body["result"]


# --- creating


def test_both_ways_to_create(stub: AimlApi, client: httpx.Client) -> None:
    for created in (upload(client), link(client)):
        assert created.status_code == 201
        assert created.json().keys() == {"generation_id"}
        assert created.headers["x-inference-id"]
    assert [seen.fields["model"] for seen in stub.requests()] == [WHISPER, WHISPER]  # the # arrived


@pytest.mark.parametrize("model", ["%23g1_whisper-large", "g1_whisper-large", "whisper-huge", "", 7])
def test_unknown_models(client: httpx.Client, model: Any) -> None:
    reply = link(client, model)
    assert reply.status_code == 400
    assert reply.json()["message"].startswith("Body validation error\nmodel: ")


@pytest.mark.parametrize("model", ["whisper-tiny", "nova-2-drivethru", "slam-1", *LISTED])
def test_known_models(client: httpx.Client, model: str) -> None:
    assert result(client, link(client, model))


def test_exactly_one_source(client: httpx.Client) -> None:
    file = {"audio": ("talk.wav", SOUND, "audio/wav")}
    named = {"model": WHISPER}
    refused = [
        client.post("/stt/create", files=file, data=named | {"url": LINK}),
        client.post("/stt/create", files={"model": (None, WHISPER)}),
        client.post("/stt/create", files={"model": (None, WHISPER), "url": (None, LINK)}),
        client.post("/stt/create", files={"file": file["audio"]}, data=named),
        client.post("/stt/create", files=file, data={"model": GPT}),
        client.post("/stt/create", files={"audio": (None, "talk")}, data=named),
        client.post("/stt/create", json=named),
        client.post("/stt/create", json=named | {"audio": "UklGRg=="}),
        client.post("/stt/create", json=named | {"url": "talk.mp3"}),
        client.post("/stt/create", json=named | {"url": None}),
        client.post("/stt/create", content=SOUND, headers={"Content-Type": "audio/wav"}),
        client.post("/stt/create", data=named | {"url": LINK}),
    ]
    assert [reply.status_code for reply in refused] == [400] * len(refused)
    assert upload(client, sound=b"").status_code == 400


@pytest.mark.parametrize(
    ("model", "good", "bad"),
    [
        (WHISPER, {"multi_channel": True}, {"multichannel": True}),
        (NOVA, {"multichannel": True}, {"multi_channel": True}),
        (NOVA, {"detect_language": ["en", "id"]}, {"keywords": "storm"}),
        (NOVA, {"keyterm": ["storm"], "encoding": "amr-wb"}, {"encoding": "mp3"}),
        (WHISPER, {"detect_language": True}, {"detect_language": ["en"]}),
        (WHISPER, {"utt_split": 0.8, "tag": ["a", "b"]}, {"utt_split": "long"}),
        (WHISPER, {"custom_topic": "weather", "custom_topic_mode": "strict"}, {"custom_topic_mode": "loose"}),
        (WHISPER, {"language": "en-US"}, {"language": 7}),
        (WHISPER, {"punctuate": True}, {"punctuate": 1}),
        (UNIVERSAL, {"speaker_labels": True, "speakers_expected": 2}, {"diarize": True}),
        (UNIVERSAL, {"custom_spelling": [{"from": ["a"], "to": "b"}]}, {"custom_spelling": ["a"]}),
        (UNIVERSAL, {"speech_threshold": 1}, {"speech_threshold": 1.1}),
        (GPT, {"temperature": 1, "prompt": "Zoë"}, {"temperature": 1.1}),
        ("microsoft/mai-transcribe-1.5", {"temperature": 2, "top_p": 0.5, "max_tokens": 9}, {"top_p": 2}),
    ],
)
def test_options(client: httpx.Client, model: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert link(client, model, **good).status_code == 201
    reply = link(client, model, **bad)
    assert reply.status_code == 400
    assert f"\n{next(iter(bad))}: " in reply.json()["message"]


def test_options_in_a_form(client: httpx.Client) -> None:
    assert upload(client, punctuate="true", utt_split="0.8", tag=["a", "b"]).status_code == 201
    assert upload(client, UNIVERSAL, custom_spelling='[{"from": ["a"], "to": "b"}]', word_boost="a").status_code == 201
    assert upload(client, punctuate="yes").status_code == 400
    assert upload(client, utt_split="long").status_code == 400
    assert upload(client, UNIVERSAL, custom_spelling="a").status_code == 400
    assert link(client, punctuate="true").status_code == 400  # text is none in JSON


# --- polling


def test_dialect_of_the_guide(stub: AimlApi, client: httpx.Client) -> None:
    stub.configure(polls_until_done=3)
    created = upload(client)
    replies = [poll(client, created) for _ in range(5)]
    assert [reply["status"] for reply in replies] == ["waiting", "active", "active", "completed", "completed"]
    assert [reply.keys() for reply in replies] == [{"status"}] * 3 + [{"status", "result"}] * 2


def test_dialect_of_the_schema(stub: AimlApi, client: httpx.Client) -> None:
    stub.configure(polls_until_done=2, dialect="schema")
    created = upload(client)
    assert (created.status_code, created.json()["status"]) == (200, "queued")
    assert len(created.json()["generation_id"]) == 21
    replies = [poll(client, created) for _ in range(3)]
    assert [reply["status"] for reply in replies] == ["queued", "generating", "completed"]
    assert [reply.keys() for reply in replies] == [{"id", "status", "output", "error"}] * 3
    assert [bool(reply["output"]) for reply in replies] == [False, False, True]
    stub.configure(create_status=201)
    assert upload(client).status_code == 201


def test_other_names_of_statuses(stub: AimlApi, client: httpx.Client) -> None:
    stub.configure(polls_until_done=2, running=["Warming_Up"], done_status="finished")
    created = upload(client)
    assert [poll(client, created)["status"] for _ in range(3)] == ["Warming_Up", "Warming_Up", "finished"]


def test_a_job_without_an_end(stub: AimlApi, client: httpx.Client) -> None:
    stub.configure(polls_until_done=None)
    created = upload(client)
    assert {poll(client, created)["status"] for _ in range(5)} == {"waiting", "active"}


@pytest.mark.parametrize("dialect", ["guide", "schema"])
def test_failure_at_a_poll(stub: AimlApi, client: httpx.Client, dialect: str) -> None:
    stub.configure(dialect=dialect, polls_until_done=5, fail_at=3)
    created = upload(client)
    replies = [poll(client, created) for _ in range(4)]
    assert [reply["status"] == "error" for reply in replies] == [False, False, True, True]
    assert replies[2]["error"].keys() == {"name", "message"}
    assert not replies[2].get("result", replies[2].get("output"))


def test_results_are_kept_for_an_hour(stub: AimlApi, client: httpx.Client) -> None:
    created = upload(client)
    stub.configure(clock_offset_s=3590)
    assert result(client, created)
    stub.configure(clock_offset_s=3610)
    reply = client.get(f"/stt/{created.json()['generation_id']}")
    assert (reply.status_code, reply.json()["statusCode"]) == (404, "404")


def test_a_job_that_is_not_known_at_once(stub: AimlApi, client: httpx.Client) -> None:
    stub.configure(lag_polls=2, polls_until_done=1)
    path = f"/stt/{upload(client).json()['generation_id']}"
    replies = [client.get(path) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [404, 404, 200, 200]
    assert [reply.json()["status"] for reply in replies[2:]] == ["waiting", "completed"]
    assert client.get("/stt/nothing").status_code == 404


# --- shapes


def test_shape_a(client: httpx.Client) -> None:
    body = result(client, upload(client, punctuate="true"))
    assert body.keys() == {"metadata", "results"}
    assert (body["metadata"]["duration"], body["metadata"]["channels"]) == (12.0, 1)
    (channel,) = body["results"]["channels"]
    (best,) = channel["alternatives"]
    assert best.keys() == {"transcript", "confidence", "words"}
    assert " ".join(word["punctuated_word"] for word in best["words"]) == best["transcript"]
    assert best["words"][0].keys() == {"word", "punctuated_word", "start", "end", "confidence"}
    assert all(first["end"] <= second["start"] for first, second in pairwise(best["words"]))


def test_shape_a_with_everything(stub: AimlApi, client: httpx.Client) -> None:
    switches = ("diarize", "utterances", "paragraphs", "punctuate", "detect_language")
    asked: dict[str, Any] = dict.fromkeys(switches, "true")
    results = result(client, upload(client, **asked))["results"]
    channel = results["channels"][0]
    best = channel["alternatives"][0]
    assert {word["speaker"] for word in best["words"]} == {0, 1}
    assert (channel["detected_language"], channel["language_confidence"] > 0.9) == ("en", True)
    assert " ".join(each["transcript"] for each in results["utterances"]) == best["transcript"]
    assert results["utterances"][0].keys() >= {"start", "end", "confidence", "channel", "words", "speaker", "id"}
    assert best["paragraphs"]["paragraphs"][0].keys() == {"sentences", "num_words", "start", "end", "speaker"}
    stub.configure(paragraphs="array")
    again = result(client, upload(client, **asked))["results"]["channels"][0]["alternatives"][0]
    assert again["paragraphs"] == [best["paragraphs"]]


@pytest.mark.parametrize(("model", "option"), [(WHISPER, "multi_channel"), (NOVA, "multichannel")])
def test_channels(stub: AimlApi, client: httpx.Client, model: str, option: str) -> None:
    both = result(client, upload(client, model, STEREO, **{option: "true"}))
    assert (both["metadata"]["channels"], len(both["results"]["channels"])) == (2, 2)
    assert len(result(client, upload(client, model, STEREO))["results"]["channels"]) == 1
    stub.configure(channels=2)
    assert len(result(client, link(client, model, **{option: True}))["results"]["channels"]) == 2


def test_a_channel_as_an_object_and_no_results(stub: AimlApi, client: httpx.Client) -> None:
    stub.configure(channels_object=True)
    assert result(client, upload(client))["results"]["channels"]["alternatives"]
    stub.configure(null_results=True)
    assert result(client, upload(client))["results"] is None


def test_shape_b(stub: AimlApi, client: httpx.Client) -> None:
    body = result(client, upload(client, UNIVERSAL))
    assert (body["status"], body["language_code"], body["audio_duration"]) == ("completed", "en_us", 12)
    assert body["utterances"] is None
    assert body["words"][0] | {"text": "", "confidence": 1} == {
        "text": "",
        "start": 320,
        "end": 640,
        "confidence": 1,
        "speaker": None,
    }
    asked: dict[str, Any] = {"speaker_labels": "true", "language_code": "id", "auto_highlights": "true"}
    body = result(client, upload(client, UNIVERSAL, **asked))
    assert [each["speaker"] for each in body["utterances"]][:2] == ["A", "B"]
    assert " ".join(each["text"] for each in body["utterances"]) == body["text"]
    assert (body["language_code"], body["auto_highlights_result"]) == ("id", {"status": "unavailable"})
    stub.configure(inner_status="error")
    body = result(client, upload(client, UNIVERSAL))
    assert (body["status"], body["text"], bool(body["error"])) == ("error", None, True)


def test_shape_c(client: httpx.Client) -> None:
    body = result(client, upload(client, GPT))
    assert body.keys() == {"text", "usage"}
    assert body["usage"]["type"] == "tokens"
    body = result(client, upload(client, "microsoft/mai-transcribe-1.5"))
    assert body["usage"] == {"seconds": 12, "cost": 0.0012}


@pytest.mark.parametrize("text", ["", "Größe — 日本語\nשלום 😀"])
def test_given_words(stub: AimlApi, client: httpx.Client, text: str) -> None:
    stub.configure(transcript=text)
    words = " ".join(text.split())
    body = result(client, upload(client, punctuate="true"))
    assert body["results"]["channels"][0]["alternatives"][0]["transcript"] == words
    assert result(client, upload(client, UNIVERSAL))["text"] == result(client, upload(client, GPT))["text"] == words


# --- account and errors


def test_models_need_no_key(stub: AimlApi, client: httpx.Client) -> None:
    del client.headers["Authorization"]
    listed = client.get("/models").json()["data"]
    assert [each["id"] for each in listed if each["type"] == "stt"] == [*LISTED]
    assert {each["type"] for each in listed} > {"stt", "tts"}
    stub.configure(typed_models=False)
    assert client.get("/models").json()["data"][0] == {"id": WHISPER}
    assert client.get("/billing/balance").status_code == 401
    assert client.get("/stt/x").status_code == 401


def test_balance(client: httpx.Client) -> None:
    body = client.get("/billing/balance").json()
    assert body.keys() >= {"balance", "lowBalance", "lowBalanceThreshold", "lastUpdated", "autoDebitStatus"}
    client.headers["Authorization"] = "Bearer stub-broke"
    body = client.get("/billing/balance").json()
    assert (body["balance"], body["lowBalance"]) == (0, True)


@pytest.mark.parametrize(("key", "status"), [("stub-bad", 401), ("stub-broke", 403), ("stub-slow", 429)])
def test_error_bodies(stub: AimlApi, client: httpx.Client, key: str, status: int) -> None:
    client.headers["Authorization"] = f"Bearer {key}"
    reply = upload(client)
    body = reply.json()
    assert body.keys() == {"message", "path", "requestId", "statusCode", "timestamp"}
    assert (reply.status_code, body["statusCode"], body["path"]) == (status, str(status), "/v1/stt/create")
    assert "Retry-After" not in reply.headers
    stub.configure(status_code="int", message="list")
    body = upload(client).json()
    assert body["statusCode"] == status
    assert isinstance(body["message"], list)


def test_two_reasons_for_403(stub: AimlApi, client: httpx.Client) -> None:
    def about_money() -> bool:
        reply = upload(client)
        assert reply.status_code == 403
        return any(word in reply.json()["message"].lower() for word in ("credit", "balance", "top up", "billing"))

    stub.configure(forbidden=True)
    assert not about_money()
    assert client.get("/models").status_code == 200
    stub.configure(forbidden=False)
    client.headers["Authorization"] = "Bearer stub-broke"
    assert about_money()


def test_paths_are_exact(client: httpx.Client) -> None:
    for path in ("/v1/stt/create/", "/stt/create", "/v1/stt", "/v1/tts/", "/tts"):
        assert client.post(str(client.base_url.copy_with(path=path)), json={}).status_code == 404
    assert client.get("/stt/create").status_code == 405


def test_the_limit_of_a_request(stub: AimlApi, client: httpx.Client) -> None:
    upload(client)
    stub.configure(max_body=stub.requests()[0].length)
    assert [upload(client).status_code, upload(client, sound=SOUND + b"x").status_code] == [201, 413]


# --- as recorded


def test_shape_a_is_deepgrams(client: httpx.Client, shared_data: Path) -> None:
    recorded = json.loads((shared_data / "vendor-json/deepgram_go/resp0.json").read_text())
    body = result(client, upload(client, punctuate="true"))
    assert recorded["metadata"].keys() - body["metadata"].keys() == {"sha256", "summary_info"}
    ours, theirs = (root["results"]["channels"][0]["alternatives"][0] for root in (body, recorded))
    assert ours.keys() == theirs.keys()
    assert ours["words"][0].keys() == theirs["words"][0].keys()


def test_shape_b_is_assemblyais(client: httpx.Client, shared_data: Path) -> None:
    recorded = json.loads((shared_data / "vendor-json/assemblyai_spec/Transcript.json").read_text())
    body = result(client, upload(client, UNIVERSAL, speaker_labels="true"))
    assert body.keys() <= recorded.keys()
    assert body["utterances"][0].keys() == recorded["utterances"][0].keys()
    assert body["words"][0].keys() == recorded["words"][0].keys()
