"""The WebSocket side of the stubs: one conversation on a connection that a request's thread (wire.py) has opened.

The frames are the work of a library without input and output of its own; the bytes go over the stub's own sockets.
"""

from __future__ import annotations

import hashlib
import json
import socket
from collections import deque
from collections.abc import Iterable, Mapping
from io import BufferedIOBase
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from .journal import SECRET_NAMES, masked, summary
from .messages import Script, Seen

ABNORMAL, UNREADABLE = 1006, 1007  # close codes: no good-bye came; text that is not UTF-8


class Gone(Exception):
    """The other side has closed, or the connection is broken."""


class Refused(Exception):
    """The vendor ends the conversation with this code; `message`, if there is one, is sent before."""

    def __init__(self, code: int, reason: str = "", message: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.code, self.reason, self.message = code, reason, message


class Talk:
    """One conversation. What the client says is kept in `seen`, its sound as length and hash only."""

    def __init__(
        self, connection: socket.socket, stream: BufferedIOBase, largest: int, seen: Seen, script: Script | None
    ) -> None:
        self._connection, self._stream, self._seen = connection, stream, seen
        self._protocol = ServerProtocol(max_size=largest)
        self._came: deque[str | bytes] = deque()
        self._parts: list[bytes] = []  # of a message in several frames
        self._opcode = Opcode.TEXT
        self._hash = hashlib.sha256()
        self._left = script.truncate if script else None  # messages until the connection breaks
        self._breaks = script is not None and script.drop == "mid_body"
        seen.fields = {"messages": []}

    # What vendors use

    def open(self, head: bytes, headers: Mapping[str, str]) -> int:
        """Answer the handshake, whose bytes are `head`; returns the status. Raises Gone."""
        self._protocol.receive_data(head)
        (handshake,) = self._protocol.events_received()
        assert isinstance(handshake, Handshake)
        response = self._protocol.accept(handshake)
        for name, value in headers.items():
            response.headers[name] = value
        self._protocol.send_response(response)
        self._flush()
        return response.status_code

    def receive(self) -> str | bytes:
        """The client's next message. Raises Gone."""
        while not self._came:
            if self._protocol.state is not State.OPEN:
                raise Gone
            self._read()
        message = self._came.popleft()
        self._note(message)
        if self._breaks and isinstance(message, bytes):
            raise Gone
        return message

    def send(self, message: Any) -> None:
        """A JSON value, or text as it is. Raises Gone."""
        if self._protocol.state is not State.OPEN:
            raise Gone
        if self._left is not None:
            if not self._left:
                raise Gone
            self._left -= 1
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        self._protocol.send_text(text.encode())
        self._flush()

    def close(self, code: int, reason: str = "") -> None:
        """Say good-bye and wait until the client does; what it still says is left aside. Raises Gone."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            self._flush()
        while self._protocol.state is not State.CLOSED:
            self._read()

    @property
    def ended(self) -> tuple[int, bool]:
        """The code it ended with, and whether both sides have said good-bye."""
        sent, came = self._protocol.close_sent, self._protocol.close_rcvd
        first = came if self._protocol.close_rcvd_then_sent else sent or came
        return first.code if first else ABNORMAL, sent is not None and came is not None

    def _read(self) -> None:
        try:
            data = self._stream.read1(65536)
        except OSError as error:
            raise Gone from error
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            self._take(event)
        self._flush()

    def _take(self, event: object) -> None:
        if not isinstance(event, Frame) or event.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return  # pings and closing frames are answered by the protocol
        if event.opcode is not Opcode.CONT:
            self._opcode = event.opcode
        self._parts.append(bytes(event.data))
        if event.fin:
            whole = b"".join(self._parts)
            self._parts.clear()
            try:
                self._came.append(whole.decode() if self._opcode is Opcode.TEXT else whole)
            except UnicodeDecodeError:
                self._protocol.fail(UNREADABLE)

    def _note(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self._hash.update(message)
            self._seen.length += len(message)
            self._seen.sha256 = self._hash.hexdigest()
            self._seen.frames += 1
            return
        said, found = spoken(message), list[str]()
        self._seen.fields["messages"].append(message if said is None else masked(summary(said), SECRET_NAMES, found))
        self._seen.key = self._seen.key or next(iter(found), None)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            try:
                if data:
                    self._connection.sendall(data)
                else:
                    self._connection.shutdown(socket.SHUT_WR)
            except OSError as error:
                raise Gone from error


def spoken(message: str | bytes) -> dict[str, Any] | None:
    """The object that a text message holds; None for anything else."""
    try:
        found = json.loads(message) if isinstance(message, str) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def recite(talk: Talk, messages: Iterable[Any]) -> None:
    """Say what a script has, whatever the client says; the first message waits for the client's first."""
    talk.receive()
    for message in messages:
        talk.send(message)
