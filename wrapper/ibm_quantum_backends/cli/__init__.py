"""The command line, `qbackends`; it needs the extra `cli`, and without it says so in one line."""

import os
import sys
from typing import Any

from .. import errors

__all__ = ["main"]

_CODES: dict[int, tuple[type[Exception], ...]] = {
    2: (errors.InvalidInputError, errors.MissingExtraError),
    3: (errors.CredentialsError, errors.AuthenticationError, errors.PermissionDeniedError),
    4: (errors.NotFoundError, errors.NoBackendError),
    5: (errors.APIConnectionError,),
}


def main() -> int:
    """Run the command in `sys.argv`, and give its exit code; with QBACKENDS_DEBUG set, errors are raised."""
    try:
        from .app import app  # noqa: PLC0415 (its packages may be missing, and its import be interrupted)

        return app(prog_name="qbackends", standalone_mode=False) or 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("QBACKENDS_DEBUG"):
            raise
        code, told = _judge(error)
        if code == 1 and sys.argv[1:2] == ["drift"]:  # there, 1 says that there is drift
            code = 2
        if told:
            print(f"error: {told}", file=sys.stderr)
        return code


def _judge(error: Any) -> tuple[int, str]:
    if hasattr(error, "format_message"):  # a usage error of Click, whose classes are elsewhere in each release of Typer
        told = error.format_message()  # empty where there was no argument, and help was shown
        return 2, told and f"{told} (see {getattr(error.ctx, 'command_path', 'qbackends')} --help)"
    if isinstance(error, ModuleNotFoundError) and str(error.name).split(".")[0] in ("rich", "typer"):
        return 2, str(errors.MissingExtraError("The command line", extra="cli"))
    told = " ".join(str(error).split())
    if isinstance(error, (errors.BackendsError, OSError)):
        return next((code for code, kinds in _CODES.items() if isinstance(error, kinds)), 1), told
    return 1, f"{type(error).__name__}: {told} (a mistake in qbackends: report what QBACKENDS_DEBUG=1 shows)"
