"""An independent suite: oasdiff's public cases, read from beside the project where they are; see DRIFT_FIXTURES."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ibm_quantum_backends.drift.changes import Change
from ibm_quantum_backends.drift.openapi import load
from ibm_quantum_backends.drift.spec import compare

FOLDER = Path(os.environ.get("DRIFT_FIXTURES", "no folder"), "oasdiff-cases")
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="DRIFT_FIXTURES names no folder with oasdiff-cases")

# What each of their levels is here.
CLASSES = {
    "ERR": {"breaking"},
    "WARN": {"breaking", "non-breaking"},
    "INFO": {"non-breaking", "docs-only", "none"},
}

SECURITY = "deliberate: a condition more, or an alternative less, is breaking"
VALIDATOR = "deliberate: a limit of a response that widens is seen by a validator only"
DEFAULT = "deliberate: a default of a request is behaviour"
MEMBER = "deliberate: a new member of a union in a response is breaking"
NOT_COMPARED = "not compared: a keyword of OpenAPI 3.1, told for somebody to read"
SAME_ALL_OF = "an allOf of what was beside it: the same documents"
NO_EFFECT = "a keyword without effect on the schema's type"
INLINE = "members that allow the same, by another name or inline"

DISAGREEMENTS: dict[str, str] = {
    "TestAPIGlobalSecurityyAdded": SECURITY,
    "TestAPISecurityAdded": SECURITY,
    "TestAPISecurityScopeAdded": SECURITY,
    "TestRequestParameterDefaultValueChanged": DEFAULT,
    "TestRequestParameterDefaultValueChangedAndRenamedParameter": DEFAULT,
    "TestResponsePropertyAnyOfAdded": MEMBER,
    "TestResponseBodyMinContainsDecreased": VALIDATOR,
    "TestResponseBodyMaxContainsIncreased": VALIDATOR,
    "TestResponsePropertyMinContainsDecreased": VALIDATOR,
    "TestResponsePropertyMaxContainsIncreased": VALIDATOR,
    "TestResponsePropertyExclusiveMaxIncreased": VALIDATOR,
    "TestResponsePropertyMinDecreased": VALIDATOR,
    "TestResponsePropertyExclusiveMinDecreased": VALIDATOR,
    "TestRequestBodyPrefixItemsRemoved": NOT_COMPARED,
    "TestRequestPropertyPrefixItemsRemoved": NOT_COMPARED,
    "TestResponseBodyContainsRemoved": NOT_COMPARED,
    "TestResponsePropertyContainsRemoved": NOT_COMPARED,
    "TestResponseBodyPrefixItemsAdded": NOT_COMPARED,
    "TestResponsePropertyPrefixItemsAdded": NOT_COMPARED,
    "TestResponseBodyPropertyNamesRemoved": NOT_COMPARED,
    "TestResponsePropertyPropertyNamesRemoved": NOT_COMPARED,
    "TestResponseBodyUnevaluatedRemoved": NOT_COMPARED,
    "TestResponsePropertyUnevaluatedRemoved": NOT_COMPARED,
    "TestWebhookOperationChangesDetected": NOT_COMPARED,
    "TestBreaking_RequestPropertyAllOfAdded": SAME_ALL_OF,
    "TestBreaking_RequestPropertyAllOfRemoved": SAME_ALL_OF,
    "TestRequestPropertyAllOfAdded": SAME_ALL_OF,
    "TestRequestPropertyAllOfRemoved": SAME_ALL_OF,
    "TestResponsePropertyAllOfAdded": SAME_ALL_OF,
    "TestResponsePropertyAllOfRemoved": SAME_ALL_OF,
    "TestRequestParameterMaxItemsDecreased": NO_EFFECT,
    "TestRequestParameterMaxDecreased": NO_EFFECT,
    "TestResponseBodyMinDecreased": VALIDATOR,
    "TestResponseBodyExclusiveMinDecreased": VALIDATOR,
    "TestRequestPropertyAnyOfInlineEnumRefactorToRef": INLINE,
    "TestRequestBodyAnyOfMultiMediaTypeDetails": INLINE,
}


@cache
def cases() -> list[dict[str, Any]]:
    return json.loads((FOLDER / "cases.json").read_text("utf-8"))  # type: ignore[no-any-return]


@cache
def changes(base: str, revision: str) -> list[Change]:
    return compare(load(FOLDER / base), load(FOLDER / revision))


def found(case: dict[str, Any], rule: str) -> Iterator[Change]:
    """The changes of a rule's direction."""
    direction = case["directions"][rule].lower()
    for change in changes(case["base"], case["revision"]):
        if direction == "none" or change.direction in (direction, "both"):
            yield change


def agrees(case: dict[str, Any]) -> bool:
    return all(
        any(change.wire in CLASSES[case["levels"][rule]] for change in found(case, rule))
        for rule in case["expected_ids"]
    )


def test_the_cases_are_whole() -> None:
    assert len(cases()) == len({case["test"] for case in cases()}) == 235
    assert all(case["expected_ids"] for case in cases())


def test_every_disagreement_has_its_reason() -> None:
    names = {case["test"] for case in cases() if not agrees(case)}
    assert names == {*DISAGREEMENTS}


def test_agreement() -> None:
    outside = [name for name, reason in DISAGREEMENTS.items() if reason.startswith(("deliberate", "not compared"))]
    counted = [case for case in cases() if case["test"] not in outside]
    assert sum(map(agrees, counted)) / len(counted) >= 0.95


@pytest.mark.parametrize("name", [name for name, reason in DISAGREEMENTS.items() if reason == NOT_COMPARED])
def test_what_is_not_compared_is_told(name: str) -> None:
    case = next(case for case in cases() if case["test"] == name)
    kinds = [{change.kind for change in changes(case["base"], case["revision"])} for _ in case["expected_ids"]]
    assert all("not-compared" in each for each in kinds)


@pytest.mark.parametrize("name", [name for name, reason in DISAGREEMENTS.items() if reason == NO_EFFECT])
def test_what_has_no_effect_is_told(name: str) -> None:
    case = next(case for case in cases() if case["test"] == name)
    assert any(change.kind.endswith("inert-keyword-changed") for change in changes(case["base"], case["revision"]))


@pytest.mark.parametrize("name", [name for name, reason in DISAGREEMENTS.items() if reason in (SAME_ALL_OF, INLINE)])
def test_rewrites_are_silent_on_the_wire(name: str) -> None:
    case = next(case for case in cases() if case["test"] == name)
    assert all(change.kind == "title-changed" for change in changes(case["base"], case["revision"]))


def test_both_directions_are_read_without_an_error() -> None:
    for case in cases():
        for change in compare(load(FOLDER / case["revision"]), load(FOLDER / case["base"])):
            json.dumps(change.to_dict())
