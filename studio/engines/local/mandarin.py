"""Chinese text as phonemes in Kokoro's alphabet: pinyin by pypinyin, then sounds. Runs in Kokoro's child process.

Tones are arrows after the vowel: → high, ↗ rising, ↓ low, ↘ falling. Tones are not changed by their neighbours: the
network was trained with those of the dictionary and does that itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pypinyin import Style, lazy_pinyin
from pypinyin.seg.mmseg import seg

_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘"}
_CONSONANTS = "b=p p=pʰ m=m f=f d=t t=tʰ n=n l=l g=k k=kʰ h=x j=ʨ q=ʨʰ x=ɕ r=ɻ z=ʦ c=ʦʰ s=s zh=ꭧ ch=ꭧʰ sh=ʂ"
# "0" is where the tone goes; spelled as after a consonant.
_VOWELS = (
    "a=a0 ai=ai0 an=a0n ang=a0ŋ ao=au0 e=ɤ0 ei=ei0 en=ə0n eng=ə0ŋ er=ɚ0 o=wo0 ong=ʊ0ŋ ou=ou0"
    " i=i0 ia=ja0 ian=jɛ0n iang=ja0ŋ iao=jau0 ie=je0 in=i0n ing=i0ŋ io=jɔ0 iong=jʊ0ŋ iu=jou0"
    " u=u0 ua=wa0 uai=wai0 uan=wa0n uang=wa0ŋ ueng=wə0ŋ ui=wei0 un=wə0n uo=wo0 ü=y0 üe=ɥe0 üan=ɥɛ0n ün=y0n"
    " m=m0 n=n0 ng=ŋ0 hm=hm0 hng=hŋ0 ê=ɛ0 ô=ɔ0"
)
_INITIALS = dict(pair.split("=") for pair in _CONSONANTS.split())
_FINALS = dict(pair.split("=") for pair in _VOWELS.split())
_ALONE = {"yi": "i", "yin": "in", "ying": "ing", "you": "iu", "wu": "u", "wei": "ui", "wen": "un", "yo": "io", "o": "ô"}
_MARKS = str.maketrans(
    {**dict(zip("、，。．！？：；《》「」『』【】（）«»", ",,..!?:;“”“”“”“”()“”", strict=True)), "…": "…", "～": "—"}
)
_HAN = re.compile(r"([\u3400-\u9fff]+)")
_LATIN = re.compile(r"([A-Za-z][A-Za-z' -]*[A-Za-z]|[A-Za-z])")
_DIGITS = "零一二三四五六七八九"


def phonemes(text: str, foreign: Callable[[str], str]) -> str:
    """`foreign` tells the sounds of words in Latin letters."""
    found = []
    for n, run in enumerate(_HAN.split(_numbers(text))):
        if n % 2:
            found.append(" ".join(_word(word) for word in seg.cut(run)))
        else:
            marks = re.sub(r"([,.!?:;”)])", r"\1 ", run.translate(_MARKS))
            found.append(_LATIN.sub(lambda m: f" {foreign(m[0])} ", marks))
    return re.sub(r"\s+(?=[,.!?:;”)])", "", " ".join("".join(found).split()))


def _word(word: str) -> str:
    return "".join(_syllable(s) for s in lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True))


def _syllable(pinyin: str) -> str:
    """ "zhong1" -> "ꭧʊ→ŋ"."""
    spelled, tone = pinyin[:-1].replace("v", "ü"), pinyin[-1]
    initial = next((i for i in (spelled[:2], spelled[:1]) if i in _INITIALS and len(i) < len(spelled)), "")
    final = spelled[len(initial) :]
    if spelled in _FINALS and spelled not in _ALONE:
        initial, final = "", spelled
    elif not initial:
        final = _ALONE.get(spelled) or _glide(spelled)
    elif initial in ("j", "q", "x"):
        final = re.sub("^u", "ü", final)
    buzzed = final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s")
    sound = "ɨ0" if buzzed else _FINALS.get(final, "")
    return _INITIALS.get(initial, "") + sound.replace("0", _TONES.get(tone, ""))


def _glide(spelled: str) -> str:
    """ "yue" -> "üe", "yan" -> "ian", "wang" -> "uang"."""
    if spelled.startswith("yu"):
        return "ü" + spelled[2:]
    return {"y": "i", "w": "u"}.get(spelled[:1], spelled[:1]) + spelled[1:]


def _numbers(text: str) -> str:
    text = re.sub(r"(\d{4})(?=年)", lambda m: "".join(_DIGITS[int(d)] for d in m[1]), text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(\d+(?:\.\d+)?)[%％]", r"百分之\1", text)
    return re.sub(r"(\d+)(?:\.(\d+))?", lambda m: _integer(m[1]) + _fraction(m[2]), text)


def _fraction(digits: str | None) -> str:
    return "点" + "".join(_DIGITS[int(d)] for d in digits) if digits else ""


def _integer(digits: str) -> str:
    """ "12005" -> "一万二千零五"; long ones, which are names rather than numbers, digit by digit."""
    if len(digits) > 12 or (len(digits) > 1 and digits[0] == "0"):
        return "".join(_DIGITS[int(d)] for d in digits)
    said = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit != "0":
            said += _DIGITS[int(digit)] + ("", "十", "百", "千")[place % 4]
        elif said and not said.endswith("零"):
            said += "零"
        if place % 4 == 0 and place:
            group = digits[max(0, len(digits) - place - 4) : len(digits) - place]
            said = said.rstrip("零") + (("", "万", "亿")[place // 4] if int(group) else "零")
    said = said.rstrip("零") or "零"
    return said[1:] if said.startswith("一十") else said
