"""Chains of FFmpeg's filters over blocks of sound. Worker threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import av
import numpy as np
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as NothingMore
from av.filter import Graph

from .sound import Block

_LAYOUTS = {1: "mono", 2: "stereo"}


class Chain:
    """Blocks in, blocks out, float32 planar on both sides. `steps`: filters with their arguments, ("atempo", "0.8")."""

    def __init__(self, rate: int, channels: int, *steps: tuple[str, str]) -> None:
        self._rate, self._layout, self._samples = rate, _LAYOUTS[channels], 0
        self._graph = Graph()
        nodes = [
            self._graph.add(
                "abuffer",
                sample_rate=str(rate),
                sample_fmt="fltp",
                channel_layout=self._layout,
                time_base=f"1/{rate}",
            ),
            *(self._graph.add(name, argument) for name, argument in steps),
            self._graph.add("aformat", sample_fmts="fltp"),
            self._graph.add("abuffersink"),
        ]
        self._graph.link_nodes(*nodes)
        self._graph.configure()

    def through(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """All of a sound, filtered."""
        for block in chain(blocks, [None]):
            for frame in self.frames(block):
                yield frame.to_ndarray().astype(np.float32, copy=False)

    def frames(self, block: Block | None) -> Iterator[av.AudioFrame]:
        """The frames that are ready after this block; None: the rest of them."""
        if block is None:
            self._graph.push(None)
        else:
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(block, np.float32), format="fltp", layout=self._layout
            )
            frame.sample_rate, frame.pts = self._rate, self._samples
            self._samples += frame.samples
            self._graph.push(frame)
        while True:
            try:
                pulled = self._graph.pull()
            except (NothingYet, NothingMore):
                return
            assert isinstance(pulled, av.AudioFrame)
            yield pulled
