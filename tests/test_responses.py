"""What an answer says: models, and the errors that statuses and bodies stand for."""

import json
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from conftest import SANDBOX
from hypothesis import given, settings
from hypothesis import strategies as st

from ibm_quantum_backends import errors
from ibm_quantum_backends.errors import APIStatusError, DecodeError
from ibm_quantum_backends.raw.api.backends import get_backend_configuration, get_backend_properties
from ibm_quantum_backends.raw.models.device_status_name import DeviceStatusName
from ibm_quantum_backends.recording import Recording
from ibm_quantum_backends.responses import body_of, decode, decode_devices, decode_json, retry_after, status_error

REQUEST = httpx.Request("GET", "https://host/api/v1/backends?secret=x")
DOCUMENTS = Recording(SANDBOX)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def answer(status: int = 200, body: bytes = b"", request: httpx.Request = REQUEST, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, content=body, request=request)


def asked_with(secret: str, place: str) -> httpx.Request:
    """A request that holds a secret, as the token exchange or the API's requests do."""
    if place == "key":
        return httpx.Request("POST", "https://host/identity/token", data={"apikey": secret})
    return httpx.Request("GET", "https://host/api/v1/backends", headers={"Authorization": f"Bearer {secret}"})


def document(path: str) -> Any:
    return json.loads(DOCUMENTS.answer(path, {})[1])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (429, errors.RateLimitError),
        *[(status, errors.ServerError) for status in (500, 502, 503, 504, 520, 524, 599)],
        *[(status, APIStatusError) for status in (201, 204, 302, 304, 418)],
    ],
)
def test_status(status: int, kind: type[APIStatusError]) -> None:
    error = status_error(answer(status))
    assert type(error) is kind
    assert error.status_code == status
    assert str(error).startswith(str(status))
    assert "GET https://host/api/v1/backends)" in str(error)


def test_the_apis_own_words() -> None:
    body = json.dumps(
        {
            "errors": [
                {"code": 1201, "message": "Not\nfound.", "solution": "Look.", "more_info": "https://x"},
                {"code": "E2", "message": "Second."},
            ],
            "trace": "abc",
        }
    ).encode()
    error = status_error(answer(404, body, X_Request_Id="r1", Set_Cookie="session=secret", Retry_After="7"))
    assert str(error).endswith("): 1201 Not found. Look.; E2 Second. (trace abc)")
    assert [(item.code, item.message, item.solution or None) for item in error.errors] == [
        (1201, "Not\nfound.", "Look."),
        ("E2", "Second.", None),
    ]
    assert (error.trace, error.request_id, error.retry_after, error.body) == ("abc", "r1", 7.0, body)
    assert error.headers["retry-after"] == "7"
    assert "session=secret" not in str(vars(error))
    assert status_error(answer(500, X_Global_Transaction_ID="g", X_Request_Id="r")).request_id == "g"


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html><b>Forbidden</b></html>", b"null", b"[]", b"5", b"{}", b'{"errors": null}', b'{"errors": [1]}'),
        *(b'{"errors": {}, "trace": 5}', b'{"errors": []}', b"\xff", b"[" * 100_000, b"9" * 5000),
    ],
)
def test_bodies_that_are_not_the_apis(body: bytes) -> None:
    error = status_error(answer(403, body, Content_Type="text/html"))
    assert (type(error), error.errors, error.trace) == (errors.PermissionDeniedError, (), None)
    assert error.body == body
    assert str(error) == "403 Forbidden (GET https://host/api/v1/backends)"


@given(JSON)
def test_any_error_body(content: Any) -> None:
    for body in (content, {"errors": content, "trace": content}, {"errors": [content]}, {"errorMessage": content}):
        error = status_error(answer(500, json.dumps(body).encode()))
        assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("written", ["a-secret-token", "a-secret\\u002dtoken"])
def test_a_secret_under_a_name_that_stands_twice(status: int, written: str) -> None:
    response = answer(
        status, f'{{"a": "{written}", "a": 1, "b": "c"}}'.encode(), asked_with("a-secret-token", "bearer")
    )
    assert json.loads(body_of(response) if status == 200 else status_error(response).body) == {"a": 1, "b": "c"}
    assert b"token" not in (body_of(response) if status == 200 else status_error(response).body)


def test_a_secret_as_the_name_of_a_header() -> None:
    response = answer(403, b"", asked_with("A-Secret-Token", "bearer"), **{"x-a-secret-token": "A-Secret-Token"})
    assert status_error(response).headers["x-***"] == "***"
    assert "secret" not in str(status_error(response).headers).lower()


