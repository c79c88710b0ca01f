"""What tools that go over the whole text have in common: another text for many segments as one Edit, and parts of it.

Pure functions. A tool gives an Edit whose every pair of segments stands for itself, so that people may take some of
them and leave others: `part`.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from .edits import Edit
from .retext import retext
from .transcript import Segment


@contextmanager
def uncollected() -> Iterator[None]:
    """A hundred thousand new words would set Python's collector off again and again, for nothing.

    Afterwards they are put with what is old, or the next collection would look at each of them.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.freeze()
            gc.unfreeze()  # into the oldest generation
            gc.enable()


def reworded(name: str, texts: Iterable[tuple[Segment, str]]) -> Edit | None:
    """The segments with these texts; one that is left without a word goes away. None if no text is another."""
    before, after = list[Segment](), list[Segment]()
    with uncollected():
        for segment, text in texts:
            if text == segment.text:
                continue
            before.append(segment)
            if text.strip():
                after.append(retext(segment, text))
    return Edit(name, tuple(before), tuple(after)) if before else None


def part(edit: Edit, ids: Collection[int]) -> Edit:
    """Only what an edit does to the segments with these ids."""
    return Edit(
        edit.name,
        tuple(s for s in edit.before if s.id in ids),
        tuple(s for s in edit.after if s.id in ids),
    )
