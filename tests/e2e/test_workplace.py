"""A methodologist works through the workplace in the browser: what waits, filters, many at once, a draft that stays."""

from __future__ import annotations

import re
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from axe_playwright_python.sync_playwright import Axe
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role, components
from ckanext.opengov.civic.service import officers
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.conftest import PASSWORD, Country, sign_in

PHONE: ViewportSize = {"width": 390, "height": 844}


def grant(user: dict[str, Any], country: Country, role: Role) -> None:
    component = next(iter(components()))
    officers.grant([officers.Grant(user["id"], country.agency["id"], component, role, officers.today())], user["id"])
    model.Session.commit()


@pytest.fixture
def methodologist(country: Country) -> dict[str, Any]:
    """With three questions of an officer waiting."""
    grant(country.officer, country, Role.METHODOLOGIST)
    asking = factories.User(password=PASSWORD)
    grant(asking, country, Role.METHODOLOGIST)
    for number in range(3):
        context: Any = {"user": asking["name"]}
        tk.get_action("helpdesk_question_create")(context, {"question": f"How is it done? {number}", "language": "en"})
    return country.officer


def test_filters_and_bulk_by_keyboard(page: Page, country: Country, methodologist: dict[str, Any]) -> None:
    sign_in(page, country, methodologist)
    page.goto(f"{country.url}/en/workplace")
    rows = page.locator("#og-tasks tbody tr")
    expect(rows).to_have_count(3)
    assert not serious(page)

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("input[name=ids]:checked")).to_have_count(2)
    page.get_by_role("button", name="Take in hand").press("Enter")
    expect(page.locator(".alert-success")).to_contain_text("2 tasks done")

    page.get_by_role("link", name=re.compile("in my hands")).click()
    expect(page).to_have_url(re.compile("mine=true"))
    expect(rows).to_have_count(2)
    page.get_by_label("Overdue only").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing here fits")

    page.set_viewport_size(PHONE)
    page.goto(f"{country.url}/workplace")
    expect(rows).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_typed_is_kept_until_it_is_sent(page: Page, country: Country, methodologist: dict[str, Any]) -> None:
    sign_in(page, country, methodologist)
    page.goto(f"{country.url}/en/workplace")
    page.get_by_role("link", name="How is it done? 0").click()
    answer = page.get_by_label("Answer", exact=True)
    answer.fill("Step by")
    expect(page.locator(".og-draft-line")).to_contain_text("Draft saved")

    page.reload()
    expect(page.locator(".og-draft-line")).to_contain_text("not sent yet")
    expect(answer).to_have_value("Step by")
    page.get_by_role("button", name="Discard the draft").click()
    expect(answer).to_have_value("")

    answer.fill("Step by step.")
    expect(page.locator(".og-draft-line")).to_contain_text("Draft saved")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator(".alert-success")).to_contain_text("The answer is saved")
    page.goto(f"{country.url}/en/workplace")
    expect(page.locator("#og-tasks tbody tr")).to_have_count(2)
    expect(page.get_by_text("Not yet sent")).to_have_count(0)


def serious(page: Page) -> list[str]:
    """What keeps people with disabilities out of the part that this page adds."""
    found = Axe().run(page, context=".og-workplace").response["violations"]
    return [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
