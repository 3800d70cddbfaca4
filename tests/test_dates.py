"""Points in time as people give them."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibm_quantum_backends.dates import parse_time, times_between
from ibm_quantum_backends.errors import InvalidInputError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAST = st.datetimes(datetime(1970, 1, 2), datetime(2026, 11, 1), timezones=st.just(UTC))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")


@pytest.fixture(autouse=True, scope="module")
def new_york() -> Iterator[None]:
    """Local time is New York's, where summer differs from winter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


def read(text: str) -> str:
    return parse_time(text, now=NOW).isoformat()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2025-03-01", "2025-03-01T05:00:00+00:00"),
        ("2025-07-01", "2025-07-01T04:00:00+00:00"),
        ("2025-07-01T08:00", "2025-07-01T12:00:00+00:00"),
        ("2025-07-01T08:00Z", "2025-07-01T08:00:00+00:00"),
        ("2025-07-01T08:00:00.5+02:00", "2025-07-01T06:00:00.500000+00:00"),
        ("20250701T080000Z", "2025-07-01T08:00:00+00:00"),
        ("1 July 2025 8:00", "2025-07-01T12:00:00+00:00"),
        ("July 1, 2025", "2025-07-01T04:00:00+00:00"),
        ("Tue, 1 Jul 2025 08:00:00 GMT", "2025-07-01T08:00:00+00:00"),
        ("1 Jul 2025 8:00 UTC", "2025-07-01T08:00:00+00:00"),
        ("1 Jul 2025 8:00 EDT", "2025-07-01T12:00:00+00:00"),
        ("1 Jul 2025 8:00 EST", "2025-07-01T13:00:00+00:00"),
        ("1 Jul 2025 8:00 -0300", "2025-07-01T11:00:00+00:00"),
        ("  2025-07-01  ", "2025-07-01T04:00:00+00:00"),
        ("31/03/2025", "2025-03-31T04:00:00+00:00"),
        ("03/31/2025", "2025-03-31T04:00:00+00:00"),
        ("04/04/2025", "2025-04-04T04:00:00+00:00"),
        ("0s", "2026-11-20T12:00:00+00:00"),
        ("90m", "2026-11-20T10:30:00+00:00"),
        ("36h", "2026-11-19T00:00:00+00:00"),
        ("2d", "2026-11-18T12:00:00+00:00"),
        ("2 d", "2026-11-18T12:00:00+00:00"),
        ("1w", "2026-11-13T12:00:00+00:00"),
    ],
)
def test_reads(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize("text", ["03/04/2025", "3.4.2025", "03-04-2025", "3/4/25"])
def test_day_or_month_is_an_error_that_names_both(text: str) -> None:
    with pytest.raises(InvalidInputError, match="2025-04-03 or 2025-03-04"):
        read(text)


@pytest.mark.parametrize("text", ["2099-01-01", "2026-11-21", "21 November 2026", "2026-11-20T12:00:01Z"])
def test_future_is_an_error(text: str) -> None:
    with pytest.raises(InvalidInputError, match="expected a time in the past"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "yesterday", "last week", "garbage", "-1d", "1.5d", "2D", "d", "2025-02-30", "1 Jul 2025 8:00 XYZ"),
        *("999999999w", "0000-00-00", "1 Jan 99999999999999999999", "1e999", "\0", "2025-07-01 25:00", "²d"),
        *("0001-01-01T00:00+14:00", "9" * 5000),
    ],
)
def test_garbage_is_an_error_that_says_what_is_read(text: str) -> None:
    with pytest.raises(InvalidInputError, match="expected a time such as 2026-03-15") as caught:
        read(text)
    assert len(str(caught.value)) < 400


def test_objects() -> None:
    assert parse_time(date(2025, 7, 1)) == datetime(2025, 7, 1, 4, tzinfo=UTC)
    assert parse_time(datetime(2025, 1, 1)) == datetime(2025, 1, 1, 5, tzinfo=UTC)
    assert parse_time(datetime(2025, 1, 1, tzinfo=UTC)).isoformat() == "2025-01-01T00:00:00+00:00"
    assert parse_time(datetime(2099, 1, 1, tzinfo=UTC)).year == 2099


@pytest.mark.parametrize("moment", [datetime.min, datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))])
def test_objects_beyond_the_calendar(moment: datetime) -> None:
    with pytest.raises(InvalidInputError, match="beyond the calendar"):
        parse_time(moment.replace(tzinfo=moment.tzinfo or timezone(timedelta(hours=1))))


def test_local_time_is_that_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert read("2025-07-01T08:00") == "2025-07-01T06:00:00+00:00"
        assert read("1 Jul 2025 8:00 CEST") == "2025-07-01T06:00:00+00:00"
        with pytest.raises(InvalidInputError):
            read("1 Jul 2025 8:00 EDT")
    finally:
        monkeypatch.undo()
        time.tzset()


@given(PAST)
def test_iso_round_trip(moment: datetime) -> None:
    assert parse_time(moment.isoformat(), now=NOW) == moment
    assert parse_time(moment.isoformat(" ").replace("+00:00", "Z"), now=NOW) == moment


