"""What went wrong with a vendor, in one plain sentence each: what, why, what to do. Pure; any thread."""

from __future__ import annotations

import httpx

from studio.core.errors import (
    AuthError,
    BadResponse,
    InvalidRequest,
    JobFailed,
    JobLost,
    QuotaError,
    RateLimited,
    RemoteError,
    TooLarge,
    Unavailable,
)


def of_status(title: str, status: int, message: str, host: str) -> RemoteError:
    """The error that an HTTP status means with most vendors; `message`: the vendor's own words, maybe ""."""
    detail = f"HTTP {status} from {host}: {message}"
    quoted = f": “{message}”" if message else ""
    if 300 <= status < 400:
        return BadResponse(
            f"{host} sends requests on to another address.",
            "Check the account's address; in a hotel or train, log in to its network first.",
            detail,
        )
    match status:
        case 403 if message:
            return AuthError(
                f"{title} does not allow this with your key{quoted}.", "Check what it may do, or paste another.", detail
            )
        case 401 | 403:
            return AuthError(f"{title} refused the key.", "Paste a new key, then it goes on by itself.", detail)
        case 402:
            return QuotaError(f"{title} says there is no credit left.", "Top it up there, then start it again.", detail)
        case 407:
            return Unavailable("The proxy asks for a name and a password.", "Check HTTPS_PROXY.", detail)
        case 413:
            return TooLarge(f"{title} does not take so large a file.", "Choose another back end for it.", detail)
        case 429:
            return RateLimited(f"{title} is busy.", "Your job keeps its place; try again later.", detail)
        case 404 | 405:
            return InvalidRequest(
                f"{host} does not know this request{quoted}.", "Check the account's address and model.", detail
            )
        case 408 | 500 | 502 | 503 | 504:
            return Unavailable(f"{title} cannot work at the moment{quoted}.", "Try again later.", detail)
    return InvalidRequest(f"{title} refused the request{quoted}.", "Change the options and try again.", detail)


def of_transport(title: str, host: str, error: Exception) -> RemoteError:
    """What a connection that failed means."""
    text = f"{type(error).__name__}: {error}"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return _of_certificate(host, text)
    if "WRONG_VERSION_NUMBER" in text:
        hint = "Check the account's address: perhaps it begins with http."
        return Unavailable(f"{host} does not speak https.", hint, text)
    if isinstance(error, httpx.ProxyError):
        wants = "asks for a name and a password" if "407" in text else "refused the connection"
        return Unavailable(f"The proxy {wants}.", "Check HTTPS_PROXY.", text)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return InvalidRequest(f"The address of {title} or of the proxy cannot be used.", "Correct it.", text)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unavailable(f"{host} cannot be reached.", "Check the network; the job keeps its place.", text)
    if isinstance(error, httpx.TimeoutException):
        return Unavailable(f"{host} does not answer.", "The job keeps its place; try again later.", text)
    return Unavailable(f"The connection to {host} broke off.", "The job keeps its place; try again.", text)


def _of_certificate(host: str, text: str) -> RemoteError:
    if "expired" in text or "not yet valid" in text:
        what = "has expired" if "expired" in text else "is not valid yet"
        return Unavailable(
            f"The certificate of {host} {what}, or the clock of this computer is wrong.",
            "Check its date and time; if they are right, the server's owner must renew the certificate.",
            text,
        )
    if "mismatch" in text:
        return Unavailable(
            f"Another server answers in place of {host}.",
            "In a hotel or train, log in to its network first; else check the account's address.",
            text,
        )
    return Unavailable(
        f"The certificate of {host} could not be verified.",
        "If your company checks encrypted traffic, or the server is your own, name its certificate in the account.",
        text,
    )


def unreadable(error: OSError) -> InvalidRequest:
    """The sound has gone before it was sent."""
    return InvalidRequest("The sound to send cannot be read any more.", "Start it again.", str(error))


def bad_response(title: str, why: str, reply: bytes | str) -> BadResponse:
    """An answer that is not what it should be; the log gets its beginning."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    if text.lstrip()[:1] == "<":
        why = "a web page instead of data"
        hint = "In a hotel or train, log in to its network first; else check the account's address."
    else:
        hint = "Try again; if it stays so, the vendor has changed something: report it."
    return BadResponse(f"{title} answered with {why}.", hint, text[:200])


def failed(title: str, message: str) -> JobFailed:
    quoted = f": “{message[:300]}”" if message else ""
    return JobFailed(f"{title} could not do it{quoted}.", "Start it again if you want to; it may cost again.", message)


def lost(title: str) -> JobLost:
    return JobLost(
        f"{title} does not have this job any more: its result was kept for a time only.",
        "Start it again if you want to; it costs again.",
    )
