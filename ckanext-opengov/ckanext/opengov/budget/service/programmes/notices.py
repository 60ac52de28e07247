"""Who is told what of a programme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.budget.service.people import CHIEFS, COUNCIL
from ckanext.opengov.budget.service.programmes import talk, texts
from ckanext.opengov.budget.service.programmes.states import EVENTS, TYPE
from ckanext.opengov.budget.service.programmes.steps import Step
from ckanext.opengov.civic.service import notices, officers, wording
from ckanext.opengov.civic.service.refusal import N_

LANGUAGES = ("kk", "ru", "en")
TO_COUNCIL = N_("A budget programme waits for the opinion of your council")
TO_AGENCY = N_("The public council has given its opinion on your programme")
TO_AUTHOR = N_("Your comment changed a budget programme")
OVERDUE = N_("The term of a step of your budget programme is over")
BECAUSE = N_("The approved text differs from the draft because of what you wrote: {note}")


class _Shown(dict[str, Any]):
    def __missing__(self, _key: str) -> str:
        return "—"


def moved(step: Step) -> None:
    """Followers hear of each step that everybody may see; council, agency and authors of theirs."""
    programme = step.programme
    if "discussion" in programme.moments:
        line = EVENTS[f"budget_programme.{step.event}"]
        body = {code: wording.say(code, line).format_map(_Shown(step.public)) for code in LANGUAGES}
        _tell(step, step.event, programme.passport["title"], body, public=True)
    if step.event == "pass_on":
        _tell_all(step, TO_COUNCIL, officers.responsible(COMPONENT, programme.agency_id, COUNCIL))
    elif step.event.startswith("opine"):
        _tell_all(step, TO_AGENCY, officers.responsible(COMPONENT, programme.agency_id, CHIEFS))
    elif step.event == "approve":
        _tell_authors(step)


def _tell_authors(step: Step) -> None:
    """Who wrote a comment that led to a change learns of it."""
    for change in texts.changes(step.programme.id):
        for author in sorted(set(talk.authors(step.programme.id, change.comments).values())):
            body = {code: wording.say(code, BECAUSE).format(note=change.note) for code in LANGUAGES}
            subject = {code: wording.say(code, TO_AUTHOR) for code in LANGUAGES}
            _tell(step, f"because:{change.id}:{author}", subject, body, to_users=[author], page="/compare")


def _tell_all(step: Step, subject: str, users: Iterable[str]) -> None:
    title = step.programme.passport["title"]
    subjects = {code: wording.say(code, subject) for code in LANGUAGES}
    bodies = {code: wording.pick(title, code) for code in LANGUAGES}
    to_users = list(users)
    if to_users:
        _tell(step, f"{step.event}:officers", subjects, bodies, to_users=to_users)


def _tell(step: Step, mark: str, subject: dict[str, str], body: dict[str, str], page: str = "", **more: Any) -> None:
    programme = step.programme
    notices.notify(
        f"budget.programme_{step.event}",
        entity_type=TYPE,
        entity_id=programme.id,
        component=COMPONENT,
        agency_id=programme.agency_id,
        subject=subject,
        body=body,
        url=f"/budget_programme/{programme.id}{page}",
        key=f"{programme.id}:{mark}:{step.now.isoformat()}",
        **more,
    )


def overdue(programme: Programme) -> None:
    """The agency's chiefs, or its council, learn that a term is over."""
    roles = COUNCIL | CHIEFS if programme.state == "council" else CHIEFS
    users = officers.responsible(COMPONENT, programme.agency_id, roles)
    if not users:
        return
    notices.notify(
        "budget.programme_overdue",
        entity_type=TYPE,
        entity_id=programme.id,
        component=COMPONENT,
        agency_id=programme.agency_id,
        subject={code: wording.say(code, OVERDUE) for code in LANGUAGES},
        body={code: wording.pick(programme.passport["title"], code) for code in LANGUAGES},
        url=f"/budget_programme/{programme.id}",
        to_users=users,
        key=f"{programme.id}:overdue:{programme.due_at.isoformat() if programme.due_at else ''}",
    )
