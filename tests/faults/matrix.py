"""What can go wrong, as data, and what each call then has to come to, by rules.

Faults with `calls=ALL` meet every call: one of each way in which an answer can fail. The others differ from these in a
status, a length or a place alone, and meet the calls in `SOME`: one list, one document, and the two that send several
requests. What the search for instances meets is for the two calls that search. Answers of 50 MB that are none, which
are asked for again and again, are for one call. Every cell is run with `Backends` and with `AsyncBackends`.

The rules: a request that meets a passing fault is sent again, `RETRIES` times. What it comes to at last is raised by a
call that needs this request, and stands beside the other documents in `fleet` and in `list_all`. A token is exchanged
before the first request, and once more after a 401, with retries of its own.
"""

import gzip
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal, NamedTuple

import httpx

from ibm_quantum_backends.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BackendsError,
    BadRequestError,
    ConflictError,
    DecodeError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from ibm_quantum_backends.server import Fault

RETRIES = 2
BACKEND = "ibmq_manila"
KEY = "the+key/of-the-fault-matrix=="
INSTANCES = {name: f"crn:v1:bluemix:public:quantum-computing:us-east:a/faults:{name}::" for name in ("first", "second")}
DEVICES = ("ibm_boston", "ibm_sherbrooke", "ibmq_manila")

Where = Literal["API", "IAM", "search"]
PATHS: Mapping[Where, str] = {"API": "/api/", "IAM": "/identity/token", "search": "/v3/resources/search"}

# The calls, by their name in the table.


class Call(NamedTuple):
    """A call of a client, and the requests that it sends.

    Attributes:
        name: In the table.
        do: Given a client of either kind, the result, or what is to be awaited for it.
        needs: Paths that are all asked for first; the first failure is the call's.
        beside: Paths that are asked for then, by their key in the result; a failure stands there.
        together: Whether the paths that it needs are asked for at once, in place of one after another.
    """

    name: str
    do: Callable[[Any], Any]
    needs: tuple[str, ...] = ()
    beside: Mapping[Any, str] = {}
    together: bool = False


_LIST = "/api/v1/backends"
_SEARCH = PATHS["search"]


def _of(kind: str, name: str = BACKEND) -> str:
    return f"{_LIST}/{name}/{kind}"


_KINDS = ("configuration", "status")
_DAY = "2025-01-01"

CALLS = (
    Call("list", lambda client: client.list(), (_LIST,)),
    Call("select", lambda client: client.select(min_qubits=100), (_LIST,)),
    Call("least_busy", lambda client: client.least_busy(), (_LIST,)),
    *(
        Call(kind, lambda client, kind=kind: getattr(client, kind)(BACKEND), (_of(kind),))
        for kind in ("configuration", "properties", "status", "defaults")
    ),
    Call(
        "calibration", lambda client: client.calibration(BACKEND), (_of("configuration"), _of("properties")), {}, True
    ),
    Call(
        "fleet",
        lambda client: client.fleet(_KINDS, names=[BACKEND], concurrency=1),
        beside={(BACKEND, kind): _of(kind) for kind in _KINDS},
    ),
    Call(
        "whole fleet",
        lambda client: client.fleet("status", concurrency=1),
        (_LIST,),
        {(name, "status"): _of("status", name) for name in DEVICES},
    ),
    Call(
        "history",
        lambda client: client.history(BACKEND, _DAY, _DAY, concurrency=1),
        (_of("configuration"), _of("properties")),
    ),
    Call("instances", lambda client: client.instances(), (_SEARCH,)),
    Call("list_all", lambda client: client.list_all(concurrency=1), (_SEARCH,), dict.fromkeys(INSTANCES, _LIST)),
)
SOME = tuple(call for call in CALLS if call.name in ("list", "properties", "calibration", "fleet"))
SEARCHING = tuple(call for call in CALLS if _SEARCH in call.needs)


# The faults


