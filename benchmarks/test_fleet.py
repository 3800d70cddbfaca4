"""`fleet` of 68 configurations, 8 in flight, from a server that waits 100 ms before each answer.

The reference is a plain loop over httpx with as many in flight, which reads each answer and decodes none. The
configurations are the 68 of qiskit-ibm-runtime 0.51 where RUNTIME_WHEELS names a folder that holds its wheel, else the
sandbox's three, again and again.
"""

import asyncio
import os
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from server import CRN, HEADERS, TOKEN, serving

from ibm_quantum_backends import AsyncBackends, Backends
from ibm_quantum_backends.raw.models import BackendConfiguration
from ibm_quantum_backends.recording import Recording

ROUNDS = 9
COUNT = 68
IN_FLIGHT = 8
NAMES = [f"device_{i}" for i in range(COUNT)]
PATHS = [f"/v1/backends/{name}/configuration" for name in NAMES]


@pytest.fixture(scope="module")
def url(sandbox: Recording) -> Iterator[str]:
    folder = os.environ.get("RUNTIME_WHEELS")
    if folder:
        with zipfile.ZipFile(Path(folder) / "qiskit_ibm_runtime-0.51.0-py3-none-any.whl") as wheel:
            documents = [wheel.read(name) for name in wheel.namelist() if "/conf_" in name]
    else:
        documents = [sandbox.answer(f"/v1/backends/{name}/configuration", {})[1] for name in sandbox.names]
    with serving(dict(zip(PATHS, cycle(documents), strict=False)), delay=0.1) as url:
        yield url


def check(documents: dict[str, dict[str, Any]]) -> None:
    """Errors would be quick."""
    assert len(documents) == COUNT
    assert all(isinstance(kinds["configuration"], BackendConfiguration) for kinds in documents.values())


def test_async(ratio: Callable[..., None], url: str) -> None:
    backends = AsyncBackends(token=TOKEN, instance=CRN, base_url=url)
    client = httpx.AsyncClient(base_url=url, headers=HEADERS)

    async def loop() -> None:
        slots = asyncio.Semaphore(IN_FLIGHT)

        async def get(path: str) -> bytes:
            async with slots:
                return (await client.get(path)).content

        await asyncio.gather(*map(get, PATHS))

    async def fleet() -> None:
        check(await backends.fleet(names=NAMES, concurrency=IN_FLIGHT))

    async def close() -> None:
        await client.aclose()
        await backends.aclose()

    what = "fleet() of 68 configurations, async / httpx"
    with asyncio.Runner() as runner:
        sides = (lambda: runner.run(fleet())), (lambda: runner.run(loop()))
        ratio(what, *sides, target=1.1, rounds=ROUNDS)
        runner.run(close())


def test_sync(ratio: Callable[..., None], url: str) -> None:
    with (
        Backends(token=TOKEN, instance=CRN, base_url=url) as backends,
        httpx.Client(base_url=url, headers=HEADERS) as client,
    ):

        def loop() -> None:
            with ThreadPoolExecutor(IN_FLIGHT) as pool:
                list(pool.map(lambda path: client.get(path).content, PATHS))

        def fleet() -> None:
            check(backends.fleet(names=NAMES, concurrency=IN_FLIGHT))

        what = "fleet() of 68 configurations, sync / httpx"
        ratio(what, fleet, loop, target=1.25, rounds=ROUNDS)
