"""What happens to a request before the API sees it: it is logged, and it may meet a fault."""

import asyncio
import dataclasses
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
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
        retry_after: Value of the `Retry-After` header, as sent: seconds or an HTTP date.
        delay: Seconds to wait before anything else happens.
        drop: Close the connection without an answer.
        truncate: Announce the whole body, send half of it, close the connection.
        body: Answer with these bytes, and 200 where no `status` is given. None: with `status` an error body
            of the API's form, else the real answer.
        content_type: Of `body`.
        times: How many requests meet it before it is taken off the list; None: for ever.
        path: Only requests whose path contains this, such as `/identity/token` or `/status`.
        headers: Further headers of the answer.
    """

    status: int | None = None
    retry_after: str | None = None
    delay: float = 0.0
    drop: bool = False
    truncate: bool = False
    body: bytes | None = None
    content_type: str = "application/json"
    times: int | None = 1
    path: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        is_status = self.status is None or 200 <= self.status <= 599
        if not is_status or self.delay < 0 or (self.times is not None and self.times < 1):
            raise InvalidInputError(f"expected a status from 200 to 599, times from 1, a delay from 0, found {self}")


@dataclasses.dataclass(frozen=True)
class Request:
    """A request as it came in: `path` percent-encoded, `query` decoded, header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Front:
    """ASGI middleware: logs the request, applies a fault, names the answer with `X-Request-Id`."""

    def __init__(self, app: ASGIApp, *, requests: list[Request], faults: list[Fault]) -> None:
        self.app = app
        self.requests = requests
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # The routes must see the path still encoded, so that `%2F` stays inside its segment. A request that
        # comes by way of a proxy names the host too (RFC 9112, 3.2.2).
        path: str = scope["raw_path"].decode("ascii")
        path = path if path.startswith("/") else urlsplit(path).path
        request_id = str(uuid.uuid4())
        scope = {**scope, "path": path, "state": {"request_id": request_id}}
        request = HTTPRequest(scope, receive)
        body = await request.body()
        self.requests.append(Request(request.method, path, dict(request.query_params), dict(request.headers), body))
        fault = self._take(path)

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def disconnect() -> None:
            uvicorn: Any = receive  # a method of what handles the request
            uvicorn.__self__.transport.close()
            await receive()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({"X-Request-Id": request_id, **fault.headers})
                if fault.retry_after is not None:
                    headers["Retry-After"] = fault.retry_after
            elif fault.truncate:
                half = message["body"][: len(message["body"]) // 2]
                await send({**message, "body": half, "more_body": True})
                await disconnect()
                return
            await send(message)

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
        if fault.drop:
            await disconnect()
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
