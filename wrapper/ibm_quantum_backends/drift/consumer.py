"""A typed module that uses all that a generated client has, each line traceable to what it uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

__all__ = ["Client", "Part", "Site", "read", "write"]

_CALLS = ("sync_detailed", "sync", "asyncio_detailed", "asyncio")
_REQUESTS = ("_get_kwargs", "request_kwargs")
_ENUMS = {"Enum", "IntEnum", "StrEnum"}
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Site(NamedTuple):
    """What typed code can name.

    Attributes:
        module: Below the package, such as `models.nduv` or `api.backends.list_backends`.
        owner: The class; "" in an endpoint's module.
        member: The attribute, enum member, parameter or `return`; "" for the class or the module itself.
    """

    module: str
    owner: str
    member: str


@dataclass(frozen=True)
class Part:
    """What a client has at a site.

    Attributes:
        type: The declared type, "" where there is none.
        code: The generated code that is about it.
        doc: A class's docstring.
        calls: An endpoint's functions.
    """

    type: str
    code: tuple[str, ...]
    doc: str = field(default="", compare=False)
    calls: tuple[_Function, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Client:
    """A generated client.

    Attributes:
        code: Its code without docstrings, comments and layout, by file.
        parts: What it has for typed code to name.
        imports: Lines that import what its types name, with NUL in place of the package.
    """

    code: dict[str, str]
    parts: dict[Site, Part]
    imports: tuple[str, ...]


def read(folder: Path) -> Client:
    """The client whose package is a folder.

    Raises:
        SyntaxError: A file is no Python.
    """
    code: dict[str, str] = {}
    parts: dict[Site, Part] = {}
    imports: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder)
        docs, tree = _parse(path)
        code[name.as_posix()] = ast.unparse(tree)
        if name.parts[0] in ("models", "api") and path.stem != "__init__":
            module = ".".join(name.with_suffix("").parts)
            parts.update(_endpoint(module, tree) if name.parts[0] == "api" else _classes(module, tree, docs))
            imports.update(_imports(module, tree))
    classes = {site.owner for site in parts}
    return Client(code, parts, tuple(line for name, line in sorted(imports.items()) if name not in classes))


def write(client: Client, package: str, twins: Mapping[Site, Site]) -> tuple[str, dict[int, Site]]:
    """The module that uses a client, and what each of its lines uses.

    It reads every attribute and enum member, and calls every endpoint with every parameter and with the required ones
    alone, each result going to a variable of exactly the type that the client declares.

    Args:
        client: The client.
        package: The name to import it by; the lines are the same for each.
        twins: What to import in place of a class or an endpoint, by its site.
    """
    lines, sites = ["from __future__ import annotations"], dict[int, Site]()

    def add(line: str, site: Site | None = None) -> None:
        lines.append(line)
        if site:
            sites[len(lines)] = site

    for line in client.imports:
        add(line.replace("\0", package))
    for site, part in client.parts.items():
        module, owner, _ = twins.get(site, site)
        above, _, name = module.rpartition(".")
        if part.calls:
            add(f"from {package}.{above} import {name} as {site.module.replace('.', '_')}", site)
        elif not site.member:
            add(f"from {package}.{module} import {owner} as {site.owner}", site)
    for number, (site, part) in enumerate(client.parts.items()):
        for function in part.calls:
            _call(site.module, function, add)
        if site.owner and site.member and part.type:
            add(f"def read_{number}(value: {site.owner}) -> None:")
            add(f"    read: {part.type} = value.{site.member}", site)
        elif site.owner and site.member:
            add(f"member_{number}: {site.owner} = {site.owner}.{site.member}", site)
    return "\n".join(lines) + "\n", sites


def _call(module: str, function: _Function, add: Callable[[str, Site | None], None]) -> None:
    whole, endpoint = Site(module, "", "return"), module.replace(".", "_")
    parameters = list(_parameters(function))
    typed = ", ".join(f"{name}: {kind}" for name, kind, _, _ in parameters)
    call = f"{'await ' * isinstance(function, ast.AsyncFunctionDef)}{endpoint}.{function.name}("
    returned = ast.unparse(function.returns) if function.returns else "object"
    add(f"async def {endpoint}_{function.name}({typed}) -> None:", None)
    add(f"    full: {returned} = {call}", whole)
    for name, *_ in parameters:
        add(f"        {name}={name},", Site(module, "", name))
    add("    )", whole)
    needed = [name if first else f"{name}={name}" for name, _, first, default in parameters if default is None]
    add(f"    least: {returned} = {call}{', '.join(needed)})", whole)


def _endpoint(module: str, tree: ast.Module) -> Iterator[tuple[Site, Part]]:
    functions = {node.name: node for node in tree.body if isinstance(node, _Function)}
    calls = tuple(functions[name] for name in _CALLS if name in functions)
    if not calls:
        return
    requests = ast.Module([line for name in _REQUESTS if name in functions for line in functions[name].body], [])
    request = [(line, set(re.findall(r"\w+", line))) for line in ast.unparse(requests).splitlines()]
    parameters = list(_parameters(calls[0]))
    names = {name for name, *_ in parameters}
    yield Site(module, "", ""), Part("", tuple(line for line, words in request if not words & names), calls=calls)
    for name, kind, _, default in parameters:
        yield Site(module, "", name), Part(kind, (str(default), *(line for line, words in request if name in words)))
    returned = [ast.unparse(call.returns) for call in calls if call.returns]
    parsing = (ast.unparse(node) for name, node in functions.items() if name not in (*_REQUESTS, *_CALLS))
    yield Site(module, "", "return"), Part(returned[-1] if returned else "", (*returned, *parsing))


def _classes(module: str, tree: ast.Module, docs: dict[str, str]) -> Iterator[tuple[Site, Part]]:
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        bases = tuple(ast.unparse(base) for base in node.bases)
        yield Site(module, node.name, ""), Part("", bases, doc=docs[node.name])
        for line in node.body:
            name = kind = ""
            if isinstance(line, ast.AnnAssign):
                name, kind = ast.unparse(line.target), ast.unparse(line.annotation)
            elif isinstance(line, ast.Assign) and _ENUMS.intersection(bases):
                name = ast.unparse(line.targets[0])
            elif isinstance(line, ast.FunctionDef) and line.returns and line.decorator_list:
                decorators = [ast.unparse(each) for each in line.decorator_list]
                name, kind = line.name * ("property" in decorators), ast.unparse(line.returns)
            if name and not name.startswith("_"):
                yield Site(module, node.name, name), Part(kind, (ast.unparse(line),))


def _parameters(function: _Function) -> Iterator[tuple[str, str, bool, str | None]]:
    """Name and type of each parameter, whether it can be given by position, and its default."""
    given = function.args
    defaults: list[ast.expr | None] = [*[None] * (len(given.args) - len(given.defaults)), *given.defaults]
    for index, each in enumerate(given.args + given.kwonlyargs):
        default = (defaults + given.kw_defaults)[index]
        kind = ast.unparse(each.annotation) if each.annotation else "object"
        yield each.arg, kind, index < len(given.args), ast.unparse(default) if default else None


def _imports(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, f"import {alias.name}") for alias in node.names if "." not in alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            above = ["\0", *module.split(".")[: -node.level]] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((alias.name, f"from {origin} import {alias.name}") for alias in node.names if not alias.asname)


def _parse(path: Path) -> tuple[dict[str, str], ast.Module]:
    """The docstrings of a file's classes, and its code without docstrings."""
    tree = ast.parse(path.read_bytes())
    docs = {node.name: ast.get_docstring(node) or "" for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | _Function) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return docs, tree
