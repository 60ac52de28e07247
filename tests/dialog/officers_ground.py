"""Officers of the dialogue with a token, so that pages know them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import unescape
from typing import Any

import ckan.model as model
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, persons


@dataclass(frozen=True)
class Visitor:
    """Somebody who looks at pages in English."""

    app: Any
    name: str
    token: str

    def get(self, path: str, *, status: int = 200) -> str:
        answer = self.app.get(f"/en{path}", headers=self._headers(), follow_redirects=False)
        return self._read(answer, status)

    def post(self, path: str, *, status: int = 302, **form: Any) -> str:
        answer = self.app.post(f"/en{path}", headers=self._headers(), data=form, follow_redirects=False)
        return self._read(answer, status)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self.token} if self.token else {}

    @staticmethod
    def _read(answer: Any, status: int) -> str:
        assert answer.status_code == status, answer.text[:3000]
        return unescape(answer.text)


def visitor(app: Any, agency: str | None = None, *roles: Role) -> Visitor:
    """A person with a confirmed address; with roles in the dialogue of an agency."""
    user = factories.UserWithToken()
    persons.confirm_address(model.User.get(user["id"]))
    since = dt.date(2026, 1, 1)
    grants = [officers.Grant(user["id"], agency, "dialog", role, since) for role in roles if agency]
    officers.grant(grants, actor=user["id"])
    model.Session.commit()
    return Visitor(app, user["name"], user["token"])
