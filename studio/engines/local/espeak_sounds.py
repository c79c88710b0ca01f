"""Text as phonemes in Kokoro's alphabet by espeak-ng, which tells IPA. Runs in Kokoro's child process.

The network was trained on espeak-ng's IPA with its diphthongs and affricates as single letters.
"""

from __future__ import annotations

import re

from studio.core.jobs import StopToken

from . import espeak

VOICES = {"es": "es", "fr": "fr-fr", "hi": "hi", "it": "it", "pt": "pt-br"}
# "^" ties two sounds into one.
_PAIRS = "a^ɪ=I a^ʊ=W e^ɪ=A o^ʊ=O ə^ʊ=Q ɔ^ɪ=Y d^z=ʣ d^ʒ=ʤ t^s=ʦ t^ʃ=ʧ s^s=S"
_LETTERS = dict(pair.split("=") for pair in _PAIRS.split())
_MARKS = re.compile(r"([;!?…—–\"“”«»()¡¿।॥\n]+|(?<!\d)[.,:]|[.,:](?!\d))")
_KEPT = str.maketrans({"–": "—", "«": "“", "»": "”", "।": ".", "॥": ".", "¡": "", "¿": "", "\n": " "})
_FLAG = re.compile(r"\([^)]*\)")  # "(en)": it reads a word as if it were of another language


def phonemes(text: str, language: str) -> str:
    """Raises EngineError where espeak-ng is missing."""
    found = []
    for n, part in enumerate(_MARKS.split(text)):
        if n % 2:
            found.append(part.translate(_KEPT))
        elif re.search(r"\w", part):
            sounds = _ipa(part.strip(), VOICES[language])
            found.append(f"{part[: len(part) - len(part.lstrip())]}{sounds}{part[len(part.rstrip()) :]}")
        else:
            found.append(part)
    return " ".join("".join(found).split())


def _ipa(text: str, voice: str) -> str:
    told = espeak.run(["-q", "--ipa", "--tie=^", "-v", voice], text, StopToken()).decode(errors="replace")
    told = _FLAG.sub("", " ".join(told.split()))
    for tied, letter in _LETTERS.items():
        told = told.replace(tied, letter)
    return told.replace("^", "").replace("-", "")
