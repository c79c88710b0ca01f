"""Two transcripts of one interview, for the tests of the comparison."""

from __future__ import annotations

from studio.core.transcript import Segment, Speaker, Transcript, Word

SPEAKERS = (Speaker("S1", "Annika Böhm"), Speaker("S2", "Jörg Müller"), Speaker("S3", "Sri Wahyuni"))
_START = 737_620

LINES = (
    ("S2", "Honestly? How quiet the water is. In north Friesland a storm surge announces itself."),
    ("S3", "Iya, betul. Air rupanya datang pelan-pelan, tapi setiap hari."),
    ("S1", "Every day of the year."),
    ("S3", "Setiap hari."),
    (
        "S2",
        "But the ground under the harbour sinks by eight to ten centimetres. Das ist ein völlig anderes Problem, wie "
        "Frau Österreicher sagt.",
    ),
    ("S1", "Because of the groundwater, the Grundwasserentnahme?"),
    (
        "S3",
        "Mostly, yes. Factories, hotels, thousands of small wells. We measured it with the team from Lübeck in 2019.",
    ),
    ("S2", "And the numbers were worse than anyone expected."),
    ("S1", "So what did you do then?"),
    ("S2", "We went home."),
)
_OTHER = {
    "north Friesland": "Nordfriesland",
    "rupanya": "robnya",
    "eight to ten": "eighty",
    "anderes": "neues",
    "Österreicher": "Oestreicher",
    "Grundwasserentnahme?": "ground wasser and name?",
    "Lübeck in 2019.": "Lubeck in about 2019.",
    "the numbers": "then numbers",
}


def _transcript(lines: tuple[tuple[str, str], ...], confidence: float) -> Transcript:
    segments, at = [], _START
    for n, (who, text) in enumerate(lines, 1):
        made = [Word(w, at + 300 * k, at + 300 * k + 250, confidence) for k, w in enumerate(text.split())]
        segments.append(Segment.from_words(made, who, n))
        at += 8_000
    return Transcript(tuple(segments), SPEAKERS, "en", 2_538_000)


def interview(times: int = 1) -> tuple[Transcript, Transcript]:
    """(left, right): 10 passages, 9 differences in 6 of them, `times` over."""
    other = []
    for who, text in LINES:
        for old, new in _OTHER.items():
            text = text.replace(old, new)
        other.append((who, text))
    return _transcript(LINES * times, 0.7), _transcript(tuple(other) * times, 0.8)
