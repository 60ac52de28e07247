"""CKAN as the benchmarks use it: the test twin, in this process, emptied before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.lib.search import clear_all
from ckan.types import CKANApp, Context

from stack.layout import Layout
from tests.conftest import journal_writable


def application() -> CKANApp:
    """An application of the test twin, with what its databases hold; its limits of how often do not count."""
    app = make_app(load_config(str(Layout.from_environment().testing.ini)))
    tk.config["opengov.limits.enabled"] = False
    return app


def emptied() -> Context:
    """Empty the twin's database and index. Inside a request of an application of the test twin.

    :returns: the site user's context
    """
    model.repo.tables_created_and_initialised = True
    with journal_writable():
        model.repo.rebuild_db()
    clear_all()
    site_user = tk.get_action("get_site_user")(Context(ignore_auth=True), {})
    return Context(ignore_auth=True, user=site_user["name"])


@contextmanager
def twin() -> Iterator[Context]:
    """The site user's context in an application of the test twin, whose database and index are emptied first."""
    with application().test_request_context():
        yield emptied()
