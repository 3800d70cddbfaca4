"""A package that carries a copy of ibm_quantum_backends."""
