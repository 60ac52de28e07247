"""Officers who publish for their agencies. Their passwords lie in a file that only the owner can read."""

from __future__ import annotations

import json
import secrets

from stack.demonstration.catalogue import Officer, officers
from stack.demonstration.invented import person
from stack.demonstration.portal import Portal
from stack.secrets import write_private

FILE = "demonstration.users"


def load(portal: Portal) -> list[str]:
    path = portal.folder / FILE
    passwords: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for officer in officers():
        _make_user(portal, officer, passwords)
        # Written after each one: an interrupted run must not leave an account whose password nobody knows.
        write_private(path, json.dumps(passwords, indent=1))
        for agency in officer.agencies:
            _make_editor(portal, officer.login, agency)
    portal.say(f"{len(officers())} officers; their passwords are in {path}")
    return []


def _make_user(portal: Portal, officer: Officer, passwords: dict[str, str]) -> None:
    shown = portal.find("user_show", officer.login)
    if shown and officer.login in passwords:
        return
    password = secrets.token_urlsafe(18)
    email = f"{officer.login}@example.org"
    if shown:
        portal.call("user_patch", {"id": shown["id"], "email": email, "password": password})
    else:
        fullname = person(officer.login)
        portal.call("user_create", {"name": officer.login, "email": email, "fullname": fullname, "password": password})
    passwords[officer.login] = password


def _make_editor(portal: Portal, login: str, agency: str) -> None:
    shown = portal.call("organization_show", {"id": agency, "include_users": True})
    if not any(user["name"] == login and user["capacity"] == "editor" for user in shown["users"]):
        portal.call("organization_member_create", {"id": agency, "username": login, "role": "editor"})
