"""Points in time as people give them."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import islice

from .errors import InvalidInputError

__all__ = ["as_utc", "parse_time", "times_between"]

_AGE = re.compile(r"(\d{1,9})\s*([smhdw])")
_YEAR_FIRST = re.compile(r"\d{4}[-/. ](\d{1,2})[-/. ]")
# What a text leaves open would be taken from today: read with two different days, it shows.
_FILLERS = (datetime(2001, 1, 1), datetime(2002, 2, 2))
_MOST = 100_000  # times in one history: one an hour for eleven years
_FREQUENCIES = {
    **{"y": "YEARLY", "mo": "MONTHLY", "w": "WEEKLY", "d": "DAILY", "h": "HOURLY", "m": "MINUTELY", "s": "SECONDLY"},
    **{"year": "YEARLY", "month": "MONTHLY", "week": "WEEKLY", "day": "DAILY", "hour": "HOURLY"},
}
_EXACT = ("HOURLY", "MINUTELY", "SECONDLY")
_EVERY = re.compile(r"(\d{0,9})\s*(?:(y|mo|[smhdw])|(year|month|week|day|hour)s?)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_EXPECTED = "expected a time such as 2026-03-15, 2026-03-15T08:00+01:00, '15 March 2026 8:00' or an age such as 2d"


def as_utc(date: datetime) -> datetime:
    """A date of the API in UTC, which it is in where it names no zone.

    Raises:
        OverflowError: It is beyond the calendar there.
    """
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def parse_time(value: datetime | date | str, *, now: datetime | None = None) -> datetime:
    """The point in time that a value means, in UTC.

    Args:
        value: A datetime; a date, which is its first moment; or a string: ISO 8601, an age (a number and s, m, h, d
            or w: seconds, minutes, hours, days, weeks ago), or what python-dateutil reads. Without a zone, local time.
        now: What ages count from; the present where None.

    Raises:
        InvalidInputError: A string that cannot be read, that lies in the future, that lacks day, month or year, or in
            which day and month could be either way round.
    """
    if isinstance(value, datetime):
        return _to_utc(value, value)
    if isinstance(value, date):
        return _to_utc(datetime.combine(value, datetime.min.time()), value)
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{_EXPECTED}, found {value!r:.80}")
    now = now or datetime.now(UTC)
    text = value.strip()
    try:
        if age := _AGE.fullmatch(text):
            result = now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        else:
            result = _to_utc(_read(text), value)
    except OverflowError:
        raise InvalidInputError(f"{_EXPECTED}, found one beyond the calendar: {value!r:.80}") from None
    if result > now:
        raise InvalidInputError(f"expected a time in the past, found {value!r:.80}, which is {result.isoformat()}")
    return result


def times_between(
    start: datetime | date | str,
    stop: datetime | date | str | None,
    every: str | timedelta,
    *,
    now: datetime | None = None,
) -> list[datetime]:
    """The times from `start` on, up to and including `stop`, in UTC and whole seconds.

    Days and longer steps keep the hour of the start's own zone, local time where it names none, when clocks change.

    Args:
        start, stop: As of `parse_time`; a `stop` of None is the present.
        every: A number and y, mo, w, d, h, m or s, such as `1d`; words such as `2 weeks`, `month` or `daily`; or a
            timedelta of whole seconds. Stepping is `dateutil.rrule`'s, so `1mo` from the 31st has no February.
        now: As of `parse_time`.

    Raises:
        InvalidInputError: A time or step that cannot be read, a stop before the start, or more than 100,000 times.
    """
    first = parse_time(start, now=now).replace(microsecond=0)
    last = (now or datetime.now(UTC)) if stop is None else parse_time(stop, now=now)
    if last < first:
        raise InvalidInputError(f"stop: expected a time after the start, {first.isoformat()}, found {last.isoformat()}")
    from dateutil import rrule  # noqa: PLC0415 (as the parser)

    frequency, interval = _step(every)
    zone = _own_zone(start)
    if frequency in _EXACT:
        times = iter(rrule.rrule(getattr(rrule, frequency), dtstart=first, interval=interval, until=last))
    else:
        wall, end = (time.astimezone(zone).replace(tzinfo=None) for time in (first, last))
        steps = rrule.rrule(getattr(rrule, frequency), dtstart=wall, interval=interval, until=end)
        times = (_to_utc(step.replace(tzinfo=zone), start) for step in steps)  # None is local time
    found = list(islice(times, _MOST + 1))
    if len(found) > _MOST:
        raise InvalidInputError(
            f"every: expected at most {_MOST:,} times between start and stop, found more: {every!r}"
        )
    return found


def _own_zone(value: datetime | date | str) -> tzinfo | None:
    """The zone that a time is given in; None where it names none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    return value.tzinfo if isinstance(value, datetime) else None


def _step(every: str | timedelta) -> tuple[str, int]:
    """Frequency and interval, as rrule has them."""
    expected = "every: expected a step such as 1d, 6h, 1mo, weekly, or a timedelta of whole seconds"
    if isinstance(every, timedelta):
        if every >= timedelta(seconds=1) and not every.microseconds:
            return "SECONDLY", every.days * 86400 + every.seconds
    elif isinstance(every, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        if every.upper() in _FREQUENCIES.values():
            return every.upper(), 1
        match = _EVERY.fullmatch(every.strip())
        if match and (interval := int(match[1] or 1)):
            return _FREQUENCIES[match[2] or match[3]], interval
    raise InvalidInputError(f"{expected}, found {every!r:.40}")


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    from dateutil import parser  # noqa: PLC0415 (on first use: it takes a tenth of the time of all other imports)

    def read(default: datetime = _FILLERS[0], *, by_day: bool = False, by_year: bool = False) -> datetime:
        return parser.parse(text, dayfirst=by_day, yearfirst=by_year, tzinfos=_zone, default=default)

    year_first = _YEAR_FIRST.match(text)  # and so the month comes before the day
    try:
        result, other = read(), read(_FILLERS[1])
        readings = (result,) if year_first else (read(by_day=True), result, read(by_year=True))
    except ValueError:
        raise InvalidInputError(f"{_EXPECTED}, found {text!r:.80}") from None
    if other.date() != result.date() or (year_first and result.month != int(year_first[1])):
        raise InvalidInputError(f"expected a whole date, with day, month and year, found {text!r:.80}")
    if len({*readings}) > 1:
        told = " or ".join(dict.fromkeys(str(reading.date()) for reading in readings))
        raise InvalidInputError(f"expected a date that reads one way, found {text!r:.80}, which is {told}")
    return result


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """A zone that dateutil has read; one that it does not know it would leave out, with a warning."""
    if name is None and offset is None:
        return None
    if offset is None and name in time.tzname:
        offset = -(time.timezone, time.altzone)[time.tzname.index(name)]
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    raise ValueError(name)


def _to_utc(moment: datetime, value: object) -> datetime:
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError, OSError):
        raise InvalidInputError(f"{_EXPECTED}, found one beyond the calendar: {value!r:.80}") from None
