"""The conditions of the table of states, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import ckan.plugins.toolkit as tk

from ckanext.opengov.budget.service.programmes import comparing, opinions, passport, talk, texts, yearly
from ckanext.opengov.budget.service.programmes.steps import Step
from ckanext.opengov.budget.service.refused import refuse
from ckanext.opengov.civic.service.calendar import is_late, local_date
from ckanext.opengov.civic.service.refusal import N_

LEAST_REASON = 10


def _is_whole(step: Step) -> None:
    passport.gaps(step.programme.passport).check()


def _term_is_over(step: Step) -> None:
    if step.programme.due_at and not is_late(step.now, step.programme.due_at):
        until = local_date(step.programme.due_at).isoformat()
        raise refuse("event", N_("The term runs until {until}."), until=until)


def _has_reason(step: Step) -> None:
    if len(step.reason) < LEAST_REASON:
        raise refuse("reason", N_("Say why, in a sentence or two: everybody reads it."))


def _nothing_unmoderated(step: Step) -> None:
    number = talk.unmoderated(step.programme.id)
    if number:
        raise refuse("event", N_("Moderators have not read {number} comments yet."), number=number)


def _all_answered(step: Step) -> None:
    number = talk.unanswered(step.programme.id)
    if number:
        raise refuse("event", N_("{number} comments have no official answer yet."), number=number)


def _every_remark_answered(step: Step) -> None:
    opinions.reply(texts.opinion(step.programme).remarks, step.data.get("replies"))


def _has_order(step: Step) -> None:
    number, day = step.data.get("order_number"), order_date(step)
    if not str(number or "").strip() or day is None:
        words = N_("Give number and day of the order, such as 17 and 2026-11-24.")
        raise refuse("order_number", words)
    if day > local_date(step.now):
        raise refuse("order_date", N_("The order cannot be of a day in the future."))


def order_date(step: Step) -> dt.date | None:
    """The day of the order."""
    try:
        return dt.date.fromisoformat(str(step.data.get("order_date") or ""))
    except ValueError:
        return None


def _all_explained(step: Step) -> None:
    discussed = texts.discussed(step.programme)
    gaps = comparing.unexplained(discussed.passport, step.programme.passport, texts.explained(step.programme.id))
    if gaps:
        raise refuse("event", N_("Say because of whom these places changed: {places}."), places=", ".join(gaps))


def _something_changes(step: Step) -> None:
    new = passport.check(step.data.get("passport") or {}, step.programme.passport)
    passport.gaps(new).check()
    if not comparing.differences(step.programme.passport, new):
        raise refuse("passport", N_("Nothing is different: there is nothing to change."))


def _year_is_over(step: Step) -> None:
    years = [str(one) for one in step.programme.passport["years"]]
    if step.year not in years:
        raise refuse("year", N_("Choose a year of the programme: {years}."), years=", ".join(years))
    if int(step.year) >= local_date(step.now).year:
        raise refuse("year", N_("{year} is not over yet."), year=step.year)
    if yearly.published(step.programme.id, step.year):
        raise refuse("year", N_("The report for {year} is published already."), year=step.year)


def _all_reached(step: Step) -> None:
    yearly.check(step.programme.passport, step.year, step.data)


GUARDS: Mapping[str, Callable[[Step], None]] = {
    "is_whole": _is_whole,
    "term_is_over": _term_is_over,
    "has_reason": _has_reason,
    "nothing_unmoderated": _nothing_unmoderated,
    "all_answered": _all_answered,
    "every_remark_answered": _every_remark_answered,
    "has_order": _has_order,
    "all_explained": _all_explained,
    "something_changes": _something_changes,
    "year_is_over": _year_is_over,
    "all_reached": _all_reached,
}
# What only the request can meet: whether a button is shown does not hang on these.
OF_REQUEST = frozenset(
    {"has_reason", "every_remark_answered", "has_order", "something_changes", "year_is_over", "all_reached"}
)


def met(step: Step, names: tuple[str, ...]) -> str:
    """Why the event cannot happen now, in the reader's language; empty when it can."""
    from ckanext.opengov.budget.service.refused import Refused

    for name in names:
        if name not in OF_REQUEST:
            try:
                GUARDS[name](step)
            except Refused as error:
                return " ".join(text for many in error.translated().values() for text in many)
    return ""


def translated(step: Step, names: tuple[str, ...]) -> None:
    """Ask all conditions.

    :raises ValidationError: for the first that is not met
    """
    from ckanext.opengov.budget.service.refused import Refused

    try:
        for name in names:
            GUARDS[name](step)
    except Refused as error:
        raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]
