"""What all tests share. They run against the test twin that ``./opengov test`` prepares, never the portal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import redis

import ckan.model as model
from ckan.common import config

# CKAN puts the connection of the Redis sessions into its configuration, and its fixtures copy that deeply.
redis.Redis.__deepcopy__ = lambda self, _memo: self  # pyright: ignore[reportAttributeAccessIssue]


@pytest.fixture(scope="session", autouse=True)
def _only_test_databases() -> None:
    for key in ("sqlalchemy.url", "ckan.datastore.write_url", "ckan.datastore.read_url"):
        name = str(config[key]).rsplit("/", 1)[-1]
        if not name.endswith("_test"):
            pytest.exit(f"{key} names the database {name}; tests write to databases that end in _test only", 2)


@pytest.fixture
def clean_portal(with_plugins: Any, reset_db: Any, reset_index: Any) -> Iterator[None]:
    """An empty portal with all plugins of the ini. ``./opengov test`` has migrated its tables."""
    model.repo.tables_created_and_initialised = True
    reset_db()
    reset_index()
    yield
    model.Session.rollback()
    model.Session.remove()
