"""Histories: which documents are fetched, what is kept, and what comes out."""

import asyncio
import json
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ibm_quantum_backends import AsyncBackends, Backends, Calibration
from ibm_quantum_backends.calibration import History
from ibm_quantum_backends.calibration.decoding import decode_layout
from ibm_quantum_backends.calibration.metric import read_metric
from ibm_quantum_backends.errors import (
    BackendsError,
    DecodeError,
    InvalidInputError,
    MissingExtraError,
    NotFoundError,
    RecordingError,
    ServerError,
)
from ibm_quantum_backends.recording import SANDBOX, Recording, Writer
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

DAY = timedelta(days=1)
FIRST = datetime(2025, 1, 1, 12, tzinfo=UTC)
CONFIGURATION = Recording(SANDBOX).answer("/v1/backends/ibmq_manila/configuration", {})[1]
PROPERTIES: dict[str, Any] = json.loads(Recording(SANDBOX).answer("/v1/backends/ibmq_manila/properties", {})[1])


def document(date: datetime, t1: float = 100.0) -> bytes:
    """Properties of ibmq_manila of this date, with this T1 (us) of qubit 0."""
    changed = json.loads(json.dumps(PROPERTIES)) | {"last_update_date": date.isoformat()}
    next(value for value in changed["qubits"][0] if value["name"] == "T1")["value"] = t1
    return json.dumps(changed).encode()


def record(folder: Path, dates: list[datetime]) -> Recording:
    writer = Writer(folder)
    writer.add("get_backend_configuration", "ibmq_manila", CONFIGURATION, date=FIRST)
    for number, date in enumerate(dates):
        writer.add("get_backend_properties", "ibmq_manila", document(date, 100.0 + number), date=date)
    return Recording(folder)


@pytest.fixture
def daily(tmp_path: Path) -> Iterator[Server]:
    """A server that has a calibration of ibmq_manila for each of 20 days."""
    with Server(record(tmp_path / "served", [FIRST + DAY * n for n in range(20)])) as server:
        yield server


def client(server: Server, kind: Callable[..., Any] = Backends, **options: Any) -> Any:
    hosts = {"base_url": server.base_url, "iam_url": server.iam_url}
    return kind(api_key="sandbox", instance=DEFAULT_INSTANCE, **{**hosts, "retries": 0, **options})


def asked(server: Server) -> list[str]:
    """The times that the server was asked for properties of, in order."""
    return [request.query["updated_before"] for request in server.requests if request.path.endswith("/properties")]


def dates(history: History) -> list[datetime]:
    return [calibration.last_update_date for calibration in history]


@pytest.mark.usefixtures("clean_environment")
def test_a_calibration_for_each_time(daily: Server) -> None:
    with client(daily) as backends:
        history = backends.history("ibmq_manila", FIRST + timedelta(hours=1), FIRST + DAY * 20, "1d")
        assert dates(history) == [FIRST + DAY * n for n in range(20)]
        each = list(history)
    assert all(isinstance(calibration, Calibration) for calibration in each)
    assert [calibration.t1(0) for calibration in each] == pytest.approx([(100 + n) / 1e6 for n in range(20)])
    assert len(history) == len(history.times) == 20 and history.missing == () and history.failures == {}
    times = asked(daily)
    assert len(times) == len(set(times)) == 20
    assert sum(request.path.endswith("/configuration") for request in daily.requests) == 1


def test_no_document_is_fetched_twice(api: Server) -> None:
    with client(api) as backends:
        history = backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1d")
        found = dates(history)
    answer = Recording(SANDBOX).answer  # the same times, asked one by one
    path = "/v1/backends/ibm_sherbrooke/properties"
    for time, date in list(zip(history.times, found, strict=True))[::97]:
        status, body = answer(path, {"updated_before": time.isoformat()})
        assert status == 200 and datetime.fromisoformat(json.loads(body)["last_update_date"]) == date
    assert len(found) == len(history.times) == 852
    assert len(asked(api)) == len({*found}) == 3
    assert len({id(calibration) for calibration in [*history]}) == 3


def test_times_before_the_first_document(api: Server) -> None:
    with client(api) as backends:
        history = backends.history("ibm_sherbrooke", "2022-12-31T00:00Z", "2023-01-06T00:00Z", "1d")
    assert [time.day for time in history.missing] == [31, 1, 2, 3]
    assert len(history) == len(list(history)) == 3
    assert len(asked(api)) == 2  # the document, and that there is none before it


