# Generated from openapi/ by `nox -s regenerate`: do not edit, see generated/README.md.
"""Contains endpoint functions for accessing the API"""
