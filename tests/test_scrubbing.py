"""What is taken out of a document before it is recorded, and what stays as it is."""

import base64
import json
import time
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest

from ibm_quantum_backends.recording import SANDBOX, Recording
from ibm_quantum_backends.scrubbing import credentials, scrub
from ibm_quantum_backends.secret import secrets_of

ACCOUNT, INSTANCE = "0123456789abcdef0123456789abcdef", "7e3f1c2a-9b8d-4e5f-a6b7-c8d9e0f1a2b3"
CRN = f"crn:v1:bluemix:public:quantum-computing:us-east:a/{ACCOUNT}:{INSTANCE}::"
OTHER = "crn:v1:staging:public:cloud-object-storage:global:a/ffffffffffffffffffffffffffffffff:b:bucket:x"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpYW1faWQiOiJ4In0.c2lnbmF0dXJl-_x"
TOKEN = 'opaque+token/with "odd" marks=='


def every_escape(text: str) -> str:
    return '"' + "".join(f"\\u{ord(mark):04x}" for mark in text) + '"'


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (CRN, "***"),
        (OTHER, "***"),
        (f"no instance {CRN}, or {OTHER}.", "no instance ***, or ***"),
        (f"<{CRN}>", "<***>"),
        (quote(OTHER, safe=""), "***"),
        (quote(OTHER, safe="").lower(), "***"),
        ("crn%3Av1%3Abluemix%3Apublic%3Aiam", "***"),
        (base64.b64encode(OTHER.encode()).decode(), "***"),
        (JWT, "***"),
        (f"Bearer {JWT}", "Bearer ***"),
        ("eyJa.b.", "***"),
        (f"a/{ACCOUNT}", "***"),
        (f"https://host/a/{ACCOUNT}?x", "https://host/***?x"),
        (f"x=a%2F{ACCOUNT.upper()}", "x=***"),
        (f"%2Fa%2f{ACCOUNT}", "%2F***"),
        (f'{{"scope": "a\\/{ACCOUNT}"}}', '{"scope": "***"}'),
    ],
)
def test_what_nobody_may_read_goes_however_it_is_escaped(text: str, left: str) -> None:
    for literal in (json.dumps(text), every_escape(text), json.dumps(text).replace("/", "\\/")):
        for document, expected in (
            (f'{{"message" : {literal}}}', {"message": left}),
            (f"{{{literal}: [{literal}, 1.50]}}", {left: [left, 1.5]}),
        ):
            assert json.loads(scrub(document.encode())) == expected
            assert json.loads(scrub(document.encode("utf-16"))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "crn",
        "crn:x:y",
        "eyJalone",
        "eyJa.b",
        "data/0123456789abcdef0123456789abcdef",
        "a/0123456789abcdef0123456789abcdef0",
        "a/ibm_boston",
        "/v1/backends",
        'a quote " and a \\ and a \t',
        "Zürich \U0001f600",
        "\ud800",
    ],
)
def test_all_else_stays_byte_for_byte(text: str) -> None:
    for literal in (json.dumps(text), every_escape(text) if max(text) < "\U00010000" else '"x"'):
        document = f'{{ "a" :{literal}, {literal}: 1.0e0 }}\n'.encode()
        assert scrub(document, ["a-secret-that-is-not-there"]) == document
        assert scrub(document.decode().encode("utf-16")) == document.decode().encode("utf-16")


def test_strings_beside_a_secret_stay_as_they_are() -> None:
    document = f'{{ "a" : "\\u0041 \\/", "b":"{CRN}",  "n": 1.50 }}'.encode()
    assert scrub(document) == document.replace(CRN.encode(), b"***")


@pytest.mark.parametrize("secret", [TOKEN, ACCOUNT, INSTANCE, "eight888"])
def test_a_named_secret_goes_in_every_form(secret: str) -> None:
    encoded = [
        base64.b64encode(f"{before}{secret}{after}".encode()).decode()
        for before in ("", "u", "us")
        for after in ("", ":x")
    ]
    safe = [base64.urlsafe_b64encode(f"{before}{secret}".encode()).decode() for before in ("", "u", "us")]
    for form in (secret, secret.upper(), quote(secret, safe=""), quote(secret), quote_plus(secret), *encoded, *safe):
        document = json.dumps({"one": f"x {form} y", form: 1}).encode()
        cleaned = scrub(document, [secret])
        told = json.dumps([*json.loads(cleaned), *map(str, json.loads(cleaned).values())])
        assert "***" in told and form not in told
        assert scrub(document) == document


def test_of_two_secrets_the_longer_one_goes_first() -> None:
    for secrets in (["a-secret", "a-secret-word"], ["a-secret-word", "a-secret"]):
        assert scrub(b'["a-secret-word a-secret"]', secrets) == b'["*** ***"]'


def test_short_secrets_are_no_secrets() -> None:
    document = b'{"name": "sandbox", "key": "sandbox:sandbox"}'
    assert scrub(document, ["sandbox", ""]) == document


def test_what_is_no_json_is_no_trouble() -> None:
    for body in (b"", b'"', b'{"a": "\\x", "b": "\\u00"}', b'\xff"\\"', b"\0", b'"a\nb"', b"{"):
        assert scrub(body, ["secret-secret"]) == body
    assert scrub(b'{"a": "\\x eyJa.b.c"}') == b'{"a": "\\\\x ***"}'


def test_the_sandbox_holds_none() -> None:
    sandbox = Recording(SANDBOX)
    for entry in sandbox.entries:
        assert scrub(sandbox.body(entry), [TOKEN, CRN, ACCOUNT, INSTANCE, JWT]) == sandbox.body(entry)


def test_what_a_request_holds() -> None:
    def request(**headers: str) -> Any:
        return httpx.Request(
            "GET", "https://host/", headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    assert {*credentials(request(Authorization=f"Bearer {JWT}", Service_CRN=CRN))} == {JWT, ACCOUNT, INSTANCE}
    assert JWT not in repr(credentials(request(Authorization=f"Bearer {JWT}")))
    assert "a-key-alone" in credentials(request(Authorization="a-key-alone"))
    assert "short:crn" in credentials(request(Service_CRN="short:crn"))
    form = {"grant_type": "x", "apikey": "the key+/&"}
    assert secrets_of(httpx.Request("POST", "https://host/", data=form)) == ["", "the key+/&"]
    assert secrets_of(httpx.Request("POST", "https://host/", content=iter([b"apikey=x"]))) == [""]
    assert secrets_of(request()) == [""]


def test_no_body_takes_long() -> None:
    for text in ("eyJ" * 1_000_000, "eyJa." * 600_000, "crn:v1" * 500_000, "%20eyJ" * 500_000, "a/" * 1_500_000):
        started = time.process_time()
        assert scrub(f'["{text}"]'.encode(), ["a-long-secret"])
        assert time.process_time() - started < 20  # of time that grows with the square of the length it would be days
