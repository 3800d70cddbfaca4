"""Running cells of the matrix, each on a server that is its own for the time, several at once."""

import asyncio
import queue
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import trustme
from wire import Connection, Listener, answering, dripping, relay

from ibm_quantum_backends import AsyncBackends, Backends, BackendsError
from ibm_quantum_backends.recording import SANDBOX, Recording
from ibm_quantum_backends.server import Fault, Server

from .matrix import BACKEND, DEVICES, ELSEWHERE, INSTANCES, KEY, MEGABYTES, PATHS, RETRIES, Call, Cell, Where, expect

__all__ = ["LONGEST", "Report", "run_all"]

LONGEST = 30.0  # seconds that no cell takes: three requests that use up their deadline of 10
_ALL_TOGETHER = 400.0  # seconds after which what still runs is taken for hanging
_WORKERS = 40
_RECORDING = Recording(SANDBOX)
_AUTHORITY = trustme.CA()
_SERVING = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
_AUTHORITY.issue_cert("127.0.0.1").configure_cert(_SERVING)
_TRUSTING = ssl.create_default_context()  # contexts are costly, and all clients may share one
_AUTHORITY.configure_trust(_TRUSTING)
_STRANGER = ssl.create_default_context()


@dataclass
class Report:
    """What a cell came to.

    Attributes:
        found: The error's class and status, or "a result".
        sent: How many requests, by where to.
        seconds: Of the call.
        problems: How it differs from what it has to come to.
    """

    found: str = ""
    sent: dict[Where, int] = field(default_factory=dict)
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


# Ways of going wrong below HTTP


class Wire(NamedTuple):
    """Where to send requests in place of the server.

    Attributes:
        url: Scheme, host and port.
        count: How many came.
        options: Further arguments of the client.
    """

    url: str
    count: Callable[[], int]
    options: dict[str, Any]


def _reset(listener: Listener, connection: Connection) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def _wire(name: str, server: Server) -> Generator[Wire]:
    """A way by its name in the matrix."""
    if name == "no host":
        yield Wire("https://no-such-host.invalid", lambda: 0, {})
        return
    if name == "refused":
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and nobody listens
            yield Wire(f"http://127.0.0.1:{taken.getsockname()[1]}", lambda: 0, {})
        return
    listener, host, scheme = {
        "reset": (lambda: Listener(_reset), "127.0.0.1", "http"),
        "slow body": (
            lambda: dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b" ", 0.05),
            "127.0.0.1",
            "http",
        ),
        "no TLS": (lambda: relay(server.port), "127.0.0.1", "https"),
        "unknown certificate": (lambda: relay(server.port, _SERVING), "127.0.0.1", "https"),
        "other certificate": (lambda: relay(server.port, _SERVING), "localhost", "https"),
    }[name]
    with listener() as open_listener:
        url = f"{scheme}://{host}:{open_listener.port}"
        trust = {"verify": _STRANGER} if name == "unknown certificate" else {}
        yield Wire(url, lambda: open_listener.accepted, trust)


def _padded(call: Call) -> list[Fault]:
    """The real answers to a call, with much space in them."""
    paths = sorted({*call.needs, *call.beside.values()}, key=len, reverse=True)
    bodies = {path: _RECORDING.answer(path.removeprefix("/api"), {})[1] for path in paths}
    return [
        Fault(body=body.rstrip()[:-1] + b" " * (MEGABYTES << 20) + b"}", path=path, times=None)
        for path, body in bodies.items()
    ]


# One cell


def leaves(call: Call, result: Any) -> dict[Any, Any]:
    """What is in a result, as plain values, and the errors in it, by their keys."""

    def plain(value: Any) -> Any:
        if isinstance(value, BackendsError):
            return value
        if isinstance(value, list):
            return [(item.name, getattr(item, "crn", None)) for item in value]
        return value.to_dict() if hasattr(value, "to_dict") else str(value)

    if call.name in ("fleet", "whole fleet"):
        return {(name, kind): plain(found) for name, kinds in result.items() for kind, found in kinds.items()}
    if call.name == "list_all":
        return {instance.name: plain(found) for instance, found in result.items()}
    if call.name == "history":
        return {time: plain(found) for time, found in zip(result.times, result, strict=False)}
    return {"": plain(result)}


