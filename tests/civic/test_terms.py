"""Legal terms stand in a file; a wrong file is refused with the place and what would be right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ckanext.opengov.civic.service import terms
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.civic.service.terms import Unit, WrongTerms

RIGHT = {
    "number": "5",
    "unit": "working_days",
    "title": "{kk: а, ru: б, en: c}",
    "basis": "{kk: а, ru: б, en: c}",
    "date": "2026-11-24",
    "verified": "false",
}


def written(folder: Path, key: str = "appeal.answer", **changed: str | None) -> Path:
    fields = {**RIGHT, **changed}
    path = folder / "terms.yaml"
    lines = [f"  {name}: {value}" for name, value in fields.items() if value is not None]
    path.write_text("\n".join([f"{key}:", *lines]), encoding="utf-8")
    return path


def test_the_terms_of_the_code_are_there_and_verified() -> None:
    shipped = terms.load()
    found = {key: (term.number, term.unit.value) for key, term in shipped.items() if term.verified}
    assert found == {
        "appeal.answer": (15, "working_days"),
        "appeal.forward": (3, "working_days"),
        "appeal.extend": (2, "months"),
        "appeal.extend_notice": (3, "working_days"),
    }


def test_every_component_finds_its_terms() -> None:
    shipped = terms.load()
    for key in (
        "appeal.clarify",
        "appeal.reopen",
        "draft_act.discussion",
        "draft_act.response",
        "budget_programme.discussion",
        "data_request.answer",
        "evaluation.objection",
    ):
        assert terms.find(shipped, key).basis


def test_an_instance_replaces_whole_terms_and_adds_its_own(tmp_path: Path) -> None:
    changed = terms.load(written(tmp_path, number="7"))
    assert changed["appeal.answer"].number == 7
    assert changed["appeal.answer"].verified is False
    assert changed["appeal.forward"].number == 3


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, number="7")
    assert terms.load(path)["appeal.answer"].number == 7
    written(tmp_path, number="8")
    os.utime(path, ns=(1, 1))
    assert terms.load(path)["appeal.answer"].number == 8


def test_a_kind_without_a_term_takes_that_of_the_wider_kind(tmp_path: Path) -> None:
    ours = terms.load(written(tmp_path, "draft_act.discussion.law", number="20"))
    assert terms.find(ours, "draft_act.discussion.law").number == 20
    assert terms.find(ours, "draft_act.discussion.order").number == 10
    assert terms.find(ours, "draft_act.discussion.order.urgent").number == 10


@pytest.mark.parametrize("key", ["", "appeal", "appeal.unknown", "nothing.at.all"])
def test_an_unknown_term_names_those_that_there_are(key: str) -> None:
    with pytest.raises(Refusal, match=r"There is no term .* Known terms: appeal\.answer"):
        terms.find(terms.load(), key)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"number": "-1"}, r"number is -1; a whole number from 1 to 260 is needed for working_days"),
        ({"number": "0"}, r"number is 0; a whole number from 1"),
        ({"number": "1.5"}, r"number is 1\.5; a whole number"),
        ({"number": "true"}, r"number is True; a whole number"),
        ({"number": "13", "unit": "months"}, r"a whole number from 1 to 12 is needed for months"),
        ({"unit": "weeks"}, r"unit is “weeks”; it is one of working_days, calendar_days, months"),
        ({"basis": None}, r"basis is missing"),
        ({"basis": "{kk: а, ru: б}"}, r"basis needs a text in each of kk, ru and en"),
        ({"basis": '{kk: а, ru: "  ", en: c}'}, r"basis needs a text"),
        ({"title": "a"}, r"title needs a text"),
        ({"date": "soon"}, r"date is 'soon'; a date such as 2026-11-24 is needed"),
        ({"verified": "maybe"}, r"verified is 'maybe'; it is true or false"),
        ({"days": "3"}, r"days is not known\. A term has: basis, date, number"),
    ],
)
def test_a_wrong_term_is_refused_with_its_place(tmp_path: Path, changed: dict[str, str | None], complaint: str) -> None:
    path = written(tmp_path, **changed)
    with pytest.raises(WrongTerms, match=complaint) as caught:
        terms.load(path)
    assert str(caught.value).startswith(f"{path}: appeal.answer: ")


@pytest.mark.parametrize("content", ["- 1", "just a text", "a: [", "appeal: {}", "appeal.answer: 15"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text(content)
    with pytest.raises(WrongTerms, match=str(path)):
        terms.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongTerms, match=r"none\.yaml: There is no such file"):
        terms.load(tmp_path / "none.yaml")


def test_a_number_and_a_unit_are_checked_alone_too() -> None:
    assert terms.parse(3, "months") == (Unit.MONTHS, 3)
    with pytest.raises(Refusal, match="number is None"):
        terms.parse(None, "months")
