"""Japanese text as phonemes in Kokoro's alphabet: readings by Janome, then sounds. Runs in Kokoro's child process."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from janome.tokenizer import Token, Tokenizer

_LETTERS = (
    "アイウエオカキクケコガギグゲゴサシスセソザジズゼゾタチツテトダヂヅデドナニヌネノハヒフヘホバビブベボパピプペポ"
    "マミムメモヤユヨラリルレロワヰヱヲヴ"
)
_READ = (
    "a i ɯ e o ka kʲi kɯ ke ko ɡa ɡʲi ɡɯ ɡe ɡo sa ɕi sɨ se so ʣa ʥi zɨ ʣe ʣo ta ʨi ʦɨ te to da ʥi zɨ de do"
    " na ɲi nɯ ne no ha çi ɸɯ he ho ba bʲi bɯ be bo pa pʲi pɯ pe po"
    " ma mʲi mɯ me mo ja jɯ jo ɾa ɾʲi ɾɯ ɾe ɾo βa i e o vɯ"
)
_KANA = dict(zip(_LETTERS, _READ.split(), strict=True))
_SMALL = dict(zip("ァィゥェォャュョヮ", "aiɯeoaɨoa", strict=True))
_SOFT = "ʲɕʨʥɲçj"  # consonants that need no sign to be soft
_NASALS = {
    **dict.fromkeys("mpb", "m"),
    **dict.fromkeys("kɡ", "ŋ"),
    **dict.fromkeys("ɲʨʥ", "ɲ"),
    **dict.fromkeys("ntdɾzʣʦs", "n"),
}
_MARKS = str.maketrans("、，。．！？：；《》「」『』【】（）～〜・", ",,..!?:;“”“”“”“”()—— ")
_LATIN = re.compile(r"[A-Za-z][A-Za-z' -]*[A-Za-z]|[A-Za-z]")
_ONES = ("", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー")
_CHANGED = {
    "サンヒャク": "サンビャク",
    "ロクヒャク": "ロッピャク",
    "ハチヒャク": "ハッピャク",
    "サンセン": "サンゼン",
    "ハチセン": "ハッセン",
    "イチセン": "セン",
    "イチヒャク": "ヒャク",
    "イチジュー": "ジュー",
}


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer()


def phonemes(text: str, foreign: Callable[[str], str]) -> str:
    """`foreign` tells the sounds of words in Latin letters."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(\d+)(?:\.(\d+))?", lambda m: _integer(m[1]) + _fraction(m[2]), text)
    found = ""
    for token in _tokenizer().tokenize(text):
        sounds = _token(token, foreign)
        joined = not found or found.endswith((" ", "“", "(")) or re.match(r"[\s,.!?:;”)]", sounds) or _leans(token)
        found += sounds if joined else " " + sounds
    return " ".join(found.split())


def _token(token: Token, foreign: Callable[[str], str]) -> str:
    if _LATIN.fullmatch(token.surface):
        return foreign(token.surface)
    if token.surface == "う" and _leans(token):
        return "ː"  # "ましょう"
    spoken = token.phonetic if token.phonetic != "*" else _katakana(token.surface)
    if all(c in _KANA or c in _SMALL or c in "ッンー" for c in spoken):
        return _sounds(spoken)
    return str(token.surface).translate(_MARKS)


def _leans(token: Token) -> bool:
    """Endings of verbs are said in one with what they end."""
    kinds = token.part_of_speech.split(",")
    return bool(kinds[0] == "助動詞" or kinds[1] == "接続助詞")


def _katakana(text: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def _sounds(kana: str) -> str:
    moras: list[str] = []
    for n, k in enumerate(kana):
        if k in _SMALL and moras:
            moras[-1] = _joined(kana[n - 1], moras[-1], k)
        elif k == "ッ":
            moras.append("ʔ")
        elif k == "ー":
            moras.append("ː")
        elif k == "ン":
            moras.append(_NASALS.get(_KANA.get(kana[n + 1 : n + 2], " ")[0], "ɴ"))
        else:
            moras.append(_KANA.get(k) or _SMALL.get(k, ""))
    return "".join(moras)


def _joined(first: str, sound: str, small: str) -> str:
    """A kana and the small one after it: "キ", "ャ" -> "kʲa"."""
    consonant, vowel = sound[:-1], _SMALL[small]
    if first in "ウイ":
        return ("β" if first == "ウ" else "j") + vowel
    if first in "クグ":
        return f"{consonant}ᵝ{vowel}"
    soft = small in "ャュョ" or (small == "ィ" and first in "テデフツヴ")
    return consonant + ("ʲ" if soft and not consonant.endswith(tuple(_SOFT)) else "") + vowel


def _fraction(digits: str | None) -> str:
    return "テン" + "".join(_ONES[int(d)] or "ゼロ" for d in digits) if digits else ""


def _integer(digits: str) -> str:
    """In kana; long ones, which are names rather than numbers, digit by digit."""
    if len(digits) > 12 or (len(digits) > 1 and digits[0] == "0"):
        return "".join(_ONES[int(d)] or "ゼロ" for d in digits)
    said = ""
    for start in range(len(digits) % 4 - 4 if len(digits) % 4 else 0, len(digits), 4):
        group = digits[max(0, start) : start + 4]
        part = ""
        for place, digit in zip(range(len(group) - 1, -1, -1), group, strict=True):
            if digit != "0":
                one = _ONES[int(digit)] + ("", "ジュー", "ヒャク", "セン")[place]
                part += _CHANGED.get(one, one)
        said += part + (("", "マン", "オク")[(len(digits) - start - 4) // 4] if part else "")
    return said or "ゼロ"
