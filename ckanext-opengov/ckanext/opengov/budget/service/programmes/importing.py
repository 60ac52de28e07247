"""Programmes from elsewhere: rows of a register, and those whose discussion was held before this portal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import ckan.plugins.toolkit as tk

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service import cards, registry
from ckanext.opengov.budget.service.programmes import clock, moving, passport, texts
from ckanext.opengov.budget.service.programmes.states import TYPE
from ckanext.opengov.budget.service.refused import Refused
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.calendar import ALMATY

# The states in which a programme may come: from them on its way is gone here.
COMING = ("answering", "approved")


class RegistryProgrammes(registry.Writer):
    """``title_translated``, ``notes_translated`` (the goal), ``programme_code``, ``programme_years`` such as
    2026-2028, ``programme_amount`` in tenge.
    """

    TYPE = TYPE

    def store(self, record: Mapping[str, Any], *, is_new: bool) -> None:
        text, now = passport.check(_passport(record)), utc_now()
        if not is_new:
            found = moving.lock(record["id"])
            found.passport, found.code = text, text["code"]
            found.state, found.withdrawn_reason = "approved", None
            moving.settle(found)
            return
        made = Programme(
            id=record["id"],
            agency_id=record["owner_org"],
            state="approved",
            code=text["code"],
            passport=text,
            moments={"approved": now.isoformat()},
            created_at=now,
        )
        made.round, made.term_from, made.due_at, made.withdrawn_reason = 0, None, None, None
        moving.add(made, record.get("name"))

    def hide(self, package_id: str) -> None:
        found = moving.lock(package_id)
        found.state, found.withdrawn_reason = "withdrawn", registry.GONE
        moving.settle(found)


def _passport(record: Mapping[str, Any]) -> dict[str, Any]:
    title, amount = registry.translated(record, "title"), registry.short(record, "programme_amount")
    named = [int(one) for one in re.findall(r"20\d\d", registry.short(record, "programme_years"), re.ASCII)]
    years = list(range(min(named), max(named) + 1)) if named else []
    return {
        "title": title,
        "goal": registry.translated(record, "notes"),
        "code": registry.short(record, "programme_code"),
        "years": years,
        "scale": 1,
        "lines": [{"title": title, "amounts": {str(years[0]): amount}}] if amount and years else [],
    }


def bring(raw: Mapping[str, Any], agency_id: str, actor: str | None) -> Programme:
    """A programme that was discussed, or approved, before this portal; or one whose discussion here was ended
    elsewhere. Nothing here commits.

    :param raw: the passport, ``name``, ``state`` (answering or approved), ``discussed_from``, ``discussed_until`` and
        for an approved one ``order_number`` and ``order_date``

    :raises ValidationError: with what is wrong
    """
    known = cards.find(raw.get("name"), TYPE)
    if known is not None:
        return _ended_elsewhere(moving.lock(known.id), raw, actor)
    try:
        text = passport.check(raw)
        passport.gaps(text).check()
    except Refused as error:
        raise tk.ValidationError(error.translated()) from error  # pyright: ignore[reportArgumentType]
    state, days = raw["state"], {name: raw[name] for name in ("discussed_from", "discussed_until", "order_date")}
    moments = {
        "discussion": days["discussed_from"],
        "answering": days["discussed_until"],
        "approved": days["order_date"] if state == "approved" else None,
    }
    made = Programme(
        id=str(uuid4()),
        agency_id=agency_id,
        state=state,
        code=text["code"],
        passport=text,
        moments={name: _morning(day).isoformat() for name, day in moments.items() if day},
        created_at=utc_now(),
    )
    made.round, made.term_from, made.due_at, made.withdrawn_reason = 0, None, None, None
    clock.start(made, utc_now())
    moving.add(made, raw.get("name"))
    if days["discussed_from"]:
        texts.keep(made, texts.DISCUSSED)
    if state == "approved":
        texts.keep(made, texts.APPROVED, order=(str(raw.get("order_number") or "—")[:60], days["order_date"]))
    journal.record(TYPE, made.id, "budget_programme.imported", actor=actor)
    return made


def _ended_elsewhere(found: Programme, raw: Mapping[str, Any], actor: str | None) -> Programme:
    if (found.state, raw["state"]) != ("discussion", "answering"):
        raise tk.ValidationError({"name": [tk._("There is a programme with this address already.")]})
    now = utc_now()
    found.state, found.moments = "answering", {**found.moments, "answering": now.isoformat()}
    clock.start(found, now)
    moving.settle(found)
    journal.record(TYPE, found.id, "budget_programme.imported", actor=actor)
    return found


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), ALMATY)
