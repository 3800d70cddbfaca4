"""A warm `list()` on a connection that is kept alive, against httpx alone on the same server."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from server import CRN, HEADERS, TOKEN, serving

from ibm_quantum_backends import Backends
from ibm_quantum_backends.recording import Recording

ROUNDS = 1000


@pytest.mark.parametrize(("count", "target"), [(3, 1.25), (68, 2)])
def test_list(ratio: Callable[..., None], sandbox: Recording, count: int, target: float) -> None:
    devices: list[dict[str, Any]] = json.loads(sandbox.answer("/v1/backends", {})[1])["devices"]
    rows = itertools.islice(itertools.cycle(devices), count)
    body = json.dumps({"devices": [row | {"name": f"{row['name']}_{i}"} for i, row in enumerate(rows)]}).encode()
    with (
        serving({"/v1/backends": body}) as url,
        Backends(token=TOKEN, instance=CRN, base_url=url) as backends,
        httpx.Client(headers=HEADERS) as client,
    ):

        def reference() -> object:
            return json.loads(client.get(f"{url}/v1/backends").content)

        assert len(backends.list()) == count
        what = f"list() of {count} devices / httpx and json.loads"
        ratio(what, backends.list, reference, target=target, rounds=ROUNDS)
