"""What a change does to the released client, and what recorded answers say of it."""

import copy
import json
from typing import Any

import pytest

from ibm_quantum_backends.drift.changes import Change
from ibm_quantum_backends.drift.effect import explain
from ibm_quantum_backends.drift.openapi import Document, load
from ibm_quantum_backends.drift.payload import BASELINE, read_baseline
from ibm_quantum_backends.drift.spec import compare

from .cases import CASES, Case

ROWS: list[dict[str, Any]] = read_baseline(BASELINE)["rows"]
# By case, of its breaking change.
EFFECTS = {
    "o01": "raises: DecodeError $.gates[0].parameters[0].unit: expected a value, found nothing",
    "o02": "absorbed: the overlay allows it already",
    "o03": "absorbed: the overlay allows it already",
    "o04": "absorbed: the overlay allows it already",
    "o05": "absorbed: a value that is not declared is kept at $.devices[*].status.name",
    "o07": "wrong-type: $.devices[*].performance_metrics.two_q_error_best.value is passed on as it is",
    "o09": "raises: DecodeError $.online_date: expected a value that can be read "
    "(Invalid isoformat string: 'not in the form not in t'), found 'not in the form not in t'",
    "o11": "wrong-type: $.clops is passed on as it is",
    "o13": "refused: the client need not send calibration_id",
    "o14": "refused: the client may send what is no longer taken",
    "o15": "gone: Backends.defaults",
    "o17": "gone: region eu-de",
    "o18": "absorbed: the client sends it all",
    "oc2": "absorbed: a value that is not declared is kept at $.clops",
}


