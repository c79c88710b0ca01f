"""Text as the sounds that Kokoro knows, in the languages that hibari does not read."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.engines.local import english, espeak, espeak_sounds, japanese, mandarin

needs_espeak = pytest.mark.skipif(not espeak.installed(), reason="espeak-ng is not installed")
ALPHABET = set(json.loads((files("hibari") / "assets" / "vocab.json").read_text("utf-8")))


def spelled(text: str) -> str:
    return f"<{text}>"


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("你好！", "ni↓xau↓!"),
        ("知识，绿色。", "ꭧɨ→ʂɨ↗, ly↘ sɤ↘."),
        ("二月", "ɚ↘ ɥe↘"),
        ("去年的鱼", "ʨʰy↘ njɛ↗n tɤ y↗"),
        ("用AI", "jʊ↘ŋ <AI>"),
        ("“好”", "“xau↓”"),
    ],
)
def test_chinese(text: str, sounds: str) -> None:
    assert mandarin.phonemes(text, spelled) == sounds


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("0", "零"),
        ("10", "十"),
        ("15", "十五"),
        ("110", "一百一十"),
        ("1001", "一千零一"),
        ("10010", "一万零一十"),
        ("12000", "一万二千"),
        ("100000000", "一亿"),
        ("100005000", "一亿零五千"),
        ("20000300", "二千万零三百"),
        ("007", "零零七"),
        ("1234567890123", "一二三四五六七八九零一二三"),
    ],
)
def test_chinese_numbers(digits: str, said: str) -> None:
    assert mandarin._numbers(digits) == said
    assert mandarin._numbers("2024年3.5%") == "二零二四年百分之三点五"


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("今日は天気がいい。", "kʲoː βa teŋkʲi ɡa ii."),
        ("散歩に行きましょう！", "sampo ɲi ikʲimaɕoː!"),
        ("ちょっと待って", "ʨoʔto maʔte"),
        ("ファイル、パーティー", "ɸaiɾɯ, paːtʲiː"),
        ("３００円", "sambʲakɯ eɴ"),
        ("AIです", "<AI>desɨ"),
        ("「はい」", "“hai”"),
    ],
)
def test_japanese(text: str, sounds: str) -> None:
    assert japanese.phonemes(text, spelled) == sounds


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("0", "ゼロ"),
        ("11", "ジューイチ"),
        ("1000", "セン"),
        ("12800", "イチマンニセンハッピャク"),
        ("20000000", "ニセンマン"),
        ("100000300", "イチオクサンビャク"),
        ("3600", "サンゼンロッピャク"),
        ("007", "ゼロゼロナナ"),
    ],
)
def test_japanese_numbers(digits: str, said: str) -> None:
    assert japanese._integer(digits) == said


@needs_espeak
@pytest.mark.parametrize(
    ("language", "text", "sounds"),
    [
        ("fr", "« Bonjour », dit-elle.", "“ bɔ̃ʒˈuʁ ”, dˈitˈɛl."),
        ("es", "¡Hola! ¿Qué hora es?", "ˈola! kˈe ˈoɾa ˈes?"),
        ("it", "La città; è bella", "la ʧitːˈa; e bˈɛlla"),
        ("hi", "यह घर है। वह", "jˌəh ɡʰˈʌɾ hɛː. ʋˈəh"),
        ("pt", "", ""),
        ("es", " … ", "…"),
    ],
)
def test_by_espeak(language: str, text: str, sounds: str) -> None:
    assert espeak_sounds.phonemes(text, language) == sounds


@needs_espeak
def test_a_decimal_comma_is_no_pause() -> None:
    assert "," not in espeak_sounds.phonemes("Il est 3,5 heures", "fr")
    assert espeak_sounds.phonemes("Oui, 3", "fr").count(",") == 1


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("今日は天気東京中国人。、！ー々ッンヴァ12.,%aZ 的😀"), max_size=30))
def test_any_text_is_read_in_known_sounds(text: str) -> None:
    for read in (mandarin.phonemes, japanese.phonemes):
        sounds = read(text, lambda word: english.phonemes(word, british=False))
        strange = set(sounds) - ALPHABET
        assert all(not c.isalpha() or c in text for c in strange), strange
