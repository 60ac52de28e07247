"""Citizens discuss, a moderator decides by keyboard; on a phone, without scripts, and for screen readers too."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import ckan.model as model
import pytest
from axe_playwright_python.sync_playwright import Axe
from ckan.tests import factories
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers, persons
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.civic.discussion_component import HEARING, TOPIC, ForumPlugin, act, person, with_forum, write

PASSWORD = "correct horse battery"
PHONE = {"width": 390, "height": 844}

pytestmark = [
    with_forum,
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", True),
    pytest.mark.usefixtures("clean_portal"),
]


@pytest.fixture
def site(app: Any) -> Iterator[str]:
    """The address of a server in this process: the component of the tests is in no other."""
    ForumPlugin.forget()
    server = make_server("127.0.0.1", 0, app.flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)


def account(role: Role | None = None) -> str:
    user = model.User.get(factories.User(password=PASSWORD)["id"])
    persons.confirm_address(user)
    if role:
        officers.grant([officers.Grant(user.id, "agency-1", "forum", role, officers.today())], actor=user.id)
    model.Session.commit()
    return user.name


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/en/user/login")
    page.locator("#field-login").fill(name)
    page.locator("#field-password").fill(PASSWORD)
    page.locator("#field-password").press("Enter")
    expect(page).not_to_have_url(re.compile("login"))


def different(number: int) -> str:
    return "".join(chr(0x430 + (number * 7 + place * (number + 3)) % 32) for place in range(40))


def check_page(page: Page) -> None:
    """Nothing sticks out sideways, and nothing serious for who cannot see or point."""
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    violations = [one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
    assert not violations, [(one["id"], one["nodes"][0]["html"]) for one in violations]


def test_a_citizen_writes_and_a_moderator_decides_by_keyboard(page: Page, site: str) -> None:
    citizen, moderator = account(), account(Role.MODERATOR)
    sign_in(page, site, citizen)
    for text in ("Нужен тротуар, звоните +7 701 234 56 78.", "Сквер не трогайте, там гуляют дети.", "Дураки все."):
        page.goto(f"{site}/en/example/{HEARING}/1")
        page.get_by_label("Your comment").fill(text)
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("A moderator reads your comment before")).to_be_visible()
    expect(page.get_by_text("Waits for a moderator")).to_have_count(3)

    page.context.clear_cookies()
    sign_in(page, site, moderator)
    page.goto(f"{site}/en/moderation")
    expect(page.get_by_text("3 comments wait for your decision.")).to_be_visible()
    expect(page.locator("mark")).to_contain_text("+7 701 234 56 78")
    check_page(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("p")
    expect(page.get_by_text("1 comment waits for your decision.")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.locator("#og-reason")).to_be_focused()
    page.locator("#og-reason").select_option("insult")
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_text("Nothing here.")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{site}/en/example/{HEARING}/1")
    expect(page.get_by_text("[phone hidden]")).to_be_visible()
    expect(page.get_by_text("Hidden by a moderator: Insults or threats")).to_be_visible()
    expect(page.get_by_text("Дураки")).to_have_count(0)


def test_a_vote_and_more_comments_come_without_a_new_page(page: Page, site: str) -> None:
    author = person()
    for number in range(25):
        write(author, different(number))
    sign_in(page, site, account())
    page.goto(f"{site}/en/example/{TOPIC}/1")
    expect(page.locator(".og-comment")).to_have_count(20)
    page.evaluate("window.stays = true")
    page.get_by_role("button", name="Support").first.click()
    expect(page.get_by_role("button", name="Support").first).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Oppose").first.click()
    expect(page.get_by_role("button", name="Support").first).to_have_attribute("aria-pressed", "false")
    page.get_by_role("link", name="More comments").click()
    expect(page.locator(".og-comment")).to_have_count(25)
    assert page.evaluate("window.stays")
    (newest, *_rest) = act("comment_list", None, entity_type=TOPIC, entity_id="1")["comments"]
    assert (newest["votes_for"], newest["votes_against"]) == (0, 1)


def test_everything_works_without_a_script(browser: Browser, site: str) -> None:
    author = person()
    for number in range(21):
        write(author, different(number))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, account())
    page.goto(f"{site}/en/example/{TOPIC}/1")
    page.get_by_role("button", name="Support").first.click()
    expect(page).to_have_url(re.compile(r"/en/example/topic/1"))
    expect(page.get_by_role("button", name="Support").first).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Reply", exact=True).first.click()
    page.get_by_label("Your reply").first.fill("Согласен.")
    page.locator(".og-comment__reply").first.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Согласен.")).to_be_visible()
    page.get_by_role("link", name="More comments").click()
    expect(page.locator(".og-comment")).to_have_count(1)
    context.close()


@pytest.mark.parametrize("language", ["", "/ru"])
def test_the_pages_work_on_a_phone_and_for_screen_readers(page: Page, site: str, language: str) -> None:
    text = "Прошу сохранить сквер у школы номер десять, дети там гуляют каждый день."
    made = [write(person(), f"{text} {ending}", author_name="Айгүл") for ending in ("", "Спасибо.", "Жду ответа.")]
    long_word = write(person(), "а" * 400)
    write(person(), "Поддерживаю.", parent_id=made[0]["id"])
    moderator = account(Role.MODERATOR)
    write(person(), "Звоните +7 701 234 56 78, это " + "б" * 300, HEARING)
    sign_in(page, site, moderator)
    for size in (PHONE, {"width": 1280, "height": 900}):
        page.set_viewport_size(size)
        for path in (
            f"/example/{TOPIC}/1",
            f"/discussion/{made[0]['thread_id']}?sort=supported",
            f"/discussion/{made[0]['thread_id']}/similar",
            f"/discussion/comment/{long_word['id']}",
            "/moderation",
        ):
            answer = page.goto(f"{site}{language}{path}")
            assert answer
            assert answer.status == 200
            check_page(page)
