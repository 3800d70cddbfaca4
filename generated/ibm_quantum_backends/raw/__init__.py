# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
"""A client library for accessing Qiskit Runtime Backends API, version 0.45.3"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

DOCUMENT_VERSION = "0.45.3"


def __getattr__(name: str) -> object:
    if name not in ("AuthenticatedClient", "Client"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import client

    return getattr(client, name)


__all__ = ("DOCUMENT_VERSION", "AuthenticatedClient", "Client")
