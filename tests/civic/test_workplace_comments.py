"""Comments that wait for a moderator stand in the moderator's workplace: one task for each discussion."""

from __future__ import annotations

import pytest
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role

from tests.civic.discussion_component import HEARING, ForumPlugin, act, officer, person, with_forum, write

pytestmark = [with_forum, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture(autouse=True)
def _fresh_forum() -> None:
    ForumPlugin.forget()


def titles(user: str) -> list[str]:
    return [task["title"] for task in act("workplace_task_list", user)["tasks"]]


def test_a_discussion_waits_until_its_comments_are_decided() -> None:
    moderator, author, package = (
        officer(),
        person(),
        factories.Dataset(title="Road 7", owner_org=factories.Organization()["id"]),
    )
    first = write(author, "Мен қарсымын.", HEARING, package["id"])
    second = write(author, "Екінші пікір.", HEARING, package["id"])
    assert titles(moderator) == ["2 comments wait: Road 7"]
    act("comment_moderate", moderator, ids=[first["id"]], state="public")
    assert titles(moderator) == ["1 comment waits: Road 7"]
    act("comment_moderate", moderator, ids=[second["id"]], state="spam")
    assert titles(moderator) == []


def test_what_is_no_package_is_counted_all_the_same() -> None:
    moderator = officer()
    write(person(), "Пікір.", HEARING)
    assert titles(moderator) == ["1 comment waits for your decision."]


def test_moderators_of_other_agencies_and_other_roles_see_nothing() -> None:
    write(person(), "Пікір.", HEARING)
    for other in (officer(agency="agency-2"), officer(Role.PUBLISHER)):
        assert titles(other) == []
