"""The opt-in hook of both clients, over real sockets: what it is told, and when."""

import json
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import SANDBOX

from ibm_quantum_backends import Backends
from ibm_quantum_backends.drift.payload import PayloadCheck
from ibm_quantum_backends.errors import DecodeError, NotFoundError, ServerError
from ibm_quantum_backends.recording import Recording
from ibm_quantum_backends.server import DEFAULT_API_KEY, DEFAULT_INSTANCE, Fault, Server

RECORDING = Recording(SANDBOX)
NAMES = ["ibm_boston", "ibm_sherbrooke", "ibmq_manila"]
KINDS = ("configuration", "properties", "status", "defaults")


def test_each_answer_is_shown_as_the_server_sent_it(connect: Callable[..., Any]) -> None:
    seen: list[tuple[str, bytes]] = []
    client = connect(watch=lambda operation, body: seen.append((operation, body)))
    client.list()
    for kind in KINDS:
        getattr(client, kind)("ibmq_manila")
    paths = {"list_backends": "", **{f"get_backend_{kind}": f"/ibmq_manila/{kind}" for kind in KINDS}}
    assert seen == [(operation, RECORDING.answer(f"/v1/backends{path}", {})[1]) for operation, path in paths.items()]


def test_what_sends_no_document_shows_nothing(connect: Callable[..., Any], api: Server) -> None:
    seen: list[str] = []
    client = connect(watch=lambda operation, body: seen.append(operation))
    client.instances()
    with pytest.raises(NotFoundError):
        client.defaults("ibm_boston")
    api.faults.append(Fault(status=500, path="/api/"))
    with pytest.raises(ServerError):
        connect(watch=lambda operation, body: seen.append(operation), retries=0).list()
    assert seen == []


def test_a_body_that_was_cut_off_and_asked_for_again_is_shown_once(connect: Callable[..., Any], api: Server) -> None:
    seen: list[bytes] = []
    api.faults.append(Fault(truncate=True, path="/api/"))
    connect(watch=lambda operation, body: seen.append(body)).status("ibm_boston")
    assert len(seen) == 1
    json.loads(seen[0])


@pytest.mark.parametrize("body", [b"<html>", b'{"length_queue": "many"}'])
def test_it_comes_before_decoding(body: bytes, connect: Callable[..., Any], api: Server) -> None:
    check = PayloadCheck()
    client = connect(watch=check, retries=0)
    api.faults.append(Fault(body=body, path="/api/"))
    with pytest.raises(DecodeError):
        client.status("ibm_boston")
    assert [row.finding for row in check.findings()] == ["not-json" if body == b"<html>" else "type"]


def test_a_list_with_one_bad_device(connect: Callable[..., Any], api: Server, caplog: pytest.LogCaptureFixture) -> None:
    answer = json.loads(RECORDING.answer("/v1/backends", {})[1])
    answer["devices"][1]["status"] = "fine"
    answer["devices"][2]["colour"] = "blue"
    api.faults.append(Fault(body=json.dumps(answer).encode(), path="/api/"))
    check = PayloadCheck()
    with caplog.at_level(logging.WARNING):
        names = [device.name for device in connect(watch=check).list()]
    assert names == [NAMES[0], NAMES[2]]
    assert "ibm_sherbrooke is left out" in caplog.text
    found = [(row.json_path, row.finding, row.count, row.example) for row in check.findings()]
    assert found == [("$.devices[*].status", "type", 1, "fine"), ("$.devices[*].colour", "unknown-field", 1, "blue")]


def test_a_fleet_is_checked_whole(connect: Callable[..., Any]) -> None:
    check = PayloadCheck("upstream")
    found = connect(watch=check).fleet(KINDS, concurrency=8)
    assert [*found] == NAMES
    expected = {f"get_backend_{kind}": 3 for kind in KINDS} | {"list_backends": 1, "get_backend_defaults": 2}
    assert check.documents == expected
    counts = {row.json_path: row.documents for row in check.findings() if row.finding == "type"}
    assert counts["$.gates[*].qubits[*]"] == 3


def test_threads_share_a_client_and_a_check(api: Server, clean_environment: None) -> None:
    check = PayloadCheck("upstream")
    options: Any = {"api_key": DEFAULT_API_KEY, "instance": DEFAULT_INSTANCE}
    client = Backends(base_url=api.base_url, iam_url=api.iam_url, watch=check, **options)
    with client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.configuration("ibmq_manila"), range(40)))
    assert check.documents == {"get_backend_configuration": 40}
    assert {row.documents for row in check.findings()} == {40}


def test_what_it_raises_the_call_raises(connect: Callable[..., Any]) -> None:
    def refuse(operation: str, body: bytes) -> None:
        raise LookupError(operation)

    with pytest.raises(LookupError, match="get_backend_status"):
        connect(watch=refuse).status("ibm_boston")


def test_it_needs_nothing_of_the_extra(connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("jsonschema_rs", "yaml"):
        monkeypatch.setitem(sys.modules, module, None)
    seen: list[str] = []
    connect(watch=lambda operation, body: seen.append(operation)).list()
    assert seen == ["list_backends"]
