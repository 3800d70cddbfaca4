import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import combinations, pairwise
from math import dist, log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from ibm_quantum_backends import Backends
from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.calibration.device_positions import device_positions, layout, spacing
from ibm_quantum_backends.calibration.picture import make_scale, ticks
from ibm_quantum_backends.calibration.plot import check_path, plot_map, write
from ibm_quantum_backends.calibration.plot_history import plot_history
from ibm_quantum_backends.errors import InvalidInputError

from .devices import HOSTILE, Device, devices, nduv, real, real_names, rich

LAID_OUT = (  # each shape of the devices without coordinates
    *("almaden", "athens", "belem", "brooklyn", "cambridge", "casablanca", "geneva", "guadalupe"),
    *("johannesburg", "melbourne", "prague", "rochester", "washington", "yorktown"),
)


def drawn(name: str, qubits: str | None = "readout_error", pairs: str | None = "gate_error") -> Figure:
    return real(name).plot(qubits=qubits, pairs=pairs)


def part(figure: Figure, gid: str) -> Any:
    (found,) = (artist for artist in figure.axes[0].collections if artist.get_gid() == gid)
    return found


def circles(figure: Figure) -> list[Bbox]:
    corners = (
        path.vertices for path in part(figure, "qubits").get_paths()
    )  # those of a circle reach as far as it does
    return [Bbox([at.min(axis=0), at.max(axis=0)]) for at in corners]


def centres(figure: Figure) -> list[tuple[float, float]]:
    return [(box.x0 / 2 + box.x1 / 2, box.y0 / 2 + box.y1 / 2) for box in circles(figure)]


def segments(figure: Figure, gid: str) -> list[list[tuple[float, float]]]:
    return [[(float(x), float(y)) for x, y in line] for line in part(figure, gid).get_segments()]


def pairs_of(figure: Figure, gid: str) -> set[tuple[int, ...]]:
    places = {(round(x, 6), round(y, 6)): qubit for qubit, (x, y) in enumerate(centres(figure))}
    ends = [[places[round(x, 6), round(y, 6)] for x, y in line] for line in segments(figure, gid)]
    return {tuple(sorted(pair)) for pair in ends}


def pair_colours(figure: Figure) -> dict[tuple[int, ...], tuple[float, ...]]:
    places = {(round(x, 6), round(y, 6)): qubit for qubit, (x, y) in enumerate(centres(figure))}
    lines = part(figure, "pairs")
    return {
        tuple(sorted(places[round(x, 6), round(y, 6)] for x, y in line)): tuple(colour[:3])
        for line, colour in zip(lines.get_segments(), lines.get_colors(), strict=True)
    }


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def bars(figure: Figure) -> list[str]:
    return [axes.get_xlabel() for axes in figure.axes[1:]]


