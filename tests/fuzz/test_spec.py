"""Drift between damaged OpenAPI documents: a report in every format, or one clear error."""

import json
from functools import cache
from pathlib import Path

from conftest import Run
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ibm_quantum_backends.drift.effect import explain
from ibm_quantum_backends.drift.formats import render
from ibm_quantum_backends.drift.openapi import Document, parse, read_yaml
from ibm_quantum_backends.drift.payload import BASELINE, read_baseline
from ibm_quantum_backends.drift.report import FAIL_ON, Report
from ibm_quantum_backends.drift.spec import compare
from ibm_quantum_backends.errors import BackendsError, InvalidInputError

from .documents import Seed
from .guard import fuzzed, limited
from .mutations import Damaged, damaged
from .test_responses import check_error

CASES = Path(__file__).parents[1] / "drift" / "cases"
FORMATS = ("table", "json", "sarif", "github")


@cache
def base() -> Document:
    return parse((CASES / "base.yaml").read_bytes(), "base")


@cache
def seed() -> Seed:
    return Seed("base", "OpenAPI document", read_yaml(base().text))


def revisions() -> st.SearchStrategy[Damaged]:
    return st.deferred(lambda: damaged((seed(),), most=6))


def read(body: bytes) -> Document | None:
    try:
        return parse(body, "damaged")
    except InvalidInputError as error:
        check_error(error)
        return None


def check_report(report: Report) -> None:
    for form in FORMATS:
        assert render(report, form) is not None
    json.dumps(report.to_dict()).encode()
    assert {report.exit_code(level) for level in FAIL_ON} <= {0, 1, 2}


@fuzzed(20, share=0.1)
@given(revisions(), st.booleans(), st.booleans())
def test_a_damaged_document_is_compared_or_refused(damage: Damaged, backwards: bool, open_enums: bool) -> None:
    with limited():
        found = read(damage.body)
        if found is None:
            event("no document")
            return
        assert all(problem.pointer for problem in found.problems)
        documents = (found, base()) if backwards else (base(), found)
        try:
            changes = compare(*documents, open_enums=open_enums)
            told = explain(changes, *documents, read_baseline(BASELINE)["rows"])
        except BackendsError as error:
            event(type(error).__name__)
            check_error(error)
            return
        event("changes" if changes else "the same")
        assert len(told) == len(changes)
        check_report(Report(changes=tuple(told), documents=documents))


# With the generator and mypy, which take seconds.


@settings(fuzzed(2, share=0.003), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(revisions(), st.sampled_from(FAIL_ON))
def test_the_command_has_an_exit_code_for_it(qbackends: Run, tmp_path: Path, damage: Damaged, fail_on: str) -> None:
    file = tmp_path / "revision.json"
    file.write_bytes(damage.body)
    code, out, err = qbackends("drift", "spec", CASES / "base.yaml", file, "--fail-on", fail_on)
    assert code in (0, 1, 2)
    assert "mistake in qbackends" not in err
    assert "Traceback" not in out + err
