"""The models on what no real document holds: fields that are missing, mistyped, null or new."""

import copy
import json
import pickle
import re
import subprocess
import sys
from functools import cache
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime_wheels import real_documents

from ibm_quantum_backends.raw.errors import ModelError
from ibm_quantum_backends.raw.models import (
    BackendConfiguration,
    BackendProperties,
    BackendsResponse,
    BackendStatus,
    DeviceClops,
    DeviceStatus,
    DeviceStatusName,
    ErrorItem,
    GateConfig,
    Nduv,
)
from ibm_quantum_backends.raw.types import UNSET

from .documents import all_documents, canonical
from .fields import ALL, fields, kind, kinds, required_places, sample

OPTIONAL = [(model, field) for model in ALL for field in fields(model, required=False)]
REQUIRED = [(model, field) for model in ALL for field in fields(model, required=True)]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
DEVICE = {"name": "ibm_x", "queue_length": 0, "status": {"name": "online"}}
few = settings(max_examples=25, deadline=None, database=None, derandomize=True)
many = settings(max_examples=100, deadline=None, database=None, derandomize=True)


def named(pair: tuple[type, str]) -> str:
    return f"{pair[0].__name__}.{pair[1]}"


def test_the_models_are_all_found() -> None:
    assert len(ALL) > 30
    assert len(OPTIONAL) >= 100
    assert len(REQUIRED) > 50
    for model in ALL:
        names = {name for required in (True, False) for name, _ in fields(model, required=required).values()}
        assert names == sys.modules[model.__module__]._DECLARED


# --- Optional fields


@pytest.mark.parametrize("place", OPTIONAL, ids=named)
@few
@given(value=VALUES)
def test_an_optional_field_never_fails(place: tuple[Any, str], value: Any) -> None:
    model, field = place
    name, hint = fields(model, required=False)[field]
    document = {**sample(model), name: value}
    parsed = model.from_dict(document)
    assert canonical(parsed.to_dict()) == canonical(document)
    if kind(value) not in kinds(hint):
        assert getattr(parsed, field) is value


@pytest.mark.parametrize("place", OPTIONAL, ids=named)
def test_an_optional_field_is_unset_null_or_its_type(place: tuple[Any, str]) -> None:
    model, field = place
    name, hint = fields(model, required=False)[field]
    bare = sample(model)
    assert getattr(model.from_dict(bare), field) is UNSET
    assert model.from_dict(bare).to_dict().keys() == bare.keys()
    assert getattr(model.from_dict({**bare, name: None}), field) is None
    fitting = getattr(model.from_dict({**bare, name: sample(hint)}), field)
    if "object" in kinds(hint):
        assert attrs.has(type(fitting))


def test_a_misfit_within_keeps_the_whole_optional_field() -> None:
    status: Any = BackendsResponse.from_dict({"devices": [{**DEVICE, "clops": {"type": "hardware"}}]}).devices[0].clops
    assert status == {"type": "hardware"}


@pytest.mark.parametrize("value", ["\x1b[31m", "\ud800", "a\nb", ""])
def test_an_unknown_value_of_an_enumeration_is_shown_without_steering_a_terminal(value: str) -> None:
    member = DeviceStatusName(value)
    assert repr(member).isprintable()
    assert (member.value, str(member), member is DeviceStatusName(value)) == (value, value, True)
    assert pickle.loads(pickle.dumps(member)) is copy.deepcopy(member) is member


# --- Required fields


@pytest.mark.parametrize("place", REQUIRED, ids=named)
@few
@given(value=VALUES)
def test_a_required_field_fits_or_fails_there(place: tuple[Any, str], value: Any) -> None:
    model, field = place
    name, hint = fields(model, required=True)[field]
    document = {**sample(model), name: value}
    if kind(value) in kinds(hint):
        try:
            assert canonical(model.from_dict(document).to_dict()) == canonical(document)
        except ModelError as error:  # of the right kind, but what is inside is not
            assert error.path.startswith(f"$.{name}")
    else:
        with pytest.raises(ModelError, match=rf"^\$\.{name}: expected .*, found ") as caught:
            model.from_dict(document)
        assert caught.value.path == f"$.{name}"
        assert caught.value.value is value


@pytest.mark.parametrize("place", REQUIRED, ids=named)
def test_a_required_field_is_missed(place: tuple[Any, str]) -> None:
    model, field = place
    name, _ = fields(model, required=True)[field]
    document = sample(model)
    del document[name]
    with pytest.raises(ModelError) as caught:
        model.from_dict(document)
    assert str(caught.value) == f"$.{name}: expected a value, found nothing"


@pytest.mark.parametrize("value", [None, [], "{}", 1, True])
def test_a_document_that_is_no_object(value: Any) -> None:
    for model in ALL:
        with pytest.raises(ModelError, match=r"^\$: expected object, found ") as caught:
            model.from_dict(value)
        assert (caught.value.path, caught.value.expected) == ("$", "object")


