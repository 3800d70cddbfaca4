"""Calls that are ended, at moments that no server can choose."""

import asyncio
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import Kind, asked

from ibm_quantum_backends import AsyncBackends, Backends
from ibm_quantum_backends.auth import patience
from ibm_quantum_backends.deadlines import Deadline, Running
from ibm_quantum_backends.errors import APIConnectionError
from ibm_quantum_backends.server import Fault, Server


def test_a_call_that_comes_after_the_end_is_ended() -> None:
    running, before, after = Running(), Deadline(60), Deadline(60)
    with running.run(before):
        running.end()
        with running.run(after):
            assert before.is_ended() and after.is_ended()
    with pytest.raises(APIConnectionError):
        after.remaining()


def test_a_call_that_was_ended_before_it_waits_does_not_wait() -> None:
    near, far = socket.socketpair()
    deadline = Deadline(60)
    deadline.end()
    with near, far:
        near.settimeout(30)
        with deadline.waiting_for(near):
            assert near.recv(1) == b""


def test_a_part_of_a_call_ends_with_it() -> None:
    call = Deadline(60)
    part = patience(call)
    assert not part.is_ended()
    call.end()
    assert part.is_ended()


@pytest.mark.parametrize("path", ["/identity/token", "/v3/resources/search"])
def test_who_waits_for_the_work_of_a_call_that_is_interrupted_does_it_itself(
    path: str, kind: Kind, api: Server, clean_environment: None
) -> None:
    api.faults.append(Fault(delay=60, path=path))
    options: Any = {"api_key": "sandbox", "base_url": api.base_url, "iam_url": api.iam_url, "timeout": 100}

    if kind == "sync":

        def interrupt() -> None:
            time.sleep(0.3)  # for the other to wait
            os.kill(os.getpid(), signal.SIGINT)

        def wait() -> int:
            while not asked(api, path):
                time.sleep(0.01)
            threading.Thread(target=interrupt).start()
            return len(client.list())

        old = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have left it ignored
        try:
            with Backends(**options) as client, ThreadPoolExecutor() as pool:
                other = pool.submit(wait)
                with pytest.raises(KeyboardInterrupt):
                    client.fleet(names=["ibm_boston"])
                assert other.result(timeout=30) == 3
        finally:
            signal.signal(signal.SIGINT, old)
        assert asked(api, path) == 2
        return

    async def main() -> None:
        async with AsyncBackends(**options) as client:
            call = asyncio.create_task(client.fleet(names=["ibm_boston"]))
            while not asked(api, path):
                await asyncio.sleep(0.01)
            other = asyncio.create_task(client.list())
            await asyncio.sleep(0.3)
            call.cancel()
            assert len(await other) == 3
            with pytest.raises(asyncio.CancelledError):
                await call

    asyncio.run(asyncio.wait_for(main(), 30))
    assert asked(api, path) == 2