def _right_leaves(call: Call) -> dict[Any, Any]:
    """What is in the result where nothing goes wrong: what the same documents say that were never sent."""
    names = [(name, None) for name in DEVICES]
    if call.name == "instances":
        return {"": [*INSTANCES.items()]}
    if call.name == "list_all":
        return dict.fromkeys(INSTANCES, names)
    with Backends.sandbox() as client:
        found = leaves(call, call.do(client))
    assert (
        found and (call.name != "list" or found == {"": names}) and (BACKEND in str(found) or "fleet" not in call.name)
    )
    return found


def _ask(cell: Cell, options: dict[str, Any], clients: list[object]) -> Any:
    """The result of a cell's call, or of its second; the client is put into the list, so that nothing but itself closes
    its connections."""
    trouble, call, kind = cell
    if kind == "sync":
        with Backends(**options) as client:
            clients.append(client)
            result = call.do(client)
            if trouble.twice is not None:
                time.sleep(trouble.twice)
                result = call.do(client)
            return result

    async def ask() -> Any:
        async with AsyncBackends(**options) as client:
            clients.append(client)
            result = await call.do(client)
            if trouble.twice is not None:
                await asyncio.sleep(trouble.twice)
                result = await call.do(client)
            return result

    return asyncio.run(ask())


class _Worker:
    """Runs cells one after another on a server, which is as new for each."""

    def __init__(self, right: dict[str, dict[Any, Any]]) -> None:
        self._right = right
        self._stack = ExitStack()
        self._server = self._stack.enter_context(self._serve({}))
        self._elsewhere = self._stack.enter_context(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))

    def close(self) -> None:
        self._stack.close()

    @staticmethod
    def _serve(options: dict[str, Any]) -> Server:
        return Server(_RECORDING, api_key=KEY, instance=INSTANCES, **options)

    def run(self, cell: Cell) -> Report:
        report = Report()
        with ExitStack() as stack:
            server = self._server
            if cell.trouble.server:
                server = stack.enter_context(self._serve(dict(cell.trouble.server)))
            server.requests.clear()
            server.faults[:] = self._faults(cell)
            self._run(cell, server, report)
        return report

    def _faults(self, cell: Cell) -> list[Fault]:
        trouble = cell.trouble
        if trouble.wire == "big":
            return _padded(cell.call)
        if trouble.wire or trouble.failure is None:
            return []
        headers = {name: value.replace(ELSEWHERE, self._elsewhere.url) for name, value in trouble.fault.headers.items()}
        return [replace(trouble.fault, headers=headers, times=trouble.times, path=trouble.part or PATHS[trouble.where])]

    def _run(self, cell: Cell, server: Server, report: Report) -> None:
        trouble = cell.trouble
        options: dict[str, Any] = {
            "api_key": KEY,
            "instance": INSTANCES["first"],
            "base_url": server.base_url,
            "iam_url": server.iam_url,
            "retries": RETRIES,
            "timeout": 5,
            "deadline": 10,
            "verify": _TRUSTING,
            **trouble.options,
        }
        with ExitStack() as stack:
            wire: Wire | None = None
            if trouble.wire and trouble.wire != "big":
                wire = stack.enter_context(_wire(trouble.wire, server))
                options |= wire.options
                options |= {"iam_url": wire.url} if trouble.where == "IAM" else {"base_url": f"{wire.url}/api"}
            error: Exception | None = None
            result = None
            clients: list[object] = []
            elsewhere, before = self._elsewhere.accepted, time.monotonic()
            try:
                result = _ask(cell, options, clients)
            except Exception as raised:
                error = raised
            report.seconds = time.monotonic() - before
            self._settle(server, report)
            if self._elsewhere.accepted != elsewhere:
                report.problems.append("the host to which it was redirected was asked")
            report.sent = _sent(server)
            if wire:
                report.sent[trouble.where] = wire.count()
        self._judge(cell, report, result, error)
        self._look_for_secrets(server, report, error, result)

    def _settle(self, server: Server, report: Report) -> None:
        """Wait until the server has no connection, and nothing to do: then nothing more comes of this cell."""
        state, before = server._uvicorn.server_state, time.monotonic()
        # It closes idle connections itself, after 5 s.
        while (state.connections or state.tasks) and time.monotonic() - before < 4:
            time.sleep(0.005)
        if state.connections or state.tasks:
            report.problems.append(f"{len(state.connections)} connections are left open")

    def _judge(self, cell: Cell, report: Report, result: Any, error: Exception | None) -> None:
        trouble, call, _ = cell
        expected = expect(trouble, call)
        problems = report.problems
        report.found = "a result" if error is None else f"{type(error).__name__}: {error!s:.200}"
        if error is not None:
            problems.append(
                expected.failure.misfits(error) if expected.failure else f"expected a result, found {report.found}"
            )
        elif expected.failure:
            problems.append(f"expected {expected.failure}, found {result!r:.200}")
        else:
            right = {} if expected.is_empty else {**self._right[call.name]}
            found = leaves(call, result)
            for key, failure in expected.beside.items():
                problems.append(failure.misfits(found.pop(key, None)))
                right.pop(key)
            for key in [key for key in found | right if found.get(key) != right.get(key)]:
                problems.append(f"expected {right.get(key)!r:.100}, found {found.get(key)!r:.100}")
        for where, (low, high) in expected.sent.items():
            count = report.sent[where]
            if not low <= count <= high and (trouble.counted or where != trouble.where):
                problems.append(
                    f"expected {low}{'' if low == high else f' to {high}'} requests to {where}, found {count}"
                )
        if report.seconds > LONGEST:
            problems.append(f"it took {report.seconds:.1f} s")
        problems[:] = filter(None, problems)

    def _look_for_secrets(self, server: Server, report: Report, error: Exception | None, result: Any) -> None:
        tokens = {request.headers.get("authorization", "").removeprefix("Bearer ") for request in server.requests}
        secrets = {*filter(None, tokens), KEY, quote_plus(KEY), *INSTANCES.values()}
        errors = [error] if error else []
        if isinstance(result, dict):
            for found in result.values():
                errors += [
                    e for e in (found.values() if isinstance(found, dict) else (found,)) if isinstance(e, Exception)
                ]
        for one in errors:
            fields = {name: value for name, value in vars(one).items() if name != "body"}
            shown = f"{one} {one!r} {one.args} {fields} {one.__cause__!r} {one.__context__!r}"
            report.problems += [f"the error shows {secret:.20}..." for secret in secrets if secret in shown]


