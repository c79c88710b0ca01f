"""What the user may do about an order at a vendor that did not work: the button of its notice. Pure functions."""

from __future__ import annotations

from collections.abc import Callable

from studio.core.errors import Problem

from .notices import Action

_SENT_ANEW = ("Ambiguous", "BadResponse", "JobFailed", "JobLost")  # sending it again is the user's word
_TRIED_AGAIN = ("Unavailable", "RateLimited", "Deadline", "ModelError")
_OF_ACCOUNT = ("AuthError", "QuotaError")


def helps(problem: Problem) -> bool:
    """Whether the user may do something about it."""
    return problem.kind in (*_SENT_ANEW, *_TRIED_AGAIN, *_OF_ACCOUNT)


def way_out(problem: Problem, again: Callable[[bool], object], account: Callable[[], object]) -> Action | None:
    """`again(True)`: also what the vendor may have got already, or could not do; `account` shows its page."""
    if problem.kind in _SENT_ANEW:
        return "Send again", lambda: again(True)
    if problem.kind in _TRIED_AGAIN:
        return "Try again", lambda: again(False)
    return ("Open the account", account) if problem.kind in _OF_ACCOUNT else None
