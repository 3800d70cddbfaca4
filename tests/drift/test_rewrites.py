"""A rewrite that allows the same documents is silent, an edit is one report: of itself, and of it and rewrites too."""

import json
from functools import cache
from random import Random
from typing import Any

import pytest

from ibm_quantum_backends.drift.changes import WIRE_CLASSES, Change, worst
from ibm_quantum_backends.drift.openapi import Document, load
from ibm_quantum_backends.drift.spec import compare

from .edits import RULES, Edit, edited
from .rewrites import DOCUMENT_REWRITES, SCHEMA_REWRITES, rewrite, schemas_of

NAMES = ("upstream", "effective")


@cache
def original(name: str) -> Document:
    return load(name)


def read(data: dict[str, Any]) -> Document:
    return Document("revision", "", data)


def told(changes: list[Change]) -> list[tuple[str, str]]:
    return [(change.kind, change.pointer) for change in changes]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", NAMES)
def test_random_rewrites_are_silent(name: str, seed: int) -> None:
    random, base = Random(f"{name} {seed}"), original(name)
    for steps in (1, 4, 12, 40):
        revision = read(rewrite(base.data, random, steps))
        assert told(compare(base, revision)) == []
        assert told(compare(revision, base)) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_rewrite_everywhere_is_silent(name: str) -> None:
    base, random = original(name), Random(0)
    for rule in SCHEMA_REWRITES:
        data = json.loads(json.dumps(base.data))
        for holder, key in list(schemas_of(data)):
            if isinstance(holder.get(key) if isinstance(holder, dict) else holder[key], dict):
                rule(data, holder, key, random)
        assert told(compare(base, read(data))) == [], rule.__name__
        assert told(compare(read(data), base)) == [], rule.__name__
    for change in DOCUMENT_REWRITES:
        data = json.loads(json.dumps(base.data))
        for _ in range(10):
            change(data, random)
        assert told(compare(base, read(data))) == [], change.__name__
        assert told(compare(read(data), base)) == [], change.__name__


def around(edit: Edit, change: Change) -> bool:
    """Whether a change is told at the place of the edit, or below it."""
    places = [change.pointer, change.revision_pointer or change.pointer]
    return any(place == edit.pointer or place.startswith(f"{edit.pointer}/") for place in places)


def is_single(edit: Edit, forth: list[Change], back: list[Change]) -> None:
    """One report of the worst class, with all that it reaches; and its reverse no worse than it may be."""
    assert worst([change.wire for change in forth], WIRE_CLASSES) == edit.wire, (edit, told(forth))
    assert worst([change.wire for change in back], WIRE_CLASSES) == edit.back, (edit, told(back))
    assert sum(change.wire == "breaking" for change in forth) == (edit.wire == "breaking"), (edit, told(forth))
    assert sum(change.wire == "breaking" for change in back) <= (edit.back == "breaking"), (edit, told(back))
    (main,) = [change for change in forth if change.kind == edit.kind and around(edit, change)]
    assert {*main.operations} == {*edit.operations}, edit
    assert main.direction == (edit.direction if edit.wire != "docs-only" else "none"), edit


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", NAMES)
def test_a_random_edit_is_one_report(name: str, seed: int) -> None:
    random, base = Random(f"{name} {seed}"), original(name)
    for _ in range(8):
        data, edit = edited(base.data, random)
        revision = read(data)
        forth, back = compare(base, revision), compare(revision, base)
        is_single(edit, forth, back)
        assert [change.revision_pointer for change in forth] == [None] * len(forth), edit
        assert all(around(edit, change) for change in forth), edit


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", NAMES)
def test_rewrites_around_an_edit_change_nothing_of_its_report(name: str, seed: int) -> None:
    random, base = Random(f"both {name} {seed}"), original(name)
    for _ in range(4):
        data, edit = edited(base.data, random)
        plain = compare(base, read(data))
        revision = read(rewrite(data, random, 8))
        forth, back = compare(base, revision), compare(revision, base)
        assert [(c.kind, c.wire) for c in forth if c.wire != "docs-only"] == [
            (c.kind, c.wire) for c in plain if c.wire != "docs-only"
        ], edit
        assert worst([change.wire for change in back], WIRE_CLASSES) == edit.back, (edit, told(back))
        (main,) = [change for change in forth if change.kind == edit.kind]
        assert {*main.operations} == {*edit.operations}, edit


def test_every_edit_is_tried() -> None:
    random = Random(0)
    names = {edited(original("upstream").data, random)[1].name for _ in range(400)}
    assert names == {rule.__name__.strip("_") for rule in RULES}