def test_iams_own_words_and_no_secret() -> None:
    body = b'{"errorCode": "BXNIM0415E", "errorMessage": "No key key+key.", "echo": "apikey=key%2Bkey"}'
    error = status_error(answer(400, body, asked_with("key+key", "key")), kind=errors.AuthenticationError)
    assert "BXNIM0415E No key ***." in str(error)
    assert b"key+key" not in error.body
    assert b"key%2Bkey" not in error.body


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "expected a JSON object"),
        (b"<html>", "expected a JSON object"),
        (b'{"a": ', "expected a JSON object"),
        (b"[]", "expected"),
        (b"null", "expected"),
        (b"\xff\xfe", "expected a JSON object"),
        (b"[" * 100_000, "expected a JSON object"),
        (b"9" * 5000, "expected a JSON object"),
    ],
)
def test_bodies_that_are_no_object(body: bytes, told: str) -> None:
    response = answer(200, body, Content_Type="text/html")
    for read in (
        lambda: decode(get_backend_configuration.parse, response),
        lambda: decode_devices(response),
        lambda: decode_json(response),
    ):
        with pytest.raises(DecodeError, match=told) as caught:
            read()
        error = caught.value
        assert (error.path, error.body) == ("$", body)
        assert f"{len(body)} bytes, text/html" in str(error)
        assert error.__context__ is None
        assert len(str(error)) < 400


@pytest.mark.parametrize(
    ("path", "steps", "value"),
    [
        ("$.gates[3].parameters[0].value", ("gates", 3, "parameters", 0, "value"), "much"),
        ("$.qubits[2][1].date", ("qubits", 2, 1, "date"), "no date"),
        ("$.qubits[0]", ("qubits", 0), 5),
        ("$.backend_name", ("backend_name",), None),
    ],
)
def test_a_required_field_that_does_not_fit(path: str, steps: tuple[Any, ...], value: Any) -> None:
    content = document("/v1/backends/ibmq_manila/properties")
    place = content
    for step in steps[:-1]:
        place = place[step]
    place[steps[-1]] = value
    body = json.dumps(content).encode()
    with pytest.raises(DecodeError) as caught:
        decode(get_backend_properties.parse, answer(200, body))
    assert (caught.value.path, caught.value.body) == (path, body)
    assert str(caught.value).startswith(f"{path}: expected ")
    assert caught.value.__context__ is None
    if isinstance(steps[-1], str):
        del place[steps[-1]]
        with pytest.raises(DecodeError) as caught:
            decode(get_backend_properties.parse, answer(200, json.dumps(content).encode()))
        assert caught.value.path == path


def test_unknown_fields_and_values_survive() -> None:
    listed = document("/v1/backends")
    listed["devices"][0]["status"] |= {"name": "resting", "why": ["tired"]}
    listed["devices"][0]["new"] = {"a": 1}
    listed["devices"][1]["qubits"] = "many"
    devices = decode_devices(answer(200, json.dumps(listed).encode()))
    assert [device.to_dict() for device in devices] == listed["devices"]
    assert devices[0].status.name is DeviceStatusName("resting")
    assert devices[0].status.name == "resting"


def test_one_bad_backend_does_not_fail_the_list(caplog: pytest.LogCaptureFixture) -> None:
    listed = document("/v1/backends")
    good = listed["devices"][2]
    listed["devices"] = [{"name": 5}, "none", good, None, good | {"queue_length": None}]
    with caplog.at_level(logging.WARNING, "ibm_quantum_backends"):
        devices = decode_devices(answer(200, json.dumps(listed).encode()))
    assert [device.to_dict() for device in devices] == [good]
    assert [record.getMessage().split(":")[1].strip() for record in caplog.records] == [
        "$.devices[0].name",
        "$.devices[1]",
        "$.devices[3]",
        "$.devices[4].queue_length",
    ]


@pytest.mark.parametrize("devices", [[1, "x", None], [{"error": "internal"}]])
def test_a_list_of_nothing_that_fits_is_no_empty_list(devices: Any) -> None:
    with pytest.raises(DecodeError, match=r"^\$\.devices: expected backends, found none"):
        decode_devices(answer(200, json.dumps({"devices": devices}).encode()))


