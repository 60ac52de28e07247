"""The demonstration's approved lists and requests for data, over HTTP, and again without anything written twice."""

from __future__ import annotations

import ckan.model as model
import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.service import persons

from stack.demonstration.cast import citizen
from stack.demonstration.catalogue import datasets
from stack.demonstration.parts import data_requests, lists
from stack.demonstration.portal import Portal
from tests.stack.test_demonstration_portal import portal  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("clean_portal")


@pytest.fixture
def ground() -> None:
    """The agencies with their data sets, and the citizens."""
    asked = [wish["agency"] for wish in data_requests.plan() if "agency" in wish]
    for agency in {*lists.AGENCIES, *asked}:
        factories.Organization(name=agency)
    for dataset in [one for one in datasets() if one.agency in lists.AGENCIES]:
        factories.Dataset(name=dataset.name, owner_org=dataset.agency)
    for key in {key for wish in data_requests.plan() for key in (wish["citizen"], *wish["supporters"])}:
        persons.confirm_address(model.User.get(factories.User(name=citizen(key))["id"]))
    model.Session.commit()


def test_lists_and_requests_stand_after_one_run(
    portal: Portal,  # noqa: F811
    ground: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert lists.load(portal) == []
    assert data_requests.load(portal) == []
    education = call_action("data_list_show", agency="ministry-of-education")
    assert education["figures"]["late"] >= 1
    health = call_action("data_list_show", agency="ministry-of-health")
    assert "agreed" in {one["state"] for one in health["items"]}
    found = call_action("data_request_list")["requests"]
    assert {one["state"] for one in found} == {"published", "refused", "in_work", "unassigned"}
    lists.load(portal)
    data_requests.load(portal)
    assert "4 requests for data, 0 made" in capsys.readouterr().out
    assert len(call_action("data_list_show", agency="ministry-of-health")["items"]) == len(health["items"])
