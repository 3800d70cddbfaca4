"""Regions of the API, and what an instance's CRN says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import InvalidInputError

__all__ = ["Region", "check_crn"]

# The document's servers; a test holds them against it.
_BASE_URLS = {
    "us-east": "https://quantum.cloud.ibm.com/api",
    "eu-de": "https://eu-de.quantum.cloud.ibm.com/api",
}
_CRN = "crn:v1:bluemix:public:quantum-computing:<region>:a/<account>:<instance>::"
_CRN_PATTERN = r"crn:v1(:[!-9;-~]*){5}:[!-9;-~]+(:[!-9;-~]*){2}"  # ten fields of visible ASCII, the eighth not empty


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the API.

    Attributes:
        name: Such as `us-east`.
        base_url: What comes before `/v1/`.
    """

    name: str
    base_url: str

    @classmethod
    def known(cls) -> tuple[Region, ...]:
        """All regions, in the document's order."""
        return tuple(cls(name, base_url) for name, base_url in _BASE_URLS.items())

    @classmethod
    def named(cls, name: str) -> Region:
        """The region of that name.

        Raises:
            InvalidInputError: There is none; the message lists those that there are.
        """
        if name not in _BASE_URLS:
            raise InvalidInputError(f"region: expected one of {', '.join(_BASE_URLS)}, found {name!r}")
        return cls(name, _BASE_URLS[name])

    @classmethod
    def from_crn(cls, crn: str) -> Region:
        """The region of an instance.

        Args:
            crn: The instance's Cloud Resource Name, ten fields separated by colons.

        Raises:
            InvalidInputError: Malformed, of another service, or of a region that is not known.
        """
        return cls.named(check_crn(crn).split(":")[5])

    def private(self) -> Region:
        """The same region at its private endpoint, which is reached from within IBM Cloud alone."""
        return Region(self.name, f"https://private.{self.name}.quantum.cloud.ibm.com/api")


def check_crn(crn: str) -> str:
    """The CRN, if it has the form of one of an instance of IBM Quantum's service; its region may be any.

    Raises:
        InvalidInputError: Malformed, or of another service.
    """
    if not re.fullmatch(_CRN_PATTERN, crn):
        raise InvalidInputError(f"instance: expected {_CRN}, found {crn!r}")
    if (service := crn.split(":")[4]) != "quantum-computing":
        raise InvalidInputError(f"instance: expected a CRN of quantum-computing, found one of {service!r}")
    return crn
