"""Calibrations of damaged documents: a calibration that does all that it can, or one clear error."""

import copy
import json
import math
import pickle
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.calibration.decoding import decode_layout
from ibm_quantum_backends.calibration.device_positions import device_positions
from ibm_quantum_backends.calibration.metric import read_metric
from ibm_quantum_backends.calibration.picture import write
from ibm_quantum_backends.errors import BackendsError, DecodeError, InvalidInputError
from ibm_quantum_backends.raw.errors import ModelError
from ibm_quantum_backends.raw.models import BackendConfiguration, BackendProperties

from .documents import MANILA, devices
from .guard import EXAMPLES, fuzzed, limited
from .mutations import Damaged, damaged
from .test_responses import check_error


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Damaged, Damaged]:
    """Both documents of a device, either of them damaged or both."""
    large = draw(st.integers(0, 39)) == 39
    both = draw(st.sampled_from([pair for pair in devices().values() if large or not pair[0].large]))
    which = draw(st.sampled_from(("configuration", "properties", "both")))
    first, second = (draw(damaged((seed,), most=4 if which in (seed.kind, "both") else 0)) for seed in both)
    return first, second


def read(make: Callable[[], Calibration]) -> Calibration | BackendsError:
    try:
        return make()
    except (DecodeError, InvalidInputError) as error:
        return error


def of_models(configuration: Any, properties: Any) -> Calibration:
    return Calibration(BackendConfiguration.from_dict(configuration), BackendProperties.from_dict(properties))


def check_free(calibration: Calibration) -> None:
    """What a calibration says without any other package."""
    count = calibration.num_qubits
    assert repr(calibration).isprintable()
    assert len(calibration._repr_html_()) < 100_000
    assert all(len(column) == count for column in calibration.qubits.values())
    lengths = {len(column) for column in calibration.gates.values()}
    assert len(lengths) == 1
    for column in (*calibration.qubits.values(), *list(calibration.gates.values())[2:]):
        assert all(value is None or math.isfinite(value) for value in column)
    assert all(0 <= qubit < count for pair in calibration.coupling_map for qubit in pair)
    assert {*calibration.faulty_qubits} <= {*range(count)}
    assert {*calibration.faulty_gates} <= {*zip(calibration.gates["gate"], calibration.gates["qubits"], strict=True)}
    assert all(told.isprintable() for told in calibration.warnings())
    assert all(math.isfinite(value) for value in calibration.medians().values())
    for duration in calibration.durations().values():
        assert math.isfinite(duration.seconds)
    for named in calibration.pair_values().values():
        assert all(math.isfinite(value) and one < other for (one, other), value in named.items())
    for chain in calibration.layer_fidelity():
        assert 0 <= chain.layer_fidelity <= 1
        assert chain.eplg is None or 0 <= chain.eplg <= 1
    assert all(0 <= error < 1 for error in calibration.pair_errors().values())
    for method in (calibration.t1, calibration.t2, calibration.frequency, calibration.anharmonicity):
        assert [method(qubit) for qubit in range(count)] == [*calibration.qubits[method.__name__]]
    for qubit in range(count):
        calibration.readout_error(qubit)
        calibration.readout_length(qubit)
    for gate, on in zip(calibration.gates["gate"], calibration.gates["qubits"], strict=True):
        calibration.gate_error(gate, on)
        calibration.gate_length(gate, on)
    for gate in ("cz", "", "no such gate"):
        expect(lambda gate=gate: calibration.gate_error(gate, (0, 1)))
        expect(lambda gate=gate: calibration.gate_length(gate, 0))
    assert calibration.diff(calibration) == ()
    assert isinstance(calibration.two_qubit_gates, tuple)
    assert {calibration, pickle.loads(pickle.dumps(calibration)), copy.copy(calibration)} == {calibration}
    assert copy.deepcopy(calibration) == calibration
    assert calibration.layout.num_qubits == count


def expect(work: Callable[[], Any]) -> Any:
    """What comes of it; the package's own errors are answers too."""
    try:
        return work()
    except BackendsError as error:
        check_error(error)
        return None


def compare(calibration: Calibration) -> None:
    for changes in (calibration.diff(other(calibration)), other(calibration).diff(calibration)):
        assert all(change.size >= 1 for change in changes)


def other(calibration: Calibration) -> Calibration:
    """The device without its last gate entries, as if on another day."""
    columns = calibration._columns
    qubits = {name: column[::-1] for name, column in columns.qubits.items()}
    return Calibration._of(calibration._layout, columns._replace(qubits=qubits))


def frames(calibration: Calibration) -> None:
    found = calibration.to_pandas()
    assert len(found.qubits) == calibration.num_qubits
    for frame in found:
        frame.to_parquet(BytesIO())
        assert repr(frame)


def graph(calibration: Calibration) -> None:
    assert len(calibration.to_networkx()) == calibration.num_qubits


