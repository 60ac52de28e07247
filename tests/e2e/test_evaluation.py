"""An evaluation in the browser: opened, given, checked, objected to, decided, published, read, and a service rated."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD, Country, sign_in
from tests.evaluation.frameworks_ground import tree

TODAY = dt.datetime.now(dt.UTC).date()
NUMBERS = {"reached": "80", "complaints": "10", "days": "7", "council": "1"}


def as_somebody(browser: Browser, country: Country, user: dict[str, Any]) -> Page:
    """A window of their own."""
    page = browser.new_context().new_page()
    sign_in(page, country, user)
    return page


def test_the_whole_way_of_an_evaluation(page: Page, country: Country, browser: Browser) -> None:
    home = factories.Agency(name="home-of-judges")
    agency = country.agency
    judge = factories.officer(home["id"], "evaluation", Role.EVALUATOR, password=PASSWORD)
    chief = factories.officer(home["id"], "evaluation", Role.SUPERVISOR, password=PASSWORD)
    head = factories.officer(agency["id"], "evaluation", Role.HEAD, Role.AUTHOR, password=PASSWORD)
    desk = f"{country.url}/en/evaluation/desk"

    # The supervisor stores a framework and opens a period.
    of_chief = as_somebody(browser, country, chief)
    of_chief.goto(f"{desk}/frameworks")
    expect(of_chief.get_by_role("heading", level=1)).to_have_text("Frameworks")
    broken = tree()
    broken["blocks"][0]["weight"] = 59.9
    of_chief.get_by_label("Blocks, criteria and indicators as YAML").fill(json.dumps(broken))
    of_chief.get_by_role("button", name="Check", exact=True).click()
    expect(of_chief.get_by_role("alert")).to_contain_text("they sum to 99.9 (59.9 + 40)")
    of_chief.get_by_label("Blocks, criteria and indicators as YAML").fill(json.dumps(tree()))
    of_chief.get_by_role("button", name="Store as a new version").click()
    expect(of_chief.get_by_role("heading", level=1)).to_have_text("Example")
    of_chief.goto(f"{desk}/periods")
    of_chief.get_by_label("Address, such as 2026").fill("walk")
    of_chief.get_by_label("First day").fill((TODAY - dt.timedelta(days=90)).isoformat())
    of_chief.get_by_label("Last day").fill((TODAY - dt.timedelta(days=1)).isoformat())
    of_chief.get_by_label("English").fill("A walk")
    of_chief.get_by_role("button", name="Open", exact=True).click()
    expect(of_chief.get_by_text("The period is open")).to_be_visible()

    # The agency finds it in its workplace, gives its values and finishes.
    of_head = as_somebody(browser, country, head)
    of_head.goto(f"{country.url}/en/workplace")
    of_head.get_by_role("link", name="A walk").first.click()
    for key, number in NUMBERS.items():
        form = of_head.locator(f"#i-{key} form").first
        form.locator("[name=number]").fill(number)
        form.get_by_role("button", name="Save").click()
        expect(of_head.locator(f"#i-{key}")).to_contain_text("The agency says:")
    address = of_head.url.partition("#")[0]
    of_head.get_by_role("button", name="Finish the self-assessment").click()

    # An evaluator of another agency sets what counts.
    of_judge = as_somebody(browser, country, judge)
    of_judge.goto(address)
    for key in NUMBERS:
        form = of_judge.locator(f"#i-{key} form")
        form.get_by_label("Reason").fill("Compared with the register.")
        form.get_by_role("button", name="Set").click()
        expect(of_judge.locator(f"#i-{key}")).to_contain_text("The evaluator set:")
    of_judge.get_by_role("button", name="All values are set").click()
    expect(of_judge.locator(".og-lead")).to_contain_text("The agency may object")

    # The agency objects to one value; the supervisor accepts it and publishes.
    of_head.goto(address)
    of_head.locator("#i-days summary", has_text="Object").click()
    of_head.locator("#i-days textarea").fill("It was five days.")
    of_head.locator("#i-days").get_by_role("button", name="Object").click()
    of_head.get_by_role("button", name="No further objections").click()
    of_chief.goto(address)
    form = of_chief.locator("#i-days form")
    form.get_by_label("Decision").select_option("accepted")
    form.locator("[name=number]").fill("5")
    form.get_by_label("Reason").fill("The register says five.")
    form.get_by_role("button", name="Decide").click()
    of_chief.get_by_role("button", name="Publish", exact=True).click()

    # Everybody reads why the score is what it is: 0.6 x 80 + 0.4 x 100.
    page.goto(f"{country.url}/en/evaluation")
    page.locator("table").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Why 88.0?")).to_be_visible()
    page.locator("#i-days summary").click()
    expect(page.locator("#i-days")).to_contain_text("It was five days.")
    expect(page.locator("#i-days")).to_contain_text("The register says five.")
    _rate_a_service(page, of_head, country)
    for other in (of_chief, of_head, of_judge):
        other.context.close()


def _rate_a_service(page: Page, of_head: Page, country: Country) -> None:
    """The officer enters a service and makes a link; a citizen rates by it, once."""
    of_head.goto(f"{country.url}/en/evaluation/office")
    of_head.locator("summary", has_text="Enter a service").click()
    of_head.locator("#new-title-en").fill("Certificate of residence")
    of_head.locator("#new-title-en").locator("xpath=ancestor::form").get_by_role("button", name="Save").click()
    of_head.get_by_role("button", name="Make").first.click()
    link = of_head.locator(".og-ev__links").inner_text().splitlines()[0]
    page.goto(link)
    page.locator("#rating-speed-5").check()
    page.locator("form.og-rating-form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Рақмет. Бағаңыз есепке алынды.")
    page.goto(link)
    expect(page.get_by_role("alert")).to_be_visible()
