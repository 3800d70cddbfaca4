"""Ten thousand calls of one client: as many sockets, threads and bytes of memory as after a thousand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SANDBOX

from ibm_quantum_backends.recording import Recording
from ibm_quantum_backends.server import DEFAULT_INSTANCE

# A server as small as can be, in a process of its own, so that its memory does not count.
SERVER = """
import asyncio, sys

status, devices = (open(name, "rb").read() for name in sys.argv[1:])
token = b'{"access_token": "a-token-that-nobody-may-see", "expires_in": 3600}'

async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            line, _, fields = head.lower().partition(b"\\r\\n")
            if b"content-length: " in fields:
                await reader.readexactly(int(fields.partition(b"content-length: ")[2].partition(b"\\r\\n")[0]))
            body = token if b"/identity/token" in line else status if b"/status" in line else devices
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
CLIENT = """
import asyncio, gc, json, os, sys, threading
from concurrent.futures import ThreadPoolExecutor
from ibm_quantum_backends import AsyncBackends, Backends

kind, url, instance = sys.argv[1:]
options = dict(api_key="a-key-that-only-iam-sees", instance=instance, base_url=url + "/api", iam_url=url)
memory, open_things = [], []

def measure_memory():
    gc.collect()
    with open("/proc/self/statm") as pages:
        memory.append(int(pages.read().split()[1]))

def count_open_things():
    gc.collect()
    open_things.append([len(os.listdir("/proc/self/fd")), threading.active_count()])

def sync():
    count_open_things()
    with Backends(**options) as client, ThreadPoolExecutor(4) as pool:
        for rounds in (100, 900):  # of ten calls each
            for _ in range(rounds):
                list(pool.map(client.status, ["ibm_boston"] * 9))
                client.list()
            measure_memory()
    count_open_things()

async def tasks():
    count_open_things()
    async with AsyncBackends(**options) as client:
        for rounds in (100, 900):  # of ten calls each
            for _ in range(rounds):
                await asyncio.gather(*(client.status("ibm_boston") for _ in range(9)), client.list())
            measure_memory()
    count_open_things()

def loops():
    count_open_things()
    client = AsyncBackends(**options)

    async def some():
        async with client:
            await asyncio.gather(*(client.status("ibm_boston") for _ in range(10)))

    for rounds in (100, 900):  # of ten calls each, in a loop of their own
        for _ in range(rounds):
            asyncio.run(some())
        measure_memory()
    count_open_things()

if kind == "async":
    asyncio.run(tasks())
else:
    {"sync": sync, "loops": loops}[kind]()
print(json.dumps([memory, open_things]))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what is open is read from /proc, which is not here")
@pytest.mark.parametrize("kind", ["sync", "async", "loops"])
def test_ten_thousand_calls(kind: str, tmp_path: Path) -> None:
    recording = Recording(SANDBOX)
    bodies = [recording.answer(f"/v1/backends{path}", {})[1] for path in ("/ibmq_manila/status", "")]
    names = ["server.py", "client.py", "status.json", "list.json"]
    for name, content in zip(names, [SERVER.encode(), CLIENT.encode(), *bodies], strict=True):
        (tmp_path / name).write_bytes(content)
    server = subprocess.Popen(
        [sys.executable, "server.py", "status.json", "list.json"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    with server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        command = [sys.executable, "-W", "error", "client.py", kind, url, DEFAULT_INSTANCE]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
        server.kill()
    assert (done.returncode, done.stderr) == (0, "")
    (early, late), (before, after) = json.loads(done.stdout)
    print(f"{kind}: {early} pages after 1,000 calls, {late} after 10,000")
    assert late <= 1.05 * early
    assert after == before  # files and threads
