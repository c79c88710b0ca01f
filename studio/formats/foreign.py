"""JSON of other programs and services, recognised by their keys: words with times, confidence and speakers are kept.

Whisper (openai-whisper, OpenAI's verbose_json, WhisperX), whisper.cpp (-oj, -ojf), Deepgram, AssemblyAI. Any thread.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

from studio.core.align import Cutter
from studio.core.breaks import HAS_CJK
from studio.core.fitting import fitted
from studio.core.languages import LANGUAGES
from studio.core.retext import retext
from studio.core.transcript import EngineInfo, Segment, Word, join_words, mean_confidence

from .base import Parsed, Read, with_speakers
from .json_values import checked, fraction, milliseconds, number, objects, optional

Object = dict[str, Any]
Spoken = tuple[str | None, Word]  # the name of who says the word

_CODES = {name.lower(): code for code, name in LANGUAGES.items()}
_MARK = re.compile(r"\[_[A-Z]+_?[0-9]*_?\]")  # whisper.cpp's tokens for times, not spoken
_LEFT_OUT = "the words do not make up the text, so their times were left out."


def read(root: Object) -> Parsed | None:
    """The transcript if the file is of a known program, None if not. Raises FormatError with the place."""
    for recognised, reader in _KINDS:
        if recognised(root):
            return reader(root)
    return None


# Whisper: openai-whisper, OpenAI's verbose_json, WhisperX; seconds


def _is_whisper(root: Object) -> bool:
    if "format" in root:
        return False
    if "word_segments" in root or (_first(root, "words").keys() >= {"word", "start"}):
        return True
    segment = _first(root, "segments")
    word = _first(segment, "words")
    return bool({"avg_logprob", "seek", "tokens"} & segment.keys() or {"probability", "score"} & word.keys())


def _whisper(root: Object) -> Parsed:
    warnings: list[str] = []
    listed = objects(root, "segments", "")
    spread = objects(root, "words", "")  # OpenAI puts the words of all segments into one list
    segments: list[Read] = []
    for at, entry in listed:
        start = milliseconds(entry, "start", at)
        end = max(start, milliseconds(entry, "end", at))
        own = objects(entry, "words", at) or _within(spread, start, end)
        words = _whisper_words(own, start, end)
        text = optional(entry, "text", str, at)
        said = _fit(words, text.strip() if text is not None else join_words(words), at, warnings)
        logprob = entry.get("avg_logprob")
        sure = round(math.exp(max(-99, min(0, logprob))), 4) if isinstance(logprob, int | float) else None
        segment = Segment(start, end, *said, confidence=sure if sure is not None else mean_confidence(said[1]))
        segments.append((_name(entry.get("speaker")), segment))
    if not listed:
        times = [milliseconds(w, "end", at, 0) for at, w in spread]
        words = _whisper_words(spread, 0, max(times, default=0))
        text = (optional(root, "text", str, "") or "").strip() or join_words(words)
        segments = _cut((None, word) for word in _all_of(text, words, "", warnings))
    return _parsed(root, segments, warnings, optional(root, "language", str, ""), "Whisper")


def _within(words: list[tuple[str, Object]], start: int, end: int) -> list[tuple[str, Object]]:
    """The words whose middle lies in the segment."""
    middles = ((milliseconds(w, "start", at, 0) + milliseconds(w, "end", at, 0), (at, w)) for at, w in words)
    return [word for middle, word in middles if start * 2 <= middle < end * 2]


def _whisper_words(entries: list[tuple[str, Object]], start: int, end: int) -> tuple[Word, ...]:
    """WhisperX gives no times to what it cannot pronounce, like numbers: these words share the time between."""
    timed = [(milliseconds(w, "start", at, -1), milliseconds(w, "end", at, -1)) for at, w in entries]
    words: list[Word] = []
    for index, (at, entry) in enumerate(entries):
        text = checked(entry.get("word"), str, f"{at}.word")
        begins, ends = timed[index]
        if begins < 0 or ends < 0:
            last = words[-1].end if words else start
            run = next((n for n, t in enumerate(timed[index:]) if t[0] >= 0 and t[1] >= 0), len(timed) - index)
            following = timed[index + run][0] if index + run < len(timed) else end
            begins, ends = last, last + max(0, following - last) // run
        sure = fraction(entry, "probability" if "probability" in entry else "score", at)
        words.append(Word(text.strip(), begins, max(begins, ends), sure, space=text[:1].isspace() or not words))
    if words and not any(w.space for w in words[1:]):  # WhisperX and OpenAI leave the spaces out
        words = [w._replace(space=not HAS_CJK.match(w.text)) for w in words]
    return tuple(w for w in words if w.text)


# whisper.cpp: milliseconds


def _is_whisper_cpp(root: Object) -> bool:
    return "offsets" in _first(root, "transcription")


def _whisper_cpp(root: Object) -> Parsed:
    warnings: list[str] = []
    segments: list[Read] = []
    for at, entry in objects(root, "transcription", ""):
        start, end = _offsets(entry, at)
        text = (optional(entry, "text", str, at) or "").strip()
        words: list[Word] = []
        for place, token in objects(entry, "tokens", at):
            piece = checked(token.get("text"), str, f"{place}.text")
            if _MARK.fullmatch(piece) or not piece:
                continue
            begins, ends = _offsets(token, place)
            sure = fraction(token, "p", place)
            if words and not piece[0].isspace() and not HAS_CJK.match(piece):
                last = words[-1]
                both = min(s for s in (last.confidence, sure, 1.0) if s is not None)
                words[-1] = last._replace(text=last.text + piece, end=max(last.end, ends), confidence=both)
            else:
                words.append(Word(piece.strip(), begins, ends, sure, space=piece[0].isspace()))
        said = _fit(tuple(w for w in words if w.text), text, at, warnings)
        segments.append((_name(entry.get("speaker")), Segment(start, end, *said, confidence=mean_confidence(said[1]))))
    result = optional(root, "result", dict, "") or {}
    return _parsed(root, segments, warnings, optional(result, "language", str, "result"), "whisper.cpp")


def _offsets(entry: Object, at: str) -> tuple[int, int]:
    offsets = checked(entry.get("offsets"), dict, f"{at}.offsets")
    start = int(number(offsets, "from", f"{at}.offsets"))
    return start, max(start, int(number(offsets, "to", f"{at}.offsets")))


# Deepgram: seconds


def _is_deepgram(root: Object) -> bool:
    results = root.get("results")
    return isinstance(results, dict) and "channels" in results


def _deepgram(root: Object) -> Parsed:
    channels = objects(root["results"], "channels", "results")
    segments: list[Read] = []
    language = None
    for number_, (at, channel) in enumerate(channels):
        language = language or optional(channel, "detected_language", str, at)
        best = next(iter(objects(channel, "alternatives", at)), None)
        spoken: list[Spoken] = []
        for place, entry in objects(best[1], "words", best[0]) if best else ():
            start = milliseconds(entry, "start", place)
            text = entry.get("punctuated_word") or entry.get("word")
            word = Word(
                checked(text, str, f"{place}.word").strip(),
                start,
                max(start, milliseconds(entry, "end", place)),
                fraction(entry, "confidence", place),
            )
            name = _name(entry.get("speaker"))
            spoken.append((name if len(channels) == 1 else f"Channel {number_ + 1}", word))
        segments += _cut(spoken)
    head = optional(root, "metadata", dict, "") or {}
    return _parsed(head, segments, [], language, "Deepgram")


# AssemblyAI: milliseconds


def _is_assemblyai(root: Object) -> bool:
    return "format" not in root and any(
        _first(root, key).keys() >= {"text", "start", "end"}
        for key in ("utterances", "words", "sentences", "paragraphs")
    )


def _assemblyai(root: Object) -> Parsed:
    parts = next((p for k in ("utterances", "sentences", "paragraphs") if (p := objects(root, k, ""))), [("", root)])
    warnings: list[str] = []
    spoken: list[Spoken] = []
    for at, part in parts:
        heard: list[Spoken] = []
        for place, entry in objects(part, "words", at):
            start = int(number(entry, "start", place))
            text = checked(entry.get("text"), str, f"{place}.text").strip()
            end = max(start, int(number(entry, "end", place)))
            speaker = entry.get("speaker") or part.get("speaker")
            heard.append((_name(speaker), Word(text, start, end, fraction(entry, "confidence", place))))
        if len({name for name, _ in heard}) == 1:
            text = optional(part, "text", str, at) or ""
            words = _all_of(text, tuple(w for _, w in heard), at, warnings, int(number(part, "end", at, 0)))
            heard = [(heard[0][0], word) for word in words]
        spoken += heard
    code = (optional(root, "language_code", str, "") or "").partition("_")[0]
    duration = {"duration": root.get("audio_duration")}
    return _parsed(duration, _cut(spoken), warnings, code or None, "AssemblyAI")


# Shared


def _first(entry: Object, key: str) -> Object:
    """The first object of a list, an empty one if there is none."""
    value = entry.get(key)
    first = value[0] if isinstance(value, list) and value else None
    return first if isinstance(first, dict) else {}


def _name(speaker: object) -> str | None:
    """ "SPEAKER_00" and 0 -> "Speaker 1", "A" -> "Speaker A", "Anna" -> "Anna"."""
    if isinstance(speaker, bool) or not isinstance(speaker, str | int):
        return None
    text = str(speaker).strip()
    if match := re.fullmatch(r"(?:SPEAKER[_ ])?([0-9]{1,6})", text):
        return f"Speaker {int(match[1]) + 1}"
    return f"Speaker {text}" if len(text) == 1 else text or None


def _fit(words: tuple[Word, ...], text: str, at: str, warnings: list[str]) -> tuple[str, tuple[Word, ...]]:
    if not words or join_words(words) == text:
        return text, words
    words = fitted(words, text)
    if not words:
        warnings.append(f"{at}: {_LEFT_OUT}")
    return (join_words(words) if words else text), words


def _all_of(text: str, words: tuple[Word, ...], at: str, warnings: list[str], end: int = 0) -> tuple[Word, ...]:
    """Words for the whole text; those that the file gives no times for get times in between, and a warning says so."""
    text = text.strip()
    if not words or not text or join_words(words) == text:
        return words
    if fits := fitted(words, text):
        return fits
    warnings.append(f"{f'{at}: ' if at else ''}The words are not all of the text, so some times are only reckoned.")
    heard = Segment.from_words(words)
    return tuple(retext(heard._replace(end=max(heard.end, end)), text).words)


def _cut(spoken: Iterable[Spoken]) -> list[Read]:
    """Sentences of each speaker's words."""
    segments: list[Read] = []
    for name, run in groupby(((n, w) for n, w in spoken if w.text), lambda pair: pair[0]):
        cutter = Cutter()
        segments += [(name, s) for s in [*cutter.feed(word for _, word in run), *cutter.flush()]]
    return segments


def _parsed(head: Object, segments: list[Read], warnings: list[str], language: str | None, engine: str) -> Parsed:
    code = _CODES.get(language.lower(), language) if language else None
    transcript = with_speakers(segments, code)
    duration = max(transcript.duration, milliseconds(head, "duration", "", 0))
    return Parsed(replace(transcript, duration=duration, engine=EngineInfo(name=engine)), tuple(warnings))


_KINDS: tuple[tuple[Callable[[Object], bool], Callable[[Object], Parsed]], ...] = (
    (_is_whisper_cpp, _whisper_cpp),
    (_is_deepgram, _deepgram),
    (_is_whisper, _whisper),
    (_is_assemblyai, _assemblyai),
)
