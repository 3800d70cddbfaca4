"""What two schemas allow that is not the same, for whoever reads a response or sends a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from .changes import WireClass
from .deltas import Delta
from .openapi import Document, child, members
from .schemas import ANY, TYPES, Node, Part, Shape, components, shapes, union
from .shape_diff import STRICT, Direction, Words, keyword_place, shape_deltas

__all__ = ["Found", "SchemaDiff"]

Found: TypeAlias = "dict[Delta, set[str]]"  # with the JSON paths at which it shows
_Pairs: TypeAlias = "tuple[list[tuple[Shape, Shape]], list[Shape], list[Shape]]"

_MOST_PATHS = 20  # of one change that are told


class SchemaDiff:
    """Compares schemas of two documents.

    Args:
        base, revision: The documents.
        open_enums: Whether readers keep a value or a member that they do not know.

    Attributes:
        renamed: Components that stand where another did, as pairs of pointers.
    """

    def __init__(self, base: Document, revision: Document, *, open_enums: bool = False) -> None:
        self._base = base
        self._revision = revision
        self._open_enums = open_enums
        self._known: dict[Any, Found] = {}
        self._open: set[Any] = set()
        self.renamed: dict[str, str] = {}

    def compare(self, base: Node, revision: Node, direction: Direction, subject: str = "property") -> Found:
        """The differences of two schemas, with where in a value they show, as JSON paths below it.

        Args:
            base, revision: The schemas.
            direction: What they describe.
            subject: What they are, as in `Words`.
        """
        key = (tuple(part.pointer for part in base), tuple(part.pointer for part in revision), direction, subject)
        if key in self._open:  # a schema that holds itself: what differs is found where it begins
            return {}
        if key not in self._known:
            self._open.add(key)
            self._known[key] = self._compare(base, revision, Words(direction, subject, self._open_enums))
            self._open.discard(key)
        return self._known[key]

    def _compare(self, base: Node, revision: Node, words: Words) -> Found:
        olds, news = components(self._base, base), components(self._revision, revision)
        if len(olds) == len(news):
            self.renamed |= {old: new for old, new in zip(olds, news, strict=True) if old != new}
        before, after = shapes(self._base, base), shapes(self._revision, revision)
        pairs, lost, won = self._match(before, after, words.direction)
        found: Found = {}
        old, new = _Side(self._base, base, before, lost), _Side(self._revision, revision, after, won)
        for delta in self._types(old, new, words):
            found.setdefault(delta, set()).add("")
        for one, other in pairs:
            for delta, paths in self._shape(one, other, words).items():
                found.setdefault(delta, set()).update(paths)
        wires = [delta.wire for delta in found]
        wire: WireClass = "breaking" if "breaking" in wires else "non-breaking"
        swapped = bool(olds or news) and not {*olds} & {*news}
        other_one = bool(olds and news) and swapped and self._base.at(news[-1]) is not None
        apart = old.fields and not old.fields & new.fields and (swapped or len(old.fields) > 1)
        if (other_one and wire in wires) or (wire == "breaking" and (apart or (swapped and not pairs))):
            place = (base[0].pointer, revision[0].pointer) if swapped else (old.place, new.place)
            return {self._replaced(place, wire, (old, new), (olds, news), words): {""}}
        return found

    @staticmethod
    def _replaced(
        place: tuple[str, str],
        wire: WireClass,
        sides: tuple[_Side, _Side],
        named: tuple[list[str], list[str]],
        words: Words,
    ) -> Delta:
        """One schema in place of another: one change where it is used, and not one for all that they do not share."""
        values = sides[0].beside_null, sides[1].beside_null
        if values[0] == values[1]:
            old, new = (each[-1].rpartition("/")[2] if each else values[0] for each in named)
            values = old, new
        word = "changed" if wire == "breaking" else "narrowed" if words.direction == "response" else "widened"
        if ANY in (sides[0].name, sides[1].name):
            word = "widened" if sides[1].name == ANY else "narrowed"
        return Delta.of(words.kind(word, of_type=True), wire, place, values=values, note="another schema")

    def _match(self, before: list[Shape], after: list[Shape], direction: Direction) -> _Pairs:
        """Shapes of one type that stand for each other, and those that are left on each side."""
        pairs: list[tuple[Shape, Shape]] = []
        lost, won = list(before), list(after)
        words = Words(direction, "property", self._open_enums)
        rules: tuple[Callable[[Shape, Shape], bool], ...] = (lambda one, other: True,)
        if any(len({shape.type for shape in side}) < len(side) for side in (before, after)):
            rules = (  # several of one type: by what they allow, then by name, then by what they have in common
                lambda one, other: all(delta.wire == "docs-only" for delta in self._shape(one, other, words)),
                lambda one, other: one.pointer == other.pointer and one.pointer.count("/") == 3,
                lambda one, other: bool(one.properties.keys() & other.properties.keys()),
                lambda one, other: (
                    one.type != "object" and one.name == other.name and (not one.enum) == (not other.enum)
                ),
            )
        for fits in rules:
            for one in list(lost):
                other = next((other for other in won if other.type == one.type and fits(one, other)), None)
                if other is not None:
                    pairs.append((one, other))
                    lost.remove(one)
                    won.remove(other)
        return pairs, lost, won

    def _types(self, old: _Side, new: _Side, words: Words) -> Iterator[Delta]:
        """Types and members of unions that come and go."""
        if ANY not in (old.name, new.name) and old.null != new.null:
            kind = words.kind("became-nullable" if new.null else "became-not-nullable")
            where = old.nulled or new.nulled
            at = [child(where if side.has(where) else side.place, "nullable") for side in (old, new)]
            yield Delta.of(kind, words.wire(widens=new.null), (at[0], at[1]), values=(old.null, new.null))
        if (old.union and new.union) or old.types == new.types:
            place = old.union.pointer if old.union else old.place, new.union.pointer if new.union else new.place
            for word, wide, left in (("added", True, new.left), ("removed", False, old.left)):
                if left:
                    wire = words.wire(widens=wide, member=True)
                    kind = f"{words.direction}-one-of-variant-{word}"
                    note = f"{word}: {_names(left)}"
                    yield Delta.of(kind, wire, place, values=(old.members, new.members), note=note)
        elif old.left or new.left:
            if old.name == ANY or not new.left:
                word, wire = "narrowed", words.wire(widens=False)
            elif new.name == ANY or not old.left:
                word, wire = "widened", words.wire(widens=True)
            else:
                word, wire = "changed", "breaking"
            kind = words.kind(word, of_type=True)
            yield Delta.of(kind, wire, (old.typed, new.typed), values=(old.beside_null, new.beside_null))

    def _shape(self, one: Shape, other: Shape, words: Words) -> Found:
        found: Found = {delta: {""} for delta in shape_deltas(one, other, words)}

        def below(path: str, base: Node, revision: Node, subject: str = "property") -> None:
            for delta, paths in self.compare(base, revision, words.direction, subject).items():
                held = found.setdefault(delta, set())
                held.update(sorted(path + each for each in paths)[: _MOST_PATHS - len(held)])

        if one.type == "array" and (one.items or other.items):
            subject = "property" if one.items and other.items else "array-items"
            below("[*]", one.items or _free(one, "items"), other.items or _free(other, "items"), subject)
        if one.type == "object":
            for delta, path in self._members(one, other, words):
                found.setdefault(delta, set()).add(path)
            for name in one.properties.keys() & other.properties.keys():
                below(_step(name), one.properties[name], other.properties[name])
            if (one.additional or other.additional) and not (one.closed or other.closed):
                keyword = "additionalProperties"
                below(".*", one.additional or _free(one, keyword), other.additional or _free(other, keyword))
        return found

    def _members(self, one: Shape, other: Shape, words: Words) -> Iterator[tuple[Delta, str]]:
        """Properties that come, go, or become required; and whether other names are allowed."""
        for name in dict.fromkeys([*one.properties, *other.properties, *one.required, *other.required]):
            for delta in self._property(name, one, other, words):
                yield delta, _step(name)
        if (one.closed is None) != (other.closed is None):
            wide = one.closed is not None
            keyword = "additionalProperties"
            place = tuple(
                each.closed or keyword_place(each, keyword) or child(each.pointer, keyword) for each in (one, other)
            )
            kind = f"{words.direction}-additional-properties-{'opened' if wide else 'closed'}"
            note = STRICT if wide and words.direction == "response" else ""
            wire = words.wire(widens=wide, validator=True)
            yield Delta.of(kind, wire, (place[0], place[1]), values=(not wide, wide), note=note), ".*"

    def _property(self, name: str, one: Shape, other: Shape, words: Words) -> Iterator[Delta]:
        response = words.direction == "response"
        olds, news = one.properties.get(name, ()), other.properties.get(name, ())
        old = bool(olds) and not _hidden(self._base, olds, words)
        new = bool(news) and not _hidden(self._revision, news, words)
        needed = name in one.required, name in other.required
        place = (olds[0].pointer if olds else None, news[0].pointer if news else None)
        if old and not new:
            wire: WireClass = "breaking" if (needed[0] if response else other.closed) else "non-breaking"
            kind = f"{words.direction}-{'required' if needed[0] else 'optional'}-property-removed"
            yield Delta.of(kind, wire, place, values=(_told(self._base, olds, needed[0]), None))
        elif new and not old:
            wire = "breaking" if needed[1] and not response else "non-breaking"
            kind = f"{words.direction}-{'required' if needed[1] else 'optional'}-property-added"
            yield Delta.of(kind, wire, place, values=(None, _told(self._revision, news, needed[1])))
        elif needed[0] != needed[1]:
            values = ("required", "optional") if needed[0] else ("optional", "required")
            lists = [
                shape.required.get(name) or keyword_place(shape, "required") or child(shape.pointer, "required")
                for shape in (one, other)
            ]
            kind, wire = words.kind(f"became-{values[1]}"), words.wire(widens=needed[0])
            yield Delta.of(kind, wire, (lists[0], lists[1]), values=values, note=f"property {name}")


class _Side:
    """One of two schemas: the union that it is, and the shapes of it that have no partner in the other."""

    def __init__(self, document: Document, node: Node, found: list[Shape], left: list[Shape]) -> None:
        self._document = document
        self.name = _names(found)
        null = next((shape.pointer for shape in found if shape.type == "null"), "")
        self.null = bool(null)
        self.nulled = re.sub(r"/(any|one)Of/\d+$", "", null)  # where null is allowed
        self.beside_null = _names([shape for shape in found if shape.type != "null"]) if self.name != ANY else ANY
        self.types = {shape.type for shape in found} - {"null"}
        self.left = [shape for shape in left if shape.type != "null"]
        self.union = union(document, node)
        self.fields = {name for shape in found for name in shape.properties}
        self.members = self.union.members if self.union else sum(shape.type != "null" for shape in found)
        self.place = next((shape.pointer for shape in found if shape.type != "null"), node[0].pointer if node else "#")
        self.typed = child(self.place, "type") if "type" in members(document.at(self.place)) else self.place

    def has(self, pointer: str) -> bool:
        return self._document.at(pointer) is not None


def _names(found: list[Shape]) -> str:
    """The types of a union, as people write them."""
    if {shape.type for shape in found if shape.is_free} == set(TYPES):
        return ANY
    names = list(dict.fromkeys(shape.name for shape in found))
    return " | ".join(name for name in names if not (name == "integer" and "number" in names)) or "nothing"


def _told(document: Document, node: Node, required: bool) -> str:
    return _names(shapes(document, node)) + (", required" if required else "")


def _hidden(document: Document, node: Node, words: Words) -> bool:
    """Whether a property is not for this direction."""
    keyword = "writeOnly" if words.direction == "response" else "readOnly"
    return any(members(document.resolve(*part)[1]).get(keyword) is True for part in node)


def _free(shape: Shape, keyword: str) -> Node:
    """A schema that allows anything, where a shape says nothing."""
    return (Part(child(shape.pointer, keyword), {}),)


def _step(name: str) -> str:
    return f".{name}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name) else f"[{name!r}]"