@cache
def places(name: str) -> tuple[Any, Any, list[Any]]:
    prefix, _, _ = name.partition("_")
    model: Any = {"conf": BackendConfiguration, "props": BackendProperties}[prefix]
    document = json.loads(real_documents(prefix)[name])
    return model, document, [*required_places(document, model)]


@pytest.mark.parametrize("name", ["conf_manila.json", "conf_boston.json", "props_manila.json", "props_boston.json"])
@many
@given(data=st.data())
def test_the_path_is_that_of_what_was_broken(name: str, data: st.DataObject) -> None:
    model, document, found = places(name)
    path, hint = data.draw(st.sampled_from(found))
    broken = data.draw(SCALARS.filter(lambda value: kind(value) not in kinds(hint)) | st.just(...))
    *above, last = path
    parent = document
    for step in above:
        parent = parent[step]
    whole = parent[last]
    if broken is ... and isinstance(last, str):
        del parent[last]
    else:
        parent[last] = broken
    try:
        with pytest.raises(ModelError) as caught:
            model.from_dict(document)
    finally:
        parent[last] = whole
    assert caught.value.path == "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    assert len(str(caught.value)) < 300


def test_an_equal_item_further_in_does_not_draw_the_path() -> None:
    configuration = sample(BackendConfiguration)
    with pytest.raises(ModelError, match=re.escape("$.coupling_map[1]: expected array, found 1")):
        BackendConfiguration.from_dict({**configuration, "coupling_map": [[0, 1], 1]})


# --- Unknown fields and values


def with_unknown_fields(value: Any) -> Any:
    if isinstance(value, list):
        return [with_unknown_fields(item) for item in value]
    if isinstance(value, dict):
        return {**{key: with_unknown_fields(item) for key, item in value.items()}, "x_new": {"deep": [1, None, {}]}}
    return value


@pytest.mark.parametrize("name", ["conf_manila.json", "conf_boston.json", "props_manila.json", "props_boston.json"])
def test_unknown_fields_are_kept_at_every_level(name: str) -> None:
    model, whole, _ = places(name)
    document = with_unknown_fields(whole)
    parsed = model.from_dict(document)
    assert parsed["x_new"] == {"deep": [1, None, {}]}
    assert parsed.gates[-1].additional_keys == ["x_new"]
    assert canonical(parsed.to_dict()) == canonical(document)
    assert canonical(pickle.loads(pickle.dumps(parsed)).to_dict()) == canonical(document)


@pytest.mark.parametrize("model", ALL)
def test_a_model_reads_and_writes_its_unknown_fields(model: Any) -> None:
    parsed = model.from_dict(bare := sample(model))
    assert parsed.additional_keys == []
    assert "x_new" not in parsed
    parsed["x_new"] = 1
    assert ("x_new" in parsed, parsed["x_new"], parsed.additional_properties) == (True, 1, {"x_new": 1})
    assert parsed.to_dict() == {**model.from_dict(bare).to_dict(), "x_new": 1}
    assert parsed != model.from_dict(bare)
    del parsed["x_new"]
    assert parsed == model.from_dict(bare)


def test_an_unknown_value_of_an_enumeration_is_a_member() -> None:
    parsed = BackendsResponse.from_dict({"devices": [{**DEVICE, "status": {"name": "haunted"}}]})
    name = parsed.devices[0].status.name
    assert name is DeviceStatusName("haunted")
    assert (type(name), name, name.value, str(name)) == (DeviceStatusName, "haunted", "haunted", "haunted")
    assert copy.deepcopy(name) is name
    assert all(pickle.loads(pickle.dumps(name, protocol)) is name for protocol in range(pickle.HIGHEST_PROTOCOL + 1))
    assert json.dumps(parsed.to_dict()["devices"][0]["status"]) == '{"name": "haunted"}'
    assert DeviceStatusName("online") is DeviceStatusName.ONLINE
    clops: Any = DeviceClops.from_dict({"type": "haunted", "value": 1})
    assert clops.to_dict() == {"type": "haunted", "value": 1}


def test_an_unknown_value_is_read_in_another_process() -> None:
    code = (
        "import pickle, sys; s = pickle.load(sys.stdin.buffer); print(s.name.value, s.name is type(s.name)('unseen'))"
    )
    data = pickle.dumps(DeviceStatus.from_dict({"name": "unseen"}))
    found = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert found.stdout.decode() == "unseen True\n"


@pytest.mark.parametrize("value", [None, 1, [], {}, True])
def test_a_value_of_an_enumeration_is_a_string(value: Any) -> None:
    with pytest.raises(ModelError, match=r"^\$\.name: expected string, found "):
        DeviceStatus.from_dict({"name": value})


# --- Numbers, dates and depth


