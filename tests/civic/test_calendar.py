"""Legal terms are counted in working days of Almaty, and every day of them can be explained."""

from __future__ import annotations

import datetime as dt

import pytest
from ckanext.opengov.civic.service import terms
from ckanext.opengov.civic.service.calendar import (
    ALMATY,
    Calendar,
    CalendarGap,
    Kind,
    Pause,
    TransferredDay,
    Why,
    Year,
    days_left,
    deadline,
    deadline_from,
    end_of_day,
    explain,
    is_late,
    last_day,
    local_date,
    public_holidays,
    registered_on,
)
from ckanext.opengov.civic.service.terms import Term, Unit
from hypothesis import given, settings
from hypothesis import strategies as st

WORKING = Unit.WORKING_DAYS
ANSWER = Term(15, WORKING)
FORWARD = Term(3, WORKING)
TWO_MONTHS = Term(2, Unit.MONTHS)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ALMATY)


def moved(off: str | None = None, worked: str | None = None) -> Calendar:
    days = [TransferredDay(day(off), Kind.DAY_OFF)] if off else []
    return Calendar(days + ([TransferredDay(day(worked), Kind.WORKING)] if worked else []))


# Counted by hand; the numbers behind the dates are the working days of the term.
BY_HAND = [
    # Received Tue 30 December 2025. 31 (1); 1 and 2 January New Year, 3 and 4 weekend; 5 (2), 6 (3).
    (Calendar(), "2025-12-30T12:00", FORWARD, "2026-01-06"),
    # Received Mon 28 December 2026. 29 (1), 30 (2), 31 (3); 1 January New Year (Friday); the 2nd is a Saturday, so Mon
    # 4 is free; 5 (4), 6 (5); 7 Orthodox Christmas; 8 (6); 11–15 (7–11); 18 (12), 19 (13), 20 (14), 21 (15).
    (Calendar(), "2026-12-28T10:00", ANSWER, "2027-01-21"),
    # The same, with Fri 8 January free and Sat 16 worked for it: 11–15 (6–10), 16 (11), 18–21 (12–15).
    (moved(off="2027-01-08", worked="2027-01-16"), "2026-12-28T10:00", ANSWER, "2027-01-21"),
    # The same, with Fri 8 January free and nothing worked for it: 11–15 (6–10), 18–22 (11–15).
    (moved(off="2027-01-08"), "2026-12-28T10:00", ANSWER, "2027-01-22"),
    # Received Fri 13 March 2026. 16–20 (1–5); 21, 22, 23 Nauryz, the weekend's two days move to 24 and 25; 26 (6),
    # 27 (7); 30 (8), 31 (9), 1 April (10), 2 (11), 3 (12); 6 (13), 7 (14), 8 (15).
    (Calendar(), "2026-03-13T09:00", ANSWER, "2026-04-08"),
    # The same, with Thu 26 March free and Sat 28 worked for it: 27 (6), 28 (7), 30 (8) and on as before.
    (moved(off="2026-03-26", worked="2026-03-28"), "2026-03-13T09:00", ANSWER, "2026-04-08"),
    # Received on Sat 21 March 2026, so registered on Thu 26. 27 (1), 30 (2), 31 (3).
    (Calendar(), "2026-03-21T11:00", FORWARD, "2026-03-31"),
    # Received Thu 11 March 2027. 12 (1); Mon 15 Constitution Day; 16–19 (2–5); 21 (Sunday), 22, 23 Nauryz, so Wed 24
    # is free; 25 (6), 26 (7); 29–31 (8–10), 1 April (11), 2 (12); 5 (13), 6 (14), 7 (15).
    (Calendar(), "2027-03-11T09:00", ANSWER, "2027-04-07"),
    # The same, with Thu 25 March free: 26 (6), 29–31 (7–9), 1 April (10), 2 (11), 5–8 (12–15).
    (moved(off="2027-03-25"), "2027-03-11T09:00", ANSWER, "2027-04-08"),
    # The same, with Sat 20 March worked for it: 20 (6), 26 (7), and on as without a transfer.
    (moved(off="2027-03-25", worked="2027-03-20"), "2027-03-11T09:00", ANSWER, "2027-04-07"),
    # Two months from Thu 31 December 2026: February has no 31st, its last day is Sun 28, so Mon 1 March.
    (Calendar(), "2026-12-31T09:00", TWO_MONTHS, "2027-03-01"),
    # Two months from Fri 15 January 2027: Mon 15 March is Constitution Day, so Tue 16.
    (Calendar(), "2027-01-15T09:00", TWO_MONTHS, "2027-03-16"),
    # Ten calendar days from Thu 11 March 2027: Sun 21 is Nauryz, free until Wed 24, so Thu 25.
    (Calendar(), "2027-03-11T09:00", Term(10, Unit.CALENDAR_DAYS), "2027-03-25"),
]


