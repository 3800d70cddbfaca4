"""Answers of the API that are damaged: a model that keeps what they said, or a DecodeError that says where."""

import copy
import json
import pickle
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from raw.documents import canonical

from ibm_quantum_backends import calls
from ibm_quantum_backends.base_client import API_VERSION
from ibm_quantum_backends.errors import BackendsError, DecodeError

from .documents import KINDS, seeds
from .guard import fuzzed, limited
from .mutations import Damaged, damaged

CALLS: Mapping[str, calls.Call[Any]] = {
    "list": calls.list_backends(API_VERSION, wait_times=True),
    **{kind: call(API_VERSION, "ibm_x") for kind, call in calls.DOCUMENTS.items()},
}


def answers() -> st.SearchStrategy[Damaged]:
    return st.sampled_from(KINDS).flatmap(lambda kind: damaged(seeds(kind)))


def response(body: bytes, status: int = 200) -> httpx.Response:
    request = httpx.Request("GET", "https://quantum.cloud.ibm.com/api/v1/backends")
    return httpx.Response(status, content=body, headers={"Content-Type": "application/json"}, request=request)


def check_error(error: BackendsError, body: bytes | None = None, *, deep: bool = False) -> None:
    """One line that can be shown, which goes through pickle; a path leads to where there is something."""
    told = str(error)
    assert told.isprintable(), told
    assert 0 < len(told) < 2000
    if not deep:  # as of models
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), repr(vars(again))) == (type(error), told, repr(vars(error)))
    if isinstance(error, DecodeError):
        assert error.path.startswith("$")
        if body is not None:
            assert error.body == body
            if error.path != "$":
                check_path(json.loads(body), error.path)


def check_path(value: Any, path: str) -> None:
    """All of the path but its last step is there; that one may be what is missing."""
    steps = re.findall(r"\.([^.\[]+)|\[(\d+|\*)\]", path.removeprefix("$"))
    assert "$" + "".join(f".{name}" if name else f"[{index}]" for name, index in steps) == path
    for name, index in steps[:-1]:
        if index == "*":
            return
        value = value[int(index)] if index else value[name]
    if steps and steps[-1][1]:
        assert steps[-1][1] == "*" or int(steps[-1][1]) < len(value)


def check_model(model: Any, *, deep: bool) -> None:
    """Everything that one may do with any object."""
    assert repr(model).isprintable()
    assert len(repr(model)) < 30_000
    assert copy.copy(model).to_dict() is not None
    if deep:
        return  # Python itself neither compares nor copies what is nested a thousand times
    document = canonical(model.to_dict())
    assert (model == model) in (True, False)  # noqa: PLR0124 (a NaN is not equal to itself)
    again = pickle.loads(pickle.dumps(model))
    assert canonical(again.to_dict()) == canonical(copy.deepcopy(model).to_dict()) == document
    if "NaN" not in document:
        assert again == model == copy.deepcopy(model) == copy.copy(model)
    type(model).from_dict(json.loads(json.dumps(model.to_dict())))


@fuzzed(250)
@given(answers())
def test_an_answer_is_a_model_or_a_decode_error(answer: Damaged) -> None:
    with limited():
        try:
            found = CALLS[answer.seed.kind].decode(response(answer.body))
        except DecodeError as error:
            event("DecodeError")
            check_error(error, answer.body)
            return
        event(f"a model: {answer.seed.kind}")
        document = json.loads(answer.body)
        if answer.seed.kind != "list":
            check_model(found, deep=answer.deep)
            if not answer.deep:
                assert canonical(found.to_dict()) == canonical(document)
            return
        rows = iter(document["devices"])
        for device in found:
            check_model(device, deep=answer.deep)
            if not answer.deep:  # in the order of the answer, some left out
                assert any(canonical(device.to_dict()) == canonical(row) for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_damaged_is_a_model(kind: str) -> None:
    for seed in seeds(kind):
        body = json.dumps(seed.document).encode()
        found = CALLS[kind].decode(response(body))
        assert len(found) == 3 if kind == "list" else canonical(found.to_dict()) == canonical(seed.document)
