"""Personal data in a request reach its author and officers, and no copy that others read."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import pytest
from ckan.lib.search.common import make_connection
from ckan.tests import factories
from ckanext.opengov.civic.model.notices import Notice
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal

from tests.data.ground import act, agency, ask, citizen, dataset, officer, work

pytestmark = pytest.mark.usefixtures("clean_portal")

IIN = "900101300017"
PHONE = "+7 701 555 13 57"
MARKS = (IIN, "7015551357", "701 555 13 57", PHONE)


def holds_none(text: str) -> bool:
    return not any(mark in text for mark in MARKS)


def everything(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, default=str)


def test_canaries_in_all_texts_stay_where_they_belong(app: Any) -> None:
    owner, other = agency(name="owner"), agency(name="other")
    author, head, moderator = citizen(), officer(owner, Role.HEAD), officer(owner, Role.MODERATOR)
    texts = {
        name: f"Пособия по {name}, ИИН {IIN}, телефон {PHONE}, прошу опубликовать."
        for name in ("title", "wanted", "why")
    }
    made = ask(author, agency=owner, **texts)
    act("data_request_moderate", moderator, id=made["id"], decision="accept")
    reason = f"Это данные другого органа, звоните {PHONE}, ИИН {IIN}."
    act("data_request_forward", head, id=made["id"], agency=other, reason=reason)
    chief = officer(other, Role.HEAD)
    answer = {"outcome": "published", "datasets": [dataset(other)["name"]], "text": f"Вопросы по {PHONE}, ИИН {IIN}."}
    act("data_request_answer", chief, id=made["id"], **answer)
    work()

    assert IIN in everything(act("data_request_show", author, id=made["id"])["original"])
    assert PHONE in everything(act("data_request_show", chief, id=made["id"])["original"])
    # The agency that passed it on is not concerned any more.
    for user in (None, citizen(), officer(agency(), Role.HEAD), head):
        shown = act("data_request_show", user, id=made["id"])
        assert "original" not in shown
        assert holds_none(everything(shown))
        assert holds_none(everything(act("data_request_list", user)))
        assert holds_none(everything(act("package_show", user, id=made["id"])))
        assert holds_none(everything(act("package_search", user, fq="dataset_type:data_request", include_private=True)))
    assert holds_none(everything(journal.entries("data_request", made["id"], internal=True)))
    for notice in model.Session.query(Notice):
        assert holds_none(everything([notice.subject, notice.body]))
    documents = make_connection().search("*:*", fq="dataset_type:data_request", fl="*").docs
    assert len(documents) == 1
    assert holds_none(everything(documents))
    stranger = {"Authorization": factories.APIToken(user=citizen())["token"]}
    for path in (f"/en/request/{made['number']}", "/en/request/", f"/en/request/{made['number']}?x=1"):
        assert holds_none(app.get(path).text)
        assert holds_none(app.get(path, headers=stranger).text)


def test_nobody_learns_who_asked(app: Any) -> None:
    owner = agency()
    author = model.User.get(citizen(fullname="Жаңыл Сериктестова"))
    marks = (author.id, author.name, author.fullname, author.email)
    made = ask(author.name, agency=owner)
    act("data_request_moderate", officer(owner, Role.MODERATOR), id=made["id"], decision="accept")
    work()
    documents = make_connection().search("*:*", fq="dataset_type:data_request", fl="*").docs
    for copy in (
        act("data_request_show", None, id=made["id"]),
        act("package_show", None, id=made["id"]),
        documents,
        journal.entries("data_request", made["id"], internal=True),
    ):
        assert not any(mark in everything(copy) for mark in marks)
    assert not any(mark in app.get(f"/en/request/{made['number']}").text for mark in marks)
