"""Who is told what: the agency of each step, everybody of the publication."""

from __future__ import annotations

from collections.abc import Mapping

import ckan.model as model

from ckanext.opengov.civic.service import notices, officers, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.evaluation.model.evaluations import Evaluation, Period
from ckanext.opengov.evaluation.service import packages
from ckanext.opengov.evaluation.service.people import COMPONENT, STAFF

LANGUAGES = ("kk", "ru", "en")
TO_AGENCY: Mapping[str, str] = {
    "finish": N_("The values of your evaluation are set; you may object: {period}"),
    "lapse": N_("A term of your evaluation is over: {period}"),
}
PUBLISHED = N_("The evaluation of {agency} is published: {period}")


def moved(evaluation: Evaluation, period: Period, event: str) -> None:
    """Tell of a step that led to another state, after the caller's commit."""
    if event in TO_AGENCY:
        users = officers.responsible(COMPONENT, evaluation.agency_id, STAFF)
        if users:
            _tell(evaluation, period, event, TO_AGENCY[event], f"/evaluation/desk/{evaluation.id}", users)
    elif event == "publish":
        agency = model.Group.get(evaluation.agency_id)
        _tell(evaluation, period, event, PUBLISHED, f"/evaluation/agency/{agency.name if agency else ''}", [])


def _tell(evaluation: Evaluation, period: Period, event: str, text: str, url: str, users: list[str]) -> None:
    agency = model.Group.get(evaluation.agency_id)
    titles = {
        "period": period.title,
        "agency": dict.fromkeys(LANGUAGES, agency.title or agency.name) if agency else {},
    }
    subject = {
        code: wording.say(code, text).format(**{name: wording.pick(one, code) for name, one in titles.items()})
        for code in LANGUAGES
    }
    notices.notify(
        f"evaluation.{event}",
        entity_type=packages.EVALUATION,
        entity_id=evaluation.id,
        component=COMPONENT,
        agency_id=evaluation.agency_id,
        subject=subject,
        body=dict.fromkeys(LANGUAGES, ""),
        url=url,
        to_users=users,
        key=f"evaluation.{event}:{evaluation.id}:{evaluation.due_at}",
    )
