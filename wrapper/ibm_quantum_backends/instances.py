"""Instances of an account: finding them, and choosing the one to use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .documents import as_object, printable
from .errors import CredentialsError, InvalidInputError
from .regions import Region, check_crn

__all__ = ["Instance", "choose_instance", "read_instances", "search_request"]

_FIELDS = ["crn", "doc", "name", "region", "service_plan_unique_id", "tags"]


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of IBM Quantum's service.

    Attributes:
        name: As its owner named it; names need not be unique.
        crn: Cloud Resource Name.
        region: Such as `us-east`.
        plan: Identifier of the plan in IBM Cloud's catalog, where the answer has it.
    """

    name: str
    crn: str
    region: str
    plan: str | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.region}, {self.crn})"


def search_request(search_url: str, cursor: str) -> dict[str, Any]:
    """The request for a page of the account's instances, the first where the cursor is empty. Source: https://cloud.ibm.com/apidocs/search."""
    body: dict[str, Any] = {"query": "service_name:quantum-computing", "fields": _FIELDS}
    if cursor:
        body["search_cursor"] = cursor
    return {"method": "POST", "url": f"{search_url}/v3/resources/search", "params": {"limit": 100}, "json": body}


def read_instances(page: dict[str, Any]) -> tuple[list[Instance], str | None]:
    """The instances of a page, and the cursor of the next; None on the last.

    An instance to which no backends are allocated is left out, as the official client does.
    """
    instances: list[Instance] = []
    items = [item for item in map(as_object, page["items"]) if item]
    for item in items:
        crn, plan = item.get("crn"), item.get("service_plan_unique_id")
        if not (isinstance(crn, str) and crn) or (
            "doc" in item and not (as_object(item["doc"]) or {}).get("extensions")
        ):
            continue
        location = (crn.split(":") + [""] * 6)[5]
        instances.append(Instance(str(item.get("name") or crn), crn, location, plan if isinstance(plan, str) else None))
    cursor = page.get("search_cursor")
    return instances, cursor if isinstance(cursor, str) and cursor and items else None


def choose_instance(instances: Iterable[Instance], wanted: str | None, region: Region | None) -> str:
    """The CRN of the instance to use: the one of the wanted name, or the only one.

    Args:
        instances: Those of the account.
        wanted: Its name; None takes the only one.
        region: Only instances of this region; None takes any.

    Raises:
        InvalidInputError: None of that name.
        CredentialsError: None at all, or several to choose from; the message lists them.
    """
    every = [*{each.crn: each for each in instances}.values()]  # the search may list one twice
    found = [i for i in every if wanted in (None, i.name) and (region is None or region.name == i.region)]
    if len(found) == 1:
        return check_crn(found[0].crn)
    where = f" in {region.name}" if region else ""
    told = printable("; ".join(map(str, found or every))) or "none"
    if not found and wanted is not None:
        raise InvalidInputError(
            f"instance: expected a CRN or the name of an instance{where} ({told}), found {wanted!r}"
        )
    if not found:
        raise CredentialsError(f"the account has no instance{where} that the key can see ({told})")
    raise CredentialsError(f"several instances{where}: give instance=, one of: {told}")