def light(colour: Any) -> float:
    """Relative luminance, as WCAG 2 has it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))


def contrast(one: Any, other: Any) -> float:
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# What every device gives.


def test_every_device_is_readable() -> None:
    for name in real_names():
        calibration, figure = real(name), drawn(name)
        boxes, places = circles(figure), centres(figure)
        assert len(boxes) == calibration.num_qubits
        apart = min((dist(one, other) for one, other in combinations(places, 2)), default=9)
        assert apart > 1.3 * max(box.width for box in boxes), name
        pairs = {tuple(sorted(pair)) for pair in calibration.coupling_map}
        assert pairs == pairs_of(figure, "pairs") | pairs_of(figure, "faulty-pairs"), name
        texts = figure.axes[0].texts
        assert [text.get_text() for text in texts] == [str(qubit) for qubit in range(calibration.num_qubits)]
        assert [text.get_gid() for text in texts] == [f"qubit-{qubit}" for qubit in range(calibration.num_qubits)]
        assert np.allclose([text.get_position() for text in texts], places)
        assert min(float(text.get_fontsize()) for text in texts) >= 9, name
        assert max(figure.get_size_inches()) < 16
        renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
        for box, text in list(zip(boxes, texts, strict=True))[-3:]:  # those with the longest numbers
            seen, circle = text.get_window_extent(renderer), box.transformed(figure.axes[0].transData)
            assert abs(circle.width) == pytest.approx(abs(circle.height))
            assert seen.width < 0.9 * abs(circle.width), name
            assert seen.height < 0.9 * abs(circle.height), name


@settings(max_examples=10, deadline=None)
@given(device=devices(max_qubits=12))
def test_any_device_is_drawn(device: Device) -> None:
    calibration = device.from_json()
    for qubits, pairs in zip(
        [None, *calibration.qubits], [None, "gate_error", "gate_length", *calibration.pair_values()], strict=False
    ):
        figure = calibration.plot(qubits=qubits, pairs=pairs)
        assert len(circles(figure)) == calibration.num_qubits
        with TemporaryDirectory() as folder:
            write(figure, Path(folder, "map.svg"))
            ET.parse(Path(folder, "map.svg"))


def test_hostile_names(tmp_path: Path) -> None:
    device = rich()
    for document in device:
        document["backend_name"] = f"$x_{HOSTILE}"
    device.configuration["processor_type"] = {"family": HOSTILE, "revision": 3}
    for values in device.properties["qubits"]:
        values.append(nduv(f"$y_{HOSTILE}", 1, "us"))
    figure = device.from_json().plot(qubits=f"$y_{HOSTILE}", pairs="gate_error")
    for kind in ("png", "svg"):
        write(figure, tmp_path / f"map.{kind}")
    ET.parse(tmp_path / "map.svg")
    for text in [text.get_text() for text in figure.texts] + bars(figure):
        assert text.isprintable()
        assert text.isascii()
    assert figure.texts[0].get_text().startswith("$x_")


@pytest.mark.parametrize("text", ["\N{RIGHT-FACING ARMENIAN ETERNITY SIGN}", "$", "$\\frac$", "_ ^", "x" * 500])
def test_names_that_a_font_or_a_formula_lacks(text: str, tmp_path: Path) -> None:
    device = rich()
    for document in device:
        document["backend_name"] = text
    device.configuration["processor_type"] = {"family": text, "revision": 3}
    for values in device.properties["qubits"]:
        values.append(nduv(text, 1, "us"))
    figure = device.from_json().plot(qubits=text, pairs="gate_length")
    write(figure, tmp_path / "map.png")  # warnings are errors
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    texts = [*figure.texts, *(axes.xaxis.label for axes in figure.axes[1:])]
    boxes = [each.get_window_extent(renderer) for each in texts]
    assert all(0 < box.x0 < box.x1 < figure.bbox.width for box in boxes)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    frame = days([[1, 2]], columns=[text, f"{text}2"])
    write(plot_history(frame, metric=text, name=text), tmp_path / "history.png")


def test_a_coupling_of_a_qubit_with_itself_is_not_drawn() -> None:
    manila = real("manila")
    figure = changed(manila, coupling_map=(*manila.coupling_map, (1, 1))).plot()
    assert pairs_of(figure, "pairs") == {*pairwise(range(5))}


# Where qubits are.


def test_a_device_is_drawn_at_its_own_coordinates() -> None:
    own = [name for name in real_names() if real(name).coords]
    assert len(own) == 30
    for name in own:
        assert device_positions(real(name)) == real(name).coords
    figure = drawn("boston")
    assert np.allclose(centres(figure), real("boston").coords or 0)
    # Rows are level: a row of sixteen, then four between it and the next one; and the first one is at the top.
    seen = [figure.axes[0].transData.transform(place) for place in centres(figure)]
    assert [x for x, _ in seen[:16]] == sorted(x for x, _ in seen[:16])
    assert len({round(y) for _, y in seen[:16]}) == len({round(y) for _, y in seen[16:20]}) == 1
    assert seen[0][1] > seen[16][1] > seen[20][1] > seen[155][1]


def crossings(places: tuple[tuple[float, float], ...], pairs: set[tuple[int, int]]) -> Iterator[tuple[Any, Any]]:
    def side(a: int, b: int, c: int) -> bool:
        (ax, ay), (bx, by), (cx, cy) = places[a], places[b], places[c]
        return (bx - ax) * (cy - ay) > (by - ay) * (cx - ax)

    for (a, b), (c, d) in combinations(pairs, 2):
        if len({a, b, c, d}) == 4 and side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b):
            yield (a, b), (c, d)


@pytest.mark.parametrize("name", LAID_OUT)
def test_layout_of_couplings(name: str) -> None:
    calibration = real(name)
    assert calibration.coords is None
    places = device_positions(calibration)
    pairs = {(min(pair), max(pair)) for pair in calibration.coupling_map}
    assert [*crossings(places, pairs)] == []
    lengths = [dist(places[a], places[b]) for a, b in pairs]
    assert min(lengths) > 0.8
    assert max(lengths) < 1.4
    assert spacing(places) > 0.8
    (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*places, strict=True))
    if sum(b == a + 1 for a, b in pairs) < len(pairs) / 2:  # not numbered row by row
        assert bottom - top <= 1.2 * (right - left) + 0.1
    assert places[0][0] <= (left + right) / 2 + 1e-3
    middle = sum(y for _, y in places) / len(places)
    assert sum(qubit * (y - middle) for qubit, (_, y) in enumerate(places)) > -0.1  # the last ones are below


@pytest.mark.parametrize("name", ["brooklyn", "johannesburg", "rochester", "washington"])
def test_rows_of_a_layout_are_level(name: str) -> None:
    places = [complex(*place) for place in device_positions(real(name))]
    steps = [places[b] - places[a] for a, b in real(name).coupling_map if b == a + 1]
    mean = sum(step * step for step in steps) / len(steps)  # squared, so that there and back do not cancel out
    assert mean.real > 0.3
    assert abs(mean.imag) < 0.01
    assert sum(step.real for step in steps) > 0.7 * len(steps)


def test_a_line_is_level() -> None:
    assert np.allclose(device_positions(real("athens")), [(x, 0) for x in (-2, -1, 0, 1, 2)], atol=0.03)


def test_a_layout_is_the_same_each_time() -> None:
    code = (
        "from ibm_quantum_backends.calibration.device_positions import layout\n"
        "print(layout(9, [(0, 1), (1, 2), (1, 3), (3, 4), (4, 5), (5, 6), (3, 7), (7, 8)]))"
    )
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, two = (subprocess.check_output([sys.executable, "-c", code], env=env) for env in seeds)
    assert one == two


@pytest.mark.parametrize(
    ("count", "pairs"),
    [
        (6, [*combinations(range(6), 2)]),  # not planar
        (2, []),
        (20, []),  # nothing coupled
        (12, [*pairwise(range(6)), *pairwise(range(6, 12))]),  # two parts
        (9, [(0, other) for other in range(1, 9)]),
    ],
)
def test_other_shapes_spread_too(count: int, pairs: list[tuple[int, int]]) -> None:
    places = layout(count, pairs)
    assert len(places) == count
    assert spacing(places) > 0.3 * max(max(axis) - min(axis) for axis in zip(*places, strict=True)) / count**0.5


def changed(calibration: Calibration, **fields: Any) -> Calibration:
    return Calibration._of(calibration.layout._replace(**fields), calibration._columns)


@pytest.mark.parametrize(
    "coords",
    [
        None,
        ((0.0, 0.0),) * 5,
        ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0), (1e6, 0.0)),
        ((0.0, 0.0), (1e308, 0.0), (-1e308, 0.0), (0.0, 1e308), (0.0, -1e308)),
    ],
)
def test_coordinates_that_show_nothing_are_not_used(coords: Any) -> None:
    manila = real("manila")
    assert device_positions(changed(manila, coords=coords)) == layout(5, [*pairwise(range(5))])


def test_numbers_beyond_all_bounds_are_drawn() -> None:
    device = rich()
    device.properties["qubits"][0][4]["value"] = device.properties["gates"][0]["parameters"][0]["value"] = -1e308
    device.configuration["coords"] = [[0, 1e308], [-1e308, 0], [1, 1]]
    assert device.from_json().plot()._repr_png_()  # type: ignore[attr-defined]


def test_a_gate_on_no_qubits_is_on_no_pair() -> None:
    device = rich()
    plain = device.from_json()
    device.properties["gates"].append({**device.properties["gates"][0], "qubits": []})
    figure, expected = device.from_json().plot(), plain.plot()
    assert [*map(str, figure.texts)] == [*map(str, expected.texts)]


def test_a_device_without_qubits() -> None:
    device = rich()
    device.configuration.update({"n_qubits": 0, "coupling_map": [], "coords": []})
    device.properties.update({"qubits": [], "gates": [], "general_qlists": []})
    with pytest.raises(InvalidInputError, match="expected a device with qubits"):
        device.from_json().plot()


# What colours and marks say.


def test_colours_follow_the_values() -> None:
    calibration, figure = real("boston"), drawn("boston")
    values = [value or 0.0 for value in calibration.qubits["readout_error"]]
    low, high = log(min(values)), log(max(values))
    expected = [matplotlib.colormaps["viridis"]((log(value) - low) / (high - low))[:3] for value in values]
    assert np.abs(part(figure, "qubits").get_facecolor()[:, :3] - expected).max() < 0.02

    colours, errors = pair_colours(figure), calibration.pair_errors()
    assert colours.keys() == errors.keys()
    order = sorted(errors, key=lambda pair: errors[pair])
    lightness = [light(colours[pair]) for pair in order]
    assert lightness == sorted(lightness)
    assert lightness[0] < 0.05
    assert lightness[-1] > 0.7


# What a reader without cones for green sees of linear RGB: Machado, Oliveira and Fernandes, 2009, at full severity.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


def seen(colours: Any) -> Any:
    """CIE L*a*b* of colours as a deuteranope sees them."""
    linear = np.array(
        [[c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(x)] for x in colours]
    )
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = (linear @ DEUTERANOPIA.T).clip(0, 1) @ to_xyz.T / (0.9505, 1, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116).T
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)]).T


def test_colours_are_told_apart_without_green() -> None:
    figure = drawn("boston")
    meshes = [each for axes in figure.axes[1:] for each in axes.collections if isinstance(each, QuadMesh)]
    shown = [seen(mesh.to_rgba(np.geomspace(*mesh.get_clim(), 11))) for mesh in meshes]
    for colours in shown:
        assert (np.diff(colours[:, 0]) > 3).all()  # lighter is more
        assert min(np.linalg.norm(np.diff(colours, axis=0), axis=1)) > 5
    qubits, pairs = shown
    assert (qubits[:5, 2] < -5).all()  # blue
    assert (pairs[:, 2] > 10).all()  # never


def test_a_linear_scale_for_times() -> None:
    figure = drawn("manila", "t1", "gate_length")
    t1 = [value or 0.0 for value in real("manila").qubits["t1"]]
    expected = [matplotlib.colormaps["viridis"]((value - min(t1)) / (max(t1) - min(t1)))[:3] for value in t1]
    assert np.abs(part(figure, "qubits").get_facecolor()[:, :3] - expected).max() < 0.02


def test_zero_is_below_a_logarithmic_scale() -> None:
    column = real("boston").qubits["prob_meas1_prep0"]
    faces = part(drawn("boston", "prob_meas1_prep0"), "qubits").get_facecolor()
    zeros = [to_hex(face) for value, face in zip(column, faces, strict=True) if value == 0]
    assert zeros == [to_hex(matplotlib.colormaps["viridis"](0))] * 6


def test_pairs_have_the_shorter_of_both_directions() -> None:
    hanoi = real("hanoi")
    both = [(hanoi.gate_length("cx", pair), hanoi.gate_length("cx", pair[::-1])) for pair in hanoi.pair_errors()]
    assert all(one != other for one, other in both)
    shorter = [min(one or 0, other or 0) for one, other in both]
    figure = drawn("hanoi", None, "gate_length")
    (bar,) = figure.axes[1:]
    assert bar.get_xlim() == pytest.approx((min(shorter) * 1e9, max(shorter) * 1e9))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("boston", ["1 faulty pair"]),
        ("sherbrooke", ["1 faulty qubit", "9 faulty pairs"]),
        ("kingston", ["1 faulty qubit", "7 faulty pairs"]),
        ("cusco", ["27 faulty qubits", "19 faulty pairs"]),
        ("kyoto", ["144 faulty pairs"]),
        ("hanoi", ["2 partly faulty pairs"]),
        ("rochester", ["4 faulty pairs", "1 partly faulty pair"]),
        ("cairo", ["1 faulty pair", "2 pairs without a value"]),
        ("manila", []),
    ],
)
def test_what_does_not_work_is_marked(name: str, told: list[str]) -> None:
    calibration, figure = real(name), drawn(name)
    assert legend(figure) == told
    pairs = {tuple(sorted(pair)) for pair in calibration.coupling_map}
    broken = {tuple(sorted(on)) for gate, on in calibration.faulty_gates if gate in calibration.two_qubit_gates}
    works = {
        tuple(sorted(on))
        for gate, on in zip(calibration.gates["gate"], calibration.gates["qubits"], strict=True)
        if gate in calibration.two_qubit_gates and (gate, on) not in calibration.faulty_gates
    }
    assert pairs_of(figure, "faulty-pairs") == broken - works
    assert pairs_of(figure, "partly-faulty-pairs") == broken & works
    assert pairs_of(figure, "pairs") == pairs - (broken - works)
    assert pairs_of(figure, "outlines") == {*calibration.pair_errors()}

    places = centres(figure)
    crossed = {
        min(range(len(places)), key=lambda qubit: dist(places[qubit], ((ax + bx) / 2, (ay + by) / 2)))
        for (ax, ay), (bx, by) in segments(figure, "faulty-qubit-crosses")
    }
    assert crossed == {*calibration.faulty_qubits}
    assert len(segments(figure, "faulty-qubit-crosses")) == 2 * len(crossed)
    assert len(segments(figure, "faulty-pair-crosses")) == 2 * len(broken - works)
    faces = part(figure, "qubits").get_facecolor()
    white = {qubit for qubit, face in enumerate(faces) if tuple(face[:3]) == (1, 1, 1)}
    assert white == crossed
    # The cross is seen beside the circle, and the line is dashed, whatever the colours.
    radius = circles(figure)[0].width / 2
    assert all(dist(*line) / 2 > 1.3 * radius for line in segments(figure, "faulty-qubit-crosses"))
    for gid in ("faulty-pairs", "partly-faulty-pairs"):
        assert all(dashes for _, dashes in part(figure, gid).get_linestyles())


def test_faulty_values_do_not_stretch_the_scale() -> None:
    sherbrooke = real("sherbrooke")
    (broken,) = sherbrooke.faulty_qubits
    sound = [v or 0 for qubit, v in enumerate(sherbrooke.qubits["readout_error"]) if qubit != broken]
    assert drawn("sherbrooke").axes[1].get_xlim()[1] == pytest.approx(max(sound))


def test_absent_values_are_grey() -> None:
    figure = drawn("brussels", "anharmonicity", "jq")
    column = real("brussels").qubits["anharmonicity"]
    absent = {qubit for qubit, value in enumerate(column) if value is None}
    faces = part(figure, "qubits").get_facecolor()
    grey = {qubit for qubit, (r, g, b, _) in enumerate(faces) if r == g == b and r < 1}
    assert grey == absent - real("brussels").faulty_qubits.keys() != set()
    assert f"{len(grey)} qubits without a value" in legend(figure)

    figure = drawn("boston", "frequency", None)  # a column without any value
    assert legend(figure) == ["1 faulty pair", "156 qubits without a value"]
    assert bars(figure) == []
    greys = {light(colour) for colour in pair_colours(drawn("cairo")).values() if len({*colour}) == 1}
    assert len(greys) == 1


def test_devices_without_couplings_or_working_pairs() -> None:
    assert bars(drawn("armonk", "t1")) == ["Qubits: T1 (us)"]
    assert legend(drawn("armonk", "t1")) == []
    assert bars(drawn("kyoto", "t1")) == ["Qubits: T1 (us)"]
    assert bars(drawn("kyoto", None, None)) == []


@pytest.mark.parametrize(
    ("name", "qubits", "pairs", "told"),
    [
        ("boston", "t2", "gate_error", ["Qubits: T2 (us)", "Pairs: cz error"]),
        ("sherbrooke", "frequency", "gate_length", ["Qubits: frequency (GHz)", "Pairs: ecr length (ns)"]),
        ("sherbrooke", "anharmonicity", "zz", ["Qubits: anharmonicity (MHz)", "Pairs: static interaction zz (kHz)"]),
        ("manila", "readout_length", "jq", ["Qubits: readout length (us)", "Pairs: coupling strength jq (MHz)"]),
        ("cairo", "prob_meas0_prep1", "gate_error", ["Qubits: prob meas0 prep1", "Pairs: cx or ecr error"]),
        ("boston", None, "jq", ["Pairs: coupling strength jq (kHz)"]),
    ],
)
def test_bars_say_what_and_in_which_unit(name: str, qubits: str | None, pairs: str | None, told: list[str]) -> None:
    figure = drawn(name, qubits, pairs)
    assert bars(figure) == told
    for axes in figure.axes[1:]:
        labels = [label.get_text() for label in axes.get_xticklabels()]
        assert 1 <= len(labels) <= 8
        assert all(re.fullmatch(r"-?\d{1,4}(\.\d{1,4})?", label) for label in labels)


@pytest.mark.parametrize(
    ("values", "unit", "scale"),
    [
        ([], "s", None),
        ([2e-4, 1e-4], "s", (1e-6, "us", 100, 200, False, "neither")),
        ([5e9, 4e9, 4.5e9], "Hz", (1e9, "GHz", 4, 5, False, "neither")),
        ([-5e4, -4e4], "Hz", (1e3, "kHz", -50, -40, False, "neither")),
        ([0.001, 0.01], "", (1, "", 0.001, 0.01, True, "neither")),
        ([0.002, 0.01], "", (1, "", 0.002, 0.01, False, "neither")),
        ([0, 0.001, 0.01], "", (1, "", 0.001, 0.01, True, "min")),
        ([-0.001, 0.01], "", (1, "", -0.001, 0.01, False, "neither")),
        ([0, 0], "Hz", (1, "Hz", 0, 0, False, "neither")),
        ([*range(100, 120), 1000], "Hz", (1, "Hz", 100, 145, False, "max")),
        ([*range(100, 120), -1000, 1000], "Hz", (1, "Hz", 72.75, 146.25, False, "both")),
        ([1e-12], "s", (1e-9, "ns", 1e-3, 1e-3, False, "neither")),
        ([-1e308, 0.5], "", (1, "", -1e30, 0.5, False, "min")),
        ([1e300, 1e308], "", (1, "", 1e30, 1e30, True, "max")),
    ],
)
def test_scales(values: list[float], unit: str, scale: tuple[Any, ...] | None) -> None:
    found = make_scale(values, unit)
    if scale is None or found is None:
        assert found is scale
        return
    assert found[:2] == scale[:2]
    assert found[2:4] == pytest.approx(scale[2:4])
    assert found[4:] == scale[4:]


@pytest.mark.parametrize(
    ("low", "high", "log_scale", "found"),
    [
        (0.001, 0.05, True, [0.001, 0.002, 0.005, 0.01, 0.02, 0.05]),
        (0.0008, 0.3, True, [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]),
        (1e-7, 1, True, [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]),
        (44, 224, False, [50, 100, 150, 200]),
        (3.0, 3.0, False, [3.0]),
    ],
)
def test_ticks(low: float, high: float, log_scale: bool, found: list[float]) -> None:
    assert ticks(low, high, log=log_scale, most=6) == pytest.approx(found)


def test_titles() -> None:
    told = [text.get_text() for text in drawn("boston").texts]
    assert told == ["ibm_boston", "Heron r3, 156 qubits, calibrated 2026-04-17 10:19 UTC"]
    assert drawn("armonk").texts[1].get_text() == "Canary r1.2, 1 qubit, calibrated 2021-03-15 04:40 UTC"
    assert drawn("rochester").texts[1].get_text().startswith("53 qubits, calibrated ")


@pytest.mark.parametrize("name", ["armonk", "manila", "hanoi", "rochester", "washington", "miami", "boston"])
def test_numbers_stand_out(name: str) -> None:
    figure = drawn(name, "t1")
    for qubit, face in enumerate(part(figure, "qubits").get_facecolor()):
        assert contrast(figure.axes[0].texts[qubit].get_color(), face) > 4.5


@pytest.mark.parametrize(
    ("name", "qubits", "pairs"),
    [
        *(("armonk", "t1", None), ("manila", "t1", "gate_length"), ("yorktown", "frequency", "jq")),
        *(("brussels", "anharmonicity", "jq"), ("cambridge", "t1", "gate_error"), ("miami", "t1", "zz")),
        *(("cusco", "readout_error", "gate_error"), ("washington", "t2", "zz"), ("boston", None, None)),
    ],
)
def test_nothing_overlaps_or_is_cut(name: str, qubits: str | None, pairs: str | None) -> None:
    figure = drawn(name, qubits, pairs)
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    to_pixels = figure.axes[0].transData
    parts = [Bbox.union([box.transformed(to_pixels) for box in circles(figure)])]
    parts += [text.get_window_extent(renderer) for text in figure.texts]
    parts += [box for axes in figure.axes[1:] if (box := axes.get_tightbbox(renderer))]
    parts += [legend.get_window_extent(renderer) for legend in figure.legends]
    assert [(a, b) for a, b in combinations(parts, 2) if a.overlaps(b)] == []
    for box in parts:
        assert box.x0 > 0
        assert box.y0 > 0
        assert box.x1 < figure.bbox.width
        assert box.y1 < figure.bbox.height
    for axes in figure.axes[1:]:
        labels = [label.get_window_extent(renderer) for label in axes.get_xticklabels()]
        assert all(one.x1 < other.x0 for one, other in pairwise(labels))


# Bad input.


def test_columns_that_there_are_not() -> None:
    with pytest.raises(InvalidInputError) as error:
        drawn("boston", "T1")
    assert str(error.value) == (
        "qubits: expected None or one of t1, t2, frequency, anharmonicity, readout_error, readout_length, "
        "prob_meas0_prep1, prob_meas1_prep0; found 'T1'"
    )
    for name, pairs, told in (
        ("boston", "cz_error", "gate_error, gate_length, jq, zz; found 'cz_error'"),
        ("nighthawk", "jq", "gate_error, gate_length; found 'jq'"),
        ("nighthawk", "", "gate_error, gate_length; found ''"),
    ):
        with pytest.raises(InvalidInputError) as error:
            drawn(name, None, pairs)
        assert str(error.value) == f"pairs: expected None or one of {told}"


@pytest.mark.parametrize("path", ["map", "map.pdf", "map.png.gz", ".png", "png"])
def test_files_of_other_kinds(path: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"^expected a file that ends in .png or .svg, found '"):
        check_path(tmp_path / path)
    with pytest.raises(InvalidInputError):
        write(Figure(), tmp_path / path)
    assert [*tmp_path.iterdir()] == []


# Files.


def chunks(content: bytes) -> dict[bytes, bytes]:
    at, found = 8, {}
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        found[content[at + 4 : at + 8]] = content[at + 8 : at + 8 + size]
        at += 12 + size
    return found


@pytest.mark.parametrize("name", ["boston", "manila"])
def test_png(name: str, tmp_path: Path) -> None:
    figure = drawn(name)
    write(figure, tmp_path / "map.PNG")
    content = (tmp_path / "map.PNG").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    found = chunks(content)
    size = struct.unpack(">II", found[b"IHDR"][:8])
    assert size == pytest.approx([150 * inches for inches in figure.get_size_inches()], abs=1)
    assert not found.keys() & {b"tEXt", b"iTXt", b"tIME"}  # no version and no date
    assert 900 < size[0] < 1500


def test_svg(tmp_path: Path) -> None:
    write(drawn("brussels", "anharmonicity"), tmp_path / "map.svg")
    text = (tmp_path / "map.svg").read_text()
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len({*ids}) == len(ids)
    assert [name for name in ids if name.startswith("qubit-")] == [f"qubit-{qubit}" for qubit in range(127)]
    assert {*re.findall(r"<!-- (\d+) -->", text)} >= {str(qubit) for qubit in range(127)}
    used = {*re.findall(r"url\(#([^)]+)\)", text)} | {*re.findall(r'href="#([^"]+)"', text)}
    assert len(used) > 10
    assert used <= {*ids}
    assert "Matplotlib v" not in text
    assert "dc:date" not in text


def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom ibm_quantum_backends import Backends\n"
        "from ibm_quantum_backends.calibration.plot import write\n"
        "with Backends.sandbox() as backends: figure = backends.calibration('ibm_sherbrooke').plot()\n"
        "for path in sys.argv[1:]: write(figure, path)"
    )
    for seed in ("0", "1"):
        files = [tmp_path / f"{seed}.{kind}" for kind in ("png", "svg")]
        env = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-W", "error", "-c", code, *files], env=env, check=True)
    with Backends.sandbox() as backends:
        figure = backends.calibration("ibm_sherbrooke").plot()
    for kind in ("png", "svg"):
        for number in (2, 3):  # a figure can be written again
            write(figure, tmp_path / f"{number}.{kind}")
        contents = [file.read_bytes() for file in tmp_path.glob(f"*.{kind}")]
        assert len(contents) == 4
        assert len({*contents}) == 1


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    figure = drawn("manila")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OSError):
        write(figure, tmp_path / "folder.png")
    (tmp_path / "there.svg").write_text("before")
    with pytest.raises(AttributeError):
        write("no figure", tmp_path / "there.svg")  # type: ignore[arg-type]
    assert (tmp_path / "there.svg").read_text() == "before"
    os.link(tmp_path / "there.svg", tmp_path / "old.svg")  # the same file, until another takes its name
    (tmp_path / "link.svg").symlink_to(tmp_path / "there.svg")
    write(figure, tmp_path / "link.svg")
    assert (tmp_path / "there.svg").read_text().startswith("<?xml")
    assert (tmp_path / "old.svg").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.png", "link.svg", "old.svg", "there.svg"]


# With other programs.


def test_a_notebook_shows_the_figure_itself() -> None:
    figure = drawn("manila")
    assert isinstance(figure, Figure)
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_threads(tmp_path: Path) -> None:
    names = ["boston", "sherbrooke", "hanoi", "yorktown"] * 2

    def draw(number: int, folder: Path = tmp_path) -> bytes:
        file = folder / f"{number}.svg"
        write(drawn(names[number]), file)
        return file.read_bytes()

    alone = [draw(number) for number in range(4)] * 2
    with ThreadPoolExecutor(4) as executor:
        assert [*executor.map(draw, range(8))] == alone


def run(code: str) -> str:
    start = "import sys\nfrom ibm_quantum_backends import Backends\nfrom ibm_quantum_backends.errors import *\n"
    return subprocess.check_output([sys.executable, "-W", "error", "-c", start + code], text=True).strip()


def test_no_pyplot_and_no_settings(tmp_path: Path) -> None:
    code = f"""
