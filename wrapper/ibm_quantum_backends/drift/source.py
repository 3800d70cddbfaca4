"""Whether typed code survives a client regenerated from another document: asked of the generator and of mypy."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import BackendsError, MissingExtraError
from .changes import SOURCE_CLASSES, Change, SourceClass, worst
from .consumer import Client, Site, write
from .generation import Generation, Places, RefusedError, plain
from .openapi import LARGE, Document

__all__ = ["SourceVerdict", "breakage", "check", "judge"]

# Nothing of whoever runs it; and of what the client imports, only itself: that takes 2 s in place of 5.
_MYPY = """\
[mypy]
follow_imports = silent
[mypy-httpx.*,attr.*,attrs.*]
follow_imports = skip
ignore_missing_imports = True
"""
_NAMES = re.compile(r"(?<!/properties)/(title|operationId|tags)(/.*)?$")  # what makes names, at the end of a pointer
_WORDS = re.compile(r"(?<!/properties)/(description|summary|examples?|externalDocs)(/.*)?$")  # what makes docstrings
_UNRELATED = 4


@dataclass(frozen=True)
class SourceVerdict:
    """The `source` axis of a comparison.

    Attributes:
        source: The worst there is.
        reason: Why it is unknown, else "".
        changes: The changes given, each with its own `source`; then one for each name or type of the generated code
            that breaks and that none of them explains.
    """

    source: SourceClass
    reason: str
    changes: tuple[Change, ...]


def judge(base: Document, revision: Document, changes: Sequence[Change]) -> SourceVerdict:
    """What a revision does to code that uses the client generated from the base.

    Both documents get the repairs of the packaged overlay, as far as they fit, and go through openapi-python-client
    with its own templates. `none`: the same code but for docstrings. `compatible`: other code, and a typed module that
    uses all of the base's client still checks; or the revision adds what a repair had stood in for. `breaking`: it
    does not check. `unknown`: generator or mypy are not installed, or refuse.

    Args:
        base: The document before.
        revision: The document after.
        changes: What changed between them.
    """
    try:
        for document in (base, revision):
            if len(document.text) > LARGE:
                raise RefusedError(f"{document.name}: larger than {LARGE:,} characters: the generator is not asked")
        if not find_spec("mypy"):
            raise MissingExtraError("Judging what typed code survives", extra="codegen")
        with TemporaryDirectory() as scratch:
            old, new = Generation(base, Path(scratch, "before")), Generation(revision, Path(scratch, "after"))
            same = old.client.code == new.client.code
            places: Places = {} if same else {**new.places, **old.places}
            twins = {} if same else _twins(old, new, changes)
            broken = {} if same else check(old.client, new.client, Path(scratch), twins)
    except (RefusedError, BackendsError) as error:
        return SourceVerdict("unknown", str(error), tuple(replace(change, source="unknown") for change in changes))
    parts = old.client.parts, new.client.parts
    counted = places.keys() - set(twins.values())
    differing = [site for site in counted if parts[0].get(site) != parts[1].get(twins.get(site, site))]
    verdicts: list[SourceClass] = []
    for change in changes:
        added = base.at(change.pointer) is None and revision.at(change.pointer) is not None
        repaired = added and old.document.at(change.pointer) is not None
        shows = any(_distance(change, site, places) < 2 for site in differing)
        verdicts.append("compatible" if shows or repaired else "none")
    extra: list[Change] = []
    for site, words in broken.items():
        distances = [
            _distance(change, around, places) for around in _around(site, broken, places) for change in changes
        ]
        nearest = min(distances, default=_UNRELATED)
        for index, distance in enumerate(distances):
            if distance == nearest < _UNRELATED:
                verdicts[index % len(changes)] = "breaking"
        if nearest == _UNRELATED and len(_around(site, broken, places)) == 1:
            pointer = next(iter(places.get(site, ())), "#")
            extra.append(breakage(site, old.client, new.client, words, pointer))
    judged = tuple(replace(change, source=verdict) for change, verdict in zip(changes, verdicts, strict=True))
    told = [change.source for change in (*judged, *extra)] + [
        "none" if same else "breaking" if broken else "compatible"
    ]
    return SourceVerdict(worst(told, SOURCE_CLASSES), "", (*judged, *extra))


def _twins(old: Generation, new: Generation, changes: Sequence[Change]) -> dict[Site, Site]:
    """By site whose class or module has another name now, the site that it is now, so that it can be looked into."""
    moved = {change.pointer: change.revision_pointer for change in changes if change.revision_pointer}
    at = {where[0]: site for site, where in new.places.items() if where and not site.member}
    owners: dict[tuple[str, str], Site] = {}
    for site, where in old.places.items():
        if where and not site.member and site not in new.client.parts:
            place = where[0]
            for pointer, now in moved.items():
                if f"{place}/".startswith(f"{pointer}/"):
                    place = now + place.removeprefix(pointer)
            if place in at and at[place] not in old.client.parts:
                owners[site[:2]] = at[place]
    return {site: owners[site[:2]]._replace(member=site.member) for site in old.client.parts if site[:2] in owners}


def check(before: Client, after: Client, folder: Path, twins: Mapping[Site, Site] = {}) -> dict[Site, str]:
    """What of a client no longer fits the typed module that uses all of the one before, and why.

    Args:
        before: The client in the package `before` of the folder.
        after: The client in `after`.
        folder: A folder to work in.
        twins: By site that has another name in the client after, that site: what is below is checked all the same.

    Raises:
        RefusedError: mypy fails.
    """
    for name in ("before", "after"):  # an error that is there before is the generator's own
        text, sites = write(before, name, twins if name == "after" else {})
        (folder / f"use_{name}.py").write_text(text, "utf-8")
    (folder / "mypy.ini").write_text(_MYPY, "utf-8")
    options = ("--config-file=mypy.ini", "--no-incremental", "--no-error-summary", "--output=json")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "use_before.py", "use_after.py"],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("MYPY")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in (0, 1) or (done.returncode and not done.stdout):
        raise RefusedError(f"mypy fails: {done.stderr or done.stdout}")
    rows = [row for row in map(json.loads, done.stdout.splitlines()) if row["severity"] == "error"]
    errors = {row["line"]: row["message"] for row in rows if row["file"] == "use_after.py"}
    for row in rows:
        if row["file"] == "use_before.py":
            errors.pop(row["line"], None)
    broken = {_site(sites[line], words, before, after): words for line, words in errors.items() if line in sites}
    gone = [site for site in before.parts if not site.member and site not in after.parts]
    return {**broken, **dict.fromkeys(gone, "the generator no longer makes it")}


def _site(site: Site, words: str, *clients: Client) -> Site:
    """Of an error in a call, the parameter that mypy names."""
    named = [Site(site.module, "", name) for name in re.findall(r'"(\w+)"', words)] if site.member == "return" else []
    return next((each for each in named for client in clients if each in client.parts), site)


def _around(site: Site, broken: dict[Site, str], places: Places) -> list[Site]:
    """The site, and the classes and endpoints in whose schemas it stands and that are gone."""
    own = places.get(site, ())[:1]
    gone = [each for each in broken if not each.member and each != site]
    return [
        site,
        *(each for each in gone for top in places.get(each, ())[:1] if any(p.startswith(f"{top}/") for p in own)),
    ]


def _distance(change: Change, site: Site, places: Places) -> int:
    """How far a change is from a site: 0 at it, 1 around it, 2 loosely related, 3 in its operation; else unrelated."""
    found = [_UNRELATED]
    for pointer in filter(None, (change.pointer, change.revision_pointer)):
        if _WORDS.search(pointer):
            continue
        about = pointer if site.member else _NAMES.sub("", pointer)
        for place in places.get(site, ()):
            holder = place.rpartition("/properties/")[0] if site.member else ""
            if about == place:
                found.append(0)
            elif place.startswith(f"{about}/"):
                found.append(1 if site.member else 0)
            elif about.startswith(f"{place}/"):
                steps = about.removeprefix(f"{place}/").split("/")
                far = "properties" in steps or steps[0] in (
                    ("required",) if site.owner else ("parameters", "responses")
                )
                found.append(2 if far else 0 if site.member else 1)
            elif holder and about.startswith(f"{holder}/required"):
                names = {plain(re.split(r"[.\[]", path.removesuffix("[*]"))[-1]) for path in change.json_path}
                found.append(0 if plain(site.member) in names or not names else _UNRELATED)
            elif holder and about.rpartition("/")[0] == holder:
                found.append(2)
    if not site.owner and plain(site.module.rpartition(".")[2]) in map(plain, change.operations):
        found.append(3)
    return min(found)


def breakage(site: Site, before: Client, after: Client, words: str, pointer: str = "#", **more: Any) -> Change:
    """A change for what `check` finds at a site; `more` are other fields of it."""
    name = ".".join(filter(None, site))
    parts = (client.parts.get(site) for client in (before, after))
    types = [f"{name}: {part.type}" if part and part.type else name if part else None for part in parts]
    kind = "generated-type-changed" if types[1] else "generated-name-removed"
    before_after: dict[str, Any] = dict(zip(("before", "after"), types, strict=True))
    note = words.replace('"after.', '"')
    return Change(kind=kind, wire="none", source="breaking", pointer=pointer, note=note, **before_after, **more)
