"""Searching shows one type in its place, and never who wrote what."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.opengov.civic import guard

from tests.civic.example_component import TYPE, with_example

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture
def one_of_each(clean_portal: None) -> None:
    organization = factories.Organization()["id"]
    factories.Dataset(name="a-data-set", title="Schools", owner_org=organization)
    context = guard.service_context({"user": factories.Sysadmin()["name"]})
    tk.get_action("package_create")(
        context, {"name": "an-example", "title": "Schools", "type": TYPE, "owner_org": organization}
    )


def names(**params: Any) -> list[str]:
    return [hit["name"] for hit in tk.get_action("package_search")({"user": ""}, params)["results"]]


@pytest.mark.usefixtures("one_of_each")
def test_without_a_type_only_data_sets_are_found() -> None:
    assert names(q="Schools") == ["a-data-set"]
    assert names(q="*:*", fq="-name:other") == ["a-data-set"]


@pytest.mark.usefixtures("one_of_each")
def test_a_type_that_is_named_is_found() -> None:
    assert names(fq=f"dataset_type:{TYPE}") == ["an-example"]
    assert sorted(names(fq=f"+dataset_type:({TYPE} OR dataset)")) == ["a-data-set", "an-example"]


@pytest.mark.parametrize(
    "params",
    [
        {"fq": "creator_user_id:abc"},
        {"q": "permission_labels:public"},
        {"facet.field": ["creator_user_id"]},
        {"sort": "creator_user_id asc"},
        {"fl": "name,permission_labels"},
        {"fq_list": ["CREATOR_USER_ID:abc"]},
    ],
)
def test_who_wrote_a_package_cannot_be_searched(params: dict[str, Any]) -> None:
    with pytest.raises(tk.ValidationError):
        names(**params)
