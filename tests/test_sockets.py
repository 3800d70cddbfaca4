"""Connections that keep to the deadline, and that end with the call, the client, the interrupt."""

import asyncio
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from conftest import Kind, asked
from open_files import settles, sockets
from wire import Listener

from ibm_quantum_backends import AsyncBackends, Backends
from ibm_quantum_backends.errors import APIConnectionError, APITimeoutError
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

NAMES = [f"ibm_{number}" for number in range(40)]
FAULTS = {
    "while it waits for an answer": Fault(delay=60, path="/api/", times=None),
    "while it waits for a token": Fault(delay=60, path="/identity/token", times=None),
    "while it sleeps": Fault(status=503, retry_after="60", path="/api/", times=None),
}


def options(server: Server) -> dict[str, Any]:
    hosts = {"base_url": server.base_url, "iam_url": server.iam_url}
    return {"api_key": "sandbox", "instance": DEFAULT_INSTANCE, **hosts}


@pytest.fixture
def silent() -> Iterator[int]:
    """A port at which connections are not accepted, and not refused either."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def resolve(monkeypatch: pytest.MonkeyPatch, name: str, addresses: list[str]) -> None:
    """Give a name these addresses."""
    find = socket.getaddrinfo

    def found(host: Any, *args: Any, **kinds: Any) -> list[Any]:
        known = host in (name, name.encode())
        return [entry for place in (addresses if known else [host]) for entry in find(place, *args, **kinds)]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_host_of_many_addresses_that_do_not_answer(
    silent: int, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, "localhost", ["127.0.0.1"] * 50)
    client = make(token="t", instance=DEFAULT_INSTANCE, base_url=f"http://localhost:{silent}", timeout=0.2)
    before = time.monotonic()
    with pytest.raises(APITimeoutError):
        client.list(deadline=0.5)
    assert time.monotonic() - before < 5  # fifty times 0.2 is 10


def test_the_next_address_is_tried(api: Server, connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    client = connect(base_url=api.base_url.replace("127.0.0.1", "localhost"))
    resolve(monkeypatch, "localhost", ["127.0.0.2", "127.0.0.1"])  # nobody listens at the first
    assert len(client.list()) == 3


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_close_ends_the_calls_that_are_running(fault: Fault, kind: Kind, api: Server) -> None:
    before = sockets(), threading.active_count()
    part = fault.path
    api.faults.append(fault)
    if kind == "sync":
        with ThreadPoolExecutor(8) as pool:
            client = Backends(**options(api))
            running = [pool.submit(client.status, "ibm_boston") for _ in range(4)]
            running.append(pool.submit(client.list, deadline=1000))
            while asked(api, part) < (1 if "token" in part else 5):
                time.sleep(0.01)
            client.close()
            failures: list[Any] = [call.exception(timeout=30) for call in running]
    else:

        async def main() -> list[Any]:
            client = AsyncBackends(**options(api))
            running = [asyncio.create_task(client.status("ibm_boston")) for _ in range(4)]
            running.append(asyncio.create_task(client.list(deadline=1000)))
            while asked(api, part) < (1 if "token" in part else 5):
                await asyncio.sleep(0.01)
            await client.aclose()
            return await asyncio.gather(*running, return_exceptions=True)

        failures = asyncio.run(asyncio.wait_for(main(), 30))
    assert {type(failure) for failure in failures} == {APIConnectionError}
    assert {str(failure) for failure in failures} == {
        "the call was ended: its client was closed, or its fleet interrupted"
    }
    assert [failure for failure in failures if failure.__context__ or failure.__cause__] == []
    assert settles(sockets, before[0])
    assert settles(threading.active_count, before[1])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_close_ends_a_call_that_gets_no_connection(
    scheme: str, kind: Kind, silent: int, clean_environment: None
) -> None:
    with ExitStack() as stack:
        mute = stack.enter_context(
            Listener(lambda listener, connection: [*iter(lambda: listener.receive(connection), b"")])
        )
        opened = before = sockets()
        port = silent if scheme == "http" else mute.port
        given: Any = {"token": "t", "instance": DEFAULT_INSTANCE, "base_url": f"{scheme}://127.0.0.1:{port}"}

        def gets_none() -> bool:
            return mute.seen[:1] == b"\x16" if scheme == "https" else sockets() > before  # TLS has begun

        if kind == "sync":
            client = Backends(timeout=120, **given)
            with ThreadPoolExecutor() as pool:
                call = pool.submit(client.list)
                while not gets_none():
                    time.sleep(0.01)
                client.close()
                failure: Any = call.exception(timeout=30)
        else:

            async def main() -> Any:
                nonlocal before
                before = sockets()  # the loop has its own
                client = AsyncBackends(timeout=120, **given)
                call = asyncio.create_task(client.list())
                while not gets_none():
                    await asyncio.sleep(0.01)
                await client.aclose()
                return (await asyncio.gather(call, return_exceptions=True))[0]

            failure = asyncio.run(asyncio.wait_for(main(), 30))
        assert isinstance(failure, APIConnectionError)
        assert str(failure).startswith("the call was ended")
    assert settles(sockets, opened - 1)


def test_an_interrupted_handshake_leaves_nothing(
    api: Server, clean_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(connection: ssl.SSLSocket) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ssl.SSLSocket, "do_handshake", interrupt)
    before = sockets()
    with (
        Backends(
            **{**options(api), "base_url": api.base_url.replace("http:", "https:"), "token": "t", "api_key": None}
        ) as client,
        pytest.raises(KeyboardInterrupt) as interrupted,
    ):
        client.list()
    assert settles(sockets, before), interrupted  # which holds the frames


def test_limits_of_months(make: Callable[..., Any], api: Server) -> None:
    for limits in ({"timeout": httpx.Timeout(None), "deadline": 3e6}, {"timeout": 1.9e6, "deadline": None}):
        assert len(make(**options(api), **limits).list()) == 3


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("call", ["list", "fleet", "calibration"])
def test_an_interrupt_leaves_nothing(call: str, fault: Fault, kind: Kind, api: Server) -> None:
    before = sockets(), threading.active_count()
    api.faults.append(fault)
    ended = threading.Event()

    def interrupt() -> None:
        while not asked(api, fault.path):
            time.sleep(0.01)
        time.sleep(0.05)
        while not ended.wait(1):  # once should do; again, should it come at a moment at which nobody minds it
            os.kill(os.getpid(), signal.SIGINT)

    def work() -> None:
        names = {"names": NAMES} if call == "fleet" else {}
        place = () if call != "calibration" else ("ibm_boston",)
        if kind == "sync":
            with Backends(**options(api)) as client:
                getattr(client, call)(*place, **names)
            return

        async def main() -> None:
            async with AsyncBackends(**options(api)) as client:
                await getattr(client, call)(*place, **names)

        asyncio.run(main())

    old = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have left it ignored
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            work()
    finally:
        ended.set()
        thread.join()
        signal.signal(signal.SIGINT, old)
    assert settles(threading.active_count, before[1])
    assert settles(sockets, before[0])


def test_an_interrupted_fleet_leaves_the_client_as_it_was(connect: Callable[..., Any], api: Server) -> None:
    class StopError(Exception):
        pass

    def watch(operation: str, body: bytes) -> None:
        if operation == "get_backend_status":
            raise StopError

    api.faults.append(Fault(delay=60, path="/configuration", times=None))
    client = connect(watch=watch)
    with pytest.raises(StopError):
        client.fleet(("configuration", "status"), names=["ibm_boston"])
    assert asked(api, "/configuration") <= 1  # it was not tried again: the fleet ended at once
    assert len(client.list()) == 3


def test_a_cancelled_task_leaves_no_connection(api: Server, clean_environment: None) -> None:
    async def main() -> None:
        async with AsyncBackends(**options(api)) as client:
            await client.list()
            before = sockets()
            api.faults.append(Fault(delay=60, path="/status", times=None))
            tasks = [asyncio.create_task(client.status("ibm_boston")) for _ in range(20)]
            while asked(api, "/status") < 20:
                await asyncio.sleep(0.01)
            assert sockets() > before
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert await asyncio.to_thread(settles, sockets, before)
            assert len(await client.list()) == 3

    asyncio.run(asyncio.wait_for(main(), 30))
