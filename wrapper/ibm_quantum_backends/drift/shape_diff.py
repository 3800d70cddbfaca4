"""What two shapes of one JSON type say differently, each by itself; what they hold is compared in `schema_diff`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal, TypeAlias

from .changes import WireClass
from .deltas import DOCS, Delta, Place, both, docs
from .openapi import child
from .schemas import Part, Shape

__all__ = ["STRICT", "Direction", "Words", "keyword_place", "shape_deltas"]

Direction: TypeAlias = Literal["request", "response"]

STRICT = "only a strict validator notices"
# Keywords of JSON Schema that OpenAPI has from 3.1 on, and `not`. One that comes narrows, one that goes widens; who
# reads relies on the first ones (a property that another one brings with it, the form of a text), only a validator on
# the others. What cannot be judged so is told as not compared.
_READ = (
    *("if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties"),
    *("contentEncoding", "contentMediaType", "contentSchema"),
)
_CHECKED = ("not", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "prefixItems")
_ENUMS = ("enum", "const", "x-extensible-enum")
_WIDTHS = {"int32": 32, "float": 32, "int64": 64, "double": 64, None: 1024}  # bits


@dataclass(frozen=True)
class Words:
    """Names and classes of what changes.

    Attributes:
        direction: What the schema describes.
        subject: What it is in names of kinds: `property`, `parameter`, `header` or `array-items`.
        open_enums: Whether readers keep a value or a member that they do not know.
    """

    direction: Direction
    subject: str
    open_enums: bool

    def kind(self, word: str, *, of_type: bool = False) -> str:
        of_type = of_type and self.subject != "array-items"
        return f"{self.direction}-{self.subject}-{'type-' if of_type else ''}{word}"

    def wire(self, *, widens: bool, validator: bool = False, member: bool = False) -> WireClass:
        """Who reads suffers from what widens, unless only a validator sees it; who sends, from what narrows.

        Args:
            widens: Whether more is allowed than before.
            validator: Whether only a validator sees it.
            member: Whether it is a new member of an enumeration or a union.
        """
        if self.direction == "request":
            return "non-breaking" if widens else "breaking"
        return "breaking" if widens and not validator and not (member and self.open_enums) else "non-breaking"


def shape_deltas(one: Shape, other: Shape, words: Words) -> Iterator[Delta]:
    """Every difference of two shapes of one type, but for what their items and properties are."""
    if one.type == "null":
        return
    yield from _enumeration(one, other, words)
    if one.name != other.name:
        wide = one.name == "integer"
        place = child(one.pointer, "type"), child(other.pointer, "type")
        kind = words.kind("widened" if wide else "narrowed", of_type=True)
        yield Delta.of(kind, words.wire(widens=wide), place, values=(one.name, other.name))
    elif one.type in ("number", "string"):
        yield from _format(one, other, words)
    yield from _limits(one, other, words)
    yield from _said(one, other, words)
    yield from _conditions(one, other, words)
    yield from _inert(one, other, words)


def keyword_place(shape: Shape, *keywords: str) -> str | None:
    """Where a shape has the first of some keywords that it has."""
    return next((part.pointer for keyword in keywords if (part := shape.first(keyword))), None)


def _places(one: Shape, other: Shape, *keywords: str) -> Place:
    found = keyword_place(one, *keywords), keyword_place(other, *keywords)
    return found if any(found) else (child(one.pointer, keywords[0]), None)


def _enumeration(one: Shape, other: Shape, words: Words) -> Iterator[Delta]:
    old, new = one.enum, other.enum
    if old is None and new is None:
        return
    place = _places(one, other, *_ENUMS)
    values = (old and list(old.values()), new and list(new.values()))
    wider = words.wire(widens=True, member=True)
    if old is not None and one.first("x-extensible-enum"):  # a new one is no surprise there
        wider = "non-breaking"
    if old is None:
        yield Delta.of(words.kind("became-enum"), words.wire(widens=False), place, values=values)
    elif new is None:
        yield Delta.of(words.kind("enum-removed"), wider, place, values=values)
    else:
        if new.keys() - old.keys():
            yield Delta.of(f"{words.direction}-enum-value-added", wider, place, values=values)
        if old.keys() - new.keys():
            yield Delta.of(f"{words.direction}-enum-value-removed", words.wire(widens=False), place, values=values)


def _format(one: Shape, other: Shape, words: Words) -> Iterator[Delta]:
    old, new = (part.value if (part := shape.first("format")) else None for shape in (one, other))
    if old == new:
        return
    word = "added" if old is None else "removed" if new is None else "changed"
    note = ""
    wire: WireClass = "breaking" if word == "changed" else words.wire(widens=word == "removed")
    if one.type == "number":
        wire = words.wire(widens=_WIDTHS.get(new, 0) > _WIDTHS.get(old, 0), validator=True)
        note = "the width of a number"
    yield Delta.of(words.kind(f"format-{word}"), wire, _places(one, other, "format"), values=(old, new), note=note)


def _limits(one: Shape, other: Shape, words: Words) -> Iterator[Delta]:
    """Lengths, ranges, counts and patterns: in a response, only a validator sees them."""
    for keyword in dict.fromkeys([*one.limits, *other.limits]):
        low, high = one.limits.get(keyword), other.limits.get(keyword)
        if (low and low[:2]) != (high and high[:2]):
            sign = 1 if keyword.startswith("min") else -1
            wide = high is None or (
                low is not None and (sign * high.value, high.exclusive) < (sign * low.value, low.exclusive)
            )
            name = (low or high or ("",))[-1].rpartition("/")[2]
            place = (
                low.pointer if low else child(one.pointer, name),
                high.pointer if high else child(other.pointer, name),
            )
            yield _limit(words, wide, place, (low and low.value, high and high.value))
    old, new = _value(one, "multipleOf"), _value(other, "multipleOf")
    if one.type == "number" and old != new:
        wide = new is None or (bool(old) and bool(new) and old % new == 0)
        yield _limit(words, wide, _places(one, other, "multipleOf"), (old, new))
    old, new = bool(_value(one, "uniqueItems")), bool(_value(other, "uniqueItems"))
    if one.type == "array" and old != new:
        yield _limit(words, old, _places(one, other, "uniqueItems"), (old, new))
    if one.patterns.keys() != other.patterns.keys():
        values = (" and ".join(one.patterns) or None, " and ".join(other.patterns) or None)
        yield _limit(words, other.patterns.keys() < one.patterns.keys(), _places(one, other, "pattern"), values)


def _value(shape: Shape, keyword: str) -> Any:
    return part.value if (part := shape.first(keyword)) else None


def _limit(words: Words, wide: bool, place: Place, values: tuple[Any, Any]) -> Delta:
    kind = f"{words.direction}-constraint-{'relaxed' if wide else 'tightened'}"
    note = STRICT if wide and words.direction == "response" else ""
    return Delta.of(kind, words.wire(widens=wide, validator=True), place, values=values, note=note)


def _said(one: Shape, other: Shape, words: Words) -> Iterator[Delta]:
    """What says nothing about which values there are."""
    for keyword in DOCS:
        olds, news = ({_text(part.value): part for part in shape.each(keyword)} for shape in (one, other))
        lost, won = ([each[text] for text in each if text not in rest] for each, rest in ((olds, news), (news, olds)))
        nothing = [Part(child(shape.pointer, keyword), None) for shape in (one, other)]
        for old, new in zip_longest(lost, won):
            was, now = old or nothing[0], new or nothing[1]
            place = both(was.pointer.rpartition("/")[0], now.pointer.rpartition("/")[0])
            yield from docs({keyword: was.value}, {keyword: now.value}, place, [keyword])
    for keyword in ("title", "default", "discriminator"):
        values = _value(one, keyword), _value(other, keyword)
        if json.dumps(values[0], sort_keys=True) == json.dumps(values[1], sort_keys=True):
            continue
        wire: WireClass = "non-breaking"
        if keyword == "title" and one.type != "object" and one.enum is None:  # it names no generated class
            wire = "docs-only"
        kind = "title-changed" if keyword == "title" else f"{words.direction}-{keyword}-changed"
        note = "a change of behaviour" if keyword == "default" else ""
        yield Delta.of(kind, wire, _places(one, other, keyword), values=values, note=note)


def _text(value: Any) -> str:
    return json.dumps(" ".join(value.split()) if isinstance(value, str) else value, sort_keys=True)


def _conditions(one: Shape, other: Shape, words: Words) -> Iterator[Delta]:
    """Keywords that are judged by whether they are there."""
    for keyword in (*_READ, *_CHECKED):
        old, new = ([part.value for part in shape.each(keyword)] or None for shape in (one, other))
        if old == new:
            continue
        place, values = _places(one, other, keyword), (old, new)
        changed, wide = bool(old and new), new is None
        if keyword == "prefixItems" or (keyword in _CHECKED and (changed or (wide and words.direction == "response"))):
            note = f"{keyword} is not compared: read it"
            yield Delta.of("not-compared", "non-breaking", place, values=values, note=note)
        else:
            kind = f"{words.direction}-constraint-{'changed' if changed else 'relaxed' if wide else 'tightened'}"
            yield Delta.of(kind, "breaking" if changed else words.wire(widens=wide), place, values=values)


def _inert(one: Shape, other: Shape, words: Words) -> Iterator[Delta]:
    """Limits for another type than the schema's, such as `maxItems` of a string: somebody meant something else."""
    for keyword in one.inert.keys() & other.inert.keys():
        old, new = one.inert[keyword], other.inert[keyword]
        if old.value != new.value:
            kind, note = f"{words.direction}-inert-keyword-changed", f"it has no effect on type {one.name}"
            yield Delta.of(kind, "none", (old.pointer, new.pointer), values=(old.value, new.value), note=note)