@pytest.mark.usefixtures("clean_environment")
def test_requests_are_bounded_and_start_one_by_one(daily: Server) -> None:
    busy, most, lock = 0, 0, threading.Lock()

    class Counted(Backends):
        def _do(self, call: Any, seconds: float | None, crn: str | None = None) -> Any:
            nonlocal busy, most
            with lock:
                busy += 1
                most = max(most, busy)
            try:
                return super()._do(call, seconds, crn)
            finally:
                with lock:
                    busy -= 1

    daily.faults.append(Fault(delay=0.05, path="/properties", times=100))
    with client(daily, Counted) as backends:
        backends.history("ibmq_manila", FIRST + DAY / 2, FIRST + DAY * 20, concurrency=3)
    assert most == 3


@pytest.mark.usefixtures("clean_environment")
def test_a_history_that_was_broken_off_goes_on(daily: Server, tmp_path: Path) -> None:
    into = tmp_path / "into"
    with client(daily) as backends:
        backends.history("ibmq_manila", FIRST + DAY * 11.5, FIRST + DAY * 20, into=into)
        first = len(asked(daily))
        daily.faults.append(Fault(status=503, path="/properties", times=1))
        with pytest.raises(ServerError):
            backends.history("ibmq_manila", FIRST + DAY / 2, FIRST + DAY * 20, into=into)
        broken_off = len(asked(daily))
        history = backends.history("ibmq_manila", FIRST + DAY / 2, FIRST + DAY * 20, into=into)
    answered = len(asked(daily)) - (broken_off - first)
    assert first == 9 and answered == 20, asked(daily)
    assert len(dates(history)) == 20
    with client(daily) as backends:
        before = len(asked(daily))
        again = backends.history("ibmq_manila", FIRST + DAY / 2, FIRST + DAY * 20, into=into)
    assert len(asked(daily)) == before and list(again) == list(history)
    with Backends.replay(into) as backends:  # the folder is a recording like any other
        assert list(backends.history("ibmq_manila", FIRST + DAY / 2, FIRST + DAY * 20)) == list(history)
        assert backends.calibration("ibmq_manila") == list(history)[-1]


def test_a_recording_without_known_times_is_asked_anew(api: Server, tmp_path: Path) -> None:
    record(tmp_path / "into", [FIRST])
    with client(api) as backends:
        history = backends.history("ibmq_manila", "2025-02-01", "2025-02-03", into=tmp_path / "into")
    assert len(asked(api)) == 1, "what was recorded by chance says nothing of newer documents"
    assert len(history) == 3


