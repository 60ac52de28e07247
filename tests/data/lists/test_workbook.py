"""Lists as workbooks: what goes out comes back the same; what is wrong is told at once, cell by cell."""

from __future__ import annotations

import base64
import datetime as dt
import io
import zipfile
from typing import Any

import ckan.plugins.toolkit as tk
import openpyxl
import pytest
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.data.service.lists import workbook
from ckanext.opengov.data.service.lists.criteria import FREQUENCIES, criteria
from ckanext.opengov.data.service.lists.workbook import Row
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.ground import act, agency, dataset, officer
from tests.data.lists.test_lists import MET, REASON, Country, draft, only

NAMES = {code: f"kind {code}" for code in FREQUENCIES}
KNOWN = {name: code for code, name in NAMES.items()}
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cn", "Co"]), min_size=1, max_size=60
).filter(lambda text: text == " ".join(text.split()) and not text.startswith("="))
ROWS = st.builds(
    Row,
    number=st.none(),
    title=st.fixed_dictionaries(dict.fromkeys(("kk", "ru", "en"), WORDS)),
    due_on=st.dates(dt.date(2010, 1, 1), dt.date(2100, 12, 31)),
    frequency=st.sampled_from(list(FREQUENCIES)),
    criteria=st.sets(st.sampled_from(list(criteria()))).map(lambda met: [one for one in criteria() if one in met]),
    dataset=st.from_regex(r"[a-z][a-z0-9-]{1,30}", fullmatch=True) | st.just(""),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROWS, max_size=8), language=st.sampled_from(["kk", "ru", "en"]))
def test_what_goes_out_comes_back_the_same(rows: list[Row], language: str) -> None:
    numbered = [Row(place, *list(vars(row).values())[1:]) for place, row in enumerate(rows, 1)]
    assert workbook.read(workbook.write(numbered, language, NAMES), KNOWN) == numbered


def book(*rows: list[Any], head: list[str] | None = None) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = workbook.SHEET
    for row in (head or workbook.columns(), ["…"], *rows):
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def row(**other: Any) -> list[Any]:
    values: dict[str, Any] = {
        "title_kk": "Тізім",
        "title_ru": "Список",
        "title_en": "List",
        "due_on": dt.date(2026, 12, 31),
        "frequency": "MONTHLY",
        **{f"criterion_{key}": "да" for key in MET},
        **other,
    }
    return [values.get(name) for name in workbook.columns()]