@pytest.mark.parametrize(("calendar", "received", "term", "expected"), BY_HAND)
def test_terms_counted_by_hand(calendar: Calendar, received: str, term: Term, expected: str) -> None:
    end = deadline(calendar, at(received), term)
    assert end.last_day == day(expected)
    # Almaty is five hours ahead of UTC.
    assert end.ends_at == dt.datetime.fromisoformat(f"{expected}T18:59:59+00:00")


def test_the_last_second_of_a_day_is_that_day_and_the_next_one_is_not() -> None:
    calendar = Calendar()
    friday_night = dt.datetime(2026, 3, 13, 18, 59, 59, 999_999, tzinfo=dt.UTC)
    assert registered_on(calendar, friday_night) == day("2026-03-13")
    assert registered_on(calendar, friday_night + dt.timedelta(microseconds=1)) == day("2026-03-16")


def test_an_answer_in_the_last_second_is_in_time() -> None:
    ends = end_of_day(day("2026-04-08"))
    assert not is_late(ends, ends)
    assert not is_late(ends.replace(microsecond=999_999), ends)
    assert is_late(ends + dt.timedelta(seconds=1), ends)


def test_almaty_left_utc_plus_6_on_1_march_2024() -> None:
    assert end_of_day(day("2024-02-29")) == dt.datetime(2024, 2, 29, 17, 59, 59, tzinfo=dt.UTC)
    assert end_of_day(day("2024-03-01")) == dt.datetime(2024, 3, 1, 18, 59, 59, tzinfo=dt.UTC)


def test_a_time_without_zone_is_no_legal_date() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        local_date(dt.datetime(2026, 3, 13, 12))  # noqa: DTZ001 - that is the point


def test_why_a_day_is_worked_or_not() -> None:
    calendar = Calendar(
        [
            TransferredDay(day("2026-07-03"), Kind.DAY_OFF, "Order 4"),
            TransferredDay(day("2026-07-04"), Kind.WORKING, "Order 5"),
        ]
    )
    told = [calendar.day(dt.date(2026, 7, number)) for number in range(2, 7)]
    assert [(one.works, one.why, one.name) for one in told] == [
        (True, Why.WORKING, ""),
        (False, Why.TRANSFERRED, "Order 4"),
        (True, Why.TRANSFERRED, "Order 5"),
        (False, Why.WEEKEND, ""),
        (False, Why.HOLIDAY, "Capital Day"),
    ]


def test_a_weekend_that_the_government_made_a_working_day_years_ago_is_one() -> None:
    # Mon 7 March 2022 was free, Sat 5 March was worked for it.
    assert Calendar().is_working_day(day("2022-03-05"))
    assert not Calendar().is_working_day(day("2022-03-07"))


@pytest.mark.parametrize("year", range(2020, 2036))
def test_the_holidays_of_the_years_that_matter_are_known(year: int) -> None:
    assert len(public_holidays(year).holidays) >= 12
    assert not Calendar().is_working_day(dt.date(year, 1, 1))


def test_a_year_without_known_holidays_is_refused_and_named() -> None:
    with pytest.raises(CalendarGap, match=r"for 2101\. It covers the years 1991 to 2100"):
        last_day(Calendar(), day("2100-12-30"), ANSWER)
    with pytest.raises(CalendarGap, match="9999"):
        last_day(Calendar(), dt.date.max, TWO_MONTHS)