def test_the_same_from_both_clients(api: Server) -> None:
    async def asynchronous() -> tuple[History, list[Calibration]]:
        async with client(api, AsyncBackends) as backends:
            pending = backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1mo")
            return await pending, [calibration async for calibration in pending]

    with client(api) as backends:
        history = backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1mo")
    fetched, iterated = asyncio.run(asynchronous())
    assert list(history) == list(fetched) == iterated
    with Backends.sandbox() as backends:
        assert list(backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1mo")) == iterated


def test_what_comes_of_a_replay_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    watched: list[str] = []
    with Backends.sandbox() as backends:
        history = backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1mo")
        assert list(tmp_path.iterdir()) == [] and len(history) == 29
        kept = backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1mo", into=tmp_path / "kept")
        assert list(kept) == list(history)
        backends._watch = lambda operation, body: watched.append(operation)
        seen = backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1mo")
    assert sorted(watched) == ["get_backend_configuration"] + ["get_backend_properties"] * 3
    (folder,) = tmp_path.glob("history-*")
    assert list(seen) == list(history)
    del seen
    assert not folder.exists(), "the temporary folder goes with the history"


@pytest.mark.parametrize(
    ("arguments", "options", "told"),
    [
        (("ibm_boston", "2025-02-30"), {}, "expected a time"),
        (("ibm_boston", "2025-01-01", "2024-01-01"), {}, "stop: expected a time after the start"),
        (("ibm_boston", "2025-01-01", None, "often"), {}, "every: expected a step"),
        (("ibm_boston", "2025-01-01", None, "1s"), {}, "at most 100,000 times"),
        (("ibm_boston", "2025-01-01", None, 3), {}, "every: expected a step"),
        (("a/b", "2025-01-01"), {}, "backend: expected a name"),
        (("ibm_boston", "2025-01-01"), {"concurrency": 0}, "concurrency: expected 1 or more"),
    ],
)
def test_bad_input_sends_and_writes_nothing(
    arguments: tuple[Any, ...], options: dict[str, Any], told: str, api: Server, tmp_path: Path
) -> None:
    for kind in (Backends, AsyncBackends):
        with pytest.raises(InvalidInputError, match=told):
            found = client(api, kind).history(*arguments, into=tmp_path / "into", **options)
            asyncio.run(_await(found))
    assert api.requests == [] and not (tmp_path / "into").exists()


async def _await(pending: Any) -> None:
    await pending


def test_errors_of_the_service(api: Server, tmp_path: Path) -> None:
    with client(api) as backends:
        with pytest.raises(NotFoundError, match="ibm_nowhere"):
            backends.history("ibm_nowhere", "2025-01-01")
        for date in ("3", '"0001-01-01T00:00:00+05:00"'):
            api.faults.append(Fault(body=b'{"last_update_date": %s}' % date.encode(), path="/properties"))
            with pytest.raises(BackendsError, match="last_update_date"):
                backends.history("ibm_boston", "2026-05-01", "2026-05-02")
    (tmp_path / "file").write_text("")
    with client(api) as backends, pytest.raises(RecordingError):
        backends.history("ibm_boston", "2026-05-01", "2026-05-02", into=tmp_path / "file")


def test_an_answer_that_is_newer_than_asked_ends(api: Server) -> None:
    late = document(datetime(2026, 1, 1, tzinfo=UTC))
    api.faults.append(Fault(body=late, path="/properties", times=3))
    with client(api) as backends:
        history = backends.history("ibmq_manila", "2025-01-01", "2025-01-03")
    assert len(asked(api)) == 3 and len(history) == 0


def test_a_document_that_cannot_be_used_does_not_hide_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record(tmp_path, [FIRST, FIRST + DAY, FIRST + DAY * 2])
    broken = document(FIRST + DAY).replace(b'"us"', b'"parsec"', 1)
    Writer(tmp_path).add("get_backend_properties", "ibmq_manila", broken, date=FIRST + DAY)
    with Backends.replay(tmp_path) as backends:
        history = backends.history("ibmq_manila", FIRST + DAY / 2, FIRST + DAY * 3)
    assert dates(history) == [FIRST, FIRST + DAY * 2]
    ((time, error),) = history.failures.items()
    assert time == FIRST + DAY * 1.5 and "parsec" in str(error)
    assert "ibmq_manila at 2025-01-03T00:00:00+00:00 is left out" in caplog.text
    assert history.to_pandas("t1").shape == (2, 5)


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


def test_to_pandas(pool: Executor) -> None:
    with Backends.sandbox() as backends:
        plain, spread = (
            backends.history("ibm_sherbrooke", "2023-02-01T00:00Z", "2025-06-01T00:00Z", "1mo", executor=executor)
            for executor in (None, pool)
        )
    frame = plain.to_pandas("t1")
    assert frame.shape == (29, 127)
    assert frame.index.equals(pd.DatetimeIndex(plain.times, name="time")) and frame.columns.tolist() == [*range(127)]
    for (time, calibration), (_, row) in zip(plain.items(), frame.iterrows(), strict=True):
        assert row.tolist() == list(calibration.qubits["t1"]), time
    errors = plain.to_pandas("ecr_error")
    newest = list(plain)[-1]
    assert errors.iloc[-1]["1-0"] == newest.gate_error("ecr", (1, 0)) and errors.iloc[-1].count() == 144
    lengths = plain.to_pandas("sx_length")
    assert lengths.iloc[-1]["5"] == newest.gate_length("sx", 5)
    for metric, found in {"t1": frame, "ecr_error": errors, "sx_length": lengths}.items():
        pd.testing.assert_frame_equal(spread.to_pandas(metric), found)
    with pytest.raises(InvalidInputError, match=r"metric: expected one of .*ecr_error.*t1.*found 'cz_error'"):
        plain.to_pandas("cz_error")


def test_to_parquet(tmp_path: Path, pool: Executor) -> None:
    with Backends.sandbox() as backends:
        plain, spread = (
            backends.history("ibm_sherbrooke", "2024-05-26T00:00Z", "2024-06-02T00:00Z", "12h", executor=executor)
            for executor in (None, pool)
        )
    for history, folder in ((plain, tmp_path / "plain"), (spread, tmp_path / "spread")):
        history.to_parquet(folder)
        history.to_parquet(folder)  # again: in place of the same files
    files = sorted(path.relative_to(tmp_path / "plain") for path in (tmp_path / "plain").rglob("*.parquet"))
    assert len(files) == 2 * 15
    assert str(files[0]) == "gates/backend=ibm_sherbrooke/date=2024-05-26/000000.parquet"
    for file in files:
        assert (tmp_path / "plain" / file).read_bytes() == (tmp_path / "spread" / file).read_bytes()
    qubits = pd.read_parquet(tmp_path / "plain" / "qubits")
    assert len(qubits) == 15 * 127 and {*qubits["backend"]} == {"ibm_sherbrooke"}
    last = qubits[qubits["date"].astype(str) == "2024-06-02"]
    assert last["t1"].tolist() == list(list(plain)[-1].qubits["t1"])
    assert {*last["last_update_date"]} == {list(plain)[-1].last_update_date}
    gates = pd.read_parquet(tmp_path / "plain" / "gates", filters=[("date", "==", "2024-05-26")])
    assert {tuple(on) for on in gates["qubits"]} == {on for _, on in next(iter(plain))._columns.keys}


class Recorded(ThreadPoolExecutor):
    """An executor that keeps what it is given, as it would travel to another machine."""

    def __init__(self) -> None:
        super().__init__(2)
        self.sent: list[bytes] = []
        self.open, self.most, self.lock = 0, 0, threading.Lock()

    def submit(self, function: Any, /, *args: Any, **options: Any) -> Any:
        self.sent.append(pickle.dumps((function, args, options)))
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
        future = super().submit(function, *args, **options)
        result = future.result

        def count(timeout: float | None = None) -> Any:
            with self.lock:
                self.open -= 1
            return result(timeout)

        future.result = count  # type: ignore[method-assign]
        return future


def test_no_secret_is_handed_to_an_executor_and_never_all_documents(tmp_path: Path) -> None:
    days = [FIRST + DAY * n for n in range(50)]
    with Server(record(tmp_path, days)) as server, Recorded() as executor, client(server) as backends:
        history = backends.history("ibmq_manila", FIRST + DAY / 2, FIRST + DAY * 50, executor=executor)
        assert executor.sent == []
        assert [round(t * 1e6) for t in history.to_pandas("t1")[0]] == [100 + n for n in range(50)]
    assert len(executor.sent) == 50 and executor.most == 32
    secrets = (b"Bearer", b"sandbox", DEFAULT_INSTANCE.encode(), server.base_url.encode(), b"http")
    assert not [secret for secret in secrets for sent in executor.sent if secret in sent]


def test_on_a_dask_cluster() -> None:
    from distributed import Client, LocalCluster  # noqa: PLC0415 (it takes two seconds)

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as dask,
        Backends.sandbox() as backends,
    ):
        executor = dask.get_executor(pure=False)
        spread = backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1mo", executor=executor)
        plain = backends.history("ibm_sherbrooke", "2023-02-01", "2025-06-01", "1mo")
        assert list(spread) == list(plain)
        pd.testing.assert_frame_equal(spread.to_pandas("readout_error"), plain.to_pandas("readout_error"))


