"""The API as a recording answers it, and the services of IBM Cloud that clients call before it, all on one host.

Sources: IBM's references (https://cloud.ibm.com/apidocs), its registry of error codes
(https://quantum.cloud.ibm.com/docs/errors), errors of IAM as people reported them, and the requests that
ibm-platform-services 0.77 and qiskit-ibm-runtime 0.51 send.
"""

import base64
import dataclasses
import datetime
import json
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import InvalidInputError
from ..recording import Recording
from .faults import Fault, Front, Request, error_response

__all__ = ["DEFAULT_API_KEY", "DEFAULT_INSTANCE", "create_app"]

DEFAULT_API_KEY = "sandbox"
DEFAULT_INSTANCE = "crn:v1:bluemix:public:quantum-computing:us-east:a/sandbox:sandbox::"

_GRANT_TYPE = "urn:ibm:params:oauth:grant-type:apikey"
_OLDEST_VERSION = "2025-05-01"  # before it the API has another shape, which no recording holds
_PLAN = "sandbox-plan"


def create_app(
    recording: Recording,
    *,
    api_key: str = DEFAULT_API_KEY,
    instance: str | Mapping[str, str] = DEFAULT_INSTANCE,
    token_lifetime: float = 3600,
    clock_offset: float = 0,
    faults: list[Fault] | None = None,
    requests: list[Request] | None = None,
    keep: int = 10_000,
) -> Starlette:
    """Make the ASGI application that `Server` runs; arguments as there.

    The lists may change meanwhile. Faults of the connection need uvicorn, and `clock_offset` its `date_header=False`.

    Raises:
        InvalidInputError: An empty key, or an instance that is not a CRN.
    """
    if not api_key:
        raise InvalidInputError("the API key must not be empty")
    instances = {"sandbox": instance} if isinstance(instance, str) else dict(instance)
    for crn in instances.values():
        if not re.fullmatch(r"crn(:[^:\s]*){9}", crn):
            raise InvalidInputError(f"an instance must be a CRN such as {DEFAULT_INSTANCE}, not {crn!r}")
    service = _Service(recording, api_key, instances, token_lifetime)
    logs: dict[str, Any] = {
        "faults": [] if faults is None else faults,
        "requests": [] if requests is None else requests,
    }
    app = Starlette(
        routes=[
            Route("/identity/token", service.token, methods=["POST"]),
            Route("/v3/resources/search", service.search, methods=["POST"]),
            Route(f"/api/v1/{_PLAN}", service.plan),
            Route("/api/v1/backends", service.backends),
            Route("/api/v1/backends/{name}/{document}", service.backends),
        ],
        middleware=[
            Middleware(Front, **logs, keep=keep, clock_offset=clock_offset),
            Middleware(GZipMiddleware, compresslevel=1),
        ],
        exception_handlers={HTTPException: _refuse, _Refusal: _refuse},
    )
    app.router.redirect_slashes = False
    return app


class _Refusal(Exception):
    """Its arguments are those of `error_response`, without the first."""


async def _refuse(request: HTTPRequest, error: Any) -> Response:
    if isinstance(error, HTTPException):
        error = _Refusal(error.status_code, error.status_code, error.detail, "")
    return error_response(request.state.request_id, *error.args)


