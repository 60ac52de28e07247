"""Error pages say in the visitor's language what happened and what to do next."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckanext.opengov.portal import errors

from .pages import Page


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize(
    ("path", "title"),
    [("/nothing", "Бет табылмады"), ("/ru/nothing", "Страница не найдена"), ("/en/nothing", "Page not found")],
)
def test_a_missing_page_says_so(app: Any, path: str, title: str) -> None:
    answer = app.get(path)
    assert answer.status_code == 404
    page = Page(answer.text)
    assert page.title.startswith(title)
    assert title in page.text
    assert "URL manually" not in page.text


@pytest.mark.usefixtures("with_plugins")
def test_a_page_without_access_offers_to_sign_in(app: Any) -> None:
    answer = app.get("/en/ckan-admin/")
    assert answer.status_code == 403
    page = Page(answer.text)
    assert "You have no access to this page" in page.text
    assert any(link.startswith("/en/user/login?next=") for link in page.links)


@pytest.mark.usefixtures("with_plugins")
def test_an_unexpected_fault_tells_nothing_of_the_inside(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.flask_app.view_functions, "home.about", lambda: tk.abort(500, "relation is missing"))
    answer = app.get("/about")
    assert answer.status_code == 500
    assert "Портал бұл бетті көрсете алмады" in Page(answer.text).text
    assert "relation is missing" not in answer.text


@pytest.mark.usefixtures("with_plugins")
def test_what_a_person_wrote_is_shown(app: Any) -> None:
    page = Page(app.get("/en/dataset/no-such-data").text)
    assert "Page not found" in page.text
    assert "Dataset not found" in page.text


@pytest.mark.parametrize("code", [400, 403, 404, 405, 410, 413, 429, 500, 502, 503, [500]])
def test_every_error_has_a_title_a_reason_and_a_way_on(app: Any, code: Any) -> None:
    with app.flask_app.test_request_context("/", environ_overrides={"CKAN_LANG": "ru"}):
        said = errors.explain(code, None)
    assert all(said[part] for part in ("title", "text", "advice"))
