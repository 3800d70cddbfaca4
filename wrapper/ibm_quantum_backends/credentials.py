"""Where credentials come from: arguments, a saved Qiskit account, the environment. Nothing here sends anything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from .accounts import CHANNELS, check_account, check_channel, choose_account, find_proxy, read_accounts
from .documents import printable
from .errors import CredentialsError
from .secret import Secret, check_secret, hide

__all__ = ["Credentials", "find_credentials"]

_ACCOUNT_FILE = os.path.join("~", ".qiskit", "qiskit-ibm.json")
_NONE_FOUND = (
    "no credentials: give api_key=... (and instance=...), or set QISKIT_IBM_TOKEN (and QISKIT_IBM_INSTANCE), or save "
    "an account with Qiskit in {file}; Backends.sandbox(), and --sandbox on the command line, need none"
)


class Credentials(NamedTuple):
    """What a client needs to know of an account; `verify` and `proxy` are those of httpx."""

    api_key: Secret | None = None
    instance: str | None = None
    region: str | None = None
    private_endpoint: bool = False
    verify: bool | str = True
    proxy: Secret | None = None


def find_credentials(
    *,
    api_key: str | None = None,
    instance: str | None = None,
    account: str | None = None,
    account_file: str | os.PathLike[str] | None = None,
) -> Credentials:
    """The first credentials of: the argument, a named account, the environment, the file's default account.

    The order, the variables (QISKIT_IBM_TOKEN, QISKIT_IBM_INSTANCE, QISKIT_IBM_CHANNEL) and the default names are those
    of the PyPI package qiskit-ibm-runtime.

    Args:
        api_key: IBM Cloud API key.
        instance: CRN or name; goes before what account or environment say.
        account: Name of a saved account.
        account_file: Where accounts are saved; `~/.qiskit/qiskit-ibm.json` where None.

    Raises:
        CredentialsError: None there, or they cannot be used; the message says which and why.
    """
    if api_key is not None:
        return Credentials(api_key=check_secret("api_key", api_key), instance=instance)
    file: str = os.path.expanduser(os.fspath(account_file or _ACCOUNT_FILE))
    channel = os.environ.get("QISKIT_IBM_CHANNEL") or CHANNELS[0]
    if account is None and (key := hide(os.environ.get("QISKIT_IBM_TOKEN"))):
        check_channel("QISKIT_IBM_CHANNEL", channel)
        key = check_secret("QISKIT_IBM_TOKEN", key)
        return Credentials(api_key=key, instance=instance or os.environ.get("QISKIT_IBM_INSTANCE") or None)
    saved = read_accounts(file, must_exist=account is not None or account_file is not None)
    account = choose_account(saved, channel) if account is None else account
    if account is None and saved:
        names = printable(", ".join(saved))
        raise CredentialsError(f"{file} has no default account: choose account= or --account, of {names}")
    if account is None:
        raise CredentialsError(_NONE_FOUND.format(file=file))
    if account not in saved:
        names = printable(", ".join(sorted(saved))) or "none"
        raise CredentialsError(f"account: expected a name that is saved in {file} ({names}), found {account!r}")
    return _from_account(f"{file}: account {account!r}", saved[account], instance)


def _from_account(where: str, account: Mapping[str, Any], instance: str | None) -> Credentials:
    check_account(where, account)
    return Credentials(
        api_key=check_secret(f"{where}: token", account.get("token")),
        instance=instance or account.get("instance") or None,
        region=account.get("region") or None,
        private_endpoint=bool(account.get("private_endpoint")),
        verify=True if account.get("verify") is None else account["verify"],
        proxy=find_proxy(where, account.get("proxies") or {}),
    )
