import re
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Copy"]


class Copy(NamedTuple):
    """A copy of the project's openapi/, generated/ and wrapper/, with the modules that work on it."""

    openapi: Path
    generated: Path
    regenerate: Any
    update: Any
    in_step: Any

    def point_at(self, url: str) -> None:
        """Let IBM's document be at another URL."""
        source = self.openapi / "source.toml"
        source.write_text(re.sub(r'^url = ".*"$', f'url = "{url}"', source.read_text(), flags=re.M))

    def revised(self, *edits: tuple[bytes, bytes]) -> bytes:
        """The document with edits of what it must hold once."""
        document = (self.openapi / "backends.yaml").read_bytes()
        for old, new in edits:
            assert document.count(old) == 1, old
            document = document.replace(old, new)
        return document

    def replace(self, name: str, old: str, new: str) -> None:
        """Edit a file, which must hold the text once."""
        path = self.openapi.parent / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, (name, old, text.count(old))
        path.write_text(text.replace(old, new), "utf-8")
