"""`studio speak`, `studio voices` and `studio voiceover`: text made into sound, on the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.table import Table

from studio import media
from studio.core.errors import Problem, UsageError, as_error
from studio.core.jobs import StopToken
from studio.core.languages import LANGUAGES
from studio.core.sentences import pause, pieces, speakable
from studio.core.speaking import PITCHES, TEMPOS, Casting, Delivery, Manner
from studio.core.transcript import Segment, Transcript
from studio.core.voiceover import LIMITS, in_a_row
from studio.formats import decode_text, named_format
from studio.services import export, speaking, speech_orders, voiceover, voiceover_export
from studio.services.export import IfExists
from studio.services.speaking import Told, Utterance
from studio.services.studio import Studio
from studio.services.voiceover import Missed, Parts, Spoke
from studio.services.voiceover_export import Original, SpeechOptions

from . import backends
from .terminal import asks, confirmed, err, out

Opened = Callable[[], AbstractContextManager[Studio]]
Shown = Callable[[StopToken], AbstractContextManager[Callable[[str, float | None], None]]]  # progress on a terminal
_LOUDNESS = {"speech": media.SPEECH_LUFS, "broadcast": media.BROADCAST_LUFS, "off": None}


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser], opened: Opened, shown: Shown) -> None:
    c = commands.add_parser("speak", help="say a text and write the sound")
    c.add_argument("text", metavar="TEXT|FILE", help="the text itself, a file with it, or - for the standard input")
    _add_sound(c)
    c.add_argument("--voice", default="", metavar="ID", help="see `studio voices`")
    c.set_defaults(do=lambda a: _with(opened, lambda studio: _speak(studio, a, shown)))

    c = commands.add_parser("voiceover", help="say all cues of a subtitle file, each at its time")
    c.add_argument("source", type=Path, metavar="SUBTITLES", help="subtitles, or a transcript with times")
    _add_sound(c)
    c.add_argument(
        "--voice",
        action="append",
        default=[],
        metavar="[SPEAKER=]ID",
        help="of all, or of one speaker",
    )
    c.add_argument("--speed-up", type=float, default=1.0, metavar="X", help="make cues fit, at most so much faster (1)")
    c.add_argument("--over", type=Path, metavar="RECORDING", help="keep this recording, quieter, under the voices")
    c.add_argument("--ducked", type=float, default=Casting().ducked, metavar="DB", help="by how much quieter (12)")
    c.set_defaults(do=lambda a: _with(opened, lambda studio: _voiceover(studio, a, shown)))

    c = commands.add_parser("voices", help="the voices that can speak")
    c.add_argument("--language", metavar="xx", help="only those that speak it, e.g. de")
    c.set_defaults(do=lambda a: _with(opened, lambda studio: _voices(studio, a.language)))


def _add_sound(c: argparse.ArgumentParser) -> None:
    formats = ", ".join(form.suffix for form in media.SOUND_FORMATS.values())
    c.add_argument("--output", type=Path, required=True, metavar="FILE", help=f"its ending says the format: {formats}")
    c.add_argument("--language", metavar="xx", help="of the text, e.g. de")
    c.add_argument(
        "--pitch", type=float, default=0.0, metavar="N", help=f"semitones, {PITCHES[0]:g} to {PITCHES[1]:g} (0)"
    )
    c.add_argument("--tempo", type=float, default=1.0, metavar="X", help="{:g} to {:g} (1)".format(*TEMPOS))
    c.add_argument("--rate", type=int, default=0, metavar="HZ", help="samples per second (48000)")
    c.add_argument("--loudness", default="speech", choices=_LOUDNESS, help="-16 LUFS, -23 LUFS, or as it is (speech)")
    c.add_argument("--subtitles", default="", metavar="FORMAT", help="subtitles timed to the speech: srt, vtt, ...")
    c.add_argument("--overwrite", action="store_true", help="write anew what is already there")
    c.add_argument("--yes", action="store_true", help="do not ask before speech that costs more than you have set")


def _with(opened: Opened, does: Callable[[Studio], int]) -> int:
    with opened() as studio:
        return does(studio)


def _voices(studio: Studio, language: str | None) -> int:
    if language and language not in LANGUAGES:
        raise UsageError(f"There is no language “{language}”.", "Give a code of two letters, e.g. de.")
    found = speaking.voices(studio, language)
    if not found:
        err.print("No voice here speaks that. With espeak-ng installed there are more.")
        return 1
    table = Table("id", "name", "languages", "spoken by", "here", box=None, pad_edge=False)
    for voice in found:
        title = f"{voice.title}, {voice.gender}" if voice.gender else voice.title
        here = "yes"
        if speaking.is_remote(voice.id):
            here = "at the vendor"
        elif not studio.talkers.ready(voice):
            here = f"{studio.talkers.to_fetch(voice) / 1e6:.0f} MB to fetch"
        table.add_row(voice.id, title, ", ".join(voice.languages) or "any", voice.engine, here)
    out.print(table)
    return 0


def _speak(studio: Studio, a: argparse.Namespace, shown: Shown) -> int:
    """The pieces of the text are cues that come one after the other."""
    text = _text(a.text)
    found = [piece for piece in pieces(text, speaking.MOST) if speakable(piece.text)]
    cues = [Segment(0, 0, piece.text.strip(), id=n) for n, piece in enumerate(found, 1)]
    pauses = {n: round(pause(piece.text) / a.tempo) for n, piece in enumerate(found, 1)}
    parts = Parts(Casting(), _manner(studio, a.voice, a), a.language)

    def timed(spoke: dict[int, Spoke]) -> list[Segment]:
        return in_a_row(cues, {id: said.length for id, said in spoke.items()}, pauses)

    return _write(studio, a, Transcript(tuple(cues), language=a.language), parts, shown, timed)


def _voiceover(studio: Studio, a: argparse.Namespace, shown: Shown) -> int:
    parsed = export.read_file(a.source)
    for warning in parsed.warnings:
        err.print(f"“{a.source.name}”: {warning}")
    numbered = [s._replace(id=n) for n, s in enumerate(parsed.transcript.segments, 1)]
    transcript = parsed.transcript.with_segments(numbered)
    if not any(s.end for s in transcript.segments):
        raise UsageError(f"“{a.source.name}” has no times.", "Say it with `studio speak`, or give subtitles.")
    if not 1.0 <= a.speed_up <= LIMITS[1]:
        raise UsageError(f"Cues cannot be said {a.speed_up:g} times as fast.", f"Give 1 to {LIMITS[1]:g}.")
    hurried = frozenset(s.id for s in transcript.segments) if a.speed_up > 1 else frozenset()
    usual, casting = "", Casting(hurried=hurried, limit=a.speed_up, ducked=a.ducked)
    for given in a.voice:
        name, equals, id = given.rpartition("=")
        if not equals:
            usual = id
            continue
        speaker = next((s.id for s in transcript.speakers if name in (s.name, s.id)), None)
        if speaker is None:
            names = ", ".join(s.name for s in transcript.speakers) or "none"
            raise UsageError(f"“{a.source.name}” has no speaker “{name}”.", f"There are: {names}.")
        casting = casting.with_manner(speaker, _manner(studio, id, a))
    language = a.language or transcript.language
    parts = Parts(casting, _manner(studio, usual, a), language)
    return _write(studio, a, transcript, parts, shown)


def _write(
    studio: Studio,
    a: argparse.Namespace,
    transcript: Transcript,
    parts: Parts,
    shown: Shown,
    timed: Callable[[dict[int, Spoke]], Sequence[Segment]] | None = None,
) -> int:
    """Speak the cues and write the sound. `timed`: cues with times, where they have none before they are spoken."""
    form = media.sound_format(a.output).suffix.removeprefix(".")
    if a.subtitles:
        export.check_formats([a.subtitles])
    options = SpeechOptions(
        format=form, rate=a.rate or media.FULL_RATE, loudness=_LOUDNESS[a.loudness], subtitles=a.subtitles
    )
    if_exists = IfExists.REPLACE if a.overwrite else IfExists.REFUSE
    for path in voiceover_export.planned(a.output, options):
        if path.exists() and not a.overwrite:
            raise export.exists_error(path)
    if not _agreed(studio, transcript.segments, parts, a.yes):
        return 1
    stop, spoke, missed = StopToken(), dict[int, Spoke](), list[Problem]()
    with shown(stop) as show:
        for event in voiceover.speak_cues(studio, transcript.segments, parts, stop):
            match event:
                case Told(says, fraction):
                    show(says, fraction)
                case Spoke(id):
                    spoke[id] = event
                case Missed(_, problem):
                    missed.append(problem)
        if not spoke:
            raise as_error(missed[0])
        if timed:
            transcript = replace(transcript, segments=tuple(timed(spoke)))
        under = Original(a.over) if getattr(a, "over", None) else None
        steps = voiceover_export.export(
            studio, transcript, spoke, parts, a.output, options, stop, under=under, if_exists=if_exists
        )
        files = _shown(steps, show)
    for problem in missed:
        err.print(problem.sentence)
    over = [p for p in voiceover.place(transcript.segments, spoke, parts) if p.over > 0]
    if over:
        most = max(p.over for p in over) / 1000
        err.print(f"{len(over)} of {len(spoke)} cues are said longer than they are shown, the longest by {most:.1f} s.")
    for file in files:
        err.print(f"Written: {file}")
    return 1 if missed else 0


def _shown(steps: Any, show: Callable[[str, float | None], None]) -> list[Path]:
    while True:
        try:
            told = next(steps)
        except StopIteration as end:
            files: list[Path] = end.value
            return files
        show(told.says, told.fraction)


def _manner(studio: Studio, voice: str, a: argparse.Namespace) -> Manner:
    delivery = Delivery(a.pitch, a.tempo)
    if not voice:
        return replace(speaking.usual(studio, a.language), delivery=delivery)
    return Manner(speaking.find(studio, voice).id, delivery)


def _text(given: str) -> str:
    """The text itself, or what stands in the file of that name."""
    if given == "-":
        return sys.stdin.read()
    path = Path(given)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # too long for a name, or not one at all
        is_file = False
    if not is_file:
        return given
    format = named_format(path.name)
    if format is None or format.read is None or format.id == "txt":
        return decode_text(path.read_bytes())
    return "\n".join(s.text for s in export.read_file(path).transcript.segments)


def _agreed(studio: Studio, cues: Sequence[Segment], parts: Parts, yes: bool) -> bool:
    """Nothing is sent to a vendor that somebody has to agree to before."""
    said = [Utterance(cue.text, parts.manner(cue), parts.language) for cue in cues]
    names = dict.fromkeys(speech_orders.split(u.manner.voice)[0] for u in said if speaking.is_remote(u.manner.voice))
    if not all(backends.agreed(studio, name, text=True) for name in names):
        return False
    for plan in speaking.plans(studio, said):
        if plan.ask and not yes:
            cost = f"{plan.cost:.2f}" if plan.cost is not None else "an unknown sum"
            words = f"{plan.account.name} would speak {plan.characters:,} characters for about {cost}."
            if not asks():
                raise UsageError(words, "Add --yes to send them.")
            if not confirmed(f"{words} Send them?"):
                return False
    return True
