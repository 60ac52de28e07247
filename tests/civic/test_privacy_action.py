"""The search for personal data as the action API gives it."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.identifiers import check_digit
from ckanext.opengov.civic.service.privacy import FileRefusal, extract

IIN = f"90010130012{check_digit('90010130012')}"

pytestmark = pytest.mark.usefixtures("clean_portal")


def scan(**data: Any) -> dict[str, Any]:
    return call_action("privacy_scan", {"user": "", "ignore_auth": False}, **data)


def test_anybody_may_have_a_text_searched() -> None:
    text = f"Мой ИИН {IIN}, спасибо"
    answer = scan(text=text)
    assert answer["masked"] == "Мой ИИН [ИИН скрыт], спасибо"
    [finding] = answer["findings"]
    assert (finding["kind"], finding["value_class"]) == ("iin", "person")
    assert text[finding["start"] : finding["end"]] == IIN
    assert answer["masked"][finding["masked_start"] : finding["masked_end"]] == "[ИИН скрыт]"


def test_the_answer_and_the_log_hold_nothing_of_a_value(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = app.post("/api/3/action/privacy_scan", json={"text": f"ИИН {IIN}"})
    assert answer.json["success"]
    assert IIN not in answer.body.replace("help", "")
    assert IIN not in caplog.text


def test_a_text_does_not_travel_in_an_address(app: Any) -> None:
    answer = app.get(f"/api/3/action/privacy_scan?text={IIN}", status=400)
    assert "POST" in answer.body
    assert IIN not in answer.body


@pytest.mark.parametrize(
    ("data", "field", "complaint"),
    [
        ({}, "text", "Give the text"),
        ({"text": ""}, "text", "Give the text"),
        ({"text": ["a"]}, "text", "Give the text"),
        ({"text": "ә" * (512 * 1024 + 1)}, "text", "has 1025 KB; at most 1024 KB"),
        ({"text": "a" * (10 * 1024 * 1024)}, "text", "has 10240 KB"),
        ({"text": "a", "language": "de"}, "language", "Use one of: kk, ru, en"),
        ({"text": "a", "language": ["kk"]}, "language", "Use one of"),
    ],
)
def test_bad_input_is_refused_with_the_field(data: dict[str, Any], field: str, complaint: str) -> None:
    with pytest.raises(tk.ValidationError) as caught:
        scan(**data)
    assert complaint in caught.value.error_dict[field][0]


def test_a_refused_file_explains_itself_in_the_readers_language(app: Any) -> None:
    with pytest.raises(FileRefusal) as caught:
        extract(b"", "a.txt")
    with app.flask_app.test_request_context(environ_overrides={"CKAN_LANG": "ru"}):
        assert caught.value.translated() == "Файл пуст."
    with app.flask_app.test_request_context(environ_overrides={"CKAN_LANG": "kk"}):
        assert caught.value.translated() == "Файл бос."
