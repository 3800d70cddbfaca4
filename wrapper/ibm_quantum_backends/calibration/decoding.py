"""Documents as the API sends them, decoded fast where they are as expected, and tolerantly where they are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar

import msgspec

from ..documents import one_line
from ..errors import DecodeError
from .columns import Columns, check_finite, read_columns
from .layout import Layout, read_layout
from .shapes import CONFIGURATION, PROPERTIES

__all__ = ["check_texts", "decode_columns", "decode_layout"]

_T = TypeVar("_T")


def decode_layout(body: bytes) -> Layout:
    """The layout in a configuration.

    Raises:
        DecodeError: It does not fit its model; `path` says where.
    """
    return _decoded(body, CONFIGURATION.decode, _configuration_model, read_layout)


def decode_columns(body: bytes) -> Columns:
    """The columns of properties.

    Raises:
        DecodeError: As `decode_layout`.
    """
    return _decoded(body, PROPERTIES.decode, _properties_model, read_columns)


def _decoded(body: bytes, fast: Callable[[bytes], Any], model: Callable[[bytes], Any], read: Callable[[Any], _T]) -> _T:
    """What `read` makes of a body: of its fast decoding, or of the tolerant one where that does not take it."""
    try:
        try:
            found = read(fast(body))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found = read(model(body))
            check_texts(found)
        if isinstance(found, Columns):
            check_finite(found)
        return found
    except DecodeError as error:
        told, path = str(error), error.path
    except (ValueError, TypeError, RecursionError) as error:
        path = str(getattr(error, "path", "$"))
        told = str(error) if path != "$" else f"$: expected a JSON object: {error!s:.80}"
    raise DecodeError(one_line(told), path=path, body=body)


def check_texts(found: Any) -> None:
    """Raise for half of a surrogate pair in a name, which JSON can escape and no file or other package takes as text.

    Raises:
        DecodeError: As said.
    """
    if isinstance(found, Layout):  # without couplings and values, which are many
        gates = [(name, gate.parameters) for name, gate in found.gates.items()]
        others = (found.basis_gates, found.supported_instructions, found.signatures, found.processor)
        found = (*found[:2], *gates, *others)
    if isinstance(found, Columns):
        names = (found.qubits, found.gates, found.general, found.qubit_lists, {gate for gate, _ in found.keys})
        found = (*found[:2], *chain(*names))
    if isinstance(found, str):
        try:
            found.encode()
        except UnicodeEncodeError:
            told = f"$: expected text, found half of a surrogate pair in {found!r:.40}"
            raise DecodeError(told, path="$", body=b"") from None
    elif isinstance(found, (tuple, dict)):
        for part in chain(found, found.values() if isinstance(found, dict) else ()):  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            check_texts(part)


def _configuration_model(body: bytes) -> Any:
    from ..raw.models import BackendConfiguration  # noqa: PLC0415 (few documents need it)

    return BackendConfiguration.from_dict(json.loads(body))


def _properties_model(body: bytes) -> Any:
    from ..raw.models import BackendProperties  # noqa: PLC0415 (few documents need it)

    return BackendProperties.from_dict(json.loads(body, object_hook=_numbered))


def _numbered(item: dict[str, Any]) -> dict[str, Any]:
    """A value `operational` of true or false as the number that the document declares."""
    if item.get("name") == "operational" and isinstance(item.get("value"), bool):
        item["value"] = int(item["value"])
    return item
