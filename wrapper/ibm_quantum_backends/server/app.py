"""The API as a recording answers it, and what clients call before it: IAM, Global Search, Global Catalog and
Resource Controller of IBM Cloud, all on one host.

Sources: IBM's references (https://cloud.ibm.com/apidocs), its registry of error codes
(https://quantum.cloud.ibm.com/docs/errors), errors of IAM as people reported them, and the requests that
ibm-platform-services 0.77 and qiskit-ibm-runtime 0.51 send.
"""

import base64
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

__all__ = ["DEFAULT_API_KEY", "DEFAULT_INSTANCE", "create_app", "named_instances"]

DEFAULT_API_KEY = "sandbox"
DEFAULT_INSTANCE = "crn:v1:bluemix:public:quantum-computing:us-east:a/sandbox:sandbox::"

_GRANT_TYPE = "urn:ibm:params:oauth:grant-type:apikey"
_DOCUMENTS = ("configuration", "properties", "status", "defaults")
_OLDEST_VERSION = "2025-05-01"  # before it the API has another shape, which no recording holds
_PLAN = "sandbox-plan"
_SEARCH_FIELDS = ("name", "family", "type", "account_id")


def create_app(
    recording: Recording,
    *,
    api_key: str = DEFAULT_API_KEY,
    instance: str | Mapping[str, str] = DEFAULT_INSTANCE,
    token_lifetime: float = 3600,
    faults: list[Fault] | None = None,
    requests: list[Request] | None = None,
) -> Starlette:
    """Make the ASGI application that `Server` runs.

    Args:
        recording: What the five endpoints answer from.
        api_key: The one key that the token exchange takes.
        instance: CRN of the one instance, or names and CRNs of several.
        token_lifetime: Seconds that a token is good for.
        faults: What is to go wrong, and may change meanwhile; `drop` and `truncate` need `Server`.
        requests: Takes each request as it came in.

    Raises:
        InvalidInputError: An empty key, or an instance that is not a CRN.
    """
    service = _Service(recording, api_key, named_instances(instance), token_lifetime)
    app = Starlette(
        routes=[
            Route("/identity/token", service.token, methods=["POST"]),
            Route("/v3/resources/search", service.search, methods=["POST"]),
            Route("/v2/resource_instances", service.resource_instances),
            Route(f"/api/v1/{_PLAN}", service.plan),
            Route("/api/v1/backends", service.backends),
            *(Route(f"/api/v1/backends/{{name}}/{document}", service.backends) for document in _DOCUMENTS),
        ],
        middleware=[
            Middleware(
                Front,
                faults=[] if faults is None else faults,
                requests=[] if requests is None else requests,
            ),
            Middleware(GZipMiddleware, compresslevel=1),
        ],
        exception_handlers={HTTPException: _refuse},
    )
    app.router.redirect_slashes = False
    return app


def named_instances(instance: str | Mapping[str, str]) -> dict[str, str]:
    """Names and CRNs of the instances; a CRN given alone is named by its own instance part."""
    instances = dict(instance) if isinstance(instance, Mapping) else {"": instance}
    for crn in instances.values():
        if not re.fullmatch(r"crn(:[^:\s]*){9}", crn):
            raise InvalidInputError(f"an instance must be a CRN such as {DEFAULT_INSTANCE}, not {crn!r}")
    return instances if isinstance(instance, Mapping) else {instance.split(":")[7]: instance}


class _Refusal(HTTPException):
    def __init__(self, status: int, code: int, message: str, solution: str = "") -> None:
        super().__init__(status, message)
        self.code = code
        self.solution = solution


