"""Every error that this package raises, below one root: catch `BackendsError` and nothing else gets through."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .raw.models import ErrorItem

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BackendsError",
    "BadRequestError",
    "ConflictError",
    "CredentialsError",
    "DecodeError",
    "InvalidInputError",
    "MissingExtraError",
    "NoBackendError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "RecordingError",
    "ServerError",
]


class BackendsError(Exception):
    """The root of this package's errors. `str(error)` is one line that a person can act on."""

    def __reduce__(self) -> "tuple[Any, ...]":
        # Exception's own way calls the class with `args` alone, and the fields are keyword-only.
        return (type(self).__new__, (type(self), *self.args), self.__dict__)


class InvalidInputError(BackendsError, ValueError):
    """An argument that cannot be right; nothing was sent and nothing was written."""


class CredentialsError(BackendsError):
    """No credentials, unusable ones, or several to choose from; nothing was sent to the API."""


class NoBackendError(BackendsError, LookupError):
    """No backend passes the filters, or the recording holds none of that name."""


class RecordingError(BackendsError):
    """A folder that is not a recording, or a recording that is damaged."""


class MissingExtraError(BackendsError, ImportError):
    """A feature whose optional dependencies are not installed; the message is the `pip install` line for `extra`."""

    def __init__(self, feature: str, *, extra: str) -> None:
        super().__init__(f"{feature} needs optional packages: pip install 'ibm-quantum-backends[{extra}]'")
        self.extra = extra


class APIConnectionError(BackendsError):
    """No complete answer came: refused, reset, cut off, or TLS, DNS or the proxy failed."""


class APITimeoutError(APIConnectionError):
    """No complete answer came in time, retries and sleeping included."""


class APIStatusError(BackendsError):
    """The API answered with an error status.

    Attributes:
        status_code: HTTP status.
        errors: The entries of the body's `errors`; empty where the body is not the API's own, such as a proxy's page.
        trace, request_id: For IBM's support: the body's `trace`, and `X-Global-Transaction-ID` or `X-Request-Id`.
        retry_after: Seconds that `Retry-After` asks to wait, or None where the answer does not say.
        headers, body: The answer's, the names of headers in lower case.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        errors: "tuple[ErrorItem, ...]" = (),
        trace: "str | None" = None,
        request_id: "str | None" = None,
        retry_after: "float | None" = None,
        headers: "Mapping[str, str]" = {},  # noqa: B006 (never written to, and types.MappingProxyType cannot be pickled)
        body: bytes = b"",
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.errors = errors
        self.trace = trace
        self.request_id = request_id
        self.retry_after = retry_after
        self.headers = headers
        self.body = body


class BadRequestError(APIStatusError):
    """400: the API does not take an argument."""


class AuthenticationError(APIStatusError):
    """401, or a key that IAM rejects with 400."""


class PermissionDeniedError(APIStatusError):
    """403: the key is good and may not do this."""


class NotFoundError(APIStatusError):
    """404: no such backend, document or instance; code 1279 means that the instance is not known in this region."""


class ConflictError(APIStatusError):
    """409."""


class RateLimitError(APIStatusError):
    """429, after the retries, or at once where `retry_after` lies beyond the call's deadline."""


class ServerError(APIStatusError):
    """5xx, after the retries."""


class DecodeError(BackendsError):
    """An answer that does not fit its model, with the `body` as received.

    `path` says where, as a JSON path such as `$.gates[3].parameters[0].value`; `$` is the whole body.
    """

    def __init__(self, message: str, *, path: str, body: bytes) -> None:
        super().__init__(message)
        self.path = path
        self.body = body
