"""The home page names what the portal offers, and shows what is new."""

from __future__ import annotations

from typing import Any

import ckan.lib.search
import pytest
from ckanext.opengov.portal import summary

from .pages import Page

FIVE = ("Open data", "Open dialogue", "Open regulations", "Open budgets", "Evaluation of agencies")


@pytest.mark.usefixtures("clean_portal")
def test_the_five_components_are_named(app: Any) -> None:
    text = Page(app.get("/en/").text).text
    assert [name for name in FIVE if name not in text] == []


@pytest.mark.usefixtures("clean_portal")
def test_a_component_that_is_loaded_is_a_link(app: Any) -> None:
    assert "/en/dataset/" in Page(app.get("/en/").text).links


@pytest.mark.usefixtures("seeded")
def test_the_newest_data_and_the_numbers_are_shown(app: Any) -> None:
    page = Page(app.get("/en/").text)
    words = " ".join(page.text.split())
    assert "3 data sets" in words
    assert "2 agencies publish data" in words
    newest = [link for link in page.links if link.startswith("/en/dataset/schools-")]
    assert newest == ["/en/dataset/schools-2", "/en/dataset/schools-1", "/en/dataset/schools-0"]


@pytest.mark.usefixtures("seeded")
def test_the_page_asks_the_index_once_for_data_and_once_for_the_rest(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    search = summary._search
    monkeypatch.setattr(summary, "_search", lambda **parameters: asked.append(parameters) or search(**parameters))
    app.get("/en/")
    assert [len(question.get("facet.field", [])) for question in asked] == [1, 1]


@pytest.mark.usefixtures("clean_portal")
def test_without_the_index_the_page_stands_and_is_not_kept(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_parameters: Any) -> Any:
        raise ckan.lib.search.SearchError("no index")

    monkeypatch.setattr(summary, "_search", broken)
    answer = app.get("/")
    assert answer.status_code == 200
    assert "public" not in answer.headers["Cache-Control"]
