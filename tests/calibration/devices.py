"""Devices to test with: those of the real documents, a small one that has everything, and generated ones."""

import json
import re
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st
from runtime_wheels import real_documents

from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.raw.models import BackendConfiguration, BackendProperties

__all__ = [
    "DATE",
    "FREQUENCIES",
    "HOSTILE",
    "NUMBER",
    "TIMES",
    "Device",
    "devices",
    "entry",
    "hostile_texts",
    "nduv",
    "real",
    "real_bytes",
    "real_names",
    "rich",
]

DATE = "2026-04-17T10:19:00Z"
TIMES = ("s", "ms", "us", "\N{MICRO SIGN}s", "\N{GREEK SMALL LETTER MU}s", "ns", "ps")
FREQUENCIES = ("Hz", "kHz", "MHz", "GHz", "THz")
NUMBER = ("",)
HOSTILE = "<b>&\"'\x1b[31m\n\r\N{RIGHT-TO-LEFT OVERRIDE}\N{LINE SEPARATOR}\x00"


class Device(NamedTuple):
    """The two documents of a device, as JSON has them."""

    configuration: dict[str, Any]
    properties: dict[str, Any]

    def bytes(self) -> tuple[bytes, bytes]:
        return json.dumps(self.configuration).encode(), json.dumps(self.properties).encode()

    def from_json(self) -> Calibration:
        return Calibration.from_json(*self.bytes())

    def from_models(self) -> Calibration:
        configuration, properties = map(json.loads, self.bytes())
        return Calibration(BackendConfiguration.from_dict(configuration), BackendProperties.from_dict(properties))


def nduv(name: str, value: Any, unit: str = "", date: str = DATE) -> dict[str, Any]:
    return {"date": date, "name": name, "unit": unit, "value": value}


def entry(gate: str, qubits: list[int], *parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "gate": gate,
        "qubits": qubits,
        "parameters": list(parameters),
        "name": f"{gate}{'_'.join(map(str, qubits))}",
    }


def rich() -> Device:
    """Three qubits in a line and all that documents may have, new at each call: tests change it."""
    pairs = [[0, 1], [1, 0], [1, 2], [2, 1]]
    configuration = {
        "backend_name": "ibm_rich",
        "backend_version": "1.2.3",
        "basis_gates": ["cz", "rz", "sx", "id"],
        "conditional": False,
        "coords": [[0, 0], [1, 0], [2, 0]],
        "coupling_map": pairs,
        "dt": 0.5,
        "gates": [
            {"name": "cz", "parameters": [], "qasm_def": "gate cz q0,q1 {}", "coupling_map": pairs},
            {"name": "rz", "parameters": ["theta"], "qasm_def": None, "coupling_map": [[0], [1], [2]]},
            {"name": "sx", "parameters": None, "qasm_def": "gate sx q {}", "coupling_map": [[0], [1], [2]]},
            {"name": "id", "parameters": [], "qasm_def": ""},
        ],
        "instruction_signatures": [{"name": "measure_2", "num_qubits": 1, "num_clbits": 1, "parameters": ["a"]}],
        "local": False,
        "memory": True,
        "n_qubits": 3,
        "online_date": "2020-01-01T00:00:00Z",
        "processor_type": {"family": "Heron", "revision": 3},
        "simulator": False,
        "supported_instructions": ["cz", "measure", "reset", "delay", "if_else"],
        "timing_constraints": {"granularity": 4, "min_length": 16, "pulse_alignment": 1, "acquire_alignment": 8},
    }
    properties = {
        "backend_name": "ibm_rich",
        "backend_version": "1.2.3",
        "last_update_date": DATE,
        "qubits": [
            [
                nduv("T1", 100.0 + qubit, "us"),
                nduv("T2", 80.0 + qubit, "us"),
                nduv("frequency", 5.0, "GHz"),
                nduv("anharmonicity", -0.3, "GHz"),
                nduv("readout_error", 0.01 * (qubit + 1)),
                nduv("readout_length", 1000.0 + 500 * qubit, "ns"),
                nduv("operational", 1),
            ]
            for qubit in range(3)
        ],
        "gates": [
            *(entry("cz", pair, nduv("gate_error", 0.002), nduv("gate_length", 68, "ns")) for pair in pairs),
            *(entry("sx", [qubit], nduv("gate_error", 1e-4), nduv("gate_length", 32, "ns")) for qubit in range(3)),
            *(entry("measure", [qubit], nduv("gate_error", 0.03), nduv("gate_length", 2, "us")) for qubit in range(3)),
            entry("rz", [0], nduv("gate_error", 0), nduv("gate_length", 0, "ns"), nduv("operational", 1)),
        ],
        "general": [
            nduv("jq_01", 0.002, "GHz"),
            nduv("zz_12", -0.0001, "GHz"),
            nduv("lf_2", 0.98),
            nduv("lf_3", 0.9),
        ],
        "general_qlists": [{"name": "lf_2", "qubits": [1, 2]}, {"name": "lf_3", "qubits": [0, 1, 2]}],
    }
    return Device(configuration, properties)


