"""Fetching from a hub that cuts, corrupts, redirects, refuses and hangs: a real HTTP server in this process."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hub_server import HubServer, closed_port, content, model, served
from pulling import stop_when

from studio.core.errors import ModelError, StorageError
from studio.core.jobs import Stopped, StopToken
from studio.models import Model, ModelStore, PullProgress, WeightFile, hub

Endpoint = Callable[[str], None]
FILES = {"config.json": b'{"a": 1}', "model.bin": content(1_000_000), "deep/vocabulary.txt": b"words\n"}


def pull(store: ModelStore, token: str | None = None) -> list[PullProgress]:
    return list(store.pull("test-model", StopToken(), token))


def store_for(tmp_path: Path, entry: Model | None = None) -> ModelStore:
    entry = entry or model(FILES)
    return ModelStore(tmp_path / "models", {entry.id: entry})


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    return lambda url: monkeypatch.setenv("HF_ENDPOINT", url)


def test_a_pull_brings_exactly_the_files(tmp_path: Path, endpoint: Endpoint) -> None:
    store = store_for(tmp_path)
    with HubServer(served(FILES)) as server:
        endpoint(server.url)
        steps = pull(store)
    folder = store.path("test-model")
    assert {n: (folder / n).read_bytes() for n in FILES} == FILES
    assert store.is_ready("test-model")
    assert steps[-1].done_bytes == steps[-1].total_bytes == sum(map(len, FILES.values()))
    assert [s.done_bytes for s in steps] == sorted(s.done_bytes for s in steps)
    assert json.loads((folder / "manifest.json").read_text())["source"] == "hub"
    assert list((store.root / ".partial").glob("*/")) == []


def test_a_cut_connection_is_continued_not_restarted(tmp_path: Path, endpoint: Endpoint) -> None:
    files = {"model.bin": FILES["model.bin"]}
    store = store_for(tmp_path, model(files))
    with HubServer(served(files), cut_after=[400_000, 300_000]) as server:
        endpoint(server.url)
        pull(store)
    assert [r.headers.get("range") for r in server.seen()] == [None, "bytes=400000-", "bytes=700000-"]
    assert (store.path("test-model") / "model.bin").read_bytes() == files["model.bin"]


def test_a_server_without_ranges_is_read_from_the_beginning(tmp_path: Path, endpoint: Endpoint) -> None:
    files = {"model.bin": FILES["model.bin"]}
    store = store_for(tmp_path, model(files))
    with HubServer(served(files), cut_after=[400_000], ignore_range=True) as server:
        endpoint(server.url)
        pull(store)
    assert len(server.seen()) == 2
    store.verify("test-model")
    assert store.is_ready("test-model")


def test_a_connection_that_always_breaks_is_given_up_and_kept(tmp_path: Path, endpoint: Endpoint) -> None:
    files = {"model.bin": FILES["model.bin"]}
    store = store_for(tmp_path, model(files))
    with HubServer(served(files), cut_after=[400_000, 0, 0, 0]) as server:
        endpoint(server.url)
        with pytest.raises(ModelError, match="broke off"):
            pull(store)
        assert store.list()[0].partial_bytes == 400_000
        pull(store)
    assert server.seen()[-1].headers["range"] == "bytes=400000-"
    assert store.is_ready("test-model")


def test_a_wrong_byte_is_an_error_that_names_the_file_and_removes_it(tmp_path: Path, endpoint: Endpoint) -> None:
    store = store_for(tmp_path)
    with HubServer(served(FILES), corrupt=True) as server:
        endpoint(server.url)
        with pytest.raises(ModelError, match=r"“deep/vocabulary.txt” of the model “test-model” is not the file"):
            pull(store)
        assert list(store.root.rglob("vocabulary.txt")) == []
        assert not store.is_ready("test-model")
        server.corrupt = False
        pull(store)
    store.verify("test-model")
    assert store.is_ready("test-model")


def test_a_spoilt_rest_of_an_earlier_try_is_dropped(tmp_path: Path, endpoint: Endpoint) -> None:
    files = {"model.bin": FILES["model.bin"]}
    store = store_for(tmp_path, model(files))
    rest = store.root / ".partial" / "test-model" / "files" / "model.bin"
    rest.parent.mkdir(parents=True)
    rest.write_bytes(b"?" * 500_000)
    with HubServer(served(files)) as server:
        endpoint(server.url)
        pull(store)
    assert [r.headers.get("range") for r in server.seen()] == ["bytes=500000-", None]
    assert (store.path("test-model") / "model.bin").read_bytes() == files["model.bin"]


def test_the_token_never_reaches_another_host(tmp_path: Path, endpoint: Endpoint) -> None:
    files = {"model.bin": FILES["model.bin"]}
    store = store_for(tmp_path, model(files, gated=True))
    with HubServer(served(files)) as storage, HubServer(served(files), redirect=storage.url) as server:
        endpoint(server.url)
        pull(store, token="hf_secret")
    assert [r.headers["authorization"] for r in server.seen()] == ["Bearer hf_secret"]
    assert len(storage.seen()) == 1
    assert not any("hf_secret" in str(r.headers) for r in storage.journal)


def test_the_token_is_shown_only_where_a_model_asks_for_one(
    tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_from_env")
    with HubServer(served(FILES)) as server:
        endpoint(server.url)
        pull(store_for(tmp_path / "open"))
        assert not any("authorization" in r.headers for r in server.journal)
        pull(store_for(tmp_path / "gated", model(FILES, gated=True)))
        assert server.journal[-1].headers["authorization"] == "Bearer hf_from_env"


@pytest.mark.parametrize(
    ("status", "gated", "words"),
    [
        (401, True, "accepted its terms"),
        (403, True, "owner/repo"),
        (403, False, "refused"),
        (404, False, "no “config.json”|no “deep/vocabulary.txt”"),
        (407, False, "proxy asks for a name and a password"),
        (500, False, "error \\(500\\)"),
    ],
)
def test_http_errors_become_one_sentence_with_a_way_out(
    tmp_path: Path, endpoint: Endpoint, status: int, gated: bool, words: str
) -> None:
    with HubServer({}, status=status) as server:
        endpoint(server.url)
        with pytest.raises(ModelError, match=words) as caught:
            pull(store_for(tmp_path, model(FILES, gated=gated)))
    assert "“test-model” could not be fetched" in caught.value.problem.what
    assert "studio models pull test-model --from FOLDER" in caught.value.problem.hint
    assert str(status) in caught.value.problem.detail
    assert len(server.journal) == 1, "asked again although the answer was clear"


@pytest.mark.slow
def test_a_silent_hub_is_given_up_within_seconds(tmp_path: Path, endpoint: Endpoint) -> None:
    with HubServer(served(FILES), silent=True) as server:
        endpoint(server.url)
        started = time.monotonic()
        with pytest.raises(ModelError, match="hub cannot be reached"):
            pull(store_for(tmp_path))
        assert time.monotonic() - started < 15  # 5 s are promised; the machine may be busy


def test_a_hub_that_stops_after_the_head_is_given_up_too(
    tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "DECIDE", 0.3)
    with HubServer(served(FILES), hold_after=0) as server:
        endpoint(server.url)
        with pytest.raises(ModelError, match="hub cannot be reached"):
            pull(store_for(tmp_path))
        assert server.holding.is_set()


def test_a_stop_ends_a_hanging_download_and_keeps_what_came(tmp_path: Path, endpoint: Endpoint) -> None:
    files = {"model.bin": FILES["model.bin"]}
    store, stop = store_for(tmp_path, model(files)), StopToken()
    with HubServer(served(files), hold_after=300_000) as server:
        endpoint(server.url)
        with pytest.raises(Stopped):
            stop_when(lambda step: step.done_bytes, store.pull("test-model", stop), stop)
        kept = store.list()[0].partial_bytes
        assert 0 < kept <= 300_000
        server.release.set()
        pull(store)
        assert server.seen()[-1].headers["range"] == f"bytes={kept}-"
    assert store.is_ready("test-model")


def test_a_proxy_from_the_environment_is_used(
    tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_for(tmp_path)
    with HubServer(served(FILES)) as proxy:
        endpoint("http://hub.example.invalid")
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        pull(store)
    assert store.is_ready("test-model")
    assert all(r.path.startswith("http://hub.example.invalid/owner/repo/") for r in proxy.journal)
    assert len(proxy.journal) == len(FILES)


def test_no_proxy_is_used_where_it_says_so(tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    with HubServer(served(FILES)) as server:
        endpoint(server.url)
        monkeypatch.setenv("HTTP_PROXY", closed_port())
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        pull(store_for(tmp_path))
    assert len(server.journal) == len(FILES)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_company_certificate_is_trusted_when_it_is_named(
    tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=company -keyout {key} -out {certificate}"
    subprocess.run([*command.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    store = store_for(tmp_path)
    with HubServer(served(FILES), tls=tls) as server:
        endpoint(server.url)
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        with pytest.raises(ModelError, match="certificate could not be verified") as caught:
            pull(store)
        assert "SSL_CERT_FILE" in caught.value.problem.hint
        monkeypatch.setenv(variable, str(certificate))
        pull(store)
    assert store.is_ready("test-model")


@pytest.mark.parametrize("git_etags", [False, True])
def test_a_file_without_a_published_hash_is_checked_against_what_the_hub_states(
    tmp_path: Path, endpoint: Endpoint, git_etags: bool
) -> None:
    entry = model(FILES)
    config = WeightFile("config.json", 999)
    entry = dataclasses.replace(entry, files=(config, *entry.files[1:]))
    store = store_for(tmp_path, entry)
    with HubServer(served(FILES), git_etags=git_etags) as server:
        endpoint(server.url)
        server.corrupt = True
        with pytest.raises(ModelError, match=r"“config.json”|“deep/vocabulary.txt”"):
            pull(store)
        server.corrupt = False
        pull(store)
    manifest = json.loads((store.path("test-model") / "manifest.json").read_text())
    recorded = manifest["files"]["config.json"]
    assert recorded == {"bytes": 8, "sha256": hashlib.sha256(FILES["config.json"]).hexdigest()}
    assert store.is_ready("test-model")
    (store.path("test-model") / "config.json").write_bytes(b'{"a": 2}')
    with pytest.raises(ModelError, match=r"“config\.json”"):
        store.verify("test-model")


def test_no_room_on_the_disk_is_said_before_the_download(
    tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    with HubServer(served(FILES)) as server:
        endpoint(server.url)
        with pytest.raises(StorageError, match="no room for the model “test-model”: it needs 1 MB more"):
            pull(store_for(tmp_path))
    assert server.journal == []