@dataclass(frozen=True)
class Failure:
    """What a request that meets a fault comes to.

    Attributes:
        error: The class, and no class below it.
        status_code: Of an `APIStatusError`.
        retry_after: Seconds, at least and at most; None is absent.
        path: Of a `DecodeError`.
    """

    error: type[BackendsError]
    status_code: int | None = None
    retry_after: tuple[float, float] | None = None
    path: str | None = None

    def __str__(self) -> str:
        parts = [self.error.__name__, self.status_code, self.path]
        wait = "" if self.retry_after is None else f" (wait {self.retry_after[1]:g} s)"
        return " ".join(str(part) for part in parts if part is not None) + wait

    def misfits(self, found: object) -> str:
        """How what was found differs; empty where it does not."""
        if type(found) is not self.error:
            return f"expected {self}, found {type(found).__name__}: {found!s:.200}"
        for name in ("status_code", "path"):
            if getattr(found, name, None) != getattr(self, name):
                return f"expected {name} {getattr(self, name)!r}, found {getattr(found, name, None)!r}"
        wait = getattr(found, "retry_after", None)
        if (wait is None) != (self.retry_after is None):
            return f"expected retry_after {self.retry_after}, found {wait}"
        if wait is not None and self.retry_after and not self.retry_after[0] <= wait <= self.retry_after[1]:
            return f"expected retry_after from {self.retry_after[0]} to {self.retry_after[1]}, found {wait}"
        return ""


@dataclass(frozen=True)
class Trouble:
    """One fault, and for how many requests it holds.

    Attributes:
        name: In the table.
        failure: What a request comes to that meets it; None for an answer.
        fault: What the local server does.
        wire: In place of that, the name of a way of connections.WIRES; it is there for ever.
        where: Which requests meet it.
        part: Only those whose path has this too.
        times: How many requests meet it; None is all.
        again: Whether a retry may help, and is made.
        calls: Which calls meet it.
        options: Further arguments of the client.
        server: Further arguments of the server.
        twice: Seconds after which the call is made a second time, if it is.
        counted: Whether it can be counted how many requests come that meet it.
        spoils: Whether the next request on the same connection may fail too.
        big: Whether it takes much memory.
    """

    name: str
    failure: Failure | None
    fault: Fault = field(default_factory=Fault)
    wire: str | None = None
    where: Where = "API"
    part: str = ""
    times: int | None = None
    again: bool = False
    calls: tuple[Call, ...] = SOME
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    server: Mapping[str, Any] = field(default_factory=dict[str, Any])
    twice: float | None = None
    counted: bool = True
    spoils: bool = False
    big: bool = False

    @property
    def often(self) -> str:
        return {1: "once", 2: "twice", None: "always"}[self.times] if self.failure else ""

    @property
    def id(self) -> str:
        part = f" {self.part}" if self.part else ""
        return " ".join(filter(None, (self.where + part, self.name, self.often))).replace(" ", "-")

    def meets(self, path: str) -> bool:
        return PATHS[self.where] in path and self.part in path


# What has to come of a cell


class Expected(NamedTuple):
    """What a cell has to come to.

    Attributes:
        failure: What the call raises; None where it has a result.
        beside: What stands in the result in place of documents, by their keys.
        is_empty: Whether an answer says that there is nothing, which only a history takes for a result.
        sent: At least and at most how many requests.
    """

    failure: Failure | None
    beside: dict[Any, Failure]
    is_empty: bool
    sent: dict[Where, tuple[int, int]]


