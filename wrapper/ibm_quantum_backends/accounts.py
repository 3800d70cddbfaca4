"""The file in which Qiskit saves accounts, by the rules of the PyPI package qiskit-ibm-runtime."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from typing import Any

from .documents import as_object
from .errors import CredentialsError
from .secret import Secret, hide

__all__ = ["CHANNELS", "check_account", "check_channel", "choose_account", "find_proxy", "read_accounts"]

_logger = logging.getLogger(__name__)
CHANNELS = ("ibm_quantum_platform", "ibm_cloud")
_DEFAULT_NAMES = {"ibm_quantum_platform": "default-ibm-quantum-platform", "ibm_cloud": "default-ibm-cloud"}
_FIELDS: Mapping[str, tuple[type, ...]] = {
    "instance": (str,),
    "region": (str,),
    "private_endpoint": (bool,),
    "verify": (bool, str),
    "proxies": (dict,),
}


def read_accounts(file: str, *, must_exist: bool) -> dict[str, dict[str, Any]]:
    """The accounts of a file, by name; what is secret in them is hidden. One that others can read is told as a warning.

    Raises:
        CredentialsError: The file cannot be read, or is another's.
    """
    try:
        with open(file, encoding="utf-8") as stream:
            if os.name == "posix" and os.fstat(stream.fileno()).st_mode & 0o077:
                _logger.warning("%s holds API keys, and others can read or write it: chmod 600 makes it yours", file)
            accounts = as_object(json.load(stream, object_hook=_hide_secrets))
        if accounts is not None and all(isinstance(account, dict) for account in accounts.values()):
            return accounts
        reason = "expected an object of accounts by name, as Qiskit saves it"
    except FileNotFoundError:
        if not must_exist:
            return {}
        reason = "expected a file of saved accounts, found none"
    except OSError as error:
        reason = f"expected a file of saved accounts: {error.strerror}"
    except (ValueError, RecursionError):
        reason = "expected JSON"
    raise CredentialsError(f"{file}: {reason}")  # outside of the except clauses: the context would hold the file


def _hide_secrets(document: dict[str, Any]) -> dict[str, Any]:
    names = {"token", "password_ntlm", *(key for key, value in document.items() if "@" in str(value))}
    return {key: hide(value) if key in names else value for key, value in document.items()}


def choose_account(saved: Mapping[str, Mapping[str, Any]], channel: str) -> str | None:
    """The name of the account that the official client takes when none is named."""
    marked = [name for name, account in saved.items() if account.get("is_default_account")]
    if marked:
        return marked[0]
    of_channel = [name for name, account in saved.items() if account.get("channel") == channel]
    names = [_DEFAULT_NAMES.get(channel, "")] if _DEFAULT_NAMES.get(channel) in of_channel else of_channel[-1:]
    names += [_DEFAULT_NAMES[other] for other in CHANNELS if _DEFAULT_NAMES[other] in saved]
    return names[0] if names else None


def check_channel(where: str, channel: object) -> None:
    """Raise CredentialsError for a channel that there is not."""
    if channel not in CHANNELS:
        retired = " (ibm_quantum is retired: save the account anew)" if channel == "ibm_quantum" else ""
        raise CredentialsError(f"{where}: expected channel {' or '.join(CHANNELS)}, found {channel!r:.80}{retired}")


def check_account(where: str, account: Mapping[str, Any]) -> None:
    """Raise CredentialsError for fields that Qiskit saves otherwise."""
    check_channel(where, account.get("channel"))
    for name, kinds in _FIELDS.items():
        if not isinstance(account.get(name), (*kinds, type(None))):
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise CredentialsError(f"{where}: {name}: expected {expected}, as Qiskit saves it")


def find_proxy(where: str, proxies: Mapping[str, Any]) -> Secret | None:
    """The URL of an account's proxy for https.

    Raises:
        CredentialsError: Proxies that httpx cannot use.
    """
    if proxies.get("username_ntlm") or proxies.get("password_ntlm"):
        raise CredentialsError(f"{where}: proxies: NTLM is not supported; run a local proxy that does it, give its URL")
    urls = as_object(proxies.get("urls") or {})
    if urls is None or not urls.keys() <= {"http", "https", "all"}:
        raise CredentialsError(f"{where}: proxies: expected urls for http, https or all, by scheme alone")
    url = urls.get("https") or urls.get("all")
    if url is not None and not (isinstance(url, str) and "://" in url):
        raise CredentialsError(f"{where}: proxies: expected a URL such as http://host:port for https")
    return None if url is None else Secret(url)
