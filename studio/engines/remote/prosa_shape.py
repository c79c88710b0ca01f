"""A job of Prosa.ai as its replies describe it: status, reason of a failure, result. Pure."""

from __future__ import annotations

import httpx

from studio.core.transcript import Segment

from .base import Order, Result
from .errors import bad_response, failed
from .line import reply_object
from .reading import Object, language, object_, objects, ordered, seconds, segment, text

RUNNING = ("created", "queued", "in_progress")
_DONE = ("complete", "completed", "done")  # only the first is documented


def read(title: str, reply: bytes, order: Order) -> Result:
    job = reply_object(title, reply)
    result = job if _bare(job) else object_(job.get("result"))
    if status(job) == "failed":
        raise failed(title, why(result))
    if not isinstance(result.get("data"), list):
        raise bad_response(title, "a finished job without a result", reply)
    items = objects(result["data"])
    apart = len({str(item.get("channel", 0)) for item in items}) > 1
    segments = ordered((_segment(item, apart, order) for item in items), order.sound.duration)
    marks = {"no_word_times", "no_confidence"}
    if any(seconds(item.get("time_start")) is None for item in items):
        marks.add("no_times")
    model = object_(job.get("model"))
    facts = {"job": text(job.get("job_id")), "model": text(model.get("name")), "language": text(model.get("language"))}
    return Result(
        segments,
        language(model.get("language")),
        marks=frozenset(marks),
        facts={name: fact for name, fact in facts.items() if fact},
    )


def _segment(item: Object, apart: bool, order: Order) -> Segment:
    tag = item.get("speaker_tag", item.get("speaker"))
    speaker = None if tag is None or order.speakers == "off" else str(tag)
    if apart:
        speaker = f"ch{item.get('channel', 0)}" + (f":{speaker}" if speaker else "")
    times = seconds(item.get("time_start")), seconds(item.get("time_end"))
    return segment(*times, text(item.get("transcript")), (), speaker, None)


def status(job: Object) -> str:
    return text(job.get("status")).lower()


def _bare(job: Object) -> bool:
    """Only the result, without a job around it, as one page of the documentation shows it."""
    return "job_id" not in job and isinstance(job.get("data"), list | str)


def finished(job: Object) -> bool:
    if status(job) == _DONE[0]:
        return True
    has_result = isinstance(object_(job.get("result")).get("data"), list | str)  # sentences, or sound
    return _bare(job) or (status(job) in _DONE and has_result)


def why(result: Object) -> str:
    """The reason for a failure, wherever it stands."""
    error = result.get("error")
    return text(result.get("message")) or text(object_(error).get("message")) or text(error) or text(result.get("code"))


def code(response: httpx.Response) -> str:
    """The error's id: “code” of newer servers, else “status”."""
    try:
        body = object_(response.json())
    except ValueError:
        return ""
    return text(body.get("code")) or text(body.get("status"))