def explained(base: Document, revision: Document) -> list[Change]:
    return explain(compare(base, revision), base, revision, ROWS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case(case: Case) -> None:
    changes = explained(*case.documents())
    told = {change.effect_here for change in changes if change.wire == "breaking"}
    assert told == ({EFFECTS[case.expect["id"]]} if case.expect["class"] == "breaking" else set())
    assert {change.effect_here for change in changes if change.wire != "breaking"} <= {"none"}
    for change in changes:
        broken = change.wire == "breaking" and change.direction == "response" and bool(change.json_path)
        assert set(change.evidence) == ({"recorded", "witness"} if broken else set())
        json.dumps(change.to_dict())


def test_recorded_answers_are_told() -> None:
    (case,) = (case for case in CASES if case.expect["id"] == "o04")
    (change,) = explained(*case.documents())
    assert change.evidence["recorded"].startswith("40,213 recorded values already were integer, in "), change.evidence
    assert change.evidence["witness"]["operation"] == "get_backend_properties"
    (case,) = (case for case in CASES if case.expect["id"] == "o05")
    (change,) = explained(*case.documents())
    assert change.evidence["recorded"] == "no recorded answer shows it"


@pytest.mark.parametrize(
    ("finding", "found", "sentence"),
    [
        ("type", {"string": 2, "null": 1}, "1,234 recorded values already were string or null, in 1,000 documents"),
        ("missing-required", {}, "1,000 documents that are recorded had none already"),
        ("enum", {}, "1,234 recorded values already were not as declared (enum), in 1,000 documents"),
        ("pattern", {}, "no recorded answer shows it"),
        ("unknown-field", {}, "no recorded answer shows it"),
    ],
)
def test_sentences(finding: str, found: dict[str, int], sentence: str) -> None:
    (case,) = (case for case in CASES if case.expect["id"] == "o03")
    base, revision = case.documents()
    row = {"operation": "get_backend_configuration", "json_path": "$.dt", "finding": finding, "found": found}
    row |= {"count": 1234, "documents": 1000}
    others = [{**row, "operation": "get_backend_status"}, {**row, "json_path": "$.dtm"}]
    (change,) = explain(compare(base, revision), base, revision, [row, *others])
    assert change.evidence["recorded"] == sentence


# What the cases do not show


def edited(edit: Any) -> list[Change]:
    base = load("upstream")
    data = copy.deepcopy(base.data)
    edit(data)
    revision = Document("revision", "", data)
    return [change for change in explained(base, revision) if change.wire == "breaking"]


STATUS = "/v1/backends/{id}/status"


def test_a_server_that_is_no_region() -> None:
    base = copy.deepcopy(load("upstream").data)
    base["servers"].append({"url": "https://elsewhere.test/api"})
    documents = Document("base", "", base), load("upstream")
    (change,) = explained(*documents)
    assert (change.kind, change.effect_here) == ("server-removed", "none: this client does not use it")


def test_all_servers_of_an_operation() -> None:
    (change,) = edited(lambda data: data["paths"][STATUS]["get"].update(servers=[{"url": "https://x.test"}]))
    assert change.effect_here == "gone: region us-east, eu-de"


def test_an_operation_that_this_client_does_not_call() -> None:
    def named(data: dict[str, Any]) -> dict[str, Any]:
        data["paths"]["/v1/jobs"] = copy.deepcopy(data["paths"][STATUS])
        data["paths"]["/v1/jobs"]["get"]["operationId"] = "list_jobs"
        return data

    base = Document("base", "", named(copy.deepcopy(load("upstream").data)))
    for edit, effect in (
        (lambda get: get["responses"].pop("200"), "none: this client has none of these operations"),
        (
            lambda get: get["responses"]["200"]["content"]["application/json"].update(schema={"type": "string"}),
            "none: this client does not call list_jobs",
        ),
    ):
        data = copy.deepcopy(base.data)
        edit(data["paths"]["/v1/jobs"]["get"])
        assert [change.effect_here for change in explained(base, Document("r", "", data))] == [effect]


@pytest.mark.parametrize(
    ("parameter", "effect"),
    [
        ("IBM-API-Version", "absorbed: the client always sends IBM-API-Version"),
        ("limit", "refused: the client need not send limit"),
    ],
)
def test_a_new_required_parameter(parameter: str, effect: str) -> None:
    new = {"in": "header", "name": parameter, "required": True, "schema": {"type": "string"}}
    (change,) = edited(lambda data: data["paths"][STATUS]["get"]["parameters"].append(new))
    assert (change.kind, change.effect_here) == ("request-required-parameter-added", effect)


def test_security_that_the_client_fulfils() -> None:
    both = [{"BearerAuth": [], "ServiceCRN": []}]
    (change,) = edited(lambda data: data["paths"][STATUS]["get"].update(security=both))
    assert change.effect_here == "absorbed: the client sends it all"
    (change,) = edited(lambda data: data["paths"][STATUS]["get"].update(security=[{"Other": [], "ServiceCRN": []}]))
    assert change.effect_here == "refused: it sends ApiVersion, BearerAuth, ServiceCRN"


def test_another_success_and_another_type_that_passes() -> None:
    (change,) = edited(lambda data: data["paths"][STATUS]["get"]["responses"].update({"201": {"description": ""}}))
    assert change.effect_here == "raises: the client reads JSON of status 200 alone"
    properties = "BackendStatusResponse", "properties"

    def edit(data: dict[str, Any]) -> None:
        data["components"]["schemas"][properties[0]][properties[1]]["message"] = {"type": "integer"}

    (change,) = edited(edit)
    assert change.effect_here == "wrong-type: $.message is passed on as it is"


def test_a_parameter_that_narrows_is_refused() -> None:
    def edit(data: dict[str, Any]) -> None:
        data["paths"][STATUS]["get"]["parameters"][0]["schema"]["maxLength"] = 3

    (change,) = edited(edit)
    assert change.effect_here == "refused: the client may send what is no longer taken"


def test_no_witness_is_said() -> None:
    (case,) = (case for case in CASES if case.expect["id"] == "o03")
    base, revision = case.documents()
    changes = [change for change in compare(base, revision) if change.wire == "breaking"]
    (told,) = explain(changes, base, base, ROWS)
    assert told.effect_here == "unknown: no witness found" and set(told.evidence) == {"recorded"}
