"""One report for all checks: its classes, exit codes and JSON."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibm_quantum_backends.drift import report as report_module
from ibm_quantum_backends.drift.accepted import Accepted
from ibm_quantum_backends.drift.changes import SOURCE_CLASSES, WIRE_CLASSES, Change
from ibm_quantum_backends.drift.formats import render
from ibm_quantum_backends.drift.openapi import Document, parse
from ibm_quantum_backends.drift.report import FAIL_ON, Report, rank

from .cases import CASES, Case

SCHEMA = json.loads(Path(report_module.__file__).with_name("report.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
DAY = date(2026, 3, 15)
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def valid(report: Report) -> Any:
    """The JSON of a report, which its schema allows."""
    data = json.loads(str(render(report, "json")))
    VALIDATOR.validate(data)
    return data


def change(wire: Any = "none", source: Any = "none", **more: Any) -> Change:
    return Change(**{"kind": "changed", "wire": wire, "source": source, "pointer": "#/info", **more})


def report(*changes: Change, **more: Any) -> Report:
    return Report(changes=changes, **more)


def expected(row: dict[str, Any]) -> Change:
    fields = {key: tuple(value) if key in ("operations", "json_path") else value for key, value in row.items()}
    return Change(
        wire=fields.pop("class"), **{key: fields[key] for key in fields if key in Change.__dataclass_fields__}
    )


text = st.text(max_size=20)
pointers = text.map("#/{}".format)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
changes = st.builds(
    Change,
    kind=st.from_regex(r"[a-z]{1,9}(-[a-z]{1,9}){0,3}", fullmatch=True),
    wire=st.sampled_from(WIRE_CLASSES),
    source=st.sampled_from(SOURCE_CLASSES),
    direction=st.sampled_from(["request", "response", "both", "none"]),
    pointer=pointers,
    revision_pointer=st.none() | pointers,
    operations=st.lists(text, max_size=4).map(tuple),
    json_path=st.lists(text, max_size=3).map(tuple),
    before=values,
    after=values,
    note=text,
    effect_here=st.sampled_from(["none", "raises: KeyError", "unknown"]),
    evidence=st.dictionaries(st.sampled_from(["witness", "recorded"]), values),
    check=st.sampled_from(["generated", "document", "responses", "wrapper"]),
    file=st.none() | st.from_regex(r"[a-z #%:]{1,9}\.py", fullmatch=True),
)
documents = st.sampled_from(
    [(), (parse(b"{openapi: 3.0.0, paths: {}}", "a b.yaml"), parse(b"openapi: 3.1.0\npaths: {}", "é.yaml"))]
)
entries = st.builds(
    Accepted,
    st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    text.filter(str.strip),
    st.just(DAY),
    st.dates(DAY),
    st.just("accepted.yaml"),
    st.integers(1, 99),
)
reports = st.builds(
    Report,
    changes=st.lists(changes, max_size=6).map(tuple),
    documents=documents,
    accepted=st.lists(st.tuples(changes, entries), max_size=2).map(tuple),
    source_reason=text,
    not_run=st.dictionaries(text, text, max_size=3),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    """The report that each case expects has its classes and its exit code."""
    found = report(*map(expected, case.expect["changes"]), documents=case.documents())
    data = valid(found)
    told = {"class": data["class"], "source": data["source"], "exit_code": found.exit_code("wire-breaking")}
    assert told == {name: case.expect[name] for name in told}
    assert data["problems"]["base"]


@few
@given(reports)
def test_every_report_fits_the_schema(found: Report) -> None:
    valid(found)


@given(
    st.lists(st.builds(change, st.sampled_from(WIRE_CLASSES), st.sampled_from(SOURCE_CLASSES))),
    st.sampled_from(FAIL_ON),
    st.booleans(),
    st.dictionaries(st.just("responses"), st.just("no network")),
)
def test_exit_code(changes: list[Change], fail_on: Any, require_all: bool, not_run: dict[str, str]) -> None:
    found = report(*changes, not_run=not_run)
    code = found.exit_code(fail_on, require_all=require_all)
    assert (code == 1) == any(rank(each) <= FAIL_ON.index(fail_on) for each in changes)
    assert code != 2 or found.undecided(fail_on, require_all=require_all)
    assert code != 1 or found.exit_code(FAIL_ON[-1]) == 1  # a level includes those before it
    known = all(each.source != "unknown" for each in changes)
    assert code != 2 or not known or (require_all and not_run)


@pytest.mark.parametrize(
    ("found", "codes"),
    [
        (report(), [0, 0, 0, 0]),
        (report(change("breaking")), [1, 1, 1, 1]),
        (report(change("docs-only", "breaking")), [0, 1, 1, 1]),
        (report(change("non-breaking")), [0, 0, 1, 1]),
        (report(change("none", "compatible")), [0, 0, 1, 1]),
        (report(change("docs-only")), [0, 0, 0, 1]),
        (report(change()), [0, 0, 0, 0]),
        (report(change("breaking", "unknown")), [1, 1, 1, 1]),
        (report(change("non-breaking", "unknown")), [0, 2, 1, 1]),
        (report(change("docs-only", "unknown")), [0, 2, 2, 1]),
        (report(change("docs-only", "unknown"), change("none", "breaking")), [0, 1, 1, 1]),
        (report(change("none", "unknown")), [0, 2, 2, 2]),
    ],
)
def test_levels(found: Report, codes: list[int]) -> None:
    assert [found.exit_code(level) for level in FAIL_ON] == codes


def test_reasons() -> None:
    unknown = report(change("docs-only", "unknown"), source_reason="the generator is not installed")
    assert unknown.undecided("source-breaking").endswith("1 changes do to typed code: the generator is not installed")
    assert unknown.undecided("wire-breaking") == ""
    missing = report(not_run={"responses": "no network", "wrapper": "no tag"})
    assert (missing.exit_code("docs-only"), missing.exit_code("docs-only", require_all=True)) == (0, 2)
    assert (
        missing.undecided("docs-only", require_all=True) == "responses: NOT RUN: no network; wrapper: NOT RUN: no tag"
    )


def test_classes_and_order() -> None:
    rows = [("none", "none", "#/1"), ("docs-only", "none", "#/0"), ("non-breaking", "compatible", "#/b")]
    rows += [("non-breaking", "unknown", "#/a"), ("none", "breaking", "#/z"), ("breaking", "none", "#/y")]
    found = report(*(change(wire, source, pointer=pointer) for wire, source, pointer in rows))
    assert [each.pointer for each in found.changes] == ["#/y", "#/z", "#/a", "#/b", "#/0", "#/1"]
    assert (found.wire, found.source) == ("breaking", "breaking")
    assert report(change("none", "compatible"), change("none", "unknown")).source == "unknown"
    assert (report().wire, report().source) == ("none", "none")


def test_accepting() -> None:
    breaking, other = change("breaking", "breaking"), change("non-breaking", pointer="#/other")
    entry = Accepted(breaking.fingerprint, "known", DAY, DAY, "accepted.yaml", 1)
    stale = Accepted("0" * 16, "gone", DAY, DAY, "accepted.yaml", 5)
    found = report(breaking, other).accepting([entry, stale], DAY)
    assert [each.kind for each in found.changes] == ["accepted-entry-unmatched", "changed"]
    assert (found.wire, found.source) == ("non-breaking", "none")
    assert [found.exit_code(level) for level in FAIL_ON] == [0, 0, 1, 1]
    assert valid(found)["accepted"] == [
        {"reason": "known", "date": "2026-03-15", "expiry": "2026-03-15", "change": breaking.to_dict()}
    ]
    # Where a check did not run, an entry may be about what it would have found.
    partial = report(breaking, not_run={"responses": "no network"}).accepting([entry, stale], DAY)
    assert (partial.changes, len(partial.accepted)) == ((), 1)


def test_names_and_problems() -> None:
    base = parse(b"{openapi: 3.0.0, paths: {/a: {$ref: '#/b'}}}", "old.yaml")
    data = valid(report(documents=(base, Document("new.yaml", "", {"paths": {}}))))
    assert (data["base"], data["revision"], data["problems"]["revision"]) == ("old.yaml", "new.yaml", [])
    assert [problem["kind"] for problem in data["problems"]["base"]] == ["dangling-ref"]
