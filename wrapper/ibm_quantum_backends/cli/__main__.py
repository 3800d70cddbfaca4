"""`python -m ibm_quantum_backends.cli` is `qbackends`."""

from . import main

if __name__ == "__main__":
    raise SystemExit(main())