def target(calibration: Calibration) -> None:
    for options in ({}, {"faulty": "keep", "fractional_gates": False}, {"clip_t2": True, "control_flow": False}):
        if (found := expect(lambda options=options: calibration.to_target(**options))) is not None:
            assert found.num_qubits == calibration.num_qubits
            assert found.operation_names is not None
            found.build_coupling_map()


def backend(calibration: Calibration) -> None:
    found = expect(calibration.to_backend)
    if found is not None:
        assert found.num_qubits == calibration.num_qubits
        assert repr(found)
        pickle.loads(pickle.dumps(found))


def chains(calibration: Calibration) -> None:
    for n in (1, 2, 3, calibration.num_qubits):
        for find in (calibration.best_chain, calibration.best_region):
            if (found := expect(lambda find=find, n=n: find(n))) is not None:
                assert len({*found.qubits}) == n
                assert 0 <= found.fidelity <= 1


def picture(calibration: Calibration) -> None:
    device_positions(calibration)
    for options in ({}, {"qubits": "t1", "pairs": "gate_length"}, {"qubits": "frequency", "pairs": "jq"}):
        if (figure := expect(lambda options=options: calibration.plot(**options))) is not None:
            figure.draw_without_rendering()


def drawn(calibration: Calibration) -> None:
    if (figure := expect(calibration.plot)) is not None:
        assert figure._repr_png_()
        with pytest.raises(InvalidInputError):
            write(figure, "device.pdf")


# What takes long is done with a part of the documents: how many of a hundred.
COSTLY = {compare: 10, frames: 12, graph: 10, target: 12, backend: 3, chains: 4, picture: 2, drawn: 1}
TURNS = (*[None] * (10 if EXAMPLES else 46), *[work for work, count in COSTLY.items() for _ in range(count)])


@fuzzed(150)
@given(pairs(), st.sampled_from(TURNS))
def test_two_documents_are_a_calibration_or_an_error(
    both: tuple[Damaged, Damaged], costly: Callable[[Calibration], None] | None
) -> None:
    bodies = [each.body for each in both]
    with limited():
        found = read(lambda: Calibration.from_json(bodies[0], bodies[1]))
        if isinstance(found, BackendsError):
            event(type(found).__name__)
            body = found.body if isinstance(found, DecodeError) else None
            assert body is None or body in bodies
            check_error(found)
            return
        event(f"a calibration, and {costly.__name__ if costly else 'no more'}")
        check_free(found)
        if costly is not None:
            costly(found)


@fuzzed(80, share=0.5)
@given(pairs())
def test_the_fast_way_says_what_the_models_say(both: tuple[Damaged, Damaged]) -> None:
    bodies = [each.body for each in both]
    with limited():
        fast = read(lambda: Calibration.from_json(bodies[0], bodies[1]))
        try:
            documents = [json.loads(body) for body in bodies]
        except (ValueError, RecursionError):
            return  # in a part that a calibration has no use for, and so does not read, there may be anything
        try:
            slow: Any = of_models(*documents)
        except (ModelError, BackendsError) as error:
            slow = error
        told = f"{fast!r}, and of the models {slow!r}"
        assert isinstance(fast, Calibration) == isinstance(slow, Calibration), told
        if isinstance(fast, Calibration):
            event("a calibration")
            assert fast == slow, told
            assert fast.warnings() == slow.warnings()


@fuzzed(50, share=0.3)
@given(
    st.sampled_from([pair for pair in devices().values() if not pair[0].large]).flatmap(
        lambda pair: st.tuples(st.just(json.dumps(pair[0].document).encode()), damaged(pair[1:]))
    ),
    st.sampled_from(("t1", "readout_error", "cz_error", "cx_length", "sx_error", "leakage", "jq", "")),
)
def test_a_quantity_alone_is_that_of_the_calibration(both: tuple[bytes, Damaged], metric: str) -> None:
    layout, body = decode_layout(both[0]), both[1].body
    with limited():
        whole = read(lambda: Calibration.of_layout(layout, body))
        try:
            row = read_metric(layout, body, metric)
        except BackendsError as error:
            assert type(error) is type(whole), whole
            return
        assert all(value is None or math.isfinite(value) for value in row.values())
        if isinstance(whole, Calibration) and metric in whole.qubits:
            assert row == dict(enumerate(whole.qubits[metric]))
        elif isinstance(whole, Calibration):
            gate, _, kind = metric.rpartition("_")
            keys = zip(whole.gates["gate"], whole.gates["qubits"], strict=True)
            found = zip(keys, whole.gates.get(f"gate_{kind}", ()), strict=False)
            assert row == {"-".join(map(str, on)): value for (name, on), value in found if name == gate}


@pytest.mark.parametrize("name", [name for name in devices() if name in (MANILA, "ibm_boston/12", "miami/12")])
def test_what_is_not_damaged_is_a_calibration(name: str) -> None:
    both = [json.dumps(seed.document).encode() for seed in devices()[name]]
    calibration = Calibration.from_json(both[0], both[1])
    check_free(calibration)
    for work in COSTLY:
        work(calibration)
