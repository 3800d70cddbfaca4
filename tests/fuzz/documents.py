"""Real documents to damage: the sandbox's, and where RUNTIME_WHEELS names the wheels, those of more generations."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from runtime_wheels import real_documents

from ibm_quantum_backends.recording import SANDBOX, Recording

__all__ = ["KINDS", "MANILA", "Path_", "Seed", "bodies", "devices", "seeds"]

KINDS = ("list", "configuration", "properties", "status", "defaults")
MANILA = "ibmq_manila"
_LARGE = "ibm_boston"
_CUT = 12  # qubits that are left of a large device, so that ten thousand examples take minutes
# One of each generation, and what no longer is there: the oldest have no processor, the newest no frequencies.
_MORE = ("essex", "yorktown", "lagos", "prague", "manhattan", "torino", "kingston", "miami")
_READ = {
    *(
        "backend_name",
        "backend_version",
        "basis_gates",
        "coords",
        "coupling_map",
        "dt",
        "gates",
        "n_qubits",
        "simulator",
    ),
    *("instruction_signatures", "processor_type", "supported_instructions", "timing_constraints"),
}
Path_ = tuple[str | int, ...]  # from the whole document to one value


class Seed:
    """A real document, and where there is something to damage in it.

    Attributes:
        name: Of the device, with `/12` where it is cut down to so many qubits.
        kind: One of `KINDS`, or what else a test is about.
        document: JSON values.
    """

    def __init__(self, name: str, kind: str, document: Any) -> None:
        self.name, self.kind, self.document = name, kind, document
        self.large = name == _LARGE  # which takes ten times as long

    def __repr__(self) -> str:
        return f"{self.kind} of {self.name}"

    @cached_property
    def places(self) -> tuple[tuple[Path_, ...], ...]:
        """Paths by what they have in common: those that differ in list indices and numbered names alone stand together.

        Each such group is as likely as another to be damaged, so that 5,000 values do not hide the name of the device.
        """
        found: dict[tuple[str, ...], list[Path_]] = {}
        for path in _paths(self.document, ()):
            found.setdefault(tuple(map(_alike, path)), []).append(path)
        return tuple(tuple(paths) for paths in found.values())

    @cached_property
    def read(self) -> tuple[tuple[Path_, ...], ...]:
        """Those of a configuration that a calibration is made of, which are few; all of any other document."""
        read = tuple(paths for paths in self.places if paths[0][:1] and paths[0][0] in _READ)
        return read if self.kind == "configuration" else self.places


def _alike(step: str | int) -> str:
    return "*" if isinstance(step, int) else re.sub(".*[0-9].*", "0", step)


def _paths(value: Any, path: Path_) -> Iterator[Path_]:
    yield path
    steps: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from _paths(inner, (*path, step))


@cache
def bodies() -> Mapping[tuple[str, str], bytes]:
    """The real answers as they came, by kind and device; the sandbox's list is of no device."""
    sandbox = Recording(SANDBOX)
    found = {
        (kind, name): sandbox.answer(f"/v1/backends/{name}/{kind}", {})[1]
        for kind in KINDS[1:]
        for name in sandbox.names
        if (kind, name) != ("defaults", "ibm_boston")  # which has none
    }
    found["list", "sandbox"] = sandbox.answer("/v1/backends", {"fields": "wait_time_seconds"})[1]
    if os.environ.get("RUNTIME_WHEELS"):
        for name in _MORE:
            found["configuration", name] = real_documents("conf")[f"conf_{name}.json"]
            found["properties", name] = real_documents("props")[f"props_{name}.json"]
    return found


@cache
def devices() -> Mapping[str, tuple[Seed, Seed]]:
    """Configuration and properties by device; of large ones a part of the qubits, and one large one whole."""
    found = {name: (kind, name) for kind, name in bodies() if kind == "properties"}
    pairs: dict[str, tuple[Seed, Seed]] = {}
    for name in found:
        both = [json.loads(bodies()[kind, name]) for kind in ("configuration", "properties")]
        count = both[0]["n_qubits"]
        if count > 2 * _CUT:
            cut = [_cut(document, count) for document in both]
            cut[0]["n_qubits"] = _CUT
            pairs[f"{name}/{_CUT}"] = _pair(f"{name}/{_CUT}", cut)
        if count <= 2 * _CUT or name == _LARGE:
            pairs[name] = _pair(name, both)
    return pairs


def _pair(name: str, both: list[Any]) -> tuple[Seed, Seed]:
    return Seed(name, "configuration", both[0]), Seed(name, "properties", both[1])


@cache
def seeds(kind: str) -> tuple[Seed, ...]:
    """The documents of a kind."""
    if kind in ("configuration", "properties"):
        return tuple(pair[kind == "properties"] for pair in devices().values())
    return tuple(
        Seed(name, its, _short(json.loads(body))) for (its, name), body in sorted(bodies().items()) if its == kind
    )


def _cut(value: Any, count: int) -> Any:
    """What is left of a document where the device has a few qubits: what stands for each, and what names only them."""
    if isinstance(value, dict):
        return {key: _cut(item, count) for key, item in [*value.items()][:80]}
    if not isinstance(value, list):
        return value
    if len(value) == count and value != [*range(count)]:
        value = value[:_CUT]
    if value and all(type(item) is int for item in value):
        pair = len(value) < 3  # whose qubits must both be left
        return value if pair else [item for item in value if item < _CUT]
    return [_cut(item, count) for item in value if not _on_two(item) or max(_on_two(item)) < _CUT][:80]


def _on_two(item: Any) -> list[int]:
    """The qubits of a gate entry or a coupling; none of anything else."""
    item = item.get("qubits", []) if isinstance(item, dict) else item
    return item if isinstance(item, list) and len(item) < 3 and all(type(qubit) is int for qubit in item) else []


def _short(value: Any) -> Any:
    """A document whose lists have at most twenty items: the defaults of a device have a hundred thousand numbers."""
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return [_short(item) for item in value[:20]] if isinstance(value, list) else value
