"""What each event does beside the change of the state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import ckan.model as model

from ckanext.opengov.budget.model.programmes import CouncilOpinion
from ckanext.opengov.budget.service.programmes import comparing, guards, opinions, passport, texts, yearly
from ckanext.opengov.budget.service.programmes.steps import Step
from ckanext.opengov.budget.service.reports import life as reports
from ckanext.opengov.civic.service.calendar import local_date


def _nothing(_step: Step) -> None:
    """The state alone changes."""


def _open(step: Step) -> None:
    texts.keep(step.programme, texts.DISCUSSED)


def _pass_on(step: Step) -> None:
    step.programme.round += 1
    step.public["round"] = step.programme.round


def _opine(step: Step) -> None:
    given = opinions.check(step.data, passport.anchors(step.programme.passport), local_date(step.now))
    held_on = dt.date.fromisoformat(given.pop("held_on"))
    author = step.person.user_id or ""
    row: dict[str, Any] = {"programme_id": step.programme.id, "round": step.programme.round, "author_id": author}
    model.Session.add(CouncilOpinion(**row, **given, held_on=held_on, created_at=step.now))
    step.public |= {name: given[name] for name in opinions.VOTES}


def _reply(step: Step) -> None:
    found = texts.opinion(step.programme)
    found.remarks = opinions.reply(found.remarks, step.data.get("replies"))
    found.replied_at = step.now


def _go_on(step: Step) -> None:
    step.public["reason"] = step.reason


def _approve(step: Step) -> None:
    _ordered(step, texts.APPROVED)


def _amend(step: Step) -> None:
    before = step.programme.passport
    new = passport.check(step.data["passport"], before)
    step.programme.passport, step.programme.code = new, new["code"]
    step.public |= {"reason": step.reason, "places": comparing.places(comparing.differences(before, new))}
    _ordered(step, texts.AMENDED, step.reason)


def _ordered(step: Step, stage: str, reason: str | None = None) -> None:
    number, day = str(step.data["order_number"]).strip()[:60], guards.order_date(step)
    if day is None:
        raise ValueError("the guards let an order without a day through")
    texts.keep(step.programme, stage, order=(number, day), reason=reason)
    step.public |= {"order": number, "date": day.isoformat()}


def _report(step: Step) -> None:
    figures = yearly.check(step.programme.passport, step.year, step.data)
    made = reports.of_programme(step.programme, figures, passport.texts(step.data.get("summary"), 5_000), step.now)
    step.public |= {"year": step.year, "report": made.id}


def _withdraw(step: Step) -> None:
    step.programme.withdrawn_reason = step.reason[:2_000]
    step.public["reason"] = step.programme.withdrawn_reason


EFFECTS: Mapping[str, Callable[[Step], None]] = {
    "open": _open,
    "close": _nothing,
    "pass_on": _pass_on,
    "opine_for": _opine,
    "opine_remarks": _opine,
    "opine_against": _opine,
    "go_on": _go_on,
    "reply": _reply,
    "approve": _approve,
    "amend": _amend,
    "report": _report,
    "withdraw": _withdraw,
}
