"""The second definition of the documents, for speed, is the same as the generated one."""

import json
import types
import typing
from datetime import datetime
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given, settings
from runtime_wheels import real_documents

from ibm_quantum_backends.calibration import shapes
from ibm_quantum_backends.raw import models
from ibm_quantum_backends.raw.types import UNSET, Unset

from .devices import Device, devices, rich

MODELS = {"Configuration": "BackendConfiguration", "Properties": "BackendProperties"}
STRUCTS = {
    name: value
    for name, value in vars(shapes).items()
    if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == shapes.__name__
}
SHAPES = {name: value for name, value in STRUCTS.items() if not name.startswith("_")}
# Wider in the shapes than in the document, and why: null counts as absent, and is no reason to leave the fast way.
NULLABLE = {
    "Properties": {"general_qlists"},
    "TimingConstraints": {"granularity", "min_length", "pulse_alignment", "acquire_alignment"},
    "Configuration": {
        *("coords", "dt", "instruction_signatures", "processor_type", "supported_instructions", "timing_constraints")
    },
}
# Another number or item than the document has, and why.
OTHER = {
    ("Configuration", "coords"): "places may lie between whole numbers",
    ("InstructionSignature", "parameters"): "the document does not say of what, and names are all that there were",
    ("ProcessorType", "revision"): "4 is r4 and not r4.0",
}


def model_of(shape: type) -> Any:
    return getattr(models, MODELS.get(shape.__name__, shape.__name__))


def required_in_json(model: Any, field: str) -> bool:
    """Whether a document without it is refused, which a default in the model's __init__ does not change."""
    document = {"Configuration": rich().configuration, "Properties": rich().properties}
    samples = {
        "BackendConfiguration": document["Configuration"],
        "BackendProperties": document["Properties"],
        "GateConfig": document["Configuration"]["gates"][0],
        "InstructionSignature": document["Configuration"]["instruction_signatures"][0],
        "TimingConstraints": document["Configuration"]["timing_constraints"],
        "ProcessorType": document["Configuration"]["processor_type"],
        "GateProperties": document["Properties"]["gates"][0],
        "Nduv": document["Properties"]["gates"][0]["parameters"][0],
        "QubitList": document["Properties"]["general_qlists"][0],
    }
    sample = samples[model.__name__]
    model.from_dict(sample)
    try:
        model.from_dict({key: value for key, value in sample.items() if key != field})
    except ValueError:
        return True
    return False


def plain_type(annotation: Any) -> Any:
    """A type with arrays as `list`, models by their name, and without UNSET and None."""
    if annotation in (Unset, type(None)):
        return None
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (list, tuple):
        return ("array", plain_type(args[0]))
    if origin in (types.UnionType, typing.Union):
        return frozenset(found for arg in args if (found := plain_type(arg)) is not None)
    return MODELS.get(annotation.__name__, annotation.__name__) if isinstance(annotation, type) else annotation


def single(found: Any) -> Any:
    return next(iter(found)) if isinstance(found, frozenset) and len(found) == 1 else found


def fields_of(shape: type) -> list[str]:
    return [field.name for field in msgspec.structs.fields(shape)]


EVERY_FIELD = [(shape, field) for shape in SHAPES.values() for field in fields_of(shape)]


@pytest.mark.parametrize(("shape", "field"), EVERY_FIELD, ids=lambda part: getattr(part, "__name__", part))
def test_field_is_the_models(shape: type, field: str) -> None:
    model = model_of(shape)
    assert field in attrs.fields_dict(model)
    (defined,) = (each for each in msgspec.structs.fields(shape) if each.name == field)
    assert defined.encode_name == field
    assert defined.required is required_in_json(model, field)
    ours, theirs = (
        typing.get_type_hints(one, localns=vars(models) | {name: getattr(models, name) for name in models.__all__})[
            field
        ]
        for one in (shape, model)
    )
    null = type(None)
    nullable = null in typing.get_args(ours), null in typing.get_args(theirs)
    assert nullable[0] is (nullable[1] or field in NULLABLE.get(shape.__name__, ()))
    if (shape.__name__, field) not in OTHER:
        assert single(plain_type(ours)) == single(plain_type(theirs))


