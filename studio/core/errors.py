"""What went wrong, in the user's words.

Every error that may reach a person is a `StudioError`: one plain sentence that names the thing, the cause
and the way out. `detail` is for the log and for "Show details". Anything else that escapes is a bug.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a value, so that it can be stored with a job and shown again after a restart."""

    what: str  # "“talk.mp3” holds no sound: the file is empty."
    hint: str = ""  # "Copy it again from the recorder."
    detail: str = ""  # technical text, never needed to understand `what`
    kind: str = "error"  # the name of the StudioError class, e.g. "MediaError"

    @property
    def sentence(self) -> str:
        return f"{self.what} {self.hint}".strip()


class StudioError(Exception):
    """Base of all errors meant for people."""

    def __init__(self, what: str, hint: str = "", detail: str = "") -> None:
        super().__init__(what)
        self.problem = Problem(what, hint, detail, type(self).__name__)

    def __str__(self) -> str:
        return self.problem.sentence


class MediaError(StudioError):
    """A recording cannot be read: missing, empty, damaged, no sound in it."""


class ModelError(StudioError):
    """Weights cannot be had or are not what they should be."""


class EngineError(StudioError):
    """An engine refused the work or died doing it."""


class DeviceError(EngineError):
    """The graphics card does not work for this; the processor may."""


class FormatError(StudioError):
    """A transcript or subtitle file cannot be read. The sentence names the line."""


class StorageError(StudioError):
    """The disk is full, read-only or not ours to write."""


class UsageError(StudioError):
    """What was asked for makes no sense: an unknown model, a wrong option."""


class AccountError(UsageError):
    """The account is switched off or gone, or nobody has agreed to it. What waits for it goes on when that is over."""


class ConflictError(StudioError):
    """What was to be changed is not as it was: another window or program was faster."""


class RemoteError(EngineError):
    """A vendor did not do the work. The subclasses say what that means for the job; see services/remote.py."""


class AuthError(RemoteError):
    """The key is missing, wrong, or not good for this."""


class QuotaError(RemoteError):
    """No credit left at the vendor, or the month's own limit is reached."""


class RateLimited(RemoteError):
    """Too many requests, and waiting for as long as is sensible did not help."""


class Unavailable(RemoteError):
    """The vendor cannot be reached or says it cannot work now. Nothing was ordered."""


class InvalidRequest(RemoteError):
    """The vendor refuses what was sent."""


class TooLarge(RemoteError):
    """Too long or too large for the vendor."""


class JobFailed(RemoteError):
    """The vendor took the job and says that it failed."""


class JobLost(RemoteError):
    """The vendor does not know the job any more."""


class Ambiguous(RemoteError):
    """The order may have reached the vendor and may cost money; nobody can tell. Never sent again unasked."""


class Deadline(RemoteError):
    """The vendor still works on it after a very long time. The job can be taken up again."""


class BadResponse(RemoteError):
    """The answer is not what the vendor's own description says."""


# What a job is not to blame for: it keeps its place and all it has, and goes on when that is over.
MAY_GO_ON = (AccountError, AuthError, QuotaError, RateLimited, Unavailable, Deadline)


def as_error(problem: Problem, fallback: type[StudioError] = EngineError) -> StudioError:
    """The error that a problem was; `fallback` where its class is not known any more."""
    kind = globals().get(problem.kind, fallback)
    error: StudioError = kind(problem.what, problem.hint, problem.detail)
    return error
