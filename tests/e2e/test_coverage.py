"""A citizen complains about mobile coverage in the browser: a point on the map by mouse, then by keyboard."""

from __future__ import annotations

import re

import ckan.model as model
from axe_playwright_python.sync_playwright import Axe
from ckan.tests import factories
from ckanext.opengov.civic.service import persons
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import PASSWORD, Country, sign_in

PHONE: ViewportSize = {"width": 390, "height": 844}
SERIOUS = {"serious", "critical"}


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in SERIOUS]


def test_a_point_on_the_map_becomes_a_complaint(page: Page, browser: Browser, country: Country) -> None:
    citizen = factories.User(password=PASSWORD)
    persons.confirm_address(model.User.get(citizen["id"]))
    model.Session.commit()
    sign_in(page, country, citizen)
    page.set_viewport_size(PHONE)
    page.goto(f"{country.url}/en/coverage/new")
    assert not serious(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    latitude, longitude = page.get_by_label("Latitude"), page.get_by_label("Longitude")
    chart = page.get_by_role("application", name="Map")
    chart.click()
    expect(latitude).to_have_value(re.compile(r"^48\.\d{3}$"))
    expect(longitude).to_have_value(re.compile(r"^66\.\d{3}$|^67\.\d{3}$"))
    expect(page.locator("[data-told]")).to_contain_text("Chosen: 48.")

    page.get_by_label("Or the nearest city").select_option(label="Astana")
    chart.focus()
    chart.press("Enter")
    expect(latitude).to_have_value("51.170")
    expect(longitude).to_have_value("71.430")
    chart.press("ArrowRight")
    chart.press("Enter")
    expect(longitude).to_have_value(re.compile(r"^71\.6"))
    expect(page.get_by_label("Region")).to_have_value("710000000")

    page.get_by_label("Operator").fill("Operator A")
    page.get_by_label("No signal at all").check()
    page.get_by_label("What happens, and since when?").fill("The signal is gone every evening since spring.")
    page.get_by_role("button", name="Send the complaint").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your appeal is registered")
    expect(page.locator("#og-number")).to_have_text(re.compile(r"^\d{4}-\d+-\d$"))

    page.goto(f"{country.url}/en/coverage")
    expect(page.get_by_role("heading", name="1 complaint", exact=True)).to_be_visible()
    assert not serious(page)
    page.goto(f"{country.url}/en/head/{country.agency['name']}")
    expect(page.get_by_role("link", name="Write to the head")).to_be_visible()
    assert not serious(page)

    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{country.url}/en/coverage/new")
    expect(plain.get_by_label("Latitude")).to_be_visible()
    expect(plain.locator("[data-opengov-picker]")).to_be_hidden()
