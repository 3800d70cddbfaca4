"""What can be wrong with a document: strategies that damage JSON values, and the bytes that they are written in.

They start from real documents, and shrink to fewer and simpler edits at earlier places.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from .documents import Path_, Seed

__all__ = ["Damaged", "damaged", "damaged_bytes"]

_DEEP = 100_000  # brackets


def _each(text: str) -> list[str]:
    return text.split()


# Numbers, written as they stand: json.dumps would not write most of them.
_NUMBERS = (
    *_each("0 1 -1 0.5 1.0 1.5 -0.0 -0 5e-324 1e-400 1e16 1e308 -1e308 1e999 -1e999 NaN Infinity -Infinity true"),
    *_each("4300 1000000 1000000000 2147483648 9007199254740993 9223372036854775808 18446744073709551616"),
    *("1" + 400 * "0", "-1" + 400 * "0", 4300 * "9", 5000 * "9", 5000 * "9" + ".0", "0." + 5000 * "3"),
)
_LITERALS = (
    *_NUMBERS,
    *_each('null true false [] {} "" [[]] [null] [{}] 01 +1 .5 1. 0x10 1_000 nan None undefined'),
)
_TEXTS = (
    *("", " ", "a", "1", "-1", "1.5", "true", "null", "None", "NaN", "1e999", 5000 * "9", 100_000 * "x"),
    *("\ud800", "\udfff", "\udc80x", "\x00", "a\x00b", "\x1b[31m", "\r\n\t", "\u202e", "\u2028", "\x85", "\ufeff"),
    *("<b>&\"'</b>", "$\\frac{1}{0}$", "$", "%s%n{0}", "../../x", "\N{PILE OF POO}", "e\u0301", "\u0661"),
    *("Falcon", "online", "ibmq_manila", "ibm_boston", "simulator", "hardware"),
)
_UNITS = ("", "\u00b5s", "\u03bcs", *_each("us ns ms s ps GHz MHz Hz THz parsec US dt None"))
# Of quantities, gates, and columns: what is read by its name.
_NAMED = (
    *_each("T1 T2 t1 frequency anharmonicity readout_error readout_length operational gate_error gate_length"),
    *_each("gate qubit qubits faulty pos error length jq zz units name __class__ self leakage prob_meas0_prep1"),
    *_each("id rz sx x cx cz ecr rzz rx u3 measure measure_2 reset delay if_else barrier"),
    *_each("jq_01 jq_10 jq_1011 zz_12 jq_ jq_999999999999 lf_0 lf_1 lf_2 lf_12 lf_999999 lf_9999999 lf_1e2"),
    *("jq_" + 5000 * "1", "zz_" + 5000 * "1", "lf_" + 5000 * "1", "jq_\u0661\u0662", "\ud800", "\x1b[31m", ""),
)
_DATES = (
    *_each("2024-05-27 20240527 2024-W22-1 2024-148 2024-05-27T15:27 20240527T152754Z"),
    "2024-05-27 15:27:54",
    *("2024-05-27T15:27:54.123456789Z", "2024-05-27T15:27:54,5+0530", "2024-05-27T15:27:54+05:30:15.000001"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:60Z", "0000-00-00", "24:00"),
    *("2024-05-27T24:00:00Z", "2024-02-30", "27/05/2024", "1716823674", "now", "2024-05-27T15:27:54z"),
    *("2024-05-27T15:27:54 Z", "2024-05-27T15:27:54+24:00", "-2024-05-27", "12024-05-27", "2024-05-27T15:27:54Z\n"),
    *("\u0662\u0660\u0662\u0664-05-27", "2024-05-27\ud80015:27", "2024-05-27T15:27:54-00:00", "1582-10-10T00:00:00"),
)
# In place of a qubit, of several, and of a coupling map.
_QUBITS: tuple[Any, ...] = (
    *(-1, 0, 1, 4, 5, 11, 12, 155, 156, 10**9, 10**18, 10**30, 1.0, 1.5, -0.0, 1e308, True, None, "1", [0]),
    *([], [0], [1, 0], [0, 0], [0, 1, 2], [0, -1], [-1, 0], [0, 10**9], [0, 1.0], [0.5, 1], [True, False], [None]),
    *(["0", "1"], [[0, 1]], [[0, 1], [0, 1], [1, 0]], [[0, 0]], [[0]], [[0, 1, 2]], [[0, 10**9]], [[]], [{}]),
    *({"0": 1}, [*range(300)], [[a, b] for a in range(12) for b in range(12)]),
)
_NAMES = ("", "\ud800", "\x00", 3000 * "k", *_each("x name value qubits gates n_qubits errors __class__"))
_OTHER_BYTES = (
    *(b"", b" ", b"\n\t\r ", b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"null", b"true", b"0", b"1e999", b"NaN", b'""'),
    *(b"[]", b"{}", b"[{}]", b'{"devices": {}}', b'{"devices": [[]]}', b'{"": ""}', b"<html></html>", b"{a: 1}"),
    *(b"[" * _DEEP, b'{"a":' * _DEEP, b"[" * _DEEP + b"]" * _DEEP, b"[" * 900 + b"]" * 900, b"9" * 5000, b"'{}'"),
    *(b"[" + b"9" * 5000 + b"]", b'{"devices": [' + b"{}," * 5000 + b"{}]}", b"\x1f\x8b\x08\x00", b"data: {}\n\n"),
)
_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "latin-1", "utf-7", "cp037")
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_anything = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


class Damaged(NamedTuple):
    """A damaged document: what it was, what was done to it, and the bytes that an answer has.

    `deep` says that it may be nested deeper than Python copies and compares.
    """

    seed: Seed
    edits: tuple[str, ...]
    body: bytes
    deep: bool

    def __repr__(self) -> str:
        return f"<{self.seed!r}: {'; '.join(self.edits) or 'as it is'}; {len(self.body)} bytes, {self.body[:60]!r}>"


class _Text:
    """A document that is being damaged, and texts that stand for what no JSON library would write."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.literals: list[str] = []
        self.deep = False

    def literal(self, text: str) -> str:
        """A string that will be written as this text, without quotes."""
        self.literals.append(text)
        return f"\ue000{len(self.literals) - 1}\ue001"

    def write(self) -> str:
        """The document as text."""
        text = json.dumps(self.document)
        for _ in range(len(self.literals)):  # as one may stand in another
            if "\\ue000" not in text:
                break
            text = re.sub(r'"\\ue000(\d+)\\ue001"', lambda match: self.literals[int(match[1])], text)
        # A name that stands twice was written with a mark, as a dict has each but once.
        return text.replace("\\ue002", "")

    def nest(self, value: Any, before: str, after: str, depth: int) -> Any:
        """The value in so many arrays or objects."""
        self.deep = self.deep or depth > 60
        return self.literal(before * depth + json.dumps(value) + after * depth)


