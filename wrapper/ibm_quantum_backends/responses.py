"""What an answer says: a model, or the error that its status and body stand for. Nothing here sends anything."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import responses as _REASONS
from typing import TYPE_CHECKING, Any, TypeVar, cast

from . import errors
from .documents import as_object, one_line, printable
from .errors import APIStatusError, DecodeError
from .secret import is_masked, mask, secrets_of

if TYPE_CHECKING:
    import httpx

    from .raw.models import Device, ErrorItem, ErrorResponse

__all__ = [
    "body_of",
    "decode",
    "decode_devices",
    "decode_json",
    "request_id",
    "retry_after",
    "status_error",
    "status_text",
]

_T = TypeVar("_T")
_logger = logging.getLogger(__name__)
_BY_STATUS: Mapping[int, type[APIStatusError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    429: errors.RateLimitError,
}


def body_of(response: httpx.Response) -> bytes:
    """The body of an answer, whatever is in it but the credentials that were sent.

    Raises:
        APIStatusError: The status is another than 200.
    """
    if response.status_code != 200:
        raise status_error(response)
    body, secrets = response.content, [*filter(is_masked, secrets_of(response.request))]
    # Looked for in haste, as it is in no real document; escapes hide it, and are in few.
    if secrets and (b"\\u" in body or b"\\/" in body or any(secret.encode() in body for secret in secrets)):
        return _masked_body(response)
    return body


def decode(parse: Callable[[int, bytes], _T | ErrorResponse | None], response: httpx.Response) -> _T:
    """The model of an answer.

    Args:
        parse: The raw endpoint's `parse`.
        response: A complete answer.

    Raises:
        APIStatusError: The status is another than 200.
        DecodeError: The body is not JSON, or does not fit the model; `path` says where.
    """
    return _parsed(lambda body: cast(_T, parse(200, body)), response)


def decode_devices(response: httpx.Response) -> list[Device]:
    """The list of backends; an entry that does not fit its model is left out, and logged as a warning.

    Raises:
        APIStatusError, DecodeError: As `decode`.
    """
    from .raw.errors import ModelError  # noqa: PLC0415 (models come on first use)
    from .raw.models.device import Device  # noqa: PLC0415

    devices: list[Device] = []
    rows = decode_json(response, array="devices")["devices"]
    for index, row in enumerate(rows):
        try:
            devices.append(Device.from_dict(row))
        except ModelError as error:
            name = printable(str((as_object(row) or {}).get("name")))
            _logger.warning("backend %s is left out of the list: $.devices[%d]%s", name, index, str(error)[1:])
    if rows and not devices:  # a list of nothing but what is wrong is no empty list
        raise _misfit(response, "$.devices: expected backends, found none that fits its model", "$.devices")
    return devices


def decode_json(response: httpx.Response, *, array: str | None = None, of: str | None = None) -> dict[str, Any]:
    """The JSON object of an answer.

    Args:
        response: A complete answer.
        array: The name of an array that it must have.
        of: The name of a text that some object of the array must have, unless the array is empty.

    Raises:
        APIStatusError, DecodeError: As `decode`.
    """
    document = as_object(_parsed(json.loads, response))
    if document is None:
        raise _misfit(response, "$: expected a JSON object", "$")
    if array is not None and not isinstance(document.get(array), list):
        raise _misfit(response, f"$.{array}: expected an array", f"$.{array}")
    rows = [as_object(row) or {} for row in document[array]] if array is not None and of is not None else []
    if of is not None and rows and not any(isinstance(row.get(of), str) for row in rows):
        raise _misfit(response, f"$.{array}: expected objects with {of}, found none", f"$.{array}")
    return document


def _parsed(parse: Callable[[bytes], _T], response: httpx.Response) -> _T:
    """What `parse` makes of the body; its own errors stay here, as they hold the whole document."""
    body = body_of(response)
    try:
        return parse(body)
    except (ValueError, RecursionError) as error:
        path: str = getattr(error, "path", "$")
        reason = str(error) if path != "$" else f"$: expected a JSON object: {error!s:.80}"
    raise _misfit(response, reason, path)


def _misfit(response: httpx.Response, reason: str, path: str) -> DecodeError:
    kind = response.headers.get("Content-Type", "no type")
    where = f"{_line(response)}: {len(response.content)} bytes, {kind}"
    told = mask(f"{reason} ({where})", secrets_of(response.request))
    return DecodeError(told, path=path, body=_masked_body(response))


def _line(response: httpx.Response) -> str:
    return f"{response.request.method} {response.request.url.copy_with(query=None)}"


def status_error(response: httpx.Response, *, kind: type[APIStatusError] | None = None) -> APIStatusError:
    """The error that an answer's status and body stand for, with the server's own words.

    Args:
        response: A complete answer.
        kind: The class, in place of the one of the status.
    """
    status, secrets, body = response.status_code, secrets_of(response.request), _masked_body(response)
    items, trace = _error_items(body)
    kind = kind or _BY_STATUS.get(status, errors.ServerError if status >= 500 else APIStatusError)
    told = "; ".join(" ".join(str(part) for part in (i.code, i.message, i.solution) if part) for i in items)
    told = one_line(told)
    message = f"{status_text(status)} ({_line(response)})" + (f": {told}" if told else "")
    shown = [*response.headers.items()]
    if location := response.extensions.get("location"):
        shown.append(("location", location))
    small = [secret.lower() for secret in secrets]  # as names of headers are
    headers = {mask(name, small): mask(value, secrets) for name, value in shown if name != "set-cookie"}
    return kind(
        message + (f" (trace {one_line(trace):.100})" if trace else ""),
        status_code=status,
        errors=items,
        trace=trace,
        request_id=request_id(headers),
        retry_after=retry_after(headers),
        headers=headers,
        body=body,
    )


def status_text(status: int) -> str:
    """A status with its usual reason, whatever a server says in its place."""
    return f"{status} {_REASONS.get(status, '')}".rstrip()


def request_id(headers: Mapping[str, str]) -> str | None:
    """The name by which IBM's support finds a request."""
    return headers.get("x-global-transaction-id") or headers.get("x-request-id")


