"""What the tests of conferences stand on: an agency with officers, citizens, a conference in a state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, persons
from ckanext.opengov.dialog.service.conferences.rules import EVENTS

TITLE = {"kk": "Қаланың қоғамдық көлігі туралы", "ru": "Об общественном транспорте города"}
QUESTION = "Когда пустят автобус до вокзала?"
WAY = ("announce", "collect", "start", "finish", "publish")


def act(name: str, user: str | None, **data: Any) -> Any:
    """Call an action as a person, with its check of access."""
    return tk.get_action(name)({"user": user or ""}, data)


def person() -> str:
    """The name of an account with a confirmed address."""
    user = model.User.get(factories.User()["id"])
    persons.confirm_address(user)
    model.Session.commit()
    return user.name


@dataclass
class Ground:
    """An agency, one officer for each role that was asked for, and a conference."""

    agency: dict[str, Any]
    conference: dict[str, Any]
    head: str
    moderator: str

    def to(self, state: str) -> Ground:
        """Bring the conference on to a state."""
        for event in WAY:
            now = self.state
            if now != state and now in EVENTS[event].sources:
                self.step(event)
        assert self.state == state
        return self

    @property
    def state(self) -> str:
        return act("conference_show", self.head, id=self.conference["id"])["state"]

    def step(self, event: str, user: str | None = None, **data: Any) -> dict[str, Any]:
        return act("conference_transition", user or self.head, id=self.conference["id"], event=event, **data)

    def ask(self, user: str | None = None, text: str = QUESTION, **data: Any) -> dict[str, Any]:
        given = {"conference_id": self.conference["id"], "text": text, "language": "ru", **data}
        return act("conference_question_create", user or person(), **given)

    def admitted(self, user: str | None = None, text: str = QUESTION) -> dict[str, Any]:
        made = self.ask(user, text)
        return act("conference_question_moderate", self.moderator, id=made["id"], state="public")

    def answer(self, question: dict[str, Any], text: str = "Келесі айда.", speaker: int = 1) -> dict[str, Any]:
        given = {"id": question["id"], "text": text, "language": "kk", "speaker": speaker}
        return act("conference_question_answer", self.head, **given)

    def listed(self, user: str | None = None, **data: Any) -> list[dict[str, Any]]:
        return act("conference_question_list", user, conference_id=self.conference["id"], **data)["questions"]


def officer(agency_id: str, role: Role) -> str:
    """An officer of the agency's dialogue; the name of the account."""
    name = person()
    user = model.User.get(name)
    officers.grant([officers.Grant(user.id, agency_id, "dialog", role, officers.today())], actor=user.id)
    model.Session.commit()
    return name


def draft(agency_id: str, user: str, **data: Any) -> dict[str, Any]:
    """A conference that nobody but officers sees."""
    speakers = [
        {"name": "Сәуле Үмбетқызы", "position": {"kk": "Басқарма басшысы", "ru": "Глава управления"}},
        {"name": "Ержан Өтегенұлы", "position": {"kk": "Орынбасары", "ru": "Заместитель"}},
    ]
    begins = (utc_now() + dt.timedelta(days=3)).isoformat()
    given = {"owner_org": agency_id, "title": TITLE, "speakers": speakers, "starts_at": begins, **data}
    return act("conference_create", user, **given)


def ground(state: str = "draft") -> Ground:
    """A conference in a state."""
    agency = factories.Organization()
    head, moderator = officer(agency["id"], Role.HEAD), officer(agency["id"], Role.MODERATOR)
    return Ground(agency, draft(agency["id"], head), head, moderator).to(state)
