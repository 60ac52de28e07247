"""A drafter in the browser: a file is read and taken over; the next version is compared and linked to a comment."""

from __future__ import annotations

import os
from pathlib import Path

from ckanext.opengov import factories
from ckanext.opengov.civic.roles import Role
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Country, sign_in
from tests.regulation import ground
from tests.regulation.samples import KK, RU, act_in_word

# For looking at the pages: a folder that gets pictures of them.
PICTURES = os.environ.get("OPENGOV_PICTURES")


def look(page: Page, name: str) -> None:
    """No page may be wider than a phone; its picture is kept when somebody wants to see it."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} at {width}"
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def give(page: Page, address: str, language: str, name: str, content: bytes) -> None:
    page.goto(f"{address}/import")
    page.locator("#import-language").select_option(language)
    page.locator("#import-file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
    page.get_by_role("button", name="Read the file").click()


def test_a_file_becomes_an_act_and_its_next_version_answers_a_comment(page: Page, country: Country) -> None:
    agency = country.agency["id"]
    officer = factories.officer(agency, "regulation", Role.PUBLISHER, Role.MODERATOR, password=PASSWORD)
    made = ground.draft(officer["name"], agency, parts={})
    desk = f"{country.url}/en/draft-act/desk/{made['number']}"
    sign_in(page, country, officer)

    # A picture is no text; a hard file is read with its doubts; the right ones are taken over.
    give(page, desk, "ru", "scan.png", b"\x89PNG")
    expect(page.get_by_role("alert")).to_contain_text("no text")
    give(page, desk, "ru", "act.docx", act_in_word())
    expect(page.get_by_text("The file has tracked changes: 1 insertions, 1 deletions.")).to_be_visible()
    expect(page.locator("#read-chp_1__art_5_2")).to_contain_text("Вторая")
    look(page, "import")
    for language, text in (("ru", RU), ("kk", KK)):
        give(page, desk, language, "act.txt", text.encode())
        page.get_by_role("button", name="Take this text over").click()
        expect(page.get_by_text("The text is taken over.")).to_be_visible()
    expect(page.locator("#part-sec_1__chp_1__art_2")).to_be_visible()

    # Discussed, answered, changed.
    ground.act("draft_act_transition", officer["name"], id=made["id"], event="announce")
    ground.moving.advance()
    shown = made | {"publisher": officer["name"]}
    eid = "sec_1__chp_1__art_1__subpara_1"
    said = ground.say(ground.citizen(), shown, eid, "Пар тоже вода.", quote="жидкость")
    ground.publish(said["id"])
    ground.end(shown)
    ground.answer(shown, said["id"])
    ground.step(shown, "publish_report")
    ground.act("draft_act_version_create", officer["name"], id=made["id"])
    changed = {"heading": {}, "text": {"ru": "вода – жидкость или пар:", "kk": "су – сұйықтық немесе бу;"}}
    ground.act("draft_act_part_update", officer["name"], id=made["id"], eid=eid, number="1", **changed)

    # The officer compares with the version in preparation, and says what the change answers.
    page.goto(desk)
    page.get_by_role("link", name="Compare with the last version").click()
    page.locator("#compare-language").select_option("ru")
    page.get_by_role("button", name="Compare these two").click()
    row = page.locator(f"[id='change-{eid}']")
    expect(row.locator("ins")).to_contain_text("или пар")
    row.get_by_text("This change answers a comment").click()
    row.get_by_label("Address of the comment, or its number").fill(
        f"{country.url}/draft-act/{made['number']}/comment/{said['id']}"
    )
    row.get_by_role("button", name="Link them").click()
    expect(row.get_by_role("link", name="Answers a comment")).to_be_visible()
    look(page, "compare")
    ground.step(shown, "publish_version")

    # Everybody sees it with the comment, and in the report.
    visitor = page.context.browser.new_page() if page.context.browser else page
    visitor.goto(f"{country.url}/ru/draft-act/{made['number']}/report")
    expect(visitor.locator(".og-report")).to_contain_text("Статья 1, подпункт 1")
    expect(visitor.locator(".og-answer__flag")).to_have_count(0)
    look(visitor, "report")
    visitor.goto(f"{country.url}/en/draft-act/{made['number']}/comment/{said['id']}")
    visitor.get_by_role("link", name="The text was changed for it in version 2").click()
    expect(visitor.locator(f"[id='change-{eid}'] ins")).to_contain_text("немесе бу")
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="DOCX with tracked changes").click()
    assert download.value.suggested_filename.endswith(".docx")
    visitor.close()
