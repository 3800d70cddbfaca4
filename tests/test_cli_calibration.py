"""The commands that choose a device and use its calibration: on the sandbox, a local server and a recording."""

import csv
import io
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pytest
from conftest import SANDBOX, Run
from rich.console import Console
from runtime_wheels import real_documents
from test_cli import complaint, device, on_terminal, recording_of

from ibm_quantum_backends import Backends
from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.cli.calibration_tables import Backend, backend_page, summary
from ibm_quantum_backends.recording import Record, Recording
from ibm_quantum_backends.server import DEFAULT_API_KEY, DEFAULT_INSTANCE, Server

BOSTON, SHERBROOKE, MANILA = "ibm_boston", "ibm_sherbrooke", "ibmq_manila"
NOW = datetime.now(UTC)
WITHOUT = "import sys; sys.modules[{!r}] = None; from ibm_quantum_backends.cli import main; sys.exit(main())"


@pytest.fixture
def run(clean_environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qbackends: Run) -> Run:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    return qbackends


@pytest.fixture
def server(api: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", DEFAULT_API_KEY)
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", DEFAULT_INSTANCE)
    monkeypatch.setenv("IAM_URL", api.iam_url)
    return api


def calibration(name: str, before: str | None = None) -> Calibration:
    with Backends.sandbox() as backends:
        return backends.calibration(name, updated_before=before)


def fields(page: str) -> dict[str, str]:
    """The lines of a page that have a name and a value."""
    split = (re.split(r" {2,}", line.strip(), maxsplit=1) for line in page.splitlines() if line.strip())
    return {parts[0]: parts[1] for parts in split if len(parts) == 2}


def changed(folder: Path, name: str, **parts: Any) -> Path:
    """A recording of a device of the sandbox whose documents have other parts, by kind."""
    sandbox = Recording(SANDBOX)
    recording_of(folder, device(name))
    for kind in ("configuration", "properties"):
        body = json.loads(sandbox.answer(f"/v1/backends/{name}/{kind}", {})[1])
        change = parts.get(kind, lambda document: document)
        text = json.dumps(change(body)).encode()
        Record(folder).add(f"get_backend_{kind}", name, text, date=NOW)
    return folder


# The same answers from everywhere


@pytest.mark.parametrize(
    "arguments",
    [
        f"show {BOSTON}",
        f"show {BOSTON} --json",
        f"compare {BOSTON} {MANILA}",
        f"compare {BOSTON} {MANILA} --json",
        f"export {MANILA} --of gates",
        f"export {SHERBROOKE} --of qubits --json --before 2024-06-01",
        f"diff {SHERBROOKE} --since 2024-06-01",
        f"diff {SHERBROOKE} --since 2024-06-01 --json",
        f"chain {MANILA} -n 3",
        f"chain {MANILA} -n 3 --shape region --json",
    ],
)
def test_sandbox_server_and_recording_agree(run: Run, server: Server, arguments: str) -> None:
    sandbox = run(*arguments.split(), "--sandbox")
    assert (sandbox.code, sandbox.err) == (0, "")
    assert len(sandbox.out) > 50
    assert run(*arguments.split(), "--base-url", server.base_url) == sandbox
    assert run(*arguments.split(), "--replay", SANDBOX) == sandbox


def test_of_what_was_recorded(run: Run) -> None:
    assert run("record", "monday", "--sandbox").code == 0
    for arguments in (["export", BOSTON], ["chain", BOSTON, "-n", "4"], ["diff", BOSTON]):
        assert run(*arguments, "--replay", "monday") == run(*arguments, "--sandbox")
    pages = (fields(run("show", BOSTON, *source).out) for source in (["--replay", "monday"], ["--sandbox"]))
    recorded, sandbox = pages
    assert recorded == sandbox | {"Wait": "-"}  # a recording holds the list without times


# show


def test_show(run: Run) -> None:
    outcome = run("show", BOSTON, "--sandbox")
    assert (outcome.code, outcome.err) == (0, "")
    page = fields(outcome.out)
    assert (page["Status"], page["Queue"], page["Wait"]) == ("online", "0", "0:00:00")
    assert (page["Name"], page["Processor"], page["Qubits"]) == (BOSTON, "Heron r3", "156")
    assert (page["Basis gates"], page["Two-qubit gates"]) == ("cz, id, rz, sx, x", "cz")
    assert re.fullmatch(r"2026-04-17 10:19 UTC, \d+ d ago", page["Calibrated"])
    assert page["T1 (us)"].split() == ["292.4", "403.8", "103", "6.797", "85"]
    assert page["readout error"].split() == ["0.00513", "0.000977", "14", "0.226", "146"]
    assert page["readout length (ns)"].split() == ["2200"]
    assert page["cz error"].split() == ["0.00127", "0.000729", "37-45", "0.16", "85-77"]
    assert page["cz length (ns)"].split() == ["68"]
    assert page["EPLG"] == "0.00275 on the best chain of 100 qubits"
    assert page["Faulty qubits"] == "none"
    assert page["Faulty gates"] == "10: id 146, rx 146, sx 146, x 146, cz 84-85, cz 85-84, and 4 more"
    assert page["Warnings"] == "3: qubit 2: T2 34.41 us is above 2 * T1, 32.33 us: unphysical"
    assert not {name for name in page if name.startswith(("2Q", "Readout"))}  # the list's figures, said twice
    assert max(map(len, outcome.out.splitlines())) <= 100
    assert "\x1b" not in outcome.out


@pytest.mark.parametrize(
    ("age", "told"),
    [
        ({"days": -1}, "0 min ago"),
        ({"minutes": 119}, "119 min ago"),
        ({"hours": 47}, "47 h ago"),
        ({"hours": 49}, "2 d ago"),
    ],
)
def test_age(age: dict[str, int], told: str) -> None:
    found = calibration(MANILA)
    with Backends.sandbox() as backends:
        backend = Backend(None, backends.configuration(MANILA), summary(found))
    console = Console(width=200)
    with console.capture() as captured:
        console.print(backend_page(backend, found.last_update_date + timedelta(**age)))
    page = fields(captured.get())
    assert page["Calibrated"] == f"2024-05-27 18:27 UTC, {told}"
    assert (page["Processor"], page["Qubits"]) == ("Falcon r5.11", "5")


def test_show_is_what_the_documents_say(run: Run) -> None:
    documents = json.loads(run("show", BOSTON, "--sandbox", "--json").out)
    assert documents["device"]["name"] == documents["configuration"]["backend_name"] == BOSTON
    properties = documents["properties"]
    figures = documents["calibration"]["figures"]
    t1 = [item["value"] for qubit in properties["qubits"] for item in qubit if item["name"] == "T1"]
    assert figures["t1"]["median"] == pytest.approx(median(t1) * 1e-6)
    assert (figures["t1"]["unit"], figures["t1"]["best_qubits"]) == ("s", [t1.index(max(t1))])
    assert (figures["t1"]["worst"], figures["t1"]["best"]) == pytest.approx((min(t1) * 1e-6, max(t1) * 1e-6))
    errors = {
        tuple(entry["qubits"]): item["value"]
        for entry in properties["gates"]
        for item in entry["parameters"]
        if entry["gate"] == "cz" and item["name"] == "gate_error" and item["value"] < 1
    }
    assert figures["cz_error"]["median"] == median(errors.values())
    assert figures["cz_error"]["best"] == errors[tuple(figures["cz_error"]["best_qubits"])] == min(errors.values())
    assert figures["cz_error"]["worst"] == errors[tuple(figures["cz_error"]["worst_qubits"])] == max(errors.values())
    [fidelity] = [item["value"] for item in properties["general"] if item["name"] == "lf_100"]
    chain = documents["calibration"]["longest_chain"]
    assert chain["num_qubits"] == len(chain["qubits"]) == 100
    assert (1 - chain["eplg"]) ** 99 == pytest.approx(fidelity)
    assert documents["calibration"]["eplg"]["100"] == chain["eplg"]
    assert {(entry["gate"], *entry["qubits"]) for entry in documents["calibration"]["faulty_gates"]} >= {("x", 146)}


def test_show_leaves_what_is_faulty_out_of_best_and_worst(run: Run) -> None:
    found = json.loads(run("show", SHERBROOKE, "--sandbox", "--json").out)["calibration"]
    assert found["faulty_qubits"] == {"84": "readout_error is 0.5"}
    assert found["figures"]["readout_error"]["worst"] < 0.5
    assert fields(run("show", SHERBROOKE, "--sandbox").out)["Faulty qubits"] == "1: 84"


def test_show_of_every_device(run: Run, tmp_path: Path) -> None:
    shown = 0
    for name, configuration in real_documents("conf").items():
        properties = real_documents("props").get(name.replace("conf_", "props_"))
        backend = json.loads(configuration)["backend_name"]
        folder = recording_of(tmp_path / name, device(backend))
        Record(folder).add("get_backend_configuration", backend, configuration, date=NOW)
        if properties is not None:
            Record(folder).add("get_backend_properties", backend, properties, date=NOW)
        outcome = run("show", backend, "--replay", folder)
        assert (outcome.code, outcome.err) == (0, "")
        assert ("T1 (us)" in outcome.out) is (properties is not None)
        shown += 1
    assert shown == 68


def test_show_says_what_is_wrong_with_a_document_and_shows_the_rest(run: Run, tmp_path: Path) -> None:
    folder = changed(tmp_path / "r", MANILA, configuration=lambda document: document | {"n_qubits": 6})
    outcome = run("show", MANILA, "--replay", folder)
    assert outcome.code == 1
    assert fields(outcome.out)["Name"] == MANILA
    assert re.fullmatch(rf"error: {MANILA}: .+ found 6 and 5 qubits\n", outcome.err)


def test_show_in_color_and_without(monkeypatch: pytest.MonkeyPatch, clean_environment: None) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    code, shown = on_terminal("compare", BOSTON, MANILA, "--sandbox", columns=100)
    assert code == 0
    assert re.search(r"\x1b\[1;32m +\* 292\.4\x1b", shown)
    monkeypatch.setenv("NO_COLOR", "1")
    code, shown = on_terminal("compare", BOSTON, MANILA, "--sandbox", columns=100)
    assert (code, "\x1b" in shown, "* 292.4" in shown) == (0, False, True)


# compare


def test_compare(run: Run) -> None:
    outcome = run("compare", BOSTON, SHERBROOKE, MANILA, "--sandbox")
    lines = {line[:27].strip(): line[27:].replace("* ", "*").split() for line in outcome.out.splitlines()}
    assert lines[""] == [] or lines[""] == [BOSTON, SHERBROOKE, MANILA]
    assert outcome.out.splitlines()[0].split() == [BOSTON, SHERBROOKE, MANILA]
    assert lines["Qubits"] == ["*156", "127", "5"]
    assert lines["Queue"] == ["*0", "3", "12"]
    assert lines["Wait"] == ["*0:00:00", "0:03:00", "0:12:00"]
    assert lines["Two-qubit gates"] == ["cz", "ecr", "cx"]
    assert lines["T1 median (us)"] == ["*292.4", "278.4", "144.7"]
    assert lines["T1 best (us)"] == ["403.8", "*514.9", "179.1"]
    assert lines["readout length median (ns)"] == ["2200", "*1216", "5351"]
    assert lines["2Q error median"] == ["*0.00127", "0.0075", "0.0101"]
    assert lines["2Q error worst"] == ["0.16", "0.117", "*0.0139"]
    assert lines["EPLG, 100 qubits"] == ["*0.00275", "0.0204", "-"]
    assert lines["Faulty qubits"] == ["*0", "1", "*0"]
    assert max(map(len, outcome.out.splitlines())) <= 100


def test_compare_marks_nothing_where_all_are_the_same(run: Run, tmp_path: Path) -> None:
    folder = changed(tmp_path / "r", MANILA)
    sandbox = Recording(SANDBOX)
    for kind in ("configuration", "properties"):
        body = sandbox.answer(f"/v1/backends/{MANILA}/{kind}", {})[1].replace(MANILA.encode(), b"twin")
        Record(folder).add(f"get_backend_{kind}", "twin", body, date=NOW)
    outcome = run("compare", MANILA, "twin", "--replay", folder)
    assert outcome.code == 0
    *table, note = outcome.out.strip().splitlines()
    assert "T1 median" in "".join(table)
    assert "*" not in "".join(table)
    assert note.startswith("* the best")


def test_compare_as_json(run: Run) -> None:
    found = json.loads(run("compare", MANILA, BOSTON, "--sandbox", "--json").out)
    assert [*found] == [MANILA, BOSTON]
    one = json.loads(run("show", BOSTON, "--sandbox", "--json").out)
    assert found[BOSTON] == {"device": one["device"], "calibration": one["calibration"]}


# export


def test_export_of_qubits_as_csv(run: Run) -> None:
    rows = [*csv.DictReader(io.StringIO(run("export", SHERBROOKE, "--sandbox").out))]
    found = calibration(SHERBROOKE)
    assert [*rows[0]] == ["qubit", *found.qubits, "faulty"]
    assert [int(row["qubit"]) for row in rows] == [*range(127)]
    assert [float(row["t1"]) for row in rows] == [*found.qubits["t1"]]
    assert [row["faulty"] for row in rows if row["faulty"]] == [*found.faulty_qubits.values()]


def test_export_of_gates_as_csv(run: Run) -> None:
    rows = [*csv.DictReader(io.StringIO(run("export", BOSTON, "--of", "gates", "--sandbox").out))]
    found = calibration(BOSTON)
    assert [*rows[0]] == ["gate", "qubits", "gate_error", "gate_length", "faulty"]
    assert [(row["gate"], tuple(map(int, row["qubits"].split(" ")))) for row in rows] == [
        *zip(found.gates["gate"], found.gates["qubits"], strict=True)
    ]
    assert [float(row["gate_error"]) if row["gate_error"] else None for row in rows] == [*found.gates["gate_error"]]
    assert sum(bool(row["faulty"]) for row in rows) == 10


def test_export_of_what_is_absent(run: Run) -> None:
    [first, *_] = csv.DictReader(io.StringIO(run("export", BOSTON, "--sandbox").out))
    assert (first["frequency"], first["faulty"]) == ("", "")
    document = json.loads(run("export", BOSTON, "--sandbox", "--format", "json").out)
    assert document["qubits"][0]["frequency"] is document["qubits"][0]["faulty"] is None


def test_export_as_json(run: Run) -> None:
    outcome = run("export", BOSTON, "--of", "gates", "--sandbox", "--format", "json")
    assert run("export", BOSTON, "--of", "gates", "--sandbox", "--json") == outcome
    document = json.loads(outcome.out)
    found = calibration(BOSTON)
    assert (document["backend_name"], document["last_update_date"]) == (BOSTON, "2026-04-17T10:19:24+00:00")
    assert [(row["gate"], tuple(row["qubits"])) for row in document["gates"]] == [
        *zip(found.gates["gate"], found.gates["qubits"], strict=True)
    ]
    assert [row["gate_length"] for row in document["gates"]] == [*found.gates["gate_length"]]


@pytest.mark.parametrize("of", ["qubits", "gates"])
def test_export_as_parquet(run: Run, of: str) -> None:
    outcome = run("export", BOSTON, "--of", of, "--sandbox", "--format", "parquet", "-o", "file")
    expected = getattr(calibration(BOSTON).to_pandas(), of)
    assert (outcome.code, outcome.err) == (0, "")
    assert fields(outcome.out)["rows"] == str(len(expected))
    found = pd.read_parquet("file")
    if of == "gates":
        found["qubits"] = [tuple(map(int, qubits)) for qubits in found.qubits]
    pd.testing.assert_frame_equal(found, expected)
    assert found.attrs == expected.attrs
    assert [path.name for path in Path().iterdir()] == ["file"]


def test_export_takes_the_format_of_the_file_s_name(run: Run) -> None:
    for name, start in (("a.parquet", b"PAR1"), ("a.json", b"{"), ("a.csv", b"qubit,"), ("a.txt", b"qubit,")):
        assert run("export", MANILA, "--sandbox", "-o", name).code == 0
        assert Path(name).read_bytes().startswith(start)
    assert run("export", MANILA, "--sandbox", "-o", "b.parquet", "--format", "csv").code == 0
    assert Path("b.parquet").read_bytes().startswith(b"qubit,")


def test_export_before(run: Run) -> None:
    document = json.loads(run("export", SHERBROOKE, "--sandbox", "--json", "--before", "2024-06-01").out)
    assert document["last_update_date"].startswith("2024-05-27")


def test_export_says_units(run: Run) -> None:
    told = " ".join(run("export", "--help").out.split())
    assert "Seconds: t1, t2, readout_length, gate_length. Hertz: frequency, anharmonicity." in told


@pytest.mark.parametrize(("options", "code"), [("", 0), ("--json", 0), ("-o x.parquet", 2)])
def test_export_without_pandas(run: Run, options: str, code: int) -> None:
    command = [sys.executable, "-c", WITHOUT.format("pandas"), "export", MANILA, "--sandbox", *options.split()]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == code
    if code:
        assert re.fullmatch(r"error: .*pip install 'ibm-quantum-backends\[pandas\]'\n", outcome.stderr)
        assert [*Path().iterdir()] == []
    else:
        assert outcome.stdout == run("export", MANILA, "--sandbox", *options.split()).out


# diff


def test_diff(run: Run) -> None:
    outcome = run("diff", SHERBROOKE, "--sandbox", "--since", "2024-06-01")
    assert (outcome.code, outcome.err) == (0, "")
    title, _, _, _, *lines = outcome.out.splitlines()
    changes = calibration(SHERBROOKE, "2024-06-01").diff(calibration(SHERBROOKE))
    both = [change for change in changes if None not in (change.before, change.after)]
    assert title.strip() == (
        f"{SHERBROOKE}, 2024-05-27 18:19 UTC to 2025-02-26 19:43 UTC: {len(both)} values drifted, "
        f"{len(changes) - len(both)} came or went, shown: 20"
    )
    assert len(lines) == 20
    rows = [re.split(r" {2,}", line.strip()) for line in lines]
    assert rows[0] == ["prob meas0 prep1", "qubit 84", "0.0056", "0", "to 0"]
    assert rows[1] == ["gate error", "ecr 6-5", "0.003618", "1", "times 276"]
    assert rows[3] == ["gate error", "ecr 63-62", "1", "0.005561", "divided by 180"]
    assert max(map(len, lines)) <= 100


def test_diff_in_people_s_units(run: Run) -> None:
    options = ("--sandbox", "--since", "2024-01-01", "--top", "0")
    lines = [re.split(r" {2,}", line.strip()) for line in run("diff", SHERBROOKE, *options).out.splitlines()[4:]]
    rows = {(row[0], row[1]): row[2:] for row in lines}
    old, new = calibration(SHERBROOKE, "2024-01-01"), calibration(SHERBROOKE)
    assert len(lines) == len(old.diff(new))
    assert rows["T2", "qubit 67"] == ["1.604", "319.4", "us", "times 199"]
    for (quantity, of), (before, after, *rest) in rows.items():
        if quantity == "frequency" and before != "-" and after != "-":
            qubit = int(of.removeprefix("qubit "))
            assert rest[0] == "MHz"
            assert before != after
            assert float(before) == pytest.approx(old.frequency(qubit) / 1e6, rel=1e-3)
            assert rest[1] == f"{(new.frequency(qubit) / old.frequency(qubit) - 1) * 100:+.2g} %"
    lengths = {rest[2] for (quantity, _), rest in rows.items() if quantity == "gate length" and "-" not in rest[:2]}
    assert lengths == {"ns"}
    assert rows["layer fidelity", "lf_100"] == ["-", f"{new.layer_fidelity()[-1].layer_fidelity:.4g}", "new"]
    assert len(old.layer_fidelity()) == 0


def test_diff_says_what_went(run: Run) -> None:
    out = run("diff", SHERBROOKE, "--sandbox", "--since", "2024-06-01", "--top", "0").out
    assert re.search(r"^gate error +ecr 8-7 +0\.03782 +- +gone$", out, re.M)


def test_diff_as_json(run: Run) -> None:
    document = json.loads(run("diff", SHERBROOKE, "--sandbox", "--since", "2024-06-01", "--json", "--top", "1").out)
    changes = calibration(SHERBROOKE, "2024-06-01").diff(calibration(SHERBROOKE))
    assert document["before"] == {"backend_name": SHERBROOKE, "last_update_date": "2024-05-27T18:19:05+00:00"}
    assert document["after"]["last_update_date"] == "2025-02-26T19:43:10+00:00"
    assert [(row["quantity"], row["of"], tuple(row["qubits"]), row["after"]) for row in document["changes"]] == [
        (change.quantity, change.of, change.qubits, change.after) for change in changes
    ]
    assert {row["size"] for row in document["changes"]} > {None}


def test_diff_of_one_calibration(run: Run) -> None:
    outcome = run("diff", BOSTON, "--sandbox")
    told = "its calibration of 2026-04-17 10:19 UTC is older than 1d: nothing changed"
    assert outcome == (0, f"{BOSTON}: {told}\n", "")
    assert json.loads(run("diff", BOSTON, "--sandbox", "--json").out)["changes"] == []


# chain


@pytest.mark.parametrize("shape", ["line", "region"])
def test_chain(run: Run, shape: str) -> None:
    found = calibration(BOSTON)
    choice = found.best_chain(7) if shape == "line" else found.best_region(7)
    document = json.loads(run("chain", BOSTON, "-n", "7", "--shape", shape, "--sandbox", "--json").out)
    assert document == {
        "backend_name": BOSTON,
        "last_update_date": "2026-04-17T10:19:24+00:00",
        "shape": shape,
        "qubits": [*choice.qubits],
        "fidelity": choice.fidelity,
    }
    page = fields(run("chain", BOSTON, "-n", "7", "--shape", shape, "--sandbox").out)
    assert page["qubits"] == ("-" if shape == "line" else ", ").join(map(str, choice.qubits))
    assert float(page["fidelity"]) == pytest.approx(choice.fidelity, abs=1e-5)


# map


@pytest.mark.parametrize(("name", "start"), [("map.png", b"\x89PNG"), ("map.svg", b"<?xml")])
def test_map(run: Run, name: str, start: bytes) -> None:
    outcome = run("map", MANILA, "--sandbox", "-o", name, "--qubits", "t1")
    assert (outcome.code, outcome.err) == (0, "")
    assert fields(outcome.out)["file"] == name
    assert Path(name).read_bytes().startswith(start)
    assert [path.name for path in Path().iterdir()] == [name]


def test_map_of_pairs_alone(run: Run) -> None:
    pictures = []
    for options in (["--qubits", "none"], ["--pairs", "none"], []):
        assert run("map", MANILA, "--sandbox", "-o", "map.png", *options).code == 0
        pictures.append(Path("map.png").read_bytes())
    assert len({*pictures}) == 3


def test_map_without_matplotlib(run: Run) -> None:
    command = [sys.executable, "-c", WITHOUT.format("matplotlib"), "map", MANILA, "--sandbox", "-o", "map.png"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 2
    assert re.fullmatch(r"error: .*pip install 'ibm-quantum-backends\[plot\]'\n", outcome.stderr)


# How it ends


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ("compare", 2, "NAME"),
        (f"compare {BOSTON}", 2, "compare: expected two backends or more, found ibm_boston"),
        (f"compare {BOSTON} {BOSTON}", 2, "compare: expected two backends or more, found ibm_boston"),
        (f"compare {BOSTON} ibm_nowhere", 4, "404"),
        ("show ibm_nowhere", 4, "404"),
        ("show a/b", 2, "expected a name such as ibm_boston"),
        (f"map {BOSTON}", 2, "--output: expected a file to draw to"),
        (f"map {BOSTON} -o map.txt", 2, ""),
        (f"map {BOSTON} -o map.png --qubits size", 2, "size"),
        (f"map {BOSTON} -o map.png --pairs size", 2, "size"),
        ("map ibm_nowhere -o map.png", 4, "404"),
        (f"export {BOSTON} --format parquet", 2, "--output: expected a file to write Parquet to"),
        (f"export {BOSTON} --format xml", 2, "xml"),
        (f"export {BOSTON} --of pairs", 2, "pairs"),
        (f"export {BOSTON} --before 1/2/2025", 2, "2025-02-01 or 2025-01-02"),
        (f"export {SHERBROOKE} --before 2000-01-01", 4, "404"),
        ("export ibm_nowhere -o x.parquet", 4, "404"),
        (f"diff {BOSTON} --since soon", 2, "expected a time such as"),
        (f"diff {BOSTON} --since 2000-01-01", 4, "404"),
        (f"diff {BOSTON} --top -1", 2, "-1"),
        (f"chain {BOSTON}", 2, "-n"),
        (f"chain {BOSTON} -n 0", 2, "found 0"),
        (f"chain {BOSTON} -n 1000", 2, "found 1000"),
        ("chain ibm_nowhere -n 5", 4, "404"),
    ],
)
def test_bad_input(run: Run, arguments: str, code: int, told: str) -> None:
    outcome = run(*arguments.split(), "--sandbox")
    assert outcome.code == code
    assert told in complaint(outcome)
    assert [*Path().iterdir()] == []


