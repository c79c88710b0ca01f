"""English text as phonemes in Kokoro's alphabet, by hibari's rules and dictionaries. Runs in the child processes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from hibari.g2p import G2P

from studio.core.sentences import pieces
from studio.core.word_times import words


@cache
def _rules(british: bool) -> G2P:
    return G2P(british=british)


def phonemes(text: str, british: bool) -> str:
    """ "" where there is nothing to say."""
    found: str = _rules(british)(" ".join(text.split()))
    return found if re.search(r"\w", found) else ""


def runs(phonemes: str, most: int) -> Iterable[str]:
    """What the network can take at once: cut after a sentence, a clause or a word."""
    return (p.text.strip() for p in pieces(phonemes, most) if p.text.strip())


def weights(text: str, british: bool) -> dict[str, float]:
    """How long each word of the text takes, in sounds: vowels count more, marks of stress nothing."""
    return {word: weight(phonemes(word, british)) for word in {text[a:b] for a, b in words(text)}}


def weight(phonemes: str) -> float:
    return sum(_LENGTHS.get(sound, 1.0) for sound in phonemes)


# Rough lengths of sounds against each other; see `words` of tests/benchmarks/speaking.py for how far they lead.
_LENGTHS = {
    **dict.fromkeys(' ˈˌ.,;:!?…—"“”()', 0.0),
    **dict.fromkeys("AIOQWYɑɔuiɜ", 1.6),
    **dict.fromkeys("əᵊɪʊᵻɐ", 0.8),
    "ː": 0.6,
}
