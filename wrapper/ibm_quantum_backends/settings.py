"""What a client is set to do, made of its arguments before anything is sent."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from .credentials import Credentials, Secret, find_credentials
from .deadlines import Deadline
from .errors import InvalidInputError
from .regions import Region, check_base_url, check_crn

__all__ = ["Settings", "make_settings"]

Token = str | Callable[[], str] | httpx.Auth


@dataclass(frozen=True, slots=True)
class Settings:
    """The arguments of a client, checked and completed.

    Attributes:
        api_key: Exchanged for tokens; None where `token` is given.
        token: A bearer token, what gives one, or an authentication of httpx.
        crn: The instance; None where it is to be found out.
        instance_name: Its name, where that is known alone.
        region: The region that goes before the one in the CRN.
        private: Whether to use private endpoints.
        base_url: The URL that goes before any region's.
        iam_url: What comes before `/identity/token`.
        search_url: What comes before `/v3/resources/search`.
        api_version: `IBM-API-Version`.
        deadline: Default of each call, in seconds.
        retries: How many attempts may follow the first.
        client: Arguments of the httpx client.
    """

    api_key: Secret | None
    token: Token | None
    crn: str | None
    instance_name: str | None
    region: Region | None
    private: bool
    base_url: str | None
    iam_url: str
    search_url: str
    api_version: str
    deadline: float | None
    retries: int
    client: dict[str, Any]

    def base_url_of(self, crn: str) -> str:
        """Where the API of an instance is: at `base_url`, in `region`, or where its CRN says."""
        if self.base_url is not None:
            return self.base_url
        region = self.region or Region.from_crn(crn)
        return (region.private() if self.private else region).base_url


def make_settings(
    *,
    api_key: str | None,
    token: Token | None,
    instance: str | None,
    account: str | None,
    account_file: str | os.PathLike[str] | None,
    region: str | None,
    private_endpoint: bool,
    base_url: str | None,
    iam_url: str | None,
    api_version: str,
    timeout: float | httpx.Timeout,
    deadline: float | None,
    retries: int,
    verify: bool | str | ssl.SSLContext,
    proxy: str | None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Check the arguments of a client, and find the credentials.

    Raises:
        InvalidInputError: An argument that cannot be right.
        CredentialsError: No credentials, or unusable ones.
    """
    if sum(given is not None for given in (api_key, token, account)) > 1:
        raise InvalidInputError("credentials: expected one of api_key, token and account, found several")
    if retries < 0:
        raise InvalidInputError(f"retries: expected 0 or more, found {retries!r}")
    if not isinstance(timeout, httpx.Timeout) and not timeout > 0:
        raise InvalidInputError(f"timeout: expected seconds above 0, found {timeout!r}")
    Deadline(deadline)
    found = Credentials(instance=instance)
    if token is None:
        found = find_credentials(
            api_key=api_key, instance=instance, account=account, account_file=account_file, environ=environ
        )
    named = found.instance if found.instance and not found.instance.startswith("crn:") else None
    crn = None if named else found.instance
    private = private_endpoint or found.private_endpoint
    # An account's region is a preference among instances; an argument holds whatever the CRN says.
    wanted = region or (None if crn else found.region)
    settings = Settings(
        api_key=found.api_key,
        token=token,
        crn=None if crn is None else check_crn(crn),
        instance_name=named,
        region=None if wanted is None else Region.named(wanted),
        private=private,
        base_url=None if base_url is None else check_base_url("base_url", base_url).removesuffix("/v1"),
        iam_url=_iam_url(iam_url or environ.get("IAM_URL"), private),
        search_url=_search_url(environ.get("GLOBAL_SEARCH_URL"), iam_url or environ.get("IAM_URL"), private),
        api_version=api_version,
        deadline=deadline,
        retries=retries,
        client={
            "timeout": timeout,
            "verify": found.verify if verify is True else verify,
            "proxy": _proxy(proxy) if proxy is not None else found.proxy,
        },
    )
    if crn is not None:
        settings.base_url_of(crn)  # a region that there is not is found now
    return settings


def _iam_url(given: str | None, private: bool) -> str:
    if not given:
        return f"https://{'private.' if private else ''}iam.cloud.ibm.com"
    return check_base_url("iam_url", given).removesuffix("/identity/token")


def _search_url(given: str | None, iam_url: str | None, private: bool) -> str:
    if given:
        return check_base_url("GLOBAL_SEARCH_URL", given)
    if iam_url and urlsplit(iam_url).scheme == "http":  # loopback: one local server stands for all of IBM Cloud
        return _iam_url(iam_url, private)
    return f"https://api.{'private.' if private else ''}global-search-tagging.cloud.ibm.com"


def _proxy(url: str) -> Secret:
    try:
        httpx.Proxy(url)
    except (ValueError, httpx.InvalidURL):
        pass  # its text would quote the URL, which may hold a password
    else:
        return Secret(url)
    raise InvalidInputError("proxy: expected a URL such as http://host:port")
