"""A session for the child process of the speakers tests: as the real one, in a process that cannot open a socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np


class NoSocket:
    def __init__(self, *_: Any, **__: Any) -> NoReturn:
        raise AssertionError("the diarizer wanted to use the network")


socket.socket = NoSocket  # type: ignore[assignment, misc]
socket.create_connection = NoSocket  # type: ignore[assignment]
socket.getaddrinfo = NoSocket  # type: ignore[assignment]

from studio.engines.local.speakers_child import Session as RealSession  # noqa: E402


class Session(RealSession):
    def telemetry(self) -> Iterator[bool]:
        """Whether pyannote would report what it does."""
        from pyannote.audio.telemetry.metrics import is_metrics_enabled

        yield is_metrics_enabled()

    def trespass(self) -> Iterator[str]:
        """Shows that the lock holds."""
        yield str(socket.create_connection(("192.0.2.1", 80)))

    def thinned(self, count: int) -> Iterator[tuple[int, int]]:
        """How many of that many embeddings are clustered, and how many voices come out of two far apart."""
        from pyannote.core import SlidingWindow, SlidingWindowFeature

        rng = np.random.default_rng(1)
        voices = rng.normal(size=(2, 192))
        embeddings = (voices[np.arange(count) % 2] + 0.1 * rng.normal(size=(count, 192)))[:, None]
        talking = SlidingWindowFeature(np.ones((count, 10, 1)), SlidingWindow(duration=10, step=1))
        clustering = self._pipeline.clustering
        clustered, _, _ = clustering.filter_embeddings(embeddings, segmentations=talking)
        found, _, _ = clustering(embeddings=embeddings, segmentations=talking, min_clusters=1, max_clusters=20)
        assert len(found) == count
        yield len(clustered), len(np.unique(found))
