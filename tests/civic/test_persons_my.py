"""``/my``: everything that I wrote and what became of it, from all components, page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent, Link, MyItem

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


class WrittenPlugin(p.SingletonPlugin):
    """A component with texts of one user."""

    p.implements(ICivicComponent)

    written: ClassVar[list[MyItem]] = []
    asked: ClassVar[list[str]] = []

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(name="written", title="Written", my_items=self.items)

    def items(self, user_id: str, before: dt.datetime | None, limit: int) -> Iterable[MyItem]:
        self.asked.append(user_id)
        found = [item for item in self.written if before is None or item.at < before]
        return sorted(found, key=lambda item: item.at, reverse=True)[:limit]


pytestmark = [
    pytest.mark.with_plugins({"opengov_written": WrittenPlugin}),
    pytest.mark.usefixtures("clean_portal"),
]


@pytest.fixture(autouse=True)
def _nothing_written() -> None:
    WrittenPlugin.written.clear()
    WrittenPlugin.asked.clear()


def write(number: int, **fields: Any) -> None:
    at = START + dt.timedelta(hours=number)
    values: dict[str, Any] = {"title": f"Text {number}", "url": f"/x/{number}", "state": "Answered", "at": at}
    WrittenPlugin.written.append(MyItem(**{**values, "public": True, **fields}))


def test_each_item_shows_what_became_of_it(app: Any) -> None:
    write(1, became=(Link("The answer", "/answer/1"),), public=False)
    user = factories.User(password="correct-horse")
    app.post("/user/login", data={"login": user["name"], "password": "correct-horse"})
    page = app.get("/en/my").body
    for words in ("Text 1", "Answered", 'href="/en/answer/1"', "Only you and the agency see this page"):
        assert words in page
    assert set(WrittenPlugin.asked) == {user["id"]}


def test_pages_follow_each_other_without_gaps_or_repeats() -> None:
    for number in range(25):
        write(number)
    user = factories.User()
    seen: list[str] = []
    before = ""
    while True:
        page = call_action("my_item_list", {"user": user["name"]}, before=before, limit=10)
        seen += [item["title"] for item in page["items"]]
        if not page["next"]:
            break
        before = page["next"]
    assert seen == [f"Text {number}" for number in reversed(range(25))]


def test_texts_of_the_same_moment_stay_together() -> None:
    for number in range(6):
        write(number, at=START)
    write(7)
    write(-1)
    context = {"user": factories.User()["name"]}
    first = call_action("my_item_list", dict(context), limit=3)
    assert first["items"][0]["title"] == "Text 7"
    assert {item["title"] for item in first["items"][1:]} == {f"Text {number}" for number in range(6)}
    second = call_action("my_item_list", dict(context), limit=3, before=first["next"])
    assert [item["title"] for item in second["items"]] == ["Text -1"]
    assert second["next"] is None


def test_a_wrong_place_in_the_list_is_refused() -> None:
    with pytest.raises(tk.ValidationError):
        call_action("my_item_list", {"user": factories.User()["name"]}, before="yesterday")
    with pytest.raises(tk.ValidationError):
        call_action("my_item_list", {"user": factories.User()["name"]}, limit=100_000)


def test_a_visitor_is_sent_to_sign_in(app: Any) -> None:
    for page in ("/my", "/my/subscriptions", "/my/webhooks", "/my/settings"):
        answer = app.get(page, follow_redirects=False)
        assert answer.status_code == 302
        assert "/user/login" in answer.headers["Location"]


def test_the_pages_are_there_in_three_languages(app: Any) -> None:
    user = factories.User(password="correct-horse")
    app.post("/user/login", data={"login": user["name"], "password": "correct-horse"})
    for prefix, words in (("", "Менің беттерім"), ("/ru", "Мои страницы"), ("/en", "My pages")):
        for page in ("/my", "/my/subscriptions", "/my/webhooks", "/my/settings"):
            assert words in app.get(f"{prefix}{page}").body