def _masked_body(response: httpx.Response) -> bytes:
    """The body as received, unless it holds what the request kept secret, however it is written there."""
    body, secrets = response.content, secrets_of(response.request)
    try:  # decoded, so that no escape hides it, and once with each value of a name that stands twice
        texts = [json.dumps(json.loads(body, object_pairs_hook=pairs), ensure_ascii=False) for pairs in (list, None)]
        whole, text = texts
    except (ValueError, RecursionError):
        whole = text = body.decode(errors="replace")
    # JSON may hold half of a surrogate pair.
    return body if mask(whole, secrets) == whole else mask(text, secrets).encode(errors="replace")


def _error_items(body: bytes) -> tuple[tuple[ErrorItem, ...], str | None]:
    """The errors and the trace that a body names, in the API's form or in IAM's; what has no such form is left out."""
    from .raw.models.error_item import ErrorItem  # noqa: PLC0415 (models come on first use)

    try:
        document = as_object(json.loads(body)) or {}
    except (ValueError, RecursionError):
        return (), None
    if "errorMessage" in document:
        return (ErrorItem(code=str(document.get("errorCode", "")), message=str(document["errorMessage"])),), None
    rows, trace = document.get("errors"), document.get("trace")
    items: Any = filter(None, map(as_object, rows if isinstance(rows, list) else ()))  # pyright: ignore[reportUnknownArgumentType]
    return tuple(map(ErrorItem.from_dict, items)), trace if isinstance(trace, str) else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks to wait, whether it says a number or a date; None where it says nothing.

    A date is read by the answer's own `Date`, so that this machine's clock may be wrong.

    Source: RFC 9110, section 10.2.3.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    if (until := _read_date(value)) is None:
        return None
    return max(0.0, (until - (_read_date(headers.get("date", "")) or datetime.now(UTC))).total_seconds())


def _read_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
