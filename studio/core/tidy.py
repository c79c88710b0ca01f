"""Capitals, spaces, full stops and quotation marks put right. Pure functions.

Only passages in capitals alone are ever written small, so nouns and names stay as they are. What language a rule is for
decides the transcript's language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from .edits import Edit
from .transcript import Segment, Transcript
from .wording import reworded, whole_words

_NARROW = "\u202f"  # the space that French sets before ; : ! ? and inside « »

# opening and closing, outer and inner
_ENGLISH, _GERMAN, _FRENCH = "“”‘’", "„“‚‘", "«»“”"
_QUOTES = {
    **dict.fromkeys(("de", "cs", "sk", "sl", "hr", "bg", "et", "lt", "is"), _GERMAN),
    **dict.fromkeys(("fr", "it", "es", "pt", "ru", "uk", "el", "no", "ca"), _FRENCH),
    **dict.fromkeys(("pl", "ro", "hu"), "„”«»"),
    **dict.fromkeys(("sv", "fi"), "””’’"),
}
_SPACED = ("fr",)  # a narrow space inside the quotation marks, too

# A full stop behind one of these ends no sentence; single letters and numbers are seen by themselves.
_SHORT = re.compile(
    r"mr|mrs|ms|dr|prof|st|vs|etc|approx|no|nos|fig|al|cf|ca|bzw|usw|ggf|evtl|inkl|exkl|nr|vgl|sog|max|min|mio|mrd|tel"
    r"|str|hr|fr|jr|sr|sra|sig|dott|art|abs|ed|eds|vol|pp|ex|env|av|jan|feb|apr|aug|sept?|o[ck]t|nov|de[cz]"
)
_INITIALS = 4  # so many letters in capitals are no more than “NATO”
_CLOSERS = "\"'”’“‘»)]"
_SENTENCE = re.compile(rf"(?P<word>[\w.’'-]*)(?P<end>[.?!]+)(?P<close>[{re.escape(_CLOSERS)}]*)(?P<gap>\s+)(?=\S)")
_I = re.compile(r"(?<![\w.'’-])i(?=(?:['’](?:m|ll|ve|d|s)\b)|[\s,;:!?\"”)]|[.…](?!\w)|$)")
_BEFORE_MARK = re.compile(r"(?<![ \u00a0\u202f])[ \u00a0\u202f]+(?=[,.;:!?…]+(?:\s|[\"”»’)]|$))")
_FRENCH_MARK = re.compile(r"[ \u00a0](?=[;:!?]+(?:\s|[\"”»)]|$))|(?<=«)[ \u00a0]|[ \u00a0](?=»)")
_FRENCH_CLOSE = re.compile(r"(?<![ \u00a0\u202f])[ \u00a0\u202f]+(?=[,.…]+(?:\s|[\"”»’)]|$))")


@dataclass(frozen=True, slots=True)
class Rules:
    capitals: bool = True  # sentences begin with one, and the English I is one
    spaces: bool = True  # none twice, none before a comma
    stops: bool = True  # a turn ends with a full stop
    quotes: bool = False  # “these” for "those"
    repeats: bool = False  # “the the” is one “the”
    shouts: bool = False  # CAPITALS ALONE, as in some subtitles, are written small


def tidy(transcript: Transcript, rules: Rules, ids: Collection[int] | None = None) -> Edit | None:
    """The text under these rules; None where it is so already."""
    language = transcript.language or ""

    def texts() -> Iterator[tuple[Segment, str]]:
        segments = transcript.segments
        before: Segment | None = None
        for number, segment in enumerate(segments):
            following = segments[number + 1] if number + 1 < len(segments) else None
            if (ids is None or segment.id in ids) and segment.text.strip():
                text = _tidied(segment.text, rules, language)
                if rules.stops and (following is None or following.speaker != segment.speaker):
                    text = _stopped(text)
                if rules.capitals and _begins(before, segment, rules):
                    text = _raised(text)
                yield segment, text
            before = segment

    return reworded("repair case and punctuation", texts())


def _tidied(text: str, rules: Rules, language: str) -> str:
    """What does not depend on the passages around."""
    if rules.shouts and text.isupper() and sum(map(str.isalpha, text)) > _INITIALS:
        text = text.lower()
    if rules.repeats:
        text = _again().sub(r"\1", text)
    if rules.spaces:
        text = _spaced(text, language)
    if rules.capitals:
        text = _sentences_raised(text)
        if language == "en":
            text = _I.sub("I", text)
    if rules.quotes:
        text = _quoted(text, language)
    return text


@cache
def _again() -> re.Pattern[str]:
    return re.compile(whole_words(r"([^\W\d_]+)(?:\s+\1)+", also=r"'’\-"), re.IGNORECASE)


def _spaced(text: str, language: str) -> str:
    text = re.sub(r" {2,}", " ", text.strip())
    if language == "fr":
        return _FRENCH_MARK.sub(_NARROW, _FRENCH_CLOSE.sub("", text))
    return _BEFORE_MARK.sub("", text)


def _sentences_raised(text: str) -> str:
    made, at = "", 0
    for match in _SENTENCE.finditer(text):
        made += text[at : match.end()]
        at = match.end()
        word = match["word"]
        bare = word.lower().strip(".'’-")
        short = match["end"] == "." and (len(bare) < 2 or "." in word or _SHORT.fullmatch(bare) or bare[-1].isdigit())
        spoken = match["close"] and match["end"] != "."  # “Really?” she said
        if not short and not spoken and not match["end"].startswith(".."):
            rest = _raised(text[at:])
            made, at = made + rest[:1], at + 1
            if made[-1] in "“„«‚\"'(¿¡":
                made, at = made + rest[1:2], at + 1
    return made + text[at:]


def _begins(before: Segment | None, segment: Segment, rules: Rules) -> bool:
    """Whether a sentence begins with this passage."""
    if before is None or not before.text.strip():
        return before is None
    if before.speaker != segment.speaker and rules.stops:
        return True
    last = before.text.rstrip().rstrip(_CLOSERS)
    word = last[:-1].split()[-1:] or [""]
    return last[-1:] in ("?", "!", "。") or (
        last[-1:] == "." and not last.endswith("..") and not _SHORT.fullmatch(word[0].lower().strip("(“„"))
    )


def _raised(text: str) -> str:
    """With a capital letter first, unless the first word has capitals of its own (“iPhone”) or begins with “…”."""
    for number, char in enumerate(text):
        if char.isalpha():
            word = re.match(r"\w+", text[number:])
            if word and any(c.isupper() for c in word[0]):
                return text
            return text[:number] + (char.upper() if len(char.upper()) == 1 else char) + text[number + 1 :]
        if char.isdigit() or char in "….":
            return text
    return text


def _stopped(text: str) -> str:
    """With a full stop, where the text ends with a letter or a number."""
    bare = text.rstrip()
    last = bare.rstrip(_CLOSERS)[-1:]
    if not last.isalnum():
        return text
    script = unicodedata.name(last, "").split(" ")[0]
    if script in ("CJK", "HIRAGANA", "KATAKANA"):
        return bare + "。"
    if script in ("LATIN", "CYRILLIC", "GREEK", "DIGIT", "ARMENIAN", "GEORGIAN"):
        return bare + "."
    return text


def _quoted(text: str, language: str) -> str:
    """Straight quotation marks and apostrophes by the language's own."""
    outer, outer_end, inner, inner_end = tuple(_QUOTES.get(language, _ENGLISH))
    narrow = _NARROW if language in _SPACED else ""
    made, inside, deeper = list[str](), False, False
    for number, char in enumerate(text):
        before, after = text[number - 1 : number] if number else "", text[number + 1 : number + 2]
        if char == '"' and (inside or not before.isdigit()):
            inside = not inside if inside or before == "" or not before.isalnum() else False
            made.append(outer + narrow if inside else narrow + outer_end)
        elif char == "'" and (not before or before.isspace() or before in '(["“„«') and after.isalnum():
            deeper = after.isalpha() and bool(re.search(r"\w'(?!\w)", text[number + 1 :]))
            made.append(inner if deeper else "’")
        elif char == "'" and deeper and not after.isalnum():
            deeper = False
            made.append(inner_end)
        elif char == "'" and before.isalpha():
            made.append("’")
        else:
            made.append(char)
    return "".join(made)
