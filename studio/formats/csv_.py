"""Tables with a row per segment: csv with commas, tsv with tabs. Times are h:mm:ss.mmm. Any thread."""

from __future__ import annotations

import csv
import io
import re

from studio.core.transcript import Transcript

from .base import WriteOptions, printable

# A spreadsheet would run such text as a formula; an apostrophe before it keeps it text.
_FORMULA = re.compile(r"[=@]|[+-](?=\S)")


def write(transcript: Transcript, options: WriteOptions) -> str:
    return _table(transcript, options, ",")


def write_tabs(transcript: Transcript, options: WriteOptions) -> str:
    return _table(transcript, options, "\t")


def _table(transcript: Transcript, options: WriteOptions, delimiter: str) -> str:
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    named, notes = options.speaker_names != "never", options.notes
    rows.writerow(["number", "start", "end", *["speaker"] * named, "text", *(["comment", "flagged"] if notes else [])])
    for number, segment in enumerate(transcript.segments, 1):
        times = [_clock(segment.start), _clock(segment.end)] if segment.end else ["", ""]
        name = [_cell(transcript.name_of(segment.speaker))] if named else []
        more = [_cell(segment.comment), "yes" if segment.flagged else ""] if notes else []
        rows.writerow([number, *times, *name, _cell(segment.text), *more])
    return out.getvalue()


def _cell(text: str) -> str:
    text = printable(text)
    return f"'{text}" if _FORMULA.match(text) else text


def _clock(time: int) -> str:
    seconds, milliseconds = divmod(time, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"
