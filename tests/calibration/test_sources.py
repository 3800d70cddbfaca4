"""The same calibration from the sandbox, a server, a recording, bytes, and models; with either client."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Blocking, Kind, asked

from ibm_quantum_backends import AsyncBackends, Backends
from ibm_quantum_backends.calibration import Calibration
from ibm_quantum_backends.errors import DecodeError, InvalidInputError, NotFoundError
from ibm_quantum_backends.recording import SANDBOX, Record, Recording
from ibm_quantum_backends.server import Server

from .devices import Device, rich

NAMES = ("ibm_boston", "ibm_sherbrooke", "ibmq_manila")
BEFORE = "2024-01-01T00:00Z"


def opened(kind: Kind, path: Path) -> Any:
    """A client of a recording; closed by `with`."""
    if kind == "sync":
        return Backends.replay(path)
    client = Blocking(token="unused", instance="crn:v1:bluemix:public:quantum-computing:us-east:a/b:c::")
    client.client = AsyncBackends.replay(path)
    return client


def recorded(folder: Path, device: Device, *, properties: bool = True) -> None:
    """A recording of a device."""
    record, name = Record(folder), device.configuration["backend_name"]
    date = datetime.now(UTC)
    configuration, body = device.bytes()
    record.add("get_backend_configuration", name, configuration, date=date)
    missing = b'{"errors": [{"code": 1234, "message": "no properties"}], "trace": "t"}'
    record.add(
        "get_backend_properties", name, body if properties else missing, date=date, status=200 if properties else 404
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_same_from_every_source(
    name: str, kind: Kind, connect: Callable[..., Any], api: Server, tmp_path: Path
) -> None:
    sandbox = Recording(SANDBOX)
    bodies = {what: sandbox.answer(f"/v1/backends/{name}/{what}", {})[1] for what in ("configuration", "properties")}
    expected = Calibration.from_json(**bodies)
    client = connect(transport=Record(tmp_path / "recorded"))
    found = client.calibration(name)
    assert asked(api) == 2
    assert Calibration(client.configuration(name), client.properties(name)) == expected
    with opened(kind, SANDBOX) as offline, opened(kind, tmp_path / "recorded") as replayed:
        for calibration in (found, connect().calibration(name), offline.calibration(name), replayed.calibration(name)):
            assert type(calibration) is Calibration
            assert calibration == expected
            assert repr(calibration) == repr(expected)
            assert calibration.warnings() == expected.warnings()
            assert calibration.medians() == expected.medians()


def test_the_same_of_an_earlier_date(kind: Kind, connect: Callable[..., Any], api: Server, tmp_path: Path) -> None:
    client = connect(transport=Record(tmp_path / "recorded"))
    found = client.calibration("ibm_sherbrooke", updated_before=BEFORE)
    assert found.last_update_date == datetime(2023, 1, 3, 14, 44, 26, tzinfo=UTC)
    assert {request.query.get("updated_before") for request in api.requests if "/api/" in request.path} == {
        *(None, "2024-01-01T00:00:00+00:00"),
    }
    assert found != client.calibration("ibm_sherbrooke")
    with opened(kind, SANDBOX) as offline, opened(kind, tmp_path / "recorded") as replayed:
        assert found == offline.calibration("ibm_sherbrooke", updated_before=BEFORE)
        assert found == replayed.calibration("ibm_sherbrooke", updated_before=BEFORE)
        models = offline.configuration("ibm_sherbrooke"), offline.properties("ibm_sherbrooke", updated_before=BEFORE)
        assert found == Calibration(*models)


def test_what_goes_wrong_is_the_request_s_error(connect: Callable[..., Any], api: Server) -> None:
    client = connect()
    with pytest.raises(NotFoundError, match="ibm_nowhere"):
        client.calibration("ibm_nowhere")
    with pytest.raises(NotFoundError):
        client.calibration("ibm_boston", updated_before="2001-01-01")
    with pytest.raises(NotFoundError):
        client.calibration("ibm_boston", calibration_id="none")
    assert {request.query.get("calibration_id") for request in api.requests[-2:]} == {"none"}
    api.requests.clear()
    for options in ({"updated_before": "2099-01-01"}, {"updated_before": "03/04/2025"}, {"calibration_id": ""}):
        with pytest.raises(InvalidInputError):
            client.calibration("ibm_boston", **options)
    with pytest.raises(InvalidInputError):
        client.calibration("../boston")
    assert api.requests == []


def test_a_simulator_has_no_calibration(kind: Kind, tmp_path: Path) -> None:
    device = rich()
    device.configuration["simulator"] = True
    recorded(tmp_path / "simulator", device, properties=False)
    told = pytest.raises(InvalidInputError, match=r"ibm_rich: .* found a simulator of 3 qubits")
    with opened(kind, tmp_path / "simulator") as client, told:
        client.calibration("ibm_rich")
    device.configuration["simulator"] = False
    recorded(tmp_path / "device", device, properties=False)
    with opened(kind, tmp_path / "device") as client, pytest.raises(NotFoundError):
        client.calibration("ibm_rich")


@pytest.mark.parametrize("spoilt", ["configuration", "properties"])
def test_a_document_that_does_not_fit(kind: Kind, spoilt: str, tmp_path: Path) -> None:
    device = rich()
    (device.configuration if spoilt == "configuration" else device.properties)["backend_version"] = 5
    recorded(tmp_path / "spoilt", device)
    with opened(kind, tmp_path / "spoilt") as client, pytest.raises(DecodeError) as caught:
        client.calibration("ibm_rich")
    assert caught.value.path == "$.backend_version"
    assert json.loads(caught.value.body) == (device.configuration if spoilt == "configuration" else device.properties)


def test_documents_of_two_sizes(kind: Kind, tmp_path: Path) -> None:
    device = rich()
    device.configuration["n_qubits"] = 4
    recorded(tmp_path / "sizes", device)
    with opened(kind, tmp_path / "sizes") as client, pytest.raises(InvalidInputError, match="4 and 3 qubits"):
        client.calibration("ibm_rich")
