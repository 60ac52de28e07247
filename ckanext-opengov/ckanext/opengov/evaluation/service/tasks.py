"""What waits for officers of evaluation: self-assessments, values, objections of the agency, decisions."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import agencies, tasks, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.tasks import Task, TaskPage, TaskQuery
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Period
from ckanext.opengov.evaluation.service import packages, states
from ckanext.opengov.evaluation.service.people import COMPONENT

KINDS = {
    "evaluation_self_assessment": N_("Self-assessments to finish"),
    "evaluation_evaluation": N_("Agencies to evaluate"),
    "evaluation_objection": N_("Values of your evaluation: agree or object"),
    "evaluation_decision": N_("Objections to decide, evaluations to publish"),
}
# State → who has to do something in it.
WAITS_FOR: dict[str, frozenset[Role]] = {
    "self_assessment": states.permissions()["evaluation_claim_set"],
    "evaluation": frozenset({Role.EVALUATOR}),
    "objection": states.permissions()["evaluation_appeal_create"],
    "decision": frozenset({Role.SUPERVISOR}),
}


def waiting(query: TaskQuery) -> TaskPage:
    """All kinds in one statement; an agency's own officers neither evaluate nor decide about it."""
    conditions = [one for state, roles in WAITS_FOR.items() if (one := _condition(query, state, roles)) is not None]
    if not conditions:
        return TaskPage()
    title = sa.cast(Period.title, sa.Text)
    open_tasks = (
        sa.select(
            Evaluation.id.label("id"),
            (sa.literal("evaluation_") + Evaluation.state).label("kind"),
            Evaluation.due_at.label("due_at"),
            Evaluation.agency_id.label("agency_id"),
            sa.cast(sa.null(), sa.Text).label("assignee"),
            title.label("period"),
            model.Group.name.label("name"),
            model.Group.title.label("title"),
            agencies.TITLES.label("titles"),
        )
        .join(Period, Period.id == Evaluation.period_id)
        .join(model.Group, model.Group.id == Evaluation.agency_id)
        .where(sa.or_(*conditions))
    )
    return tasks.answer(open_tasks, query, _present)


def _condition(query: TaskQuery, state: str, roles: frozenset[Role]) -> sa.ColumnElement[bool] | None:
    places = query.places(roles)
    if places is not None and not places:
        return None
    is_there = Evaluation.state == state
    if places is not None:
        return sa.and_(is_there, Evaluation.agency_id.in_(places))
    own = frozenset().union(*(held for held in query.held.get(COMPONENT, {}).values()), frozenset())
    return sa.and_(is_there, Evaluation.agency_id.not_in(own)) if own else is_there


def _present(row: sa.Row[Any]) -> Task:
    agency = agencies.shown_title(row.name, row.title, row.titles)
    return Task(
        id=row.id,
        component=COMPONENT,
        kind=row.kind,
        title=f"{agency}: {wording.pick(agencies.titles(row.period), wording.current())}",
        url=tk.url_for("opengov_evaluation_desk.show", evaluation_id=row.id),
        agency_id=row.agency_id,
        due_at=row.due_at,
        entity_type=packages.EVALUATION,
        entity_id=row.id,
    )
