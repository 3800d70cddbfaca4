"""The operations of the API as a request and what to make of its answer; both clients send these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from .documents import one_line
from .errors import BackendsError, InvalidInputError, NotFoundError
from .responses import body_of, decode, decode_devices

if TYPE_CHECKING:
    import httpx

    from .calibration import Calibration
    from .raw.models import (
        BackendConfiguration,
        BackendDefaults,
        BackendProperties,
        BackendStatus,
        Device,
        ErrorResponse,
    )

__all__ = [
    "DOCUMENTS",
    "Call",
    "by_name",
    "calibration",
    "check_fleet",
    "configuration",
    "defaults",
    "fleet",
    "fleet_of_list",
    "list_backends",
    "properties",
    "read_calibration",
    "status",
]

_T = TypeVar("_T")


class Call(NamedTuple, Generic[_T]):
    """An operationId, its request (arguments of `httpx.Client.request`, the URL a path), and its answer's decoder."""

    operation: str
    request: dict[str, Any]
    decode: Callable[[httpx.Response], _T]


def _check_name(name: str) -> str:
    """The name, if it can be one segment of a path."""
    text = name if isinstance(name, str) else ""  # pyright: ignore[reportUnnecessaryIsInstance]
    plain = text.isascii() and text.isprintable() and not any(mark in text for mark in "/\\?#% ")
    if plain and text.strip(".") and len(text) <= 500:
        return text
    raise InvalidInputError(f"backend: expected a name such as ibm_boston, found {name!r:.80}")


def _query(calibration_id: str | None, updated_before: datetime | None = None) -> dict[str, Any]:
    if calibration_id is not None and not (calibration_id.isprintable() and 0 < len(calibration_id) <= 100):
        raise InvalidInputError(f"calibration_id: expected 1 to 100 characters, found {calibration_id!r:.80}")
    optional = {"calibration_id": calibration_id, "updated_before": updated_before}
    return {name: value for name, value in optional.items() if value is not None}


def _document(kind: str, request: dict[str, Any], parse: Callable[[int, bytes], _T | ErrorResponse | None]) -> Call[_T]:
    return Call(f"get_backend_{kind}", request, partial(decode, parse))


def list_backends(version: str, *, wait_times: bool) -> Call[list[Device]]:
    from .raw.api.backends import list_backends as endpoint  # noqa: PLC0415 (models come on first use)
    from .raw.models.list_backends_fields import ListBackendsFields  # noqa: PLC0415
    from .raw.types import UNSET  # noqa: PLC0415

    fields = ListBackendsFields.WAIT_TIME_SECONDS if wait_times else UNSET
    return Call("list_backends", endpoint.request_kwargs(fields=fields, ibm_api_version=version), decode_devices)


def configuration(version: str, name: str, *, calibration_id: str | None) -> Call[BackendConfiguration]:
    from .raw.api.backends import get_backend_configuration as endpoint  # noqa: PLC0415

    request = endpoint.request_kwargs(_check_name(name), **_query(calibration_id), ibm_api_version=version)
    return _document("configuration", request, endpoint.parse)


def properties(
    version: str, name: str, *, updated_before: datetime | date | str | None, calibration_id: str | None
) -> Call[BackendProperties]:
    from .raw.api.backends import get_backend_properties as endpoint  # noqa: PLC0415

    if updated_before is not None:
        from .dates import parse_time  # noqa: PLC0415

        updated_before = parse_time(updated_before)
    query = _query(calibration_id, updated_before)
    request = endpoint.request_kwargs(_check_name(name), **query, ibm_api_version=version)
    return _document("properties", request, endpoint.parse)


def status(version: str, name: str) -> Call[BackendStatus]:
    from .raw.api.backends import get_backend_status as endpoint  # noqa: PLC0415

    request = endpoint.request_kwargs(_check_name(name), ibm_api_version=version)
    return _document("status", request, endpoint.parse)


