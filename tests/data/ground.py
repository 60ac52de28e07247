"""People and steps that the tests of requests and lists share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib.search.common import make_connection
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, outbox, persons

TITLE = "Расписание автобусов города"
WANTED = "Расписание всех городских маршрутов с остановками и координатами, за 2026 год."
REASON = "Эти данные ведёт другой орган."


def act(name: str, user: str | None, **data: Any) -> Any:
    """Call an action as a person, with its check of access."""
    return tk.get_action(name)({"user": user or ""}, data)


def citizen(**values: Any) -> str:
    """A person with a confirmed address; the name of their account."""
    user = model.User.get(factories.User(**values)["id"])
    persons.confirm_address(user)
    model.Session.commit()
    return user.name


def agency(**values: Any) -> str:
    """An agency; its id."""
    return factories.Organization(**values)["id"]


def officer(agency_id: str, *roles: Role) -> str:
    """An officer of open data in an agency; the name of the account."""
    name = citizen()
    user = model.User.get(name)
    since = dt.date(2026, 1, 1)
    officers.grant([officers.Grant(user.id, agency_id, "data", role, since) for role in roles], actor=user.id)
    model.Session.commit()
    return name


def ask(user: str, **other: Any) -> dict[str, Any]:
    """A request for data of a person."""
    return act("data_request_create", user, **{"title": TITLE, "wanted": WANTED, "language": "ru", **other})


def dataset(agency_id: str, **values: Any) -> dict[str, Any]:
    """A public data set of an agency."""
    return factories.Dataset(owner_org=agency_id, **values)


def work() -> None:
    """What the worker does after each commit: index, notices, letters."""
    outbox.drain()
    # The worker does not wait until searches see what it wrote; a test does.
    make_connection().commit()
    model.Session.remove()
