"""The test twin as a running portal: web server, workers and nginx, driven by Debian's Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins as p
import pytest
from ckan.lib.search import clear_all
from ckan.tests import factories
from ckanext.opengov.factories import Agency
from playwright.sync_api import Page, expect

from stack import services
from stack.layout import Layout
from tests.conftest import empty_tables

CHROMIUM = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery"
# Other tests run beside these, and a first page compiles its templates.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium: Playwright's own download is a binary from outside."""
    return {"executable_path": "/usr/bin/chromium", "args": CHROMIUM}


@pytest.fixture(scope="package")
def live_portal() -> Iterator[str]:
    """The address of the running twin. It stops with the last browser test."""
    layout = Layout.from_environment()
    programs = services.programs(layout, layout.testing)
    services.start(layout, programs)
    yield layout.testing.url
    services.stop(layout, programs)


@dataclass(frozen=True)
class Country:
    """What every browser test finds: an agency and its publisher."""

    url: str
    agency: dict[str, Any]
    officer: dict[str, Any]


@pytest.fixture
def country(live_portal: str) -> Iterator[Country]:
    """An empty portal with one agency and one publisher. The plugins are loaded here as in the live processes."""
    p.load_all()
    model.repo.tables_created_and_initialised = True
    empty_tables()
    clear_all()
    officer = factories.User(password=PASSWORD)
    agency = Agency(
        name="ministry-of-examples",
        users=[{"name": officer["name"], "capacity": "editor"}],
    )
    yield Country(live_portal, agency, officer)
    model.Session.remove()
    p.unload_all()


def sign_in(page: Page, country: Country, user: dict[str, Any]) -> None:
    page.goto(f"{country.url}/en/user/login")
    page.locator("#field-login").fill(user["name"])
    page.locator("#field-password").fill(PASSWORD)
    page.locator("#field-password").press("Enter")
    expect(page).not_to_have_url(re.compile("login"))
