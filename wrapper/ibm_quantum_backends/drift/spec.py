"""What changes from one document of an API to the next, for a client that reads its responses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias, cast

from ..errors import InvalidInputError
from .changes import Change, WireClass
from .deltas import Delta, both, docs
from .openapi import Document, Operation, array, child, members
from .operation_diff import OperationDiff, renamed_schemes, scheme
from .schema_diff import SchemaDiff
from .schemas import Part

__all__ = ["compare"]

_Key: TypeAlias = "tuple[str, str]"  # of an operation
_Holder: TypeAlias = "tuple[str, Mapping[str, Any]]"  # of servers, with its pointer

_INFO = ("title", "description", "summary", "termsOfService", "contact", "license")


def compare(base: Document, revision: Document, *, open_enums: bool = False) -> list[Change]:
    """The changes from one document to the other, one for each root change.

    Args:
        base, revision: The documents, as given.
        open_enums: Judge for readers who keep a new value of an enumeration, and a new member of a union.

    Returns:
        The changes by place; `source` and `effect_here` are yet to be found out.

    Raises:
        InvalidInputError: A document's references or schemas lead back to themselves without an end, or too deep.
    """
    try:
        return _Comparison(base, revision, open_enums).run()
    except RecursionError:
        names = f"{base.name}, {revision.name}"
        raise InvalidInputError(f"{names}: expected schemas to follow one by one, found too many in a chain") from None


class _Comparison:
    def __init__(self, base: Document, revision: Document, open_enums: bool) -> None:
        self._base = base
        self._revision = revision
        self._schemas = SchemaDiff(base, revision, open_enums=open_enums)
        # By difference and direction, the operations and the JSON paths that it reaches; as dicts, to keep their order.
        self._found: dict[tuple[Delta, str], tuple[dict[str, None], dict[str, None]]] = {}
        self._names = [operation.name for operation in base.operations()]

    def run(self) -> list[Change]:
        self._about()
        self._servers(("#", self._base.data), ("#", self._revision.data), self._names)
        operations = OperationDiff(self._base, self._revision, self._schemas)
        for old, new in self._pairs():
            holders = _server_holder(self._base, old), _server_holder(self._revision, new)
            if {holders[0][0], holders[1][0]} != {"#"}:
                self._servers(*holders, [old.name])
            for delta, direction, paths in operations.compare(old, new):
                self._add(delta, direction, [old.name], paths)
        self._webhooks()
        self._renamed()
        self._security_schemes()
        return sorted(self._changes(), key=lambda change: change.pointer)

    def _add(
        self, delta: Delta, direction: str = "none", operations: Iterable[str] = (), paths: Iterable[str] = ()
    ) -> None:
        held = self._found.setdefault((delta, direction), ({}, {}))
        held[0].update(dict.fromkeys(operations))
        held[1].update(dict.fromkeys(paths))

    def _changes(self) -> Iterator[Change]:
        """One change a difference; the same one of requests and responses is one too, and as bad as the worse."""
        twins: dict[str, list[tuple[Delta, str]]] = {}
        for delta, direction in self._found:
            key = json.dumps([delta.kind.removeprefix(direction), delta.pointer, delta.before, delta.after])
            twins.setdefault(key, []).append((delta, direction))
        for keys in twins.values():
            delta, direction = min(keys, key=lambda key: (key[0].wire != "breaking", key[1] != "response"))
            yield Change(
                kind=delta.kind,
                wire=delta.wire,
                direction=cast(Any, "both" if len({key[1] for key in keys}) > 1 else direction),
                pointer=delta.pointer,
                revision_pointer=delta.revision_pointer,
                operations=tuple(dict.fromkeys(name for key in keys for name in self._found[key][0])),
                json_path=tuple(sorted({path for key in keys for path in self._found[key][1]})),
                before=_short(json.loads(delta.before)),
                after=_short(json.loads(delta.after)),
                note="; ".join(dict.fromkeys(key[0].note for key in keys if key[0].note)),
            )

    # The document itself

    def _about(self) -> None:
        old, new = self._base.data, self._revision.data
        olds, news = members(old.get("info")), members(new.get("info"))
        for kind, place, values in (
            ("openapi-version-changed", "#/openapi", (old["openapi"], new["openapi"])),
            ("info-version-changed", "#/info/version", (olds.get("version"), news.get("version"))),
        ):
            if values[0] != values[1]:
                self._add(Delta.of(kind, "docs-only", place, values=values))
        for delta in (
            *docs(olds, news, both("#/info", "#/info"), _INFO),
            *docs(old, new, both("#", "#"), ["externalDocs"]),
            *docs({"tags": _tags(old)}, {"tags": _tags(new)}, both("#", "#"), ["tags"]),
        ):
            self._add(delta)

    def _servers(self, old: _Holder, new: _Holder, operations: list[str]) -> None:
        olds, news = (
            {
                url: Part(child(child(pointer, "servers"), index), members(each))
                for index, each in enumerate(array(holder.get("servers")) or [{}])
                for url in _urls(members(each))
            }
            for pointer, holder in (old, new)
        )
        lost = [url for url in olds if url not in news]
        if lost and old[0] == "#" != new[0]:  # an operation has servers of its own now
            values = ", ".join(lost), None
            delta = Delta.of("server-removed", "breaking", child(new[0], "servers"), values=values)
            self._add(delta, "none", operations)
            olds = {url: olds[url] for url in olds if url not in lost}
        for url in dict.fromkeys([*olds, *news]):
            if url not in news:
                delta = Delta.of("server-removed", "breaking", olds[url].pointer, values=(url, None))
                self._add(delta, "none", operations)
            elif url not in olds:
                delta = Delta.of("server-added", "non-breaking", news[url].pointer, values=(None, url))
                self._add(delta, "none", operations)
            else:
                for delta in docs(olds[url].value, news[url].value, both(olds[url].pointer, news[url].pointer)):
                    self._add(delta)

    # Operations

    def _pairs(self) -> Iterator[tuple[Operation, Operation]]:
        """Operations that stand for each other: at one URL and method, or else by operationId."""
        olds = {_key(each): each for each in self._base.operations()}
        news = {_key(each): each for each in self._revision.operations()}
        come = [each for key, each in news.items() if key not in olds]
        lost: list[Operation] = []
        for key, old in olds.items():
            name = old.value.get("operationId")
            moved = next(
                (each for each in come if key not in news and name and each.value.get("operationId") == name), None
            )
            if moved:
                come.remove(moved)
                values = f"{old.method.upper()} {old.url}", f"{moved.method.upper()} {moved.url}"
                delta = Delta.of("endpoint-moved", "breaking", (old.pointer, moved.pointer), values=values)
                self._add(delta, "none", [old.name])
            if partner := news.get(key) or moved:
                yield old, partner
            else:
                lost.append(old)
        self._endpoints("removed", "breaking", lost, {key[0] for key in news})
        self._endpoints("added", "non-breaking", come, {key[0] for key in olds})

    def _endpoints(self, word: str, wire: WireClass, found: list[Operation], urls: set[str]) -> None:
        """Operations that come or go; whole paths as one."""
        places: dict[str, list[Operation]] = {}
        for each in found:
            place = each.pointer if _key(each)[0] in urls else each.pointer.rpartition("/")[0]
            places.setdefault(place, []).append(each)
        for place, operations in places.items():
            methods = ", ".join(operation.method.upper() for operation in operations)
            values = (methods, None) if word == "removed" else (None, methods)
            delta = Delta.of(f"endpoint-{word}", wire, place, values=values)
            self._add(delta, "none", [operation.name for operation in operations])

    # Beside the operations

    def _webhooks(self) -> None:
        olds, news = (members(each.data.get("webhooks")) for each in (self._base, self._revision))
        for name in dict.fromkeys([*olds, *news]):
            place = child("#/webhooks", name)
            if name not in news:
                self._add(Delta.of("webhook-removed", "breaking", place, values=(name, None)))
            elif name not in olds:
                self._add(Delta.of("webhook-added", "non-breaking", place, values=(None, name)))
            elif olds[name] != news[name]:
                note = "webhooks are not compared: read them"
                self._add(Delta.of("not-compared", "non-breaking", place, note=note))

    def _renamed(self) -> None:
        """Components with another name, which names the generated class."""
        reached = _reach(self._base)
        for old, new in self._schemas.renamed.items():
            if self._revision.at(old) is None and self._base.at(new) is None:
                names = old.rpartition("/")[2], new.rpartition("/")[2]
                delta = Delta.of("component-renamed", "non-breaking", (old, new), values=names)
                self._add(delta, "none", reached.get(old, ()))

    def _security_schemes(self) -> None:
        olds, news = (members(each.at("#/components/securitySchemes")) for each in (self._base, self._revision))
        renamed = renamed_schemes(olds, news)
        for name in dict.fromkeys([*olds, *news]):
            place = child("#/components/securitySchemes", name)
            if name in renamed:
                there = child("#/components/securitySchemes", renamed[name])
                self._add(Delta.of("security-scheme-renamed", "none", (place, there), values=(name, renamed[name])))
            elif name in renamed.values():
                continue
            elif name not in news:
                self._add(Delta.of("security-scheme-removed", "none", place, values=(name, None)))
            elif name not in olds:
                self._add(Delta.of("security-scheme-added", "none", place, values=(None, name)))
            else:
                old, new = members(olds[name]), members(news[name])
                for delta in docs(old, new, both(place, place)):
                    self._add(delta)
                values = scheme(old), scheme(new)
                if values[0] != values[1]:
                    users = self._users(name)
                    delta = Delta.of("security-scheme-changed", "breaking" if users else "none", place, values=values)
                    self._add(delta, "request", users)

    def _users(self, scheme: str) -> list[str]:
        """The operations that ask for a security scheme; all, if the document does and none of them."""
        whole = self._base.data.get("security")
        asked = {each.name: each.value.get("security", whole) for each in self._base.operations()}
        users = [name for name, one in asked.items() if any(scheme in members(each) for each in array(one))]
        return users or (self._names if any(scheme in members(each) for each in array(whole)) else [])


def _key(operation: Operation) -> _Key:
    """What tells operations apart: the names of a URL's parameters do not."""
    return re.sub(r"{[^}]*}", "{}", operation.url), operation.method