def test_every_shape_is_used_and_frozen() -> None:
    assert {*SHAPES} == {
        *("Nduv", "GateProperties", "QubitList", "Properties", "GateConfig", "InstructionSignature"),
        *("TimingConstraints", "ProcessorType", "Configuration"),
    }
    for shape in SHAPES.values():
        assert shape.__struct_config__.frozen
        assert not shape.__struct_config__.forbid_unknown_fields


FIELDS = {shape: [(field.name, field.default) for field in msgspec.structs.fields(shape)] for shape in SHAPES.values()}
KINDS = {(float, int), (datetime, datetime), (str, str), (int, int), (float, float), (bool, bool)}


def difference(mine: Any, theirs: Any, absent: Any = None) -> str | None:  # noqa: PLR0911 (each a kind of value)
    """Where the shape has another value than the model in a field that both have."""
    kind = type(mine)
    if kind in FIELDS:
        for name, default in FIELDS[kind]:
            found = difference(getattr(mine, name), getattr(theirs, name), default)
            if found is not None:
                return f".{name}{found}"
        return None
    if kind in (list, tuple) and type(theirs) is list:
        if len(mine) != len(theirs):
            return f": {len(mine)} and {len(theirs)} items"
        for index, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            found = difference(one, other)
            if found is not None:
                return f"[{index}]{found}"
        return None
    if theirs is UNSET or theirs is None:
        return None if mine is None or mine == absent else f": {mine!r}, and nothing in the model"
    return None if mine == theirs and (kind, type(theirs)) in KINDS else f": {mine!r} and {theirs!r}"


@pytest.mark.parametrize(
    ("kind", "decode", "model", "count"),
    [
        ("conf", shapes.CONFIGURATION.decode, models.BackendConfiguration, 68),
        ("props", shapes.PROPERTIES.decode, models.BackendProperties, 69),
    ],
)
def test_real_documents(kind: str, decode: Any, model: Any, count: int) -> None:
    documents = real_documents(kind)
    assert len(documents) == count
    for name, body in documents.items():
        assert difference(decode(body), model.from_dict(json.loads(body))) is None, name


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(devices(max_qubits=12))
def test_generated_documents(device: Device) -> None:
    both = zip(device.bytes(), (shapes.CONFIGURATION, shapes.PROPERTIES), strict=True)
    for (body, decoder), model in zip(both, (models.BackendConfiguration, models.BackendProperties), strict=True):
        try:
            found = decoder.decode(body)
        except msgspec.ValidationError as error:  # null or mistyped where the tolerant way takes it
            assert "got `null`" in str(error)
            model.from_dict(json.loads(body))
        else:
            assert difference(found, model.from_dict(json.loads(body))) is None


def drop(kind: str, path: tuple[Any, ...]) -> tuple[bytes, Any]:
    """The document without one field, and its decoder."""
    device = rich()
    document = parent = getattr(device, kind)
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    return json.dumps(document).encode(), {"configuration": shapes.CONFIGURATION, "properties": shapes.PROPERTIES}[kind]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        *(
            ("configuration", (field,))
            for field in ("backend_name", "conditional", "coupling_map", "gates", "n_qubits")
        ),
        *(("configuration", ("gates", 0, field)) for field in ("name", "parameters", "qasm_def")),
        *(("configuration", ("processor_type", field)) for field in ("family", "revision")),
        *(("properties", (field,)) for field in ("backend_name", "gates", "general", "last_update_date", "qubits")),
        *(("properties", ("gates", 0, field)) for field in ("gate", "parameters", "qubits")),
        *(("properties", ("qubits", 0, 0, field)) for field in ("date", "name", "unit", "value")),
    ],
)
def test_without_a_required_field_the_fast_way_is_not_taken(kind: str, path: tuple[Any, ...]) -> None:
    body, decoder = drop(kind, path)
    with pytest.raises(msgspec.ValidationError, match="missing required field"):
        decoder.decode(body)


def test_documents_beyond_json_are_not_taken() -> None:
    for part in (b"NaN", b"Infinity", b"-Infinity", b"1e999"):
        body = rich().bytes()[1].replace(b'"value": 100.0', b'"value": ' + part)
        assert part in body
        with pytest.raises(msgspec.MsgspecError):
            shapes.PROPERTIES.decode(body)
