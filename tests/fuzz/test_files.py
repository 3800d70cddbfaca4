"""Damaged answers of IBM Cloud, and damaged files: recordings, saved accounts, baselines, accepted changes."""

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from conftest import exposed
from hypothesis import event, given
from hypothesis import strategies as st

from ibm_quantum_backends import Backends
from ibm_quantum_backends.credentials import Credentials, find_credentials
from ibm_quantum_backends.drift import accepted
from ibm_quantum_backends.drift.payload import BASELINE, PayloadCheck, compare_baseline, read_baseline, write_baseline
from ibm_quantum_backends.errors import (
    APIStatusError,
    BackendsError,
    CredentialsError,
    DecodeError,
    InvalidInputError,
    RecordingError,
)
from ibm_quantum_backends.iam import read_token
from ibm_quantum_backends.instances import Instance, read_instances
from ibm_quantum_backends.recording import SANDBOX, Recording, Replay, Writer
from ibm_quantum_backends.responses import decode_json, status_error

from .documents import MANILA, Seed
from .guard import fuzzed, limited
from .mutations import Damaged, damaged, damaged_bytes
from .test_responses import check_error, response

KEY = "the-key-that-nobody-may-see"
CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/account:instance::"


def of(name: str, document: Any, **options: Any) -> st.SearchStrategy[Damaged]:
    return damaged((Seed("IBM Cloud", name, document),), **options)


TOKEN = {
    "access_token": "eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo",
    "refresh_token": "not_supported",
    "token_type": "Bearer",
    "expires_in": 3600,
    "expiration": 1772706000,
    "scope": "ibm openid",
}
ITEM = {"crn": CRN, "name": "mine", "region": "us-east", "service_plan_unique_id": "plan", "tags": ["a"]}
PAGE = {
    "items": [{**ITEM, "doc": {"extensions": {"backends": ["ibm_x"]}}}, ITEM],
    "limit": 100,
    "search_cursor": "next",
}
ERRORS = {
    "errors": [
        {"code": 1201, "message": "No such backend.", "solution": "Ask for another.", "more_info": "https://x.example"},
        {"code": "1279", "message": "No such instance."},
    ],
    "trace": "0123456789abcdef",
}
IAM_ERROR = {
    "errorCode": "BXNIM0415E",
    "errorMessage": f"Provided API key {KEY} could not be found.",
    "context": {"requestId": "x", "apikey": KEY},
}
ACCOUNTS = {
    "default-ibm-quantum-platform": {
        "channel": "ibm_quantum_platform",
        "url": "https://cloud.ibm.com",
        "token": KEY,
        "instance": CRN,
        "verify": True,
        "private_endpoint": False,
        "region": "us-east",
        "proxies": {"urls": {"https": "http://user:word@127.0.0.1:8080"}},
        "is_default_account": True,
    },
    "other": {"channel": "ibm_cloud", "token": KEY, "instance": "mine"},
}


# Answers of IBM Cloud


@fuzzed(100, share=0.2)
@given(of("token", TOKEN))
def test_a_token_or_an_error_that_does_not_hold_it(damage: Damaged) -> None:
    with limited():
        try:
            token = read_token(response(damage.body))
        except DecodeError as error:
            event("DecodeError")
            check_error(error)
            assert error.body == b""
            assert TOKEN["access_token"] not in exposed(error)
            return
        event("a token")
        assert token.value.isascii()
        assert token.value.isprintable()
        assert 0 < token.expires_at - token.renew_at <= 0.2 * 86400 + 1


@fuzzed(100, share=0.2)
@given(of("instances", PAGE))
def test_instances_or_an_error(damage: Damaged) -> None:
    with limited():
        try:
            instances, cursor = read_instances(decode_json(response(damage.body), array="items", of="crn"))
        except DecodeError as error:
            event("DecodeError")
            check_error(error, damage.body)
            return
        event(f"{len(instances)} instances")
        assert cursor is None or cursor
        for instance in instances:
            assert isinstance(instance, Instance)
            assert all(isinstance(text, str) for text in (instance.name, instance.crn, instance.region))
            assert str(instance)
            assert hash(instance) is not None


@fuzzed(100, share=0.2)
@given(
    of("error", ERRORS) | of("error of IAM", IAM_ERROR),
    st.sampled_from([400, 401, 403, 404, 409, 418, 429, 500, 503, 599, 700]),
    st.sampled_from(
        ["", "3", "9" * 400, "Wed, 21 Oct 2015 07:28:00 GMT", "-1", "inf", "Wed, 99 Oct 99999 07:28:00 +9999"]
    ),
    st.booleans(),
)
def test_an_error_keeps_the_servers_words_and_no_key(damage: Damaged, status: int, wait: str, secret: bool) -> None:
    answer = response(damage.body, status)
    answer.headers["Retry-After"] = wait
    with limited():
        if secret:
            answer.request = httpx.Request("POST", "https://host/identity/token", data={"apikey": KEY})
        error = status_error(answer)
        assert isinstance(error, APIStatusError)
        check_error(error, deep=damage.deep)
        assert error.status_code == status
        assert error.body == damage.body or secret
        assert error.retry_after is None or error.retry_after >= 0
        if secret:
            assert KEY not in exposed(error)
        for item in error.errors:
            assert repr(item).isprintable()
            item.to_dict()


# Files of people


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


INDEX = json.loads((SANDBOX / "index.json").read_bytes())


