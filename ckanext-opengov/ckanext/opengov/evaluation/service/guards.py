"""The conditions that the table of states names. Each looks at a step and refuses it with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import calendar as days
from ckanext.opengov.civic.service import wording
from ckanext.opengov.evaluation.model.evaluations import Objection, Value
from ckanext.opengov.evaluation.service import scoring
from ckanext.opengov.evaluation.service.framework import Kind


def _refuse(place: str, message: str) -> None:
    raise tk.ValidationError({place: [message]})


def in_term(step: Any) -> None:
    """The term of this state has not ended; the second 23:59:59 belongs to the day."""
    due = step.evaluation.due_at
    if due is not None and days.is_late(step.moment, due):
        message = tk._("The term ended on {day}. What comes later does not count.")
        _refuse("id", message.format(day=days.local_date(due).strftime("%d.%m.%Y")))


def counted(step: Any) -> None:
    """The facts of the portal were taken."""
    if step.framework.automatic() and step.period.snapshot_at is None:
        message = tk._("The portal counts its own indicators after the end of the period, {day}.")
        _refuse("id", message.format(day=step.period.ends_on.strftime("%d.%m.%Y")))


def all_set(step: Any) -> None:
    """An evaluator set each value that the portal does not count."""
    kind = Kind(step.evaluation.kind)
    found = scoring.rows(step.evaluation.id)
    missing = [
        wording.pick(leaf.title, wording.current())
        for key, leaf in step.framework.indicators().items()
        if kind in leaf.kinds and not leaf.automatic and (key not in found or found[key].status is None)
    ]
    if missing:
        _refuse("id", tk._("These values are not set yet: {titles}").format(titles="; ".join(missing)))


def not_objected(step: Any) -> None:
    """One objection against each value."""
    if step.objection() is not None:
        _refuse("indicator", tk._("The agency has objected to this value already."))


def undecided(step: Any) -> None:
    """There is an objection, and nobody decided it yet."""
    objection = step.objection()
    if objection is None:
        _refuse("indicator", tk._("There is no objection to this value."))
    elif objection.decision is not None:
        _refuse("indicator", tk._("This objection was decided already."))


def not_own_value(step: Any) -> None:
    """Whoever set the value does not decide the objection against it."""
    row = model.Session.get(Value, (step.evaluation.id, step.indicator().key))
    if row is not None and row.set_by is not None and row.set_by == step.person.user_id:
        _refuse("indicator", tk._("You set this value: somebody else decides on the objection."))


def all_decided(step: Any) -> None:
    """No objection waits."""
    waiting = sa.select(sa.func.count()).where(
        Objection.evaluation_id == step.evaluation.id, Objection.decision.is_(None)
    )
    number = model.Session.scalar(waiting)
    if number:
        text = tk.ungettext(
            "{number} objection waits for a decision.", "{number} objections wait for a decision.", number
        )
        _refuse("id", text.format(number=number))


def in_period(step: Any) -> None:
    """The agency ended within the period."""
    ended_on = step.data["ended_on"]
    if not step.period.starts_on <= ended_on <= step.period.ends_on:
        _refuse("ended_on", tk._("The day must lie in the period."))
    if step.period.snapshot_at is not None and step.data.get("successor_id"):
        _refuse("successor", tk._("The facts of the period were taken already, so none can go on to a successor."))


GUARDS: Mapping[str, Callable[[Any], None]] = {
    "in_term": in_term,
    "counted": counted,
    "all_set": all_set,
    "not_objected": not_objected,
    "undecided": undecided,
    "not_own_value": not_own_value,
    "all_decided": all_decided,
    "in_period": in_period,
}
