"""Where credentials come from: arguments, saved accounts, the environment."""

import itertools
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from conftest import exposed

from ibm_quantum_backends.credentials import Credentials, find_credentials
from ibm_quantum_backends.errors import CredentialsError
from ibm_quantum_backends.secret import Secret, check_secret, hide

KEY = "key-from-an-argument"
CLOUD, PLATFORM = "default-ibm-cloud", "default-ibm-quantum-platform"

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where Qiskit saves accounts: the home is temporary."""
    path = tmp_path / ".qiskit" / "qiskit-ibm.json"
    path.parent.mkdir()
    return path


def save(file: Path, **accounts: Any) -> None:
    file.write_text(json.dumps(accounts, indent=4))


def account(token: str, channel: str = "ibm_quantum_platform", **fields: Any) -> dict[str, Any]:
    return {"channel": channel, "token": token, "url": "https://cloud.ibm.com", "verify": True, **fields}


def test_order(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(file, default=account("of-default"), named=account("of-named"))
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "of-environment")
    assert find_credentials(api_key=KEY).api_key == KEY
    assert find_credentials(account="named").api_key == "of-named"
    assert find_credentials().api_key == "of-environment"
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "")
    assert find_credentials(account_file=file).api_key == find_credentials().api_key == "of-named"
    monkeypatch.delenv("QISKIT_IBM_TOKEN")
    file.unlink()
    with pytest.raises(CredentialsError) as caught:
        find_credentials()
    for way in ("api_key=", "QISKIT_IBM_TOKEN", str(file), "--sandbox"):
        assert way in str(caught.value)


def test_instance_goes_before_what_is_saved(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(file, named=account("key", instance="saved"))
    assert find_credentials(account="named").instance == "saved"
    assert find_credentials(account="named", instance="mine").instance == "mine"
    assert find_credentials(api_key=KEY).instance is None
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", "of-environment")
    assert find_credentials(account="named").instance == "saved"
    assert find_credentials(api_key=KEY).instance is None
    monkeypatch.setenv("QISKIT_IBM_TOKEN", KEY)
    assert find_credentials().instance == "of-environment"
    assert find_credentials(instance="mine").instance == "mine"


# Which account AccountManager.get of qiskit-ibm-runtime 0.51.0 takes, by its place among NAMES, "-" where it raises:
# for every file in which each of NAMES is in one of STATES, under each of CHANNELS in QISKIT_IBM_CHANNEL.
NAMES = (CLOUD, PLATFORM, "work")
STATES = (
    None,
    *((channel, default) for channel in ("ibm_cloud", "ibm_quantum_platform") for default in (False, True)),
    ("ibm_quantum", False),
)
CHANNELS = ("", "ibm_cloud", "ibm_quantum_platform")
TAKEN = (
    "----2-2222-2222---111121222212222111111111111111111111111121222111222111111111111111111111----2-2222-2222---"
    "000000222202222000101101222202222101111111111111111111101101222101222101111111111111111111-0--0-222202222-0-"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000202222022220000100202222122220101111111111111111111111212221112221111111111111111111110-00202222-22220-0"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "----2-2222-2222---111121222212222111111111111111111111111121222111222111111111111111111111----2-2222-2222---"
)


def test_default_account_is_the_official_clients(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = ""
    for states in itertools.product(STATES, repeat=len(NAMES)):
        pairs = [(name, state) for name, state in zip(NAMES, states, strict=True) if state is not None]
        marked = {True: {"is_default_account": True}, False: {}}
        save(file, **{name: account(name, channel, **marked[default]) for name, (channel, default) in pairs})
        for channel in CHANNELS:
            monkeypatch.setenv("QISKIT_IBM_CHANNEL", channel)
            try:
                taken += str(NAMES.index(str(find_credentials().api_key)))
            except CredentialsError:
                taken += "-"
    assert taken == TAKEN


def test_all_that_is_saved(file: Path) -> None:
    more = {"region": "eu-de", "private_endpoint": True, "verify": "/etc/ca.pem", "instance": "name", "tags": ["a"]}
    save(
        file, full=account(KEY, proxies={"urls": {"https": "http://user:word@proxy:1", "http": "http://other"}}, **more)
    )
    found = find_credentials(account="full")
    assert found == Credentials(
        api_key=Secret(KEY),
        instance="name",
        region="eu-de",
        private_endpoint=True,
        verify="/etc/ca.pem",
        proxy=Secret("http://user:word@proxy:1"),
    )
    assert KEY not in repr(found)
    assert "word" not in repr(found)


@pytest.mark.parametrize("verify", [None, True])
def test_verify_is_on_unless_off(file: Path, verify: bool | None) -> None:
    save(file, default=account(KEY, verify=verify))
    assert find_credentials().verify is True
    save(file, default=account(KEY, verify=False))
    assert find_credentials().verify is False


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"channel": "ibm_quantum"}, "retired"),
        ({"channel": "local"}, "expected channel ibm_quantum_platform or ibm_cloud, found 'local'"),
        ({"channel": None}, "found None"),
        ({"channel": "x" * 5000}, "found 'x{79}$"),
        ({"token": ""}, "token: expected a string"),
        ({"token": 5}, "token: expected a string"),
        ({"token": None}, "token: expected a string"),
        ({"token": f"{KEY}\n"}, "token: expected printable ASCII"),
        ({"instance": 5}, "instance: expected str"),
        ({"region": []}, "region: expected str"),
        ({"private_endpoint": "yes"}, "private_endpoint: expected bool"),
        ({"verify": 0.5}, "verify: expected bool or str"),
        ({"proxies": "http://user:word@proxy"}, "proxies: expected dict"),
        ({"proxies": {"username_ntlm": "user", "password_ntlm": "word"}}, "NTLM is not supported"),
        ({"proxies": {"urls": "http://user:word@proxy"}}, "expected urls for http, https or all"),
        ({"proxies": {"urls": {"https://host": "http://user:word@proxy"}}}, "expected urls for http, https or all"),
        ({"proxies": {"urls": {"https": 5}}}, "expected a URL"),
        ({"proxies": {"urls": {"https": "user:word@proxy"}}}, "expected a URL"),
    ],
)
def test_accounts_that_cannot_be_used(file: Path, fields: dict[str, Any], told: str) -> None:
    save(file, mine=account(KEY) | fields)
    with pytest.raises(CredentialsError, match=told) as caught:
        find_credentials(account="mine")
    assert f"{file}: account 'mine'" in str(caught.value)
    assert KEY not in exposed(caught.value)
    assert "word" not in exposed(caught.value).replace("password", "")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "expected JSON"),
        (b'{"default": {"token": "' + KEY.encode() + b'", }}', "expected JSON"),
        (b"\xff\xfe\x00", "expected JSON"),
        (b"[" * 100_000, "expected JSON"),
        (b"[]", "expected an object of accounts by name"),
        (b'"' + KEY.encode() + b'"', "expected an object of accounts by name"),
        (b'{"token": "' + KEY.encode() + b'", "url": "https://x"}', "expected an object of accounts by name"),
    ],
)
def test_foreign_files(file: Path, content: bytes, told: str) -> None:
    file.write_bytes(content)
    for options in ({}, {"account": "mine"}):
        with pytest.raises(CredentialsError, match=told) as caught:
            find_credentials(**options)
        assert str(file) in str(caught.value)
        assert caught.value.__context__ is None  # it would hold the file
        assert KEY not in exposed(caught.value)


def test_files_that_are_none(file: Path, tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="no credentials"):
        find_credentials()
    with pytest.raises(CredentialsError, match="found none"):
        find_credentials(account="mine")
    with pytest.raises(CredentialsError, match="found none"):
        find_credentials(account_file=tmp_path / "other.json")
    with pytest.raises(CredentialsError, match="expected a file of saved accounts: "):
        find_credentials(account_file=tmp_path)
    assert not file.exists()  # nothing is written, other than by the official client


def test_a_name_that_is_not_saved_lists_those_that_are(file: Path) -> None:
    save(file, one=account("1"), two=account("2"))
    with pytest.raises(CredentialsError, match=r"\(one, two\), found 'three'"):
        find_credentials(account="three")


def test_names_of_accounts_do_not_steer_a_terminal(file: Path) -> None:
    save(file, **{"\x1b[31m\n": {"channel": "ibm_cloud_of_old", "token": KEY}})
    for options in ({}, {"account": "other"}):
        with pytest.raises(CredentialsError) as caught:
            find_credentials(**options)
        assert str(caught.value).isprintable()


def test_channel_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", KEY)
    monkeypatch.setenv("QISKIT_IBM_CHANNEL", "ibm_quantum")
    with pytest.raises(CredentialsError, match=r"QISKIT_IBM_CHANNEL: .* retired") as caught:
        find_credentials()
    assert KEY not in exposed(caught.value)


@pytest.mark.parametrize("value", ["", None, 5, b"bytes", f"{KEY}\n", f"{KEY} ", f"{KEY}\x00", f"{KEY}é", "\ud800"])
def test_keys_that_cannot_be_sent(value: Any) -> None:
    with pytest.raises(CredentialsError, match=r"^api_key: expected") as caught:
        check_secret("api_key", value)
    assert KEY not in exposed(caught.value)


def test_secret() -> None:
    secret = Secret(KEY)
    assert (repr(secret), f"{secret!r}", f"{[secret]}") == ("'***'", "'***'", "['***']")
    assert secret == KEY
    assert hide(KEY) == secret
    assert hide(5) == 5
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(Credentials(api_key=secret), protocol)


@pytest.mark.skipif(os.name != "posix", reason="other systems have other rights than these")
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700, 0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_read_is_used_with_a_warning(
    file: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text(json.dumps({"a": {"channel": "ibm_cloud", "token": "a-key"}}))
    file.chmod(mode)
    assert find_credentials(account="a").api_key == "a-key"
    told = [record.getMessage() for record in caplog.records]
    warning = f"{file} holds API keys, and others can read or write it: chmod 600 makes it yours"
    assert told == ([warning] if mode & 0o077 else [])
