"""A character that no column can hold is refused with a sentence, wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("clean_portal")


@pytest.mark.parametrize("address", ["/api/3/action/package_show?id=a%00b", "/api/3/action/package%00show"])
def test_an_address_with_it_is_refused(app: Any, address: str) -> None:
    answer = app.get(address)
    assert answer.status_code == 400
    assert "NUL" in answer.json["error"]["message"]


def test_a_body_with_it_is_refused(app: Any) -> None:
    answer = app.post("/api/3/action/package_show", json={"id": "a\x00b"})
    assert answer.status_code == 400
    assert "NUL" in answer.json["error"]["message"]


def test_a_page_says_it_in_the_readers_language(app: Any) -> None:
    answer = app.get("/ru/dataset/", query_string={"q": "a\x00b"})
    assert answer.status_code == 400
    assert "символ NUL" in answer.body


def test_a_form_with_it_is_refused(app: Any) -> None:
    answer = app.post("/user/login", data={"login": "a\x00b", "password": "x"})
    assert answer.status_code == 400
