"""What happens to a request before the API sees it: it is logged, and it may meet a fault."""

import asyncio
import dataclasses
import re
import socket
import struct
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import InvalidInputError

__all__ = ["Fault", "Front", "Request", "error_response"]


@dataclasses.dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with the next requests that it fits; each request meets one fault at most.

    Attributes:
        status: Answer with this status in place of the recording's answer.
        retry_after: Value of `Retry-After`, as sent: seconds or an HTTP date; a timedelta is sent as the date then.
        delay: Seconds to wait before anything else happens.
        drop: Close the connection without an answer.
        reset: As `drop`, or where `truncate` is set as that, and the connection is reset, not closed.
        truncate: Announce the whole body, send half of it, close the connection.
        drip: Seconds to wait after each byte of the answer, status line and headers included.
        length: What `Content-Length` says, whatever the body has.
        body: Answer with these bytes, and 200 where no `status` is given. None: with `status` an error body
            of the API's form, else the real answer.
        content_type: Of `body`.
        times: How many requests meet it before it is taken off the list; None: for ever.
        path: Only requests whose path contains this, such as `/identity/token` or `/status`.
        headers: Further headers of the answer.
    """

    status: int | None = None
    retry_after: str | timedelta | None = None
    delay: float = 0.0
    drop: bool = False
    reset: bool = False
    truncate: bool = False
    drip: float = 0.0
    length: int | None = None
    body: bytes | None = None
    content_type: str = "application/json"
    times: int | None = 1
    path: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        is_status = self.status is None or 200 <= self.status <= 599
        is_less = min(self.delay, self.drip, self.length or 0) < 0
        if not is_status or is_less or (self.times is not None and self.times < 1):
            raise InvalidInputError(f"expected a status from 200 to 599, times from 1, all else from 0, found {self}")


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in: `path` percent-encoded, `query` decoded, header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class _Wire:
    """uvicorn's connection below one answer, of which no server sends less, or more slowly, on its own."""

    def __init__(self, receive: Any, send: Send, fault: Fault) -> None:
        self.receive = receive
        self.send = send
        self.fault = fault

    def write(self, data: bytes) -> None:
        self.held = data

    async def close(self) -> None:
        connection = self.receive.__self__.transport  # of what handles the request
        if self.fault.reset:
            linger = struct.pack("ii", 1, 0)  # not at all: closing sends RST
            connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()
        await self.receive()

    async def change(self, message: Message) -> None:
        """Send what uvicorn makes of a message with pauses, and with another length."""
        handler = self.receive.__self__
        connection, handler.transport = handler.transport, self  # which holds back what is written
        await self.send({**message, "more_body": True})
        handler.transport = connection
        if message["type"] == "http.response.start" and self.fault.length is not None:
            self.held = re.sub(rb"(?i)(\ncontent-length: )\d+", b"\\g<1>%d" % self.fault.length, self.held)
        for piece in map(int.to_bytes, self.held) if self.fault.drip else (self.held,):
            if not handler.disconnected:
                connection.write(piece)
                await asyncio.sleep(self.fault.drip)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            await self.send({"type": "http.response.body"})


class Front:
    """ASGI middleware: logs the request, applies a fault, names the answer with `X-Request-Id`."""

    def __init__(
        self, app: ASGIApp, *, requests: list[Request], faults: list[Fault], keep: int, clock_offset: float
    ) -> None:
        self.app = app
        self.requests = requests
        self.faults = faults
        self.keep = keep
        self.clock_offset = clock_offset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # The routes must see the path still encoded, so that `%2F` stays inside its segment. A request that
        # comes by way of a proxy names the host too (RFC 9112, 3.2.2).
        path: str = scope["raw_path"].decode("ascii")
        path = path if path.startswith("/") else urlsplit(path).path
        request_id, now = str(uuid.uuid4()), time.time() + self.clock_offset
        scope = {**scope, "path": path, "state": {"request_id": request_id, "now": now}}
        request, body = HTTPRequest(scope, receive), b""
        with suppress(ClientDisconnect):  # who has left already sent a request all the same
            body = await request.body()
        headers: Mapping[str, str] = dict(request.headers)
        # Requests with the same headers share them: an entry takes 0.3 kB in place of 1.9.
        headers = next((old.headers for old in self.requests[-8:] if old.headers == headers), headers)
        self.requests.append(Request(request.method, path, dict(request.query_params), headers, body))
        del self.requests[: max(0, len(self.requests) - self.keep)]
        fault = self._take(path)
        wire = _Wire(receive, send, fault)
        put = wire.change if fault.drip or fault.length is not None else send

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({"X-Request-Id": request_id, **fault.headers})
                if self.clock_offset:
                    headers["Date"] = formatdate(now, usegmt=True)
                if isinstance(later := fault.retry_after, timedelta):
                    later = formatdate(now + later.total_seconds(), usegmt=True)
                if later is not None:
                    headers["Retry-After"] = later
            elif fault.truncate:
                half = message["body"][: len(message["body"]) // 2]
                await put({**message, "body": half, "more_body": True})
                await wire.close()
                return
            await put(message)

        app = self.app
        if fault.body is not None:
            app = Response(fault.body, fault.status or 200, {"Content-Type": fault.content_type})
        elif fault.status in (204, 304):  # which have no body
            app = Response(status_code=fault.status)
        elif fault.status is not None:
            app = error_response(request_id, fault.status, fault.status, "This fault was asked for.", "")
        if fault.delay:
            # The body has been read, so all that can still come in is the end of the connection.
            with suppress(TimeoutError):
                await asyncio.wait_for(receive(), fault.delay)
                return
        if fault.drop or (fault.reset and not fault.truncate):
            await wire.close()
        else:
            await app(scope, replay, answer)

    def _take(self, path: str) -> Fault:
        for index, fault in enumerate(self.faults):
            if fault.path in path:
                if fault.times is not None:
                    left = dataclasses.replace(fault, times=fault.times - 1) if fault.times > 1 else None
                    self.faults[index : index + 1] = [left] if left else []
                return fault
        return Fault()


def error_response(request_id: str, status: int, code: int, message: str, solution: str) -> Response:
    """An error in the API's own form."""
    more = "https://quantum.cloud.ibm.com/docs/errors"
    error = {"code": code, "message": message, "solution": solution, "more_info": more}
    return JSONResponse({"errors": [error], "trace": request_id}, status)
