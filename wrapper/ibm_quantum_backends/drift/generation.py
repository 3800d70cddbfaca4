"""The client that the generator makes of a document, and where in the document each part of it is from."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import MissingExtraError
from .consumer import Site, read
from .openapi import Document, Operation, child, members

__all__ = ["Generation", "Places", "RefusedError", "plain"]

Places: TypeAlias = dict[Site, tuple[str, ...]]

_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems", "items", "additionalProperties", "not", "schema")
_MAPS = ("schemas", "properties", "patternProperties", "$defs")
_LITERALS = ("example", "examples", "default", "enum", "const")


class RefusedError(Exception):
    """Why the generator or mypy gives no answer, in one line."""

    def __str__(self) -> str:
        return f"{' '.join(super().__str__().split()):.300}"


class Generation:
    """A document after the overlay's repairs, and the client that the generator makes of it with its own templates.

    Args:
        document: The document.
        folder: Where the client goes.

    Raises:
        RefusedError: The generator does not take the document.
        MissingExtraError: The generator is not installed.
    """

    def __init__(self, document: Document, folder: Path) -> None:
        from .overlay import apply_lenient, packaged_overlay  # noqa: PLC0415 (it needs an extra)

        repaired: Any = apply_lenient(document.data, packaged_overlay(), purpose="repair")[0]
        if repaired["openapi"].startswith("3.2."):
            repaired["openapi"] = "3.1.0"  # the generator refuses 3.2 by its number alone
        self.document = Document(document.name, "", repaired)
        self._marks: list[str] = []  # the generator carries each into the docstring of the class that it makes
        marked: Any = json.loads(json.dumps(repaired))
        _mark(marked, "#", self._marks)
        try:
            _generate(marked, folder)
            self.client = read(folder)
        except (RefusedError, SyntaxError) as error:
            raise RefusedError(f"{document.name}: the generator: {error}") from None

    @cached_property
    def places(self) -> Places:
        """The pointers into the document that each part of the client is from, the nearest first."""
        found: Places = {}
        parts = self.client.parts
        components = {plain(name): name for name in members(self.document.at("#/components/schemas"))}
        operations = {plain(_name(each)): each for each in self.document.operations()}
        for site, part in parts.items():
            own = Site(site.module, site.owner, "")
            if not site.owner:
                operation = operations.get(plain(site.module.rpartition(".")[2]))
                found[site] = tuple(self._of_operation(operation, site.member)) if operation else ()
            elif site.member:
                found[site] = tuple(place for owner in found[own] for place in self._of_property(owner, site.member))
            elif mark := re.search(r"@(\d+)@", part.doc.partition("Attributes:")[0]):
                found[site] = (self._marks[int(mark[1])],)
            elif name := components.get(plain(site.owner)):
                found[site] = (child("#/components/schemas", name),)
            else:
                found[site] = ()
        for site in [site for site in found if not found[site]]:  # enumerations have no docstring
            word = re.compile(rf"\b{site.owner}\b")
            users = [user for user, part in parts.items() if user.member and word.search(part.type)]
            found[site] = tuple(dict.fromkeys(place for user in users for place in found.get(user, ())))
        return found

    def _of_property(self, owner: str, member: str) -> Iterator[str]:
        place, value = self.document.resolve(owner, self.document.at(owner))
        schema = members(value)
        if member.startswith("additional_"):
            yield child(place, "additionalProperties")
        for name in members(schema.get("properties")):
            if plain(name) == plain(member).removeprefix("field"):
                yield from self._of_type(child(child(place, "properties"), name))
        for index, _ in enumerate(schema.get("allOf") or ()):
            yield from self._of_property(child(child(place, "allOf"), index), member)

    def _of_operation(self, operation: Operation, member: str) -> Iterator[str]:
        whole = operation.pointer
        if not member:
            yield whole
        elif member == "client":
            yield from (child(whole, "security"), "#/security")
        elif member == "body":
            yield from self._of_type(child(whole, "requestBody"))
        elif member == "return":
            yield from self._of_type(child(whole, "responses"))
        for holder, value in ((whole, operation.value), (whole.rpartition("/")[0], operation.path)):
            for index, each in enumerate(value.get("parameters") or ()):
                place = child(child(holder, "parameters"), index)
                parameter = members(self.document.resolve(place, each)[1])
                if plain(str(parameter.get("name"))) == plain(member):
                    yield from self._of_type(place)

    def _of_type(self, pointer: str) -> Iterator[str]:
        """The places of what makes a type, references followed, but not into an object's properties."""
        ahead, seen = [pointer], set[str]()
        for place in ahead:
            value: Any = self.document.at(place)
            if place in seen or value is None:
                continue
            seen.add(place)
            yield place
            if isinstance(value, list) or place.endswith(("/responses", "/content")):
                ahead += [child(place, key) for key in (value if isinstance(value, dict) else range(len(value)))]  # pyright: ignore
            elif isinstance(value, dict) and "$ref" in value:
                ahead.append(str(value["$ref"]))  # pyright: ignore
            elif isinstance(value, dict):
                ahead += [child(place, key) for key in (*_SCHEMAS, "content") if key in value]


def plain(name: str) -> str:
    """A name as it is in every style of writing it."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _name(operation: Operation) -> str:
    """The name from which the generator makes the module's."""
    return operation.name if operation.value.get("operationId") else operation.method + operation.url


def _mark(value: Any, pointer: str, marks: list[str], *, schema: bool = False, named: bool = False) -> None:
    """Put a mark for its pointer in place of each schema's description; `named`: the keys are names, not keywords."""
    if isinstance(value, list):
        for index, item in enumerate(value):  # pyright: ignore
            _mark(item, child(pointer, index), marks, schema=schema)
    for key, item in members(value).items():  # pyright: ignore
        if named or key not in _LITERALS:
            inner, maps = named or key in _SCHEMAS, not named and key in _MAPS
            _mark(item, child(pointer, key), marks, schema=inner, named=maps)
    if schema and not named and isinstance(value, dict) and value and "$ref" not in value:
        value["description"] = f"@{len(marks)}@"
        marks.append(pointer)


def _generate(data: Any, folder: Path) -> None:
    try:
        import openapi_python_client as generator  # noqa: PLC0415 (an optional dependency)
        from openapi_python_client.config import Config, ConfigFile, MetaType  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("Judging what typed code survives", extra="codegen") from None
    source = folder.with_suffix(".json")
    source.write_text(json.dumps(data), "utf-8")
    config = Config.from_sources(ConfigFile(post_hooks=[]), MetaType.NONE, source, "utf-8", False, folder)
    try:
        with redirect_stdout(StringIO()), warnings.catch_warnings(action="ignore"):
            complaints = generator.generate(config=config)
    except Exception as error:  # it has no root of its own errors
        raise RefusedError(f"{type(error).__name__}: {error}") from None
    if not (folder / "client.py").exists():
        raise RefusedError(" ".join(f"{each.header}: {each.detail}" for each in complaints))
