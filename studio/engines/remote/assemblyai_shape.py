"""A finished transcript in AssemblyAI's shape, which brokers pass on as it is: words in milliseconds. Pure.

Utterances say who speaks, where speakers were asked for; without them the words are cut into sentences. The text is
what counts: where words do not amount to it, it is kept without them.
"""

from __future__ import annotations

from itertools import groupby

from studio.core.transcript import Segment, join_words

from .base import Result
from .errors import bad_response, failed
from .reading import (
    WHOLE,
    Object,
    Spoken,
    cut,
    language,
    letters,
    name,
    objects,
    ordered,
    real,
    seconds,
    segment,
    share,
    spelled,
    text,
    unmeasured,
    word,
)


def read(title: str, payload: Object, order_duration: int) -> Result:
    """The result; `order_duration`: of the sound that was sent, milliseconds. Raises JobFailed, BadResponse."""
    if text(payload.get("status")).lower() == "error":
        raise failed(title, text(payload.get("error")))
    if not {"text", "words", "utterances"} & payload.keys():
        raise bad_response(title, "a result without a text", str(payload))
    said = text(payload.get("text"))
    apart = bool(payload.get("multichannel") or payload.get("dual_channel"))
    found = [s for u in objects(payload.get("utterances")) for s in _utterance(u, apart)]
    if letters(found) < WHOLE * letters([said]):
        found = _from_words(objects(payload.get("words")), said, apart)
    timed = bool(found)
    if said and not found:
        found = [Segment(0, order_duration, said)]
    segments = ordered(found, order_duration)
    return Result(
        segments,
        language(payload.get("language_code")),
        seconds(payload.get("audio_duration")),
        unmeasured(segments, timed),
        _facts(payload),
    )


def _utterance(utterance: Object, apart: bool) -> list[Segment]:
    """One speaker's words until another speaks: several sentences, unless its words are not those of its text."""
    words = [w for _, w in _spoken(objects(utterance.get("words")), apart)]
    speaker, said = _speaker(utterance, apart), text(utterance.get("text"))
    times = _ms(utterance.get("start")), _ms(utterance.get("end"))
    whole = segment(*times, said or join_words(words), words, speaker, share(utterance.get("confidence")))
    parts = cut((speaker, w) for w in whole.words)
    return parts if len(parts) > 1 else [whole]


def _from_words(entries: list[Object], said: str, apart: bool) -> list[Segment]:
    """Sentences of the words; none where the words are only some of what was said."""
    found: list[Segment] = []
    for _, channel in groupby(sorted(spelled(_spoken(entries, apart), said), key=_channel), _channel):
        found += cut(channel)
    return found


def _spoken(entries: list[Object], apart: bool) -> list[Spoken]:
    made = (
        (
            _speaker(w, apart),
            word(text(w.get("text")), _ms(w.get("start")), _ms(w.get("end")), share(w.get("confidence"))),
        )
        for w in entries
    )
    return [(speaker, w) for speaker, w in made if w is not None]


def _speaker(entry: Object, apart: bool) -> str | None:
    """The vendor's letter, behind the channel where channels were heard apart."""
    speaker, channel = name(entry.get("speaker")), name(entry.get("channel"))
    if not apart or channel is None:
        return speaker
    return f"ch{channel}" if speaker in (None, channel) else f"ch{channel}:{speaker}"


def _channel(spoken: Spoken) -> str:
    speaker = spoken[0] or ""
    return speaker.split(":")[0] if speaker.startswith("ch") else ""


def _ms(value: object) -> int | None:
    number = real(value)
    return None if number is None else round(number)


def _facts(payload: Object) -> dict[str, str]:
    facts = {
        "id": "job",
        "speech_model": "model",
        "acoustic_model": "acoustic_model",
        "language_code": "language",
        "language_confidence": "language_confidence",
        "confidence": "confidence",
    }
    return {fact: str(payload[key]) for key, fact in facts.items() if payload.get(key) is not None}