@given(PAST, OFFSETS)
def test_any_zone_is_the_same_moment(moment: datetime, zone: timezone) -> None:
    assert parse_time(moment.astimezone(zone).isoformat(), now=NOW) == moment
    assert parse_time(moment.astimezone(zone), now=NOW) == moment
    spelled = moment.replace(microsecond=0).astimezone(zone).strftime("%d %B %Y %H:%M:%S %z")
    assert parse_time(spelled, now=NOW) == moment.replace(microsecond=0)


@given(st.integers(0, 10_000), st.sampled_from("smhdw"))
def test_ages(number: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[unit]
    assert NOW - parse_time(f"{number}{unit}", now=NOW) == timedelta(seconds=seconds * number)


@given(st.text() | st.text("0123456789-/:.,TZ+ apmJuly", min_size=1))
def test_any_text_is_a_past_time_in_utc_or_an_error(text: str) -> None:
    try:
        moment = parse_time(text, now=NOW)
    except InvalidInputError as error:
        assert error.__context__ is None or error.__suppress_context__
    else:
        assert moment.tzinfo is UTC
        assert moment <= NOW


def test_ages_are_ordered() -> None:
    moments = [parse_time(text) for text in ("2w", "3d", "5h", "7m", "1s")]
    assert all(earlier < later for earlier, later in pairwise(moments))


@pytest.mark.parametrize("text", ["2024", "2024-06", "March 2025", "12", "Monday", "1 hour", "10h 36m", "12:30"])
def test_what_a_text_leaves_open_is_not_taken_from_today(text: str) -> None:
    with pytest.raises(InvalidInputError, match="day, month and year"):
        parse_time(text)


@pytest.mark.parametrize("text", ["2024-06-01 10:00 UTC", "2024/06/01 10:00 UTC", "2024-6-1 10:00 UTC"])
def test_the_year_first_is_not_ambiguous(text: str) -> None:
    assert parse_time(text) == datetime(2024, 6, 1, 10, tzinfo=UTC)


def test_a_month_that_there_is_not_is_no_day() -> None:
    with pytest.raises(InvalidInputError):
        parse_time("2025-13-01")


def test_a_year_of_two_digits_can_be_a_day() -> None:
    with pytest.raises(InvalidInputError, match="reads one way"):
        parse_time("25-05-05")


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("1d", [1, 2, 3]),
        ("day", [1, 2, 3]),
        ("daily", [1, 2, 3]),
        ("24h", [1, 2, 3]),
        (timedelta(days=1), [1, 2, 3]),
        ("2 days", [1, 3]),
        ("week", [1]),
        ("1mo", [1]),
        ("yearly", [1]),
    ],
)
def test_times_between(every: str | timedelta, days: list[int]) -> None:
    start, stop = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)
    found = times_between(start, stop, every, now=NOW)
    assert found == [datetime(2026, 3, day, 8, tzinfo=UTC) for day in days]


def test_times_between_a_person_s_dates_and_now() -> None:
    found = times_between("2d", None, "12h", now=NOW)
    assert found == [NOW - timedelta(hours=hours) for hours in (48, 36, 24, 12, 0)]
    assert times_between("2026-01-31T00:00Z", "2026-04-01T00:00Z", "1mo", now=NOW) == [
        datetime(2026, month, 31, tzinfo=UTC) for month in (1, 3)
    ]


@pytest.mark.parametrize(
    ("start", "stop", "every"),
    [
        ("2026-03-02", "2026-03-01", "1d"),
        ("2026-03-01", None, "0d"),
        ("2026-03-01", None, "-1d"),
        ("2026-03-01", None, "often"),
        ("2026-03-01", None, ""),
        ("2026-03-01", None, "1ms"),
        ("2026-03-01", None, "1s"),
        ("2026-03-01", None, timedelta(0)),
        ("2026-03-01", None, timedelta(microseconds=1)),
        ("2026-03-01", None, 3),
        ("2027-03-01", None, "1d"),
    ],
)
def test_times_that_cannot_be(start: str, stop: str | None, every: str) -> None:
    with pytest.raises(InvalidInputError, match="expected"):
        times_between(start, stop, every, now=NOW)


def test_days_keep_the_hour_when_clocks_change() -> None:
    found = times_between("2026-03-07 08:00", "2026-03-09 08:00", "1d", now=NOW)  # in New York, on the 8th
    assert [time.astimezone().strftime("%d %H") for time in found] == ["07 08", "08 08", "09 08"]
    assert [time.hour for time in found] == [13, 12, 12]
    found = times_between("2026-02-01", "2026-05-01", "1mo", now=NOW)
    assert [time.astimezone().strftime("%m-%d %H") for time in found] == [
        "02-01 00",
        "03-01 00",
        "04-01 00",
        "05-01 00",
    ]
    exact = times_between("2026-03-07 08:00", "2026-03-09 08:00", "24h", now=NOW)
    assert [time.hour for time in exact] == [13, 13]
    utc = times_between("2026-03-07T08:00Z", "2026-03-09T08:00Z", "1d", now=NOW)
    assert [time.hour for time in utc] == [8, 8, 8]