def _urls(server: Mapping[str, Any]) -> list[str]:
    """The URLs that a server has, for each value of the variables that list theirs."""
    urls = [str(server.get("url", "/"))]
    for name, variable in members(server.get("variables")).items():
        values = array(members(variable).get("enum"))[:99] or [f"{{{name}}}"]
        urls = [url.replace(f"{{{name}}}", str(value)) for url in urls[:99] for value in values]
    return [url.rstrip("/") or "/" for url in urls]


def _server_holder(document: Document, operation: Operation) -> _Holder:
    """What says which servers an operation has: itself, its path or the document."""
    own: list[_Holder] = [(operation.pointer, operation.value), (operation.pointer.rpartition("/")[0], operation.path)]
    return next((each for each in own if array(each[1].get("servers"))), ("#", document.data))


def _tags(document: Mapping[str, Any]) -> dict[str, Any]:
    return {str(members(tag).get("name")): tag for tag in array(document.get("tags"))}


def _reach(document: Document) -> dict[str, list[str]]:
    """By pointer of what is referred to, the operations that do so, directly or not."""
    found: dict[str, list[str]] = {}
    for operation in document.operations():
        ahead: list[Any] = [operation.value, operation.path.get("parameters")]
        while ahead:
            value = ahead.pop()
            ref = members(value).get("$ref")
            if isinstance(ref, str) and operation.name not in found.setdefault(ref, []):
                found[ref].append(operation.name)
                ahead.append(document.at(ref) if ref.startswith("#") else None)
            ahead += value if isinstance(value, list) else members(value).values()
    return found


def _short(value: Any) -> Any:
    """The value, if a person would read it whole."""
    text = value if isinstance(value, str) else json.dumps(value)
    return value if len(text) <= 400 else text[:300] + " ..."
