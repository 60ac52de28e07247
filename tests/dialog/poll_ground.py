"""What the tests of polls share: an agency with officers, citizens, a poll with every kind of question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, persons
from ckanext.opengov.dialog.model.polls import Poll
from ckanext.opengov.dialog.service.polls import life, voting

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)

SINGLE = {
    "kind": "single",
    "required": True,
    "text": {"kk": "Саябақ қай жерде керек?", "ru": "Где нужен парк?"},
    "options": [{"kk": "Орталықта", "ru": "В центре"}, {"kk": "Шетте", "ru": "На окраине"}],
}
MULTIPLE = {
    "kind": "multiple",
    "text": {"ru": "Что в нём нужно?"},
    "options": [{"ru": "Дорожки"}, {"ru": "Площадка"}, {"ru": "Свет"}],
    "max": 2,
}
RANKED = {
    "kind": "ranked",
    "text": {"ru": "Что сделать сначала?"},
    "options": [{"ru": "Деревья"}, {"ru": "Скамьи"}, {"ru": "Фонтан"}],
}
SCALE = {"kind": "scale", "text": {"ru": "Довольны ли вы парками?"}, "steps": 5, "low": {"ru": "нет"}}
TEXT = {"kind": "text", "text": {"ru": "Что ещё?"}}
ALL = (SINGLE, MULTIPLE, RANKED, SCALE, TEXT)


def account(name: str) -> model.User:
    """The user of a name."""
    return model.Session.scalars(sa.select(model.User).where(model.User.name == name)).one()


def person(**values: Any) -> str:
    """Somebody with a confirmed address; the name of the account."""
    user = account(factories.User(**values)["name"])
    persons.confirm_address(user)
    model.Session.commit()
    return user.name


def verify(name: str, national_id: str) -> None:
    """An identity provider names the person."""
    persons.link(persons.Identity(subject=f"test:{name}", national_id=national_id), account(name))
    model.Session.commit()


def officer(agency_id: str, role: Role = Role.PUBLISHER) -> str:
    """An officer of the agency."""
    name = person()
    user = account(name)
    officers.grant([officers.Grant(user.id, agency_id, life.COMPONENT, role, officers.today())], actor=user.id)
    model.Session.commit()
    return name


def act(name: str, user: str | None, **data: Any) -> Any:
    """Call an action as a person, with its check of access."""
    return tk.get_action(name)({"user": user or ""}, data)


def draft(user: str, agency_id: str, asked: Iterable[dict[str, Any]] = ALL, **values: Any) -> dict[str, Any]:
    """A draft that begins tomorrow."""
    given = {
        "owner_org": agency_id,
        "title": {"kk": "Жаңа саябақ", "ru": "Новый парк"},
        "starts_at": (NOW + DAY).isoformat(),
        "ends_at": (NOW + 8 * DAY).isoformat(),
        "questions": list(asked),
        **values,
    }
    return act("poll_create", user, **given)


def set_clock(poll_id: str, starts_in: dt.timedelta, ends_in: dt.timedelta) -> None:
    """Place the poll around the present moment, and let the periodic work run."""
    now = voting.clock()
    change = sa.update(Poll).where(Poll.id == poll_id).values(starts_at=now + starts_in, ends_at=now + ends_in)
    model.Session.execute(change)
    model.Session.commit()
    life.advance()


def opened(asked: Iterable[dict[str, Any]] = ALL, **values: Any) -> dict[str, Any]:
    """A poll that runs."""
    agency = factories.Organization()["id"]
    publisher = officer(agency)
    made = draft(publisher, agency, asked, **values)
    act("poll_transition", publisher, id=made["id"], event="announce")
    set_clock(made["id"], -DAY, DAY)
    return act("poll_show", publisher, id=made["id"]) | {"publisher": publisher}


def close(poll: dict[str, Any]) -> None:
    """The end of the poll passes."""
    set_clock(poll["id"], -DAY, -dt.timedelta(seconds=1))


def ids(poll: dict[str, Any]) -> list[str]:
    """The ids of the questions."""
    return [question["id"] for question in poll["questions"]]
