"""The models on every real configuration and properties document."""

import copy
import hashlib
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from ibm_quantum_backends.raw.models import BackendConfiguration, BackendProperties, DeviceStatus, DeviceStatusName
from ibm_quantum_backends.raw.types import UNSET, Unset

from .documents import all_documents, canonical

ELSEWHERE = """
import hashlib, json, pickle, sys
for model in pickle.load(sys.stdin.buffer):
    print(hashlib.sha256(json.dumps(model.to_dict()).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    return {name: model.from_dict(json.loads(body)) for name, model, body in all_documents()}


def parts(value: Any) -> Iterator[Any]:
    """A model's values at every depth, itself included."""
    yield value
    if attrs.has(type(value)):
        *declared, undeclared = (getattr(value, field.name) for field in attrs.fields(type(value)))
        yield from parts([*declared, *(undeclared or {}).values()])
    elif isinstance(value, list):
        for item in value:
            yield from parts(item)


def test_all_parse_and_give_the_same_back(models: dict[str, Any]) -> None:
    kinds = [type(model) for model in models.values()]
    assert (kinds.count(BackendConfiguration), kinds.count(BackendProperties)) == (68, 69)
    for name, model, body in all_documents():
        document = json.loads(body)
        assert canonical(model.from_dict(document).to_dict()) == canonical(document), name
        assert document == json.loads(body), name  # and is as it was


def test_nothing_is_undeclared_and_no_object_is_kept_raw(models: dict[str, Any]) -> None:
    for name, model in models.items():
        for part in parts(model):
            assert not isinstance(part, dict), name
            if attrs.has(type(part)) and len(attrs.fields(type(part))) > 1:  # others are maps, such as Channels
                assert part.additional_keys == [], name


def test_deep_copies_are_equal_and_apart(models: dict[str, Any]) -> None:
    for name, model in [*models.items()][::5]:
        before = json.dumps(model.to_dict())
        twin = copy.deepcopy(model)
        assert twin == model, name
        twin.gates[0].additional_properties["note"] = "here alone"
        assert twin != model, name
        assert json.dumps(model.to_dict()) == before, name


def test_pickles_are_read_here_and_in_another_process(models: dict[str, Any]) -> None:
    data = pickle.dumps([*models.values()])
    assert pickle.loads(pickle.dumps(models["conf_boston.json"])) == models["conf_boston.json"]
    found = subprocess.run([sys.executable, "-c", ELSEWHERE], input=data, capture_output=True, check=True)
    expected = [hashlib.sha256(json.dumps(model.to_dict()).encode()).hexdigest() for model in models.values()]
    assert found.stdout.decode().split() == expected


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_unset_stays_one_object(protocol: int) -> None:
    assert pickle.loads(pickle.dumps(UNSET, protocol)) is UNSET
    assert pickle.loads(pickle.dumps(DeviceStatus(DeviceStatusName.ONLINE), protocol)).reason is UNSET


def test_unset_has_no_copies() -> None:
    assert copy.copy(UNSET) is UNSET
    assert copy.deepcopy(UNSET) is UNSET
    assert copy.deepcopy(DeviceStatus(DeviceStatusName.ONLINE)).reason is UNSET
    assert Unset() is UNSET
    assert not UNSET
    assert repr(UNSET) == "UNSET"
