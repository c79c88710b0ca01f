"""What work at vendors costs: estimates by the price that the user has entered, and the limits the user has set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from studio.core.accounts import Account
from studio.core.errors import QuotaError
from studio.library import Spent

from .studio import Studio


@dataclass(frozen=True, slots=True)
class Estimate:
    minutes: float
    cost: float | None  # None: no price is entered
    dearest: float | None  # the cost of the dearest of them


def cost(account: Account, duration: int) -> float | None:
    """Of so many milliseconds of sound; vendors bill begun minutes or seconds, so this is an estimate."""
    return None if account.price is None else duration / 60_000 * account.price


def estimate(account: Account, durations: Iterable[int]) -> Estimate:
    """Of recordings of these lengths in milliseconds."""
    lengths = list(durations)
    costs = [c for d in lengths if (c := cost(account, d)) is not None]
    return Estimate(sum(lengths) / 60_000, sum(costs) if costs else None, max(costs, default=None))


def speech_cost(account: Account, characters: int) -> float | None:
    """Of so many characters of text to be spoken; an estimate, too."""
    return None if account.speech_price is None else characters / 1000 * account.speech_price


def spent(studio: Studio, account: Account) -> Spent:
    """In this month, by the calendar of UTC."""
    month = f"{datetime.now(UTC):%Y-%m}"
    jobs = studio.library.submissions.spent(account.name, month)
    others = studio.library.orders.spent(account.name, month)
    return Spent(jobs.minutes + others.minutes, jobs.cost + others.cost, others.characters)


def check_cap(studio: Studio, account: Account, more: float | None) -> None:
    """Raises QuotaError when another order of that cost would pass the month's limit."""
    cap = account.monthly_cap
    if cap is not None and spent(studio, account).cost + (more or 0.0) > cap:
        raise over(account.name, cap)


def over(account: str, cap: float) -> QuotaError:
    """Another order would pass the month's limit."""
    return QuotaError(
        f"This would pass your stop of {cap:.2f} a month for “{account}”.",
        "The job waits: raise it in Engines and accounts, or wait for the next month.",
    )