def _changed(value: Any, path: Path_, change: Callable[[Any], Any]) -> Any:
    """The value with another at a path; what is on the way is copied, and the rest shared."""
    if not path:
        return change(value)
    step, *rest = path
    if isinstance(value, dict) and step in value:
        return {**value, step: _changed(value[step], tuple(rest), change)}
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return [*value[:step], _changed(value[step], tuple(rest), change), *value[step + 1 :]]
    return value  # an earlier edit took it away


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _without(holder: Any, step: Any) -> Any:
    if isinstance(holder, dict):
        return {key: value for key, value in holder.items() if key != step}
    if isinstance(holder, list) and isinstance(step, int):
        return [*holder[:step], *holder[step + 1 :]]
    return holder


def _renamed(holder: Any, step: Any, name: str) -> Any:
    return (
        {name if key == step else key: value for key, value in holder.items()} if isinstance(holder, dict) else holder
    )


def _merged(first: Any, second: Any) -> Any:
    return {**first, **second} if isinstance(first, dict) and isinstance(second, dict) else first


def _as_text(value: Any) -> Any:
    """A number as a string, a string as a number: what careless writers send."""
    if isinstance(value, str):
        return float(value) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value) else len(value)
    return json.dumps(value)[:1000]


class _Edit:
    """One edit at one place, or at all that are like it; each method makes one, and says what it did."""

    def __init__(self, draw: st.DrawFn, seed: Seed, text: _Text) -> None:
        self._draw, self._seed, self._text = draw, seed, text
        self._paths = draw(st.sampled_from(seed.read if draw(st.booleans()) else seed.places))
        self._path = draw(st.sampled_from(self._paths))
        self._everywhere = len(self._paths) > 1 and draw(st.integers(0, 9)) == 9
        self._step = self._path[-1] if self._path else None
        self._value = _at(text.document, self._path)

    def make(self) -> str:
        """Draw an edit and make it."""
        edits = [self.words, self.literal, self.qubits, self.null, self.drop, self.empty, self.rename, self.twice]
        edits += [self.add, self.nest, self.swap, self.as_text, self.scale, self.backwards, self.anything]
        edits += 8 * [edit for edit, fits in self._fitting() if fits]
        edit = self._draw(st.sampled_from(edits))
        where = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in self._path)
        return f"${where}{' (and all like it)' if self._everywhere else ''}: {edit.__name__}: {edit()}"

    def _fitting(self) -> list[tuple[Callable[[], str], bool]]:
        """Edits after which a value still looks like one, and what is done with it is done."""
        text, number = isinstance(self._value, str), type(self._value) in (int, float)
        return [
            (self.number, number),
            (self.scale, number),
            (self.qubits, bool({*self._path} & {"coupling_map", "qubits", "n_qubits", "coords"})),
            (self.date, text and re.match(r"\d{4}-", self._value) is not None),
            (self.unit, self._step == "unit"),
            (self.named, self._step in ("name", "gate") or "basis_gates" in self._path),
        ]

    def _put(self, change: Callable[[Any], Any], *, above: bool = False) -> None:
        """Change the value, or what holds it."""
        end = len(self._path) - above
        places = [path[:end] for path in self._paths[:50]] if self._everywhere else [self._path[:end]]
        for place in dict.fromkeys(places):
            self._text.document = _changed(self._text.document, place, change)

    def _one_of(self, values: Sequence[Any]) -> str:
        value = self._draw(st.sampled_from(values))
        self._put(lambda _: value)
        return f"{value!r:.20}"

    def words(self) -> str:
        return self._one_of((*_TEXTS, *_DATES))

    def unit(self) -> str:
        return self._one_of(_UNITS)

    def named(self) -> str:
        return self._one_of(_NAMED)

    def qubits(self) -> str:
        return self._one_of(_QUBITS)

    def date(self) -> str:
        return self._one_of(_DATES)

    def null(self) -> str:
        return self._one_of((None,))

    def number(self) -> str:
        return self.literal(_NUMBERS)

    def literal(self, literals: Sequence[str] = _LITERALS) -> str:
        literal = self._draw(st.sampled_from(literals))
        self._put(lambda _: self._text.literal(literal))
        return f"{literal:.20}"

    def anything(self) -> str:
        found = self._draw(_anything)
        self._put(lambda _: found)
        return f"{found!r:.20}"

    def drop(self) -> str:
        self._put(lambda holder: _without(holder, self._step), above=True)
        return "gone"

    def empty(self) -> str:
        self._put(lambda value: type(value)() if isinstance(value, (dict, list, str)) else 0)
        return "nothing left in it"

    def rename(self) -> str:
        name = self._draw(st.sampled_from((*_NAMES, str(self._step).upper(), f"{self._step} ", f"{self._step}s")))
        self._put(lambda holder: _renamed(holder, self._step, name), above=True)
        return f"{name!r:.20}"

    def twice(self) -> str:
        if isinstance(self._step, str):
            first, other = self._draw(st.booleans()), self._draw(st.sampled_from(("null", "0", '""', "[]", "{}")))
            mark = {f"\ue002{self._step}": self._text.literal(other)}
            self._put(lambda holder: _merged(*((mark, holder) if first else (holder, mark))), above=True)
            return f"{other} under the same name {'before' if first else 'after'} it"
        more = [self._value] * self._draw(st.sampled_from((1, 2, 1000)))
        self._put(lambda holder: [*holder, *more] if isinstance(holder, list) else holder, above=True)
        return f"{len(more)} more at the end"

    def add(self) -> str:
        found = self._draw(_anything)
        if isinstance(self._value, list):
            place = self._draw(st.integers(0, len(self._value)))
            self._put(lambda value: [*value[:place], found, *value[place:]] if isinstance(value, list) else value)
            return f"{found!r:.20} at {place}"
        name = self._draw(st.sampled_from((*_NAMES, *_TEXTS)))
        self._put(lambda value: _merged(value, {name: found}))
        return f"{name!r:.20}: {found!r:.20}"

    def nest(self) -> str:
        depths = (1, 2, 3, 50) if self._everywhere else (1, 2, 3, 50, 300, 700, 950, 1500, _DEEP)
        depth = self._draw(st.sampled_from(depths))
        before, after = self._draw(st.sampled_from((("[", "]"), ('{"a": ', "}"), ('[{"name": ', "}]"))))
        self._put(lambda value: self._text.nest(value, before, after, depth))
        return f"in {depth} of {before}"

    def swap(self) -> str:
        other = self._draw(st.sampled_from(self._draw(st.sampled_from(self._seed.places))))
        found = _at(self._text.document, other) if len(other) > 1 else None  # and not the whole document in itself
        self._put(lambda _: found)
        return f"what stands at {other}"

    def as_text(self) -> str:
        self._put(_as_text)
        return "a string for a number, or a number for a string"

    def backwards(self) -> str:
        self._put(lambda value: value[::-1] if isinstance(value, list) else value)
        return "the last first"

    def scale(self) -> str:
        factor = self._draw(st.sampled_from((-1, 0, 2, 1e3, 1e-3, 1e12, 1e-12, 1e300, 1e-300)))
        self._put(lambda value: value * factor if type(value) in (int, float) and abs(value) < 1e9 else value)
        return f"times {factor}"


