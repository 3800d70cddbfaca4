"""The commands of `qbackends`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from .. import __version__
from ..errors import BackendsError, InvalidInputError
from ..instances import Instance
from ..raw.models import Device
from ..recording import SANDBOX, Recording
from ..selection import ORDERS, Filters
from . import drift_spec, history  # noqa: F401 (commands of their own)  # pyright: ignore[reportUnusedImport]
from .calibration import calibration
from .drift import drift
from .record import record
from .session import Before, Name, Session, Shown, command
from .tables import device_table, properties_table, row_table

__all__ = ["app"]

app = typer.Typer(
    help="What backends IBM Quantum has, how good they are, and how long their queues.\n\nCredentials come from "
    "QISKIT_IBM_TOKEN and QISKIT_IBM_INSTANCE, or from an account that Qiskit saved. No option takes a key: every user "
    "of a machine can read the options of what runs on it.",
    epilog="Example, without credentials: qbackends list --sandbox",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(calibration)
app.add_typer(drift)
_MinQubits = Annotated[int | None, Option(metavar="N", help="At least so many qubits.")]
_Processor = Annotated[str | None, Option(metavar="FAMILY", help="Such as Heron, or 'Heron r3'.")]
_CalibrationId = Annotated[str | None, Option(metavar="ID", help="Of this calibration, not of the current one.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qbackends {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None: ...


@command(app, "list", "--sandbox --min-qubits 100 --order two_q_error_median")
def _list(
    session: Session,
    *,
    min_qubits: _MinQubits = None,
    processor: _Processor = None,
    operational: Annotated[bool, Option("--operational", help="Only those that are online.")] = False,
    order: Annotated[str | None, Option(metavar="KEY", help=f"Sort by {', '.join(ORDERS)}.")] = None,
    wait_times: Annotated[bool, Option("--wait-times", help="And the average wait in the queue.")] = False,
    all_instances: Annotated[bool, Option("--all-instances", help="Of every instance, in all regions.")] = False,
) -> Shown:
    """List the backends of an instance: status, size, queue, errors."""
    filters = Filters(min_qubits, processor, operational or None, None, order or "name").check()
    client = session.client_of_account() if all_instances else session.client
    found = client.list_all(wait_times=wait_times) if all_instances else {None: client.list(wait_times=wait_times)}
    places: dict[int, Instance] = {}
    devices: list[Device] = []
    for place, result in found.items():
        if isinstance(result, BackendsError):
            session.failures.append(f"{place}: {result}")
            continue
        devices += filter(filters.passes, result)
        places |= {id(device): place for device in result if place}
    devices = filters.select(devices) if order else devices
    rows: list[dict[str, Any]] = [device.to_dict() for device in devices]
    if all_instances:
        rows = [{**row, "instance": asdict(places[id(device)])} for row, device in zip(rows, devices, strict=True)]
    return rows, device_table(devices, places, wait=wait_times)


@command(app, "configuration", "ibm_boston --sandbox --json -o boston.json")
def _configuration(session: Session, name: Name, calibration_id: _CalibrationId = None) -> Shown:
    """Show the configuration of a backend: qubits, gates, coupling map, timing."""
    return session.client.configuration(name, calibration_id=calibration_id).to_dict(), None


@command(app, "properties", "ibm_sherbrooke --sandbox --before 2024-06-01")
def _properties(
    session: Session,
    name: Name,
    before: Before = None,
    calibration_id: _CalibrationId = None,
) -> Shown:
    """Show the calibrated properties of a backend, qubit by qubit."""
    found = session.client.properties(name, updated_before=before, calibration_id=calibration_id)
    return found.to_dict(), properties_table(found)


@command(app, "status", "ibm_boston --sandbox")
def _status(session: Session, name: Name) -> Shown:
    """Show whether a backend works now, and the length of its queue."""
    return session.client.status(name).to_dict(), None


@command(app, "defaults", "ibmq_manila --sandbox --json")
def _defaults(session: Session, name: Name) -> Shown:
    """Show the default pulse settings of a backend; the newest have none."""
    return session.client.defaults(name).to_dict(), None


@command(app, "least-busy", "--sandbox --min-qubits 127")
def _least_busy(session: Session, min_qubits: _MinQubits = None, processor: _Processor = None) -> Shown:
    """Show the backend with the shortest queue, of those that are online and no simulator."""
    device = session.client.least_busy(min_qubits=min_qubits, processor=processor)
    return device.to_dict(), device_table([device], {})


@command(app, "instances", "--account work")
def _instances(session: Session) -> Shown:
    """List the account's instances, in all regions or in one."""
    found = session.client_of_account().instances()
    rows = [asdict(instance) for instance in found if session.region in (None, instance.region)]
    return rows, row_table(("Name", "CRN", "Region", "Plan"), (row.values() for row in rows), words=0)


command(app, "record", "monday ibm_boston --sandbox --what properties --what status")(record)


@app.command("serve", epilog="Example: qbackends serve --sandbox --port 8000")
def _serve(
    *,
    recording: Annotated[Path | None, Argument(help="The folder of a recording.", show_default=False)] = None,
    sandbox: Annotated[bool, Option("--sandbox", help="The recording in this package.")] = False,
    host: Annotated[str, Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Option(help="0 takes a free one.")] = 8000,
    api_key: Annotated[str, Option(help="To accept; choose one, and no real one.")] = "sandbox",
    instance: Annotated[str | None, Option(metavar="CRN", help="To be.", show_default=False)] = None,
) -> None:
    """Answer from a recording over HTTP as the API does, and show the variables that point a program here."""
    if sandbox == (recording is not None):
        raise InvalidInputError("serve: expected the folder of a recording, or --sandbox")
    from ..server import DEFAULT_INSTANCE, serve  # noqa: PLC0415 (it has an extra of its own)

    answers, crn = Recording(recording or SANDBOX), instance or DEFAULT_INSTANCE
    serve(answers, host=host, port=port, api_key=api_key, instance=crn, echo=typer.echo)