def test_5_0_is_an_integer() -> None:
    queue = BackendStatus.from_dict({"length_queue": 5.0}).length_queue
    assert (type(queue), queue) == (int, 5)
    for value in (5.5, True, float("nan"), float("inf"), "5"):
        with pytest.raises(ModelError, match=r"^\$\.length_queue: expected integer, found "):
            BackendStatus.from_dict({"length_queue": value})


def test_an_integer_is_a_number_and_stays_one() -> None:
    document = {"date": "2026-01-02T03:04:05Z", "name": "T1", "unit": "us", "value": 250}
    assert type(Nduv.from_dict(document).to_dict()["value"]) is int
    with pytest.raises(ModelError, match=r"^\$\.value: expected number, found True"):
        Nduv.from_dict({**document, "value": True})


def test_nan_and_infinity_are_numbers() -> None:
    body = '{"date": "2026-01-02T03:04:05+00:00", "name": "T1", "unit": "us", "value": %s}'
    for value in ("NaN", "Infinity", "-Infinity"):
        document = Nduv.from_dict(json.loads(body % value)).to_dict()
        assert json.dumps(document) == body % value


def test_a_date_without_end_is_told_in_part() -> None:
    with pytest.raises(ModelError, match="expected a value that can be read") as caught:
        Nduv.from_dict({"date": "x" * 100_000, "name": "T1", "unit": "us", "value": 1.0})
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("value", ["yesterday", "", 5, None, [], {}, True])
def test_a_date_that_is_none(value: Any) -> None:
    document = {"date": value, "name": "T1", "unit": "us", "value": 1.0}
    with pytest.raises(ModelError, match=r"^\$\.date: expected (string|a value that can be read .*), found "):
        Nduv.from_dict(document)


def test_what_an_error_says_of_a_union() -> None:
    gate = {"name": "x", "parameters": [], "qasm_def": None}
    with pytest.raises(ModelError, match=re.escape("$.qasm_def: expected string or null, found 5")):
        GateConfig.from_dict({**gate, "qasm_def": 5})
    with pytest.raises(ModelError, match=re.escape("$.parameters[1]: expected string, found 5")):
        GateConfig.from_dict({**gate, "parameters": ["theta", 5]})
    codes: list[Any] = [ErrorItem.from_dict({"code": code}).code for code in (1201, "1201", None, [])]
    assert codes == [1201, "1201", None, []]


def test_deep_nesting_is_kept() -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    for field in ("coords", "hamiltonian", "u_channel_lo", "x_new"):
        document = {**sample(BackendConfiguration), field: deep}
        parsed = BackendConfiguration.from_dict(document)
        assert canonical(parsed.to_dict()) == canonical(document)


def test_what_is_nested_without_end_is_kept_and_shown() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for field in ("coords", "u_channel_lo", "x_new"):
        parsed = BackendConfiguration.from_dict({**sample(BackendConfiguration), field: deep})
        found, depth = parsed.to_dict()[field], 0
        while found:
            found, depth = found[0], depth + 1
        assert depth == 5000
        assert "coords=..." in repr(parsed) or field != "coords"


def test_a_date_time_in_small_letters() -> None:
    document = {"name": "T1", "unit": "us", "value": 1, "date": "2024-05-27t15:27:54z"}
    assert Nduv.from_dict(document).date.isoformat() == "2024-05-27T15:27:54+00:00"
    with pytest.raises(ModelError, match=re.escape("$.date: expected string, found 5")):
        Nduv.from_dict({**document, "date": 5})


def test_an_error_is_pickled_with_its_path() -> None:
    with pytest.raises(ModelError) as caught:
        BackendsResponse.from_dict({"devices": [DEVICE, {**DEVICE, "status": {}}]})
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (twin.path, str(twin)) == ("$.devices[1].status.name", str(caught.value))


def test_a_model_can_be_made_by_hand() -> None:
    made = DeviceStatus(name=DeviceStatusName.PAUSED, reason="tea")
    assert made == DeviceStatus.from_dict({"name": "paused", "reason": "tea"})
    assert attrs.evolve(made, reason=UNSET).to_dict() == {"name": "paused"}


@pytest.mark.parametrize(
    ("name", "model", "body"), all_documents(), ids=lambda value: value if type(value) is str else ""
)
def test_repr_is_short(name: str, model: Any, body: bytes) -> None:
    shown = repr(model.from_dict(json.loads(body)))
    assert shown.startswith(f"{model.__name__}(") and json.loads(body)["backend_name"] in shown
    assert len(shown) < 5000
    assert "UNSET" not in shown


def test_repr_of_a_small_model_says_all_that_it_has() -> None:
    assert repr(ErrorItem(code=3, message="no")) == "ErrorItem(code=3, message='no')"
    assert repr(ErrorItem(code=3, message="n" * 300)).endswith(f"message='{'n' * 199}...)")