class _Rules:
    """What the client has to do about one fault, request by request."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        self.left = math.inf if trouble.times is None else trouble.times
        self.sent: Counter[Where] = Counter()
        self.has_token = False

    def exchange(self) -> Failure | None:
        failure = self._attempts(PATHS["IAM"])
        self.has_token = failure is None
        return failure

    def ask(self, path: str) -> Failure | None:
        if not self.has_token and (failure := self.exchange()):
            return failure
        failure = self._attempts(path)
        if failure and failure.status_code == 401 and self.trouble.where != "IAM":
            if refused := self.exchange():
                return refused
            return self._attempts(path)
        return failure

    def _attempts(self, path: str) -> Failure | None:
        for _ in range(1 + RETRIES):
            self.sent[next(where for where, part in PATHS.items() if part in path)] += 1
            if self.trouble.failure is None or not self.trouble.meets(path) or self.left == 0:
                return None
            self.left -= 1
            if not self.trouble.again:
                break
        return self.trouble.failure


def expect(trouble: Trouble, call: Call) -> Expected:
    """What a call has to come to that meets a fault."""
    rules = _Rules(trouble)
    failure: Failure | None = None
    beside: dict[Any, Failure] = {}
    is_empty = False
    for _ in range(1 if trouble.twice is None else 2):
        if trouble.server.get("token_lifetime", math.inf) < (trouble.twice or 0):
            rules.has_token = False
        for path in call.needs:
            found = rules.ask(path)
            if found and call.name == "history" and "properties" in path and found.error is NotFoundError:
                is_empty = True
            else:
                failure = failure or found
        if failure is None:
            beside = {key: found for key, path in call.beside.items() if (found := rules.ask(path))}
    sent = {where: (rules.sent[where], rules.sent[where]) for where in PATHS}
    if call.together:  # those that wait for the same exchange share it: how many do is a matter of moments
        alone = _Rules(trouble)
        alone.ask(call.needs[0])
        for where in ("IAM", "API") if failure and trouble.where == "IAM" else ("IAM",):
            sent[where] = (min(alone.sent[where], rules.sent[where]), rules.sent[where])
    if trouble.spoils:
        low, high = sent[trouble.where]
        sent[trouble.where] = (low, high + 1)
    return Expected(failure, beside, is_empty, sent)


# The table of faults

ALL = CALLS
_HTML: dict[str, Any] = {"body": b"<html><body>A page of a proxy</body></html>", "content_type": "text/html"}
_GZIP = {"Content-Encoding": "gzip"}
_WHOLE_JSON = b'{"devices": []}'
MEGABYTES = 50

_CUT = Failure(APIConnectionError)
_LATE = Failure(APITimeoutError)
_BROKEN = Failure(DecodeError, path="$")
ELSEWHERE = "@elsewhere"  # stands for a host that is never to be asked


def _status(error: type[BackendsError], status: int, retry_after: tuple[float, float] | None = None) -> Failure:
    return Failure(error, status, retry_after)


def _thrice(name: str, failure: Failure, fault: Fault, **options: Any) -> list[Trouble]:
    """A passing fault: once, twice, and always."""
    return [Trouble(name, failure, fault, times=times, again=True, **options) for times in (1, 2, None)]


_CONNECTIONS = [
    Trouble("refused", _CUT, wire="refused", again=True, calls=ALL, counted=False),
    Trouble("reset on accept", _CUT, wire="reset", again=True, calls=ALL),
    *_thrice("reset after the request", _CUT, Fault(reset=True), calls=ALL),
    *_thrice("closed without an answer", _CUT, Fault(drop=True)),
    Trouble("unknown certificate", _CUT, wire="unknown certificate", calls=ALL),
    Trouble("certificate of another host", _CUT, wire="other certificate"),
    Trouble("plain HTTP for TLS", _CUT, wire="no TLS", again=True),
    Trouble("no such host", _CUT, wire="no host", again=True, calls=ALL, counted=False),
]
_HURRY = {"timeout": httpx.Timeout(5, read=1)}
_SHORT = {"deadline": 2.5}
_TIMES = [
    *_thrice("late", _LATE, Fault(delay=600), calls=ALL, options=_HURRY),
    Trouble("later than the deadline", _LATE, Fault(delay=600), options=_SHORT),
    Trouble("slow body", _LATE, wire="slow body", calls=ALL, options=_SHORT),
    Trouble("slow head", _LATE, Fault(drip=0.2), calls=ALL, options=_SHORT),
]
_BODIES = [
    *_thrice("cut off", _CUT, Fault(truncate=True), calls=ALL),
    *_thrice("cut off by a reset", _CUT, Fault(truncate=True, reset=True)),
    *_thrice("length too long", _LATE, Fault(length=10_000_000), options=_HURRY),
    *_thrice("length too short", _BROKEN, Fault(body=_WHOLE_JSON, length=9, headers={"Connection": "close"})),
    Trouble(
        "length too short (kept alive)", _BROKEN, Fault(body=_WHOLE_JSON, length=9), times=1, again=True, spoils=True
    ),
    *_thrice("no gzip", _BROKEN, Fault(body=_WHOLE_JSON, headers=_GZIP), calls=ALL),
    *_thrice("cut-off gzip", _BROKEN, Fault(body=gzip.compress(_WHOLE_JSON)[:-14], headers=_GZIP)),
    *_thrice("HTML", _BROKEN, Fault(**_HTML), calls=ALL),
    *_thrice("empty", _BROKEN, Fault(body=b""), calls=ALL),
    *_thrice("an array", _BROKEN, Fault(body=b"[]")),
    Trouble("nested 100,000 deep", _BROKEN, Fault(body=b'{"a":' * 100_000 + b"1" + b"}" * 100_000), calls=ALL),
]
_STATUSES = [
    Trouble("204", _status(APIStatusError, 204), Fault(status=204), calls=ALL),
    *(
        Trouble(
            f"{status} elsewhere",
            _status(APIStatusError, status),
            Fault(status=status, headers={"Location": f"{ELSEWHERE}/api/v1/backends"}),
            calls=ALL if status == 302 else SOME,
        )
        for status in (301, 302, 303, 307, 308)
    ),
    Trouble("400", _status(BadRequestError, 400), Fault(status=400), calls=ALL),
    Trouble("401", _status(AuthenticationError, 401), Fault(status=401), times=1, calls=ALL),
    Trouble("401", _status(AuthenticationError, 401), Fault(status=401), calls=ALL),
    Trouble("403", _status(PermissionDeniedError, 403), Fault(status=403), times=1, calls=ALL),
    Trouble("403", _status(PermissionDeniedError, 403), Fault(status=403), calls=ALL),
    Trouble("403 HTML", _status(PermissionDeniedError, 403), Fault(status=403, **_HTML), calls=ALL),
    Trouble("403 empty", _status(PermissionDeniedError, 403), Fault(status=403, body=b"")),
    Trouble("404", _status(NotFoundError, 404), Fault(status=404), times=1, calls=ALL),
    Trouble("404", _status(NotFoundError, 404), Fault(status=404), calls=ALL),
    Trouble("409", _status(ConflictError, 409), Fault(status=409)),
    Trouble("423", _status(APIStatusError, 423), Fault(status=423)),
    *_thrice("503", _status(ServerError, 503), Fault(status=503), calls=ALL),
    *(
        trouble
        for status in (500, 502, 504, *range(520, 525))
        for trouble in _thrice(str(status), _status(ServerError, status), Fault(status=status))
    ),
]
_HOUR = 3600


def _limited(name: str, retry_after: str | timedelta | None, wait: tuple[float, float] | None) -> list[Trouble]:
    """429 with a Retry-After; at once an error where it asks for more than the deadline."""
    failure = _status(RateLimitError, 429, wait)
    again = wait is None or wait[1] < 10
    fault = Fault(status=429, retry_after=retry_after)
    times = (1, None) if again else (None,)
    return [Trouble(name, failure, fault, times=n, again=again, calls=ALL if n is None else SOME) for n in times]


_LIMITS = [
    *_limited("429", None, None),
    *_limited("429 for 1 s", "1", (1, 1)),
    *_limited("429 until a date", timedelta(seconds=2), (0.5, 3.5)),
    *_limited("429 until a past date", timedelta(seconds=-30), (0, 0)),
    *_limited("429 until in an hour", timedelta(seconds=_HOUR), (_HOUR - 20, _HOUR + 2)),
    *_limited("429 for 10^20 s", "1" + "0" * 20, (1e20, 1e20)),
    *_limited("429 for -5 s", "-5", None),
    *_limited('429 until "soon"', "soon", None),
]
_PARTS = [
    Trouble("503", _status(ServerError, 503), Fault(status=503), part="/status", again=True, calls=ALL),
    Trouble("404", _status(NotFoundError, 404), Fault(status=404), part="/properties", calls=ALL),
    Trouble("HTML", _BROKEN, Fault(**_HTML), part="/configuration", again=True, calls=ALL),
]
_NO_TOKEN = Failure(DecodeError, path="$.access_token")
_EXCHANGES = [
    Trouble("refused", _CUT, wire="refused", again=True, counted=False),
    Trouble("reset on accept", _CUT, wire="reset", again=True),
    Trouble("unknown certificate", _CUT, wire="unknown certificate"),
    Trouble("plain HTTP for TLS", _CUT, wire="no TLS", again=True),
    Trouble("no such host", _CUT, wire="no host", again=True, counted=False),
    *_thrice("reset after the request", _CUT, Fault(reset=True)),
    *_thrice("late", _LATE, Fault(delay=600), options=_HURRY),
    Trouble("slow body", _LATE, wire="slow body", options=_SHORT),
    Trouble("slow head", _LATE, Fault(drip=0.2), options=_SHORT),
    *_thrice("cut off", _CUT, Fault(truncate=True)),
    *_thrice("no gzip", _BROKEN, Fault(body=_WHOLE_JSON, headers=_GZIP)),
    *_thrice("HTML", _NO_TOKEN, Fault(**_HTML), calls=ALL),
    *_thrice("empty", _NO_TOKEN, Fault(body=b"")),
    Trouble("no token in it", _NO_TOKEN, Fault(body=b"{}")),
    Trouble("nested 100,000 deep", _NO_TOKEN, Fault(body=b'{"a":' * 100_000 + b"1" + b"}" * 100_000)),
    Trouble("204", _status(APIStatusError, 204), Fault(status=204)),
    Trouble(
        "307 elsewhere",
        _status(APIStatusError, 307),
        Fault(status=307, headers={"Location": f"{ELSEWHERE}/identity/token"}),
        calls=ALL,
    ),
    Trouble("400", _status(AuthenticationError, 400), Fault(status=400), calls=ALL),
    Trouble("400", _status(AuthenticationError, 400), Fault(status=400), times=1),
    Trouble("401", _status(AuthenticationError, 401), Fault(status=401)),
    Trouble("403 HTML", _status(PermissionDeniedError, 403), Fault(status=403, **_HTML)),
    Trouble("404", _status(NotFoundError, 404), Fault(status=404)),
    *_thrice("503", _status(ServerError, 503), Fault(status=503), calls=ALL),
    Trouble(
        "429 for 1 s", _status(RateLimitError, 429, (1, 1)), Fault(status=429, retry_after="1"), times=1, again=True
    ),
    Trouble("429 for 1 h", _status(RateLimitError, 429, (_HOUR, _HOUR)), Fault(status=429, retry_after=str(_HOUR))),
]
_SEARCHES = [
    *_thrice("reset after the request", _CUT, Fault(reset=True)),
    *_thrice("503", _status(ServerError, 503), Fault(status=503)),
    *_thrice("HTML", _BROKEN, Fault(**_HTML)),
    *_thrice("late", _LATE, Fault(delay=600), options=_HURRY),
    Trouble("slow head", _LATE, Fault(drip=0.2), options=_SHORT),
    Trouble("401", _status(AuthenticationError, 401), Fault(status=401), times=1),
    Trouble("401", _status(AuthenticationError, 401), Fault(status=401)),
    Trouble("403 HTML", _status(PermissionDeniedError, 403), Fault(status=403, **_HTML)),
    Trouble("no items in it", Failure(DecodeError, path="$.items"), Fault(body=b"{}")),
    Trouble("nested 100,000 deep", _BROKEN, Fault(body=b'{"a":' * 100_000 + b"1" + b"}" * 100_000)),
]
_LIFE = 5  # seconds of a token
_CLOCKS = [
    Trouble("token ends between two calls", None, server={"token_lifetime": _LIFE}, twice=_LIFE + 0.5, calls=ALL),
    *(
        trouble
        for name, offset in (("5 h ahead", 5 * _HOUR), ("5 h behind", -5 * _HOUR))
        for trouble in (
            Trouble(f"clock {name}", None, server={"clock_offset": offset}, twice=0, calls=ALL),
            *(
                Trouble(
                    f"429 until a date (clock {name})",
                    _status(RateLimitError, 429, (0.5, 3.5)),
                    Fault(status=429, retry_after=timedelta(seconds=2)),
                    times=times,
                    again=True,
                    server={"clock_offset": offset},
                )
                for times in (1, None)
            ),
        )
    ),
]
_BIG = [
    Trouble(f"{MEGABYTES} MB of JSON", None, wire="big", big=True),
    *(
        Trouble(
            f"{MEGABYTES} MB of {name}",
            _BROKEN,
            Fault(body=byte * (MEGABYTES << 20)),
            again=True,
            big=True,
            calls=tuple(call for call in CALLS if call.name == call_name),
        )
        for name, byte, call_name in (("spaces", b" ", "list"), ("garbage", b"x", "properties"))
    ),
]


def _at(where: Where, troubles: list[Trouble]) -> list[Trouble]:
    calls = {"search": SEARCHING}
    return [replace(trouble, where=where, calls=calls.get(where, trouble.calls)) for trouble in troubles]


TROUBLES = [
    Trouble("nothing", None, calls=ALL),
    *_CONNECTIONS,
    *_TIMES,
    *_BODIES,
    *_STATUSES,
    *_LIMITS,
    *_PARTS,
    *_at("IAM", _EXCHANGES),
    *_at("search", _SEARCHES),
    *_CLOCKS,
    *_BIG,
]


class Cell(NamedTuple):
    """A fault, a call that meets it, and the client."""

    trouble: Trouble
    call: Call
    kind: Literal["sync", "async"]

    @property
    def id(self) -> str:
        return f"{self.trouble.id}-{self.call.name}-{self.kind}".replace(" ", "-")


def _is_met(trouble: Trouble, call: Call) -> bool:
    paths = (PATHS["IAM"], *call.needs, *call.beside.values())
    return trouble.failure is None or bool(trouble.part) or any(map(trouble.meets, paths))


CELLS = [
    Cell(trouble, call, kind)
    for trouble in TROUBLES
    for call in trouble.calls
    if _is_met(trouble, call)
    for kind in ("sync", "async")
]
