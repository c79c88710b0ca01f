"""Wrong addresses, certificates, clocks and networks: a plain sentence with the way out, and nothing is lost."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from remote_jobs import BY_KIND, Bench, hasty, talk

from studio.core.accounts import Account
from studio.core.errors import RemoteError, StudioError
from studio.core.jobs import JobState
from studio.library import Home
from studio.services import queue
from studio.services.studio import Studio

PORTAL = b"<!doctype html><html><body>Welcome aboard! Please log in.</body></html>"
Server = Callable[..., str]


class _Answer(BaseHTTPRequestHandler):
    """Says the same to everybody."""

    reply, status, location = b"{}", 200, ""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html" if self.reply == PORTAL else "application/json")
        self.send_header("Content-Length", str(len(self.reply)))
        if self.location:
            self.send_header("Location", self.location)
        self.end_headers()
        self.wfile.write(self.reply)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def server() -> Iterator[Server]:
    """server(tls=…, reply=…): a server of its own; returns its address."""
    with ExitStack() as stack:

        def start(tls: ssl.SSLContext | None = None, **says: object) -> str:
            found = ThreadingHTTPServer(("127.0.0.1", 0), type("Answer", (_Answer,), says))
            if tls:
                found.socket = tls.wrap_socket(found.socket, server_side=True, do_handshake_on_connect=False)
            thread = threading.Thread(target=found.serve_forever)
            thread.start()
            stack.callback(thread.join)
            stack.callback(found.server_close)
            stack.callback(found.shutdown)
            return f"{'https' if tls else 'http'}://127.0.0.1:{found.server_port}"

        yield start


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = hasty(Home(tmp_path / "home").prepared())
    yield studio
    studio.close()


def certificate(folder: Path, first: int, last: int, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, str]:
    """A self-made certificate valid from `first` to `last` days from now; the server's end, and a file of it."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    known = x509.DNSName(name) if name[0].isalpha() else x509.IPAddress(ipaddress.ip_address(name))
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=first))
        .not_valid_after(now + timedelta(days=last))
        .add_extension(x509.SubjectAlternativeName([known]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both, public = folder / "both.pem", folder / "public.pem"
    both.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, str(public)


def trouble(studio: Studio, url: str, certificates: str = "", kind: str = "deepgram") -> str:
    """What trying an account at that address tells."""
    studio.accounts.put(Account("a", kind, url=url, certificates=certificates, insecure=True), "stub-ok", "file")
    with pytest.raises(StudioError) as error:
        studio.accounts.test("a")
    sentence = error.value.problem.sentence
    assert "Error" not in sentence
    return sentence.replace(url.split("//")[1], "HOST")


@pytest.mark.parametrize(
    ("first", "last", "name", "trusted", "said"),
    [
        (
            -9,
            -1,
            "127.0.0.1",
            True,
            "The certificate of HOST has expired, or the clock of this computer is wrong. Check",
        ),
        (1, 9, "127.0.0.1", True, "The certificate of HOST is not valid yet, or the clock of this computer is wrong. "),
        (-1, 9, "other.example", True, "Another server answers in place of HOST. In a hotel or train, log in"),
        (-1, 9, "127.0.0.1", False, "The certificate of HOST could not be verified. If your company checks encrypted"),
    ],
    ids=["expired", "not yet valid", "another's", "unknown"],
)
def test_certificates(
    first: int, last: int, name: str, trusted: bool, said: str, server: Server, studio: Studio, tmp_path: Path
) -> None:
    tls, file = certificate(tmp_path, first, last, name)
    assert trouble(studio, server(tls), file if trusted else "").startswith(said)


def test_a_private_authority_named_in_the_account_is_trusted(server: Server, studio: Studio, tmp_path: Path) -> None:
    tls, file = certificate(tmp_path, -1, 9)
    url = server(tls, reply=b'{"projects": [], "stt": []}')
    studio.accounts.put(Account("a", "deepgram", url=url, certificates=file), "stub-ok", "file")
    assert studio.accounts.test("a").sentence


def test_a_file_of_certificates_that_is_not_there(studio: Studio) -> None:
    assert "“/none.pem”" in trouble(studio, "https://127.0.0.1:9", "/none.pem")


def test_https_where_only_http_is_spoken(server: Server, studio: Studio) -> None:
    url = server().replace("http:", "https:")
    assert trouble(studio, url).startswith("HOST does not speak https. Check the account's address: perhaps it begins")


def test_nobody_is_there(studio: Studio) -> None:
    assert (
        trouble(studio, "http://127.0.0.1:9") == "HOST cannot be reached. Check the network; the job keeps its place."
    )
    assert trouble(studio, "https://nowhere.invalid").startswith("HOST cannot be reached. Check the network")


def test_a_portal_that_wants_a_log_in(server: Server, studio: Studio) -> None:
    said = "log in to its network first"
    assert said in trouble(studio, server(reply=PORTAL))
    assert said in trouble(studio, server(status=302, reply=PORTAL, location="http://portal.example/"))


def test_another_program_at_that_address(server: Server, studio: Studio) -> None:
    said = trouble(studio, server(status=404, reply=b'{"detail": "Not Found"}'))
    assert said == "HOST does not know this request: “Not Found”. Check the account's address and model."


def test_a_key_that_may_not_do_this(server: Server, studio: Studio) -> None:
    said = trouble(studio, server(status=403, reply=b'{"message": "Your plan has no speech."}'))
    assert said.startswith("Deepgram does not allow this with your key: “Your plan has no speech.”. Check what it may")


@pytest.mark.parametrize("text", ["key with spaces and ü", "a\nb"])
def test_a_key_that_no_header_can_carry(text: str, studio: Studio) -> None:
    studio.accounts.put(Account("a", "deepgram", url="http://127.0.0.1:9"), text, "file")
    with pytest.raises(RemoteError, match=r"holds characters that no key has\. Paste it again") as error:
        studio.accounts.test("a")
    assert text not in str(error.value)


@pytest.mark.parametrize("kind", ["prosa", "assemblyai", "deepgram"])
def test_a_job_in_a_train_goes_on_when_the_network_is_there(
    kind: str, server: Server, studio: Studio, tmp_path: Path
) -> None:
    """Behind a portal all requests are answered with its page: nothing is lost, and nobody says that it was paid."""
    case = BY_KIND[kind]
    with case.stub(**case.settings) as stub:
        b = Bench(studio, stub, case)
        b.account()
        good = studio.accounts.get("a")
        bad = Account("a", kind, url=server(status=302, reply=PORTAL, location="http://portal.example/"))
        studio.accounts.put(bad)
        studio.accounts.agree("a")
        b.add(talk(tmp_path / "talk.wav"))
        job = b.work()
        assert job.problem
        assert "log in to its network first" in job.problem.sentence
        assert job.problem.kind != "Ambiguous"
        studio.accounts.put(good)
        studio.accounts.agree("a")
        queue.retry(studio, job)
        assert b.work().state == JobState.DONE
        assert len(b.orders()) == 1
