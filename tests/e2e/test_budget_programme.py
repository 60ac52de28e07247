"""A budget programme's whole way in the browser: written, discussed at a line, answered, judged, approved, compared."""

from __future__ import annotations

from ckanext.opengov import factories
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.roles import Role
from playwright.sync_api import Browser, Page, expect

from tests.budget.programme_ground import Ground, act
from tests.e2e.conftest import PASSWORD, Country, sign_in

COMMENT = "Бір мектептің құны тым қымбат, қайта есептеңіздер."
NOTE = "Құны үлгілік жоба бойынша қайта есептелді."
REMARK = "Көрсеткіштің қалай есептелгенін түсіндіріңіздер."


def someone(browser: Browser, country: Country, *roles: Role) -> tuple[Page, str]:
    """A page of a person who is signed in, with these roles in the agency's budget."""
    made = (
        factories.officer(country.agency["id"], "budget", *roles, password=PASSWORD)
        if roles
        else factories.citizen(password=PASSWORD)
    )
    page = browser.new_page()
    sign_in(page, country, made)
    return page, made["name"]


def write(page: Page, country: Country) -> str:
    """The draft, from the form; the address of the programme."""
    page.goto(f"{country.url}/en/budget_programme/new")
    values = {
        "#title-kk": "Ауыл мектептерін салу",
        "#goal-kk": "Әр балаға мектепте орын болады.",
        "#code": "225-099",
        "#years": "2027, 2028, 2029",
        "#responsible-name": "Сәуле Үмбетқызы",
        "#indicator_1_title-kk": "Салынған мектеп",
        "#line_1_title-kk": "Мектеп салу",
    }
    for place, text in values.items():
        page.locator(place).fill(text)
    for year in ("2027", "2028", "2029"):
        page.locator(f"#indicator_1-{year}").fill("12")
        page.locator(f"#line_1-{year}").fill("1 000,5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Desk of this programme")).to_be_visible()
    return page.url.removesuffix("/desk")


def test_one_line_of_money_is_followed_from_the_draft_to_the_approval(
    page: Page, country: Country, browser: Browser
) -> None:
    head, name = someone(browser, country, Role.HEAD, Role.MODERATOR)
    address = write(head, country)
    here = Ground(country.agency, name, name, "", address.rpartition("/")[2])
    here.id = here.shown()["id"]
    head.get_by_role("button", name="Open the discussion").click()
    expect(head.locator(".og-state")).to_have_text("Public discussion")

    # A citizen writes at the line of money; a moderator admits it.
    citizen, _ = someone(browser, country)
    citizen.goto(address)
    citizen.get_by_role("link", name="Discussion of “Мектеп салу”").click()
    citizen.get_by_label("Your comment").fill(COMMENT)
    citizen.get_by_role("button", name="Send").click()
    expect(citizen.get_by_text("Waits for a moderator")).to_be_visible()
    (waiting,) = act("comment_moderation_list", name)["comments"]
    act("comment_moderate", name, ids=[waiting["id"]], state="public")
    here.close()

    # The agency answers, changes the sum because of the comment, and passes the programme on.
    head.goto(f"{address}/desk")
    expect(head.get_by_text("Not yet:")).to_be_visible()
    head.get_by_label("Official answer").fill("Рахмет, қайта есептейміз.")
    head.get_by_role("button", name="Answer", exact=True).click()
    expect(head.get_by_role("heading", name="Comments without an answer")).to_have_count(0)
    head.get_by_role("link", name="Change the text").click()
    head.locator("#line_1-2027").fill("900.5")
    row = head.locator("fieldset", has=head.locator("#line_1-2027")).last
    row.get_by_text("If you change this: because of whom?").click()
    row.get_by_label("Because of").select_option("comments")
    row.get_by_label("Why, in a sentence").fill(NOTE)
    row.get_by_label(COMMENT).check()
    head.get_by_role("button", name="Save", exact=True).click()
    head.get_by_role("button", name="Pass on to the public council").click()
    expect(head.locator(".og-state")).to_have_text("Before the public council")

    # The council finds it at its own desk.
    member, _ = someone(browser, country, Role.COUNCIL_MEMBER)
    member.goto(f"{country.url}/en/budget_programme/council")
    member.get_by_role("link", name="Ауыл мектептерін салу").click()
    member.get_by_label("For, with remarks").check()
    member.get_by_label("Voted for").fill("9")
    member.get_by_label("Voted against").fill("2")
    member.get_by_label("Day of the sitting").fill(utc_now().date().isoformat())
    member.get_by_label("Text of the opinion").fill("Кеңес бағдарламаны ескертумен қолдайды.")
    member.get_by_label("Text of the remark").first.fill(REMARK)
    member.get_by_role("button", name="Publish the opinion").click()
    expect(member.locator("#council")).to_be_visible()

    # The agency replies to the remark and approves.
    head.goto(f"{address}/desk")
    head.get_by_label("Reply to remark 1").fill("Есебі паспортқа қосымша болып жарияланды.")
    head.get_by_role("button", name="Publish the reply").click()
    head.get_by_label("Number of the order").fill("17")
    head.get_by_label("Day of the order").fill(utc_now().date().isoformat())
    head.get_by_role("button", name="Approve", exact=True).click()
    expect(head.locator(".og-state")).to_have_text("Approved and carried out")

    # Everybody follows the line, and sees what changed because of whom.
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    expect(page.locator(".og-line__station--here")).to_contain_text("Execution and report")
    expect(page.locator(".og-line")).to_contain_text("1 comment, 1 answered")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="Compare the texts").click()
    place = page.locator(".og-place")
    expect(place).to_contain_text("-100")
    expect(place).to_contain_text(NOTE)
    place.get_by_role("link", name="Comment 1").click()
    expect(page.get_by_text(COMMENT)).to_be_visible()
    for other in (head, citizen, member):
        other.close()
