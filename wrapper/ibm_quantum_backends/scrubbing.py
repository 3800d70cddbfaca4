"""Taking credentials, CRNs and account ids out of a JSON document before it is written. Nothing here does I/O."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

import httpx

from .secret import Secret, secrets_of

__all__ = ["credentials", "scrub"]

_MASK = "***"
_SHORTEST = 8  # of secrets that are named: shorter ones may be words
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_ESCAPED = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)++"', re.DOTALL)  # between two strings there is no backslash
_SCOPE = r"(?:(?<!\w)|(?<=%2f)|(?<=%3a))[aos](?:\\?/|%2f)[0-9a-f]{32}(?![0-9a-z])"
# At the beginning of a word alone: a search from each `eyJ` on would take as long as a server likes.
_JWT = r"(?:(?<![\w-])|(?<=%[0-9a-f]{2}))(?-i:eyJ)[\w-]++\.[\w-]++\.[\w.-]*+"
_CRN = r"""crn(?::|%3a)v\d+(?::|%3a)[^\s"'<>\\,;()\[\]{}]*"""
_CRN_BASE64 = r"(?-i:Y3JuOnYx)[\w+/=-]*"
# What a text has, in lower case, that holds one of these.
_HINTS = (b"crn:v", b"crn%3av", b"eyj", b"y3juonyx")
_SCOPE_HINT = re.compile(rb"[aos](?:/|\\/|%2f)[0-9a-f]{32}")
_UNICODE = ("utf-8", "utf-8-sig")
_decoder = json.JSONDecoder(strict=False)


def credentials(request: httpx.Request) -> tuple[Secret, ...]:
    """What a request holds that nobody may read: its token or key, and the ids in its CRN, or what it has in place."""
    crn = request.headers.get("Service-CRN", "")
    parts = crn.split(":")
    ids = [parts[6].rpartition("/")[2], parts[7]] if crn.startswith("crn:v") and len(parts) > 7 else [crn]
    return (*secrets_of(request), *map(Secret, ids))


def scrub(document: bytes, secrets: Iterable[str] = ()) -> bytes:
    """A JSON document in whose strings `***` stands for each CRN, JWT, account scope, and secret, however escaped.

    It stays as it is, byte for byte, where there is none; and but for the strings that hold one where there are.

    Args:
        document: JSON, in any encoding that JSON may have.
        secrets: What else to take out, plain, URL-encoded, and base64.
    """
    if json.detect_encoding(document) not in _UNICODE:
        text = document.decode(json.detect_encoding(document), "replace").encode()
        return document if (cleaned := scrub(text, secrets)) == text else cleaned
    forms = {form.lower() for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
    hints = (*_HINTS, *map(str.encode, forms))

    def may_hold(text: bytes) -> bool:
        lowered = text.lower()
        percent = b"%" in lowered  # one character is found faster than several, and most documents have none of these
        if any(hint in lowered for hint in hints if percent or b"%" not in hint):
            return True
        return bool((percent or b"/" in lowered) and _SCOPE_HINT.search(lowered))

    strings = _STRING if may_hold(document) else _ESCAPED
    if strings is _ESCAPED and b"\\" not in document:
        return document
    longest_first = sorted(forms, key=len, reverse=True)
    hidden = re.compile(
        "|".join([_CRN, _CRN_BASE64, _JWT, *map(re.escape, longest_first), _SCOPE]), re.IGNORECASE | re.ASCII
    )

    def clean(string: re.Match[bytes]) -> bytes:
        literal = string[0].decode(errors="replace")
        try:
            text = _decoder.decode(literal) if "\\" in literal else literal[1:-1]
        except ValueError:  # no JSON, which a reader will find out
            text = literal[1:-1]
        if not may_hold(text.encode(errors="replace")):
            return string[0]
        cleaned, count = hidden.subn(_MASK, text)
        return json.dumps(cleaned).encode() if count else string[0]

    return strings.sub(clean, document)


def _forms(secret: str) -> Iterable[str]:
    yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    for shift in range(3):  # base64 of a text that holds it: without the characters that its neighbours have a part in
        content = bytes(shift) + secret.encode()
        for encode in (b64encode, urlsafe_b64encode):
            letters = encode(content).rstrip(b"=")
            yield letters[(0, 2, 3)[shift] : len(letters) - (len(content) % 3 > 0)].decode()
