"""`Backends` and `AsyncBackends`: the same names, arguments, results and errors, `close` and `aclose` aside."""

import inspect
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from conftest import Blocking

from ibm_quantum_backends import AsyncBackends, Backends, BackendsError
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

OWN = {"close", "aclose"}


def public(kind: type) -> dict[str, Any]:
    return {name: value for name, value in inspect.getmembers(kind) if not name.startswith("_") and name not in OWN}


def test_names() -> None:
    assert public(Backends).keys() == public(AsyncBackends).keys()
    assert {"close"} == OWN & {*dir(Backends)}
    assert {"aclose"} == OWN & {*dir(AsyncBackends)}


@pytest.mark.parametrize("name", public(Backends))
def test_signatures_and_docstrings(name: str) -> None:
    one, other = getattr(Backends, name), getattr(AsyncBackends, name)
    assert inspect.getdoc(one)
    assert inspect.getdoc(other)
    if name == "history":  # which can be awaited, and iterated over as well
        assert inspect.signature(one).parameters == inspect.signature(other).parameters
        assert (inspect.getdoc(other) or "").startswith("As `Backends.history`: ")
        return
    assert inspect.signature(one) == inspect.signature(other)
    if name not in ("sandbox", "replay"):
        assert inspect.iscoroutinefunction(other)
        assert not inspect.iscoroutinefunction(one)
        assert inspect.getdoc(other) == f"As `Backends.{name}`."


def test_constructors() -> None:
    assert inspect.signature(Backends) == inspect.signature(AsyncBackends)
    assert inspect.getdoc(Backends) == inspect.getdoc(AsyncBackends)
    parameters = inspect.signature(Backends).parameters
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert [name for name in parameters if f"{name}:" not in (inspect.getdoc(Backends) or "")] == []


# A call, and faults that meet it.
CALLS: dict[str, tuple[Callable[[Any], Any], list[Fault]]] = {
    "list": (lambda c: c.list(), []),
    "list, wait times": (lambda c: c.list(wait_times=True), []),
    "select": (lambda c: c.select(order="name"), []),
    "select, none": (lambda c: c.select(processor="none"), []),
    "least busy": (lambda c: c.least_busy(min_qubits=100), []),
    "least busy, none": (lambda c: c.least_busy(min_qubits=1000), []),
    "configuration": (lambda c: c.configuration("ibmq_manila"), []),
    "properties": (lambda c: c.properties("ibm_sherbrooke", updated_before="2024-01-01"), []),
    "properties, a bad date": (lambda c: c.properties("ibm_sherbrooke", updated_before="03/04/2024"), []),
    "status": (lambda c: c.status("ibm_boston"), []),
    "defaults": (lambda c: c.defaults("ibmq_manila"), []),
    "defaults, none": (lambda c: c.defaults("ibm_boston"), []),
    "calibration": (lambda c: c.calibration("ibm_sherbrooke", updated_before="2024-01-01"), []),
    "calibration, none": (lambda c: c.calibration("ibm_nowhere"), []),
    "calibration, an outage": (lambda c: c.calibration("ibm_boston"), [Fault(status=503, path="/properties")]),
    "history": (lambda c: [*c.history("ibm_sherbrooke", "2023-01-01", "2025-06-01", "1mo")], []),
    "history, a bad date": (lambda c: c.history("ibm_sherbrooke", "03/04/2024"), []),
    "history, none": (lambda c: c.history("ibm_nowhere", "2024-01-01"), []),
    "fleet": (lambda c: c.fleet(("status", "defaults")), []),
    "fleet, a bad name": (lambda c: c.fleet(names=["a/b"]), []),
    "instances": (lambda c: c.instances(), []),
    "list all": (lambda c: c.list_all(), []),
    "no such backend": (lambda c: c.status("ibm_nowhere"), []),
    "a bad name": (lambda c: c.status(".."), []),
    "a bad deadline": (lambda c: c.status("ibm_boston", deadline=0), []),
    "a page": (lambda c: c.list(), [Fault(status=403, body=b"<html>", content_type="text/html", path="/api/")]),
    "a limit": (lambda c: c.list(), [Fault(status=429, retry_after="7", path="/api/")]),
    "an outage": (lambda c: c.list(), [Fault(status=503, path="/api/")]),
    "a drop": (lambda c: c.list(), [Fault(drop=True, path="/api/")]),
    "a body cut off": (lambda c: c.list(), [Fault(truncate=True, path="/api/")]),
    "a late answer": (lambda c: c.list(deadline=0.3), [Fault(delay=60, path="/api/")]),
    "no JSON": (lambda c: c.list(), [Fault(body=b"<html>", path="/api/")]),
    "another model": (lambda c: c.status("ibm_boston"), [Fault(body=b'{"state": "yes"}', path="/api/")]),
    "no gzip": (lambda c: c.list(), [Fault(body=b"{}", headers={"Content-Encoding": "gzip"}, path="/api/")]),
    "a bad key": (lambda c: c.list(), [Fault(status=400, path="/identity")]),
    "unauthorized": (lambda c: c.list(), [Fault(status=401, path="/api/", times=2)]),
}


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize(("call", "faults"), CALLS.values(), ids=CALLS.keys())
def test_results_and_errors(call: Callable[[Any], Any], faults: list[Fault], api: Server) -> None:
    outcomes = []
    for kind in (Backends, Blocking):
        api.faults[:] = faults
        with kind(
            api_key="sandbox", instance=DEFAULT_INSTANCE, base_url=api.base_url, iam_url=api.iam_url, retries=0
        ) as client:
            outcomes.append(_outcome(call, client))
        assert api.faults == []
    assert outcomes[0] == outcomes[1]


def _outcome(call: Callable[[Any], Any], client: Any) -> Any:
    try:
        return _comparable(call(client))
    except BackendsError as error:
        return _comparable(error)


def _comparable(result: Any) -> Any:
    if isinstance(result, BackendsError):
        # What differs from one answer to the next: identifiers and the time.
        changing = {"trace", "request_id", "headers", "body"}
        fields = {name: value for name, value in vars(result).items() if name not in changing}
        return type(result), str(result).split(" (trace")[0], fields
    if isinstance(result, dict):
        return {key: _comparable(value) for key, value in result.items()}
    return result


def test_httpx_is_told_the_same(api: Server, clean_environment: None) -> None:
    for kind in (Backends, Blocking):
        with kind(api_key="sandbox", instance=DEFAULT_INSTANCE, base_url=api.base_url, iam_url=api.iam_url) as client:
            client.properties("ibm_sherbrooke", updated_before="2024-01-01T00:00Z", calibration_id=None)
    sent = [(r.method, r.path, r.query, httpx.Headers(r.headers)) for r in api.requests if "/api/" in r.path]
    for _, _, _, headers in sent:
        assert headers.pop("authorization").startswith("Bearer ")
    assert sent[0] == sent[1]
