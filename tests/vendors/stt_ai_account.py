"""STT.ai's account API: Django REST, so every path ends in a slash. Shapes that are documented nowhere are guesses."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .body import Blob
from .captions import Cue, srt, text_of, vtt
from .heard import hear, turns
from .messages import Reply, Request, Route

if TYPE_CHECKING:
    from .stt_ai import SttAi

Json = dict[str, Any]
STATUSES = ("completed", "completed", "completed", "processing", "failed")
FORMATS = ("txt", "srt", "vtt", "json", "csv", "docx", "pdf")
FIRST_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
MOST = 100  # entries on a page


def stored(count: int) -> dict[int, Json]:
    """Entries 1…count, one for each day from the first one on."""
    return {number: _entry(number) for number in range(1, count + 1)}


def _entry(number: int) -> Json:
    sound = Blob()
    sound.write(b"stored %d" % number)
    heard = hear(sound)
    status = STATUSES[number % len(STATUSES)]
    segments = [
        {
            "start": turn[0].start / 1000,
            "end": turn[-1].end / 1000,
            "text": text_of(turn),
            "speaker": f"Speaker {turn[0].turn % 2 + 1}",
        }
        for turn in turns(heard.words)
    ]
    return {
        "id": number,
        "slug": f"recording-{number}",
        "title": f"Recording {number}",
        "status": status,
        "language": ("en", "de", "id")[number % 3],
        "model": "large-v3-turbo",
        "duration": heard.seconds,
        "created_at": (FIRST_DAY + timedelta(days=number - 1)).isoformat(),
        "text": text_of(heard.words) if status == "completed" else "",
        "segments": segments if status == "completed" else [],
    }


def keep(entries: dict[int, Json], result: Json, model: str, now: float) -> None:
    """File a transcription of the inference host in the account."""
    number = max(entries, default=0) + 1
    entries[number] = _entry(number) | {
        "status": "completed",
        "language": result["language"],
        "model": model,
        "duration": result["duration"],
        "created_at": datetime.fromtimestamp(now, UTC).isoformat(),
        "text": result["text"],
        "segments": result["segments"],
    }


# --- handlers


def get_account(stub: SttAi, request: Request) -> Reply:
    paid = stub["tier"] == "paid"
    return Reply(
        {
            "id": 7,
            "email": "zoë@example.org",
            "plan": stub["tier"],
            "credits": stub["credits"] - stub.minutes_used if paid else 0,
            "minutes_used": stub.minutes_used,
            "minutes_limit": None if paid else stub["monthly_minutes"],
            "email_preferences": stub.preferences,
        }
    )


def update_account(stub: SttAi, request: Request) -> Reply:
    changed = request.fields.get("email_preferences")
    if request.fields.keys() != {"email_preferences"} or not isinstance(changed, dict):
        return stub.error(400, detail="Only email_preferences can be changed.")
    with stub.lock:
        stub.preferences.update(changed)
    return get_account(stub, request)


def usage(stub: SttAi, request: Request) -> Reply:
    today = datetime.fromtimestamp(stub.now(), UTC).date()
    days = [{"date": str(today - timedelta(days=ago)), "minutes": 0, "transcriptions": 0} for ago in range(30)]
    days[0] |= {"minutes": stub.minutes_used}
    return Reply({"usage": days[::-1]})


def list_transcripts(stub: SttAi, request: Request) -> Reply:
    query = request.query
    if unknown := query.keys() - {"limit", "offset", "status", "language", "date"}:
        return stub.error(400, detail=f"Unknown filter: {min(unknown)}")
    try:
        limit, offset = int(query.get("limit", 20)), int(query.get("offset", 0))
    except (ValueError, TypeError):
        limit = offset = -1
    if limit < 1 or offset < 0:
        return stub.error(400, detail="limit and offset are whole numbers.")
    if query.get("status", "failed") not in STATUSES:
        return stub.error(400, detail="Unknown status.")
    with stub.lock:
        found = [
            {name: value for name, value in entry.items() if name not in ("text", "segments")}
            for entry in reversed(stub.stored.values())
            if query.get("status") in (None, entry["status"])
            and query.get("language") in (None, entry["language"])
            and query.get("date") in (None, entry["created_at"][:10])
        ]
    return Reply({"results": found[offset : offset + min(limit, MOST)], "count": len(found)})


def _find(stub: SttAi, request: Request) -> Json | None:
    wanted = request.params["id"]
    with stub.lock:
        return next((entry for entry in stub.stored.values() if wanted in (str(entry["id"]), entry["slug"])), None)


def get_transcript(stub: SttAi, request: Request) -> Reply:
    entry = _find(stub, request)
    return Reply(entry) if entry else stub.refuse("unknown")


def delete_transcript(stub: SttAi, request: Request) -> Reply:
    entry = _find(stub, request)
    if not entry:
        return stub.refuse("unknown")
    with stub.lock:
        stub.stored.pop(entry["id"], None)
    return Reply(status=204)


def export(stub: SttAi, request: Request) -> Reply:
    entry, format = _find(stub, request), request.params["format"]
    if not entry or format not in FORMATS:
        return stub.refuse("unknown")
    if entry["status"] != "completed":
        return stub.error(400, detail="The transcript is not ready.")
    cues: list[Cue] = [
        (round(each["start"] * 1000), round(each["end"] * 1000), each["text"]) for each in entry["segments"]
    ]
    match format:
        case "srt":
            return Reply(srt(cues), type="application/x-subrip; charset=utf-8")
        case "vtt":
            return Reply(vtt(cues), type="text/vtt; charset=utf-8")
        case "json":
            return Reply(entry)
        case "csv":
            return Reply(_csv(entry["segments"]), type="text/csv; charset=utf-8")
        case "docx":
            kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            return Reply(_docx(entry["text"]), type=kind)
        case "pdf":
            return Reply(b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n%%EOF\n", type="application/pdf")
    return Reply(entry["text"])


def _csv(segments: list[Json]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, ["start", "end", "speaker", "text"], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(segments)
    return file.getvalue()


def _docx(text: str) -> bytes:
    """A container with the text in it, enough to be recognised."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document><w:body><w:p>{text}</w:p></w:body></w:document>")
    return file.getvalue()


_ENTRY = "/api/v1/transcripts/{id}/"
ROUTES = (
    Route("GET", "/api/v1/account/", get_account),
    Route("PATCH", "/api/v1/account/", update_account, ("application/json",)),
    Route("PUT", "/api/v1/account/", update_account, ("application/json",)),
    Route("GET", "/api/v1/usage/", usage),
    Route("GET", "/api/v1/transcripts/", list_transcripts),
    Route("GET", _ENTRY, get_transcript),
    Route("DELETE", _ENTRY, delete_transcript),
    Route("GET", _ENTRY + "export/{format}/", export),
)
