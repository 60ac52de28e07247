"""The way of a request for data: asked, supported, given to an agency, answered."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal

from tests.data.ground import WANTED, act, agency, ask, citizen, dataset, officer, work

pytestmark = pytest.mark.usefixtures("clean_portal")


def test_from_a_question_to_the_published_data_set() -> None:
    body, owner = agency(), agency(title="Управление транспорта")
    approver, publisher = officer(body, Role.LIST_APPROVER), officer(owner, Role.PUBLISHER)
    moderator = officer(owner, Role.MODERATOR)
    author, supporter = citizen(), citizen()

    made = ask(author)
    assert (made["state"], made["visibility"], made["deadline"]["key"]) == ("unassigned", "pending", "data_request.assign")
    given = act("data_request_assign", approver, id=made["number"], agency=owner)
    assert (given["state"], given["deadline"]["key"]) == ("in_work", "data_request.answer")
    act("data_request_moderate", moderator, id=made["id"], decision="accept")
    work()
    from ckanext.opengov.civic.model.outbox import OutboxMessage
    print([one.error for one in model.Session.query(OutboxMessage)])
    assert [one["number"] for one in act("data_request_list", None, q="автобусов")["requests"]] == [made["number"]]

    assert act("data_request_support", supporter, id=made["id"])["support"] == 1
    assert act("data_request_support", supporter, id=made["id"])["support"] == 1
    published = dataset(owner, title="Bus timetable")
    answered = act(
        "data_request_answer", publisher, id=made["id"], outcome="published", datasets=[f"/ru/dataset/{published['name']}"]
    )
    assert answered["state"] == "published"
    assert answered["in_time"] is True
    assert [one["name"] for one in answered["datasets"]] == [published["name"]]
    work()
    events = [one["event"] for one in journal.entries("data_request", made["id"], internal=False)]
    assert events == [
        f"data_request.{name}" for name in ("received", "assign", "moderate_accept", "supported", "publish")
    ]
    assert journal.verify("data_request", made["id"]).ok
    shown = act("package_show", None, id=made["number"])
    assert (shown["title"], shown["request_state"]) == (made["title"], "published")
    items = act("my_list", author)["items"] if "my_list" in tk.get_action.__dict__ else []
    assert items == []
    assert model.Package.get(made["id"]).owner_org == owner
    assert WANTED
