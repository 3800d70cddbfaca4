"""`accepted.yaml`: what may stand in it, and what it does."""

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibm_quantum_backends.drift.accepted import Accepted, apply, read
from ibm_quantum_backends.drift.changes import Change
from ibm_quantum_backends.errors import InvalidInputError

DAY = date(2026, 3, 15)
FIELDS = {"fingerprint": "0123456789abcdef", "reason": "seen", "date": "2026-03-15", "expiry": "2026-09-15"}


def text(**fields: str) -> str:
    return "- " + "\n  ".join(f"{name}: {value}" for name, value in {**FIELDS, **fields}.items()) + "\n"


def change(number: int) -> Change:
    return Change(kind="changed", wire="breaking", source="breaking", pointer=f"#/{number}")


def entry(number: int, expiry: date = DAY) -> Accepted:
    return Accepted(change(number).fingerprint, "seen", date(2026, 1, 1), expiry, "accepted.yaml", number)


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "accepted.yaml"
    # Digits that YAML takes for a number, and a number with an exponent, are fingerprints like the others.
    path.write_text("# Why.\n" + text() + text(fingerprint="0000000000000123") + text(fingerprint="1234567890123e45"))
    first, second, third = read(path)
    assert first == Accepted("0123456789abcdef", "seen", DAY, date(2026, 9, 15), str(path), 2)
    assert [(each.fingerprint, each.line) for each in (second, third)] == [
        ("0000000000000123", 6),
        ("1234567890123e45", 10),
    ]


@pytest.mark.parametrize("content", ["", "# nothing\n", "[]"])
def test_nothing_accepted(tmp_path: Path, content: str) -> None:
    (tmp_path / "accepted.yaml").write_text(content)
    assert read(tmp_path / "accepted.yaml") == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("fingerprint: 1", ": expected a list of entries, found a mapping"),
        ("- seen", ":1: expected the fields fingerprint, reason, date, expiry, found 'a scalar'"),
        (text() + "-\n", ":5: expected the fields "),
        (text(until="2026-01-01"), ":1: expected the fields "),
        (text().replace("  reason: seen\n", ""), "found 'fingerprint, date, expiry'"),
        (text() + "  reason: twice\n", ":1: expected the fields "),
        ("- {? [a] : b}", ":1: expected the fields "),
        (text(fingerprint="0123"), ":1: fingerprint: expected 16 digits 0-9 and a-f, found '0123'"),
        (text(fingerprint="0123456789ABCDEF"), "fingerprint: expected 16 digits"),
        (text(reason="''"), ":2: reason: expected a text, found 'a scalar'"),
        (text(reason="[a]"), ":2: reason: expected a text, found 'a sequence'"),
        (text(date="15.03.2026"), ":3: date: expected a day such as 2026-03-15, found '15.03.2026'"),
        (text(date="20260315"), ":3: date: expected a day"),
        (text(date="2026-03-15T00:00:00"), ":3: date: expected a day"),
        (text(date="2026-02-30"), ":3: date: expected a day such as 2026-03-15, found '2026-02-30'"),
        (text(expiry="never"), ":4: expiry: expected a day"),
        (
            text(expiry="2026-03-14"),
            ":4: expiry: expected a day such as 2026-03-15, not before date, found '2026-03-14'",
        ),
        (text() + text(), ":5: expected a new fingerprint, found that of line 1"),
        ("- [", ": expected a YAML file: "),
        ("\ufeff[", ": expected a YAML file: "),
        ("\0", ": expected a YAML file: "),
        ("[" * 3000, ": expected a YAML file: "),
        ("- \x80".encode("latin-1"), ": expected a YAML file: "),
        (None, ": expected a YAML file: "),
    ],
)
def test_malformed(tmp_path: Path, content: str | bytes | None, told: str) -> None:
    path = tmp_path / "accepted.yaml"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInputError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)
    assert str(caught.value).isprintable()


def test_expires_before_date_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "accepted.yaml"
    path.write_text("- {expiry: 2026-03-14, date: 2026-03-15, reason: seen, fingerprint: 0123456789abcdef}")
    with pytest.raises(InvalidInputError, match="not before date"):
        read(path)


def test_apply() -> None:
    left, taken, findings = apply(
        [change(1), change(2), change(3)], [entry(1), entry(2, date(2026, 3, 14)), entry(9)], DAY
    )
    assert left == (change(2), change(3))  # an expired entry leaves its change as it is
    assert taken == ((change(1), entry(1)),)
    assert [(each.kind, each.line) for each in findings] == [
        ("accepted-entry-expired", 2),
        ("accepted-entry-unmatched", 9),
    ]
    assert {(each.wire, each.source, each.check, each.file) for each in findings} == {
        ("non-breaking", "none", "accepted", "accepted.yaml")
    }
    assert "expired on 2026-03-14: seen" in findings[0].note


def test_an_old_entry_about_nothing_is_unmatched() -> None:
    old = entry(9, DAY - timedelta(1))
    assert [each.kind for each in apply([], [old], DAY)[2]] == ["accepted-entry-unmatched"]
    assert apply([], [old], DAY, complete=False)[2] == ()


def test_fingerprint_of_a_finding_does_not_move_with_the_entry() -> None:
    moved = Accepted(**{**vars(entry(9)), "line": 40})
    assert apply([], [entry(9)], DAY)[2][0].fingerprint == apply([], [moved], DAY)[2][0].fingerprint


@given(st.sets(st.integers(0, 9)), st.dictionaries(st.integers(0, 9), st.dates(date(2026, 1, 1), date(2026, 6, 1))))
def test_nothing_is_lost(numbers: set[int], days: dict[int, date]) -> None:
    accepted = [entry(number, day) for number, day in days.items()]
    left, taken, findings = apply(map(change, numbers), accepted, DAY)
    kept = [each.fingerprint for each in (*left, *(each for each, _ in taken))]
    assert sorted(kept) == sorted(change(number).fingerprint for number in numbers)
    assert len(taken) + len(findings) == len(accepted)
    assert all(used.expiry >= DAY for _, used in taken)


def test_what_is_no_yaml_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ImportError, match=r"ibm-quantum-backends\[drift\]"):
        read(tmp_path / "accepted.yaml")