@pytest.mark.parametrize("damage", [lambda body: body[:200], lambda body: b"no gzip", lambda body: b""])
def test_a_damaged_file_does_not_hide_the_others(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    recording = record(tmp_path, [FIRST, FIRST + DAY])
    file = tmp_path / recording.entries[-1].file
    file.write_bytes(damage(file.read_bytes()))
    with Backends.replay(tmp_path) as backends:
        history = backends.history("ibmq_manila", FIRST + DAY / 2, FIRST + DAY * 2)
    assert dates(history) == [FIRST]
    assert isinstance(history.failures[FIRST + DAY * 1.5], (RecordingError, DecodeError))


@pytest.mark.parametrize("metric", ["t1", "cx_error"])
def test_a_document_that_is_nested_without_end_does_not_hide_the_others(metric: str) -> None:
    layout = decode_layout(CONFIGURATION)
    with pytest.raises(DecodeError):
        read_metric(layout, b'{"qubits": ' + b"[" * 100_000, metric)


def test_a_file_that_is_gone_is_fetched_again(api: Server, tmp_path: Path) -> None:
    with client(api) as backends:
        backends.history("ibm_sherbrooke", "2024-01-01", "2025-01-01", "1mo", into=tmp_path)
        count = len(asked(api))
        next(tmp_path.rglob("properties-2024*")).unlink()
        history = backends.history("ibm_sherbrooke", "2024-01-01", "2025-01-01", "1mo", into=tmp_path)
    assert len(asked(api)) == count + 1 and len([*history]) == 13


def test_without_pyarrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with Backends.sandbox() as backends:
        history = backends.history("ibm_sherbrooke", "2024-01-01", "2025-01-01", "1mo")
    with pytest.raises(MissingExtraError, match=r"pip install 'ibm-quantum-backends\[pandas\]'"):
        history.to_parquet(tmp_path / "dataset")
    assert not (tmp_path / "dataset").exists()
