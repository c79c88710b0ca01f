"""JSON, the format that loses nothing: version 1 of "transcription-studio", times in seconds.

A superset of what speech services answer; other programs' JSON is recognised and read by foreign.py. Some keys appear
only where needed: "space": false and "line": true on words that follow without a space or after a line break,
"comment" and "flagged": true on segments, "speaker_id" on a segment whose speaker shares its name with another ("S2"
is the second of "speakers"), and "speaker_colors" beside "speakers" if one was chosen. Any thread.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from studio.core.errors import FormatError
from studio.core.fitting import fitted
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript, Word, join_words

from . import foreign
from .base import Parsed, WriteOptions
from .json_values import checked, dump, fraction, list_of, load, milliseconds, number, optional

FORMAT, VERSION = "transcription-studio", 1


def write(transcript: Transcript, options: WriteOptions) -> str:
    speakers = _all_speakers(transcript)
    names = [s.name for s in speakers.values()]
    colors = [s.color for s in speakers.values()]
    source = asdict(transcript.source) | {"duration": transcript.source.duration / 1000}
    head = {
        "format": FORMAT,
        "version": VERSION,
        "text": transcript.text,
        "language": transcript.language,
        "duration": transcript.duration / 1000,
        "speakers": names,
    }
    if any(color is not None for color in colors):
        head["speaker_colors"] = colors
    tail = {"source": source, "engine": {key: value for key, value in asdict(transcript.engine).items() if value}}
    segments = ",\n".join(_write_segment(s, speakers, names) for s in transcript.segments)
    parts = [f'  "{key}": {dump(value)}' for key, value in head.items()]
    parts.append(f'  "segments": [\n{segments}\n  ]' if segments else '  "segments": []')
    parts += [f'  "{key}": {dump(value)}' for key, value in tail.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _all_speakers(transcript: Transcript) -> dict[str, Speaker]:
    """By id: the speakers of the transcript, then those that only segments name."""
    speakers = {s.id: s for s in transcript.speakers}
    for segment in transcript.segments:
        if segment.speaker is not None:
            speakers.setdefault(segment.speaker, Speaker(segment.speaker, segment.speaker))
    return speakers


def _write_segment(segment: Segment, speakers: dict[str, Speaker], names: list[str]) -> str:
    """One line for the segment and one for each word: people look into these files."""
    name = speakers[segment.speaker].name if segment.speaker is not None else None
    entry: dict[str, object] = {
        "start": segment.start / 1000,
        "end": segment.end / 1000,
        "text": segment.text,
        "speaker": name,
        "confidence": segment.confidence,
    }
    if name is not None and names.count(name) > 1:
        entry["speaker_id"] = f"S{list(speakers).index(segment.speaker or '') + 1}"
    if segment.comment:
        entry["comment"] = segment.comment
    if segment.flagged:
        entry["flagged"] = True
    words = ",\n".join(f"      {_write_word(w)}" for w in segment.words)
    listed = f"[\n{words}\n    ]" if words else "[]"
    return f'    {dump(entry)[:-1]}, "words": {listed}}}'


def _write_word(word: Word) -> str:
    entry: dict[str, object] = {
        "word": word.text,
        "start": word.start / 1000,
        "end": word.end / 1000,
        "confidence": word.confidence,
    }
    if not word.space:
        entry["space"] = False
    if word.line:
        entry["line"] = True
    return dump(entry)


def read(text: str) -> Parsed:
    """Raises FormatError with the place, like segments[3].start, where a value has the wrong type."""
    root = load(text)
    if parsed := foreign.read(root):
        return parsed
    kind = root.get("format", FORMAT)
    if kind != FORMAT:
        raise FormatError("This JSON file is of another kind.", f"It says it is {kind!r}.")
    if number(root, "version", "", 1) > VERSION:
        raise FormatError(
            "This transcript was saved by a newer version of the program.", "Update the program to open it."
        )
    if "segments" not in root:
        raise FormatError("This JSON file is no transcript: it has no “segments”.")
    names = [checked(n, str, f"speakers[{i}]") for i, n in enumerate(list_of(root, "speakers", ""))]
    colors = _read_colors(root)
    warnings: list[str] = []
    segments = [_read_segment(s, i, names, warnings) for i, s in enumerate(list_of(root, "segments", ""))]
    colors += [None] * (len(names) - len(colors))
    transcript = Transcript(
        segments=tuple(sorted(segments, key=lambda s: s.start)),
        speakers=tuple(Speaker(f"S{n}", *of) for n, of in enumerate(zip(names, colors, strict=False), 1)),
        language=optional(root, "language", str, ""),
        duration=milliseconds(root, "duration", "", max((s.end for s in segments), default=0)),
        source=_read_source(optional(root, "source", dict, "") or {}),
        engine=_read_engine(optional(root, "engine", dict, "") or {}),
    )
    return Parsed(transcript, tuple(warnings))


def _read_colors(root: dict[str, Any]) -> list[int | None]:
    given = {str(i): color for i, color in enumerate(list_of(root, "speaker_colors", ""))}
    return [None if c is None else int(number(given, i, "speaker_colors")) for i, c in given.items()]


def _read_segment(value: object, index: int, names: list[str], warnings: list[str]) -> Segment:
    at = f"segments[{index}]"
    entry = checked(value, dict, at)
    start = milliseconds(entry, "start", at)
    words = tuple(_read_word(w, f"{at}.words[{i}]") for i, w in enumerate(list_of(entry, "words", at)))
    text = optional(entry, "text", str, at)
    if text is None:
        text = join_words(words)
    elif words and join_words(words) != text:
        words = fitted(words, text)
        if words:
            text = join_words(words)
        else:
            warnings.append(f"{at}: the words do not make up the text, so their times were left out.")
    return Segment(
        start=start,
        end=max(start, milliseconds(entry, "end", at)),
        text=text,
        words=words,
        speaker=_read_speaker(entry, at, names),
        confidence=fraction(entry, "confidence", at),
        comment=optional(entry, "comment", str, at) or "",
        flagged=optional(entry, "flagged", bool, at) or False,
    )


def _read_speaker(entry: dict[str, Any], at: str, names: list[str]) -> str | None:
    name = optional(entry, "speaker", str, at)
    given = optional(entry, "speaker_id", str, at)
    if given is not None:
        number = int(given[1:]) if given[:1] == "S" and given[1:].isdecimal() and len(given) < 9 else 0
        if not 1 <= number <= len(names):
            raise FormatError(f"{at}.speaker_id: there is no speaker {given!r}.")
        return f"S{number}"
    if name is None:
        return None
    if name not in names:
        names.append(name)
    return f"S{names.index(name) + 1}"


def _read_word(value: object, at: str) -> Word:
    entry = checked(value, dict, at)
    start = milliseconds(entry, "start", at)
    return Word(
        text=checked(entry.get("word"), str, f"{at}.word"),
        start=start,
        end=max(start, milliseconds(entry, "end", at)),
        confidence=fraction(entry, "confidence", at),
        space=checked(entry.get("space", True), bool, f"{at}.space"),
        line=checked(entry.get("line", False), bool, f"{at}.line"),
    )


def _read_source(entry: dict[str, Any]) -> Source:
    texts = {key: optional(entry, key, str, "source") or "" for key in ("path", "name", "content_id")}
    return Source(
        **texts, duration=milliseconds(entry, "duration", "source", 0), track=int(number(entry, "track", "source", 0))
    )


def _read_engine(entry: dict[str, Any]) -> EngineInfo:
    given = {f.name: optional(entry, f.name, str, "engine") for f in fields(EngineInfo) if f.name != "orders"}
    orders = tuple(_read_order(o, f"engine.orders[{i}]") for i, o in enumerate(list_of(entry, "orders", "engine")))
    return EngineInfo(**{key: value for key, value in given.items() if value is not None}, orders=orders)


def _read_order(value: object, at: str) -> dict[str, str]:
    return {fact: checked(said, str, f"{at}.{fact}") for fact, said in checked(value, dict, at).items()}