def test_everything_that_is_wrong_is_told_with_its_cell() -> None:
    content = book(
        row(),
        row(title_en=None, due_on="31.02.2026", frequency="иногда"),
        row(number="первый", criterion_wanted="наверное", title_kk="я" * 301),
        row(number=7, due_on="=TODAY()"),
        row(number=7, due_on="2026-06-30", frequency="kind daily"),
    )
    with pytest.raises(workbook.Wrong) as refused:
        workbook.read(content, KNOWN)
    found = {(f"{one.column}{one.row}", one.field, one.value[:8]) for one in refused.value.problems}
    assert found == {
        ("D4", "title_en", ""),
        ("E4", "due_on", "31.02.20"),
        ("F4", "frequency", "иногда"),
        ("A5", "number", "первый"),
        ("B5", "title_kk", "я" * 8),
        ("L5", "criterion_wanted", "наверное"),
        ("E6", "due_on", "=TODAY()"),
    }
    with pytest.raises(workbook.Wrong) as refused:
        workbook.read(book(row(number=7), row(), row(number=7)), KNOWN)
    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.refusal.values) == (5, "A", {"row": 3})


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"\0" * (workbook.LARGEST_UNPACKED + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a workbook"),
        (b"a;b;c", "not a workbook"),
        (b"x" * (workbook.LARGEST_FILE + 1), "too large"),
        (bomb(), "unpacks"),
        (book(head=["a", "b"]), "Missing: number"),
        (book(*[row()] * (workbook.MOST_ROWS + 1)), "more than 2000 rows"),
    ],
    ids=["empty", "text", "large", "bomb", "columns", "rows"],
)
def test_what_is_no_list_is_refused_as_a_whole(content: bytes, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        workbook.read(content, KNOWN)


def test_blank_rows_and_a_decimal_number_do_not_matter() -> None:
    (found,) = workbook.read(book([None], row(number=3.0), []), KNOWN)
    assert (found.number, found.place) == (3, 4)


def bring(user: str, agency_id: str, content: bytes, **data: Any) -> dict[str, int]:
    given_file = base64.b64encode(content).decode()
    return act("data_list_import", user, agency=agency_id, file=given_file, **data)


def take(user: str, agency_id: str, language: str = "ru") -> bytes:
    return base64.b64decode(act("data_list_export", user, agency=agency_id, language=language)["content"])


@pytest.mark.usefixtures("clean_portal")
def test_a_list_goes_out_and_comes_back_in_one_transaction() -> None:
    here = Country()
    made = here.approved(dataset=dataset(here.agency, name="schools")["name"])
    draft(here.author, here.agency, title={"kk": "Екінші", "ru": "Второй", "en": "Second"})
    for language in ("kk", "ru", "en"):
        counts = bring(here.author, here.agency, take(here.author, here.agency, language))
        assert counts == {"created": 0, "changed": 0, "proposed": 0, "same": 2}
    assert len(workbook.read(take("", here.agency), _russian())) == 1

    changed = openpyxl.load_workbook(io.BytesIO(take(here.author, here.agency)))
    sheet = changed[workbook.SHEET]
    sheet["E3"], sheet["F4"] = dt.date(2027, 3, 31), "Ежегодно"
    sheet.append(row(title_ru="Третий", dataset="schools"))
    out = io.BytesIO()
    changed.save(out)
    with pytest.raises(tk.ValidationError) as refused:
        bring(here.author, here.agency, out.getvalue())
    (problem,) = refused.value.error_dict["rows"]
    assert (problem["row"], problem["column"]) == (3, "A")
    assert [one["title"] for one in act("data_list_show", here.author, agency=here.agency)["items"]][1:] == ["Екінші"]
    counts = bring(here.author, here.agency, out.getvalue(), reason=REASON)
    assert counts == {"created": 1, "changed": 1, "proposed": 1, "same": 0}
    one, two, three = act("data_list_show", here.author, agency=here.agency)["items"]
    assert (one["due_on"], one["proposal"]["values"]) == (made["due_on"], {"due_on": "2027-03-31"})
    assert (two["frequency"], three["dataset"], three["state"]) == ("YEARLY", "schools", "draft")


def _russian() -> dict[str, str]:
    return {"Ежемесячно": "MONTHLY", "Ежегодно": "YEARLY"}


@pytest.mark.usefixtures("clean_portal")
def test_wrong_references_are_told_by_row_and_nothing_is_kept() -> None:
    here = Country()
    foreign = dataset(agency(), name="foreign")["name"]
    content = book(row(), row(number=9), row(dataset=foreign), row(dataset="nothing-here"))
    with pytest.raises(tk.ValidationError) as refused:
        bring(here.author, here.agency, content)
    cells = {f"{one['column']}{one['row']}": one["message"] for one in refused.value.error_dict["rows"]}
    assert list(cells) == ["A4", "M5", "M6"]
    assert act("data_list_show", here.author, agency=here.agency)["items"] == []
    for user in (officer(agency(), Role.HEAD), here.approver):
        with pytest.raises(tk.NotAuthorized):
            bring(user, here.agency, book(row()))
    with pytest.raises(tk.ValidationError, match="file"):
        act("data_list_import", here.author, agency=here.agency, file="not base64!")


@pytest.mark.usefixtures("clean_portal")
def test_the_authorised_body_amends_by_a_workbook_too() -> None:
    here = Country()
    here.approved()
    changed = openpyxl.load_workbook(io.BytesIO(take(here.approver, here.agency)))
    changed[workbook.SHEET]["E3"] = dt.date(2027, 3, 31)
    out = io.BytesIO()
    changed.save(out)
    counts = bring(here.approver, here.agency, out.getvalue(), reason=REASON)
    assert counts["changed"] == 1
    shown = only(None, here.agency)
    assert (shown["state"], shown["due_on"]) == ("amended", "2027-03-31")
