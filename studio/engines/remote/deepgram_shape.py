"""A transcript in Deepgram's shape, which gateways pass on with small differences: everything in seconds. Pure.

Each channel has a text of its own. Its segments come from the utterances, else from the paragraphs, else from the
words; where none of them is all of the text, the text is kept without times.
"""

from __future__ import annotations

from studio.core.transcript import Segment, mean_confidence

from .base import Result
from .reading import (
    WHOLE,
    Object,
    Spoken,
    cut,
    language,
    letters,
    name,
    object_,
    objects,
    ordered,
    seconds,
    segment,
    share,
    spelled,
    spread,
    text,
    unmeasured,
    word,
)


def read(payload: Object, order_duration: int) -> Result:
    """The result; `order_duration`: of the sound that was sent, milliseconds. No `results` is nothing said."""
    results = object_(payload.get("results"))
    channels = objects(results.get("channels"))
    utterances = objects(results.get("utterances"))
    found: list[Segment] = []
    timed = not channels
    for number, channel in enumerate(channels):
        apart = f"ch{number}" if len(channels) > 1 else ""
        best = next(iter(objects(channel.get("alternatives"))), {})
        own = [u for u in utterances if not apart or u.get("channel", 0) == number]
        segments = _segments(best, own, apart)
        timed = timed or bool(segments)
        said = text(best.get("transcript"))
        found += segments or ([Segment(0, order_duration, said, speaker=apart or None)] if said else [])
    kept = ordered(found, order_duration)
    spoken_in = next((c for c in channels if text(c.get("detected_language"))), {})
    metadata = object_(payload.get("metadata"))
    return Result(
        kept,
        language(spoken_in.get("detected_language")),
        seconds(metadata.get("duration")),
        unmeasured(kept, timed),
        _facts(metadata, channels, spoken_in),
    )


def _segments(best: Object, utterances: list[Object], apart: str) -> list[Segment]:
    """The first of the ways to have segments that gives all of the text."""
    said = text(best.get("transcript"))
    spoken = _spoken(objects(best.get("words")), apart)
    for way in (
        [s for u in utterances for s in _utterance(u, apart)],
        _sentences(objects(best.get("paragraphs")), spoken, apart),
        cut(spelled(spoken, said)),
    ):
        if way and letters(way) >= WHOLE * letters([said]):
            return way
    return []


def _utterance(utterance: Object, apart: str) -> list[Segment]:
    """One speaker's words up to a pause: maybe several sentences."""
    speaker, said = _speaker(utterance, apart), text(utterance.get("transcript"))
    own = _spoken(objects(utterance.get("words")), apart)
    spoken = spelled([(speaker if who in (None, apart) else who, w) for who, w in own], said)
    parts = cut(spoken)
    if len(parts) > 1 or (parts and not said):
        return parts
    words, sure = [w for _, w in spoken], share(utterance.get("confidence"))
    confidence = mean_confidence(words) if sure is None else sure
    return [segment(seconds(utterance.get("start")), seconds(utterance.get("end")), said, words, speaker, confidence)]


def _sentences(holders: list[Object], spoken: list[Spoken], apart: str) -> list[Segment]:
    """The sentences of the paragraphs, with the words that are theirs."""
    paragraphs = [p for holder in holders for p in objects(holder.get("paragraphs"))]
    found = [(_speaker(p, apart), s) for p in paragraphs for s in objects(p.get("sentences"))]
    words = spread([w for _, w in spoken], ((seconds(s.get("end")), text(s.get("text"))) for _, s in found))
    return [
        segment(seconds(s.get("start")), seconds(s.get("end")), text(s.get("text")), w, speaker, mean_confidence(w))
        for (speaker, s), w in zip(found, words, strict=True)
    ]


def _spoken(entries: list[Object], apart: str) -> list[Spoken]:
    made = ((_speaker(entry, apart), entry) for entry in entries)
    timed = (
        (
            speaker,
            word(
                text(entry.get("punctuated_word")) or text(entry.get("word")),
                seconds(entry.get("start")),
                seconds(entry.get("end")),
                share(entry.get("confidence")),
            ),
        )
        for speaker, entry in made
    )
    return [(speaker, w) for speaker, w in timed if w is not None]


def _speaker(entry: Object, apart: str) -> str | None:
    """The vendor's number, behind the channel where channels were heard apart."""
    speaker = name(entry.get("speaker"))
    return (f"{apart}:{speaker}" if speaker else apart) if apart else speaker


def _facts(metadata: Object, channels: list[Object], spoken_in: Object) -> dict[str, str]:
    models = object_(metadata.get("model_info"))
    model = next((m for m in models.values() if isinstance(m, dict)), {})
    best = next((a for c in channels for a in objects(c.get("alternatives"))), {})
    facts = {
        "request": metadata.get("request_id"),
        "created": metadata.get("created"),
        "model": model.get("name"),
        "version": model.get("version"),
        "language": spoken_in.get("detected_language"),
        "language_confidence": spoken_in.get("language_confidence"),
        "confidence": best.get("confidence"),
    }
    return {fact: str(value) for fact, value in facts.items() if value is not None}
