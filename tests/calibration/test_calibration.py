"""Calibrations of real, generated and damaged documents: the same by every way, safe to ask, impossible to change."""

import copy
import json
import pickle
import random
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from runtime_wheels import real_documents

from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.errors import DecodeError, InvalidInputError
from ibm_quantum_backends.raw.errors import ModelError
from ibm_quantum_backends.raw.models import BackendConfiguration, BackendProperties

from .devices import HOSTILE, Device, devices, entry, nduv, real, real_bytes, real_names, rich

some = settings(max_examples=150, deadline=None, database=None, derandomize=True)


def printable_line(text: str) -> bool:
    return text.isprintable() and text != ""


def of_models(configuration: bytes, properties: bytes) -> Calibration:
    return Calibration(
        BackendConfiguration.from_dict(json.loads(configuration)), BackendProperties.from_dict(json.loads(properties))
    )


def ask_everything(calibration: Calibration) -> None:
    """Every question that no argument can spoil has an answer, and what is text is one printable line."""
    assert len(calibration.qubits["t1"]) == calibration.num_qubits
    for qubit in range(min(calibration.num_qubits, 3)):
        for column in ("t1", "t2", "frequency", "anharmonicity", "readout_error", "readout_length"):
            assert getattr(calibration, column)(qubit) == calibration.qubits[column][qubit]
    for row, (gate, qubits) in enumerate(zip(calibration.gates["gate"], calibration.gates["qubits"], strict=True)):
        assert calibration.gate_error(gate, qubits) == calibration.gates["gate_error"][row]
        assert calibration.gate_length(gate, qubits) == calibration.gates["gate_length"][row]
    told = [*calibration.warnings(), *calibration.faulty_gates.values(), *calibration.faulty_qubits.values()]
    assert all(map(printable_line, [repr(calibration), *told]))
    assert isinstance(calibration._repr_html_(), str)
    assert all(value is not None for value in calibration.medians().values())
    assert all(first < second for values in calibration.pair_values().values() for first, second in values)
    assert [chain.num_qubits for chain in calibration.layer_fidelity()] == sorted(
        chain.num_qubits for chain in calibration.layer_fidelity()
    )
    assert calibration.durations().keys() <= {*calibration._columns.keys} | {
        ("measure", (qubit,)) for qubit in range(calibration.num_qubits)
    }
    assert {*calibration.two_qubit_gates} <= {*calibration.basis_gates}
    assert calibration.diff(calibration) == ()
    with pytest.raises(InvalidInputError) as caught:
        calibration.gate_error("no such gate", 0)
    assert printable_line(str(caught.value))


# The same by every way.


def test_real_documents_fast_and_from_models() -> None:
    for name in real_names():
        calibration, slow = real(name), of_models(*real_bytes(name))
        assert calibration == slow, name
        assert hash(calibration) == hash(slow)
        assert calibration.layout == slow.layout
        ask_everything(calibration)
    assert len(real_names()) == 68


def test_of_layout_is_of_the_same_device() -> None:
    configuration, properties = real_bytes("manila")
    assert Calibration.of_layout(real("manila").layout, properties) == real("manila")
    with pytest.raises(InvalidInputError, match="ibmq_manila and of ibmq_lima"):
        Calibration.of_layout(real("manila").layout, real_bytes("lima")[1])
    with pytest.raises(DecodeError) as caught:
        Calibration.of_layout(real("manila").layout, configuration)
    assert caught.value.body == configuration


@some
@given(devices())
def test_generated_devices_fast_and_from_models(device: Device) -> None:
    calibration, slow = device.from_json(), device.from_models()
    assert calibration == slow
    assert (repr(calibration), calibration._repr_html_()) == (repr(slow), slow._repr_html_())
    assert calibration.warnings() == slow.warnings()
    assert len(repr(calibration)) < 200
    ask_everything(calibration)
    back = pickle.loads(pickle.dumps(calibration))
    assert (back, hash(back), back.warnings()) == (calibration, hash(calibration), calibration.warnings())


# Damaged documents: real small ones, and one that has everything.

SMALL = ("essex", "london", "burlington", "vigo", "armonk")
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 5, 5.0, 0.5, -0.0, 2**53 + 1, 2**70, -(10**30), 10**400, 1e308, 5e-324),
    *(float("nan"), float("inf"), float("-inf"), "OVERFLOW", "", "x", "0", "5", "GHz", "µs", "us", "ns", "s", HOSTILE),
    *(
        "\ud800",
        "2024-01-01",
        "2024-01-01T00:00:00.123456Z",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
    ),
    *("2024-02-30T00:00:00Z", [], [0], [0, 1], [1, 0], [0.0, 1.0], [[]], [[0, 1]], [[0.0, 1.0]], [[0, 1, 2]], ["x"]),
    *([["x"]], [[[0]]], [None], {}, {"name": "x"}, {"name": "x", "qubits": [0]}, [{"name": "lf_2", "qubits": ["x"]}]),
)
NAMES = (
    "general_qlists",
    "coords",
    "dt",
    "timing_constraints",
    "processor_type",
    "instruction_signatures",
    "operational",
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where values stand in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(deeper for key, item in items for deeper in places(item, (*path, key)))]


