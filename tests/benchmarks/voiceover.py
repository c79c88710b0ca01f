"""What an exported voice-over is worth: how far each cue is from its time, how long the file is, what it costs.

    python -m tests.benchmarks.voiceover [--cues 30] [--voices hibari/heart ...] [--models FOLDER]

Onsets are found in the sound itself: the first moment after the cue before has ended that is louder than 2 % of the
loudest. Loudness is measured by FFmpeg's meter. Every format, every rate that people choose.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio import media
from studio.core.jobs import StopToken
from studio.core.speaking import Casting, Manner
from studio.core.steps import result
from studio.core.transcript import Segment, Transcript
from studio.core.voiceover import Placed, duration
from studio.library import Home
from studio.services import voiceover
from studio.services.studio import Studio
from studio.services.voiceover import Parts, Spoke
from studio.services.voiceover_export import SpeechOptions, export

from .common import table

_FRAMES = {"wav": 1, "flac": 1, "mp3": 1_152, "opus": 960, "m4a": 1_024}  # samples of a frame
_TEXTS = (
    "Good morning, and welcome to all of you.",
    "The harbour sinks by eight centimetres.",
    "Five years ago nobody wanted to know.",
    "What shall we do about it?",
    "People live here, and they want to stay.",
    "But the water comes through the drains.",
    "That is all.",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cues", type=int, default=30)
    parser.add_argument("--voices", nargs="+", default=["hibari/heart", "kokoro/af_heart"])
    parser.add_argument("--models", type=Path, default=Home.default().models)
    a = parser.parse_args()
    cues = tuple(
        Segment(700 + n * 4_013, 700 + n * 4_013 + 2_500, _TEXTS[n % len(_TEXTS)], id=n + 1) for n in range(a.cues)
    )
    talk = Transcript(cues, (), "en", cues[-1].end + 1_000)
    rows = []
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        (folder / "home").mkdir()
        a.models.mkdir(parents=True, exist_ok=True)
        (folder / "home" / "models").symlink_to(a.models.resolve())  # what is fetched stays
        studio = Studio.open(Home(folder / "home").prepared())
        for voice in a.voices:
            parts = Parts(Casting(), Manner(voice), "en")
            started = time.perf_counter()
            told = voiceover.speak_cues(studio, cues, parts, StopToken())
            spoke = {e.cue: e for e in told if isinstance(e, Spoke)}
            took = time.perf_counter() - started
            placed = voiceover.place(cues, spoke, parts)
            print(f"{len(spoke)} cues spoken by {voice} in {took:.1f} s")
            for id in media.SOUND_FORMATS:
                path = folder / voice.replace("/", "-")
                rows.append([voice, *exported(studio, talk, spoke, parts, placed, path, id)])
        studio.close()
    heads = ["voice", "format", "onset off: median, ms", "worst, ms", "length off, frames", "LUFS", "× real time"]
    table(heads, rows)


def exported(
    studio: Studio,
    talk: Transcript,
    spoke: dict[int, Spoke],
    parts: Parts,
    placed: tuple[Placed, ...],
    path: Path,
    format: str,
) -> list[str]:
    started = time.perf_counter()
    (path,) = result(export(studio, talk, spoke, parts, path, SpeechOptions(format), StopToken()))
    took = time.perf_counter() - started
    samples, rate = media.read_sound(path)
    planned = duration(placed, talk.duration)
    off = [abs(onset(samples, rate, before, p.start) - p.start) for before, p in zip((None, *placed), placed)]  # noqa: B905
    frames = abs(len(samples) - planned * rate / 1000) / _FRAMES[format]
    heard = result(media.measure(media.Samples(samples, rate), StopToken()))
    return [
        format,
        f"{np.median(off):.1f}",
        f"{max(off):.1f}",
        f"{frames:.2f}",
        f"{heard.integrated:.2f}",
        f"{planned / 1000 / took:.0f}",
    ]


def onset(samples: NDArray[np.float32], rate: int, before: Placed | None, start: int) -> float:
    """The first millisecond in which this speech is heard; looked for from the middle of the pause before it."""
    since = (before.end + start) // 2 if before else 0
    loud = np.abs(samples[since * rate // 1000 :]) > 0.02 * np.abs(samples).max()
    return since + float(np.flatnonzero(loud)[0]) * 1000 / rate


if __name__ == "__main__":
    main()
