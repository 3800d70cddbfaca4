"""One client before and after a fork."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import asked

from ibm_quantum_backends.processes import PerProcess
from ibm_quantum_backends.server import DEFAULT_INSTANCE, Fault, Server

# A call warms the connection up. While another thread waits for a token, and holds the lock of the exchange and a slot,
# the process forks. Parent and child then use the same clients at the same time, and the child closes them.
FORKED = """
import asyncio, os, sys, threading, time
from ibm_quantum_backends import AsyncBackends, Backends

base_url, iam_url, instance, kind = sys.argv[1:]
options = dict(api_key="sandbox", instance=instance, base_url=base_url, iam_url=iam_url, deadline=20)
client = Backends(**options)
cold = Backends(**options)
tasks = AsyncBackends(**options)

async def ask():
    async with tasks:
        return len(await tasks.list())

def work(rounds):
    if kind == "async":
        return [asyncio.run(ask()) for _ in range(rounds)]
    return [len(each.list()) for each in (client, cold) for _ in range(rounds)]

client.list()
thread = threading.Thread(target=cold.list)
thread.start()
time.sleep(0.3)  # the exchange takes longer
if (child := os.fork()) == 0:
    assert set(work(20)) == {3}
    client.close()
    cold.close()
    os._exit(7)
assert set(work(20)) == {3}
thread.join()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
client.list()
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_client_that_is_forked(kind: str, api: Server, tmp_path: Path) -> None:
    api.faults.append(Fault(path="/identity/token"))
    api.faults.append(Fault(delay=1, path="/identity/token", times=None))
    script = tmp_path / "forked.py"
    script.write_text(FORKED)
    command = [sys.executable, str(script), api.base_url, api.iam_url, DEFAULT_INSTANCE, kind]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)
    assert asked(api) >= 40


def test_one_for_each_process() -> None:
    things = PerProcess(object)
    assert things.get() is things.get()
