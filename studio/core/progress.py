"""Progress over several stages, and a time left that never grows."""

from __future__ import annotations


class ProgressMeter:
    """Joins the fractions of weighted stages into one that never falls, and estimates the seconds left.

    The caller passes the clock's reading (seconds, monotonic), so this stays a pure computation. The estimate is
    held, not raised, when work turns out slower than it seemed: people plan by it, and a clock that runs
    backwards is believed by nobody.
    """

    def __init__(self, weights: dict[str, float], now: float, done: float = 0.0) -> None:
        total = sum(weights.values()) or 1.0
        self._span: dict[str, tuple[float, float]] = {}
        at = 0.0
        for stage, weight in weights.items():
            self._span[stage] = (at / total, (at + weight) / total)
            at += weight
        self._started = now
        self._first = done
        self.fraction = done
        self.eta: float | None = None

    def update(self, stage: str, fraction: float, now: float) -> tuple[float, float | None]:
        """Returns (overall fraction 0..1, seconds left or None while too early to tell)."""
        low, high = self._span[stage]
        self.fraction = max(self.fraction, min(1.0, low + (high - low) * min(max(fraction, 0.0), 1.0)))
        elapsed, gained = now - self._started, self.fraction - self._first
        if elapsed >= 1.0 and gained >= 0.02:
            left = elapsed * (1.0 - self.fraction) / gained
            self.eta = left if self.eta is None else min(self.eta, left)
        return self.fraction, self.eta
