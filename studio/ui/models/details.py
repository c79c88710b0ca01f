"""What is known of a file, for whoever has to account for it or to ask the vendor about it. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.core.jobs import Job
from studio.core.parts import between
from studio.core.transcript import EngineInfo, Transcript
from studio.library import Submission
from studio.ui import measured

from .wording import clock, job_sentence

# What vendors call their facts; others are shown under their own name.
_FACTS = {
    "job": "Vendor's number of the job",
    "request": "Vendor's number of the request",
    "charge": "Vendor's number of the charge",
    "cost": "Cost, as the vendor says",
    "model": "Model, as the vendor says",
}
_ENDS = {"done": "done", "failed": "failed", "lost": "lost", "cancelled": "given up", "again": "sent again since"}


def details(job: Job, transcript: Transcript, orders: Sequence[Submission]) -> str:
    """Lines to read and to copy. `orders`: of the job, as they are stored."""
    engine = transcript.engine
    told = {facts.get("order", ""): facts for facts in engine.orders}
    blocks = [_file(job, transcript), _made(engine)]
    blocks += [_order(n, order, told.get(order.uid, {})) for n, order in enumerate(orders, 1)]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _file(job: Job, transcript: Transcript) -> list[str]:
    lines = [job.name, f"File: {job.path}", f"Length: {clock(job.duration or transcript.duration)}"]
    if transcript.language:
        lines.append(f"Language: {transcript.language}")
    if job.options.clean:
        lines.append("Cleaned: noise was taken out on this computer before the text was written")
    return [*lines, job_sentence(job)]


def _made(engine: EngineInfo) -> list[str]:
    where = f"account “{engine.account}”" if engine.account else "this computer"
    lines = [f"Text by: {engine.name} {engine.model}, {where}"] if engine.name else []
    if engine.speakers:
        lines.append(f"Speakers by: {engine.speakers}")
    return lines + measured.in_full(engine).splitlines()


def _order(number: int, order: Submission, facts: Mapping[str, str]) -> list[str]:
    lines = [f"Order {number}: {between(order.span.start, order.span.end)}, {_stands(order)}"]
    if order.ordered:
        lines.append(f"Sent: {order.ordered} UTC to “{order.account}”")
    if order.cost is not None:
        lines.append(f"Estimated cost: {order.cost:.2f}")
    lines.append(f"Our number: {order.uid}")
    return lines + [f"{_FACTS.get(name, _words(name))}: {said}" for name, said in facts.items() if name != "order"]


def _stands(order: Submission) -> str:
    if order.ended:
        return _ENDS[order.ended]
    return "under way" if order.ordered else "not sent yet"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
