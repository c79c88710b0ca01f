"""Times, shares and job states as the window writes them, so that every view uses the same words. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.jobs import Job, JobState, Progress

# Why a job of an account waits, in short; by the kind of its problem.
_WAITS = {
    "AccountError": "Account not ready",
    "AuthError": "Key refused",
    "QuotaError": "Limit reached",
    "RateLimited": "Vendor is busy",
    "Unavailable": "Not answering",
    "Deadline": "Takes very long",
}
_COSTS_AGAIN = ("JobLost", "JobFailed")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user may say to a job that stands still."""

    action: str  # "retry", "resume", "send_again", "leave", "account"
    words: str
    icon: str
    tip: str


def clock(ms: int) -> str:
    """A length for reading: "00:48", "42:18", "1:52:40"."""
    seconds = (ms + 500) // 1000
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def time_code(ms: int) -> str:
    """A place in a recording: "12:37.260", "1:12:37.260"."""
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    tail = f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
    return f"{hours}:{tail}" if hours else tail


def percent(fraction: float) -> str:
    """Rounded down, so that 100 % means finished."""
    return f"{int(min(max(fraction, 0.0), 1.0) * 100)} %"


def time_left(seconds: float) -> str:
    if seconds < 50:
        return f"{max(5, round(seconds / 5) * 5)} s left"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min left"
    return f"{minutes // 60} h {minutes % 60} min left" if minutes % 60 else f"{minutes // 60} h left"


def took(seconds: float) -> str:
    """ "2:51", "1:02:51"."""
    return clock(round(seconds) * 1000).removeprefix("0")


def megabytes(count: int) -> str:
    return f"{max(1, round(count / 1e6))} MB"


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def progress_text(job: Job, progress: Progress | None) -> str:
    """ "64 %, 4 min left", or only the share while nobody can tell the time."""
    fraction = progress.fraction if progress else job.progress
    eta = progress.eta if progress else None
    return percent(fraction) if eta is None else f"{percent(fraction)}, {time_left(eta)}"


def job_sentence(job: Job, progress: Progress | None = None) -> str:
    """What a job is doing, in the words of the design."""
    match job.state:
        case JobState.RUNNING:
            stage = (progress.stage if progress else job.stage) or "Starting"
            return f"{stage}, {progress_text(job, progress)}"
        case JobState.WAITING:
            return "Waiting in the queue"
        case JobState.PAUSED if job.problem:
            return f"Waiting. {job.problem.sentence}"
        case JobState.PAUSED:
            return f"Paused at {percent(job.progress)}" if job.progress else "Paused"
        case JobState.DONE:
            return "Ready"
        case JobState.CANCELLED:
            return "Cancelled"
        case JobState.FAILED:
            return job.problem.sentence if job.problem else "Stopped for an unknown reason."


def place_words(job: Job) -> str:
    """Where a job is done."""
    return job.options.account or "This computer"


def waits_because(job: Job) -> str:
    """Why a job waits that the user did not pause, in two or three words; "" for all others."""
    return _WAITS.get(job.problem.kind, "Waiting") if job.state is JobState.PAUSED and job.problem else ""


def needs_user(job: Job) -> bool:
    """Whether it stands still until somebody does something; what cannot be reached now is tried again by itself."""
    if job.state is JobState.PAUSED and job.problem:
        return job.problem.kind not in ("RateLimited", "Unavailable")
    return job.state is JobState.FAILED


def may_be_charged(job: Job) -> bool:
    """Nobody can tell whether its order has reached the vendor."""
    return job.state is JobState.FAILED and job.problem is not None and job.problem.kind == "Ambiguous"


def costs_again(job: Job) -> bool:
    """Whether trying it again is another order, which the vendor will charge."""
    ended = job.problem is not None and job.problem.kind in _COSTS_AGAIN
    return bool(job.options.account) and job.state is JobState.FAILED and ended


def answers(job: Job) -> tuple[Answer, ...]:
    """What can be done about a job that stands still because of a problem, the best first."""
    if may_be_charged(job):
        again = Answer("send_again", "Send again", "upload", "Order it once more, even if it is charged twice")
        return again, Answer("leave", "Leave it", "close", "Do not send it again")
    if job.state is JobState.FAILED:
        if costs_again(job):
            return (Answer("retry", "Try again", "retry", "Try again: it costs again"),)
        return (Answer("retry", "Retry", "retry", "Retry (R)"),)
    if job.state is not JobState.PAUSED or job.problem is None:
        return ()
    account = Answer("account", "Open the account", "cloud", "Its key and its limits")
    now = Answer("resume", "Try now", "play", "Try now (P)")
    return {"AccountError": (account,), "AuthError": (account,), "QuotaError": (account, now)}.get(
        job.problem.kind, (now,)
    )
