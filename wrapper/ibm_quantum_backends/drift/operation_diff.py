"""What changes of one operation: its parameters, its body, its responses, and who may call it."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from .changes import WireClass
from .deltas import Delta, Place, both, docs
from .openapi import Document, Operation, array, child, members
from .schema_diff import SchemaDiff
from .schemas import Node, Part
from .shape_diff import Direction

__all__ = ["OperationDiff", "Reached", "renamed_schemes", "scheme"]

_SUCCESS = re.compile("2[0-9X]{2}")
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_Parameters: TypeAlias = "dict[tuple[str, str], Part]"  # by place and name


class Reached(NamedTuple):
    """A difference, what it is about, and the JSON paths at which it shows."""

    delta: Delta
    direction: str = "none"
    paths: tuple[str, ...] = ()


class OperationDiff:
    """Compares operations of two documents.

    Args:
        base, revision: The documents.
        schemas: Compares their schemas.
    """

    def __init__(self, base: Document, revision: Document, schemas: SchemaDiff) -> None:
        self._documents = base, revision
        self._schemas = schemas

    def compare(self, old: Operation, new: Operation) -> Iterator[Reached]:
        """Every difference of two operations, their names included."""
        for keyword, kind in (("operationId", "operation-id-changed"), ("tags", "tag-changed")):
            values = old.value.get(keyword), new.value.get(keyword)
            if (values[0] or None) != (values[1] or None):  # they name generated code
                place = child(old.pointer, keyword), child(new.pointer, keyword)
                yield Reached(Delta.of(kind, "non-breaking", place, values=values))
        yield from map(Reached, docs(old.value, new.value, both(old.pointer, new.pointer)))
        yield from self._security(old, new)
        yield from self._parameters(old, new)
        yield from self._body(old, new)
        yield from self._responses(old, new)
        if old.value.get("callbacks") != new.value.get("callbacks"):
            place = child(old.pointer, "callbacks"), child(new.pointer, "callbacks")
            note = "callbacks are not compared: read them"
            yield Reached(Delta.of("not-compared", "non-breaking", place, note=note), "request")

    def _security(self, old: Operation, new: Operation) -> Iterator[Reached]:
        asked: list[tuple[str, Any]] = []
        for document, each in zip(self._documents, (old, new), strict=True):
            own = "security" in each.value
            holder = each.value if own else document.data
            asked.append((child(each.pointer if own else "#", "security"), holder.get("security")))
        schemes = [members(document.at("#/components/securitySchemes")) for document in self._documents]
        same = renamed_schemes(*schemes)
        olds = {frozenset((same.get(name, name), scope) for name, scope in each) for each in _alternatives(asked[0][1])}
        news = _alternatives(asked[1][1])
        if olds == news:
            return
        lost = any(not any(now <= was for now in news) for was in olds)
        kind, wire = ("tightened", "breaking") if lost else ("loosened", "non-breaking")
        values = asked[0][1], asked[1][1]
        own = asked[0][0] == "#/security" != asked[1][0]  # the operation has one of its own now
        place: Place = asked[1][0] if own else (asked[0][0], asked[1][0])
        delta = Delta.of(f"security-requirement-{kind}", _wire(wire), place, values=values)
        yield Reached(delta, "request")

    # Parameters

    def _parameters(self, old: Operation, new: Operation) -> Iterator[Reached]:
        olds, news = (_declared(*each) for each in zip(self._documents, (old, new), strict=True))
        resolved, lost = yield from self._dangling(old, new)
        names = (re.findall(r"{([^}]*)}", each.url) for each in (old, new))
        renamed = {("path", was): ("path", now) for was, now in zip(*names, strict=False) if was != now}
        known: set[tuple[str, str]] = set()
        for key, one in olds.items():
            same = renamed.get(key, key)
            moved = (each for each in news if each[1] == key[1] and each not in olds)
            target = same if same in news else next(moved, None)
            if target is None and one.pointer in lost:
                continue
            if target is None:
                delta = Delta.of(
                    "request-parameter-removed", "breaking", one.pointer, values=(_outline(one.value), None)
                )
                yield Reached(delta, "request")
                continue
            known.add(target)
            other = news[target]
            for kind, wire, keyword, was, now in (
                ("request-parameter-moved", "breaking", "in", key[0], target[0]),
                ("path-parameter-renamed", "non-breaking", "name", key[1], target[1]),
            ):
                if was != now:
                    place = child(one.pointer, keyword), child(other.pointer, keyword)
                    yield Reached(Delta.of(kind, _wire(wire), place, values=(was, now)), "request")
            yield from self._parameter(one, other, moved=key[0] != target[0])
        for key, other in news.items():
            if key not in known and other.pointer not in resolved:
                needed = other.value.get("required") is True
                kind = f"request-{'required' if needed else 'optional'}-parameter-added"
                wire = "breaking" if needed else "non-breaking"
                yield Reached(
                    Delta.of(kind, _wire(wire), other.pointer, values=(None, _outline(other.value))), "request"
                )

    def _dangling(self, old: Operation, new: Operation) -> Generator[Reached, None, tuple[set[str], set[str]]]:
        """References to nothing that come or go; returns those that are none any more, and those that are new."""
        refs: list[set[str]] = []
        for document, each in zip(self._documents, (old, new), strict=True):
            held = [*array(each.value.get("parameters")), *array(each.path.get("parameters"))]
            named = {ref for each in held if (ref := str(members(each).get("$ref"))).startswith("#")}
            refs.append({ref for ref in named if document.resolve(ref, {"$ref": ref})[1] is None})
        for ref in sorted(refs[0] - refs[1]):
            if parameter := members(self._documents[1].resolve(ref, {"$ref": ref})[1]):
                value = _outline(parameter)
                value.pop("name", None)
                wire = "breaking" if value["required"] else "non-breaking"
                yield Reached(Delta.of("dangling-ref-resolved", _wire(wire), ref, values=(None, value)), "request")
            else:
                yield Reached(Delta.of("dangling-ref-removed", "non-breaking", ref), "request")
        for ref in sorted(refs[1] - refs[0]):
            yield Reached(Delta.of("dangling-ref-added", "non-breaking", ref), "request")
        return refs[0] - refs[1], refs[1] - refs[0]

    def _parameter(self, one: Part, other: Part, *, moved: bool) -> Iterator[Reached]:
        yield from _required(one, other, "request-parameter", "request")
        old, new = _serialization(one.value), _serialization(other.value)
        for keyword in () if moved else ("style", "explode", "allowReserved", "allowEmptyValue"):
            values = old[keyword], new[keyword]
            if values[0] != values[1] and not (keyword == "explode" and old["style"] != new["style"]):
                place = child(one.pointer, keyword), child(other.pointer, keyword)
                yield Reached(Delta.of("request-parameter-style-changed", "breaking", place, values=values), "request")
        yield from map(Reached, docs(one.value, other.value, both(one.pointer, other.pointer)))
        nodes: list[Node] = []
        for pointer, value in (one, other):
            content = next(iter(members(value.get("content")).items()), None)
            if content:
                pointer, value = child(child(pointer, "content"), content[0]), members(content[1])  # noqa: PLW2901
            nodes.append(_schema(pointer, value))
        yield from self._values(nodes[0], nodes[1], "request", "parameter")

    def _values(self, old: Node, new: Node, direction: Direction, subject: str = "property") -> Iterator[Reached]:
        for delta, paths in self._schemas.compare(old, new, direction, subject).items():
            if delta.wire == "docs-only":
                yield Reached(delta)
            else:
                yield Reached(delta, direction, tuple(f"${path}" for path in paths) if subject == "property" else ())

    # Bodies

    def _body(self, old: Operation, new: Operation) -> Iterator[Reached]:
        one, other = (
            Part(*document.resolve(child(each.pointer, "requestBody"), each.value.get("requestBody")))
            for document, each in zip(self._documents, (old, new), strict=True)
        )
        if one.value and other.value:
            yield from _required(one, other, "request-body", "request")
            yield from self._content(one, other, "request")
        elif one.value:
            yield Reached(Delta.of("request-body-removed", "breaking", one.pointer), "request")
        elif other.value:
            needed = members(other.value).get("required") is True
            kind = f"request-{'required' if needed else 'optional'}-body-added"
            yield Reached(Delta.of(kind, "breaking" if needed else "non-breaking", other.pointer), "request")

    def _content(self, one: Part, other: Part, direction: Direction) -> Iterator[Reached]:
        """Media types and what they hold."""
        yield from map(Reached, docs(members(one.value), members(other.value), both(one.pointer, other.pointer)))
        olds, news = (
            {
                name.partition(";")[0].strip().lower(): Part(child(child(part.pointer, "content"), name), value)
                for name, value in members(members(part.value).get("content")).items()
            }
            for part in (one, other)
        )
        nothing = Part("", None)
        for name in dict.fromkeys([*olds, *news]):
            kind, places = f"{direction}-media-type", (olds.get(name, nothing)[0], news.get(name, nothing)[0])
            if name not in news:
                yield Reached(Delta.of(f"{kind}-removed", "breaking", places[0], values=(name, None)), direction)
            elif name not in olds:
                yield Reached(Delta.of(f"{kind}-added", "non-breaking", places[1], values=(None, name)), direction)
            else:
                old, new = members(olds[name].value), members(news[name].value)
                yield from self._values(_schema(places[0], old), _schema(places[1], new), direction)
                yield from map(Reached, docs(old, new, both(*places)))

    def _responses(self, old: Operation, new: Operation) -> Iterator[Reached]:
        olds, news = (members(each.value.get("responses")) for each in (old, new))
        where, there = (child(each.pointer, "responses") for each in (old, new))
        gone = any(_SUCCESS.fullmatch(status) for status in olds.keys() - news.keys())  # then another one is no more
        for status in dict.fromkeys([*olds, *news]):
            success = bool(_SUCCESS.fullmatch(status))
            kind = f"response-{'success' if success else 'error'}-status"
            wire: WireClass = "breaking" if success and (status not in news or not gone) else "non-breaking"
            places = child(where, status), child(there, status)
            if status not in news:
                yield Reached(Delta.of(f"{kind}-removed", wire, places[0], values=(status, None)), "response")
            elif status not in olds:
                yield Reached(Delta.of(f"{kind}-added", wire, places[1], values=(None, status)), "response")
            else:
                one, other = (
                    Part(*document.resolve(place, each[status]))
                    for document, place, each in zip(self._documents, places, (olds, news), strict=True)
                )
                yield from self._headers(one, other)
                yield from self._content(one, other, "response")

    def _headers(self, one: Part, other: Part) -> Iterator[Reached]:
        olds, news = (
            {
                name.lower(): Part(*document.resolve(child(child(part.pointer, "headers"), name), value))
                for name, value in members(members(part.value).get("headers")).items()
            }
            for document, part in zip(self._documents, (one, other), strict=True)
        )
        for name in dict.fromkeys([*olds, *news]):
            old, new = olds.get(name), news.get(name)
            if old and new:
                yield from _required(old, new, "response-header", "response")
                one_schema, other_schema = (_schema(part.pointer, members(part.value)) for part in (old, new))
                yield from self._values(one_schema, other_schema, "response", "header")
            elif old:
                wire: WireClass = "breaking" if members(old.value).get("required") is True else "non-breaking"
                yield Reached(Delta.of("response-header-removed", wire, old.pointer, values=(name, None)), "response")
            elif new:
                delta = Delta.of("response-header-added", "non-breaking", new.pointer, values=(None, name))
                yield Reached(delta, "response")


def _wire(word: str) -> WireClass:
    return "breaking" if word == "breaking" else "non-breaking"


def _schema(pointer: str, holder: Mapping[str, Any]) -> Node:
    return (Part(child(pointer, "schema"), holder.get("schema", {})),)


def _declared(document: Document, operation: Operation) -> _Parameters:
    """An operation's parameters and those of its path."""
    found: _Parameters = {}
    holders = (operation.pointer.rpartition("/")[0], operation.path), (operation.pointer, operation.value)
    for where, holder in holders:
        for index, each in enumerate(array(holder.get("parameters"))):
            part = Part(*document.resolve(child(child(where, "parameters"), index), each))
            if parameter := members(part.value):
                place, name = str(parameter.get("in")), str(parameter.get("name"))
                found[place, name.lower() if place == "header" else name] = part
    return found