def test_a_gap_in_the_middle_is_refused_too() -> None:
    def source(year: int) -> Year:
        if year == 2027:
            raise CalendarGap("The calendar has no public holidays for {year}.", year=year)
        return public_holidays(year)

    calendar = Calendar([TransferredDay(day("2027-01-05"), Kind.WORKING)], source)
    assert last_day(calendar, day("2026-12-01"), FORWARD) == day("2026-12-04")
    with pytest.raises(CalendarGap):
        last_day(calendar, day("2026-12-30"), FORWARD)
    with pytest.raises(CalendarGap):
        calendar.day(day("2027-01-05"))


def test_a_clock_that_stops_keeps_what_is_left() -> None:
    # Received Mon 1 June 2026: 2–5 June (1–4). Stopped on Fri 5, resumed on Mon 15: 16 (5) … 30 June (15).
    calendar, start = Calendar(), day("2026-06-01")
    assert days_left(calendar, start, ANSWER, day("2026-06-05")) == 11
    pause = Pause(day("2026-06-05"), day("2026-06-15"))
    assert last_day(calendar, start, ANSWER, [pause]) == day("2026-06-30")
    assert last_day(calendar, start, ANSWER) == day("2026-06-22")


def test_a_clock_that_is_resumed_on_the_same_day_lost_nothing() -> None:
    calendar, start = Calendar(), day("2026-06-01")
    assert last_day(calendar, start, ANSWER, [Pause(start, start)]) == last_day(calendar, start, ANSWER)


def test_pauses_that_overlap_count_once() -> None:
    calendar, start = Calendar(), day("2026-06-01")
    both = [Pause(day("2026-06-05"), day("2026-06-12")), Pause(day("2026-06-10"), day("2026-06-15"))]
    one = [Pause(day("2026-06-05"), day("2026-06-15"))]
    for term in (ANSWER, TWO_MONTHS, Term(20, Unit.CALENDAR_DAYS)):
        assert last_day(calendar, start, term, both) == last_day(calendar, start, term, one)


def test_months_end_later_by_the_days_on_which_the_clock_stood() -> None:
    # 1 August 2026 is a Saturday; ten days later is Tue 11 August.
    calendar, start = Calendar(), day("2026-06-01")
    assert last_day(calendar, start, TWO_MONTHS, [Pause(day("2026-06-05"), day("2026-06-15"))]) == day("2026-08-11")
    late = Pause(day("2026-09-01"), day("2026-09-15"))
    assert last_day(calendar, start, TWO_MONTHS, [late]) == day("2026-08-03")


def test_a_clock_cannot_be_resumed_before_it_stopped() -> None:
    with pytest.raises(ValueError, match="before it stopped"):
        Pause(day("2026-06-05"), day("2026-06-04"))


def test_an_extension_is_counted_from_the_old_last_day() -> None:
    # Two months after Thu 21 January 2027 is Sun 21 March, Nauryz, free until Wed 24.
    assert deadline_from(Calendar(), day("2027-01-21"), TWO_MONTHS).last_day == day("2027-03-25")


def test_the_days_of_a_term_explain_themselves() -> None:
    days = explain(Calendar(), day("2026-03-19"), FORWARD)
    assert [(one.day.date.day, one.number, one.day.why.value) for one in days] == [
        (20, 1, "working"),
        (21, 0, "holiday"),
        (22, 0, "holiday"),
        (23, 0, "holiday"),
        (24, 0, "holiday"),
        (25, 0, "holiday"),
        (26, 2, "working"),
        (27, 3, "working"),
    ]


def test_days_over_which_an_end_is_moved_are_not_counted() -> None:
    days = explain(Calendar(), day("2026-06-01"), Term(5, Unit.CALENDAR_DAYS))
    assert [(one.day.date.day, one.number) for one in days] == [(2, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 0), (8, 0)]


def test_negative_days_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="-1 working days"):
        Calendar().add_working_days(day("2026-06-01"), -1)


dates = st.dates(dt.date(2020, 1, 1), dt.date(2035, 6, 30))
numbers = st.integers(1, 60)
working_terms = numbers.map(lambda number: Term(number, WORKING))
any_term = st.one_of(
    working_terms,
    numbers.map(lambda number: Term(number, Unit.CALENDAR_DAYS)),
    st.integers(1, 6).map(lambda number: Term(number, Unit.MONTHS)),
)
transfers = st.dictionaries(st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31)), st.sampled_from(Kind), max_size=40)
calendars = transfers.map(lambda days: Calendar(TransferredDay(date, kind) for date, kind in days.items()))


