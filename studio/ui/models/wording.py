"""Times, shares and job states as the window writes them, so that every view uses the same words. Pure functions."""

from __future__ import annotations

from studio.core.jobs import Job, JobState, Progress


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
        case JobState.PAUSED:
            return f"Paused at {percent(job.progress)}" if job.progress else "Paused"
        case JobState.DONE:
            return "Ready"
        case JobState.CANCELLED:
            return "Cancelled"
        case JobState.FAILED:
            return job.problem.sentence if job.problem else "Stopped for an unknown reason."