@pytest.mark.parametrize("devices", [None, {}, "x", 5])
def test_no_list_is_an_error(devices: Any) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_devices(answer(200, json.dumps({"devices": devices}).encode()))
    assert caught.value.path == "$.devices"
    with pytest.raises(DecodeError):
        decode_devices(answer(200, b"{}"))
    assert decode_devices(answer(200, b'{"devices": []}')) == []


@settings(deadline=None)  # a loaded machine takes its time
@given(JSON)
def test_any_device(content: Any) -> None:
    base = {"name": "a", "status": {"name": "online"}, "queue_length": 0}
    rows = [content, *({**base, key: content} for key in ("name", "status", "qubits", "clops", "performance_metrics"))]
    try:
        decode_devices(answer(200, json.dumps({"devices": rows}).encode()))
    except DecodeError as error:  # a number with more digits than Python reads
        assert error.path == "$"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *(("0", 0.0), ("7", 7.0), (" 7 ", 7.0), ("9" * 400, float("inf"))),
        *(
            (text, None)
            for text in ("", "-1", "1.5", "1, 2", "soon", "²", "Wed, 21 Oct 99999999999999999999 07:28:00 GMT")
        ),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", 0.0),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}) == seconds


def test_retry_after_a_date() -> None:
    date = datetime.now(UTC) + timedelta(seconds=100)
    seconds = retry_after(httpx.Headers({"Retry-After": format_datetime(date, usegmt=True)}))
    assert seconds is not None
    assert 90 < seconds <= 100
    # By the clock of the server, whatever this machine's says.
    there = datetime(2001, 1, 1, tzinfo=UTC)
    headers = {"date": format_datetime(there), "retry-after": format_datetime(there + timedelta(seconds=7))}
    assert retry_after(headers) == 7
    assert retry_after({**headers, "date": "soon"}) == 0


@given(st.text() | st.text("0123456789 :,+-GMTOctWed"))
def test_any_retry_after(value: str) -> None:
    assert (retry_after({"retry-after": value}) or 0) >= 0


def test_what_would_steer_a_terminal_is_not_told() -> None:
    body = json.dumps({"errors": [{"code": 1, "message": "\x1b[31mred\n\x9b\u202e"}], "trace": "\x07"}).encode()
    error = status_error(answer(404, body))
    assert str(error).isprintable()
    assert "red" in str(error)
    assert error.body == body


@pytest.mark.parametrize("place", ["key", "bearer"])
@pytest.mark.parametrize("form", ["plain", "escaped"])
def test_a_secret_that_comes_back_is_masked_wherever_it_stands(form: str, place: str) -> None:
    secret = 'the"key'
    request = asked_with(secret, place)
    escaped = "".join(f"\\u{ord(mark):04x}" for mark in secret)
    text = escaped if form == "escaped" else json.dumps(secret)[1:-1]
    body = f'{{"errorCode": "1", "errorMessage": "{text}"}}'.encode()
    error = status_error(answer(400, body, request, X_Request_Id=secret, Location=f"https://x/?k={secret}"))
    told = f"{error} {error.__dict__} {error.errors[0].message}"
    assert "***" in told
    assert secret not in told.replace('\\"', '"')
    for wrong in (body, b"<html>" + secret.encode()):
        with pytest.raises(DecodeError) as caught:
            decode(get_backend_properties.parse, answer(200, wrong, request))
        assert b"***" in caught.value.body
        assert secret.encode() not in caught.value.body.replace(b'\\"', b'"')


def test_a_body_without_secrets_is_kept_as_it_came() -> None:
    body = b'{ "errors" : [{"message": "\\u0061"}]}'
    request = asked_with("a-long-token", "bearer")
    assert status_error(answer(403, body, request)).body == body
    assert status_error(answer(403, b"\xff\xfe", request)).body == b"\xff\xfe"


def test_a_trace_without_end_is_told_in_part() -> None:
    error = status_error(answer(404, b'{"errors": [], "trace": "' + 5000 * b"9" + b'"}'))
    assert error.trace == 5000 * "9"
    assert len(str(error)) < 300


def test_half_of_a_surrogate_pair_where_a_secret_is_masked() -> None:
    error = status_error(answer(400, b'{"errorMessage": "\\ud800 of the-key"}', asked_with("the-key", "key")))
    assert error.errors[0].message == "? of ***"
    assert error.body == b'{"errorMessage": "? of ***"}'


def test_one_odd_entry_does_not_hide_the_others() -> None:
    error = status_error(answer(404, b'{"errors": [{"code": 1, "message": "m"}, 5], "trace": "T"}'))
    assert [item.message for item in error.errors] == ["m"]
    assert error.trace == "T"