import matplotlib
matplotlib.rcParams.update({{"figure.facecolor": "black", "text.color": "white", "axes.facecolor": "black",
    "figure.constrained_layout.use": True, "svg.hashsalt": None}})
def rc(): return {{key: matplotlib.rcParams[key] for key in matplotlib.rcParams if key != "backend"}}
before = rc()
from ibm_quantum_backends.calibration.plot import write
with Backends.sandbox() as backends: figure = backends.calibration("ibmq_manila").plot()
for kind in ("png", "svg"): write(figure, {str(tmp_path)!r} + "/styled." + kind)
print("matplotlib.pyplot" in sys.modules, rc() == before)
"""
    assert run(code) == "False True"
    with Backends.sandbox() as backends:
        figure = backends.calibration("ibmq_manila").plot()
    for kind in ("png", "svg"):
        write(figure, tmp_path / f"plain.{kind}")
        assert (tmp_path / f"plain.{kind}").read_bytes() == (tmp_path / f"styled.{kind}").read_bytes()


@pytest.mark.parametrize("module", ["plot", "plot_history", "picture"])
def test_without_matplotlib(module: str) -> None:
    code = f"""
sys.modules["matplotlib"] = None
try: import ibm_quantum_backends.calibration.{module}
except MissingExtraError as error: print(error)
"""
    assert run(code) == "Drawing needs optional packages: pip install 'ibm-quantum-backends[plot]'"


@pytest.mark.parametrize("package", ["networkx", "scipy"])
def test_without_what_lays_out(package: str) -> None:
    code = f"""
