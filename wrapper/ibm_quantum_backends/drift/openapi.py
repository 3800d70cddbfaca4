"""Reading an OpenAPI document as it is, broken or not: versions 3.0, 3.1 and 3.2, YAML or JSON."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

from ..documents import as_object, one_line
from ..errors import InvalidInputError, MissingExtraError
from .changes import Problem

__all__ = [
    "LARGE",
    "PACKAGED",
    "Document",
    "Operation",
    "array",
    "child",
    "load",
    "members",
    "parse",
    "read_yaml",
    "steps",
]

# The document as IBM publishes it and as it is after the overlay: what the raw client of this package is made from.
PACKAGED = {name: Path(__file__).parents[1] / "raw" / "_spec" / f"{name}.yaml" for name in ("upstream", "effective")}
_FORMS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "enum", "servers", "security", "tags"), (list,)),
    **dict.fromkeys(("properties", "responses", "content", "schemas", "paths", "components"), (dict,)),
    **dict.fromkeys(("items", "schema", "additionalProperties"), (dict, bool)),
    **{
        "type": (str, list),
        "required": (list, bool),
        "parameters": (list, dict),
        "$ref": (str,),
        "operationId": (str,),
    },
}
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
LARGE = 1_000_000  # characters; what takes long is not done for a larger one, and said so
_LIMIT = 10_000_000  # bytes; the document that this is about has 35,485
_LITERALS = ("example", "examples", "default", "enum", "const", "x-")  # what they hold is no part of the document


class Operation(NamedTuple):
    """One operation: its URL, method, place and content, and those of its path."""

    url: str
    method: str
    pointer: str
    value: dict[str, Any]
    path: dict[str, Any]

    @property
    def name(self) -> str:
        """The operationId, or method and URL where there is none."""
        return str(self.value.get("operationId") or f"{self.method.upper()} {self.url}")


@dataclass(frozen=True)
class Document:
    """An OpenAPI document.

    Attributes:
        name: Where it is from, for messages.
        text: As it was read.
        data: Its content, plain JSON values.
    """

    name: str
    text: str
    data: dict[str, Any]

    def at(self, pointer: str) -> Any:
        """The value at a JSON pointer (RFC 6901, as a URI fragment); None where there is none."""
        value: Any = self.data
        for step in steps(pointer):
            items = array(value)
            value = items[int(step)] if step.isdecimal() and int(step) < len(items) else members(value).get(step)
        return value

    def resolve(self, pointer: str, value: Any) -> tuple[str, Any]:
        """Place and content of what a value refers to, through any number of `$ref`; content None where it dangles.

        Raises:
            InvalidInputError: The references lead back to themselves.
        """
        seen: list[str] = []
        while isinstance(value, dict) and isinstance(ref := value.get("$ref"), str):  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if ref in seen:
                raise InvalidInputError(
                    f"{self.name}: {pointer}: expected a reference with an end, found a cycle: {ref}"
                )
            seen.append(ref)
            pointer, value = (ref, self.at(ref)) if ref.startswith("#") else (child(pointer, "$ref"), None)
        return pointer, value  # pyright: ignore[reportUnknownVariableType]

    def operations(self) -> Iterator[Operation]:
        """Every operation, in the document's order."""
        for url, item in members(self.data.get("paths")).items():
            where, path = self.resolve(child("#/paths", url), item)
            path = members(path)
            for method in _METHODS:
                if isinstance(path.get(method), dict):
                    yield Operation(url, method, child(where, method), path[method], path)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong by itself: references to nothing, arrays of nothing, defaults that their schema forbids."""
        found = [problem for pointer, value in _walk(self.data, "#") for problem in self._judge(pointer, value)]
        for name, schema in members(self.at("#/components/schemas")).items():
            if not isinstance(schema, dict | bool):
                place, detail = child("#/components/schemas", name), f"expected a schema, found {schema!r:.60}"
                found.append(Problem("malformed", place, detail))
        schemes = members(self.at("#/components/securitySchemes"))
        for pointer, holder in [("#", self.data), *((each.pointer, each.value) for each in self.operations())]:
            for alternative in array(holder.get("security")):
                for scheme in members(alternative):
                    if scheme not in schemes:
                        detail = f"expected a security scheme of components, found {scheme}, which there is not"
                        found.append(Problem("undefined-security-scheme", child(pointer, "security"), detail))
        return tuple(dict.fromkeys(found))

    def _judge(self, pointer: str, value: dict[str, Any]) -> Iterator[Problem]:
        ref = value.get("$ref")
        if isinstance(ref, str) and not (ref.startswith("#") and self.at(ref) is not None):
            kind = "dangling-ref" if ref.startswith("#") else "external-ref"
            yield Problem(kind, pointer, f"expected a reference to what this document holds, found {ref}")
        for keyword, kinds in _FORMS.items():
            if keyword in value and not isinstance(value[keyword], kinds):
                detail = f"expected another form, found {value[keyword]!r:.60}"
                yield Problem("malformed", child(pointer, keyword), detail)
        if value.get("type") == "array" and not {"items", "prefixItems"} & value.keys():
            yield Problem("bare-array", pointer, "expected items, found none: the array may hold anything")
        default, allowed = value.get("default"), value.get("enum")
        if default is not None and isinstance(allowed, list) and default not in allowed:
            yield Problem("wrong-default", child(pointer, "default"), f"expected one of {allowed}, found {default!r}")

    def line(self, pointer: str) -> int:
        """The line, from 1, on which the value at a pointer stands, or the nearest above it that there is."""
        import yaml  # noqa: PLC0415 (see load)

        node: Any = self._nodes
        line = 1
        for step in steps(pointer):
            if isinstance(node, yaml.MappingNode):
                found = next(((key, value) for key, value in node.value if str(key.value) == step), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line + 1, found[1]
            elif isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
                node = node.value[int(step)]
                line = node.start_mark.line + 1
            else:
                break
        return line

    @cached_property
    def _nodes(self) -> Any:
        import yaml  # noqa: PLC0415 (see load)

        with suppress(yaml.YAMLError):  # JSON that is no YAML has one line
            return yaml.compose(self.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return None


def load(source: str | os.PathLike[str]) -> Document:
    """Read a document.

    Args:
        source: A file; or `upstream` or `effective`, for those in this package.

    Raises:
        InvalidInputError: It cannot be read, or is no OpenAPI 3 document; the message is one line.
        MissingExtraError: PyYAML is not there.
    """
    name = os.fspath(source)
    path = PACKAGED.get(name) or Path(name)
    try:
        if path.stat().st_size > _LIMIT:
            raise InvalidInputError(f"{name}: expected at most {_LIMIT:,} bytes, found {path.stat().st_size:,}")
        return parse(path.read_bytes(), name)
    except OSError as error:
        raise InvalidInputError(f"{name}: expected a file to read: {error.strerror or error}") from None


def parse(data: bytes, name: str) -> Document:
    """As `load`, of bytes; `name` is for messages."""
    try:
        text = data.decode()
        content = read_yaml(text)
    except (ValueError, RecursionError) as error:
        reason = one_line(error)
        raise InvalidInputError(f"{name}: expected YAML or JSON, found what is neither: {reason:.160}") from None
    document = as_object(content)
    found = document.get("openapi") if document else type(content).__name__
    if document is None or not re.fullmatch(r"3\.[0-2](\.\d+\S*)?", str(found)):
        raise InvalidInputError(f"{name}: expected an OpenAPI document of version 3.0 to 3.2, found {found!r:.60}")
    paths = document.get("paths", {} if "webhooks" in document or "components" in document else None)
    if not isinstance(paths, dict):
        raise InvalidInputError(f"{name}: paths: expected an object, found {paths!r:.60}")
    return Document(name, text, {**document, "openapi": str(found)})


def read_yaml(text: str) -> Any:
    """The content of a YAML or JSON text, as JSON values.

    Raises:
        ValueError, RecursionError: It is neither, or has no end.
        MissingExtraError: PyYAML is not there.
    """
    try:
        import yaml  # noqa: PLC0415 (an optional dependency)
    except ImportError:
        raise MissingExtraError("Reading an OpenAPI document", extra="drift") from None
    if text.lstrip().startswith("{"):
        with suppress(json.JSONDecodeError):  # then it may be YAML; which knows no surrogate pairs
            return _plain(json.loads(text, object_pairs_hook=_once), [0])
    try:
        return _plain(yaml.load(text, _loader(yaml)), [0])
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _loader(yaml: Any) -> Any:
    """YAML by the rules of 1.2: `on` and `2026-03-15` are strings there, and no key stands twice."""

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers = {  # noqa: RUF012
            mark: [(tag, pattern) for tag, pattern in pairs if not tag.endswith((":timestamp", ":bool"))]
            for mark, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            twice = [name for name, count in Counter(str(key.value) for key, _ in node.value).items() if count > 1]
            if twice:
                raise yaml.constructor.ConstructorError(None, None, f"{twice[0]} twice", node.start_mark)
            return super().construct_mapping(node, deep)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|True|TRUE|false|False|FALSE"), list("tTfF"))
    return Loader


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"{twice} twice")
    return found


def _plain(value: Any, count: list[int]) -> Any:
    """JSON values with strings as keys; aliases become copies, unless they would never end."""
    count[0] += 1
    if count[0] > 2_000_000:
        raise ValueError("aliases that make more than 2,000,000 values of it")
    if isinstance(value, dict):
        return {_key(key): _plain(item, count) for key, item in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [_plain(item, count) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, float):
        raise ValueError(f"{value} is no JSON")
    raise ValueError(f"a value of type {type(value).__name__}")


def _key(key: object) -> str:
    return key if isinstance(key, str) else str(key).lower() if isinstance(key, bool) else str(key)


def child(pointer: str, step: str | int) -> str:
    """The pointer to a member or an item."""
    return f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"


def steps(pointer: str) -> list[str]:
    """The names and indices of a pointer."""
    return [unquote(step).replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("#").split("/")[1:]]


def _walk(value: Any, pointer: str, *, named: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document with its place; examples and defaults are none of it, but for references to them.

    `named`: the members' names are the document's own, such as those of properties.
    """
    if isinstance(value, dict):
        if not named:
            yield pointer, value  # pyright: ignore[reportUnknownArgumentType]
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            if named or not str(key).startswith(_LITERALS):  # pyright: ignore[reportUnknownArgumentType]
                yield from _walk(item, child(pointer, key), named=not named and key in _MAPS)  # pyright: ignore[reportUnknownArgumentType]
            elif key == "examples" and isinstance(item, dict):
                for name, held in item.items():  # pyright: ignore[reportUnknownVariableType]
                    if isinstance(held, dict) and "$ref" in held:
                        yield child(child(pointer, "examples"), name), held  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _walk(item, child(pointer, index))


_MAPS = (
    "properties",
    "patternProperties",
    "schemas",
    "parameters",
    "responses",
    "paths",
    "headers",
    "content",
    "$defs",
)


def members(value: object) -> dict[str, Any]:
    """The members of a JSON object; none of anything else."""
    return as_object(value) or {}


def array(value: object) -> list[Any]:
    """The items of a JSON array; none of anything else."""
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
