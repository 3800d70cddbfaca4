"""The graphs of real devices against their documents, and networkx's own algorithms on them."""

import json
import subprocess
import sys
from itertools import pairwise

import networkx as nx
import pytest
from runtime_wheels import real_documents

from ibm_quantum_backends.calibration import Calibration


def read(device: str) -> Calibration:
    return Calibration.from_json(
        real_documents("conf")[f"conf_{device}.json"], real_documents("props")[f"props_{device}.json"]
    )


@pytest.mark.parametrize(
    ("device", "edges"), [("boston", 352), ("sherbrooke", 144), ("cairo", 28), ("manila", 8), ("armonk", 0)]
)
def test_nodes_and_edges(device: str, edges: int) -> None:
    calibration = read(device)
    graph = calibration.to_networkx()
    assert [*graph] == [*range(calibration.num_qubits)]
    assert {*calibration.coupling_map} <= {*graph.edges}
    assert graph.number_of_edges() == edges
    assert graph.graph["backend_name"] == calibration.backend_name
    assert graph.graph["last_update_date"] == calibration.last_update_date.isoformat()
    for qubit, data in graph.nodes.items():
        assert data["t1"] == calibration.t1(qubit)
        assert data["readout_error"] == calibration.readout_error(qubit)
        assert data["faulty"] == calibration.faulty_qubits.get(qubit)
        assert data.get("pos") == (calibration.coords[qubit] if calibration.coords else None)
    columns = {"faulty", *graph.graph["units"]} - {*calibration.qubits}
    assert all(data.keys() == columns for data in graph.edges.values())


def test_values_of_both_directions_are_their_own() -> None:
    configuration = real_documents("conf")["conf_manila.json"]
    properties = json.loads(real_documents("props")["props_manila.json"])
    for entry in properties["gates"]:
        if entry["gate"] == "cx":
            for item in entry["parameters"]:
                first, second = entry["qubits"]
                item["value"] = {"gate_error": 0.01, "gate_length": 100}[item["name"]] * (1 + first) + second / 1e6
    graph = Calibration.from_json(configuration, json.dumps(properties).encode()).to_networkx()
    assert graph.edges[0, 1]["cx_error"] == pytest.approx(0.010001)
    assert graph.edges[1, 0]["cx_error"] == pytest.approx(0.02)
    assert graph.edges[1, 0]["cx_length"] == pytest.approx(200e-9)
    assert graph.graph["units"]["cx_length"] == "s"
    assert graph.graph["units"]["cx_error"] == ""


@pytest.mark.parametrize(("device", "gates"), [("boston", ["cz", "rzz"]), ("sherbrooke", ["ecr"])])
def test_edges_have_the_documents_values(device: str, gates: list[str]) -> None:
    calibration = read(device)
    graph = calibration.to_networkx()
    pair_values = calibration.pair_values()
    for (one, two), data in graph.edges.items():
        for gate in gates:
            assert data[f"{gate}_error"] == calibration.gate_error(gate, (one, two))
            assert data[f"{gate}_length"] == calibration.gate_length(gate, (one, two))
        for name in ("jq", "zz"):
            assert data[name] == pair_values[name].get((min(one, two), max(one, two)))
    assert any(data["zz"] is not None for data in graph.edges.values())


def test_faulty_says_which_gate_and_why() -> None:
    graph = read("boston").to_networkx()
    faulty = {edge: data["faulty"] for edge, data in graph.edges.items() if data["faulty"] is not None}
    assert faulty == {
        (77, 85): "rzz: gate_error is 1",
        (85, 77): "rzz: gate_error is 1",
        (84, 85): "cz: gate_error is 1; rzz: gate_error is 1",
        (85, 84): "cz: gate_error is 1; rzz: gate_error is 1",
    }


def test_a_value_that_the_document_lacks_is_none_and_so_is_no_weight() -> None:
    graph = read("cairo").to_networkx()  # which has cx on some pairs, ecr on others, and on a few nothing
    assert (graph.edges[3, 5]["ecr_error"], graph.edges[8, 11]["cx_error"]) == (None, None)
    assert {graph.edges[1, 0][name] for name in ("cx_error", "cx_length", "ecr_error", "ecr_length")} == {None}
    assert {3, 5, 8, 2, 11, 14} == nx.descendants(graph, 3) | {3}
    assert {*nx.single_source_dijkstra_path_length(graph, 3, weight="cx_error")} == {3, 5, 8}


def test_algorithms() -> None:
    sherbrooke = read("sherbrooke").to_networkx()
    assert nx.is_weakly_connected(sherbrooke)
    assert not nx.is_strongly_connected(sherbrooke)  # ecr has one direction
    bare = nx.Graph(read("sherbrooke").coupling_map)
    assert nx.diameter(sherbrooke.to_undirected()) == nx.diameter(bare) == 26
    boston = read("boston").to_networkx()
    assert nx.is_strongly_connected(boston)
    length, path = nx.single_source_dijkstra(boston, 0, 155, weight="cz_error")
    assert (path[0], path[-1]) == (0, 155)
    assert length == pytest.approx(sum(boston.edges[pair]["cz_error"] for pair in pairwise(path)))
    fewest = nx.shortest_path(boston, 0, 155)
    assert length <= sum(boston.edges[pair]["cz_error"] for pair in pairwise(fewest))
    assert all(boston.edges[pair]["faulty"] is None for pair in pairwise(path))


def test_as_json() -> None:
    graph = read("boston").to_networkx()
    back = nx.node_link_graph(json.loads(json.dumps(nx.node_link_data(graph, edges="edges"))), edges="edges")
    assert {edge: back.edges[edge] for edge in back.edges} == {edge: graph.edges[edge] for edge in graph.edges}


def test_of_all_devices() -> None:
    made = 0
    for name, configuration in real_documents("conf").items():
        properties = real_documents("props").get(name.replace("conf_", "props_"))
        if properties is not None:
            calibration = Calibration.from_json(configuration, properties)
            assert len(calibration.to_networkx()) == calibration.num_qubits
            made += 1
    assert made == 68


def test_without_networkx() -> None:
    code = """
import sys
sys.modules["networkx"] = None
from ibm_quantum_backends import Backends
from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.errors import MissingExtraError
with Backends.sandbox() as backends:
    one = Calibration(backends.configuration("ibmq_manila"), backends.properties("ibmq_manila"))
try:
    one.to_networkx()
except MissingExtraError as error:
    print(error.extra)
"""
    assert subprocess.check_output([sys.executable, "-W", "error", "-c", code], text=True) == "graph\n"
