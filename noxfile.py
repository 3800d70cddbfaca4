# /// script
# dependencies = ["nox[uv]>=2025.5"]
# ///
"""What is checked and how: `nox` runs all that writes nothing, `nox -l` lists the rest."""

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # tests run on the Pythons that are there
nox.options.reuse_existing_virtualenvs = True
nox.options.download_python = "never"

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml("pyproject.toml")
EXTRAS = ",".join(PROJECT["project"]["optional-dependencies"])
PYTHONS = nox.project.python_versions(PROJECT)
# As many processes as cores: half the time on two. Each holds Qiskit and servers of its own, so not more than eight.
PARALLEL = ("-n", "logical", "--maxprocesses", "8", "--dist", "worksteal")


def group(name: str) -> list[str]:
    """The requirements of a dependency group; pip of Python 3.11 cannot read them itself."""
    return list(nox.project.dependency_groups(PROJECT, name))


@nox.session
def lint(session: nox.Session) -> None:
    """Style and format of what people wrote."""
    session.install(*group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def typecheck(session: nox.Session) -> None:
    """mypy strict on everything, pyright strict on the wrapper and standard on the rest."""
    session.install("-e", f".[{EXTRAS}]", *group("test"), *group("typecheck"))
    session.run("mypy", "-p", "ibm_quantum_backends")
    session.run("mypy", "openapi", "supply", "wrapper/make_sandbox.py", "noxfile.py")
    session.run("mypy", "tests/typing_checks.py")
    session.run("pyright")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests but those of `faults`, on the installed package and on real documents."""
    session.install(f".[{EXTRAS}]", *group("test"))
    env = {"RUNTIME_WHEELS": runtime_wheels(session), **fixtures()}
    session.run("pytest", *PARALLEL, "--ignore=tests/faults", "--ignore=tests/fuzz", *session.posargs, env=env)
    if not session.posargs:  # in a process of its own, whose stack and memory are as they are limited there
        session.run("pytest", "tests/fuzz", env=env)


@nox.session
def faults(session: nox.Session) -> None:
    """Every fault meets every call, over real sockets: a table of what comes of it, and after how many requests."""
    session.install(".[cli,server]", *group("faults"))
    session.run("pytest", "tests/faults", "--no-header", "--tb=no", "-rN", *session.posargs)


def runtime_wheels(session: nox.Session) -> str:
    """A folder with the releases of qiskit-ibm-runtime whose real documents the tests and the sandbox use."""
    folder = session.cache_dir / "runtime-wheels"
    session.install("pip")
    session.run("python", "wrapper/make_sandbox.py", "--download", str(folder))
    return str(folder)


def fixtures() -> dict[str, str]:
    """Where seeded changes and public cases are, for the tests that need them; beside the project, if anywhere."""
    folder = os.environ.get("DRIFT_FIXTURES", str(ROOT.parent / "shared"))
    return {"DRIFT_FIXTURES": folder} if Path(folder, "drift-cases").is_dir() else {}


# Where each dependency meets the package, one module of tests or two: under three minutes.
LOWEST = (
    *(f"tests/test_{name}.py" for name in ("cli", "dates", "imports", "responses", "server", "transport")),
    *(f"tests/calibration/test_{name}.py" for name in ("backend", "frames", "graph", "plot", "target")),
    *(f"tests/drift/test_{name}.py" for name in ("json_schema", "openapi", "payload")),
    *("tests/raw/test_endpoints.py", "tests/openapi/test_overlay.py"),
)
# Without the same for each real device, random input that only our own code meets, and what takes longest.
NOT_LOWEST = (
    *("anything_anywhere", "baseline", "deviat", "escapes", "every_device", "every_real_device"),
    *("layout", "lays_out", "same_bytes", "terminal", "threads"),
)


@nox.session(python=PYTHONS[0], venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """Tests on the lowest versions that pyproject.toml allows, and the lowest Python."""
    # The lowest matplotlib calls what pyparsing 3.3 deprecates, and a warning is an error here.
    needs = [f".[{EXTRAS}]", *group("test"), "pyparsing>=3.2,<3.3"]
    session.install("--upgrade", "--resolution", "lowest-direct", *needs)
    session.run("python", "supply/lowest.py")
    tests = session.posargs or ("-k", f"not ({' or '.join(NOT_LOWEST)})", *LOWEST)
    session.run("pytest", *PARALLEL, *tests, env={"RUNTIME_WHEELS": runtime_wheels(session)})


@nox.session
def generated(session: nox.Session) -> None:
    """generated/ is what openapi/ produces; each file that is not, and why."""
    session.install("-e", ".[codegen]")
    session.run("python", "openapi/regenerate.py", "--check")


@nox.session
def drift(session: nox.Session) -> None:
    """Generated code, document, responses and wrapper are in step: one report; `-- --require-all` for all of it."""
    session.install("-e", ".[cli,drift,codegen]", *group("drift"))
    session.run("python", "openapi/in_step.py", *session.posargs, env={"RUNTIME_WHEELS": runtime_wheels(session)})


@nox.session
def vendor(session: nox.Session) -> None:
    """The package works and type-checks as another package's copy, under another name."""
    session.install(*PROJECT["project"]["dependencies"], *group("build"))
    work = Path(session.create_tmp())
    shutil.rmtree(work)
    session.run("python", "-m", "build", "--wheel", "--outdir", str(work / "dist"), str(ROOT), silent=True)
    shutil.copytree(ROOT / "tests" / "vendored", work / "site")
    shutil.unpack_archive(next((work / "dist").glob("*.whl")), work / "wheel", "zip")
    shutil.move(work / "wheel" / "ibm_quantum_backends", work / "site" / "tool" / "_vendor")
    session.chdir(work / "site")
    session.run("python", "-m", "tool.check")
    needs = PROJECT["project"]["optional-dependencies"].values()
    session.install(*{need for extra in needs for need in extra}, *group("typecheck"))  # so that all of it is checked
    session.run("mypy", "--strict", "-p", "tool")
    session.run("pyright", "tool")


@nox.session
def supply(session: nox.Session) -> None:
    """uv.lock is in step, and licences are as docs/dependencies.md says; `-- --require-all` as for drift."""
    session.install(*group("supply"))
    session.run("python", "supply/lock.py", *session.posargs)
    session.run("python", "supply/licences.py", *session.posargs)
    session.run("pytest", "supply")


@nox.session
def audit(session: nox.Session) -> None:
    """Known vulnerabilities of what users install; `-- --require-all` as for drift."""
    session.install(*group("supply"))
    session.run("python", "supply/audit.py", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Source distribution, wheel, bill of materials; the wheel, on its own, lists the sandbox and type-checks."""
    session.install(*group("build"), *group("supply"))
    dist = Path(session.create_tmp()) / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist), str(ROOT), silent=True)
    session.run("twine", "check", "--strict", *map(str, dist.iterdir()))
    session.run("python", "supply/sbom.py", str(next(dist.glob("*.whl"))))
    session.install("--force-reinstall", f"{next(dist.glob('*.whl'))}[cli]", *group("typecheck"))
    session.chdir(dist)  # away from the checkout, so that the wheel is what is imported
    session.run("qbackends", "list", "--sandbox")
    session.run("mypy", "--strict", str(ROOT / "tests" / "typing_checks.py"))


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Make uv.lock anew where pyproject.toml asks for it (`-- --upgrade`: with newest versions), and the licences."""
    session.install(*group("supply"))
    session.run("python", "supply/lock.py", "--write", *session.posargs)
    session.run("python", "supply/licences.py", "--write")


@nox.session(default=False)
def fuzz(session: nox.Session) -> None:
    """Damaged documents, new ones each time: ten thousand for each main target, or FUZZ_EXAMPLES; half an hour."""
    session.install(f".[{EXTRAS}]", *group("test"))
    examples = os.environ.get("FUZZ_EXAMPLES", "10000")
    env = {"RUNTIME_WHEELS": runtime_wheels(session), "FUZZ_EXAMPLES": examples}
    session.run("pytest", "tests/fuzz", *session.posargs, env=env)


@nox.session(default=False)
def regenerate(session: nox.Session) -> None:
    """Make generated/ anew from openapi/, and show what changed."""
    session.install("-e", ".[codegen]")
    session.run("python", "openapi/regenerate.py")


@nox.session(default=False)
def update(session: nox.Session) -> None:
    """Fetch IBM's document (or `-- --from FILE`), report what changes and for whom it breaks, pin it, regenerate."""
    session.install("-e", ".[cli,drift,codegen]")
    session.run("python", "openapi/update.py", *session.posargs)


@nox.session(default=False)
def sandbox(session: nox.Session) -> None:
    """Make the sandbox's recording anew from released packages."""
    session.install("-e", ".")
    session.run("python", "wrapper/make_sandbox.py", runtime_wheels(session))


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Figures as ratios, side by side in one run."""
    session.install(f".[{EXTRAS}]", *group("bench"), *group("drift"))
    session.run("pytest", "benchmarks", *session.posargs, env={"RUNTIME_WHEELS": runtime_wheels(session)})


if __name__ == "__main__":
    nox.main()
