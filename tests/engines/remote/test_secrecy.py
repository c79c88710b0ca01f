"""The line to a vendor: where a key may go, and that nothing tells it."""

from __future__ import annotations

import logging
import traceback

import pytest

from studio.core.accounts import Account
from studio.core.errors import (
    AuthError,
    BadResponse,
    RemoteError,
    UsageError,
)
from studio.engines.remote.bodies import Json
from studio.engines.remote.line import Line, check_address, redacted
from tests.engines.remote.echo import KEY, Echo, finish, line_to
from tests.vendors.stub import Elsewhere, key_hash

# Addresses


@pytest.mark.parametrize("base", ["https://example.com/v1", "https://example.com/v1/"])
def test_a_slash_at_the_end_makes_no_difference(base: str) -> None:
    assert str(check_address(Account("a", "b"), base).join("jobs/")) == "https://example.com/v1/jobs/"


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost/x", "http://127.1.2.3"])
def test_plain_http_is_fine_on_this_computer(base: str) -> None:
    assert check_address(Account("a", "b"), base).scheme == "http"


@pytest.mark.parametrize(
    "base",
    ["http://example.com", "http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost.example.com"],
)
def test_plain_http_to_another_computer_must_be_allowed(base: str) -> None:
    with pytest.raises(UsageError, match="not encrypted"):
        check_address(Account("a", "b"), base)
    assert check_address(Account("a", "b", insecure=True), base)


@pytest.mark.parametrize("base", ["", "example.com", "ftp://example.com", "https://", "file:///etc", "https://[::"])
def test_what_is_no_address(base: str) -> None:
    with pytest.raises(UsageError, match="not an address"):
        check_address(Account("a", "b", insecure=True), base)


@pytest.mark.parametrize("path", ["http://example.com/", "https://127.0.0.1:1/x"])
def test_no_path_leads_to_another_host(line: Line, stub: Echo, path: str) -> None:
    with pytest.raises(ValueError, match="another host"):
        finish(line.send("GET", path))
    assert not stub.requests()


# What stays secret


def shown(error: BaseException) -> str:
    """All that anybody might print of an error."""
    return "".join(traceback.format_exception(error)) + repr(getattr(error, "problem", ""))


@pytest.mark.parametrize("order", [True, False])
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_no_error_repeats_the_key(
    line: Line, stub: Echo, status: int, order: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="studio")
    stub.script("POST", "*", times=None, status=status)
    with pytest.raises(RemoteError) as raised:
        finish(line.send("POST", "jobs", Json({}), order=order))
    assert KEY not in shown(raised.value)
    assert KEY not in caplog.text
    assert {seen.key for seen in stub.requests()} == {key_hash(KEY)}  # it was sent all right


def test_no_reply_repeats_the_key(line: Line) -> None:
    assert finish(line.send("GET", "jobs")).json()["key"] == "***"


def test_a_short_key_may_be_a_word_that_was_said(stub: Echo) -> None:
    stub.configure(valid_keys=["password"])
    with line_to(f"{stub.url}/v1", key="password") as line:
        assert finish(line.send("GET", "jobs")).json()["key"] == "password"


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines", "nul\0"])
def test_a_key_that_cannot_be_sent_is_not_shown_either(stub: Echo, key: str) -> None:
    with pytest.raises(AuthError) as raised, line_to(f"{stub.url}/v1", key=key):
        pass
    assert key not in shown(raised.value)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"{KEY}!", "…!"),
        ("Authorization: abc", "Authorization: …"),
        ('"x-api-key": "abc"', '"x-api-key": "…'),
        ("token=abc&x=1", "token=…"),
        ("https://cdn.example.com/a?X-Signature=abc and so on", "https://cdn.example.com/a?… and so on"),
        (f"data {'QUJD' * 100}=", "data <401 characters>"),
        ("a monkey is no key", "a monkey is no key"),
    ],
)
def test_what_the_log_gets(text: str, safe: str) -> None:
    assert redacted(text, KEY) == safe


def test_the_key_stays_where_it_belongs(stub: Echo, line: Line) -> None:
    with Elsewhere() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            stub.script("GET", "*", status=status, body="", headers={"Location": f"{elsewhere.url}/x"})
            with pytest.raises(BadResponse):
                finish(line.send("GET", "jobs"))
        assert not elsewhere.requests()
        finish(line.send("GET", "x", base=elsewhere.url, with_key=False))
        assert len(elsewhere.requests()) == 1
        assert not elsewhere.keys()