@st.composite
def damaged(draw: st.DrawFn, seeds: Sequence[Seed], *, most: int = 4, in_bytes: bool = True) -> Damaged:
    """A document with some edits of its values, and sometimes of its bytes.

    Args:
        draw: Hypothesis' own.
        seeds: The real documents.
        most: Edits of values.
        in_bytes: Whether bytes are damaged too.
    """
    small = [seed for seed in seeds if not seed.large]
    seed = draw(st.sampled_from(small if small and draw(st.integers(0, 9)) < 9 else seeds))
    text = _Text(seed.document)
    edits = [_Edit(draw, seed, text).make() for _ in range(draw(st.integers(0, most)))]
    body = text.write().encode()
    if in_bytes and draw(st.integers(0, 5)) == 5:
        body, more = draw(damaged_bytes(body))
        edits += more
    return Damaged(seed, tuple(edits), body, text.deep)


@st.composite
def damaged_bytes(draw: st.DrawFn, body: bytes) -> tuple[bytes, list[str]]:
    """Bytes with one to three edits, and what these were."""
    told: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(body)))
        kind = draw(st.sampled_from(("cut", "flip", "insert", "remove", "repeat", "encode", "tail", "head", "other")))
        if kind == "cut":
            body = body[:at]
        elif kind == "flip":
            body = body[:at] + bytes(byte ^ 1 << draw(st.integers(0, 7)) for byte in body[at : at + 1]) + body[at + 1 :]
        elif kind == "insert":
            body = (
                body[:at]
                + draw(st.binary(min_size=1, max_size=4) | st.sampled_from((b",", b'"', b"\\", b"]", b"}", b"\x00")))
                + body[at:]
            )
        elif kind == "remove":
            body = body[:at] + body[at + draw(st.integers(1, 200)) :]
        elif kind == "repeat":
            body = body[:at] + body[max(0, at - draw(st.integers(1, 200))) :]
        elif kind == "encode":
            encoding = draw(st.sampled_from(_ENCODINGS))
            body = body.decode(errors="replace").encode(encoding, errors="replace")
            kind = encoding
        elif kind == "tail":
            body += draw(st.sampled_from((b"x", b"\x00", b" {}", b",", b"\n\n", b"]", b"\xff"))) if at else body
        elif kind == "head":
            body = (
                draw(
                    st.sampled_from(
                        (b")]}',\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf", b"\x00", b"//\n", b"\xc2\xa0")
                    )
                )
                + body
            )
        else:
            body = draw(st.sampled_from(_OTHER_BYTES))
        told.append(f"{kind} at byte {at}")
    return body, told