sys.modules[{package!r}] = None
from ibm_quantum_backends.calibration.device_positions import layout
with Backends.sandbox() as backends: backends.calibration("ibm_boston").plot()
try: layout(2, [(0, 1)])
except MissingExtraError as error: print(error)
"""
    assert run(code) == "Drawing needs optional packages: pip install 'ibm-quantum-backends[plot]'"


# Values over time.


@cache
def sherbrooke(metric: str) -> pd.DataFrame:
    """The three documents of the sandbox."""
    with Backends.sandbox() as backends:
        found = [
            backends.calibration("ibm_sherbrooke", updated_before=before)
            for before in ("2023-06-01", "2024-06-01", "2025-06-01")
        ]
    rows: list[dict[Any, Any]] = [dict(enumerate(each.qubits.get(metric, ()))) for each in found]
    if metric == "ecr_error":
        tables = [
            zip(each.gates["gate"], each.gates["qubits"], each.gates["gate_error"], strict=True) for each in found
        ]
        rows = [{f"{on[0]}-{on[1]}": error for gate, on, error in table if gate == "ecr"} for table in tables]
    index = pd.DatetimeIndex([each.last_update_date for each in found], name="time")
    return pd.DataFrame(rows, index=index, dtype=float)


def line(figure: Figure, start: str) -> Any:
    (found,) = (line for line in figure.axes[0].lines if str(line.get_label()).startswith(start))
    return found


def days(values: Any, *, columns: Any = None, drop: tuple[int, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(values, columns=columns, dtype=float)
    frame.index = pd.date_range("2025-01-01", periods=len(frame), freq="D", tz="UTC")
    return frame.drop(frame.index[[*drop]])


def test_median_range_and_ends() -> None:
    frame = sherbrooke("t1")
    figure = plot_history(frame, metric="t1", name="ibm_sherbrooke")
    axes = figure.axes[0]
    median = line(figure, "median")
    assert median.get_ydata() == pytest.approx(frame.median(axis="columns").to_numpy() * 1e6)
    assert axes.get_ylabel() == "T1 (us)"
    (band,) = axes.collections
    corners: Any = band.get_paths()[0].vertices
    low, high = (frame.quantile(part, axis="columns").to_numpy() * 1e6 for part in (0.1, 0.9))
    assert {*corners[:, 1].round(6)} == {*np.concatenate([low, high]).round(6)}
    over_time = frame.median()
    for told, column in (("best", over_time.idxmax()), ("worst", over_time.idxmin())):
        thin = line(figure, told)
        assert thin.get_label() == f"{told}: qubit {column}"
        assert thin.get_ydata() == pytest.approx(frame[column].to_numpy() * 1e6)
        assert thin.get_linewidth() < median.get_linewidth() / 2
    assert legend(figure) == [
        "10 to 90 % of all",
        "median",
        *(line(figure, end).get_label() for end in ("best", "worst")),
    ]
    titles = [text.get_text() for text in figure.texts]
    assert titles == ["ibm_sherbrooke", "T1 of 127 qubits, 2023-01-03 to 2025-02-26 (UTC)"]
    assert axes.get_yscale() == "linear"
    assert [round(x, 3) for x in median.get_xdata()] == [round(each.timestamp() / 86400, 3) for each in frame.index]


def test_a_history_draws_itself() -> None:
    with Backends.sandbox() as backends:
        figure = backends.history("ibm_sherbrooke", "2023-02-01", "2025-04-01", "monthly").plot("ecr_error")
    assert figure.texts[1].get_text() == "ecr error of 146 gates, 2023-02-01 to 2025-04-01 (UTC)"
    median = line(figure, "median")
    assert len(median.get_ydata()) == 27
    assert np.isfinite(median.get_ydata()).all()  # months are of different length, and none is missing


def test_what_does_not_work_is_left_out_of_errors() -> None:
    frame = sherbrooke("ecr_error")
    assert (frame >= 1).any(axis=None)
    figure = plot_history(frame, metric="ecr_error", name="ibm_sherbrooke")
    sound = frame.where(frame < 1)
    assert line(figure, "median").get_ydata() == pytest.approx(sound.median(axis="columns").to_numpy())
    assert line(figure, "best").get_label() == f"best: {sound.median().idxmin()}"
    assert all(np.nanmax(each.get_ydata()) < 1 for each in figure.axes[0].lines)
    assert figure.axes[0].get_yscale() == "log"
    assert figure.axes[0].get_ylabel() == "ecr error"
    assert "gates, 2023" in figure.texts[1].get_text()


def test_of_frequencies_none_is_best() -> None:
    figure = plot_history(sherbrooke("frequency"), metric="frequency", name="ibm_sherbrooke")
    assert [told.split(":")[0] for told in legend(figure)] == ["10 to 90 % of all", "median", "highest", "lowest"]
    assert figure.axes[0].get_ylabel() == "frequency (GHz)"


@pytest.mark.parametrize(("count", "lines"), [(1, 1), (8, 8), (9, 3)])
def test_few_are_a_line_each(count: int, lines: int) -> None:
    frame = days(np.random.default_rng(1).normal(3e-7, 1e-8, (20, count)), columns=[f"0-{n}" for n in range(count)])
    figure = plot_history(frame, metric="cx_length", name="device")
    drawn_lines = figure.axes[0].lines
    assert len(drawn_lines) == lines
    assert figure.axes[0].get_ylabel() == "cx length (ns)"
    assert len({(each.get_color(), each.get_marker()) for each in drawn_lines}) == lines
    if count <= 8:
        assert legend(figure) == list(frame.columns)
        for column in frame.columns:
            assert line(figure, column).get_ydata() == pytest.approx(frame[column].to_numpy() * 1e9)


def test_gaps_where_times_or_values_are_missing() -> None:
    frame = days([[n * 1e-4, (n + 1) * 1e-4] for n in range(1, 11)], drop=(4, 5))
    frame.iloc[1, 0] = np.nan
    before = frame.copy()
    figure = plot_history(frame.iloc[::-1], metric="t1", name="device")
    first, second = (line(figure, f"qubit {qubit}").get_ydata() for qubit in (0, 1))
    assert [*second] == pytest.approx([200, 300, 400, 500, np.nan, 800, 900, 1000, 1100], nan_ok=True)
    assert [*first] == pytest.approx([100, np.nan, 300, 400, np.nan, 700, 800, 900, 1000], nan_ok=True)
    assert all(each.get_marker() not in ("", "None") for each in figure.axes[0].lines)
    pd.testing.assert_frame_equal(frame, before)


def test_a_time_that_stands_twice_has_the_last_values() -> None:
    frame = days([[1e-4], [2e-4], [3e-4]])
    frame.index = frame.index[[0, 1, 1]]
    assert [*line(plot_history(frame, metric="t1", name="device"), "qubit 0").get_ydata()] == pytest.approx([100, 300])


def test_one_time_only() -> None:
    figure = plot_history(days([[1e-4] * 20]), metric="t1", name="device")
    assert figure.texts[1].get_text() == "T1 of 20 qubits, 2025-01-01 (UTC)"
    assert len(line(figure, "median").get_ydata()) == 1


@pytest.mark.parametrize("frame", [days([]), days([[np.nan] * 3] * 4), days([[1.0] * 3] * 4)])
def test_nothing_to_draw(frame: pd.DataFrame) -> None:
    with pytest.raises(InvalidInputError, match=r"^frame: expected values of 'cz_error', found none$"):
        plot_history(frame, metric="cz_error", name="device")


@pytest.mark.parametrize(("count", "length"), [(5, 30), (8, 3), (127, 400)])
def test_nothing_overlaps_or_is_cut_in_a_chart(count: int, length: int, tmp_path: Path) -> None:
    values = np.random.default_rng(2).lognormal(-5, 1, (length, count)).clip(0, 1)
    figure = plot_history(days(values, drop=(length // 2,)), metric="readout_error", name="device")
    for kind in ("png", "svg"):
        write(figure, tmp_path / f"history.{kind}")
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    parts = [text.get_window_extent(renderer) for text in figure.texts]
    parts += [box for axes in figure.axes if (box := axes.get_tightbbox(renderer))]
    parts += [legend.get_window_extent(renderer) for legend in figure.legends]
    assert [(a, b) for a, b in combinations(parts, 2) if a.overlaps(b)] == []
    for box in parts:
        assert min(box.x0, box.y0) > 0
        assert box.x1 < figure.bbox.width
        assert box.y1 < figure.bbox.height


def test_the_method_calls_with_its_defaults() -> None:
    manila = real("manila")
    one, two = manila.plot(), plot_map(manila, qubits="readout_error", pairs="gate_error")
    assert bars(one) == bars(two) == ["Qubits: readout error", "Pairs: cx error"]
