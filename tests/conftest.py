"""What all tests share. They run against the test twin that ``./opengov test`` prepares, never the portal."""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

import ckan.model as model
import ckan.model.user as user
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
import redis
import sqlalchemy as sa
from ckan.common import config
from ckan.plugins import core
from ckanext.opengov.civic.model.journal import TABLES as JOURNAL_TABLES
from passlib.hash import pbkdf2_sha512
from sqlalchemy.exc import IllegalStateChangeError
from sqlalchemy.orm import close_all_sessions

from stack.layout import Layout

# CKAN asks for the whole stack with the source text around each frame to learn a caller's file name, for each folder of
# each plugin. Under pytest's deep stack that was a third of the suite's time; the names are there without the text.
inspect.stack = partial(inspect.stack, 0)

# CKAN puts the connection of the Redis sessions into its configuration, and its fixtures copy that deeply.
redis.Redis.__deepcopy__ = lambda self, _memo: self  # pyright: ignore[reportAttributeAccessIssue]


# Most accounts of the tests never sign in; a hash that is slow by design would be a tenth of the suite's time.
user.pbkdf2_sha512 = pbkdf2_sha512.using(rounds=1000)  # pyright: ignore[reportAttributeAccessIssue]


def pytest_configure(config: pytest.Config) -> None:
    """Each of several processes works on a twin of its own, from the one of the command on."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if worker != "0":
        os.environ["OPENGOV_TWIN"] = str(Layout.from_environment().twin + int(worker))
        twin = Layout.from_environment().testing
        config.option.ckan_ini = str(twin.ini)
        config.option.output = str(twin.folder / "screenshots")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What one process works through in one go: a file; and all browser tests, so that one portal is started."""
    for item in items:
        group = "e2e" if "e2e" in item.path.parts else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def _only_test_databases() -> None:
    for key in ("sqlalchemy.url", "ckan.datastore.write_url", "ckan.datastore.read_url"):
        name = str(config[key]).rsplit("/", 1)[-1]
        if not name.endswith("_test"):
            pytest.exit(f"{key} names the database {name}; tests write to databases that end in _test only", 2)


@contextmanager
def journal_writable() -> Iterator[None]:
    """Switch off, as only the tables' owner can, what makes the journal append-only."""
    model.Session.remove()

    def triggers(word: str) -> None:
        with model.ensure_engine().begin() as connection:
            for table in JOURNAL_TABLES:
                connection.execute(sa.text(f"ALTER TABLE IF EXISTS {table} {word} TRIGGER USER"))

    triggers("DISABLE")
    try:
        yield
    finally:
        model.Session.remove()
        triggers("ENABLE")


# Plugins that tests bring along, by the name under which CKAN loads them.
_brought: dict[str, type] = {}
_registered = core._get_service
core._get_service = lambda name: _brought[name](name=name) if name in _brought else _registered(name)


class _Loaded:
    """The plugins and the application of the last test. The next one goes on with them where it may: loading both
    anew takes longer than most tests.
    """

    marks: ClassVar[tuple[str, ...]] = ()
    plugin: ClassVar[Any] = None
    app: ClassVar[Any] = None


@pytest.fixture
def portal_plugins(request: pytest.FixtureRequest, ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All plugins of the ini, and those that a test's mark adds."""
    added: dict[str, type] = {}
    for mark in request.node.iter_markers("with_plugins"):
        for plugins in mark.args:
            added.update(plugins)
    names = [*tk.aslist(ckan_config["ckan.plugins"]), *added]
    monkeypatch.setitem(ckan_config, "ckan.plugins", names)
    marks = (*(str(mark.args) for mark in request.node.iter_markers("ckan_config")), *sorted(added))
    if marks != _Loaded.marks or _Loaded.plugin is None or p.get_plugin("opengov") is not _Loaded.plugin:
        _brought.update(added)
        p.load_all()
        _Loaded.marks, _Loaded.plugin, _Loaded.app = marks, p.get_plugin("opengov"), None


@pytest.fixture
def with_plugins(portal_plugins: None) -> None:
    """CKAN's own loads everything before each test that has its mark, and unloads it after."""


@pytest.fixture
def app(portal_plugins: None, make_app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """CKAN's test application, kept from one test to the next while the plugins stay the same."""
    if _Loaded.plugin is None:
        return make_app()
    if _Loaded.app is None:
        _Loaded.app = make_app()
        _Loaded.plugin = p.get_plugin("opengov")
    monkeypatch.setitem(config, "testing", True)
    return _Loaded.app


def _close_sessions() -> None:
    try:
        close_all_sessions()
    except IllegalStateChangeError:
        # A server in this process still answers what a browser asked last.
        time.sleep(1)
        close_all_sessions()


def empty_tables() -> None:
    """What CKAN's ``reset_db`` does, which asks for each table and empties it by itself: here it is one statement."""
    _close_sessions()
    with journal_writable(), model.ensure_engine().begin() as connection:
        there = set(sa.inspect(connection).get_table_names())
        tables = [table.name for table in reversed(model.meta.metadata.sorted_tables) if table.name in there]
        connection.execute(sa.text("; ".join(f'DELETE FROM "{name}"' for name in tables if name != "alembic_version")))


@pytest.fixture
def clean_portal(portal_plugins: None, reset_index: Any) -> Iterator[None]:
    """An empty portal with all plugins of the ini. ``./opengov test`` has migrated its tables."""
    model.repo.tables_created_and_initialised = True
    empty_tables()
    reset_index()
    yield
    model.Session.rollback()
    model.Session.remove()
