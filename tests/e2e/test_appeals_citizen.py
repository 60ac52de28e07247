"""A citizen's whole way on a phone in Kazakh: look for answers, write, follow by the secret, rate, open again."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from ckanext.opengov.civic.roles import Role
from playwright.sync_api import Page, ViewportSize, expect

from tests.dialog.appeals import act, citizen, officer, work, write
from tests.e2e.conftest import PASSWORD, Country

PHONE: ViewportSize = {"width": 390, "height": 844}
SUBJECT = "Көшеде жарық жоқ"
TEXT = "Біздің көшеде үш апта бойы түнгі жарық жоқ, балалар қараңғыда жүреді. Жарықты қашан жөндейсіздер?"
ANSWER = "Көшедегі жарық жөнделді, шамдар ауыстырылды."


def neighbours_answer(country: Country, head: str) -> str:
    """Somebody else asked the like and was answered: its number."""
    neighbour = citizen()
    text = "Көшеде түнгі жарық жоқ, шамдар жанбайды. Жарықты қашан жөндейсіздер?"
    other = {"subject": "Түнде көше жарығы жанбайды", "text": text, "language": "kk", "topic": "utilities"}
    number = write(neighbour, country.agency["id"], **other)["number"]
    act("appeal_moderate", head, number=number, decision="accept")
    answer(head, number, "Көше жарығын жұмаға дейін жөндейміз.")
    # What the words of one appeal say of another is told from those that several have in common.
    second = {**other, "subject": "Көше жарығы сөніп қалды", "text": f"{text} Үйіміз мектептің жанында."}
    more = write(neighbour, country.agency["id"], **second)["number"]
    act("appeal_moderate", head, number=more, decision="accept")
    answer(head, more, "Мектеп жанындағы жарық сейсенбіде қосылады, көше шамдары тексерілді.")
    work()
    return number


def answer(head: str, number: str, text: str) -> None:
    act("appeal_take", head, number=number)
    act("appeal_answer", head, number=number, text=text, acknowledged=["questions", "copy"])


def check(page: Page) -> None:
    """No sideways scrolling, and nothing that keeps people with disabilities out."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    found = Axe().run(page, context=".og-appeals").response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"]) for one in found], page.url


def test_a_citizen_writes_follows_rates_and_reopens(page: Page, country: Country) -> None:
    head = officer(country.agency["id"], Role.HEAD, Role.MODERATOR)
    before = neighbours_answer(country, head)
    author = citizen(password=PASSWORD)
    page.set_viewport_size(PHONE)

    # Without an account: the landing page, the list, and a text that waits until one has signed in.
    page.goto(f"{country.url}/dialog")
    check(page)
    # An address of its own: the front may still keep the list of an earlier run.
    page.goto(f"{country.url}/appeal/?q=жарық&run={before}")
    expect(page.get_by_text(before)).to_be_visible()
    check(page)
    page.goto(f"{country.url}/appeal/new")
    page.locator("[name=subject]").fill(SUBJECT)
    page.locator("[name=text]").fill(TEXT)
    expect(page.locator(".og-alike__appeals")).to_contain_text("Түнде көше жарығы жанбайды", timeout=15_000)
    check(page)
    page.get_by_role("link", name="Кіріп, осында оралу").first.click()
    page.locator("#field-login").fill(author)
    page.locator("#field-password").fill(PASSWORD)
    page.locator("#field-password").press("Enter")
    expect(page).to_have_url(re.compile("/appeal/new$"))
    expect(page.locator("[name=text]")).to_have_value(TEXT)

    # The agency that answered the like, or by some letters of its name; what is missing is said.
    page.locator("[data-opengov-choose]").first.click(timeout=15_000)
    combobox = page.locator("input[role=combobox]")
    expect(combobox).to_have_value(country.agency["title"])
    combobox.fill("мысал")
    combobox.press("ArrowDown")
    combobox.press("Enter")
    expect(combobox).to_have_value(country.agency["title"])
    send = page.get_by_role("button", name="Өтінішті жіберу")
    send.click()
    expect(page.locator("#og-summary")).to_be_focused()
    expect(page.locator("#error-kind")).to_be_visible()
    check(page)
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    page.locator("[name=kind][value=complaint]").check()
    send.click()

    number, secret = (page.locator(place).inner_text() for place in ("#og-number", "#og-secret"))
    page.locator(".og-term summary").click()
    expect(page.locator(".og-term__days")).to_contain_text("15-күн")
    check(page)
    page.goto(f"{country.url}/my")
    page.get_by_role("link", name=re.compile(number)).click()
    expect(page.locator(".og-appeal-head")).to_contain_text(SUBJECT)
    # The draft went with the appeal.
    page.goto(f"{country.url}/appeal/new")
    expect(page.locator("[name=text]")).to_have_value("")

    answer(head, number, ANSWER)
    work()

    # Without the account: number and secret show the answer, and are enough to go on.
    page.context.clear_cookies()
    page.goto(f"{country.url}/appeal/track?number={number}")
    check(page)
    page.locator("#field-secret").fill("AAAA-AAAA-AAAA-AAAA")
    page.get_by_role("button", name="Ашу", exact=True).click()
    expect(page.locator("#og-summary")).to_be_visible()
    page.locator("#field-secret").fill(secret.lower())
    page.get_by_role("button", name="Ашу", exact=True).click()
    expect(page.locator("#answers")).to_contain_text(ANSWER)
    check(page)
    page.locator("[name=solved][value=false]").check()
    page.locator("#rating-completeness-1").check()
    page.get_by_role("button", name="Бағаны жіберу").click()
    page.locator("#field-reason").fill("Шамдар қайтадан сөніп қалды.")
    check(page)
    page.get_by_role("button", name="Өтінішті қайта ашу").click()
    expect(page.locator(".og-timeline")).to_contain_text("Қайта ашылды: Шамдар қайтадан сөніп қалды.")
    check(page)
