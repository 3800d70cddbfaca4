"""What the package puts on the disk with its base dependencies: sums of the sizes of files without `.pyc`."""

from pathlib import Path
from types import SimpleNamespace

from figures import Figures


def test_installed(figures: Figures, plain: SimpleNamespace) -> None:
    site = next(Path(plain.env_dir).rglob("site-packages"))
    figures.count("installed size", _size(site) / 1e6, target=6, unit="MB")
    figures.count("installed packages", len([*site.glob("*.dist-info")]), target=14, unit="packages")
    data = site / "ibm_quantum_backends" / "sandbox"
    figures.count("the sandbox's data", _size(data) / 1e3, target=400, unit="kB")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