def damaged(document: Any, dice: random.Random, where: list[tuple[Any, ...]]) -> Any:
    """The document with one value changed, taken away, doubled, or added."""
    *parents, last = dice.choice(where)
    changed = parent = copy.copy(document)
    for key in parents:
        parent[key] = copy.copy(parent[key])  # what does not change is shared with the document
        parent = parent[key]
    way = dice.choice(("swap", "swap", "swap", "drop", "double", "add", "float"))
    if way == "drop":
        del parent[last]
    elif way == "double" and isinstance(parent, list):
        parent.insert(dice.randrange(len(parent) + 1), parent[last])
    elif way == "add" and isinstance(parent, dict):
        parent[dice.choice((*NAMES, HOSTILE))] = dice.choice(VALUES)
    elif way == "float" and type(parent[last]) is int:
        parent[last] = float(parent[last])
    else:
        parent[last] = dice.choice(VALUES)
    return changed


def as_bytes(document: Any, dice: random.Random) -> bytes:
    """Its JSON, now and then spoilt as bytes are."""
    text = json.dumps(document, ensure_ascii=dice.random() < 0.5).replace('"OVERFLOW"', "1e999")
    body = text.encode("utf-8", "surrogatepass")
    if dice.random() < 0.75:
        return body
    cut = dice.randrange(len(body) + 1)
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: body[:cut],
        lambda: body[:cut] + bytes([dice.randrange(256)]) + body[cut + 1 :],
        lambda: text.encode("utf-16", "surrogatepass"),
        lambda: text.encode("utf-32-le", "surrogatepass"),
        lambda: text.encode("latin-1", "replace"),
        lambda: b"\xef\xbb\xbf" + body,
        lambda: b"\xef\xbb\xbf" + b" \n" + body + b"\n ",
        lambda: body + b"{}",
        lambda: body[:-1] + b', "nested": ' + b"[" * 3000 + b"]" * 3000 + b"}",
        lambda: body[:-1] + b', "nested": ' + b"[" * 200_000 + b"}",
        lambda: body[:-1] + b', "backend_name": "again"}',
    )
    return dice.choice(ways)()


