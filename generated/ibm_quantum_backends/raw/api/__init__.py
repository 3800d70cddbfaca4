# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
"""Contains methods for accessing the API"""
