"""The damage itself: all kinds of it occur, and a document without any is as it was."""

import json
from collections import Counter

from hypothesis import given, settings

from .documents import seeds
from .guard import fuzzed
from .mutations import Damaged, damaged

EDITS = {
    *("words", "literal", "qubits", "null", "drop", "empty", "rename", "twice", "add", "nest", "swap", "as_text"),
    *("scale", "backwards", "anything", "number"),
}
BYTES = {"cut", "flip", "insert", "remove", "repeat", "tail", "head", "other", "utf-16", "latin-1", "utf-8-sig"}
SIGNS = (
    b"NaN",
    b"Infinity",
    b"1e999",
    b"9" * 5000,
    b"\\ud800",
    b"\\u0000",
    b"[" * 100_000,
    b"\xff\xfe",
    b"x" * 100_000,
)


def test_every_kind_of_damage_occurs() -> None:
    found: Counter[str] = Counter()
    signs: set[bytes] = set()
    twice: list[bytes] = []

    @settings(fuzzed(5000), max_examples=5000, derandomize=True, database=None)
    @given(damaged(seeds("status")))
    def collect(damage: Damaged) -> None:
        found.update(part for edit in damage.edits for part in edit.replace(":", "").split() if part in EDITS | BYTES)
        signs.update(sign for sign in SIGNS if sign in damage.body)
        if any("under the same name" in edit for edit in damage.edits):
            twice.append(damage.body)
        if not damage.edits:
            assert json.loads(damage.body) == damage.seed.document

    collect()
    assert found.keys() == EDITS | BYTES
    assert signs == {*SIGNS}
    assert any(body.count(b'"state": ') == 2 for body in twice)
