"""Sign-in through a real identity provider, in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import ckan.model as model
import pytest
import requests
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp
from ckanext.opengov.civic.model.persons import Person
from ckanext.opengov.civic.service import persons
from ckanext.opengov.civic.service.persons import Level

pytestmark = pytest.mark.usefixtures("clean_portal")

PEOPLE = [
    {"sub": "one", "name": "First Person", "email": "one@example.kz", "email_verified": True, "iin": "900101300017"},
    {
        "sub": "one-again",
        "name": "First Person",
        "email": "other@example.kz",
        "email_verified": True,
        "iin": "900101300017",
    },
    {"sub": "two", "name": "Second Person", "email": "two@example.kz", "email_verified": True, "iin": "850505400025"},
    {"sub": "no-number", "name": "Third Person", "email": "three@example.kz", "email_verified": True},
    {"sub": "no-address", "name": "Fourth Person", "iin": "700707300011"},
    {"sub": "unconfirmed", "name": "Fifth Person", "email": "five@example.kz", "email_verified": False},
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    people = [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true", *people]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 30
        while True:
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=2).raise_for_status()
                break
            except requests.RequestException:
                assert time.monotonic() < until, "the provider did not start"
                time.sleep(0.1)
        yield address
        process.terminate()


@pytest.fixture
def provider(issuer: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setitem(config, "opengov.oidc.issuer", issuer)
    monkeypatch.setitem(config, "opengov.oidc.client_id", "portal")
    monkeypatch.setitem(config, "opengov.oidc.client_secret", "secret")
    return issuer


def leave(app: CKANTestApp, **form: str) -> str:
    """Press the button; the address at the provider."""
    return app.post("/en/user/identity", data=form, follow_redirects=False).headers["Location"]


def allow(address: str, subject: str) -> str:
    """Say yes at the provider; the address back, as a path of the portal."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def sign_in(app: CKANTestApp, subject: str, status: int = 200) -> str:
    return app.get(allow(leave(app), subject), status=status).body


def user_of(email: str) -> model.User:
    model.Session.expire_all()
    user = persons.active_user(email)
    assert user
    return user


