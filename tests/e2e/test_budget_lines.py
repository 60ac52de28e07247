"""A citizen walks down a budget, by mouse and keyboard, on a phone and a large screen; an officer brings it in."""

from __future__ import annotations

import io
from pathlib import Path

import ckan.model as model
import pytest
from axe_playwright_python.sync_playwright import Axe
from ckan.tests import helpers
from ckanext.opengov import factories
from ckanext.opengov.budget.names import COMPONENT
from ckanext.opengov.civic.roles import Role
from playwright.sync_api import Page, ViewportSize, expect

from tests.budget.ground import HEAD, LINES, budget, emptied, load
from tests.e2e.conftest import PASSWORD, Country, sign_in

PHONE: ViewportSize = {"width": 390, "height": 844}
SERIOUS = {"serious", "critical"}


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


@pytest.fixture
def republican(country: Country) -> None:
    emptied()
    budget(owner_org=country.agency["id"])
    load("\n".join([HEAD, *LINES, *(one.replace("approved", "executed") for one in LINES)]) + "\n")
    model.Session.commit()


def test_a_walk_from_the_whole_to_the_lines(page: Page, country: Country, republican: None) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{country.url}/en/budget")
    page.get_by_role("link", name="Republican budget").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Republican budget")
    assert not serious(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # On a large screen the picture is another one; its parts are links that the keyboard reaches.
    page.set_viewport_size({"width": 1280, "height": 900})
    part = page.locator(".og-picture--wide").get_by_role("link", name="Education")
    part.focus()
    part.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Education")
    expect(page.locator(".og-budget__sum")).to_contain_text("68.2% of the whole budget")
    first_paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    # 1.5 s on a quiet machine; other tests may run beside this one.
    assert first_paint < 6000

    page.get_by_role("cell", name="2", exact=True).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lines")
    expect(page.get_by_text("1,000.5 ₸")).to_be_visible()
    assert not serious(page)
    page.get_by_role("button", name="Yes").first.click()
    expect(page.get_by_text("Thank you. The agency sees how many people find this clear.")).to_be_visible()

    page.goto(f"{country.url}/en/budget/republican?measure=per_head")
    expect(page.get_by_text("For one person. Figures generated for the demonstration")).to_be_visible()


def test_an_officer_confirms_how_a_file_is_read(page: Page, country: Country, tmp_path: Path) -> None:
    emptied()
    publisher = factories.officer(country.agency["id"], COMPONENT, Role.PUBLISHER, password=PASSWORD)
    budget(owner_org=country.agency["id"])
    file = tmp_path / "budget.csv"
    rows = "4;Education;225;2025;1 000,50\n10;Agriculture;212;2025;20,25\nTotal;;;2025;1 020,75\n"
    file.write_bytes(("Функциональная группа;Наименование ФГ;Администратор;Год;Сумма\n" + rows).encode("cp1251"))
    sign_in(page, country, publisher)
    page.goto(f"{country.url}/en/budget/desk/republican")
    page.get_by_label("The file").set_input_files(str(file))
    page.get_by_role("button", name="Send and look").click()
    expect(page.get_by_text("Read it as “04”?")).to_be_visible()
    assert not serious(page)
    page.get_by_role("button", name="Import and publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Versions and what changed")
    found = helpers.call_action("budget_aggregate", budget=["republican"], by=["functional.group"])
    assert {one["functional.group"]["path"]: one["amount"] for one in found["cells"]} == {"04": "1000.5", "10": "20.25"}


def test_pictures_are_files(country: Country, republican: None, page: Page) -> None:
    svg = page.request.get(f"{country.url}/en/budget/republican/treemap.svg?path=04")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert "Education" not in svg.text()
    png = page.request.get(f"{country.url}/en/budget/republican/years.png")
    assert io.BytesIO(png.body()).read(8) == b"\x89PNG\r\n\x1a\n"
    again = page.request.get(
        f"{country.url}/en/budget/republican/treemap.svg?path=04", headers={"If-None-Match": svg.headers["etag"]}
    )
    assert again.status in {200, 304}