async def _refuse(request: HTTPRequest, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, solution = (error.code, error.solution) if isinstance(error, _Refusal) else (error.status_code, "")
    request_id: str = request.state.request_id
    response = error_response(error.status_code, code, error.detail, solution=solution, request_id=request_id)
    response.headers.update(error.headers or {})
    return response


class _Service:
    """The endpoints; all of them run in the event loop's one thread."""

    def __init__(self, recording: Recording, api_key: str, instances: dict[str, str], token_lifetime: float) -> None:
        if not api_key:
            raise InvalidInputError("the API key must not be empty")
        self.recording = recording
        self.api_key = api_key
        self.instances = instances
        self.token_lifetime = token_lifetime
        self.good_until: dict[str, float] = {}
        self.pages: dict[str, tuple[int, dict[str, Any]]] = {}

    async def token(self, request: HTTPRequest) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        if not form.get("grant_type"):
            return _iam_error(request, "BXNIM0109E", "Property missing or empty.", "Property 'grant_type'.")
        if form["grant_type"] != _GRANT_TYPE:
            return _iam_error(request, "BXNIM0106E", "Validation of a property failed.", "Property 'grant_type'.")
        if not form.get("apikey"):
            return _iam_error(request, "BXNIM0109E", "Property missing or empty.", "Property 'apikey'.")
        if form["apikey"] != self.api_key:
            return _iam_error(request, "BXNIM0415E", "Provided API key could not be found.", "Property 'apikey'.")
        issued = int(time.time())
        expiration = int(issued + self.token_lifetime)
        token = _jwt({"iam_id": "IBMid-sandbox", "iat": issued, "exp": expiration})
        self.good_until[token] = time.monotonic() + self.token_lifetime
        return JSONResponse(
            {
                "access_token": token,
                "refresh_token": "not_supported",
                "token_type": "Bearer",
                "expires_in": expiration - issued,
                "expiration": expiration,
                "scope": "ibm openid",
            }
        )

    def authenticate(self, request: HTTPRequest) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or self.good_until.get(token, 0) <= time.monotonic():
            raise _Refusal(
                401, 1200, "Not authorized.", "Send a bearer token that IAM has issued and that still holds."
            )

    async def backends(self, request: HTTPRequest) -> Response:
        self.authenticate(request)
        version = request.headers.get("IBM-API-Version", "")
        if not _is_date(version) or version < _OLDEST_VERSION:
            raise _Refusal(
                400,
                1208,
                f"IBM-API-Version must be a date from {_OLDEST_VERSION} on, not {version!r}.",
            )
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
            start, asked = self.pages[asked["search_cursor"]] if asked.get("search_cursor") else (0, asked)
            query: str = asked.get("query", "*")
            fields = {field.split(".")[0] for field in asked.get("fields", _SEARCH_FIELDS)} | {"crn"}
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _Refusal(400, 1208, "The limit, the body or its search_cursor cannot be read.") from None
        found = query == "*" or "service_name:quantum-computing" in query
        page = [*self.instances.items()][start : start + limit] if found else []
        items = [_search_item(name, crn) for name, crn in page]
        if "*" not in fields:
            items = [{key: item[key] for key in item if key in fields} for item in items]
        answer: dict[str, Any] = {"items": items, "limit": limit}
        if len(items) == limit:
            answer["search_cursor"] = secrets.token_urlsafe()
            self.pages[answer["search_cursor"]] = (start + limit, asked)
        return JSONResponse(answer)

    async def plan(self, request: HTTPRequest) -> Response:
        """Global Catalog, https://cloud.ibm.com/apidocs/resource-catalog: the plan of every instance here."""
        return JSONResponse(
            {
                "id": _PLAN,
                "kind": "plan",
                "name": "open",
                "overview_ui": {"en": {"display_name": "Open"}},
                "metadata": {"pricing": {"type": "free"}},
            }
        )

    async def resource_instances(self, request: HTTPRequest) -> Response:
        """Resource Controller, https://cloud.ibm.com/apidocs/resource-controller: an instance by its name."""
        self.authenticate(request)
        asked = request.query_params.get("name")
        resources = [
            {"id": crn, "crn": crn, "name": name, "region_id": crn.split(":")[5], "state": "active"}
            for name, crn in self.instances.items()
            if asked in (None, name)
        ]
        return JSONResponse({"rows_count": len(resources), "next_url": None, "resources": resources})


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _search_item(name: str, crn: str) -> dict[str, Any]:
    return {
        "crn": crn,
        "name": name,
        "region": crn.split(":")[5],
        "account_id": crn.split(":")[6].removeprefix("a/"),
        "family": "resource_controller",
        "type": "resource-instance",
        "service_name": "quantum-computing",
        "service_plan_unique_id": _PLAN,
        "tags": [],
        "doc": {"extensions": {"backends": ["ANY"]}},
    }


def _jwt(claims: Mapping[str, object]) -> str:
    """A token that clients can take apart (ibm-cloud-sdk-core reads `iat` and `exp`), signed with noise."""
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT", "kid": "sandbox"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, secrets.token_bytes(64)))


def _iam_error(request: HTTPRequest, code: str, message: str, details: str) -> Response:
    context = {
        "requestId": request.state.request_id,
        "requestType": "incoming.Identity_Token",
        "userAgent": request.headers.get("User-Agent", ""),
        "url": str(request.base_url).rstrip("/"),
    }
    body = {"errorCode": code, "errorMessage": message, "errorDetails": details, "context": context}
    return JSONResponse(body, 400)
