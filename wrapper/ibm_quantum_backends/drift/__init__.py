"""Where the API's document, its responses, the generated code and this package part; see docs/drift.md.

Nothing is imported here: the overlay applier makes generated/, and must work where that is broken.
"""