# Real documents.


def real_names() -> tuple[str, ...]:
    """The 68 devices that have both documents, such as `boston`."""
    return tuple(name.removeprefix("conf_").removesuffix(".json") for name in real_documents("conf"))


def real_bytes(name: str) -> tuple[bytes, bytes]:
    return real_documents("conf")[f"conf_{name}.json"], real_documents("props")[f"props_{name}.json"]


@cache
def real(name: str) -> Calibration:
    return Calibration.from_json(*real_bytes(name))


# Generated documents.

hostile_texts = st.text(max_size=20) | st.just(HOSTILE)
_DATES = (DATE, "2024-05-27T15:27:54-03:00", "2021-03-15T00:36:17.123456-04:00", "2020-07-16T17:01:02")
# What a document may have beyond the plain: the smaller the set, the simpler the device, so failures shrink to one.
_ODDITIES = (
    *("absent", "twice", "unknown quantity", "unknown unit", "undeclared field", "faulty", "hostile", "version"),
    *("repeated entry", "no optional field", "null optional fields", "some optional fields", "no coupling", "empty"),
)


class _Maker:
    """Draws what has many values from one seed, which takes a tenth of the time that Hypothesis' own draws take."""

    def __init__(self, seed: int, odd: set[str], text: str) -> None:
        self.random = Random(seed)
        self.odd = odd
        self.text = text

    def number(self) -> float:
        return self.random.choice(
            (self.random.uniform(0, 1000), self.random.randint(0, 1000), 10 ** self.random.uniform(-9, 9))
        )

    def chance(self) -> float:
        if "faulty" in self.odd and self.random.random() < 0.3:
            return self.random.choice((0.5, 1, 1.0, 2.5, 0.49999999))
        return self.random.choice((self.random.uniform(0, 0.4), 0))

    def values(self, quantities: dict[str, tuple[str, ...]]) -> list[dict[str, Any]]:
        """Values of quantities by name, each in one of its units."""
        odd, random = self.odd, self.random
        values: list[dict[str, Any]] = []
        for name, units in quantities.items():
            many = random.choice((0, 1)) if "absent" in odd else 1
            for _ in range(many + (many and "twice" in odd and random.random() < 0.2)):
                value = self.chance() if units == NUMBER else self.number()
                if name == "operational":
                    value = random.choice((0, 0.0, 1, 1.0)) if "faulty" in odd else 1
                values.append(nduv(name, value, random.choice(units), random.choice(_DATES)))
        if "unknown quantity" in odd and random.random() < 0.3:
            values.append(nduv("leakage", self.number(), random.choice((*TIMES, *FREQUENCIES, ""))))
        if "unknown unit" in odd and random.random() < 0.3:
            values.append(nduv(self.text, self.number(), random.choice(("parsec", HOSTILE))))
        if values and "undeclared field" in odd:
            values[-1]["source"] = {"of": [self.text]}
        return values

    def couplings(self, count: int) -> list[list[int]]:
        """A tree over all qubits, or any pairs; in one direction, the other, or both."""
        random = self.random
        if count < 2 or "no coupling" in self.odd:
            return []
        if random.random() < 0.5:
            pairs = {(random.randrange(qubit), qubit) for qubit in range(1, count)}
        else:
            some = [sorted(random.sample(range(count), 2)) for _ in range(random.randrange(2 * count))]
            pairs = {(one, other) for one, other in some}
        ways = random.choice((("out",), ("back",), ("both",), ("out", "back", "both")))
        found: list[list[int]] = []
        for one, other in sorted(pairs):
            way = random.choice(ways)
            found += [[one, other]] if way != "back" else []
            found += [[other, one]] if way != "out" else []
        return found

    def general(self, count: int, couplings: list[list[int]]) -> list[dict[str, Any]]:
        """Values of pairs and of chains, and names that mean neither."""
        random = self.random
        found = [
            nduv(f"{kind}_{min(pair)}{max(pair)}", self.number(), random.choice(FREQUENCIES))
            for kind in random.choice(((), ("jq", "zz")))
            for pair in couplings
        ]
        found += [nduv(f"lf_{n}", self.chance()) for n in random.sample(range(1, count + 2), min(count, 3))]
        odd = "hostile" in self.odd
        return found + ([nduv(name, 1, "GHz") for name in (self.text, "jq_999", f"zz_{self.text}")] if odd else [])

    def optional(self, document: dict[str, Any], **fields: Any) -> None:
        """Fields of which each may be absent or null."""
        if "no optional field" in self.odd:
            return
        for name, value in fields.items():
            if "some optional fields" not in self.odd or self.random.random() < 0.5:
                null = "null optional fields" in self.odd and self.random.random() < 0.5
                document[name] = None if null else value