def test_what_is_wrong_is_said_before_anything_is_asked(run: Run, server: Server) -> None:
    for arguments in (f"map {BOSTON}", f"map {BOSTON} -o map.txt", f"export {BOSTON} --format parquet", "compare a a"):
        assert run(*arguments.split(), "--base-url", server.base_url).code == 2
    assert server.requests == []


def test_requests(run: Run, server: Server) -> None:
    counts = {f"show {BOSTON}": 3, f"compare {BOSTON} {MANILA}": 5, f"export {BOSTON}": 2, f"chain {MANILA} -n 2": 2}
    for arguments, count in counts.items():
        server.requests.clear()
        assert run(*arguments.split(), "--base-url", server.base_url).code == 0
        assert sum(request.path.startswith("/api/v1/") for request in server.requests) == count


def test_a_simulator_has_no_calibration(run: Run, tmp_path: Path) -> None:
    folder = changed(tmp_path / "r", MANILA)
    body = json.loads(Recording(SANDBOX).answer(f"/v1/backends/{MANILA}/configuration", {})[1])
    body |= {"backend_name": "simulator", "simulator": True}
    Record(folder).add("get_backend_configuration", "simulator", json.dumps(body).encode(), date=NOW)
    assert re.search(r"^Calibrated +- *$", run("show", "simulator", "--replay", folder).out, re.M)
    outcome = run("compare", "simulator", MANILA, "--replay", folder)
    assert outcome.code == 0
    assert re.search(r"^T1 median \(us\) +- +144.7 *$", outcome.out, re.M)
    for arguments in ("export simulator", "diff simulator", "chain simulator -n 2"):
        outcome = run(*arguments.split(), "--replay", folder)
        assert outcome.code in (2, 4)
        complaint(outcome)


