"""A conference in the browser: asked, supported, admitted, answered before somebody's eyes, kept as a transcript."""

from __future__ import annotations

from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role
from playwright.sync_api import Browser, Page, expect

from tests.dialog.conference_ground import act, draft
from tests.e2e.conftest import PASSWORD, Country, sign_in

QUESTION = "Ауладағы жолды жөндеу қашан басталады?"
ANSWER = "Жөндеу сәуірде басталады, тамызда аяқталады."
# The page asks for new answers every few seconds.
SOON = 20_000


def step(page: Page, name: str) -> None:
    """The next state, by the officers' button."""
    page.get_by_role("button", name=name, exact=True).click()


def test_a_question_is_supported_admitted_and_answered_before_the_watchers(
    page: Page, country: Country, browser: Browser
) -> None:
    officer = factories.officer(country.agency["id"], "dialog", Role.HEAD, Role.MODERATOR, password=PASSWORD)
    place = draft(country.agency["id"], officer["name"])["name"]
    address = f"{country.url}/en/conference/{place}"
    for event in ("announce", "collect"):
        act("conference_transition", officer["name"], id=place, event=event)

    # A citizen asks; nobody else reads it before a moderator has.
    author = browser.new_page()
    sign_in(author, country, factories.citizen(password=PASSWORD))
    author.goto(address)
    author.locator("#question-text").fill(QUESTION)
    author.locator("#question-language").select_option("kk")
    author.get_by_role("button", name="Send the question").click()
    expect(author.locator("#question-1")).to_contain_text("Waits for a moderator")
    watcher = browser.new_page()
    sign_in(watcher, country, factories.citizen(password=PASSWORD))
    watcher.goto(address)
    expect(watcher.get_by_text(QUESTION)).to_have_count(0)

    # The moderator admits it, another citizen supports it.
    sign_in(page, country, officer)
    page.goto(f"{address}/desk")
    page.get_by_role("button", name="Admit question 1").click()
    expect(page.get_by_role("button", name="Admit question 1")).to_have_count(0)
    watcher.goto(address)
    watcher.get_by_role("button", name="Support: question 1").click()
    expect(watcher.locator("#question-1 .og-question__support")).to_contain_text("1")

    # Live: the answer comes to whoever watches, without a reload.
    page.goto(address)
    step(page, "Go live")
    watcher.goto(address)
    watcher.evaluate("window.sameDocument = true")
    expect(watcher.get_by_text(ANSWER)).to_have_count(0)
    page.goto(f"{address}/desk")
    page.get_by_label("Answer to question 1").fill(ANSWER)
    page.get_by_role("button", name="Publish the answer").click()
    expect(watcher.locator("#answer-1")).to_contain_text(ANSWER, timeout=SOON)
    assert watcher.evaluate("window.sameDocument")

    # Finished, checked, published: everybody reads the transcript.
    page.goto(address)
    step(page, "Finish")
    expect(watcher.get_by_text("The conference is over.")).to_be_visible(timeout=SOON)
    step(page, "Publish the transcript")
    visitor = browser.new_page()
    visitor.goto(f"{address}/transcript")
    for text in (QUESTION, ANSWER):
        expect(visitor.get_by_text(text)).to_be_visible()
    for other in (author, watcher, visitor):
        other.close()
