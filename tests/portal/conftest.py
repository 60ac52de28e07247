"""A small portal to walk through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ckan.tests import factories

PASSWORD = "correct horse battery"


@pytest.fixture
def sign_in(app: Any) -> Callable[[dict[str, Any]], Any]:
    """A browser in which the user has signed in by the form."""

    def sign(user: dict[str, Any]) -> Any:
        client = app.test_client()
        answer = client.post("/user/login", data={"login": user["name"], "password": PASSWORD}, follow_redirects=False)
        assert answer.status_code == 302
        return client

    return sign


@pytest.fixture
def seeded(clean_portal: None) -> dict[str, Any]:
    """Two agencies, three data sets with a file each, a citizen and a sysadmin."""
    agencies = [factories.Organization(name=name, image_url="") for name in ("ministry", "committee")]
    datasets = [
        factories.Dataset(name=f"schools-{number}", owner_org=agencies[number % 2]["id"], notes="Schools, **listed**")
        for number in range(3)
    ]
    resources = [
        factories.Resource(package_id=dataset["id"], url="https://example.org/schools.csv", format="CSV")
        for dataset in datasets
    ]
    return {
        "citizen": factories.User(password=PASSWORD, image_url=""),
        "sysadmin": factories.Sysadmin(password=PASSWORD, image_url=""),
        "agencies": agencies,
        "datasets": datasets,
        "resources": resources,
    }
