"""Request bodies of any size read in constant memory: form, multipart and JSON become fields, long values become blobs.

A stub's request thread runs this. Files and strings over a mebibyte lie in temporary files.
"""

from __future__ import annotations

import base64
import binascii
import email.message
import email.parser
import email.policy
import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Any, Protocol
from urllib.parse import parse_qsl

PIECE = 256 * 1024
LONG = 1024 * 1024  # longer strings are not kept in memory


class BodyError(Exception):
    """The body is not what its content type says."""


class Incomplete(Exception):
    """The connection ended before the body did."""


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Blob:
    """Bytes in a temporary file, hashed on the way in. `text` tells that they were a string."""

    def __init__(self, name: str | None = None, type: str | None = None, text: bool = False) -> None:
        self.name, self.type, self.text = name, type, text
        self.size = 0
        self.file: Any = tempfile.SpooledTemporaryFile(max_size=LONG)  # noqa: SIM115 -- lives as long as the request
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.size += len(data)
        self._hash.update(data)
        self.file.write(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece

    def bytes(self) -> bytes:
        return b"".join(self.pieces())

    def summary(self) -> dict[str, Any]:
        """What the journal keeps."""
        found: dict[str, Any] = {"bytes": self.size, "sha256": self.sha256}
        if not self.text:
            found |= {"filename": self.name, "content_type": self.type}
        return found


def decoded(value: str | Blob) -> Blob | None:
    """The bytes behind strict base64 (standard alphabet, padded, no line breaks); None where it is not that."""
    result = Blob()
    pieces = value.pieces() if isinstance(value, Blob) else iter([value.encode()])
    ended = False
    for piece in pieces:  # PIECE is a multiple of four
        if ended:
            return None
        try:
            result.write(base64.b64decode(piece, validate=True))
        except binascii.Error:
            return None
        ended = piece.endswith(b"=")
    return result


class BodyReader:
    """The raw body of one request: by Content-Length or chunked. Counts and hashes what passes."""

    def __init__(self, stream: BufferedIOBase, length: int | None) -> None:
        self.length = length  # None: chunked
        self._stream = stream
        self._left = length or 0  # of the body, or of the chunk
        self._chunked = length is None
        self._hash = hashlib.sha256()
        self.count = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def read(self, size: int = PIECE) -> bytes:
        """At most `size` bytes, at least one; empty at the end of the body."""
        if self._chunked and not self._left:
            self._left = self._next_chunk()
        if not self._left:
            return b""
        data = self._stream.read(min(size, self._left))
        if not data:
            raise Incomplete
        self._left -= len(data)
        if self._chunked and not self._left:
            self._stream.readline()
        self.count += len(data)
        self._hash.update(data)
        return data

    def _next_chunk(self) -> int:
        line = self._stream.readline(1024)
        if not line:
            raise Incomplete
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError as error:
            raise Incomplete from error
        if not size:
            self._chunked = False
            while self._stream.readline(1024).strip():  # trailers
                pass
        return size

    def drain(self, stop_at: int | None = None) -> None:
        """Read on, keeping nothing; to the end or until `stop_at` bytes have come."""
        while stop_at is None or self.count < stop_at:
            if not self.read(PIECE if stop_at is None else min(PIECE, stop_at - self.count)):
                return


def media_type(header: str | None) -> tuple[str, email.message.Message]:
    """A Content-Type header as lower-case type and the parsed header, which knows its parameters."""
    message = email.message.Message()
    message["Content-Type"] = header or ""
    return (header or "").split(";")[0].strip().lower(), message


def fields_of(source: Source, content_type: str) -> dict[str, Any]:
    """The fields of a form, multipart or JSON body. Repeated form fields are lists. Raises BodyError."""
    kind, header = media_type(content_type)
    if kind == "application/json":
        value = read_json(source)
        if not isinstance(value, dict):
            raise BodyError("the JSON is not an object")
        return value
    if kind == "multipart/form-data":
        boundary = header.get_param("boundary")
        if not isinstance(boundary, str) or not boundary:
            raise BodyError("multipart without a boundary")
        return gathered(read_multipart(source, boundary.encode()))
    if kind == "application/x-www-form-urlencoded":
        try:
            return gathered(parse_qsl(_short(source).decode(), keep_blank_values=True, strict_parsing=True))
        except ValueError as error:
            raise BodyError(f"not a form: {error}") from error
    raise BodyError(f"no fields in {kind}")


def gathered(pairs: Any) -> dict[str, Any]:
    """Pairs as a dictionary, the values of a repeated name as a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _short(source: Source) -> bytes:
    found = b""
    while piece := source.read(PIECE):
        found += piece
        if len(found) > LONG:
            raise BodyError("too long for a form")
    return found


# --- multipart ---------------------------------------------------------------------------------------------------


def read_multipart(source: Source, boundary: bytes) -> Iterator[tuple[str, str | Blob]]:
    """(name, value) of each part: a string for a field, a Blob for a file or a very long field. Raises BodyError."""
    scan = _Scan(source, b"\r\n")  # so that the first boundary looks like all others
    mark = b"\r\n--" + boundary
    if any(scan.until(mark)):
        raise BodyError("text before the first boundary")
    while (end := scan.take(2)) == b"\r\n":
        head = b"".join(scan.until(b"\r\n\r\n"))
        headers = email.parser.BytesHeaderParser(policy=email.policy.HTTP).parsebytes(head + b"\r\n\r\n")
        disposition = headers["Content-Disposition"]
        name = disposition.params.get("name") if disposition is not None else None
        if name is None or disposition.content_disposition != "form-data":
            raise BodyError("a part without a name")
        filename = disposition.params.get("filename")
        blob = Blob(filename, headers.get_content_type() if headers["Content-Type"] else None, text=filename is None)
        for piece in scan.until(mark):
            blob.write(piece)
        yield name, blob if filename is not None or blob.size > LONG else _text(blob.bytes())
    if end != b"--":
        raise BodyError("the last boundary is missing")
    while source.read(PIECE):  # whatever follows
        pass


class _Scan:
    """Looks for marks in a stream, piece by piece."""

    def __init__(self, source: Source, held: bytes) -> None:
        self._source, self._held = source, held

    def until(self, mark: bytes) -> Iterator[bytes]:
        """What comes before `mark`, which is taken too."""
        while (at := self._held.find(mark)) < 0:
            safe = len(self._held) - len(mark) + 1
            if safe > 0:
                yield self._held[:safe]
                self._held = self._held[safe:]
            self._more()
        if at:
            yield self._held[:at]
        self._held = self._held[at + len(mark) :]

    def take(self, count: int) -> bytes:
        while len(self._held) < count:
            self._more()
        found, self._held = self._held[:count], self._held[count:]
        return found

    def _more(self) -> None:
        piece = self._source.read(PIECE)
        if not piece:
            raise BodyError("the last boundary is missing")
        self._held += piece


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BodyError("a field is not UTF-8") from error


# --- JSON --------------------------------------------------------------------------------------------------------

_OUTSIDE = re.compile(rb'[^"\\]*')
# whole escapes only, and both halves of a character beyond the sixteen bits
_INSIDE = re.compile(rb'(?:[^"\\]++|\\[^u]|\\u(?![dD][89abAB]).{4}|\\u[dD][89abAB]..\\u.{4})*+', re.DOTALL)
_ESCAPES = re.compile(rb"(?:\\u.{4}|\\[^u])+", re.DOTALL)


def read_json(source: Source) -> Any:
    """A JSON value; strings over a mebibyte become blobs on the way. Raises BodyError."""
    skeleton, blobs = _without_long_strings(source)
    try:
        value = json.loads(skeleton.decode())
    except ValueError as error:
        raise BodyError(f"not JSON: {error}") from error
    return _with_blobs(value, blobs)


def _without_long_strings(source: Source) -> tuple[bytes, dict[str, Blob]]:
    """The text with each long string replaced by a name that no client can know."""
    secret = hashlib.sha256(str(id(source)).encode()).hexdigest()
    outside, inside, blob = bytearray(), bytearray(), None
    blobs: dict[str, Blob] = {}
    quoted, held = False, b""
    while piece := source.read(PIECE):
        piece, held, at = held + piece, b"", 0
        while at < len(piece):
            run = (_INSIDE if quoted else _OUTSIDE).match(piece, at)
            assert run  # both match nothing, too
            (inside if quoted else outside).extend(run[0])
            at = run.end()
            if len(inside) > LONG or (blob and inside):
                blob = blob or Blob(text=True)
                _spill(inside, blob)
            if piece[at : at + 1] == b'"':
                at += 1
                if quoted and blob:
                    inside += f"{secret}{len(blobs)}".encode()
                    blobs[inside.decode()], blob = blob, None
                if quoted:
                    outside += b'"' + inside + b'"'
                    inside.clear()
                quoted = not quoted
            elif quoted and len(piece) - at < 12:
                held = piece[at:]  # the rest of an escape is still to come
                break
            elif at < len(piece):
                raise BodyError("not JSON: a backslash in the wrong place")
        if len(outside) > 16 * LONG:
            raise BodyError("JSON of an unreasonable size")
    if quoted:
        raise BodyError("not JSON: a string without an end")
    return bytes(outside), blobs


def _spill(inside: bytearray, blob: Blob) -> None:
    """Move the part of a long string that has come so far into its blob, escapes undone."""
    try:
        blob.write(_ESCAPES.sub(lambda found: json.loads(b'"' + found[0] + b'"').encode(), inside))
    except ValueError as error:
        raise BodyError(f"not JSON: {error}") from error
    inside.clear()


def _with_blobs(value: Any, blobs: dict[str, Blob]) -> Any:
    if isinstance(value, str):
        return blobs.get(value, value)
    if isinstance(value, dict):
        return {key: _with_blobs(each, blobs) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_blobs(each, blobs) for each in value]
    return value
