"""The drift check of damaged answers: it has findings where a validator has, and never raises."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from ibm_quantum_backends.drift.json_schema import to_json_schema
from ibm_quantum_backends.drift.openapi import Document, load
from ibm_quantum_backends.drift.payload import BASELINE, PayloadCheck, compare_baseline, read_baseline
from ibm_quantum_backends.drift.witness import response_schema

from .documents import KINDS
from .guard import fuzzed, limited
from .mutations import Damaged
from .test_responses import answers

OPERATIONS: Mapping[str, str] = {
    "list": "list_backends",
    **{kind: f"get_backend_{kind}" for kind in KINDS[1:]},
}


@cache
def document(against: str) -> Document:
    return load(against)


@cache
def validator(against: str, operation: str) -> Any:
    schema = response_schema(document(against), operation)
    assert schema is not None
    return jsonschema_rs.Draft202012Validator(to_json_schema(document(against), schema.value)[0], validate_formats=True)


def refuse(constant: str) -> Any:
    raise ValueError(constant)


@fuzzed(150)
@given(answers(), st.sampled_from(["effective", "effective", "effective", "upstream"]))
def test_an_answer_is_judged_and_never_raises(answer: Damaged, against: str) -> None:
    operation = OPERATIONS[answer.seed.kind]
    with limited():
        check = PayloadCheck(document(against))
        check.add(operation, answer.body, datetime(2026, 4, 17, tzinfo=UTC), "answer.json")
        rows = check.findings()
        assert check.documents == {operation: 1}
        for row in rows:
            assert row.count >= row.documents == 1
            assert row.example.isprintable()
            assert len(row.example) <= 60
            assert len(row.json_path) < 10_000
        json.dumps([row.to_dict() for row in rows]).encode()
        old, new, vanished = compare_baseline(rows, read_baseline(BASELINE), check.documents)
        assert len(old) + len(new) == len(rows)
        assert vanished or against == "upstream" or answer.seed.kind in ("list", "status", "defaults") or rows
        assert all(each.json_path for each in check.coverage())
        event(rows[0].finding if rows else "in step")
        try:
            fits = validator(against, operation).is_valid(json.loads(answer.body.decode(), parse_constant=refuse))
        except (ValueError, RecursionError):
            assert [(row.json_path, row.finding) for row in rows] == [("$", "not-json")]
            return
        assert fits == (not rows)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_damaged_is_in_step(kind: str) -> None:
    from .documents import seeds  # noqa: PLC0415

    check = PayloadCheck()
    for seed in seeds(kind):
        check(OPERATIONS[kind], json.dumps(seed.document).encode())
    assert check.findings() == []