def _required(one: Part, other: Part, what: str, direction: Direction) -> Iterator[Reached]:
    """Whether something became required or optional: who sends suffers from the one, who reads from the other."""
    needed = tuple(members(part.value).get("required") is True for part in (one, other))
    if needed[0] != needed[1]:
        wire = "breaking" if needed[direction == "request"] else "non-breaking"
        place = child(one.pointer, "required"), child(other.pointer, "required")
        kind = f"{what}-became-{'required' if needed[1] else 'optional'}"
        yield Reached(Delta.of(kind, _wire(wire), place, values=(needed[0], needed[1])), direction)


def renamed_schemes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """The security schemes that have another name in the revision: the wire does not show it."""
    come = {json.dumps(scheme(members(new[name])), sort_keys=True): name for name in new if name not in old}
    told = {name: json.dumps(scheme(members(old[name])), sort_keys=True) for name in old if name not in new}
    return {name: come.pop(text) for name, text in told.items() if text in come}


def scheme(value: Mapping[str, Any]) -> dict[str, Any]:
    """A security scheme without its words, and without the scopes that it offers: operations name those they need."""
    kept = {key: each for key, each in value.items() if key != "description" and not key.startswith("x-")}
    if flows := members(value.get("flows")):
        kept["flows"] = {name: {**members(flow), "scopes": None} for name, flow in flows.items()}
    return kept


def _alternatives(raw: Any) -> set[frozenset[tuple[str, str]]]:
    """What must be there together, for each alternative; those that ask for more than another are left out."""
    found: set[frozenset[tuple[str, str]]] = set()
    for alternative in map(members, array(raw) or [{}]):
        needs: set[tuple[str, str]] = set()
        for scheme, scopes in alternative.items():
            needs |= {(scheme, ""), *((scheme, str(scope)) for scope in array(scopes))}
        found.add(frozenset(needs))
    return {each for each in found if not any(other < each for other in found)}


def _outline(parameter: Mapping[str, Any]) -> dict[str, Any]:
    name = {"name": parameter["name"]} if "name" in parameter else {}
    return {"in": parameter.get("in"), **name, "required": parameter.get("required") is True}


def _serialization(parameter: Mapping[str, Any]) -> dict[str, Any]:
    style = parameter.get("style", _STYLES.get(str(parameter.get("in"))))
    defaults = {"style": style, "explode": style == "form", "allowReserved": False, "allowEmptyValue": False}
    return {key: parameter.get(key, default) for key, default in defaults.items()}
