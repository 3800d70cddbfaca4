"""Where credentials come from: arguments, a saved Qiskit account, the environment. Nothing here sends anything."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .documents import as_object
from .errors import CredentialsError

__all__ = ["Credentials", "Secret", "find_credentials"]

_CHANNELS = ("ibm_quantum_platform", "ibm_cloud")
_DEFAULT_NAMES = {"ibm_quantum_platform": "default-ibm-quantum-platform", "ibm_cloud": "default-ibm-cloud"}
_ACCOUNT_FILE = os.path.join("~", ".qiskit", "qiskit-ibm.json")
_NONE_FOUND = (
    "no credentials: give api_key=... (and instance=...), or set QISKIT_IBM_TOKEN (and QISKIT_IBM_INSTANCE), or save "
    "an account with Qiskit in {file}; Backends.sandbox(), and --sandbox on the command line, need none"
)


class Secret(str):
    """A string that no repr shows and no pickle holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("credentials cannot be pickled: make the client where it is used")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client needs to know of an account.

    Attributes:
        api_key: IBM Cloud API key; None where a token is given.
        instance: CRN or name of the instance; None where it is to be found out.
        region: Name of the region that the account prefers.
        private_endpoint: Whether the account uses the private endpoints.
        verify: As `verify` of httpx.
        proxy: URL of the proxy.
    """

    api_key: Secret | None = None
    instance: str | None = None
    region: str | None = None
    private_endpoint: bool = False
    verify: bool | str = True
    proxy: Secret | None = None


def check_secret(name: str, value: object) -> Secret:
    """A key or token that can be sent, as a Secret.

    Raises:
        CredentialsError: Not a string, empty, or with characters that no header can hold; the value is not shown.
    """
    if not isinstance(value, str) or not value:
        raise CredentialsError(f"{name}: expected a string that is not empty")
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise CredentialsError(f"{name}: expected printable ASCII without spaces (a line end at its end, perhaps?)")
    return Secret(value)


def find_credentials(
    *,
    api_key: str | None = None,
    instance: str | None = None,
    account: str | None = None,
    account_file: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Credentials:
    """The first credentials of: the argument, a named account, the environment, the file's default account.

    The order, the variables and the default names are those of the PyPI package qiskit-ibm-runtime.

    Args:
        api_key: IBM Cloud API key.
        instance: CRN or name; goes before what account or environment say.
        account: Name of a saved account.
        account_file: Where accounts are saved; `~/.qiskit/qiskit-ibm.json` where None.
        environ: The environment: QISKIT_IBM_TOKEN, QISKIT_IBM_INSTANCE, QISKIT_IBM_CHANNEL.

    Raises:
        CredentialsError: None there, or they cannot be used; the message says which and why.
    """
    if api_key is not None:
        return Credentials(api_key=check_secret("api_key", api_key), instance=instance)
    file: str = os.path.expanduser(os.fspath(account_file or _ACCOUNT_FILE))
    channel = environ.get("QISKIT_IBM_CHANNEL") or _CHANNELS[0]
    if account is None and environ.get("QISKIT_IBM_TOKEN"):
        _check_channel("QISKIT_IBM_CHANNEL", channel)
        key = check_secret("QISKIT_IBM_TOKEN", environ["QISKIT_IBM_TOKEN"])
        return Credentials(api_key=key, instance=instance or environ.get("QISKIT_IBM_INSTANCE") or None)
    saved = _read_accounts(file, must_exist=account is not None or account_file is not None)
    if account is None:
        account = _default_account(saved, channel)
        if account is None:
            raise CredentialsError(_NONE_FOUND.format(file=file))
    elif account not in saved:
        names = ", ".join(sorted(saved)) or "none"
        raise CredentialsError(f"account: expected a name that is saved in {file} ({names}), found {account!r}")
    return _from_account(saved[account], f"{file}: account {account!r}", instance)


def _read_accounts(file: str, *, must_exist: bool) -> dict[str, dict[str, Any]]:
    try:
        with open(file, encoding="utf-8") as stream:
            accounts = as_object(json.load(stream))
    except FileNotFoundError:
        if must_exist:
            raise CredentialsError(f"{file}: expected a file of saved accounts, found none") from None
        return {}
    except OSError as error:
        raise CredentialsError(f"{file}: expected a file of saved accounts: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise CredentialsError(f"{file}: expected JSON") from None  # the cause would quote the file
    if accounts is None or not all(isinstance(account, dict) for account in accounts.values()):
        raise CredentialsError(f"{file}: expected an object of accounts by name, as Qiskit saves it")
    return accounts


def _default_account(saved: Mapping[str, Mapping[str, Any]], channel: str) -> str | None:
    """The name of the account that the official client takes when none is named."""
    marked = [name for name, account in saved.items() if account.get("is_default_account")]
    if marked:
        return marked[0]
    of_channel = [name for name, account in saved.items() if account.get("channel") == channel]
    names = [_DEFAULT_NAMES.get(channel, "")] if _DEFAULT_NAMES.get(channel) in of_channel else of_channel[-1:]
    names += [_DEFAULT_NAMES[other] for other in _CHANNELS if _DEFAULT_NAMES[other] in saved]
    return names[0] if names else None


def _check_channel(where: str, channel: object) -> None:
    if channel not in _CHANNELS:
        retired = " (ibm_quantum is retired: save the account anew)" if channel == "ibm_quantum" else ""
        raise CredentialsError(f"{where}: expected channel {' or '.join(_CHANNELS)}, found {channel!r}{retired}")


def _from_account(account: Mapping[str, Any], where: str, instance: str | None) -> Credentials:
    _check_channel(where, account.get("channel"))
    key = check_secret(f"{where}: token", account.get("token"))
    expected = {"instance": str, "region": str, "private_endpoint": bool, "verify": (bool, str), "proxies": dict}
    for name, kind in expected.items():
        if not isinstance(account.get(name), (kind, type(None))):  # type: ignore[arg-type]
            raise CredentialsError(f"{where}: {name}: found {type(account[name]).__name__}, which Qiskit does not save")
    verify = account.get("verify")
    return Credentials(
        api_key=key,
        instance=instance or account.get("instance") or None,
        region=account.get("region") or None,
        private_endpoint=bool(account.get("private_endpoint")),
        verify=True if verify is None else verify,
        proxy=_proxy(account.get("proxies") or {}, where),
    )


def _proxy(proxies: Mapping[str, Any], where: str) -> Secret | None:
    if proxies.get("username_ntlm") or proxies.get("password_ntlm"):
        raise CredentialsError(f"{where}: proxies: NTLM is not supported; run a local proxy that does it, give its URL")
    urls = as_object(proxies.get("urls") or {})
    if urls is None or not urls.keys() <= {"http", "https", "all"}:
        raise CredentialsError(f"{where}: proxies: expected urls for http, https or all, by scheme alone")
    url = urls.get("https") or urls.get("all")
    if url is not None and not (isinstance(url, str) and "://" in url):
        raise CredentialsError(f"{where}: proxies: expected a URL such as http://host:port for https")
    return None if url is None else Secret(url)
