"""People and steps that the tests of appeals share."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import outbox

TEXT = "Здравствуйте! На улице Абая третью неделю нет уличного освещения. Когда его починят?"


def act(name: str, user: str | None, **data: Any) -> Any:
    """Call an action as a person, with its check of access."""
    return tk.get_action(name)({"user": user or ""}, data)


def citizen(**values: Any) -> str:
    """A person with a confirmed address; the name of their account."""
    return factories.citizen(**values)["name"]


def officer(agency: str, *roles: Role) -> str:
    """An officer of the dialogue of an agency; the name of their account."""
    return factories.officer(agency, "dialog", *roles)["name"]


def agency(**values: Any) -> str:
    """An agency; its id."""
    return factories.Agency(**values)["id"]


def write(user: str | None, to: str, **other: Any) -> dict[str, Any]:
    """An appeal of a person to an agency; the answer of ``appeal_create``."""
    values: dict[str, Any] = {
        "agency": to,
        "kind": "complaint",
        "topic": "utilities",
        "region": "710000000",
        "language": "ru",
        "subject": "Нет уличного освещения",
        "text": TEXT,
        "public": True,
    }
    return act("appeal_create", user, **{**values, **other})


def work() -> None:
    """What the worker does after each commit: index, notices, letters."""
    outbox.drain()
    model.Session.remove()


ANSWER = "Освещение на улице Абая восстановлено, светильники починят до конца недели."
REASON = "Вопрос относится к компетенции другого органа."
