"""Prosa's catalogue of errors, in both shapes of body that its servers send."""

from __future__ import annotations

from typing import Any

STATUS = {
    "auth_invalid_api_key": 401,
    "auth_unauthorized": 401,
    "auth_token_expired": 401,
    "forbidden": 403,
    "quota_empty": 403,
    "quota_insufficient": 403,
    "request_validation_error": 422,
    "asr_model_not_found": 404,
    "asr_request_no_audio_data": 400,
    "asr_request_invalid_data": 400,
    "asr_request_invalid_uri": 400,
    "asr_request_uri_download_error": 400,
    "asr_request_unsupported_media_type": 415,
    "asr_request_file_too_large": 413,
    "asr_request_waiting_not_allowed": 400,
    "tts_model_not_found": 404,
    "tts_request_no_text_data": 400,
    "tts_request_not_waitable": 400,
    "tts_request_too_large": 413,
    "job_not_found": 404,
    "job_cancellation_failure": 409,
    "job_queue_unavailable": 500,
    "internal_server_error": 500,
    "rate_limited": 429,
}
RETRYABLE = ("job_queue_unavailable", "internal_server_error", "rate_limited")

# what the common part of the stubs refuses, and what a script's bare status means
_REFUSED = {
    "unknown": "not_found",
    "method": "method_not_allowed",
    "no_key": "auth_unauthorized",
    "bad_key": "auth_invalid_api_key",
    "slow": "rate_limited",
    "large": "asr_request_file_too_large",
    "type": "request_validation_error",
    "syntax": "request_validation_error",
}
_BY_STATUS = {
    400: "request_validation_error",
    401: "auth_invalid_api_key",
    403: "forbidden",
    404: "job_not_found",
    409: "job_cancellation_failure",
    410: "job_not_found",
    413: "asr_request_file_too_large",
    415: "asr_request_unsupported_media_type",
    422: "request_validation_error",
    429: "rate_limited",
}


class Refused(Exception):
    """A request that the vendor turns away."""

    def __init__(self, id: str, message: str = "", **context: Any) -> None:
        super().__init__(id)
        self.id, self.message, self.context = id, message, context


def id_for(status: int, why: str, quota: str) -> str:
    if why == "broke":
        return quota
    return _REFUSED.get(why) or _BY_STATUS.get(status, "internal_server_error")


def body(dialect: str, id: str, message: str, context: dict[str, Any] | None, number: int) -> dict[str, Any]:
    """An error body, "classic" or "new"; `number` makes the request id."""
    text = message or id.replace("_", " ").capitalize()
    if dialect == "classic":
        found: dict[str, Any] = {"status": id, "message": text}
    else:
        recovery: dict[str, Any] = {"retryable": id in RETRYABLE}
        if id in RETRYABLE:
            recovery["retry_after_seconds"] = 5
        found = {"code": id, "message": text, "request_id": f"req-{number:08}", "recovery": recovery, "version": 1}
    return found | ({"context": context} if context else {})
