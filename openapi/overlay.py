"""Apply an OAI Overlay (1.0 or 1.1) to a document of plain JSON values.

Source: https://spec.openapis.org/overlay/v1.1.0.html and v1.0.0.html; targets are JSONPath by RFC 9535.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias, cast

from jsonpath_rfc9535 import JSONPathError, JSONPathNode, compile

__all__ = ["JSON", "OverlayError", "Step", "apply", "steps", "validate"]

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"

_ROOT = {"overlay": "string", "info": "object", "actions": "array", "extends": "string"}
_INFO = {"title": "string", "version": "string"}
_ACTION = {"target": "string", "description": "string", "update": "any", "remove": "boolean"}
_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}


class OverlayError(Exception):
    """An overlay is malformed or does not fit the document: where, what was expected, what was found."""


class Step(NamedTuple):
    """What one action did.

    Attributes:
        position: The action's place in the overlay, from 0.
        action: The action itself.
        matched: How many nodes its target selects.
        changed: False if the document already held all that the action says. That includes appending only
            what the array has already, which the specification would append once more.
    """

    position: int
    action: dict[str, Any]
    matched: int
    changed: bool


def validate(overlay: Any) -> None:
    """Check the shape of an overlay, as the specification's schema for its version does, and its JSONPaths.

    Args:
        overlay: The overlay, as loaded from YAML or JSON.

    Raises:
        OverlayError: With the place, what was expected there and what was found.
    """
    _copy(overlay, "overlay")
    _check(overlay, "overlay", _ROOT, required=("overlay", "info", "actions"))
    if not re.fullmatch(r"1\.[01]\.[0-9]+", overlay["overlay"]):
        raise OverlayError(f"overlay.overlay: expected version 1.0.x or 1.1.x, found {overlay['overlay']!r}")
    old = _is_old(overlay)  # version 1.1 brought info.description and copy
    info = _INFO if old else {**_INFO, "description": "string"}
    fields = _ACTION if old else {**_ACTION, "copy": "string"}
    _check(overlay["info"], "overlay.info", info, required=("title", "version"))
    if not overlay["actions"]:
        raise OverlayError("overlay.actions: expected at least one action, found none")
    for index, action in enumerate(overlay["actions"]):
        where = f"overlay.actions[{index}]"
        _check(action, where, fields, required=("target",))
        modifiers = [key for key in ("update", "copy", "remove") if key in action]
        if not old and len(modifiers) != 1:
            found = " and ".join(modifiers) or "none"
            raise OverlayError(f"{where}: expected exactly one of update, copy and remove, found {found}")
        _find(action["target"], None, f"{where}.target")
        _find(action.get("copy", "$"), None, f"{where}.copy")
        for twin in range(index):
            if _same(overlay["actions"][twin], action):
                raise OverlayError(f"{where}: expected an action unlike the others, found actions[{twin}] again")


def steps(document: JSON, overlay: JSON) -> Iterator[Step]:
    """Apply an overlay to a copy of the document and tell of each action what it did.

    Args:
        document: The document; it is not changed.
        overlay: The overlay.

    Returns:
        One Step an action, in order, those that select or change nothing included.

    Raises:
        OverlayError: At once if the overlay is malformed, and at an action that does not fit the document.
    """
    validate(overlay)
    return _run([_copy(document, "document")], overlay)


def apply(document: JSON, overlay: JSON, *, strict: bool = True) -> JSON:
    """Return a new document, with all actions of the overlay applied in order.

    Args:
        document: The document; it is not changed.
        overlay: The overlay.
        strict: Refuse an action that selects nothing or changes nothing (see Step). The specification lets it
            pass, but then nobody would notice that a correction is no longer needed.

    Raises:
        OverlayError: If the overlay is malformed, does not fit the document, or (strict) does nothing.
    """
    validate(overlay)
    root = [_copy(document, "document")]
    for index, action, matched, changed in _run(root, overlay):
        if strict and not changed:
            found = f"{matched} that hold all of it already" if matched else "none that it selects"
            raise OverlayError(f"{_label(index, action)}: expected nodes to change, found {found}")
    return root[0]


def _run(root: list[JSON], overlay: Any) -> Iterator[Step]:
    # root is a list with the document alone, so that the document too has a place where it can be replaced
    for index, action in enumerate(overlay["actions"]):
        where = _label(index, action)
        nodes = _find(action["target"], root[0], where)
        changed = False
        if action.get("remove"):
            changed = _remove(root, nodes, where)
        elif nodes and not action.keys().isdisjoint({"update", "copy"}):
            changed = _update(root, nodes, action, where, old=_is_old(overlay))
        yield Step(index, action, len(nodes), changed)


def _remove(root: list[JSON], nodes: list[JSONPathNode], where: str) -> bool:
    # from the end, so that no list shifts below the nodes that are still to go
    for node in sorted(nodes, key=lambda node: node.location, reverse=True):
        if not node.location:
            raise OverlayError(f"{where}: expected nodes within the document, found the document itself")
        holder, key = _place(root, node)
        del holder[key]
    return bool(nodes)


def _place(root: list[JSON], node: JSONPathNode) -> tuple[Any, str | int]:
    """What holds a node, and its key there. By location: jsonpath-rfc9535 2 has another `parent` than 1."""
    holder: Any = root
    key: str | int = 0
    for step in node.location:
        holder, key = holder[key], step
    return holder, key


def _update(root: list[JSON], nodes: list[JSONPathNode], action: Any, where: str, *, old: bool) -> bool:
    kinds = {kind if (kind := _kind(node.value)) in ("object", "array") else "primitive" for node in nodes}
    if len(kinds) > 1 or (old and kinds == {"primitive"}):
        expected = "objects or arrays (before version 1.1)" if old else "nodes of one kind"
        raise OverlayError(f"{where}: expected {expected}, found {' and '.join(sorted(kinds))}")
    value: JSON = _copy(action.get("update"), where)
    if "copy" in action:
        sources = _find(action["copy"], root[0], where)
        if len(sources) != 1:
            raise OverlayError(f"{where}: copy: expected a single node, found {len(sources)}")
        value = _copy(sources[0].value, where)  # before any target changes: the source may hold one
    if kinds == {"array"} and (old or not isinstance(value, list)):
        value = [value]
    changed = False
    for node in nodes:
        changed |= _merge(*_place(root, node), value, f"{where}: {node.path()}")
    return changed


def _merge(holder: Any, key: str | int, value: JSON, where: str) -> bool:
    target: JSON = holder[key]
    if isinstance(target, dict) and isinstance(value, dict):
        changed = False
        for name, item in value.items():
            if name in target:
                changed |= _merge(target, name, item, f"{where}[{name!r}]")
            else:
                target[name], changed = _copy(item, where), True
        return changed
    if isinstance(target, list) and isinstance(value, list):
        changed = not all(any(_same(item, held) for held in target) for item in value)
        target.extend(_copy(item, where) for item in value)
        return changed
    if isinstance(target, dict | list) or isinstance(value, dict | list):
        raise OverlayError(f"{where}: expected {_kind(target)} to merge with, found {_kind(value)}")
    holder[key] = value
    return not _same(target, value)


def _find(path: str, document: JSON, where: str) -> list[JSONPathNode]:
    try:
        return list({node.location: node for node in compile(path).find(document)}.values())
    except JSONPathError as error:
        reason = str(error).partition("\n")[0]  # release 2 draws the place below it
        raise OverlayError(f"{where}: expected an RFC 9535 JSONPath, found {path!r} ({reason})") from None


def _check(value: JSON, where: str, fields: dict[str, str], *, required: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        raise OverlayError(f"{where}: expected object, found {_kind(value)}")
    for key in required:
        if key not in value:
            raise OverlayError(f"{where}: expected {key}, found none")
    for key in value:
        if key not in fields and not key.startswith("x-"):
            raise OverlayError(f"{where}: expected {', '.join(fields)} or x-..., found {key!r}")
        if fields.get(key, "any") not in ("any", _kind(value[key])):
            raise OverlayError(f"{where}.{key}: expected {fields[key]}, found {_kind(value[key])}")


def _copy(value: object, where: str) -> JSON:
    # Not copy.deepcopy: it keeps what YAML aliases share shared, and a change to one would show in the other.
    if isinstance(value, list):
        return [_copy(item, f"{where}[{index}]") for index, item in enumerate(cast("list[object]", value))]
    if isinstance(value, dict):
        copy: dict[str, JSON] = {}
        for key, item in cast("dict[object, object]", value).items():
            if not isinstance(key, str):
                raise OverlayError(f"{where}: expected keys that are strings, found {key!r}")
            copy[key] = _copy(item, f"{where}.{key}")
        return copy
    if value is None or isinstance(value, str | int | float):
        return value
    raise OverlayError(f"{where}: expected a JSON value, found {_kind(value)}")


def _same(one: JSON, other: JSON) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)  # in Python, 1 == True


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return next((_KINDS[each] for each in type(value).__mro__ if each in _KINDS), type(value).__name__)


def _is_old(overlay: Any) -> bool:
    return bool(overlay["overlay"].startswith("1.0."))


def _label(index: int, action: Any) -> str:
    return f"overlay.actions[{index}] (target {action['target']!r}, description {action.get('description')!r})"
