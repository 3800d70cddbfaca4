"""What a change of the document does to this package's own released client, and what proves it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from ..regions import Region
from .changes import Change
from .openapi import Document, array, load, members
from .payload import PayloadCheck
from .witness import Witness, find_witness

__all__ = ["explain"]

_TELLING = ("type", "missing-required", "enum", "oneOf", "anyOf", "format")  # findings that a reader meets


def explain(
    changes: Sequence[Change], base: Document, revision: Document, recorded: Sequence[Mapping[str, Any]]
) -> list[Change]:
    """The changes with their effect on this client, and for those that break readers the evidence.

    Args:
        changes: As `compare` gives them.
        base, revision: The two documents.
        recorded: How recorded answers deviate from the base: rows of a baseline, or `PayloadCheck.findings` as JSON.

    Raises:
        MissingExtraError: jsonschema-rs is not there.
    """
    client = _Client()
    return [client.explain(change, base, revision, recorded) for change in changes]


class _Client:
    """The released client: the document that it is made from."""

    def __init__(self) -> None:
        self._document = load("effective")
        self._operations = {each.name: each for each in self._document.operations()}
        opened = replace(self._document, data=_without_enums(self._document.data))  # values that are new are kept
        self._check = PayloadCheck(self._document), PayloadCheck(opened)

    def explain(
        self, change: Change, base: Document, revision: Document, recorded: Sequence[Mapping[str, Any]]
    ) -> Change:
        if change.wire != "breaking":
            return replace(change, effect_here="none")
        if change.direction == "request" or not change.json_path:
            return replace(change, effect_here=self._send(change, base, revision))
        at = change.operations, change.json_path
        rows = [row for row in recorded if row["operation"] in at[0] and row["json_path"] in at[1]]
        told = [_say(row) for row in rows if row["finding"] in _TELLING]
        evidence: dict[str, Any] = {"recorded": "; ".join(told) or "no recorded answer shows it"}
        witness = find_witness(change, base, revision)
        if witness is None:
            return replace(change, evidence=evidence, effect_here="unknown: no witness found")
        evidence["witness"] = {"operation": witness[0], "document": witness[1]}
        return replace(change, evidence=evidence, effect_here=self._read(witness))

    def _read(self, witness: Witness) -> str:
        """What the client makes of an answer that the old document did not allow."""
        operation, body = witness[0], json.dumps(witness[1]).encode()
        if operation not in self._operations:
            return f"none: this client does not call {operation}"
        parse = import_module(f"...raw.api.backends.{operation}", __name__).parse
        try:
            parse(200, body)
        except ValueError as error:
            return f"raises: DecodeError {error}"
        rows = [_findings(check, operation, body) for check in self._check]
        if rows[1]:
            return "wrong-type: " + "; ".join(f"{path} is passed on as it is" for path in rows[1])
        kept = f"a value that is not declared is kept at {rows[0][0]}" if rows[0] else "the overlay allows it already"
        return f"absorbed: {kept}"

    def _send(self, change: Change, base: Document, revision: Document) -> str:  # noqa: PLR0911 (one a kind)
        """What comes of the client's own requests."""
        ours = [name for name in change.operations if name in self._operations]
        if change.kind == "server-removed":
            urls = str(change.before).split(", ")
            lost = [region.name for region in Region.known() if region.base_url in urls]
            return f"gone: region {', '.join(lost)}" if lost else "none: this client does not use it"
        if not ours:
            return "none: this client has none of these operations"
        if change.kind.startswith("endpoint-"):
            return "gone: " + ", ".join("Backends." + name.removeprefix("get_backend_").split("_")[0] for name in ours)
        if change.kind == "security-requirement-tightened":
            sent = {scheme for each in array(self._document.data.get("security")) for scheme in members(each)}
            enough = any(alternative.keys() <= sent for alternative in map(members, array(change.after) or [{}]))
            return "absorbed: the client sends it all" if enough else f"refused: it sends {', '.join(sorted(sent))}"
        if change.kind in ("request-parameter-became-required", "request-required-parameter-added"):
            pointer = (change.revision_pointer or change.pointer).removesuffix("/required")
            name = str(members(revision.at(pointer) or base.at(pointer)).get("name"))
            always = name in self._always_sent(ours[0])
            return (
                f"absorbed: the client always sends {name}" if always else f"refused: the client need not send {name}"
            )
        if change.kind == "request-required-body-added":
            return "refused: the client sends no body"
        if change.direction == "request":
            return "refused: the client may send what is no longer taken"
        return "raises: the client reads JSON of status 200 alone"

    def _always_sent(self, operation: str) -> set[str]:
        each = self._operations[operation]
        held = [*array(each.path.get("parameters")), *array(each.value.get("parameters"))]
        found = [members(self._document.resolve("#", parameter)[1]) for parameter in held]
        return {str(parameter.get("name")) for parameter in found if parameter.get("required") is True}


def _without_enums(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_enums(item) for key, item in value.items() if key != "enum" or not isinstance(item, list)}  # pyright: ignore[reportUnknownVariableType]
    return [_without_enums(item) for item in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def _findings(check: PayloadCheck, operation: str, body: bytes) -> list[str]:
    """Where an answer does not fit; fields that nobody declared are kept, and no misfit."""
    known = {row.key: row.count for row in check.findings()}
    check.add(operation, body)
    return [
        row.json_path
        for row in check.findings()
        if row.count > known.get(row.key, 0) and row.finding != "unknown-field"
    ]


def _say(row: Mapping[str, Any]) -> str:
    """What recorded answers say of a place."""
    documents = f"{row['documents']:,} documents"
    if row["finding"] == "missing-required":
        return f"{documents} that are recorded had none already"
    kinds = " or ".join(members(row.get("found"))) or f"not as declared ({row['finding']})"
    return f"{row['count']:,} recorded values already were {kinds}, in {documents}"
