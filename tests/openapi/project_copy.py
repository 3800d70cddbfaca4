from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Copy"]


class Copy(NamedTuple):
    """A copy of the project's openapi/ and generated/, with the modules that work on it."""

    openapi: Path
    generated: Path
    regenerate: Any
    update: Any

    def replace(self, name: str, old: str, new: str) -> None:
        """Edit a file, which must hold the text once."""
        path = self.openapi.parent / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, (name, old, text.count(old))
        path.write_text(text.replace(old, new), "utf-8")
