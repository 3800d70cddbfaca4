"""What a client is set to do, made of its arguments before anything is sent."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from ipaddress import ip_address
from typing import Any, NamedTuple, cast

import httpx

from .credentials import Credentials, find_credentials
from .deadlines import LONGEST, Deadline
from .errors import InvalidInputError
from .regions import Region, check_crn
from .secret import Secret

__all__ = ["Settings", "make_settings"]

Token = str | Callable[[], str] | httpx.Auth


class Settings(NamedTuple):
    """The arguments of a client, checked and completed.

    `api_key` is None where a token is given, `crn` where the instance is to be found out, by `instance_name` if that is
    known. `base_url` goes before `region`, and that before the region in the CRN. `client` is for the httpx client.
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
    event_hooks: Mapping[str, Iterable[Callable[[Any], Any]]] | None = None,
) -> Settings:
    """Check the arguments of a client, and find the credentials.

    Raises:
        InvalidInputError: An argument that cannot be right.
        CredentialsError: No credentials, or unusable ones.
    """
    if sum(given is not None for given in (api_key, token, account)) > 1:
        raise InvalidInputError("credentials: expected one of api_key, token and account, found several")
    if not isinstance(retries, int) or retries < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"retries: expected 0 or more, found {retries!r}")
    limits: list[Any] = [timeout]
    if isinstance(timeout, httpx.Timeout):
        limits = [limit for limit in timeout.as_dict().values() if limit is not None]
    if not all(isinstance(limit, (int, float)) and 0 < limit < LONGEST for limit in limits):
        raise InvalidInputError(
            f"timeout: expected seconds above 0, to 23 days, or an httpx.Timeout, found {timeout!r}"
        )
    if not isinstance(instance, (str, type(None))):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"instance: expected a CRN or a name, found {instance!r:.80}")
    hooks: Any = {} if event_hooks is None else event_hooks
    given = cast("dict[str, Any]", hooks) if isinstance(hooks, Mapping) else {"": hooks}
    if not {*given} <= {"request", "response"} or any(map(callable, given.values())):
        raise InvalidInputError(
            f"event_hooks: expected lists of functions for request and response, found {hooks!r:.80}"
        )
    Deadline(deadline)
    _check_version(api_version)
    found = Credentials(instance=instance)
    if token is None:
        found = find_credentials(api_key=api_key, instance=instance, account=account, account_file=account_file)
    named = found.instance if found.instance and not found.instance.strip().lower().startswith("crn:") else None
    crn = None if named else found.instance
    private = private_endpoint or found.private_endpoint
    # An account's region is a preference among instances; an argument holds whatever the CRN says.
    wanted = region or (None if crn else found.region)
    # A local server that an argument names stands for all of IBM Cloud, whatever a variable says.
    search_url = None if str(iam_url).startswith("http:") else os.environ.get("GLOBAL_SEARCH_URL")
    iam_url = iam_url or os.environ.get("IAM_URL")
    settings = Settings(
        api_key=found.api_key,
        token=token,
        crn=None if crn is None else check_crn(crn),
        instance_name=named,
        region=None if wanted is None else Region.named(wanted),
        private=private,
        base_url=None if base_url is None else _check_url("base_url", base_url).removesuffix("/v1"),
        iam_url=_iam_url(iam_url, private),
        search_url=_search_url(search_url, iam_url, private),
        api_version=api_version,
        deadline=deadline,
        retries=retries,
        client={
            "timeout": timeout,
            "verify": found.verify if verify is True else verify,
            "proxy": _check_proxy(proxy) if proxy is not None else found.proxy,
            "event_hooks": {kind: [*functions] for kind, functions in given.items()},
        },
    )
    if crn is not None:
        settings.base_url_of(crn)  # a region that there is not is found now
    return settings


def _check_version(version: str) -> None:
    try:
        if date.fromisoformat(version).isoformat() == version:
            return
    except (TypeError, ValueError):
        pass
    raise InvalidInputError(f"api_version: expected a date such as 2026-03-15, found {version!r:.80}")


def _parse_url(url: str) -> httpx.URL:
    """The URL; an empty one where a resolver would not take its host and port."""
    try:
        parsed = httpx.URL(url)
        labels = parsed.raw_host.removesuffix(b".").split(b".")
        if all(0 < len(label) < 64 and b"%" not in label for label in labels) and (parsed.port or 0) < 65536:
            return parsed
    except (TypeError, ValueError, httpx.InvalidURL):
        pass  # its text would quote the URL, which may hold a password
    return httpx.URL()


def _check_url(name: str, url: str) -> str:
    """The URL without a slash at its end, if requests with credentials may go there."""
    parts = _parse_url(url)
    if parts.userinfo or parts.query or parts.fragment:
        raise InvalidInputError(f"{name}: expected a URL without user, query and fragment")
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.host))
    if not parts.host or not secure:
        raise InvalidInputError(f"{name}: expected https:// (http:// to this machine alone), found {url!r}")
    return str(parts).rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _iam_url(given: str | None, private: bool) -> str:
    if not given:
        return f"https://{'private.' if private else ''}iam.cloud.ibm.com"
    return _check_url("iam_url", given).removesuffix("/identity/token")


def _search_url(given: str | None, iam_url: str | None, private: bool) -> str:
    if given:
        return _check_url("GLOBAL_SEARCH_URL", given)
    if iam_url and httpx.URL(iam_url).scheme == "http":  # loopback: one local server stands for all of IBM Cloud
        return _iam_url(iam_url, private)
    return f"https://api.{'private.' if private else ''}global-search-tagging.cloud.ibm.com"


def _check_proxy(url: str) -> Secret:
    if _parse_url(url).scheme not in ("http", "https", "socks5", "socks5h") or not _parse_url(url).host:
        raise InvalidInputError("proxy: expected a URL such as http://host:port")
    return Secret(url)
