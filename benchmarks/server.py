"""A server that answers each GET with the bytes it was given for its path, in a process of its own.

It does little else, so that what a client costs is seen, and one core is enough for it.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import uvicorn

__all__ = ["CRN", "HEADERS", "TOKEN", "serving"]

TOKEN = "benchmark"
CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/sandbox:sandbox::"
# What the package sends, for httpx to send the same.
HEADERS = {
    "Accept": "application/json",
    "Authorization": f"Bearer {TOKEN}",
    "IBM-API-Version": "2026-03-15",
    "Service-CRN": CRN,
    "User-Agent": "ibm-quantum-backends/0.1.0",
}

_Send = Callable[[dict[str, Any]], Awaitable[None]]


@contextmanager
def serving(bodies: Mapping[str, bytes], *, delay: float = 0) -> Iterator[str]:
    """Run a server; gives its URL.

    Args:
        bodies: JSON by path.
        delay: Seconds to wait before each answer.
    """
    command = [sys.executable, __file__, str(delay)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            json.dump({path: body.decode() for path, body in bodies.items()}, process.stdin)
            process.stdin.close()
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def main(delay: float) -> None:
    """Take the bodies from standard input, print the port, and serve until ended."""
    bodies = {path: body.encode() for path, body in json.load(sys.stdin).items()}

    async def app(scope: Mapping[str, Any], receive: object, send: _Send) -> None:
        await asyncio.sleep(delay)
        body = bodies[scope["path"]]
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    # asyncio sends at once only where the socket names its protocol; else an answer waits 40 ms for its second half.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none")).run(sockets=[listener])


if __name__ == "__main__":
    main(float(sys.argv[1]))
