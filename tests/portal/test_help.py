"""Every visible field of a form that an officer or a citizen fills says beside itself what it is for."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from lxml import html

from tests.civic.photos import attached, photo
from tests.data.ground import ask, dataset
from tests.data.ground import officer as data_officer
from tests.data.lists.test_lists import draft as list_item
from tests.dialog import appeals, conference_ground, poll_ground
from tests.dialog.appeals import act

from .helped import unhelped
from .test_crawl import Walk

pytestmark = pytest.mark.usefixtures("clean_portal")

# Pages of CKAN itself for administrators of the portal, and of its own parts of a data set.
STOCK = re.compile(
    r"/ckan-admin|/bulk_process|/dictionary/|/(new|edit)_view|/user/(reset|edit/)|/collaborators|/member"
)
VISITORS = (
    *("/dialog", "/user/register", "/user/login", "/coverage/new", "/appeal/track", "/notices/subscribe"),
    *("/draft-acts", "/budget", "/budget/tax", "/budget_programme/", "/evaluation", "/public_service"),
)
CITIZENS = (
    *("/my", "/my/settings", "/my/webhooks", "/user/edit", "/appeal/new", "/coverage/new", "/request/new", "/app/new"),
    *("/app/contests", "/request/", "/app/"),
)
OFFICERS = (
    *("/workplace", "/moderation", "/appeal/desk/", "/appeal/desk/queue", "/answers/new", "/poll/new"),
    *("/conference/new", "/officers/new", "/officers/import", "/helpdesk/new", "/harvest/new", "/dataset/new"),
    *("/organization/new", "/app/contests/new", "/draft-act/desk/new", "/budget/desk/new", "/budget_programme/new"),
    *("/budget_report/new", "/budget_report/calendar", "/audit_result/new", "/template/new"),
    *("/evaluation/desk/periods", "/evaluation/desk/frameworks", "/evaluation/office"),
)


@dataclass
class Signed:
    """A client that signs each request."""

    client: Any
    token: str

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, headers={"Authorization": self.token} if self.token else {}, **options)


@dataclass
class World:
    """A portal with one thing of each kind in the states that have forms; the addresses of their pages."""

    citizen: str
    of_citizen: list[str]
    of_officer: list[str]


def made() -> World:
    ministry, author = appeals.agency(name="ministry"), appeals.citizen()
    head = appeals.officer(ministry, Role.HEAD, Role.MODERATOR)
    numbers = [
        appeals.write(author, ministry, text=f"{number} {appeals.TEXT}", attachments=[attached("a.jpg", photo())])
        for number in range(4)
    ]
    waiting, asked, answered, useless = (one["number"] for one in numbers)
    for number in (asked, answered, useless):
        act("appeal_take", head, number=number)
    act("appeal_ask", head, number=asked, question="В каком доме?")
    for number in (answered, useless):
        act("appeal_answer", head, number=number, text=appeals.ANSWER, acknowledged=["copy", "questions"])
    act("appeal_rate", author, number=useless, solved=False, speed=1)
    texts = {"question": {"ru": "Когда починят фонари?"}, "answer": {"ru": appeals.ANSWER}}
    standing = act("standing_answer_create", head, agency=ministry, **texts)["id"]
    places = _dialogue(ministry) + _data(ministry, author)
    helpdesk = act("helpdesk_question_create", head, question="Как передать обращение?", language="ru")
    own = [f"/appeal/{one}" for one in (waiting, asked, answered, useless)]
    desks = [f"/appeal/desk/{one}" for one in (waiting, asked, answered)]
    return World(
        author, own + places, [*desks, f"/answers/{standing}/edit", f"/helpdesk/{helpdesk['id']}", *own, *places]
    )


def _dialogue(ministry: str) -> list[str]:
    ground = conference_ground.Ground(
        {"id": ministry},
        conference_ground.draft(ministry, appeals.officer(ministry, Role.HEAD)),
        appeals.officer(ministry, Role.HEAD),
        appeals.officer(ministry, Role.MODERATOR),
    ).to("collecting")
    ground.admitted()
    ground.ask()
    ground.to("live")
    poll = poll_ground.opened()
    asked = {one["id"]: "Ещё деревьев." for one in poll["questions"] if one["kind"] == "text"}
    asked |= {one["id"]: one["options"][0]["id"] for one in poll["questions"] if one["kind"] == "single"}
    act("poll_vote", appeals.citizen(), id=poll["id"], choices=asked)
    closed = poll_ground.opened(asked=(poll_ground.SINGLE,))
    poll_ground.close(closed)
    conference = f"/conference/{ground.conference['name']}"
    drafted = poll_ground.draft(poll["publisher"], poll["agency"]["id"])
    return [
        *(conference, f"{conference}/desk", f"{conference}/edit"),
        *(f"/poll/{one['id']}" for one in (poll, closed, drafted)),
        *(f"/poll/{poll['id']}/texts", f"/poll/{drafted['id']}/edit"),
    ]


def _data(ministry: str, author: str) -> list[str]:
    dataset(ministry, name="schools")
    approver = data_officer(ministry, Role.LIST_APPROVER, Role.MODERATOR, Role.AUTHOR, Role.HEAD)
    request = ask(author)["number"]
    addressed = ask(author, title="Другие данные города", agency=ministry)["number"]
    list_item(approver, ministry)
    sent = {"title": "Карта школ", "notes": "Находит школу.", "datasets": ["schools"]}
    app = act("application_create", author, links=[{"kind": "website", "url": "https://example.org/"}], **sent)
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    contest = {
        "name": "summer",
        "title": {"ru": "Летний конкурс"},
        "rules": {"ru": "Судят пользу."},
        "opens_at": (now - day).isoformat(),
        "closes_at": (now + day).isoformat(),
        "jury": [appeals.citizen()],
    }
    tk.get_action("contest_create")({"user": approver}, contest)
    return [
        *(f"/request/{one}{end}" for one in (request, addressed) for end in ("", "/desk")),
        *("/list/ministry/desk", "/list/ministry/desk/item", "/dataset/schools", "/dataset/edit/schools"),
        *("/organization/edit/ministry", f"/app/{app['id']}", f"/app/{app['id']}/edit", "/app/contest/summer"),
    ]


def walk(app: Any, name: str | None, starts: tuple[str, ...]) -> tuple[set[str], set[str], set[str]]:
    """The fields without help, the names of those that have some, and the pages with a form from which the helpdesk
    cannot be asked, of all pages that a person comes to.
    """
    token = factories.APIToken(user=name)["token"] if name else ""
    client = Signed(app.test_client(), token)
    walked = Walk(client, app.flask_app.url_map.bind(""), starts, ("/ru",))
    walked.assets = set()
    walked.go()
    # Each desk has the forms of its own state: the walk sees one page of a kind only.
    pages = {path: page.html for path, page in walked.pages.items()}
    pages |= {f"/ru{one}": client.get(f"/ru{one}", follow_redirects=True).text for one in starts}
    shown = {path: text for path, text in pages.items() if not STOCK.search(path)}
    bad = {f"{path} {field}" for path, text in shown.items() for field in unhelped(text)}
    names = {one for text in shown.values() for one in html.fromstring(text).xpath("//form//*/@name")}
    unasked = {path for path, text in shown.items() if "<form" in text and "/helpdesk/new?" not in text}
    return bad, names, unasked


def test_each_field_of_a_form_has_its_help(app: Any) -> None:
    world = made()
    admin = factories.Sysadmin()["name"]
    seen: set[str] = set()
    for name, starts in (
        (None, VISITORS),
        (world.citizen, (*CITIZENS, *world.of_citizen)),
        (admin, (*OFFICERS, *world.of_officer)),
    ):
        bad, names, unasked = walk(app, name, starts)
        assert not bad, "\n".join(sorted(bad))
        assert not (unasked if name == admin else ()), "\n".join(sorted(unasked))
        seen |= names
    # The walk came to the forms: of citizens, of each part of dialogue and data, of administrators of agencies.
    assert {"bin", "solved", "reason", "attachments", "legal_reason", "hand_over_to", "link_url"} - seen <= {
        "hand_over_to"
    }
    assert {"title_translated-ru", "merged_into", "question-0-text-ru", "conclusion-ru", "criteria", "jury"} <= seen


def test_a_field_without_help_is_noticed() -> None:
    form = "<form method='post'><label>{}</label></form>"
    assert unhelped(form.format("<input name='a'>")) == ["here: a"]
    assert unhelped(form.format("<input name='a' aria-describedby='b'>")) == ["here: a"]
    assert unhelped(form.format("<input name='a' aria-describedby='b'><p id='b'> </p>")) == ["here: a"]
    assert unhelped(form.format("<input name='a' aria-describedby='b'><p id='b'>What it is.</p>")) == []
    assert unhelped(form.format("<div hidden><input name='a'></div><input type='hidden' name='b'>")) == []
