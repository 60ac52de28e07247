"""A draft act in the browser: written, announced, commented by a citizen and an expert, answered, reported."""

from __future__ import annotations

import datetime as dt

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.tests.factories import Sysadmin
from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers
from ckanext.opengov.regulation.model.acts import DraftAct
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD, Country, sign_in
from tests.regulation.ground import WHY_NOT, act, publish

TITLE = "О работе парка"
TEXT = "Парк закрывается в восемь часов вечера."


def _expert() -> dict[str, str]:
    made = factories.citizen(password=PASSWORD)
    agency = factories.Agency()["id"]
    officers.grant([officers.Grant(made["id"], agency, "regulation", Role.EXPERT, officers.today())], actor=made["id"])
    model.Session.commit()
    admin = Sysadmin()["name"]
    wish = {"user": made["name"], "channel": "chamber", "organization": {"ru": "Палата примеров"}}
    tk.get_action("draft_act_expert_accredit")({"user": admin}, wish)
    return made


def _over(number: str) -> None:
    """The term of the discussion passes."""
    found = model.Session.query(DraftAct).filter_by(number=number).one()
    closed = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    found.starts_at, found.ends_at, found.closes_at = closed - dt.timedelta(days=10), closed, closed
    model.Session.commit()


def test_a_draft_goes_its_way_before_drafter_citizen_expert_and_responding_officer(
    page: Page, country: Country, browser: Browser
) -> None:
    drafter = factories.officer(country.agency["id"], "regulation", Role.PUBLISHER, Role.MODERATOR, password=PASSWORD)
    sign_in(page, country, drafter)

    # The drafter writes the act in a page, both languages side by side, and announces it.
    page.goto(f"{country.url}/en/draft-act/desk/new")
    page.locator("#field-kind").select_option("order")
    page.locator("#title_kk").fill("Саябақтың жұмысы туралы")
    page.locator("#title_ru").fill(TITLE)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Add a part at the end").click()
    page.locator("#field-part_number").fill("1")
    page.locator("#text_kk").fill("Саябақ кешкі сағат сегізде жабылады.")
    page.locator("#text_ru").fill(TEXT)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#part-art_1")).to_be_visible()
    page.locator("summary", has_text="Announce the discussion").click()
    page.get_by_role("button", name="Announce the discussion").click()
    expect(page.get_by_text("In discussion").first).to_be_visible()
    number = page.url.rstrip("/").rpartition("/")[2]

    # A citizen marks words of the text; the form comes with the quote.
    citizen = browser.new_page()
    sign_in(citizen, country, factories.citizen(password=PASSWORD))
    citizen.goto(f"{country.url}/ru/draft-act/{number}")
    citizen.evaluate(
        """() => {
            const text = document.querySelector("#art_1 [data-part-text]").firstChild;
            const start = text.data.indexOf("в восемь");
            window.getSelection().setBaseAndExtent(text, start, text, start + "в восемь часов".length);
        }"""
    )
    citizen.locator(".og-act-quote").click()
    expect(citizen.locator("#field-quote")).to_have_value("в восемь часов")
    expect(citizen.locator("#field-wording")).to_be_hidden()
    citizen.locator("input[name=kind][value=proposal]").check()
    citizen.locator("#field-wording").fill("в десять часов")
    citizen.locator("#field-text").fill("Летом в восемь ещё светло.")
    citizen.locator(".og-act-write button[type=submit]").click()
    expect(citizen.locator(".og-remark ins")).to_have_text("в десять часов")
    said = citizen.url.rpartition("/")[2]
    publish(said)

    # An expert speaks in the channel of the chamber, at once in public.
    expert = browser.new_page()
    sign_in(expert, country, _expert())
    expert.goto(f"{country.url}/en/draft-act/{number}/part/art_1")
    expect(expert.locator("#field-channel")).to_have_value("chamber")
    expert.locator("#field-text").fill("Замечаний нет.")
    expert.locator("#field-language").select_option("ru")
    expert.locator(".og-act-write button[type=submit]").click()
    expect(expert.locator(".og-remark--expert")).to_contain_text("Chamber of entrepreneurs")

    # The term passes; the responding officer answers both and publishes the report.
    _over(number)
    page.goto(f"{country.url}/en/draft-act/desk/{number}/answers")
    for _ in range(2):
        form = page.locator("details[open] form").first
        form.locator("input[value=not_accepted]").check()
        form.locator("textarea").fill(WHY_NOT)
        form.get_by_role("button", name="Publish the answer").click()
        expect(page.get_by_text("comment answered")).to_be_visible()
    expect(page.get_by_text("Nothing waits for an answer here.")).to_be_visible()
    page.goto(f"{country.url}/en/draft-act/desk/{number}")
    page.locator("summary", has_text="Publish the report").click()
    page.get_by_role("button", name="Publish the report").click()
    expect(page.get_by_text("Report published").first).to_be_visible()
    assert act("draft_act_show", None, id=number)["figures"]["answered"] == 2

    # The citizen finds what became of the comment, with the reason.
    citizen.goto(f"{country.url}/ru/draft-act/{number}/comment/{said}")
    expect(citizen.locator(".og-answer")).to_contain_text(WHY_NOT)
    for other in (citizen, expert):
        other.close()