def defaults(version: str, name: str) -> Call[BackendDefaults]:
    from .raw.api.backends import get_backend_defaults as endpoint  # noqa: PLC0415

    request = endpoint.request_kwargs(_check_name(name), ibm_api_version=version)
    return _document("defaults", request, endpoint.parse)


def calibration(
    version: str, name: str, *, updated_before: datetime | date | str | None, calibration_id: str | None
) -> dict[str, Call[bytes]]:
    """The two documents of a calibration, by kind; their bodies as they come."""
    found: dict[str, Call[Any]] = {
        "configuration": configuration(version, name, calibration_id=calibration_id),
        "properties": properties(version, name, updated_before=updated_before, calibration_id=calibration_id),
    }
    return {kind: call._replace(decode=body_of) for kind, call in found.items()}


def read_calibration(found: Mapping[str, bytes | BackendsError]) -> Calibration:
    """The calibration in two documents.

    Raises:
        BackendsError: What either request came to; InvalidInputError for a simulator, which has no properties.
    """
    from .calibration import Calibration  # noqa: PLC0415 (most calls do without)
    from .calibration.decoding import decode_layout  # noqa: PLC0415

    body, properties = found["configuration"], found["properties"]
    if isinstance(body, BackendsError):
        raise body
    if isinstance(properties, NotFoundError) and (layout := decode_layout(body)).simulator:
        told = f"expected a device with calibrated properties, found a simulator of {layout.num_qubits} qubits"
        raise InvalidInputError(f"{one_line(layout.backend_name)}: {told}")
    if isinstance(properties, BackendsError):
        raise properties
    return Calibration.from_json(body, properties)


# The documents of one backend, by the name of the method that gets them.
DOCUMENTS: dict[str, Callable[[str, str], Call[Any]]] = {
    "configuration": lambda version, name: configuration(version, name, calibration_id=None),
    "properties": lambda version, name: properties(version, name, updated_before=None, calibration_id=None),
    "status": status,
    "defaults": defaults,
}


def check_fleet(what: str | Iterable[str], concurrency: int) -> tuple[tuple[str, ...], int]:
    """The kinds of document that a fleet call names, and how many requests at once.

    Raises:
        InvalidInputError: A kind that there is not, or none; or less than 1 at once.
    """
    kinds = (what,) if isinstance(what, str) or not isinstance(what, Iterable) else tuple(what)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not kinds or not {*kinds} <= DOCUMENTS.keys():
        raise InvalidInputError(f"what: expected any of {', '.join(DOCUMENTS)}, found {', '.join(map(str, kinds))!r}")
    if not isinstance(concurrency, int) or concurrency < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"concurrency: expected 1 or more, found {concurrency!r}")
    return kinds, concurrency


def fleet_of_list(
    version: str, kinds: Iterable[str], devices: Iterable[Device]
) -> dict[tuple[str, str], Call[Any] | BackendsError]:
    """As `fleet`, of what the API lists: a name that cannot be asked for stands as its error beside the others."""
    jobs: dict[tuple[str, str], Call[Any] | BackendsError] = {}
    for device in devices:
        try:
            jobs.update(fleet(version, kinds, [device.name]))
        except BackendsError as error:
            jobs.update({(device.name, kind): error for kind in kinds})
    return jobs


def fleet(version: str, kinds: Iterable[str], names: Iterable[str]) -> dict[tuple[str, str], Call[Any]]:
    """The calls of a fleet, by name and kind; all names are checked before the first is sent."""
    if isinstance(names, str) or not isinstance(names, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"names: expected several names, found {names!r:.80}")
    return {(name, kind): DOCUMENTS[kind](version, name) for name in names for kind in kinds}


def by_name(results: Mapping[tuple[str, str], _T]) -> dict[str, dict[str, _T]]:
    """The results of a fleet, by name and then by kind."""
    nested: dict[str, dict[str, _T]] = {}
    for (name, kind), result in results.items():
        nested.setdefault(name, {})[kind] = result
    return nested
