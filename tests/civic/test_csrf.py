"""Forgery protection, switched on as in the portal: one anonymous hit must not open a view for everybody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ckan.tests import factories

pytestmark = [
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", True),
    pytest.mark.usefixtures("clean_portal"),
]
HOST = "127.0.0.1"
PASSWORD = "correct horse battery"
FORM = {"fullname": "Changed", "email": "someone@example.org", "save": ""}


def sign_in(app: Any, user: dict[str, Any]) -> Any:
    client = app.test_client(use_cookies=True)
    answer = client.post("/user/login", data={"login": user["name"], "password": PASSWORD})
    assert answer.status_code in {200, 302}
    assert is_signed_in(client)
    return client


def is_signed_in(client: Any) -> bool:
    return client.get("/dashboard/datasets", follow_redirects=False).status_code == 200


def token_in(page: str) -> str:
    found = re.search(r'name="_csrf_token"[^>]*(?:value|content)="([^"]+)"', page)
    assert found
    return found[1]


def full_name(user: dict[str, Any]) -> str:
    import ckan.model as model

    model.Session.expire_all()
    return model.User.get(user["id"]).fullname


def test_a_forged_form_is_refused_even_after_an_anonymous_one(app: Any) -> None:
    user = factories.User(password=PASSWORD)
    path = f"/user/edit/{user['name']}"
    app.post(path, data=FORM)
    app.get(path)
    client = sign_in(app, user)
    answer = client.post(path, data=FORM)
    assert answer.status_code == 400
    assert full_name(user) != "Changed"


def test_a_form_with_its_token_goes_through(app: Any) -> None:
    user = factories.User(password=PASSWORD)
    path = f"/user/edit/{user['name']}"
    client = sign_in(app, user)
    token = token_in(client.get(path).text)
    form = FORM | {"_csrf_token": token, "email": user["email"], "name": user["name"]}
    answer = client.post(path, data=form)
    assert answer.status_code == 200
    assert full_name(user) == "Changed"


def test_a_token_in_the_header_needs_no_form_token(app: Any) -> None:
    user = factories.UserWithToken()
    answer = app.post(
        "/api/action/user_patch",
        json={"id": user["id"], "fullname": "Changed"},
        headers={"Authorization": user["token"]},
    )
    assert answer.status_code == 200


def test_a_wrong_token_in_the_header_does_not_lift_the_check(app: Any) -> None:
    user = factories.User(password=PASSWORD)
    client = sign_in(app, user)
    answer = client.post(f"/user/edit/{user['name']}", data=FORM, headers={"Authorization": "made up"})
    assert answer.status_code == 400


def test_signing_in_from_another_site_is_refused(app: Any) -> None:
    user = factories.User(password=PASSWORD)
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        client = app.test_client(use_cookies=True)
        answer = client.post("/user/login", data={"login": user["name"], "password": PASSWORD}, headers=header)
        assert answer.status_code == 403


def test_the_remember_cookie_signs_nobody_in(app: Any) -> None:
    user = factories.User(password=PASSWORD)
    client = app.test_client(use_cookies=True)
    client.post("/user/login", data={"login": user["name"], "password": PASSWORD, "remember": "63072000"})
    client.delete_cookie("opengov_session_test", domain=HOST)
    assert not is_signed_in(client)


def test_signing_out_ends_the_session_on_the_server(app: Any) -> None:
    user = factories.User(password=PASSWORD)
    client = sign_in(app, user)
    cookie = client.get_cookie("opengov_session_test", domain=HOST)
    assert cookie
    token = token_in(client.get("/dashboard/datasets").text)
    client.post("/user/_logout", data={"_csrf_token": token})
    thief = app.test_client(use_cookies=True)
    thief.set_cookie("opengov_session_test", cookie.value, domain=HOST)
    assert not is_signed_in(thief)
