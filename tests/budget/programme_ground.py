"""What the tests of programmes stand on: an agency with officers and a council, a programme on its way."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckanext.opengov import factories
from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service.programmes import watching
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import Role

YEAR = 2027
Y1, Y2 = str(YEAR), str(YEAR + 1)
PASSPORT: dict[str, Any] = {
    "title": {"kk": "Ауыл мектептерін салу", "ru": "Строительство сельских школ"},
    "goal": {"kk": "Әр балаға орын", "ru": "Место каждому ребёнку"},
    "code": "225-099",
    "years": [YEAR, YEAR + 1],
    "scale": 1000,
    "responsible": {"name": "Сәуле Үмбетқызы", "position": {"ru": "Заместитель"}},
    "indicators": [
        {"title": {"ru": "Построено школ"}, "unit": {"ru": "школа"}, "targets": {Y1: "12", Y2: "15"}},
        {
            "title": {"ru": "Доля трёхсменных школ"},
            "unit": {"ru": "%"},
            "targets": {Y1: "1.5", Y2: "0"},
        },
    ],
    "lines": [
        {
            "title": {"ru": "Строительство"},
            "code": "225-099-100",
            "amounts": {Y1: "1000000.10", Y2: "2"},
        },
        {"title": {"ru": "Оснащение"}, "amounts": {Y1: "0.20", Y2: "3"}},
    ],
}


def act(name: str, user: str | None, **data: Any) -> Any:
    """Call an action as a person, with its check of access."""
    return tk.get_action(name)({"user": user or ""}, data)


def person() -> str:
    """The name of an account with a confirmed address."""
    return factories.citizen()["name"]


def officer(agency_id: str, *roles: Role) -> str:
    """The name of an account with roles in the agency's budget."""
    return factories.officer(agency_id, "budget", *roles)["name"]


@dataclass
class Ground:
    """An agency, its head, a moderator, a member of its council, and a programme."""

    agency: dict[str, Any]
    head: str
    moderator: str
    member: str
    id: str = ""

    def shown(self) -> dict[str, Any]:
        return act("budget_programme_show", self.head, id=self.id)

    def seen_by(self, user: str | None) -> dict[str, Any]:
        return act("budget_programme_show", user, id=self.id)

    def step(self, event: str, user: str | None = None, **data: Any) -> dict[str, Any]:
        return act("budget_programme_transition", user or self.head, id=self.id, event=event, **data)

    def close(self) -> None:
        """The term of the discussion is over, and the clock comes by."""
        self.end_term()
        assert watching.close_discussions() == 1

    def end_term(self) -> None:
        past = utc_now() - dt.timedelta(minutes=5)
        model.Session.execute(sa.update(Programme).where(Programme.id == self.id).values(due_at=past))
        model.Session.commit()

    def comment(self, text: str, anchor: str = "", user: str | None = None) -> dict[str, Any]:
        """A comment that a moderator has admitted."""
        about = {"entity_type": "budget_programme", "entity_id": self.id, **({"anchor": anchor} if anchor else {})}
        made = act("comment_create", user or person(), text=text, language="ru", **about)
        act("comment_moderate", self.moderator, ids=[made["id"]], state="public")
        return made

    def answer(self, comment: dict[str, Any], anchor: str = "") -> None:
        about = {"entity_type": "budget_programme", "entity_id": self.id, **({"anchor": anchor} if anchor else {})}
        reply = {"text": "Спасибо, учтём.", "language": "ru", "kind": "official", "parent_id": comment["id"]}
        act("comment_create", self.head, **about, **reply)

    def opine(self, verdict: str = "for", **data: Any) -> dict[str, Any]:
        day = utc_now().date().isoformat()
        votes = {"votes_for": 3, "votes_against": 9} if verdict == "against" else {"votes_for": 9, "votes_against": 3}
        given = {"verdict": verdict, "text": "Совет рассмотрел программу.", "language": "ru", "held_on": day, **votes}
        return act("council_opinion_create", self.member, id=self.id, **{**given, **data})


def ground() -> Ground:
    """A draft."""
    agency = factories.Agency()
    roles = (Role.HEAD, Role.MODERATOR, Role.COUNCIL_MEMBER)
    made = Ground(agency, *(officer(agency["id"], role) for role in roles))
    made.id = act("budget_programme_create", made.head, owner_org=agency["id"], **PASSPORT)["id"]
    return made


def changed(shown: dict[str, Any], amount: str) -> dict[str, Any]:
    """The text of a programme with another amount in its first line."""
    text = copy.deepcopy(shown["passport"])
    text["lines"][0]["amounts"][str(text["years"][0])] = amount
    return text