def outcome(make: Callable[[], Calibration]) -> Calibration | type[Exception]:
    """A calibration, or the kind of error that this package has for what went wrong."""
    try:
        return make()
    except InvalidInputError:
        return InvalidInputError
    except (DecodeError, ModelError, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        return DecodeError


def is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def judged(configuration: bytes, properties: bytes) -> tuple[str, str | None]:  # noqa: PLR0911 (a list of faults)
    """How two documents are read, and what is wrong with that; None is nothing."""
    try:
        mine: Calibration | type[Exception] = Calibration.from_json(configuration, properties)
    except (DecodeError, InvalidInputError) as error:
        mine = type(error)
        if not printable_line(str(error)):
            return mine.__name__, f"not one printable line: {error!s:.200}"
        if isinstance(error, DecodeError) and not (error.path[:1] == "$" and error.body in (configuration, properties)):
            return mine.__name__, f"path {error.path!r} and a body of {len(error.body)} bytes"
    except Exception as error:
        return "fault", f"from_json: {type(error).__name__}: {error!s:.100}"
    kind = "read" if isinstance(mine, Calibration) else mine.__name__
    try:
        theirs = outcome(lambda: of_models(configuration, properties))
    except Exception as error:
        return kind, f"Calibration(models): {type(error).__name__}: {error!s:.100}"
    if isinstance(mine, Calibration) and not (is_json(configuration) and is_json(properties)):
        kind = "partly read"  # spoilt where nothing of a calibration stands, which the fast way does not look at
    elif mine != theirs:
        other = "a calibration" if isinstance(theirs, Calibration) else theirs.__name__
        return kind, f"{kind}, but Calibration(models) gives {other}"
    if isinstance(mine, Calibration):
        try:
            ask_everything(mine)
        except Exception as error:
            return kind, f"asked: {type(error).__name__}: {error!s:.100}"
    return kind, None


def damages(seed: int, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of documents, one of each damaged."""
    dice = random.Random(seed)
    documents = {name: tuple(map(json.loads, real_bytes(name))) for name in SMALL} | {"rich": rich()}
    whole = {name: tuple(json.dumps(document).encode() for document in pair) for name, pair in documents.items()}
    where = {name: tuple(map(places, pair)) for name, pair in documents.items()}
    for _ in range(count):
        name, which = dice.choice((*SMALL, *("rich",) * 7)), dice.randrange(2)
        document = damaged(documents[name][which], dice, where[name][which])
        bodies = [*whole[name]]
        bodies[which] = as_bytes(document, dice)
        yield bodies[0], bodies[1]


def test_damaged_documents() -> None:
    faults: dict[str, tuple[bytes, bytes]] = {}
    kinds: Counter[str] = Counter()
    for pair in damages(seed=4, count=4000):
        kind, told = judged(*pair)
        kinds[kind] += 1
        if told is not None:
            faults.setdefault(told, pair)
    assert list(faults) == []
    assert min(kinds["read"], kinds["DecodeError"]) > 1000, kinds
    assert kinds["InvalidInputError"] > 20 > kinds["partly read"], kinds


@pytest.mark.parametrize("which", ["configuration", "properties"])
def test_every_truncation_is_an_error_with_its_bytes(which: str) -> None:
    bodies = dict(zip(("configuration", "properties"), rich().bytes(), strict=True))
    whole = bodies[which]
    for cut in range(0, len(whole), 7):
        bodies[which] = whole[:cut]
        with pytest.raises(DecodeError) as caught:
            Calibration.from_json(**bodies)
        assert (caught.value.body, caught.value.path) == (whole[:cut], "$")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
def test_encodings_that_json_may_have(encoding: str) -> None:
    configuration, properties = (body.decode().encode(encoding) for body in rich().bytes())
    assert Calibration.from_json(configuration, properties) == rich().from_json()


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("$.gates[0].parameters[0].value", lambda d: d.properties["gates"][0]["parameters"][0].update(value="x")),
        ("$.qubits[1][0].unit", lambda d: d.properties["qubits"][1][0].pop("unit")),
        ("$.qubits", lambda d: d.properties.update(qubits=None)),
        ("$.last_update_date", lambda d: d.properties.update(last_update_date="yesterday")),
        ("$.gates[2].qubits", lambda d: d.properties["gates"][2].update(qubits=[0, 3])),
        ("$.gates[2].qubits", lambda d: d.properties["gates"][2].update(qubits=[-1, 0])),
        ("$.coupling_map[1]", lambda d: d.configuration.update(coupling_map=[[0, 1], [1, 3]])),
        ("$.coupling_map[0]", lambda d: d.configuration.update(coupling_map=[[-1, 0]])),
        ("$.coupling_map[0]", lambda d: d.configuration.update(coupling_map=[[0, 1, 2]])),
        ("$.n_qubits", lambda d: d.configuration.update(n_qubits="3")),
        ("$.gates[0].name", lambda d: d.configuration["gates"][0].pop("name")),
    ],
)
def test_errors_say_where_and_have_the_document(path: str, change: Callable[[Device], Any]) -> None:
    device = rich()
    change(device)
    bodies = device.bytes()
    with pytest.raises(DecodeError) as caught:
        Calibration.from_json(*bodies)
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: expected ")
    assert caught.value.body == next(body for body, old in zip(bodies, rich().bytes(), strict=True) if body != old)
    assert pickle.loads(pickle.dumps(caught.value)).body == caught.value.body


@pytest.mark.parametrize(
    "lists",
    [
        None,
        "x",
        5,
        [0],
        [["lf_2"]],
        [{"name": "lf_2"}],
        [{"name": "lf_2", "qubits": ["x"]}],
        {"name": "lf_2", "qubits": [0]},
    ],
    ids=repr,
)
def test_an_optional_list_of_chains_that_is_mistyped_counts_as_absent(lists: object) -> None:
    device = rich()
    device.properties["general_qlists"] = lists
    for calibration in (device.from_json(), device.from_models()):
        assert [(chain.num_qubits, chain.qubits) for chain in calibration.layer_fidelity()] == [(2, None), (3, None)]


@pytest.mark.parametrize("field", ["gates", "qubits", "general"])
@pytest.mark.parametrize("value", [10**400, 1e300, "NaN", "Infinity", "1e999"], ids=lambda value: str(value)[:8])
def test_values_beyond_all_bounds_are_errors_by_both_ways(field: str, value: Any) -> None:
    device = rich()
    place = device.properties[field]
    row = {"gates": lambda: place[0]["parameters"][1], "qubits": lambda: place[0][2], "general": lambda: place[0]}[
        field
    ]()
    row |= {"value": value if isinstance(value, (int, float)) else "HERE", "unit": "ns" if field == "gates" else "THz"}
    configuration, properties = device.bytes()
    properties = properties.replace(b'"HERE"', str(value).encode())
    if value == 1e300 and field == "gates":  # 1e291 s is silly and finite
        assert Calibration.from_json(configuration, properties) == of_models(configuration, properties)
        return
    with pytest.raises(DecodeError) as caught:
        Calibration.from_json(configuration, properties)
    assert caught.value.body == properties
    with pytest.raises(DecodeError):
        of_models(configuration, properties)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", str(10**400)], ids=lambda text: text[:8])
def test_a_clock_that_is_no_number_is_none_or_an_error(text: str) -> None:
    configuration, properties = rich().bytes()
    configuration = configuration.replace(b'"dt": 0.5', f'"dt": {text}'.encode())
    try:
        calibration = Calibration.from_json(configuration, properties)
    except DecodeError:
        return
    assert calibration == of_models(configuration, properties) == pickle.loads(pickle.dumps(calibration))
    calibration.durations()
    calibration.warnings()


def test_dates_at_the_edge() -> None:
    device = rich()
    for date in ("0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"):  # in UTC, no datetime has these
        device.properties["last_update_date"] = date
        with pytest.raises(DecodeError):
            device.from_json()
    device.properties["last_update_date"] = "2024-01-01T00:00:00.123456Z"
    assert device.from_json().last_update_date == device.from_models().last_update_date


def test_whole_numbers_with_a_point_are_whole_by_both_ways() -> None:
    device = rich()
    device.configuration["n_qubits"] = 3.0
    device.configuration["coupling_map"][0] = [0.0, 1.0]
    device.configuration["timing_constraints"] = {"granularity": 16.0}
    device.properties["gates"][0]["qubits"] = [0.0, 1.0]
    assert device.from_json() == device.from_models()
    assert device.from_json().layout == device.from_models().layout
    assert all(type(qubit) is int for pair in device.from_models().coupling_map for qubit in pair)


# One device.


def test_of_different_devices_or_sizes() -> None:
    with pytest.raises(InvalidInputError, match="ibmq_manila and of ibmq_lima"):
        Calibration.from_json(real_bytes("manila")[0], real_bytes("lima")[1])
    device = rich()
    device.properties["qubits"].pop()
    device.properties["gates"] = device.properties["gates"][:2]
    for make in (device.from_json, device.from_models):
        with pytest.raises(InvalidInputError, match=r"ibm_rich: .* 3 and 2 qubits"):
            make()
    device = rich()
    device.properties["backend_name"] = HOSTILE
    with pytest.raises(InvalidInputError) as caught:
        device.from_json()
    assert printable_line(str(caught.value))


def test_the_alternative_properties_of_cambridge() -> None:
    properties = real_documents("props")["props_cambridge_alt.json"]
    calibration = Calibration.from_json(real_bytes("cambridge")[0], properties)
    assert (calibration.backend_name, calibration.num_qubits) == ("ibmq_cambridge", 28)
    assert calibration != real("cambridge")


def test_another_backend_version_is_told() -> None:
    device = rich()
    assert device.from_json().warnings() == ()
    device.properties["backend_version"] = "1.2.4"
    (told,) = device.from_json().warnings()
    assert "backend_version" in told
    assert "1.2.3" in told
    assert "1.2.4" in told
    assert device.from_json().backend_version == "1.2.3"


# What is there.


def test_attributes_are_those_of_the_documents() -> None:
    for name in real_names():
        configuration, properties = map(json.loads, real_bytes(name))
        calibration = real(name)
        assert calibration.backend_name == configuration["backend_name"]
        assert calibration.backend_version == configuration["backend_version"]
        assert calibration.num_qubits == configuration["n_qubits"]
        assert calibration.basis_gates == tuple(configuration["basis_gates"])
        assert calibration.coupling_map == tuple(map(tuple, configuration["coupling_map"] or ()))
        coords = configuration.get("coords")
        assert calibration.coords == (tuple(map(tuple, coords)) if coords else None), name
        dt = configuration.get("dt")
        assert calibration.dt == (None if dt is None else dt * 1e-9)
        assert calibration.last_update_date == datetime.fromisoformat(properties["last_update_date"])
        assert calibration.last_update_date.tzinfo is UTC
        assert calibration.gates["gate"] == tuple(item["gate"] for item in properties["gates"])
        assert calibration.gates["qubits"] == tuple(tuple(item["qubits"]) for item in properties["gates"])


@pytest.mark.parametrize(
    ("name", "processor", "gates"),
    [
        ("boston", "Heron r3", ("cz",)),
        ("manila", "Falcon r5.11", ("cx",)),
        ("cairo", "Falcon r5.11", ("cx", "ecr")),
        ("fractional", "Falcon r4", ("cx", "rzz")),
        ("armonk", "Canary r1.2", ()),
        ("almaden", None, ("cx",)),
    ],
)
def test_processor_and_two_qubit_gates(name: str, processor: str | None, gates: tuple[str, ...]) -> None:
    assert (real(name).processor, real(name).two_qubit_gates) == (processor, gates)


def test_two_qubit_gates_of_the_configuration_or_the_properties_alone() -> None:
    device = rich()
    device.configuration["basis_gates"] = ["sx", "ecr", "cz", "rz"]
    device.properties["gates"] = [entry("ecr", [0, 1])]
    assert device.from_json().two_qubit_gates == ("ecr", "cz")
    device.configuration["gates"] = []
    assert device.from_json().two_qubit_gates == ("ecr",)


# Questions.

COLUMNS = ("t1", "t2", "frequency", "anharmonicity", "readout_error", "readout_length")
WRONG_QUBITS = (-1, 3, 10**30, True, False, 1.0, "1", None, [1], (1,), HOSTILE, float("nan"), np.float64(1), object())


@pytest.mark.parametrize("qubit", WRONG_QUBITS, ids=lambda qubit: ascii(qubit)[:20])
def test_no_such_qubit(qubit: Any) -> None:
    for column in COLUMNS:
        with pytest.raises(InvalidInputError) as caught:
            getattr(rich().from_json(), column)(qubit)
        assert str(caught.value).startswith("qubit: expected one of ibm_rich's, 0 to 2, found ")
        assert printable_line(str(caught.value))


@pytest.mark.parametrize("make", [np.int64, np.uint8])
def test_whole_numbers_of_numpy_are_qubits(make: Callable[[int], int]) -> None:
    calibration = rich().from_json()
    for column in COLUMNS:
        assert getattr(calibration, column)(make(1)) == getattr(calibration, column)(1)
    assert calibration.gate_error("sx", make(1)) == calibration.gate_error("sx", (make(1),)) == 1e-4
    assert calibration.gate_length("cz", (make(0), make(1))) == 68 / 1e9
    with pytest.raises(InvalidInputError):
        calibration.t1(make(3))


@pytest.mark.parametrize(
    "qubits",
    [
        *(-1, 3, (0, 3), (-1, 0), (0, 2), (0, 1, 2), (0,), 0, (), (0, 0)),
        *(True, (True, 0), (False, True), 0.0, "01", "0", None, ("0", "1"), [[0], [1]], ((0, 1),)),
        *(HOSTILE, object(), {0: 1}, 10**30, (float("nan"), 0)),
    ],
    ids=lambda qubits: ascii(qubits)[:20],
)
def test_gates_are_not_on_other_qubits(qubits: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        rich().from_json().gate_error("cz", qubits)
    with pytest.raises(InvalidInputError):
        rich().from_json().gate_length("cz", qubits)
    assert printable_line(str(caught.value))
    assert len(str(caught.value)) < 300


def test_a_list_of_qubits_is_as_a_tuple() -> None:
    calibration = rich().from_json()
    assert calibration.gate_error("cz", [0, 1]) == calibration.gate_error("cz", (0, 1)) == 0.002  # type: ignore[arg-type]
    assert calibration.gate_error("sx", 0) == calibration.gate_error("sx", (0,)) == 1e-4


@pytest.mark.parametrize(
    "gate", ["", "cx", "CZ", HOSTILE, "x" * 1000, None, 5, ["cz"], ("cz",)], ids=lambda g: ascii(g)[:20]
)
def test_no_such_gate(gate: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        rich().from_json().gate_error(gate, (0, 1))
    told = str(caught.value)
    assert told.startswith("gate: expected one of ibm_rich's, cz, id, measure, rz, sx, found ")
    assert printable_line(told)
    assert len(told) < 200


def test_errors_name_places_near_by() -> None:
    with pytest.raises(InvalidInputError) as caught:
        real("boston").gate_error("cz", (0, 155))
    told = str(caught.value)
    assert "(0, 1)" in told
    assert "found (0, 155)" in told
    with pytest.raises(InvalidInputError, match=r"\(1, 0\)"):  # only the one way: an entry on (0, 1) says nothing of it
        device = rich()
        device.configuration["gates"][0]["coupling_map"] = [[1, 0]]
        device.properties["gates"] = device.properties["gates"][1:2]
        device.from_json().gate_error("cz", (0, 1))


def test_names_of_gates_in_errors_are_printable() -> None:
    device = rich()
    device.configuration["gates"][0]["name"] = device.properties["gates"][0]["gate"] = HOSTILE
    calibration = device.from_json()
    for gate, qubits in (("none", 0), (HOSTILE, 0)):
        with pytest.raises(InvalidInputError) as caught:
            calibration.gate_error(gate, qubits)
        assert printable_line(str(caught.value))


@pytest.mark.parametrize("places", [[["x"]], [[0], ["x"]], [[[0]]], [[None], [0]], [[0.5]]], ids=repr)
def test_a_mistyped_coupling_map_of_a_gate_spoils_no_question(places: Any) -> None:
    device = rich()
    device.configuration["gates"][0]["coupling_map"] = places
    calibration = device.from_json()
    assert calibration == device.from_models()
    assert calibration.gate_error("cz", (0, 1)) == 0.002
    with pytest.raises(InvalidInputError):
        calibration.gate_error("cz", 7)
    try:  # there or not, but nothing else
        assert calibration.gate_error("cz", (0, 2)) is None
    except InvalidInputError as error:
        assert printable_line(str(error))


def test_what_the_configuration_has_and_the_properties_lack_is_none() -> None:
    calibration = rich().from_json()
    assert calibration.gate_error("rz", 0) == 0
    assert calibration.gate_error("rz", 1) is calibration.gate_length("rz", 1) is None
    assert calibration.gate_error("id", 2) is None  # defined without saying where
    with pytest.raises(InvalidInputError):
        calibration.gate_error("id", 3)
    device = rich()
    device.properties["qubits"] = [[], [], [nduv("T1", 0, "us")]]
    calibration = device.from_json()
    assert [getattr(calibration, column)(0) for column in COLUMNS] == [None] * 6
    assert calibration.t1(2) == 0  # which is not absent
    assert {column: calibration.qubits[column] for column in COLUMNS} == {
        "t1": (None, None, 0.0),
        **dict.fromkeys(COLUMNS[1:], (None, None, None)),
    }


def test_measure_stands_twice() -> None:
    calibration = rich().from_json()
    assert (calibration.readout_error(1), calibration.gate_error("measure", 1)) == (0.02, 0.03)
    assert (calibration.readout_length(1), calibration.gate_length("measure", 1)) == (1.5e-6, 2e-6)


def instructions(run: Callable[[], object]) -> int:
    """How many of this package's instructions of Python run in it, each round of a loop counted."""
    count = 0

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        if not frame.f_globals["__name__"].startswith("ibm_quantum_backends."):
            return None  # the garbage collector calls others at any time
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def test_questions_of_qubits_cost_the_same_on_every_device() -> None:
    for column in COLUMNS:
        asks = [getattr(real(name), column) for name in ("manila", "sherbrooke", "boston")]
        assert len({instructions(lambda ask=ask: ask(4)) for ask in asks}) == 1


@pytest.mark.parametrize("there", [True, False], ids=["there", "absent"])
def test_questions_of_gates_cost_the_same_on_every_device(there: bool) -> None:
    small, large = rich(), rich()
    count = 60
    large.configuration.update(n_qubits=count, coords=None)
    large.properties["qubits"] = large.properties["qubits"] * (count // 3)
    singles = [[qubit] for qubit in range(count)]
    large.configuration["gates"][1]["coupling_map"] = singles
    large.properties["gates"] += [entry("sx", [qubit], nduv("gate_error", 0.1)) for qubit in range(3, count)]
    gate = "sx" if there else "rz"
    costs = []
    for device in (small, large):
        calibration = device.from_json()
        assert (calibration.gate_error(gate, 1) is not None) is there
        costs.append(instructions(lambda calibration=calibration: calibration.gate_error(gate, 1)))
    assert costs[0] == costs[1]


# What follows.


def test_t2_above_2_t1_is_told_and_unchanged() -> None:
    found = 0
    for name in real_names():
        calibration = real(name)
        unphysical = []
        for qubit in range(calibration.num_qubits):
            t1, t2 = calibration.t1(qubit), calibration.t2(qubit)
            if t1 is not None and t2 is not None and t2 > 2 * t1:
                unphysical.append(qubit)
        told = [line for line in calibration.warnings() if "T2" in line]
        assert [int(line.split(":")[0].removeprefix("qubit ")) for line in told] == unphysical
        found += len(unphysical)
    assert found == 58
    device = rich()
    device.properties["qubits"][0][:2] = [nduv("T1", 100, "us"), nduv("T2", 200, "us")]
    device.properties["qubits"][1][:2] = [nduv("T1", 100, "us"), nduv("T2", 200.1, "us")]
    device.properties["qubits"][2][:2] = [nduv("T2", 200, "us")]
    calibration = device.from_json()
    (told,) = calibration.warnings()
    assert told.startswith("qubit 1: T2 200.1 us is above 2 * T1, 200 us")
    assert (calibration.t1(1), calibration.t2(1)) == (1e-4, 200.1 / 1e6)


def test_a_clock_that_no_device_has_is_told() -> None:
    assert [name for name in real_names() if any(line.startswith("dt:") for line in real(name).warnings())] == [
        "poughkeepsie"
    ]
    for dt, fine in ((0.5, True), (0.0011, True), (0.0009, False), (999, True), (1001, False), (0, False), (-1, False)):
        device = rich()
        device.configuration["dt"] = dt
        assert (device.from_json().warnings() == ()) is fine, dt


def test_warnings_are_single_printable_lines() -> None:
    device = rich()
    device.configuration["backend_version"] = HOSTILE
    device.properties["general"] += [nduv(f"{HOSTILE}1", 1, HOSTILE), nduv(f"jq_{9**9}", 1, "GHz")]
    device.properties["qubits"][0].append(nduv(HOSTILE, 1, "parsec"))
    device.properties["gates"][0]["parameters"].append(nduv(HOSTILE, 1, "fortnight"))
    told = device.from_json().warnings()
    assert len(told) == 5
    assert all(map(printable_line, told))
    assert sum("parsec" in line for line in told) == sum("fortnight" in line for line in told) == 1


def test_medians_of_all_real_devices() -> None:
    for name in real_names():
        calibration = real(name)
        found: dict[str, list[float]] = {}
        columns = (calibration.gates[column] for column in ("gate", "gate_error", "gate_length"))
        for gate, error, length in zip(*columns, strict=True):
            if error is not None and error >= 1:
                continue
            found.setdefault(f"{gate}_error", []).append(error)
            found.setdefault(f"{gate}_length", []).append(length)
        for column in (*COLUMNS, "prob_meas0_prep1", "prob_meas1_prep0"):
            found[column] = list(calibration.qubits.get(column, ()))
        kept = {key: [value for value in values if value is not None] for key, values in found.items()}
        assert dict(calibration.medians()) == {key: statistics.median(values) for key, values in kept.items() if values}


def test_medians() -> None:
    device = rich()
    device.properties["gates"][0]["parameters"][0]["value"] = 1
    device.properties["gates"][1]["parameters"][0]["value"] = 0.004
    device.properties["gates"][1]["parameters"].append(nduv("operational", 0))
    device.properties["gates"][2]["parameters"] = [nduv("gate_error", 0.004)]
    medians = device.from_json().medians()
    assert medians["cz_error"] == 0.003  # of 0.004 and 0.002: the others are faulty
    assert medians["cz_length"] == 68 / 1e9
    assert (medians["t1"], medians["readout_error"], medians["readout_length"]) == (101 / 1e6, 0.02, 1.5e-6)
    assert "operational" not in medians
    assert "prob_meas0_prep1" not in medians


def test_the_median_of_numbers_beyond_all_bounds() -> None:
    device = rich()
    for values, value in zip(device.properties["qubits"], (1.6e308, 1.7e308, None), strict=True):
        values[4] = nduv("readout_error", value) if value else nduv("other", 1)
    assert device.from_json().medians()["readout_error"] == 1.6e308


def test_durations() -> None:
    device = rich()
    device.properties["qubits"][2] = []
    device.properties["gates"].pop(0)
    device.properties["gates"].append(entry("measure_2", [0], nduv("gate_length", 1.3, "ns")))
    durations = device.from_json().durations()
    assert durations["cz", (1, 0)] == (68 / 1e9, 136)
    assert ("cz", (0, 1)) not in durations
    assert durations["rz", (0,)] == (0, 0)
    assert durations["measure", (0,)] == (1e-6, 2000)  # the qubit's own
    assert durations["measure", (2,)] == (2e-6, 4000)  # the entry's
    assert durations["measure_2", (0,)] == (1.3e-9, 3)
    assert durations["sx", (0,)].seconds == 32 / 1e9
    assert durations["sx", (0,)].dt == 64
    device.configuration["dt"] = None
    assert device.from_json().durations()["sx", (0,)] == (32 / 1e9, None)
    device.configuration["dt"] = 0
    assert device.from_json().durations()["sx", (0,)] == (32 / 1e9, None)


def test_durations_of_a_clock_without_measure() -> None:
    device = rich()
    device.properties["gates"] = []
    assert {*device.from_json().durations()} == {("measure", (0,)), ("measure", (1,)), ("measure", (2,))}


def test_durations_too_long_to_count_do_not_fail() -> None:
    device = rich()
    device.configuration["dt"] = 1e-290
    device.properties["gates"][0]["parameters"][1]["value"] = 1e300
    assert device.from_json().durations()["cz", (0, 1)].seconds == 1e300 / 1e9


def test_pair_errors() -> None:
    device = rich()
    assert device.from_json().pair_errors() == {(0, 1): 0.002, (1, 2): 0.002}
    device.properties["gates"][0]["parameters"][0]["value"] = 0.001  # the better direction, whichever comes first
    assert device.from_json().pair_errors()[0, 1] == 0.001
    device.properties["gates"][:2] = device.properties["gates"][1::-1]
    assert device.from_json().pair_errors()[0, 1] == 0.001
    device.properties["gates"][2]["parameters"][0]["value"] = 1  # faulty
    device.properties["gates"][3]["parameters"] = []
    device.properties["gates"].append(entry("ecr", [1, 2], nduv("gate_error", 0.1)))  # no basis gate
    assert device.from_json().pair_errors() == {(0, 1): 0.001}
    device.configuration["basis_gates"].append("ecr")
    assert device.from_json().pair_errors() == {(0, 1): 0.001, (1, 2): 0.1}


# A thing that does not change.


def test_nothing_can_be_changed() -> None:
    calibration = rich().from_json()
    before = pickle.dumps(calibration)
    for name in ("dt", "backend_name", "layout", "_columns", "anything", "t1", "medians"):
        with pytest.raises(AttributeError):
            setattr(calibration, name, 1)
        with pytest.raises(AttributeError):
            delattr(calibration, name)
    answers: tuple[Any, ...] = (
        *(calibration.qubits, calibration.gates, calibration.faulty_gates, calibration.faulty_qubits),
        *(calibration.medians(), calibration.pair_values()["jq"]),
    )
    for answer in answers:
        for key in (*answer, "new"):
            with pytest.raises(TypeError):
                answer[key] = ()
            with pytest.raises(TypeError):
                del answer[key]
    for column in (*calibration.qubits.values(), *calibration.gates.values(), calibration.warnings()):
        assert type(column) is tuple
    # What is made anew at each call may be changed, and that changes no other answer.
    for ask in (calibration.durations, calibration.pair_errors, calibration.pair_values):
        answer, same = ask(), dict(ask())
        with suppress(AttributeError):
            answer.clear()
        assert ask() == same
    assert pickle.dumps(calibration) == before
    assert calibration == rich().from_json()


def test_equal_hashed_and_copied() -> None:
    one, other = rich().from_json(), rich().from_json()
    assert one is not other
    assert (one == other, one != other, hash(one) == hash(other)) == (True, False, True)
    assert len({one, other, rich().from_models()}) == 1
    assert one != "ibm_rich"
    assert one.__eq__("ibm_rich") is NotImplemented
    for copied in (copy.copy(one), copy.deepcopy(one)):
        assert copied == one
        assert copied.t1(0) == one.t1(0)
        with pytest.raises(AttributeError):
            copied.dt = 1
    for change in (
        lambda d: d.properties["qubits"][0][0].update(value=99),
        lambda d: d.properties["gates"][0]["parameters"][0].update(value=0.5),
        lambda d: d.properties["general"][0].update(value=0.5),
        lambda d: d.properties.update(backend_version="2"),
        lambda d: d.properties.update(general_qlists=[]),
        lambda d: d.properties.update(last_update_date="2026-04-17T10:19:01Z"),
        lambda d: d.configuration.update(dt=0.4),
        lambda d: d.configuration.update(coords=None),
        lambda d: d.configuration["timing_constraints"].update(granularity=1),
        lambda d: d.configuration.update(processor_type={"family": "Heron", "revision": 2}),
    ):
        device = rich()
        change(device)
        assert device.from_json() != one
    device = rich()
    device.properties["last_update_date"] = "2026-04-17T12:19:00+02:00"  # the same moment
    assert device.from_json() == one
    assert hash(device.from_json()) == hash(one)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pickled(protocol: int) -> None:
    for name in ("boston", "manila", "armonk"):
        calibration = real(name)
        packed = pickle.dumps(calibration, protocol)
        back = pickle.loads(packed)
        assert back == calibration
        assert back.layout == calibration.layout
        assert (repr(back), back.warnings(), back.medians()) == (
            *(repr(calibration), calibration.warnings(), calibration.medians()),
        )
        assert len(packed) < 200_000
    ask_everything(back)


def test_repr() -> None:
    for name in real_names():
        shown = repr(real(name))
        assert len(shown) < 200
        assert real(name).backend_name in shown
        assert f"{real(name).num_qubits} qubits" in shown
        assert len(real(name)._repr_html_()) < 3000
    assert repr(real("manila")) == "<Calibration ibmq_manila, 5 qubits, 2024-05-27 18:27 UTC>"
    assert repr(real("boston")).endswith("2026-04-17 10:19 UTC, faulty: 0 qubits, 10 gates>")


def test_html_escapes() -> None:
    device = rich()
    device.configuration["backend_name"] = device.properties["backend_name"] = f"<script>alert(1)</script>{HOSTILE}"
    device.properties["gates"].append(entry("<img src=x>", [0], nduv("gate_error", 0.1)))
    html = device.from_json()._repr_html_()
    assert not {"<script", "<img", "<b>", "\x1b"} & {
        part for part in ("<script", "<img", "<b>", "\x1b") if part in html
    }
    assert "&lt;script&gt;" in html
    assert "&lt;img src=x&gt;_error" in html
    assert "<th>t1</th><td>0.000101</td>" in html


def test_impossible_values_are_told_and_have_no_part_in_chains() -> None:
    device = rich()
    value = next(value for value in device.properties["qubits"][0] if value["name"] == "readout_error")
    value["value"] = -5
    calibration = device.from_json()
    assert "qubit 0: readout_error -5 is below 0: impossible" in calibration.warnings()
    assert all(calibration.best_chain(1).fidelity <= 1 for _ in range(1)) and calibration.best_chain(1).qubits != (0,)


@pytest.mark.parametrize(("name", "unit"), [("jq_01", "s"), ("zz_01", ""), ("lf_2", "ns"), ("jq_01", "parsec")])
def test_general_values_have_their_own_units(name: str, unit: str) -> None:
    device = rich()
    device.properties["general"].append(nduv(name, 1, unit))
    with pytest.raises(DecodeError, match="expected one of") as caught:
        device.from_json()
    assert caught.value.path == "$.general[*].unit"


def test_a_name_of_many_digits_is_no_pair() -> None:
    device = rich()
    device.properties["general"].append(nduv("jq_" + "1" * 5000, 1, "GHz"))
    calibration = device.from_json()
    assert isinstance(calibration.warnings(), tuple) and "1" * 5000 not in str(calibration.pair_values())


def test_a_name_without_end_is_told_in_part() -> None:
    device, plain = rich(), rich().from_json()
    device.configuration["backend_name"] = device.properties["backend_name"] = "x" * 100_000
    device.configuration["n_qubits"] = int("9" * 4300)
    with pytest.raises(InvalidInputError, match="9 and 3 qubits") as told:
        device.from_json()
    assert len(str(told.value)) < 1200
    device.configuration["n_qubits"] = 3
    calibration = device.from_json()
    assert calibration.backend_name == "x" * 100_000
    assert len(repr(calibration)) < 1100
    with pytest.raises(InvalidInputError) as caught:
        plain.diff(calibration)
    assert len(str(caught.value)) < 1100


def test_places_without_end_are_told_in_part() -> None:
    device = rich()
    device.properties["gates"].append(entry("cz", [0, *[1] * 5000]))
    with pytest.raises(InvalidInputError, match="such as") as caught:
        device.from_json().gate_error("cz", 0)
    assert len(str(caught.value)) < 1100


@pytest.mark.parametrize(
    "place",
    [
        ("configuration", "basis_gates", 0),
        ("configuration", "gates", 0, "name"),
        ("configuration", "gates", 1, "parameters", 0),
        ("configuration", "instruction_signatures", 0, "name"),
        ("configuration", "supported_instructions", 0),
        ("configuration", "processor_type", "family"),
        ("properties", "gates", 0, "gate"),
        ("properties", "gates", 0, "parameters", 0, "name"),
        ("properties", "qubits", 0, 0, "name"),
        ("properties", "general", 0, "name"),
    ],
)
def test_half_of_a_surrogate_pair_is_no_name(place: tuple[Any, ...]) -> None:
    device = rich()
    holder: Any = device._asdict()
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = "x\ud800"
    for make in (device.from_json, device.from_models):
        with pytest.raises(DecodeError, match=r"half of a surrogate pair in 'x\\ud800"):
            make()


def test_the_layout_cannot_be_changed() -> None:
    calibration = rich().from_json()
    for mapping in (calibration.layout.gates, calibration.layout.signatures, calibration.layout.timing_constraints):
        with pytest.raises(TypeError):
            mapping["x"] = 1  # type: ignore[index]
    assert Calibration.of_layout(calibration.layout, json.dumps(rich().properties).encode()) == calibration
    assert pickle.loads(pickle.dumps(calibration)) == calibration
