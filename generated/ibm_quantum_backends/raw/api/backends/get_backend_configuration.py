# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from ...types import (
    UNSET,
    Response,
    Unset,
    segment,
)

if TYPE_CHECKING:
    from ...client import AuthenticatedClient
    from ...models.backend_configuration import BackendConfiguration
    from ...models.error_response import ErrorResponse


def request_kwargs(
    id: str,
    *,
    calibration_id: str | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> dict[str, Any]:
    """The request, as keyword arguments of `httpx.Client.request`."""
    headers: dict[str, Any] = {}
    headers["IBM-API-Version"] = ibm_api_version

    params: dict[str, Any] = {}

    params["calibration_id"] = calibration_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    request: dict[str, Any] = {
        "method": "get",
        "url": "/v1/backends/{id}/configuration".format(
            id=segment(id),
        ),
        "params": params or None,
        "headers": headers,
    }
    return request


def parse(
    status_code: int, content: bytes
) -> BackendConfiguration | ErrorResponse | None:
    """What the body of an answer says; None for a status that the document does not declare.

    Raises:
        ModelError: The JSON document does not fit the model of this status.
        ValueError: The body is not JSON.
    """
    from ...models.backend_configuration import BackendConfiguration
    from ...models.error_response import ErrorResponse

    if status_code == 200:
        return BackendConfiguration.from_dict(json.loads(content))
    if 400 <= status_code <= 499:
        return ErrorResponse.from_dict(json.loads(content))
    if 500 <= status_code <= 599:
        return ErrorResponse.from_dict(json.loads(content))
    return None


def _response(
    response: httpx.Response,
) -> Response[BackendConfiguration | ErrorResponse]:
    parsed: BackendConfiguration | ErrorResponse | None
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
    id: str,
    *,
    client: AuthenticatedClient,
    calibration_id: str | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> Response[BackendConfiguration | ErrorResponse]:
    """Get Backend Configuration.

    Returns the configuration for the specified backend.

    Args:
        id (str):
        calibration_id (str | Unset):
        ibm_api_version (str):  Default: '2026-03-15'.

    Returns:
        Status, headers, bytes and the parsed body; never raises for what the answer is.

    Raises:
        httpx.HTTPError: No answer came.
    """
    request = request_kwargs(
        id=id,
        calibration_id=calibration_id,
        ibm_api_version=ibm_api_version,
    )
    return _response(client.send(request))


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    calibration_id: str | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> BackendConfiguration | ErrorResponse | None:
    """Get Backend Configuration.

    Returns the configuration for the specified backend.

    Args:
        id (str):
        calibration_id (str | Unset):
        ibm_api_version (str):  Default: '2026-03-15'.

    Returns:
        The parsed body, None where it fits no declared model.

    Raises:
        httpx.HTTPError: No answer came.
    """
    return sync_detailed(
        id=id,
        client=client,
        calibration_id=calibration_id,
        ibm_api_version=ibm_api_version,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    calibration_id: str | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> Response[BackendConfiguration | ErrorResponse]:
    """Get Backend Configuration.

    Returns the configuration for the specified backend.

    Args:
        id (str):
        calibration_id (str | Unset):
        ibm_api_version (str):  Default: '2026-03-15'.

    Returns:
        Status, headers, bytes and the parsed body; never raises for what the answer is.

    Raises:
        httpx.HTTPError: No answer came.
    """
    request = request_kwargs(
        id=id,
        calibration_id=calibration_id,
        ibm_api_version=ibm_api_version,
    )
    return _response(await client.asend(request))


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    calibration_id: str | Unset = UNSET,
    ibm_api_version: str = "2026-03-15",
) -> BackendConfiguration | ErrorResponse | None:
    """Get Backend Configuration.

    Returns the configuration for the specified backend.

    Args:
        id (str):
        calibration_id (str | Unset):
        ibm_api_version (str):  Default: '2026-03-15'.

    Returns:
        The parsed body, None where it fits no declared model.

    Raises:
        httpx.HTTPError: No answer came.
    """
    return (
        await asyncio_detailed(
            id=id,
            client=client,
            calibration_id=calibration_id,
            ibm_api_version=ibm_api_version,
        )
    ).parsed