@settings(max_examples=150, deadline=None)
@given(calendars, dates, any_term)
def test_a_term_ends_on_a_working_day_after_its_beginning(calendar: Calendar, start: dt.date, term: Term) -> None:
    last = last_day(calendar, start, term)
    assert last > start
    assert calendar.is_working_day(last)


@settings(max_examples=150, deadline=None)
@given(calendars, dates, st.integers(0, 40), any_term)
def test_what_came_later_ends_no_earlier(calendar: Calendar, start: dt.date, days: int, term: Term) -> None:
    assert last_day(calendar, start, term) <= last_day(calendar, start + dt.timedelta(days=days), term)


@settings(max_examples=150, deadline=None)
@given(calendars, dates, working_terms)
def test_a_longer_term_ends_later(calendar: Calendar, start: dt.date, term: Term) -> None:
    assert last_day(calendar, start, term) < last_day(calendar, start, Term(term.number + 1, WORKING))


@settings(max_examples=150, deadline=None)
@given(calendars, dates, st.one_of(working_terms, numbers.map(lambda number: Term(number, Unit.CALENDAR_DAYS))))
def test_an_explanation_has_every_day_once_and_sums_to_the_term(calendar: Calendar, start: dt.date, term: Term) -> None:
    days = explain(calendar, start, term)
    assert [one.day.date for one in days] == [start + dt.timedelta(days=n) for n in range(1, len(days) + 1)]
    assert days[-1].day.date == last_day(calendar, start, term)
    assert [one.number for one in days if one.number] == list(range(1, term.number + 1))
    if term.unit is WORKING:
        assert all((one.number > 0) == one.day.works for one in days)


@settings(max_examples=150, deadline=None)
@given(dates, working_terms, st.data())
def test_a_day_off_more_moves_the_end_to_the_next_working_day(start: dt.date, term: Term, data: st.DataObject) -> None:
    calendar = Calendar()
    last = last_day(calendar, start, term)
    counted = [one.day.date for one in explain(calendar, start, term) if one.number]
    freed = Calendar([TransferredDay(data.draw(st.sampled_from(counted)), Kind.DAY_OFF)])
    assert last_day(freed, start, term) == calendar.add_working_days(last, 1)


@settings(max_examples=150, deadline=None)
@given(dates, working_terms, st.data())
def test_a_worked_weekend_brings_the_end_forward_by_one_working_day(
    start: dt.date, term: Term, data: st.DataObject
) -> None:
    days = explain(Calendar(), start, term)
    skipped = [one.day.date for one in days if not one.number]
    if skipped:
        worked = Calendar([TransferredDay(data.draw(st.sampled_from(skipped)), Kind.WORKING)])
        assert worked.add_working_days(last_day(worked, start, term), 1) == last_day(Calendar(), start, term)


@settings(max_examples=100, deadline=None)
@given(dates, any_term, st.integers(0, 30), st.integers(0, 30))
def test_a_pause_never_shortens_a_term(start: dt.date, term: Term, after: int, length: int) -> None:
    calendar = Calendar()
    stopped = start + dt.timedelta(days=after)
    pause = Pause(stopped, stopped + dt.timedelta(days=length))
    assert last_day(calendar, start, term, [pause]) >= last_day(calendar, start, term)


@settings(max_examples=100, deadline=None)
@given(dates, working_terms, st.integers(0, 90))
def test_what_is_left_after_a_pause_is_what_was_left_before(start: dt.date, term: Term, length: int) -> None:
    calendar = Calendar()
    stopped = start + dt.timedelta(days=1)
    left = days_left(calendar, start, term, stopped)
    resumed = stopped + dt.timedelta(days=length)
    expected = calendar.add_working_days(resumed, left) if left else last_day(calendar, start, term)
    assert last_day(calendar, start, term, [Pause(stopped, resumed)]) == expected


def test_the_shipped_terms_of_an_appeal_are_those_of_the_code() -> None:
    shipped = terms.load()
    assert shipped["appeal.answer"].number == 15
    assert shipped["appeal.answer"].unit is WORKING
