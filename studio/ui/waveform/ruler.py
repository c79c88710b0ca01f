"""The time ruler: which steps, what labels. Pure functions."""

from __future__ import annotations

# A "nice" distance of ruler lines is one of these, in milliseconds.
_SMALL = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_STEPS = (1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000)
_WIDER = 1.3  # labels with a fraction need this much more room


def ruler_step(span: float, width: int, least: int) -> int:
    """Milliseconds between ruler labels that stand at least `least` pixels apart."""
    fine = (step for step in _SMALL if step * width >= least * _WIDER * span)
    coarse = (step for step in _STEPS if step * width >= least * span)
    return next(fine, 0) or next(coarse, _STEPS[-1])


def ruler_label(ms: int, step: int) -> str:
    """ "12:30", with hours where there are any and as many decimals as the step needs."""
    seconds = ms // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    text = f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"
    digits = 0 if step >= 1000 else 1 if step >= 100 else 2 if step >= 10 else 3
    return f"{text}.{ms % 1000:03}"[: len(text) + 1 + digits] if digits else text
