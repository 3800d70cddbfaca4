"""Other ways to write the same document: every rewrite allows the same requests and responses."""

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

__all__ = ["rewrite", "schemas_of"]

_SCHEMAS = ("items", "additionalProperties", "not")
_LISTS = ("oneOf", "anyOf", "allOf")


def rewrite(document: dict[str, Any], random: Random, steps: int = 12) -> dict[str, Any]:
    """The document after some random rewrites."""
    document = copy.deepcopy(document)
    for _ in range(steps):
        if random.random() < 0.25:
            random.choice(DOCUMENT_REWRITES)(document, random)
        else:
            holder, key = random.choice(list(schemas_of(document)))
            if isinstance(holder[key], dict):
                random.choice(SCHEMA_REWRITES)(document, holder, key, random)
    return document


def schemas_of(document: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Every place of a schema: what holds it, and its key there."""

    def below(holder: Any, key: Any) -> Iterator[tuple[Any, Any]]:
        yield holder, key
        schema = holder[key]
        if isinstance(schema, dict):
            for name in schema.get("properties") or ():
                yield from below(schema["properties"], name)
            for name in _SCHEMAS:
                if isinstance(schema.get(name), dict):
                    yield from below(schema, name)
            for name in _LISTS:
                for index, _ in enumerate(schema.get(name) or ()):
                    yield from below(schema[name], index)

    for name in document["components"]["schemas"]:
        yield from below(document["components"]["schemas"], name)
    for path in document["paths"].values():
        for operation in [path, *(value for key, value in path.items() if key == "get")]:
            for parameter in operation.get("parameters") or ():
                if "schema" in parameter:
                    yield from below(parameter, "schema")
            for response in (operation.get("responses") or {}).values():
                for content in (response.get("content") or {}).values():
                    yield from below(content, "schema")


# Of a schema


def _nullable_to_types(document: Any, holder: Any, key: Any, random: Random) -> None:
    schema = holder[key]
    if schema.get("nullable") is True and isinstance(schema.get("type"), str) and "enum" not in schema:
        del schema["nullable"]
        schema["type"] = random.choice([[schema["type"], "null"], ["null", schema["type"]]])


def _nullable_to_any_of(document: Any, holder: Any, key: Any, random: Random) -> None:
    schema = holder[key]
    if schema.pop("nullable", None) is True:
        holder[key] = {random.choice(["anyOf", "oneOf"]): [schema, {"type": "null"}]}


def _types_to_nullable(document: Any, holder: Any, key: Any, random: Random) -> None:
    schema = holder[key]
    if isinstance(schema.get("type"), list) and "null" in schema["type"] and len(schema["type"]) == 2:
        schema["type"] = next(name for name in schema["type"] if name != "null")
        schema["nullable"] = True


def _types_to_any_of(document: Any, holder: Any, key: Any, random: Random) -> None:
    schema = holder[key]
    if isinstance(schema.get("type"), list) and not {*schema} & {*_LISTS, "nullable"}:
        holder[key] = {"anyOf": [{**copy.deepcopy(schema), "type": name} for name in schema["type"]]}


def _number_too(document: Any, holder: Any, key: Any, random: Random) -> None:
    if holder[key].get("type") == "number":
        holder[key]["type"] = ["integer", "number"]


def _all_of_one(document: Any, holder: Any, key: Any, random: Random) -> None:
    holder[key] = {"allOf": [holder[key]]}


def _inline(document: Any, holder: Any, key: Any, random: Random) -> None:
    ref = holder[key].get("$ref", "")
    if ref.startswith("#/components/schemas/") and len(holder[key]) == 1:
        holder[key] = copy.deepcopy(document["components"]["schemas"][ref.rpartition("/")[2]])


def _extract(document: Any, holder: Any, key: Any, random: Random) -> None:
    name = f"Extracted{random.randrange(10**9)}"
    document["components"]["schemas"][name] = holder[key]
    holder[key] = {"$ref": f"#/components/schemas/{name}"}


def _order(document: Any, holder: Any, key: Any, random: Random) -> None:
    items = list(holder[key].items())
    random.shuffle(items)
    holder[key] = dict(items)
    for name in ("required", "enum", "oneOf", "anyOf", "allOf"):
        if name in holder[key]:
            random.shuffle(holder[key][name])


def _constant(document: Any, holder: Any, key: Any, random: Random) -> None:
    schema = holder[key]
    if len(schema.get("enum", ())) == 1:
        schema["const"] = schema.pop("enum")[0]
    elif "const" in schema:
        schema["enum"] = [schema.pop("const")]


def _say_nothing(document: Any, holder: Any, key: Any, random: Random) -> None:
    schema = holder[key]
    nothing: dict[Any, dict[str, Any]] = {
        "string": {"minLength": 0},
        "array": {"minItems": 0, "uniqueItems": False, "items": {}},
        "object": {"minProperties": 0, "additionalProperties": True, "required": [], "properties": {}},
    }
    kind = schema.get("type")
    for name, value in nothing.get(kind if isinstance(kind, str) else "", {}).items():
        schema.setdefault(name, value)


def _exclusive(document: Any, holder: Any, key: Any, random: Random) -> None:
    schema = holder[key]
    if isinstance(schema.get("exclusiveMinimum"), bool) and "minimum" in schema:
        if schema.pop("exclusiveMinimum"):
            schema["exclusiveMinimum"] = schema.pop("minimum")
    elif schema.get("type") == "integer" and isinstance(schema.get("minimum"), int):
        schema["exclusiveMinimum"] = schema.pop("minimum") - 1


def _spaces(document: Any, holder: Any, key: Any, random: Random) -> None:
    if isinstance(holder[key].get("description"), str):
        holder[key]["description"] = holder[key]["description"].replace(" ", "\n  ") + "\n"


SCHEMA_REWRITES: list[Callable[[Any, Any, Any, Random], None]] = [
    *(_nullable_to_types, _nullable_to_any_of, _types_to_nullable, _types_to_any_of, _number_too, _all_of_one, _inline),
    *(_extract, _order, _constant, _say_nothing, _exclusive, _spaces),
]


# Of the document


def _reorder(document: Any, random: Random) -> None:
    for holder in (document, document["paths"], document["components"], document["components"]["schemas"]):
        items = list(holder.items())
        random.shuffle(items)
        holder.clear()
        holder.update(items)


def _parameters_up_or_down(document: Any, random: Random) -> None:
    path = random.choice(list(document["paths"].values()))
    one, other = random.sample([path, path["get"]], 2)
    if one.get("parameters"):
        other.setdefault("parameters", []).append(one["parameters"].pop())


def _parameter_to_component(document: Any, random: Random) -> None:
    operation = random.choice(list(document["paths"].values()))["get"]
    for index, parameter in enumerate(operation.get("parameters") or ()):
        if "$ref" not in parameter:
            name = f"Extracted{random.randrange(10**9)}"
            document["components"].setdefault("parameters", {})[name] = parameter
            operation["parameters"][index] = {"$ref": f"#/components/parameters/{name}"}
            return


def _response_to_component(document: Any, random: Random) -> None:
    operation = random.choice(list(document["paths"].values()))["get"]
    response = operation["responses"].get("200")
    if response and "$ref" not in response:
        name = f"Extracted{random.randrange(10**9)}"
        document["components"].setdefault("responses", {})[name] = response
        operation["responses"]["200"] = {"$ref": f"#/components/responses/{name}"}


def _security_down(document: Any, random: Random) -> None:
    operation = random.choice(list(document["paths"].values()))["get"]
    if "security" not in operation and "security" in document:
        operation["security"] = copy.deepcopy(document["security"])


def _security_order(document: Any, random: Random) -> None:
    for path in document["paths"].values():
        random.shuffle(path["get"].get("security") or [])
    random.shuffle(document.get("servers") or [])


DOCUMENT_REWRITES: list[Callable[[Any, Random], None]] = [
    *(_reorder, _parameters_up_or_down, _parameter_to_component, _response_to_component, _security_down),
    _security_order,
]