@dataclasses.dataclass
class _Service:
    """The endpoints; all of them run in the event loop's one thread."""

    recording: Recording
    api_key: str
    instances: dict[str, str]
    token_lifetime: float
    good_until: dict[str, float] = dataclasses.field(default_factory=dict[str, float])

    async def token(self, request: HTTPRequest) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        if not form.get("grant_type") or not form.get("apikey"):
            return _iam_error(request, "BXNIM0109E", "Property missing or empty.")
        if form["grant_type"] != _GRANT_TYPE:
            return _iam_error(request, "BXNIM0106E", "Validation of a property failed.")
        if form["apikey"] != self.api_key:
            return _iam_error(request, "BXNIM0415E", "Provided API key could not be found.")
        issued = int(request.state.now)
        expiration = int(issued + self.token_lifetime)
        token = _jwt({"iam_id": "IBMid-sandbox", "iat": issued, "exp": expiration})
        self.good_until = {old: until for old, until in self.good_until.items() if until > time.monotonic()}
        self.good_until[token] = time.monotonic() + self.token_lifetime
        answer = {"access_token": token, "refresh_token": "not_supported", "token_type": "Bearer"}
        times = {"expires_in": expiration - issued, "expiration": expiration}
        return JSONResponse({**answer, **times, "scope": "ibm openid"})

    def authenticate(self, request: HTTPRequest) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or self.good_until.get(token, 0) <= time.monotonic():
            raise _Refusal(401, 1200, "Not authorized.", "Send a bearer token of IAM that still holds.")

    async def backends(self, request: HTTPRequest) -> Response:
        self.authenticate(request)
        version = request.headers.get("IBM-API-Version", "")
        try:
            is_served = version == datetime.date.fromisoformat(version).isoformat() >= _OLDEST_VERSION
        except ValueError:
            is_served = False
        if not is_served:
            raise _Refusal(400, 1208, f"IBM-API-Version {version!r}.", f"Send a date from {_OLDEST_VERSION} on.")
        crn = request.headers.get("Service-CRN", "")
        if crn not in self.instances.values():
            raise _Refusal(404, 1279, f"Instance {crn!r} not found.", "Check Service-CRN and its region.")
        path = unquote(request.scope["path"].removeprefix("/api"))
        status, body = self.recording.answer(path, request.query_params)
        return Response(body, status, media_type="application/json")

    async def search(self, request: HTTPRequest) -> Response:
        """Global Search, https://cloud.ibm.com/apidocs/search: a cursor brings its query and fields along."""
        self.authenticate(request)
        try:
            limit = int(request.query_params.get("limit", "10"))
            asked = json.loads(await request.body())
            start, asked = json.loads(asked["search_cursor"]) if asked.get("search_cursor") else (0, asked)
            query: str = asked.get("query", "*")
            fields = {"crn"}.union(field.split(".")[0] for field in asked.get("fields", ["*"]))
        except (ValueError, TypeError, AttributeError):
            raise _Refusal(400, 1208, "Bad request.", "Check the limit, the body and its search_cursor.") from None
        is_found = query == "*" or "service_name:quantum-computing" in query
        page = [_resource(*named) for named in self.instances.items()][start : start + limit] if is_found else []
        items = [{key: item[key] for key in item if {key, "*"} & fields} for item in page]
        answer: dict[str, Any] = {"items": items, "limit": limit}
        if len(items) == limit:
            answer["search_cursor"] = json.dumps([start + limit, asked])
        return JSONResponse(answer)

    async def plan(self, _: HTTPRequest) -> Response:
        """Global Catalog, https://cloud.ibm.com/apidocs/resource-catalog: the plan of every instance here."""
        shown = {"overview_ui": {"en": {"display_name": "Open"}}, "metadata": {"pricing": {"type": "free"}}}
        return JSONResponse({"id": _PLAN, "kind": "plan", "name": "open", **shown})


def _resource(name: str, crn: str) -> dict[str, Any]:
    """An instance, with what Global Search says of it and clients read."""
    item = {"crn": crn, "name": name, "region": crn.split(":")[5], "service_plan_unique_id": _PLAN}
    return {**item, "tags": (), "doc": {"extensions": {"backends": ["ANY"]}}}


def _jwt(claims: Mapping[str, object]) -> str:
    """A token that clients can take apart (ibm-cloud-sdk-core reads `iat` and `exp`), signed with noise."""
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT", "kid": "sandbox"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, secrets.token_bytes(64)))


def _iam_error(request: HTTPRequest, code: str, message: str) -> Response:
    context = {"requestId": request.state.request_id}
    body = {"errorCode": code, "errorMessage": message, "errorDetails": message, "context": context}
    return JSONResponse(body, 400)
