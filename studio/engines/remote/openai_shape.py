"""A transcript in the shape of OpenAI and of the many that answer alike: segments in seconds, or only text. Pure.

Words stand within their segments or in one list beside them. Speakers are letters or names, where there are any.
"""

from __future__ import annotations

import json
import math
from unicodedata import east_asian_width

from studio.core.transcript import Segment, Word

from .base import Result
from .errors import bad_response
from .line import reply_object
from .reading import (
    WHOLE,
    Object,
    cut,
    language,
    letters,
    name,
    object_,
    objects,
    ordered,
    real,
    seconds,
    segment,
    share,
    spelled,
    spread,
    text,
    unmeasured,
    word,
)

_NEVER = 1e6  # seconds; no recording lasts for eleven days


def parsed(title: str, reply: bytes) -> Object:
    """The reply as an object; plain text counts as one with only a text. Raises BadResponse."""
    plain = reply.decode("utf-8-sig", "replace").strip()
    try:
        value = json.loads(plain)
    except ValueError:
        value = plain
    if isinstance(value, dict | list) or plain[:1] in ("{", "<"):
        return reply_object(title, reply)
    return {"text": value if isinstance(value, str) else plain}


def read(title: str, payload: Object, order_duration: int) -> Result:
    """The result; `order_duration`: of the sound that was sent, milliseconds. Raises BadResponse."""
    if not any(isinstance(payload.get(key), kind) for key, kind in (("text", str), ("segments", list))):
        raise bad_response(title, "neither a text nor segments", json.dumps(payload))
    listed = objects(payload.get("segments"))
    said = text(payload.get("text")) or " ".join(text(e.get("text")) for e in listed).strip()
    entries = _timed(listed)
    words = _words(objects(payload.get("words")))
    found = _segments(entries, words)
    if not found or letters(found) < WHOLE * letters([said]):
        entries, found = [], cut(spelled([(None, w) for w in words], said))
    timed = bool(found)
    segments = ordered(found or [Segment(0, order_duration, said)], order_duration)
    marks = unmeasured(segments, timed)
    if any(_derived(e) is not None for e in entries):
        marks |= {"derived_confidence"}
    usage = object_(payload.get("usage"))
    duration = seconds(payload.get("duration"))
    return Result(
        segments,
        language(payload.get("language")),
        seconds(usage.get("seconds")) if duration is None else duration,
        marks,
        _facts(payload, usage),
    )


def _timed(entries: list[Object]) -> list[Object]:
    """Those with times; LocalAI has counted them in nanoseconds."""
    timed = [e | {"start": real(e.get("start")), "end": real(e.get("end"))} for e in entries]
    timed = [e for e in timed if e["start"] is not None]
    if any((e["end"] or 0) > _NEVER for e in timed):
        timed = [e | {"start": e["start"] / 1e9, "end": (e["end"] or e["start"]) / 1e9} for e in timed]
    return timed


def _segments(entries: list[Object], words: list[Word]) -> list[Segment]:
    times = [(seconds(e.get("start")), seconds(e.get("end")), text(e.get("text"))) for e in entries]
    shared = spread(words, ((end, said) for _, end, said in times))
    found = []
    for entry, (start, end, said), beside in zip(entries, times, shared, strict=True):
        own = _words(objects(entry.get("words"))) or beside
        confidence = share(entry.get("confidence"))
        sure = _derived(entry) if confidence is None else confidence
        found.append(segment(start, end, said, own, name(entry.get("speaker")), sure))
    return found


def _words(entries: list[Object]) -> list[Word]:
    made = (
        word(text(e.get("word")), seconds(e.get("start")), seconds(e.get("end")), share(e.get("probability")))
        for e in _joined(entries)
    )
    return [w for w in made if w is not None]


def _joined(entries: list[Object]) -> list[Object]:
    """Where words begin with a blank, a piece without one goes on with the word before it, unless it is as wide as
    Chinese is."""
    found: list[Object] = []
    blanks = any(str(e.get("word")).startswith(" ") for e in entries)
    for entry in entries:
        piece = str(entry.get("word") or "")
        if blanks and found and piece and not piece[0].isspace() and east_asian_width(piece[0]) not in "WF":
            last = found[-1]
            found[-1] = last | {"word": f"{last.get('word')}{piece}", "end": entry.get("end", last.get("end"))}
        else:
            found.append(entry)
    return found


def _derived(entry: Object) -> float | None:
    """A confidence from the mean logarithm of the tokens' probabilities."""
    logarithm = None if real(entry.get("confidence")) is not None else real(entry.get("avg_logprob"))
    return None if logarithm is None else round(math.exp(min(logarithm, 0.0)), 4)


def _facts(payload: Object, usage: Object) -> dict[str, str]:
    facts = {
        "language": payload.get("language"),
        "task": payload.get("task"),
        "tokens": usage.get("total_tokens"),
        "cost": usage.get("cost"),
        "seconds": usage.get("seconds"),
    }
    return {fact: str(value) for fact, value in facts.items() if value is not None}
