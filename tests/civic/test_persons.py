"""An account begins with a link in a mail; what the portal knows of a person decides what they may do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.persons import Confirmation, Person
from ckanext.opengov.civic.service import drafts, outbox, persons, tokens
from ckanext.opengov.civic.service.persons import Identity, Level
from lxml import html

from tests.civic.mail_server import MailServer, mail_server

pytestmark = pytest.mark.usefixtures("clean_portal")

PASSWORD = "correct-horse-battery"
BIN = "990240000010"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server(tmp_path) as running:
        monkeypatch.setitem(config, "smtp.server", running.address)
        yield running


def link_in(letter: Any) -> str:
    text = letter.get_body(("plain",)).get_content()
    found = re.search(r"(?:/ru|/en)?/user/(?:confirm/\S+|reset)", text)
    assert found, text
    return found[0]


def register(app: Any, **fields: str) -> Any:
    form = {"email": "reader@example.kz", "fullname": "Reader", "kind": "person", **fields}
    return app.post("/en/user/register", data=form)


def user_of(email: str) -> model.User | None:
    model.Session.expire_all()
    return persons.active_user(email)


def confirmed(**fields: Any) -> model.User:
    user = model.User.get(factories.User(**fields)["id"])
    assert user
    persons.confirm_address(user)
    model.Session.commit()
    return user


# --- registration


def test_there_is_no_account_before_the_link_is_opened(app: Any, server: MailServer) -> None:
    assert "Look into your mail" in register(app).body
    outbox.drain()
    assert user_of("reader@example.kz") is None
    path = link_in(server.letters()[0])
    page = app.get(path)
    assert "reader@example.kz" in page.body
    assert user_of("reader@example.kz") is None, "opening alone changes nothing"
    app.post(path, data={"password": PASSWORD})
    user = user_of("reader@example.kz")
    assert user is not None
    assert user.state == "active"
    assert user.fullname == "Reader"
    assert persons.level_of(user.id) == Level.EMAIL
    assert user.validate_password(PASSWORD)


def test_whoever_registers_from_a_form_comes_back_to_it_with_what_was_typed(app: Any, server: MailServer) -> None:
    browser = app.test_client()
    typed = {"subject": "No light", "text": "The street is dark.", "kind": "complaint", "go": "register"}
    left = browser.post("/en/appeal/new", data=typed, follow_redirects=False)
    assert left.headers["Location"].endswith("/en/user/register?next=/en/appeal/new")
    page = html.fromstring(browser.get("/en/user/register?next=/en/appeal/new").text)
    assert page.xpath("//form[@id='user-register-form']//input[@name='next']/@value") == ["/en/appeal/new"]
    form = {"email": "reader@example.kz", "fullname": "Reader", "kind": "person", "next": "/en/appeal/new"}
    browser.post("/en/user/register", data=form)
    outbox.drain()
    # The letter may be opened on another machine: the draft comes with the link.
    elsewhere = app.test_client()
    back = elsewhere.post(link_in(server.letters()[0]), data={"password": PASSWORD}, follow_redirects=False)
    assert back.headers["Location"].endswith("/en/appeal/new")
    user = user_of("reader@example.kz")
    assert user
    draft = drafts.find(user.id, "appeal-new")
    assert draft
    assert (draft.data["text"], draft.data["kind"]) == (["The street is dark."], ["complaint"])
    # In the first browser the form itself holds it as soon as one has signed in.
    browser.post("/user/login", data={"login": user.name, "password": PASSWORD})
    form_again = html.fromstring(browser.get("/en/appeal/new").text)
    assert form_again.xpath("//textarea[@name='text']")[0].text == "The street is dark."
    assert form_again.xpath("//input[@name='kind'][@checked]/@value") == ["complaint"]
    assert html.fromstring(browser.get("/en/appeal/new").text).xpath("//textarea[@name='text']")[0].text is None


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1", 7])
def test_no_link_of_a_mail_leads_away(address: Any) -> None:
    with pytest.raises(tk.ValidationError, match="next"):
        call_action("person_register", email="a@example.kz", fullname="A", next=address)


def test_the_link_that_confirms_an_address_leads_back_too(app: Any, server: MailServer) -> None:
    browser, user = app.test_client(), factories.User(password=PASSWORD, email="late@example.kz")
    browser.post("/user/login", data={"login": user["name"], "password": PASSWORD})
    sent = browser.post("/user/confirm-address", data={"next": "/ru/coverage/new"}, follow_redirects=False)
    assert sent.headers["Location"].endswith("/ru/coverage/new")
    outbox.drain()
    answer = browser.post(link_in(server.letters()[0]), follow_redirects=False)
    assert answer.headers["Location"].endswith("/ru/coverage/new")


def test_a_link_works_once(app: Any, server: MailServer) -> None:
    register(app)
    outbox.drain()
    path = link_in(server.letters()[0])
    app.post(path, data={"password": PASSWORD}, follow_redirects=False)
    answer = app.post(path, data={"password": "another-password"}, status=404)
    assert "does not work" in answer.body
    user = user_of("reader@example.kz")
    assert user
    assert user.validate_password(PASSWORD)


def test_a_link_is_dead_after_48_hours(app: Any, server: MailServer) -> None:
    register(app)
    outbox.drain()
    link = model.Session.query(Confirmation).one()
    assert link.expires_at - link.created_at == pytest.approx(dt.timedelta(hours=48), abs=dt.timedelta(seconds=5))
    link.expires_at = utc_now() - dt.timedelta(seconds=1)
    model.Session.commit()
    app.get(link_in(server.letters()[0]), status=404)
    assert persons.forget_links() == 1


def test_the_token_is_stored_as_a_hash_and_the_letter_is_forgotten(app: Any, server: MailServer) -> None:
    from ckanext.opengov.civic.model.outbox import OutboxMessage

    register(app)
    outbox.drain()
    token = link_in(server.letters()[0]).rpartition("/")[2]
    link = model.Session.query(Confirmation).one()
    assert link.token_hash == tokens.digest(token)
    for message in model.Session.query(OutboxMessage):
        assert token not in str(message.payload)
        assert "reader@" not in str(message.payload)


def test_the_page_does_not_tell_whether_an_address_is_known(app: Any, server: MailServer) -> None:
    factories.User(email="known@example.kz")
    known = register(app, email="known@example.kz").body.replace("known@example.kz", "X")
    fresh = register(app, email="fresh@example.kz").body.replace("fresh@example.kz", "X")
    assert known == fresh
    outbox.drain()
    subjects = {letter["To"]: str(letter["Subject"]) for letter in server.letters()}
    assert "already have an account" in subjects["known@example.kz"]
    assert "one more step" in subjects["fresh@example.kz"]


def test_each_request_for_the_link_sends_one(app: Any, server: MailServer) -> None:
    register(app)
    register(app)
    outbox.drain()
    first, second = (link_in(letter) for letter in server.letters())
    assert first != second
    app.post(second, data={"password": PASSWORD}, follow_redirects=False)
    answer = app.post(first, data={"password": "somebody-else"})
    assert "There is an account with this address already" in answer.body


def test_a_short_password_is_refused_and_the_link_stays(app: Any, server: MailServer) -> None:
    register(app)
    outbox.drain()
    path = link_in(server.letters()[0])
    assert "8 characters" in app.post(path, data={"password": "short"}).body
    app.post(path, data={"password": PASSWORD}, follow_redirects=False)
    assert user_of("reader@example.kz")


def test_letters_and_pages_are_in_the_visitors_language(app: Any, server: MailServer) -> None:
    app.post("/ru/user/register", data={"email": "r@example.kz", "fullname": "Р", "kind": "person"})
    app.post("/user/register", data={"email": "k@example.kz", "fullname": "Қ", "kind": "person"})
    outbox.drain()
    by_address = {letter["To"]: letter for letter in server.letters()}
    assert "Здравствуйте" in by_address["r@example.kz"].get_body(("plain",)).get_content()
    assert "/ru/user/confirm/" in by_address["r@example.kz"].get_body(("plain",)).get_content()
    assert "Сәлеметсіз бе" in by_address["k@example.kz"].get_body(("plain",)).get_content()


def test_an_organisation_gives_a_bin_with_the_right_check_digit(app: Any) -> None:
    assert "needs its BIN" in register(app, kind="organisation").body
    assert "Check each digit" in register(app, kind="organisation", bin=BIN[:-1] + "1").body
    assert "Look into your mail" in register(app, kind="organisation", bin=BIN).body


def test_a_person_who_is_signed_in_after_confirming_reaches_their_pages(app: Any, server: MailServer) -> None:
    register(app)
    outbox.drain()
    page = app.post(link_in(server.letters()[0]), data={"password": PASSWORD})
    assert "What I wrote, and what became of it" in page.body


def test_a_wrong_address_is_explained() -> None:
    with pytest.raises(tk.ValidationError) as refused:
        call_action("person_register", email="not an address", fullname="A")
    assert "email" in refused.value.error_dict


@pytest.mark.parametrize(
    "fields",
    [
        {"fullname": "x" * 10_000_000},
        {"email": f"{'x' * 10_000_000}@example.kz"},
        {"fullname": "a\0b"},
        {"fullname": {"deep": [1]}, "kind": "robot"},
        {"language": "de"},
        {"place": "999999999"},
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(fields: dict[str, Any]) -> None:
    from ckanext.opengov.civic.model.outbox import OutboxMessage

    with pytest.raises(tk.ValidationError):
        call_action("person_register", **{"email": "a@example.kz", "fullname": "A", **fields})
    assert model.Session.query(Confirmation).count() == 0
    assert model.Session.query(OutboxMessage).count() == 0


# --- levels


def test_an_account_that_was_made_by_an_administrator_confirms_its_address(app: Any, server: MailServer) -> None:
    user = factories.User(email="made@example.kz")
    assert persons.level_of(user["id"]) == Level.NONE
    assert call_action("person_email_confirm", {"user": user["name"], "ignore_auth": False}) == {"sent": True}
    outbox.drain()
    app.post(link_in(server.letters()[0]))
    assert persons.level_of(user["id"]) == Level.EMAIL


def test_another_address_has_to_be_confirmed_anew() -> None:
    user = confirmed(email="old@example.kz")
    assert persons.level_of(user.id) == Level.EMAIL
    user.email = "new@example.kz"
    model.Session.commit()
    assert persons.level_of(user.id) == Level.NONE


def test_who_is_not_sure_enough_learns_how_to_get_there() -> None:
    user = confirmed()
    persons.require(user.id, Level.EMAIL)
    with pytest.raises(tk.NotAuthorized, match="/user/levels"):
        persons.require(user.id, Level.VERIFIED)
    with pytest.raises(tk.NotAuthorized, match="Sign in first"):
        persons.require(None, Level.EMAIL)


def test_a_deleted_account_has_no_level() -> None:
    user = confirmed()
    user.state = "deleted"
    model.Session.commit()
    assert persons.level_of(user.id) == Level.NONE


def test_the_page_of_levels_says_where_one_is_in_three_languages(app: Any) -> None:
    for prefix, words in (("", "Тіркелгісіз"), ("/ru", "Без учётной записи"), ("/en", "Without an account")):
        assert words in app.get(f"{prefix}/user/levels").body


# --- identities


def test_a_national_number_makes_a_verified_person_and_is_stored_as_a_hash() -> None:
    user = confirmed()
    person = persons.link(Identity("idp|1", national_id="900101300017"), user)
    model.Session.commit()
    assert persons.level_of(user.id) == Level.VERIFIED
    assert person.national_hash
    assert "900101300017" not in person.national_hash
    assert len(person.national_hash) == 64


def test_one_national_number_is_one_account() -> None:
    first, second = confirmed(), confirmed()
    persons.link(Identity("idp|1", national_id="900101300017"), first)
    model.Session.commit()
    with pytest.raises(persons.IdentityError, match="already belongs to another account"):
        persons.link(Identity("other|9", national_id="900101300017"), second)
    model.Session.rollback()
    assert persons.level_of(second.id) == Level.EMAIL


def test_the_database_itself_refuses_the_same_number_twice() -> None:
    from sqlalchemy.exc import IntegrityError

    model.Session.add_all([Person(user_id="a", national_hash="x"), Person(user_id="b", national_hash="x")])
    with pytest.raises(IntegrityError):
        model.Session.flush()


def test_an_account_does_not_change_hands() -> None:
    user = confirmed()
    persons.link(Identity("idp|1", national_id="900101300017"), user)
    model.Session.commit()
    with pytest.raises(persons.IdentityError, match="another person"):
        persons.link(Identity("idp|2", national_id="850505400025"), user)


def test_who_deleted_their_account_may_come_back_with_another() -> None:
    gone, back = confirmed(), confirmed()
    persons.link(Identity("idp|1", national_id="900101300017"), gone)
    gone.state = "deleted"
    model.Session.commit()
    persons.link(Identity("idp|1", national_id="900101300017"), back)
    model.Session.commit()
    assert persons.level_of(back.id) == Level.VERIFIED


# --- one's own settings


def test_a_person_changes_their_language_and_place() -> None:
    user = confirmed()
    context = {"user": user.name, "ignore_auth": False}
    saved = call_action("person_update", context, language="ru", place="750000000")
    assert saved["language"] == "ru"
    assert saved["place"] == "750000000"
    with pytest.raises(tk.ValidationError):
        call_action("person_update", dict(context), language="de")
    with pytest.raises(tk.ValidationError):
        call_action("person_update", dict(context), place="990000000")


def test_a_visitor_has_no_own_account() -> None:
    for action in ("person_show", "person_update", "person_email_confirm", "my_item_list"):
        with pytest.raises(tk.NotAuthorized):
            call_action(action, {"user": "", "ignore_auth": False})
