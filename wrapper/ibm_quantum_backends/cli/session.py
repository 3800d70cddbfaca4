"""What the commands share: the options that say where to ask and where to write, and the doing of both."""

import inspect
import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType
from rich.progress import Progress
from typer import Argument, Option

from ..client import Backends
from ..credentials import find_credentials
from ..documents import one_line
from ..errors import InvalidInputError
from ..recording import SANDBOX, Record, Replay, write_whole
from .tables import field_table

__all__ = ["Before", "Name", "Session", "Shown", "command"]

Name = Annotated[str, Argument(metavar="NAME", help="Such as ibm_boston.", show_default=False)]
Before = Annotated[str | None, Option(metavar="DATE", help="The newest before 2026-03-15, or 2d ago.")]

Shown = tuple[Any, RenderableType | None]  # for --json, and for people; None: a table of the former's fields
_Work = Callable[..., Shown]
_ASK = "Where to ask"
_OUT = "Output"


@dataclass(kw_only=True)
class Session:
    """One run of a command; the fields declare the options that every command has."""

    sandbox: Annotated[bool, Option("--sandbox", help="Offline: three devices' data.", rich_help_panel=_ASK)] = False
    replay: Annotated[Path | None, Option(metavar="DIR", help="Offline: a recording.", rich_help_panel=_ASK)] = None
    account: Annotated[str | None, Option(metavar="NAME", help="As Qiskit saved it.", rich_help_panel=_ASK)] = None
    instance: Annotated[str | None, Option(metavar="NAME", help="Or its CRN.", rich_help_panel=_ASK)] = None
    region: Annotated[str | None, Option(metavar="NAME", help="us-east or eu-de.", rich_help_panel=_ASK)] = None
    base_url: Annotated[str | None, Option(metavar="URL", help="Host, up to /api.", rich_help_panel=_ASK)] = None
    timeout: Annotated[float, Option(metavar="S", help="Seconds between two bytes.", rich_help_panel=_ASK)] = 30
    deadline: Annotated[float, Option(metavar="S", help="Seconds for each request.", rich_help_panel=_ASK)] = 120
    json: Annotated[bool, Option("--json", help="JSON in place of a table.", rich_help_panel=_OUT)] = False
    output: Annotated[Path | None, Option("--output", "-o", help="A file to write.", rich_help_panel=_OUT)] = None
    record: Path | None = field(default=None, init=False)  # the folder to record to
    recorder: Record | None = field(default=None, init=False)  # what records there, once there is a client
    watch: Callable[[str, bytes], object] | None = field(default=None, init=False)  # of the client
    failures: list[str] = field(default_factory=list[str], init=False)  # of parts, where the others go on

    def __post_init__(self) -> None:
        self.source = SANDBOX if self.sandbox else self.replay
        others = self.account or self.instance or self.region or self.base_url
        if self.source and (others or (self.sandbox and self.replay)):
            raise InvalidInputError("expected one of --sandbox, --replay, and options of an account, found several")
        if self.output and (not self.output.parent.is_dir() or (self.output.exists() and not self.output.is_file())):
            raise InvalidInputError(f"--output: expected a file in a folder that there is, found {self.output}")
        console = Console(stderr=True)
        self.progress = Progress(console=console, transient=True, disable=bool(self.source) or not console.is_terminal)
        self.task = self.progress.add_task("asking", total=None)
        self._open = ExitStack()

    @cached_property
    def client(self) -> Backends:
        """A client of what the options name."""
        names = ("account", "instance", "region", "base_url", "timeout", "deadline")
        options: dict[str, Any] = {name: getattr(self, name) for name in (*names, "watch")}
        if self.source:
            replay = Replay(self.source)
            crn = f"crn:v1:bluemix:public:quantum-computing:{replay.recording.region}:a/sandbox:sandbox::"
            options |= {"token": "replay", "instance": crn, "base_url": "https://recording.invalid/api", "retries": 0}
            if self.record:
                self.recorder = Record(self.record, transport=replay)
            options["transport"] = self.recorder or replay
        elif self.record:
            Backends(**options).close()  # an option that cannot be right is found before the folder is made
            found = find_credentials(account=self.account)
            options["transport"] = self.recorder = Record(self.record, verify=found.verify, proxy=found.proxy)
        return self._open.enter_context(Backends(**options))

    def client_of_account(self) -> Backends:
        """The client, where it has all of an account's instances."""
        if self.source:
            raise InvalidInputError("expected an account, found a recording, which has no instances")
        if self.instance:
            raise InvalidInputError("expected no --instance, to ask for all of them")
        return self.client

    def show(self, work: Callable[[], Shown]) -> None:
        """Do the work, with a sign of life on a terminal, and write what it found."""
        with self._open, ExitStack() if self.progress.disable else self.progress:
            document, page = work()
        self.write(json.dumps(document, indent=2) + "\n" if self.json else page or field_table(document))
        for failure in self.failures:
            print(f"error: {one_line(failure)}", file=sys.stderr)
        if self.failures:
            raise typer.Exit(1)

    def write(self, page: RenderableType) -> None:
        """Write a text as it is, or a page, to where the options say."""
        text = page if isinstance(page, str) else self._render(page)
        if self.output:
            write_whole(Path(os.path.realpath(self.output)), text.encode())
        else:
            reconfigure: Any = getattr(sys.stdout, "reconfigure", None)
            if reconfigure:  # a pipe on Windows does not know every sign
                reconfigure(errors="replace")
            try:
                print(text, end="", flush=True)
            except BrokenPipeError:  # head has what it wants; what is left goes nowhere when Python flushes at its end
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _render(self, page: RenderableType) -> str:
        """The text of a page, as wide as the terminal is; elsewhere as wide as it needs to be."""
        terminal = self.output is None and sys.stdout.isatty()
        colors: Any = "auto" if terminal and not os.environ.get("NO_COLOR") else None
        console = Console(color_system=colors, width=None if terminal else 10_000, markup=False, highlight=False)
        with console.capture() as captured:
            console.print(page)
        return captured.get()


def command(app: typer.Typer, name: str, example: str) -> Callable[[_Work], _Work]:
    """Make a command of a function that is given a session, with the session's options after its own."""
    shared = inspect.signature(Session).parameters

    def register(function: _Work) -> _Work:
        def run(**options: Any) -> None:
            session = Session(**{option: options.pop(option) for option in shared})
            session.show(lambda: function(session, **options))

        group = f"{app.info.name} " if isinstance(app.info.name, str) else ""
        own = list(inspect.signature(function).parameters.values())[1:]
        parameters = [parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in (*own, *shared.values())]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        app.command(name, help=function.__doc__, epilog=f"Example: qbackends {group}{name} {example}")(run)
        return function

    return register
