"""Apply an OAI Overlay (1.0 or 1.1) to a document of plain JSON values.

Source: https://spec.openapis.org/overlay/v1.1.0.html and v1.0.0.html; targets are JSONPath by RFC 9535.
"""

import json
import re
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from ..errors import InvalidInputError, MissingExtraError
from .openapi import PACKAGED, read_yaml

try:
    from jsonpath_rfc9535 import JSONPathError, JSONPathNode, JSONPathQuery, compile
except ModuleNotFoundError as error:
    if error.name != "jsonpath_rfc9535":
        raise
    raise MissingExtraError("Applying an overlay", extra="codegen") from error

__all__ = ["JSON", "OverlayError", "Step", "apply", "apply_lenient", "packaged_overlay", "validate"]

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"

_ROOT = {"overlay": "string", "info": "object", "actions": "array", "extends": "string"}
_INFO = {"title": "string", "version": "string"}
_ACTION = {"target": "string", "description": "string", "update": "any", "remove": "boolean"}
_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}


class OverlayError(InvalidInputError):
    """An overlay is malformed or does not fit the document: where, what was expected, what was found."""


class Step(NamedTuple):
    """What one action did, and where it did nothing, why.

    Attributes:
        position: The action's place in the overlay, from 0.
        target: Its JSONPath.
        description: Its description, or None.
        until: Its `x-until`, when it can be deleted, or None.
        matched: How many nodes its target selects.
        state: "applied".
            "adopted upstream": the document, before any other action, holds all that an update says; or it has what
            would hold the node that a removal takes, and not the node.
            "matches nothing": it selects no node, for a reason that cannot be told.
            "changes nothing": it says nothing, or other actions say all of it. That includes appending only what
            the array has already, which the specification would append once more.
            "fails": it does not fit the document.
        changes: How many values it sets or removes; an array of which it adds items counts each.
        reason: Where it fails, what was expected and what was found; else empty.
    """

    position: int
    target: str
    description: str | None
    until: str | None
    matched: int
    state: Literal["applied", "adopted upstream", "matches nothing", "changes nothing", "fails"]
    reason: str = ""
    changes: int = 0

    def __str__(self) -> str:
        told = f"overlay.actions[{self.position}] {self.state}: {self.target} ({self.description}; "
        return f"{told}it can go when {self.until})" + (self.reason and f": {self.reason}")


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


def packaged_overlay() -> JSON:
    """This package's corrections to IBM's document."""
    overlay: JSON = read_yaml(PACKAGED["upstream"].with_name("overlay.yaml").read_text("utf-8"))
    return overlay


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
    for index, action in enumerate(cast("Any", overlay)["actions"]):
        matched, changed = _act(root, index, action, old=_is_old(overlay))
        if strict and not changed:
            found = f"{matched} that hold all of it already" if matched else "none that it selects"
            raise OverlayError(f"{_label(index, action)}: expected nodes to change, found {found}")
    return root[0]


def apply_lenient(document: JSON, overlay: JSON, *, purpose: str | None = None) -> tuple[JSON, list[Step]]:
    """Return a new document, with all actions applied that fit it, and what each of them did.

    Args:
        document: The document; it is not changed.
        overlay: The overlay.
        purpose: Try only the actions with this `x-purpose`; None tries all.

    Raises:
        OverlayError: If the overlay is malformed, or the document holds what is no JSON. No action raises.
    """
    validate(overlay)
    old = _is_old(overlay)
    failed: dict[int, Step] = {}
    while True:  # anew without an action that fails, because it may have done one half of it
        root, done = [_copy(document, "document")], dict(failed)
        for index, action in enumerate(cast("Any", overlay)["actions"]):
            if index in failed or purpose not in (None, action.get("x-purpose")):
                continue
            told = index, action["target"], action.get("description"), action.get("x-until")
            try:
                matched, changed = _act(root, index, action, old=old)
            except OverlayError as error:
                reason = str(error).removeprefix(f"{_label(index, action)}: ")
                failed[index] = Step(*told, 0, "fails", reason=reason)
                break
            if changed:
                done[index] = Step(*told, matched, "applied", changes=changed)
            elif _adopted(document, action, matched, old=old):
                done[index] = Step(*told, matched, "adopted upstream")
            else:
                done[index] = Step(*told, matched, "changes nothing" if matched else "matches nothing")
        else:
            return root[0], [done[index] for index in sorted(done)]


def _adopted(document: Any, action: Any, matched: int, *, old: bool) -> bool:
    """Whether an action that did nothing would do nothing to the document before any other action either."""
    try:
        if action.get("remove"):
            query = compile(action["target"])
            holders = JSONPathQuery(env=query.env, segments=query.segments[:-1]).find(document)
            return any(isinstance(node.value, dict | list) for node in holders) and not query.find(document)
        if not matched or action.get("update", action.get("copy", {})) in ({}, []):
            return False  # no node, or nothing said
        before, changed = _act([_copy(document, "document")], 0, action, old=old)
    except (OverlayError, JSONPathError):
        return False
    return before > 0 and not changed


def _act(root: list[JSON], index: int, action: Any, *, old: bool) -> tuple[int, int]:
    """Apply one action: how many nodes it selects, and how many values changed."""
    # root is a list with the document alone, so that the document too has a place where it can be replaced
    where = _label(index, action)
    nodes = _find(action["target"], root[0], where)
    changed = 0
    if action.get("remove"):
        changed = _remove(root, nodes, where)
    elif nodes and not action.keys().isdisjoint({"update", "copy"}):
        changed = _update(root, nodes, action, where, old=old)
    return len(nodes), changed


def _remove(root: list[JSON], nodes: list[JSONPathNode], where: str) -> int:
    # from the end, so that no list shifts below the nodes that are still to go
    for node in sorted(nodes, key=lambda node: node.location, reverse=True):
        if not node.location:
            raise OverlayError(f"{where}: expected nodes within the document, found the document itself")
        holder, key = _place(root, node)
        del holder[key]
    return len(nodes)


def _place(root: list[JSON], node: JSONPathNode) -> tuple[Any, str | int]:
    """What holds a node, and its key there. By location: jsonpath-rfc9535 2 has another `parent` than 1."""
    holder: Any = root
    key: str | int = 0
    for step in node.location:
        holder, key = holder[key], step
    return holder, key


def _update(root: list[JSON], nodes: list[JSONPathNode], action: Any, where: str, *, old: bool) -> int:
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
    changed = 0
    for node in nodes:
        changed += _merge(*_place(root, node), value, f"{where}: {node.path()}")
    return changed


def _merge(holder: Any, key: str | int, value: JSON, where: str) -> int:
    target: JSON = holder[key]
    if isinstance(target, dict) and isinstance(value, dict):
        changed = 0
        for name, item in value.items():
            if name in target:
                changed += _merge(target, name, item, f"{where}[{name!r}]")
            else:
                target[name], changed = _copy(item, where), changed + _leaves(item)
        return changed
    if isinstance(target, list) and isinstance(value, list):
        changed = sum(not any(_same(item, held) for held in target) for item in value)
        target.extend(_copy(item, where) for item in value)
        return changed
    if isinstance(target, dict | list) or isinstance(value, dict | list):
        raise OverlayError(f"{where}: expected {_kind(target)} to merge with, found {_kind(value)}")
    holder[key] = value
    return not _same(target, value)


def _leaves(value: JSON) -> int:
    return sum(map(_leaves, value.values())) or 1 if isinstance(value, dict) else 1


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