def _sent(server: Server) -> dict[Where, int]:
    paths = [request.path for request in server.requests]
    return {where: sum(part in path for path in paths) for where, part in PATHS.items()}


# All of them


def _load(cell: Cell) -> float:
    """How long a cell may take, by the number of its requests, so that the longest start first."""
    return (cell.trouble.twice or 0) + sum(most for _, most in expect(cell.trouble, cell.call).sent.values())


def _run_some(cells: Iterable[Cell], right: dict[str, dict[Any, Any]], workers: int) -> dict[str, Report]:
    todo: queue.SimpleQueue[Cell] = queue.SimpleQueue()
    for cell in sorted(cells, key=_load, reverse=True):
        todo.put(cell)
    reports: dict[str, Report] = {}

    def work() -> None:
        worker = _Worker(right)
        try:
            while True:
                cell = todo.get_nowait()
                reports[cell.id] = worker.run(cell)
        except queue.Empty:
            worker.close()

    # As daemons, so that one that hangs does not keep the report from coming.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, todo.qsize()))]
    end = time.monotonic() + _ALL_TOGETHER
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return reports


def run_all(cells: Iterable[Cell]) -> dict[str, Report]:
    """What the cells come to, by their ids; one that does not end is told as a problem of its own."""
    every = [*cells]
    right = {name: _right_leaves(call) for name, call in {cell.call.name: cell.call for cell in every}.items()}
    reports = _run_some([cell for cell in every if not cell.trouble.big], right, _WORKERS)
    reports |= _run_some([cell for cell in every if cell.trouble.big], right, 2)  # which would make the others late
    for cell in every:
        reports.setdefault(cell.id, Report("no end", dict.fromkeys(PATHS, 0), problems=["it does not end"]))
    return reports
