"""A renamed agency is found by its new title with all that is published in its name."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import agency_titles, outbox

pytestmark = pytest.mark.usefixtures("clean_portal")


@pytest.fixture
def agency(clean_portal: None) -> dict[str, Any]:
    return factories.Organization(title_translated={"ru": "Комитет лесов"})


def found(words: str) -> set[str]:
    answer = tk.get_action("package_search")({"user": ""}, {"q": words})
    return {one["name"] for one in answer["results"]}


def waiting() -> list[dict[str, Any]]:
    query = sa.select(OutboxMessage.payload).where(OutboxMessage.topic == agency_titles.TOPIC)
    return list(model.Session.scalars(query.where(OutboxMessage.done_at.is_(None))))


def test_data_sets_are_found_by_the_new_title_only(agency: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agency_titles, "BATCH", 2)
    names = {factories.Dataset(owner_org=agency["id"])["name"] for _ in range(3)}
    other = factories.Dataset(owner_org=factories.Organization()["id"])["name"]
    outbox.drain()
    assert found("лесов") == names
    call_action("organization_patch", id=agency["id"], title_translated={"ru": "Агентство рыболовства"})
    assert waiting() == [{"agency": agency["id"], "after": ""}]
    outbox.drain()
    assert found("рыболовства") == names
    assert found("лесов") == set()
    assert other in found("*:*")
    batches = sa.select(sa.func.count()).where(OutboxMessage.topic == agency_titles.TOPIC)
    assert model.Session.scalar(batches) == 2


def test_another_change_of_an_agency_indexes_nothing(agency: dict[str, Any]) -> None:
    call_action("organization_patch", id=agency["id"], phone="+7 7172 00 00 00")
    assert waiting() == []
