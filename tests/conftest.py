"""What all tests share. They run against the test twin that ``./opengov test`` prepares, never the portal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import ckan.model as model
from ckan.common import config


@pytest.fixture(scope="session", autouse=True)
def _only_test_databases() -> None:
    for key in ("sqlalchemy.url", "ckan.datastore.write_url", "ckan.datastore.read_url"):
        name = str(config[key]).rsplit("/", 1)[-1]
        if not name.endswith("_test"):
            pytest.exit(f"{key} names the database {name}; tests write to databases that end in _test only", 2)


@pytest.fixture
def clean_portal(clean_db: Any, clean_index: Any, with_plugins: Any) -> Iterator[None]:
    """An empty portal with all plugins of the ini."""
    yield
    model.Session.rollback()
    model.Session.remove()
