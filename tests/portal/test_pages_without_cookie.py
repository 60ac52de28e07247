"""A visitor without identity gets no cookie and no token, so the front may keep the page for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests import factories

from .pages import Page

PAGES = (
    "/",
    "/ru/",
    "/en/",
    "/dataset/",
    "/dataset/?q=schools&sort=metadata_modified+desc",
    "/dataset/schools-1",
    "/organization/",
    "/organization/ministry",
    "/organization/about/ministry",
    "/about",
    "/user/login",
    "/user/reset",
)


@pytest.mark.usefixtures("seeded")
def test_a_page_for_visitors_may_be_kept(app: Any) -> None:
    for path in PAGES:
        answer = app.get(path)
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Cache-Control"].startswith("public"), path
        assert "s-maxage=" in answer.headers["Cache-Control"], path
        page = Page(answer.text)
        assert not {name for name in page.meta_names | page.input_names if "csrf" in name}, path


@pytest.mark.usefixtures("seeded")
def test_a_resource_page_for_visitors_may_be_kept(app: Any, seeded: dict[str, Any]) -> None:
    resource = seeded["resources"][0]
    answer = app.get(f"/dataset/{resource['package_id']}/resource/{resource['id']}", follow_redirects=True)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")


@pytest.mark.usefixtures("with_plugins")
def test_the_registration_sets_no_cookie_and_is_not_kept(app: Any) -> None:
    answer = app.get("/user/register")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("with_plugins")
def test_an_error_page_sets_no_cookie_and_is_not_kept(app: Any) -> None:
    answer = app.get("/nothing-here")
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_signed_in_page_is_private_and_has_a_token(sign_in: Any, seeded: dict[str, Any]) -> None:
    answer = sign_in(seeded["citizen"]).get("/dataset/")
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]
    page = Page(answer.text)
    assert {"csrf_field_name", "_csrf_token"} <= page.meta_names
    assert "_csrf_token" in page.input_names


def test_a_page_read_with_a_token_is_private(app: Any, seeded: dict[str, Any]) -> None:
    token = factories.APIToken(user=seeded["citizen"]["name"])["token"]
    answer = app.get("/dataset/", headers={"Authorization": token})
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]
    # A wrong one, too: whoever sends it is no visitor like all others.
    assert "private" in app.get("/dataset/", headers={"Authorization": "wrong"}).headers["Cache-Control"]


@pytest.mark.usefixtures("with_plugins")
def test_signing_in_is_not_remembered_beyond_the_session(app: Any) -> None:
    page = Page(app.get("/user/login").text)
    assert {"login", "password"} <= page.input_names
    assert "remember" not in page.input_names