_QUBIT = {
    **{"T1": TIMES, "T2": TIMES, "frequency": FREQUENCIES, "anharmonicity": FREQUENCIES, "readout_error": NUMBER},
    **{"prob_meas0_prep1": NUMBER, "prob_meas1_prep0": NUMBER, "readout_length": TIMES, "operational": NUMBER},
}
_GATE = {"gate_error": NUMBER, "gate_length": TIMES, "operational": NUMBER}
_ONE, _TWO = ("id", "rz", "sx", "x", "rx", "measure", "reset"), ("cx", "cz", "ecr", "rzz")


@st.composite
def devices(draw: st.DrawFn, max_qubits: int = 30) -> Device:
    """A device whose documents fit their models, with whatever else real and future ones may have."""
    odd = draw(st.sets(st.sampled_from(_ODDITIES)))
    text = draw(hostile_texts) if odd & {"hostile", "unknown unit", "undeclared field"} else ""
    make = _Maker(draw(st.integers(0, 2**32)), odd, text)
    random = make.random
    count = draw(st.integers(1, max_qubits))
    couplings = make.couplings(count)
    singles = [[qubit] for qubit in range(count)]
    gates = dict.fromkeys(random.sample(_ONE, random.randint(0, 5)), singles)
    if couplings:
        gates |= dict.fromkeys(random.sample(_TWO, random.randint(0, 2)), couplings)
    if "hostile" in odd:
        gates[text] = singles[:1]
    if "empty" in odd:
        gates = {}
    name = text if "hostile" in odd else "ibm_generated"
    configuration: dict[str, Any] = {
        "backend_name": name,
        "backend_version": "1.0.0",
        "basis_gates": [gate for gate in gates if gate not in ("measure", "reset")],
        "conditional": False,
        "coupling_map": couplings or random.choice(([], None)),
        "gates": [],
        "local": False,
        "memory": True,
        "n_qubits": count,
        "online_date": random.choice(_DATES),
    }
    for gate, places in gates.items():
        defined = {"name": gate, "parameters": random.choice(([], ["theta"], None)), "qasm_def": None}
        make.optional(defined, coupling_map=places, description=text)
        configuration["gates"].append(defined)
    alignments = ("granularity", "min_length", "pulse_alignment", "acquire_alignment", "another")
    make.optional(
        configuration,
        dt=random.choice((0.2222222222222222, 4.0, 5, 0, 0.5)),
        coords=random.choice(([[qubit, 2 * qubit] for qubit in range(count)], [[0, 0]])),
        processor_type={"family": text or "Heron", "revision": random.choice((1, 4, 1.5, "r11", "5.11"))},
        simulator=random.choice((False, True)),
        supported_instructions=random.sample(("cx", "measure", "delay", "if_else"), 2),
        timing_constraints={key: random.randint(1, 64) for key in random.sample(alignments, 3)},
        instruction_signatures=[
            {"name": "measure_2", "num_qubits": 1, "num_clbits": 1, "parameters": [text], "return_type": "Bool"},
            {"name": text, "num_qubits": 2, "num_clbits": 0},
        ],
        of_tomorrow={"deep": [1, {"deeper": None}]},
    )
    entries = [
        entry(gate, list(place), *make.values(_GATE))
        for gate, places in gates.items()
        for place in places
        if "absent" not in odd or random.random() < 0.5
        for _ in range(1 + ("repeated entry" in odd and random.random() < 0.2))
    ]
    properties: dict[str, Any] = {
        "backend_name": name,
        "backend_version": "9.9.9" if "version" in odd else "1.0.0",
        "last_update_date": random.choice(_DATES),
        "qubits": [[] if "empty" in odd else make.values(_QUBIT) for _ in range(count)],
        "gates": entries,
        "general": [] if "empty" in odd else make.general(count, couplings),
    }
    chains = [match for item in properties["general"] if (match := re.fullmatch("lf_([0-9]+)", item["name"]))]
    lists = [{"name": match[0], "qubits": random.sample(range(count), min(count, int(match[1])))} for match in chains]
    make.optional(properties, general_qlists=lists, of_tomorrow=[None, 1.5])
    return Device(configuration, properties)
