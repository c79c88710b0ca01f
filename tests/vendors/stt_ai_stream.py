"""STT.ai's dictation by WebSocket: a configuration, raw sound, `stop`, and what is heard of it meanwhile.

The documentation and the vendor's own SDK disagree; the setting `stream_dialect` chooses whom the stub follows.
What goes wrong after the handshake is documented nowhere: here it is an `error` message and the code for a broken rule.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from .heard import SENTENCES
from .live import Dictation, Interim
from .messages import Request
from .sockets import Refused as Ended
from .sockets import Talk, spoken

if TYPE_CHECKING:
    from .stt_ai import SttAi

RULES = 1008  # the close code
_WORDS = tuple(dict.fromkeys(word for sentence in SENTENCES for word in sentence.split()))
_SECOND = 32_000  # bytes: 16 kHz, 16 bits, one channel


def dictate(stub: SttAi, request: Request, talk: Talk) -> None:
    """One conversation, from the open connection to its regular end. Raises sockets.Refused, sockets.Gone."""
    tier = stub["tier"] if request.key else "anonymous"
    sdk = stub["stream_dialect"] == "sdk"
    try:
        with stub.working(request.key or "", tier):
            _configured(stub, tier, request.query if sdk else spoken(talk.receive()))
            stub.charge(tier, 1)
            talk.send({"status": "ready"})
            _listen(stub, talk, tier, sdk)
    except stub.refusal as refused:
        raise Ended(RULES, str(refused), {stub["error_key"]: str(refused)}) from refused


def _configured(stub: SttAi, tier: str, config: dict[str, Any] | None) -> None:
    """What speaks against it is raised."""
    if config is None:
        raise stub.refusal(400, "A configuration must come before the audio.")
    if unknown := config.keys() - {"language", "model", "token"}:
        raise stub.refusal(400, f"Unknown field: {min(unknown)}")
    language, model = config.get("language", "auto"), config.get("model", "large-v3-turbo")
    if not isinstance(language, str) or not re.fullmatch("auto|[a-z]{2}", language):
        raise stub.refusal(400, f"Invalid language: {language}")
    if model not in (*stub["models"], *stub["paid_models"]):
        raise stub.refusal(400, f"Invalid model: {model}")
    if model in stub["paid_models"] and tier != "paid":
        raise stub.refusal(402, "This model needs a paid plan.")


def _listen(stub: SttAi, talk: Talk, tier: str, sdk: bool) -> None:
    dictation, minutes = Dictation(_WORDS, stub["transcript"], _SECOND), 1
    while not _ends(stub, piece := talk.receive(), sdk):
        if len(piece) % 2:
            raise stub.refusal(400, "Audio must be whole 16-bit samples.")
        for heard in dictation.feed(piece):
            talk.send({"partial" if isinstance(heard, Interim) else "text": heard.text})
        if (begun := math.ceil(dictation.seconds / 60)) > minutes:
            if tier != "anonymous":  # who has no key pays by the piece
                stub.charge(tier, begun - minutes)
            minutes = begun
    last = [{"text": heard.text} for heard in dictation.finish()] or [{"text": ""}]
    for message in last[:-1]:
        talk.send(message)
    talk.send(last[-1] | {"final" if sdk else "is_final": True})


def _ends(stub: SttAi, message: str | bytes, sdk: bool) -> bool:
    """Whether the client has said all: the documentation has a message for it, the SDK an empty one."""
    if isinstance(message, bytes):
        if not message and not sdk:
            raise stub.refusal(400, "Empty audio.")
        return not message
    if spoken(message) == {"action": "stop"} and not sdk:
        return True
    raise stub.refusal(400, "Only audio may follow the configuration.")
