"""What generated/ was made from and with, so that a file that differs can be told the cause of.

The lock has the sha256 of every input and output, the versions of the tools, and the sha256 of all that.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["Lock", "LockError", "changes", "dump", "load", "sha256", "state"]


class LockError(Exception):
    """The lock is no lock, or not as it was written; the message says what was expected and what was found."""


class Lock(NamedTuple):
    """What generated/ was made from.

    Attributes:
        inputs, outputs: By path within the project, the sha256 of the file.
        tools: By name, the version.
    """

    inputs: dict[str, str]
    outputs: dict[str, str]
    tools: dict[str, str]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def dump(lock: Lock) -> bytes:
    """The lock's file: the same bytes for the same content."""
    content: dict[str, Any] = lock._asdict()
    content["sha256"] = sha256(json.dumps(content, sort_keys=True).encode())
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()


def load(data: bytes) -> Lock:
    """Read what `dump` has written.

    Raises:
        LockError: If it has not.
    """
    try:
        content = json.loads(data)
        lock = Lock(*({**content[field]} for field in Lock._fields))
    except (ValueError, TypeError, KeyError) as error:
        raise LockError(f"damaged: expected JSON with {', '.join(Lock._fields)}, found {error!r:.80}") from None
    if dump(lock) != data:
        raise LockError("edited by hand: expected the bytes that regenerate.py has written, found others")
    return lock


def changes(before: Lock, inputs: Mapping[str, str], tools: Mapping[str, str]) -> Iterator[str]:
    """One line for each input and each tool that is no longer the lock's."""
    for path in sorted(before.inputs.keys() | inputs.keys()):
        if path not in inputs:
            yield f"input changed: {path} (removed)"
        elif path not in before.inputs:
            yield f"input changed: {path} (added)"
        elif before.inputs[path] != inputs[path]:
            yield f"input changed: {path}"
    for name in sorted(before.tools.keys() | tools.keys()):
        if before.tools.get(name) != tools.get(name):
            yield f"tool changed: {name} {before.tools.get(name)} -> {tools.get(name)}"


def state(locked: str | None, found: str | None, made: str | None) -> str:
    """How a file of generated/ is out of step, by its sha256 in the lock, on disk, and as it must be; else empty."""
    if found == made:
        return ""
    if found is None:
        return "missing"
    if locked is None:
        return "untracked" if made is None else "differs"
    return "out of date" if found == locked else "edited by hand"