def test_history(run: Run, server: Server, tmp_path: Path) -> None:
    arguments = ("history", SHERBROOKE, "2022-12-01", "2025-06-01", "--every", "1mo")
    outcome = run(*arguments, "--base-url", server.base_url, "--into", tmp_path / "kept")
    lines = outcome.out.splitlines()
    assert outcome.code == 0 and len(lines) == 2 + 29
    assert re.split(" {2,}", lines[-1])[1:] == ["2025-02-26 19:43", "278.4", "170", "0.0198", "0.0075", "0.0204", "9"]
    assert run(*arguments, "--sandbox").out == outcome.out
    assert run(*arguments, "--replay", tmp_path / "kept").out == outcome.out
    rows = json.loads(run(*arguments, "--sandbox", "--json").out)
    newest = calibration(SHERBROOKE)
    assert len(rows) == 29 and rows[-1]["t1"] == newest.medians()["t1"]
    assert rows[-1]["eplg"] == newest.layer_fidelity()[-1].eplg


def test_history_as_a_picture(run: Run) -> None:
    arguments = ("history", SHERBROOKE, "2022-12-01", "2025-06-01", "--every", "1mo", "--sandbox")
    outcome = run(*arguments, "-o", "t1.svg")
    assert (outcome.code, outcome.err) == (0, "") and "t1.svg" in outcome.out
    assert "T1 of 127 qubits" in Path("t1.svg").read_text()
    outcome = run(*arguments, "-o", "zz.png", "--metric", "zz_error")
    assert outcome.code == 2 and "metric: expected one of" in complaint(outcome)
    assert not Path("zz.png").exists()


def test_history_says_what_was_left_out(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    answers = Recording(SANDBOX)
    for kind, query in (("configuration", {}), ("properties", {"updated_before": "2024-01-01T00:00Z"})):
        body = answers.answer(f"/v1/backends/{SHERBROOKE}/{kind}", query)[1]
        Record(folder).add(f"get_backend_{kind}", SHERBROOKE, body, date=NOW - timedelta(days=30))
    broken = body.replace(b'"us"', b'"parsec"')
    Record(folder).add("get_backend_properties", SHERBROOKE, broken, date=NOW - timedelta(days=2))
    outcome = run("history", SHERBROOKE, "4d", "--replay", folder)
    assert outcome.code == 1 and len(outcome.out.splitlines()) == 2 + 2
    assert outcome.err.count("error: ") == 3 and "parsec" in outcome.err
