"""The one way in which an evaluation changes: lock, table, guards, effect, score, package, journal, notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import calendar as days
from ckanext.opengov.civic.service import journal, wording
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Objection, Period
from ckanext.opengov.evaluation.service import effects, guards, packages, periods, scoring, snapshots, stored, telling
from ckanext.opengov.evaluation.service.framework import Framework, Indicator
from ckanext.opengov.evaluation.service.people import PORTAL, Person
from ckanext.opengov.evaluation.service.states import STATES, TABLE, Rule, find, whoever


@dataclass
class Step:
    """One event on its way: guards look at it, the effect changes what it is about."""

    evaluation: Evaluation
    period: Period
    framework: Framework
    event: str
    person: Person
    data: Mapping[str, Any]
    moment: dt.datetime
    public: dict[str, Any] = field(default_factory=dict)
    internal: dict[str, Any] = field(default_factory=dict)

    def indicator(self) -> Indicator:
        """The indicator that the event is about.

        :raises ValidationError: when the framework has none of that key
        """
        key = self.data.get("indicator")
        found = self.framework.indicators().get(key) if isinstance(key, str) else None
        if found is None:
            message = tk._("The framework has no indicator “{key}”.").format(key=str(key or "")[:60])
            raise tk.ValidationError({"indicator": [message]})
        return found

    def objection(self) -> Objection | None:
        """The objection against the indicator that the event is about."""
        return model.Session.get(Objection, (self.evaluation.id, self.indicator().key))


def lock(evaluation_id: Any) -> Evaluation:
    """The evaluation, as it is once all others who change it are done.

    :raises ObjectNotFound: when there is none
    """
    given = evaluation_id if isinstance(evaluation_id, str) else ""
    query = sa.select(Evaluation).where(Evaluation.id == given).with_for_update()
    found = model.Session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such evaluation."))
    return found


def transition(evaluation_id: Any, event: str, person: Person, data: Mapping[str, Any]) -> Evaluation:
    """Let an event happen, in the session's open transaction.

    :raises ValidationError: when it cannot happen in this state, or a condition is not met
    :raises NotAuthorized: when this person may not cause it
    """
    evaluation = lock(evaluation_id)
    rule = _rule(evaluation, event, person)
    period = model.Session.get_one(Period, evaluation.period_id)
    framework = stored.tree(period.framework_id)
    step = Step(evaluation, period, framework, event, person, data, utc_now())
    for guard in rule.guards:
        guards.GUARDS[guard](step)
    before = evaluation.state
    evaluation.state = rule.then
    if rule.term or rule.then != before:
        evaluation.due_at = periods.due(rule.term, step.moment) if rule.term else None
    EFFECTS[event](step)
    model.Session.flush()
    if event in effects.RESCORING:
        scoring.keep(evaluation, scoring.result(evaluation, period))
    _record(step)
    if evaluation.state != before:
        _update_package(step)
        telling.moved(evaluation, period, event)
    return evaluation


def _rule(evaluation: Evaluation, event: str, person: Person) -> Rule:
    kinds = person.kinds(evaluation.agency_id)
    if kinds.isdisjoint(whoever(event)):
        if person.is_own(evaluation.agency_id):
            raise tk.NotAuthorized(tk._("Nobody judges their own agency: this is for officers of another one."))
        raise tk.NotAuthorized(tk._("This step of an evaluation is not yours to take."))
    rule = find(evaluation.state, event)
    if rule is None or rule.who.isdisjoint(kinds):
        message = tk._("This is not possible now: the evaluation is in the state “{state}”.")
        raise tk.ValidationError({"id": [message.format(state=tk._(STATES[evaluation.state]))]})
    return rule


def _record(step: Step) -> None:
    public = dict(step.public)
    if "indicator" in step.data:
        leaf = step.indicator()
        public |= {"indicator": leaf.key, "title": wording.pick(leaf.title, "kk")}
    internal = {**step.internal, "state": step.evaluation.state}
    # Who set, objected or decided signs it with the account: the actor of the entry.
    journal.record(
        packages.EVALUATION,
        step.evaluation.id,
        f"evaluation.{step.event}",
        actor=step.person.user_id,
        public=public,
        internal=internal,
        at=step.moment,
    )


def _update_package(step: Step) -> None:
    evaluation = step.evaluation
    extras = {"evaluation_state": evaluation.state}
    columns: dict[str, Any] = {}
    if evaluation.state == "published":
        columns["private"] = False
        if evaluation.score is not None:
            extras["score"] = str(step.public["score"])
    packages.update(packages.EVALUATION, evaluation.id, extras, **columns)


def possible(evaluation: Evaluation, person: Person) -> list[str]:
    """The events that this person may cause in the present state, for the buttons of a page."""
    kinds = person.kinds(evaluation.agency_id)
    return [
        event for (state, event), rule in TABLE.items() if state == evaluation.state and not rule.who.isdisjoint(kinds)
    ]


def advance(now: dt.datetime | None = None) -> int:
    """The clock: count the facts of periods that ended, and move on what waited for an agency too long. Commits.

    :returns: how many evaluations moved
    """
    moment = now or utc_now()
    _count_ended(moment)
    overdue = sa.select(Evaluation.id).where(
        Evaluation.state.in_(("self_assessment", "objection")), Evaluation.due_at < moment
    )
    moved = 0
    for evaluation_id in list(model.Session.scalars(overdue)):
        try:
            transition(evaluation_id, "lapse", PORTAL, {})
            model.Session.commit()
            moved += 1
        except tk.ValidationError:
            # The agency was quicker.
            model.Session.rollback()
    return moved


def _count_ended(moment: dt.datetime) -> None:
    ended = sa.select(Period.id).where(Period.snapshot_at.is_(None), Period.ends_on < days.local_date(moment))
    for period_id in list(model.Session.scalars(ended)):
        count(period_id, None)
        model.Session.commit()


def count(period_id: str, actor: str | None) -> int:
    """Take the facts of a period and compute its scores, in the session's open transaction.

    :returns: how many facts there are
    """
    query = sa.select(Period).where(Period.id == period_id).with_for_update()
    period = model.Session.scalars(query.execution_options(populate_existing=True)).one()
    number = snapshots.take(period, actor)
    scoring.rescore(period)
    return number


EFFECTS: Mapping[str, Callable[[Any], None]] = effects.EFFECTS