@fuzzed(40, share=0.1)
@given(of("index", INDEX))
def test_an_index_is_a_recording_or_a_recording_error(damage: Damaged) -> None:
    with folder() as path, limited():
        (path / "index.json").write_bytes(damage.body)
        shutil.copytree(SANDBOX / MANILA, path / MANILA)
        try:
            recording = Recording(path)
        except RecordingError as error:
            event("RecordingError")
            check_error(error)
            return
        event("a recording")
        for entry in recording.entries:
            answered(recording, f"/v1/backends/{entry.name}/properties")
        for question in ("/v1/backends", f"/v1/backends/{MANILA}/properties", f"/v1/backends/{MANILA}/status"):
            answered(recording, question)
        for name in recording.names:
            recording.properties_of(name)
        try:
            Writer(path).add("list_backends", None, b"{}", date=datetime.now(UTC))
        except RecordingError as error:
            check_error(error)
        else:
            assert Recording(path).answer("/v1/backends", {}) == (200, b"{}")


def answered(recording: Recording, question: str) -> None:
    for query in ({}, {"updated_before": "2024-01-01T00:00:00Z"}, {"updated_before": "?"}, {"fields": "x"}):
        try:
            status, body = recording.answer(question, query)
        except RecordingError as error:
            check_error(error)
        else:
            assert status in (200, 400, 404)
            assert body is not None


@fuzzed(40, share=0.1)
@given(st.data())
def test_a_body_in_a_recording_is_read_or_one_clear_error(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(("properties", "configuration", "status")))
    entry = next(each for each in Recording(SANDBOX).properties_of(MANILA)) if kind == "properties" else None
    file = Path(MANILA, Path(entry.file).name if entry else f"{kind}.json.gz")
    body = (SANDBOX / file).read_bytes()
    if data.draw(st.booleans()):
        body = gzip.compress(data.draw(of(kind, json.loads(gzip.decompress(body)))).body, 1)
    else:
        body, _ = data.draw(damaged_bytes(body))
    with folder() as path, limited():
        shutil.copytree(SANDBOX, path / "recording")
        (path / "recording" / file).write_bytes(body)
        crn = Recording(SANDBOX).region and CRN
        replay = Replay(path / "recording")
        with Backends(
            token="t", instance=crn, base_url="https://x.invalid/api", transport=replay, retries=0
        ) as backends:
            try:
                assert getattr(backends, kind)(MANILA)
                event("a model")
                backends.calibration(MANILA)
            except (DecodeError, RecordingError, InvalidInputError, APIStatusError) as error:
                event(type(error).__name__)
                check_error(error)


@fuzzed(30, share=0.1)
@given(of("accounts", ACCOUNTS), st.sampled_from([None, "other", "default-ibm-quantum-platform", "nobody"]))
def test_saved_accounts_are_credentials_or_a_credentials_error(damage: Damaged, account: str | None) -> None:
    # In another field than Qiskit's nobody can know that it is a secret.
    named = damage.body.count(KEY.encode()) == damage.body.count(b'"token": "' + KEY.encode())
    with folder() as path, pytest.MonkeyPatch.context() as environment, limited():
        for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_CHANNEL", "QISKIT_IBM_INSTANCE"):
            environment.delenv(name, raising=False)
        file = path / "accounts.json"
        file.write_bytes(damage.body)
        try:
            found = find_credentials(account=account, account_file=file)
        except CredentialsError as error:
            event("CredentialsError")
            check_error(error)
            assert not named or KEY not in exposed(error)
            return
        event("credentials")
        assert isinstance(found, Credentials)
        assert found.api_key
        assert not named or KEY not in repr(found)
        try:
            Backends(account=account, account_file=file).close()
        except BackendsError as error:
            check_error(error)
            assert not named or KEY not in exposed(error)
        except OSError:  # a file of certificates that there is not
            assert isinstance(found.verify, str)


@fuzzed(30, share=0.1)
@given(of("baseline", json.loads(BASELINE.read_bytes())))
def test_a_baseline_is_one_or_is_refused(damage: Damaged) -> None:
    check = PayloadCheck("upstream")
    check("get_backend_status", b'{"state": 1}')
    with folder() as path, limited():
        file = path / "baseline.json"
        file.write_bytes(damage.body)
        try:
            baseline = read_baseline(file)
        except InvalidInputError as error:
            event("InvalidInputError")
            check_error(error)
            return
        event("a baseline")
        old, new, vanished = compare_baseline(check.findings(), baseline, check.documents)
        assert len(old) + len(new) == len(check.findings())
        json.dumps(vanished)
        try:
            write_baseline(file, check)
        except InvalidInputError as error:
            check_error(error)


ACCEPTED = [
    {"fingerprint": "0123456789abcdef", "reason": "known", "date": "2026-01-01", "expiry": "2026-06-01"},
    {"fingerprint": "fedcba9876543210", "reason": "agreed with IBM", "date": "2026-02-01", "expiry": "2026-02-01"},
]


@fuzzed(30, share=0.1)
@given(of("accepted changes", ACCEPTED))
def test_accepted_changes_are_read_or_refused(damage: Damaged) -> None:
    with folder() as path, limited():
        file = path / "accepted.yaml"
        file.write_bytes(damage.body)
        try:
            entries = accepted.read(file)
        except InvalidInputError as error:
            event("InvalidInputError")
            check_error(error)
            return
        event("accepted")
        _, _, findings = accepted.apply([], entries, date(2026, 3, 1))
        assert len(findings) == len(entries)
