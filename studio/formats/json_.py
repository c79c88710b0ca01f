"""JSON, the format that loses nothing: version 1 of "transcription-studio", times in seconds.

A superset of what speech services answer, so their replies can be read too. Two keys appear only where needed:
"space": false on a word that follows without a space, and "speaker_id" on a segment whose speaker shares its name
with another ("S2" is the second of "speakers"). Any thread.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from typing import Any, NoReturn

from studio.core.errors import FormatError
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript, Word, join_words

from .base import Parsed, WriteOptions

FORMAT, VERSION = "transcription-studio", 1


def write(transcript: Transcript, options: WriteOptions) -> str:
    speakers = _all_speakers(transcript)
    names = [s.name for s in speakers.values()]
    source = asdict(transcript.source) | {"duration": transcript.source.duration / 1000}
    head = {
        "format": FORMAT,
        "version": VERSION,
        "text": transcript.text,
        "language": transcript.language,
        "duration": transcript.duration / 1000,
        "speakers": names,
    }
    tail = {"source": source, "engine": asdict(transcript.engine)}
    segments = ",\n".join(_write_segment(s, speakers, names) for s in transcript.segments)
    parts = [f'  "{key}": {_dump(value)}' for key, value in head.items()]
    parts.append(f'  "segments": [\n{segments}\n  ]' if segments else '  "segments": []')
    parts += [f'  "{key}": {_dump(value)}' for key, value in tail.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


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
    words = ",\n".join(f"      {_write_word(w)}" for w in segment.words)
    listed = f"[\n{words}\n    ]" if words else "[]"
    return f'    {_dump(entry)[:-1]}, "words": {listed}}}'


def _write_word(word: Word) -> str:
    entry: dict[str, object] = {
        "word": word.text,
        "start": word.start / 1000,
        "end": word.end / 1000,
        "confidence": word.confidence,
    }
    if not word.space:
        entry["space"] = False
    return _dump(entry)


def read(text: str) -> Parsed:
    """Raises FormatError with the place, like segments[3].start, where a value has the wrong type."""
    root = _load(text)
    kind = root.get("format", FORMAT)
    if kind != FORMAT:
        raise FormatError("This JSON file is of another kind.", f"It says it is {kind!r}.")
    if _number(root, "version", "", 1) > VERSION:
        raise FormatError(
            "This transcript was saved by a newer version of the program.", "Update the program to open it."
        )
    if "segments" not in root:
        raise FormatError("This JSON file is no transcript: it has no “segments”.")
    names = [_checked(n, str, f"speakers[{i}]") for i, n in enumerate(_list(root, "speakers", ""))]
    warnings: list[str] = []
    segments = [_read_segment(s, i, names, warnings) for i, s in enumerate(_list(root, "segments", ""))]
    transcript = Transcript(
        segments=tuple(segments),
        speakers=tuple(Speaker(f"S{n}", name) for n, name in enumerate(names, 1)),
        language=_optional(root, "language", str, ""),
        duration=_milliseconds(root, "duration", "", max((s.end for s in segments), default=0)),
        source=_read_source(_optional(root, "source", dict, "") or {}),
        engine=_read_engine(_optional(root, "engine", dict, "") or {}),
    )
    return Parsed(transcript, tuple(warnings))


def _load(text: str) -> dict[str, Any]:
    def refuse(constant: str) -> NoReturn:
        raise FormatError(f"This JSON file holds {constant} where a number must be.")

    try:
        root = json.loads(text.removeprefix("\ufeff"), parse_constant=refuse)
        if "\\ud" in text.lower():  # half a character, written as an escape, cannot be stored as UTF-8
            root = json.loads(_dump(root).encode("utf-8", "replace"))
    except json.JSONDecodeError as error:
        raise FormatError(
            f"Line {error.lineno}, column {error.colno}: this is not valid JSON.",
            "The file may be cut off or damaged.",
            str(error),
        ) from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets without end
        raise FormatError("This JSON file cannot be read.", "The file may be damaged.", str(error)) from error
    checked: dict[str, Any] = _checked(root, dict, "the whole file")
    return checked


def _read_segment(value: object, index: int, names: list[str], warnings: list[str]) -> Segment:
    at = f"segments[{index}]"
    entry = _checked(value, dict, at)
    start = _milliseconds(entry, "start", at)
    words = tuple(_read_word(w, f"{at}.words[{i}]") for i, w in enumerate(_list(entry, "words", at)))
    text = _optional(entry, "text", str, at)
    if text is None:
        text = join_words(words)
    elif words and join_words(words) != text:
        words = _fitted(words, text)
        if words:
            text = join_words(words)
        else:
            warnings.append(f"{at}: the words do not make up the text, so their times were left out.")
    return Segment(
        start=start,
        end=max(start, _milliseconds(entry, "end", at)),
        text=text,
        words=words,
        speaker=_read_speaker(entry, at, names),
        confidence=_fraction(entry, at),
    )


def _read_speaker(entry: dict[str, Any], at: str, names: list[str]) -> str | None:
    name = _optional(entry, "speaker", str, at)
    given = _optional(entry, "speaker_id", str, at)
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
    entry = _checked(value, dict, at)
    start = _milliseconds(entry, "start", at)
    return Word(
        text=_checked(entry.get("word"), str, f"{at}.word"),
        start=start,
        end=max(start, _milliseconds(entry, "end", at)),
        confidence=_fraction(entry, at),
        space=_checked(entry.get("space", True), bool, f"{at}.space"),
    )


def _fitted(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """The words of another program, spelled and spaced as in its text; empty if they do not match."""
    fitted = []
    at = 0
    for word in words:
        bare = word.text.strip()
        found = text.find(bare, at)
        if found < 0 or text[at:found].strip():
            break
        fitted.append(word._replace(text=bare, space=found > at or (found == 0 and word.space)))
        at = found + len(bare)
    else:
        if not text[at:].strip():
            return tuple(w for w in fitted if w.text)
    shown = text.split()
    if len(shown) != len(words):
        return ()
    return tuple(w._replace(text=s, space=True) for w, s in zip(words, shown, strict=True))


def _read_source(entry: dict[str, Any]) -> Source:
    texts = {key: _optional(entry, key, str, "source") or "" for key in ("path", "name", "content_id")}
    return Source(
        **texts, duration=_milliseconds(entry, "duration", "source", 0), track=int(_number(entry, "track", "source", 0))
    )


def _read_engine(entry: dict[str, Any]) -> EngineInfo:
    given = {f.name: _optional(entry, f.name, str, "engine") for f in fields(EngineInfo)}
    return EngineInfo(**{key: value for key, value in given.items() if value is not None})


_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}


def _checked(value: object, kind: type, at: str) -> Any:
    if not isinstance(value, kind):
        found = "nothing" if value is None else f"“{str(value)[:40]}”"
        raise FormatError(f"{at}: there must be {_KINDS[kind]}, not {found}.", "Correct this value.")
    return value


def _path(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _optional(entry: dict[str, Any], key: str, kind: type, at: str) -> Any:
    value = entry.get(key)
    return None if value is None else _checked(value, kind, _path(at, key))


def _list(entry: dict[str, Any], key: str, at: str) -> list[Any]:
    return _optional(entry, key, list, at) or []


def _number(entry: dict[str, Any], key: str, at: str, default: int | None = None) -> float:
    value = entry.get(key, default)
    if value is None and default is not None:
        value = default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        found = "nothing" if value is None else f"“{str(value)[:40]}”"
        raise FormatError(f"{_path(at, key)}: there must be a number from 0 on, not {found}.", "Correct this value.")
    return value


def _milliseconds(entry: dict[str, Any], key: str, at: str, default: int | None = None) -> int:
    """A time given in seconds. `default` is in milliseconds."""
    if default is not None and entry.get(key) is None:
        return default
    return round(min(_number(entry, key, at), 1e9) * 1000)


def _fraction(entry: dict[str, Any], at: str) -> float | None:
    return None if entry.get("confidence") is None else _number(entry, "confidence", at)
