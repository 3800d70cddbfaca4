"""The errors themselves: one root, picklable, with fields."""

import copy
import inspect
import pickle

import pytest

from ibm_quantum_backends import BackendsError, errors
from ibm_quantum_backends.raw.models.error_item import ErrorItem

ITEM = ErrorItem.from_dict({"code": 1201, "message": "m", "solution": "s", "new": [1]})
FIELDS = {
    "status_code": 429,
    "errors": (ITEM,),
    "trace": "t",
    "request_id": "r",
    "retry_after": 7.0,
    "headers": {"a": "b"},
    "body": b"{}",
}
KINDS = [getattr(errors, name) for name in errors.__all__]


def example(kind: type[BackendsError]) -> BackendsError:
    if issubclass(kind, errors.APIStatusError):
        return kind("what happened", **FIELDS)  # type: ignore[arg-type]
    if kind is errors.DecodeError:
        return errors.DecodeError("what happened", path="$.a", body=b"{}")
    if kind is errors.MissingExtraError:
        return errors.MissingExtraError("what", extra="cli")
    return kind("what happened")


def test_all_public_classes_are_named() -> None:
    classes = {name for name, value in vars(errors).items() if inspect.isclass(value)}
    assert classes == set(errors.__all__)


@pytest.mark.parametrize("kind", KINDS)
def test_root_and_docstring(kind: type[BackendsError]) -> None:
    assert issubclass(kind, BackendsError)
    assert kind.__doc__


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (errors.InvalidInputError, ValueError),
        (errors.NoBackendError, LookupError),
        (errors.MissingExtraError, ImportError),
        (errors.APITimeoutError, errors.APIConnectionError),
        *((kind, errors.APIStatusError) for kind in (errors.AuthenticationError, errors.RateLimitError)),
    ],
)
def test_bases(kind: type[BackendsError], base: type[Exception]) -> None:
    assert issubclass(kind, base)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_and_copy(kind: type[BackendsError], protocol: int) -> None:
    error = example(kind)
    for twin in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is kind
        assert (str(twin), twin.args, vars(twin)) == (str(error), error.args, vars(error))


def test_fields() -> None:
    error = errors.RateLimitError("m", **FIELDS)  # type: ignore[arg-type]
    assert {name: getattr(error, name) for name in FIELDS} == FIELDS
    bare = errors.NotFoundError("m", status_code=404)
    assert (bare.errors, bare.trace, bare.request_id, bare.retry_after, dict(bare.headers), bare.body) == (
        *((), None, None, None, {}, b""),
    )
    with pytest.raises(TypeError):
        errors.NotFoundError("m", 404)  # type: ignore[misc]


def test_a_missing_extra_says_how_to_install() -> None:
    assert str(errors.MissingExtraError("The thing", extra="cli")).endswith("pip install 'ibm-quantum-backends[cli]'")
