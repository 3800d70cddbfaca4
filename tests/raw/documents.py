"""How the tests compare documents, and the documents that they are about."""

import datetime
import json
from functools import lru_cache
from typing import Any

from runtime_wheels import real_documents

from ibm_quantum_backends.raw.models import BackendConfiguration, BackendProperties

Model = type[BackendConfiguration] | type[BackendProperties]


def all_documents() -> list[tuple[str, Model, bytes]]:
    """Name, model and bytes of every real configuration and properties document."""
    kinds: dict[str, Model] = {"conf": BackendConfiguration, "props": BackendProperties}
    return [(name, model, body) for kind, model in kinds.items() for name, body in real_documents(kind).items()]


def canonical(value: Any) -> str:
    """JSON in one spelling: keys in order, date-times in UTC, 5.0 as 5; unlike ==, it tells 1 from true."""
    return json.dumps(_canonical(value), sort_keys=True)


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _in_utc(value) if type(value) is str else value


@lru_cache(4096)
def _in_utc(text: str) -> str:
    try:
        date = datetime.datetime.fromisoformat(text)
        return (date if date.tzinfo is None else date.astimezone(datetime.UTC)).isoformat()
    except (ValueError, OverflowError):  # it is no date, or beyond the calendar in UTC
        return text
