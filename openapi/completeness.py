"""Whether the generator has made a module of every operation and every schema: it leaves out some without a word."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.properties import Class, Schemas, build_schemas
from openapi_python_client.schema import OpenAPI
from openapi_python_client.strings import PythonIdentifier

__all__ = ["omissions"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def omissions(document: Any, settings: Path, package: Path) -> list[str]:
    """Name what a generated package lacks.

    Args:
        document: The document that it was made from.
        settings: The generator's configuration.
        package: The package's folder.

    Returns:
        One line for each operation and schema without a module, with its JSON pointer, and for each class override
        that matches no class.
    """
    config = Config.from_sources(ConfigFile.load_from_path(settings), MetaType.NONE, settings, "utf-8", False, package)
    found = [*_operations(document, config, package), *_schemas(document, config, package)]
    for key in config.class_overrides:
        if not _defines(package, Class.from_string(string=key, config=config)):
            found.append(f"openapi/generator.yaml: the override of {key} matches no class")
    return found


def _operations(document: Any, config: Config, package: Path) -> Iterator[str]:
    made: dict[Path, str] = {}
    for url, path in document["paths"].items():
        for method in _METHODS:
            if method not in path:
                continue
            name = path[method].get("operationId")
            tag = PythonIdentifier((path[method].get("tags") or ["default"])[0], "tag")
            module = package / "api" / tag / f"{PythonIdentifier(str(name), config.field_prefix)}.py"
            pointer = f"#/paths/{_escaped(url)}/{method}"
            operation = f"the generator left out {method.upper()} {url} (operationId {name}), {pointer}"
            if not module.is_file():
                yield operation
            elif module in made:  # the later one has overwritten the earlier one
                yield f"{operation} or {made[module]}: one module for both"
            made[module] = pointer


def _schemas(document: Any, config: Config, package: Path) -> Iterator[str]:
    # Which schema makes which class, or none (an array or a string is an alias), is the generator's own word.
    components = OpenAPI.model_validate(document).components
    parsed = build_schemas(components=(components and components.schemas) or {}, schemas=Schemas(), config=config)
    known = {reference.get_untrusted_value(): made for reference, made in parsed.classes_by_reference.items()}
    for name in document.get("components", {}).get("schemas", {}):
        made = known.get(f"/components/schemas/{name}")
        wanted: Class | None = getattr(made, "class_info", None)
        if made is None or (wanted and not _defines(package, wanted)):
            yield f"the generator left out the schema {name}, #/components/schemas/{_escaped(name)}"


def _defines(package: Path, wanted: Class) -> bool:
    path = package / "models" / f"{wanted.module_name}.py"
    return path.is_file() and re.search(rf"^(class )?{wanted.name}\b", path.read_text("utf-8"), re.M) is not None


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