@pytest.mark.usefixtures("provider")
def test_the_request_has_state_nonce_and_pkce(app: CKANTestApp) -> None:
    query = parse_qs(urlsplit(leave(app)).query)
    assert query["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(query[name][0]) >= 20
    assert query["redirect_uri"] == [f"{config['ckan.site_url']}/user/identity/answer"]
    assert "code_verifier" not in query


@pytest.mark.usefixtures("provider")
def test_a_new_person_gets_a_verified_account_and_is_signed_in(app: CKANTestApp) -> None:
    page = sign_in(app, "one")
    assert "Your identity is confirmed." in page
    assert "What I wrote, and what became of it" in page
    user = user_of("one@example.kz")
    assert user.fullname == "First Person"
    assert persons.level_of(user.id) == Level.VERIFIED
    person = model.Session.get(Person, user.id)
    assert person
    assert "900101300017" not in str(vars(person))


@pytest.mark.usefixtures("provider")
def test_coming_back_is_the_same_account(app: CKANTestApp) -> None:
    sign_in(app, "one")
    app.post("/user/_logout")
    sign_in(app, "one")
    assert model.Session.query(Person).count() == 1


@pytest.mark.usefixtures("provider")
def test_the_same_number_under_another_name_is_the_same_person(app: CKANTestApp) -> None:
    sign_in(app, "one")
    app.post("/user/_logout")
    sign_in(app, "one-again")
    assert model.Session.query(Person).count() == 1


@pytest.mark.usefixtures("provider")
def test_an_account_is_linked_by_who_is_signed_in(app: CKANTestApp) -> None:
    user = factories.User(password="correct-horse")
    app.post("/user/login", data={"login": user["name"], "password": "correct-horse"})
    sign_in(app, "two")
    assert persons.level_of(user["id"]) == Level.VERIFIED


@pytest.mark.usefixtures("provider")
def test_one_person_cannot_stand_behind_two_accounts(app: CKANTestApp) -> None:
    sign_in(app, "one")
    app.post("/user/_logout")
    user = factories.User(password="correct-horse")
    app.post("/user/login", data={"login": user["name"], "password": "correct-horse"})
    page = sign_in(app, "one", status=403)
    assert "айналған" in page or "тиесілі" in page
    assert persons.level_of(user["id"]) == Level.NONE


@pytest.mark.usefixtures("provider")
def test_without_a_number_nobody_is_verified(app: CKANTestApp) -> None:
    sign_in(app, "no-number")
    assert persons.level_of(user_of("three@example.kz").id) == Level.EMAIL


@pytest.mark.usefixtures("provider")
def test_an_account_may_have_no_address(app: CKANTestApp) -> None:
    sign_in(app, "no-address")
    person = model.Session.query(Person).one()
    user = model.User.get(person.user_id)
    assert user
    assert not user.email
    assert persons.level_of(user.id) == Level.VERIFIED


@pytest.mark.usefixtures("provider")
def test_an_address_that_the_provider_has_not_confirmed_is_not_taken_over(app: CKANTestApp) -> None:
    sign_in(app, "unconfirmed")
    assert persons.active_user("five@example.kz") is None


@pytest.mark.usefixtures("provider")
def test_an_account_whose_address_nobody_confirmed_is_not_given_away(app: CKANTestApp) -> None:
    factories.User(email="one@example.kz")
    sign_in(app, "one", status=403)
    assert persons.level_of(user_of("one@example.kz").id) == Level.NONE


@pytest.mark.usefixtures("provider")
def test_an_account_with_the_same_confirmed_address_is_the_one(app: CKANTestApp) -> None:
    user = model.User.get(factories.User(email="one@example.kz")["id"])
    assert user
    persons.confirm_address(user)
    model.Session.commit()
    sign_in(app, "one")
    assert persons.level_of(user.id) == Level.VERIFIED


@pytest.mark.usefixtures("provider")
def test_an_answer_that_nobody_asked_for_is_refused(app: CKANTestApp) -> None:
    app.get("/user/identity/answer?code=x&state=y", status=403)
    back = allow(leave(app), "one")
    app.get(back)
    app.post("/user/_logout")
    app.get(back, status=403)
    assert model.Session.query(Person).count() == 1


@pytest.mark.usefixtures("provider")
def test_who_says_no_at_the_provider_is_told_that_nothing_changed(app: CKANTestApp) -> None:
    query = parse_qs(urlsplit(leave(app)).query)
    page = app.get(f"/en/user/identity/answer?error=access_denied&state={query['state'][0]}", status=403)
    assert "nothing was changed" in page.body


@pytest.mark.usefixtures("provider")
def test_the_way_back_stays_on_this_portal(app: CKANTestApp) -> None:
    back = allow(leave(app, next="https://evil.example/"), "one")
    assert "evil.example" not in app.get(back, follow_redirects=False).headers["Location"]
    app.post("/user/_logout")
    back = allow(leave(app, next="/en/user/levels"), "one")
    assert app.get(back, follow_redirects=False).headers["Location"].endswith("/en/user/levels")


def test_a_provider_that_is_down_is_explained(app: CKANTestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.oidc.issuer", "http://127.0.0.1:1")
    monkeypatch.setitem(config, "opengov.oidc.client_id", "portal")
    page = app.post("/en/user/identity", status=403)
    assert "does not answer" in page.body


def test_without_a_provider_there_is_no_button(app: CKANTestApp) -> None:
    assert "/user/identity" not in app.get("/en/user/register").body
    app.post("/en/user/identity", status=404)


def test_the_button_says_what_the_provider_is_called(app: CKANTestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config, "opengov.oidc.issuer", "http://127.0.0.1:1")
    monkeypatch.setitem(config, "opengov.oidc.client_id", "portal")
    monkeypatch.setitem(config, "opengov.oidc.label.ru", "Войти через eGov")
    assert "Войти через eGov" in app.get("/ru/user/register").body
    assert "Continue with the identity provider" in app.get("/en/user/login").body
