# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from ...types import (
    UNSET,
    Response,
    Unset,
)

if TYPE_CHECKING:
    from ...client import AuthenticatedClient
    from ...models.backends_response import BackendsResponse
    from ...models.error_response import ErrorResponse
    from ...models.list_backends_fields import ListBackendsFields


def request_kwargs(
    *,
    fields: ListBackendsFields | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> dict[str, Any]:
    """The request, as keyword arguments of `httpx.Client.request`."""
    headers: dict[str, Any] = {}
    headers["IBM-API-Version"] = ibm_api_version

    params: dict[str, Any] = {}

    json_fields: str | Unset = UNSET
    if not isinstance(fields, Unset):
        json_fields = fields.value

    params["fields"] = json_fields

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    request: dict[str, Any] = {
        "method": "get",
        "url": "/v1/backends",
        "params": params or None,
        "headers": headers,
    }
    return request


def parse(status_code: int, content: bytes) -> BackendsResponse | ErrorResponse | None:
    """What the body of an answer says; None for a status that the document does not declare.

    Raises:
        ModelError: The JSON document does not fit the model of this status.
        ValueError: The body is not JSON.
    """
    from ...models.backends_response import BackendsResponse
    from ...models.error_response import ErrorResponse

    if status_code == 200:
        return BackendsResponse.from_dict(json.loads(content))
    if 400 <= status_code <= 499:
        return ErrorResponse.from_dict(json.loads(content))
    if 500 <= status_code <= 599:
        return ErrorResponse.from_dict(json.loads(content))
    return None


def _response(response: httpx.Response) -> Response[BackendsResponse | ErrorResponse]:
    parsed: BackendsResponse | ErrorResponse | None
    try:
        parsed = parse(response.status_code, response.content)
    except (ValueError, RecursionError):
        parsed = None
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=parsed,
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    fields: ListBackendsFields | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> Response[BackendsResponse | ErrorResponse]:
    """List Your Backends.

    Returns a list of all the backends your service instance has access to.

    Args:
        fields (ListBackendsFields | Unset): A comma-separated list of fields to return in the
            response. Initially only supports conditionally returning the `wait_time_seconds`
            property.
        ibm_api_version (str):  Default: '2026-03-15'.

    Returns:
        Status, headers, bytes and the parsed body; never raises for what the answer is.

    Raises:
        httpx.HTTPError: No answer came.
    """
    request = request_kwargs(
        fields=fields,
        ibm_api_version=ibm_api_version,
    )
    return _response(client.send(request))


def sync(
    *,
    client: AuthenticatedClient,
    fields: ListBackendsFields | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> BackendsResponse | ErrorResponse | None:
    """List Your Backends.

    Returns a list of all the backends your service instance has access to.

    Args:
        fields (ListBackendsFields | Unset): A comma-separated list of fields to return in the
            response. Initially only supports conditionally returning the `wait_time_seconds`
            property.
        ibm_api_version (str):  Default: '2026-03-15'.

    Returns:
        The parsed body, None where it fits no declared model.

    Raises:
        httpx.HTTPError: No answer came.
    """
    return sync_detailed(
        client=client,
        fields=fields,
        ibm_api_version=ibm_api_version,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    fields: ListBackendsFields | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> Response[BackendsResponse | ErrorResponse]:
    """List Your Backends.

    Returns a list of all the backends your service instance has access to.

    Args:
        fields (ListBackendsFields | Unset): A comma-separated list of fields to return in the
            response. Initially only supports conditionally returning the `wait_time_seconds`
            property.
        ibm_api_version (str):  Default: '2026-03-15'.

    Returns:
        Status, headers, bytes and the parsed body; never raises for what the answer is.

    Raises:
        httpx.HTTPError: No answer came.
    """
    request = request_kwargs(
        fields=fields,
        ibm_api_version=ibm_api_version,
    )
    return _response(await client.asend(request))


async def asyncio(
    *,
    client: AuthenticatedClient,
    fields: ListBackendsFields | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> BackendsResponse | ErrorResponse | None:
    """List Your Backends.

    Returns a list of all the backends your service instance has access to.

    Args:
        fields (ListBackendsFields | Unset): A comma-separated list of fields to return in the
            response. Initially only supports conditionally returning the `wait_time_seconds`
            property.
        ibm_api_version (str):  Default: '2026-03-15'.

    Returns:
        The parsed body, None where it fits no declared model.

    Raises:
        httpx.HTTPError: No answer came.
    """
    return (
        await asyncio_detailed(
            client=client,
            fields=fields,
            ibm_api_version=ibm_api_version,
        )
    ).parsed
