"""OpenTelemetry by its own instrumentation of httpx, as docs/logging.md has it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

KEY = "sandbox"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    yield exporter
    HTTPXClientInstrumentor().uninstrument()


def test_a_span_for_each_request(spans: InMemorySpanExporter, connect: Callable[..., Any], api: Server) -> None:
    api.faults.append(Fault(status=503, retry_after="0", path="/api/"))
    assert len(connect().list()) == 3
    finished = spans.get_finished_spans()
    told: list[dict[str, Any]] = [dict(span.attributes or {}) for span in finished]
    assert [span.name for span in finished] == ["POST", "GET", "GET"]
    paths = [values["http.url"].removeprefix(api.iam_url) for values in told]
    assert paths == ["/identity/token", "/api/v1/backends", "/api/v1/backends"]
    assert [values["http.status_code"] for values in told] == [200, 503, 200]
    # The context goes along, so that the server's spans belong to these; credentials are in none.
    assert [request.headers["traceparent"].split("-")[2] for request in api.requests] == [
        f"{span.context.span_id:016x}" for span in finished
    ]
    token = api.requests[-1].headers["authorization"].removeprefix("Bearer ")
    for secret in (token, DEFAULT_INSTANCE, f"apikey={KEY}"):
        assert secret not in "".join(span.to_json() for span in finished)
