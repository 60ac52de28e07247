"""Officers work on appeals in the browser: from taking to the signature, the moderator's queue, passing on."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from axe_playwright_python.sync_playwright import Axe
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, persons
from ckanext.opengov.civic.service.calendar import ALMATY
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import PASSWORD, Country, sign_in

PHONE: ViewportSize = {"width": 390, "height": 844}
TEXT = "Во дворе темно. Когда починят освещение? Кто отвечает за детскую площадку? Мой телефон +7 701 234 56 78."
ANSWER = "Освещение во дворе починят до конца недели."
WHOLE = f"{ANSWER} За детскую площадку отвечает отдел благоустройства."


def act(name: str, user: dict[str, Any], **data: Any) -> Any:
    return tk.get_action(name)({"user": user["name"]}, data)


def person(*grants: tuple[str, Role]) -> dict[str, Any]:
    """Somebody with a confirmed address and roles in the dialogue: agency and role."""
    user = factories.User(password=PASSWORD)
    persons.confirm_address(model.User.get(user["id"]))
    since = dt.date(2026, 1, 1)
    wanted = [officers.Grant(user["id"], agency, "dialog", role, since) for agency, role in grants]
    officers.grant(wanted, actor=user["id"])
    model.Session.commit()
    return user


def write(author: dict[str, Any], country: Country, **more: Any) -> str:
    values = {
        "agency": country.agency["id"],
        "kind": "complaint",
        "topic": "utilities",
        "language": "ru",
        "subject": "Темно во дворе",
        "text": TEXT,
    }
    return act("appeal_create", author, **{**values, **more})["number"]


@pytest.fixture
def at(browser: Browser, country: Country) -> Any:
    """A page of a browser of one's own, signed in."""
    contexts = []

    def opened(user: dict[str, Any] | None = None) -> Page:
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        if user:
            sign_in(page, country, user)
        return page

    yield opened
    for context in contexts:
        context.close()


def is_usable(page: Page) -> None:
    """Nothing sticks out sideways on a phone, and nothing serious for who cannot see or point."""
    found = Axe().run(page, context=".og-work").response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if before:
        page.set_viewport_size(before)


def test_an_officer_drafts_the_gate_warns_and_the_head_signs(at: Any, country: Country) -> None:
    agency, author = country.agency["id"], person()
    moderator, head = person((agency, Role.MODERATOR)), person((agency, Role.HEAD))
    number = write(author, country)
    act("appeal_moderate", moderator, number=number, decision="accept")

    desk = at(person((agency, Role.AUTHOR)))
    desk.goto(f"{country.url}/en/workplace")
    desk.get_by_role("link", name=re.compile(number)).click()
    desk.get_by_role("button", name="Take into work").click()
    expect(desk.locator(".alert-success")).to_contain_text("in your hands")
    answer = desk.get_by_label("Text of the answer")
    answer.fill(ANSWER)
    expect(desk.locator(".og-draft-line").first).to_contain_text("Draft saved")
    desk.get_by_label("Name of link 1").fill("Карта освещения")
    desk.get_by_label("Address of link 1").fill("/dataset/lights")
    desk.get_by_role("button", name="One more link").click()
    expect(desk.get_by_label("Name of link 2")).to_be_focused()
    is_usable(desk)
    desk.get_by_role("button", name="Check").click()
    expect(desk.locator(".og-work-gate")).to_contain_text("Кто отвечает за детскую площадку?")
    expect(answer).to_have_value(ANSWER)
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.locator(".alert-success")).to_contain_text("Whoever signs")
    expect(desk.get_by_role("button", name="Sign and send")).to_have_count(0)

    page = at(head)
    page.goto(f"{country.url}/en/workplace")
    expect(page.locator("#og-tasks")).to_contain_text("Answers to sign")
    page.get_by_role("link", name=re.compile(number)).click()
    answer = page.get_by_label("Text of the answer")
    expect(answer).to_have_value(ANSWER)
    expect(page.get_by_label("Address of link 1")).to_have_value("/dataset/lights")
    page.get_by_role("button", name="Sign and send").click()
    expect(page.locator(".og-work-gate")).to_contain_text("Look again before it is signed")
    answer.fill(WHOLE)
    page.get_by_role("button", name="Sign and send").click()
    expect(page.locator(".alert-success")).to_contain_text("signed and sent")

    for path in ("/appeal/desk/", f"/answers/new?appeal={number}", "/answers/desk"):
        page.goto(f"{country.url}/en{path}")
        is_usable(page)

    citizen = at(author)
    citizen.goto(f"{country.url}/en/appeal/{number}")
    expect(citizen.get_by_text(WHOLE)).to_be_visible()
    expect(citizen.get_by_role("link", name="Карта освещения")).to_be_visible()
    everybody = at()
    everybody.goto(f"{country.url}/ru/appeal/{number}")
    expect(everybody.get_by_text(WHOLE)).to_be_visible()
    expect(everybody.locator("body")).not_to_contain_text("701 234")


def test_a_moderator_keeps_a_personal_text_from_the_public(at: Any, country: Country) -> None:
    author = person()
    number = write(author, country, text="Сосед из дома напротив пьёт и шумит по ночам, его имя знает вся улица.")
    page = at(person((country.agency["id"], Role.MODERATOR)))
    page.goto(f"{country.url}/en/appeal/desk/queue")
    expect(page.get_by_text("1 appeal waits for your decision.")).to_be_visible()
    is_usable(page)
    page.get_by_text("Keep from the public").first.click()
    page.get_by_label("Reason; the author reads it").select_option("others")
    page.get_by_role("button", name=f"Keep appeal {number} from the public").click()
    expect(page.locator(".alert-success")).to_contain_text("decision is saved")
    page.goto(f"{country.url}/en/appeal/desk/queue")
    expect(page.get_by_role("status").last).to_contain_text("Nothing waits for you")

    page = at(author)
    page.goto(f"{country.url}/ru/appeal/{number}")
    expect(page.locator("body")).to_contain_text("В тексте говорится о частной жизни других людей.")
    answer = at().goto(f"{country.url}/ru/appeal/{number}")
    assert answer.status in {403, 404}


def test_an_appeal_that_is_passed_on_waits_in_the_other_agency(at: Any, country: Country) -> None:
    other = factories.Organization(name="roads-committee", title_translated={"en": "Roads committee"})
    number = write(person(), country)
    page = at(person((country.agency["id"], Role.PUBLISHER)))
    page.goto(f"{country.url}/en/appeal/desk/{number}")
    page.get_by_text("Pass on to another agency").click()
    page.get_by_label("Competent agency").select_option(label="Roads committee")
    page.get_by_label("Why it is theirs").fill("Двор лежит на дороге, которую содержит комитет.")
    page.get_by_role("button", name="Pass on").click()
    expect(page.locator(".alert-success")).to_contain_text("passed on")
    expect(page).to_have_url(re.compile(r"/appeal/desk/?$"))

    colleague = person((other["id"], Role.PUBLISHER))
    page = at(colleague)
    page.goto(f"{country.url}/en/workplace")
    page.get_by_role("link", name=re.compile(number)).click()
    expect(page.locator(".og-work-facts")).to_contain_text("Not yours? Pass it on by")
    expect(page.locator(".og-work-ledger")).to_contain_text("Двор лежит на дороге")
    # Three working days from the day on which it came here.
    found = act("appeal_work_show", colleague, number=number)
    counted = [one["date"] for one in found["deadline"]["days"] if one["counted"]]
    last = dt.datetime.fromisoformat(found["forward_by"]).astimezone(ALMATY).date()
    assert last.isoformat() == counted[2]
