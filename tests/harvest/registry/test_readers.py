"""Lists of every kind are read with the place of each row; what is no list is refused in words."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest
from ckanext.opengov.harvest.fetching import Fetched
from ckanext.opengov.harvest.messages import SourceError
from ckanext.opengov.harvest.registry.mapping import Rows
from ckanext.opengov.harvest.registry.readers import read
from hypothesis import given
from hypothesis import strategies as st

DAY = dt.datetime(2026, 1, 31)  # noqa: DTZ001 - a cell of a sheet has no zone


def listing(body: bytes | str, **options):
    return read(Fetched(body.encode() if isinstance(body, str) else body), Rows(**options))


def table(body, **options):
    return [(row.place, dict(row.values)) for row in listing(body, **options).rows]


def refusal(body, **options) -> tuple[str, str]:
    with pytest.raises(SourceError) as caught:
        listing(body, **options)
    return caught.value.kind, str(caught.value)


def workbook(rows, sheet="Реестр", before=()) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in [*before, *rows]:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_csv_rows_carry_the_line_they_begin_on():
    assert table('code,name\n1,Алматы\n\n2,"two\nlines"\n3,Астана\n') == [
        (2, {"code": "1", "name": "Алматы"}),
        (4, {"code": "2", "name": "two\nlines"}),
        (6, {"code": "3", "name": "Астана"}),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    assert table(delimiter.join(["code", "name"]) + "\n" + delimiter.join(["1", "x"]))[0][1] == {
        "code": "1",
        "name": "x",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_the_encoding_is_found(encoding):
    assert table("код;атауы\n1;Қостанай".replace("Қ", "К").encode(encoding))[0][1]["код"] == "1"


def test_kazakh_letters_in_utf8_are_kept():
    assert table("code,name\n1,Қостанай облысы\n")[0][1]["name"] == "Қостанай облысы"


def test_a_csv_row_with_too_many_values_is_reported_and_the_others_are_read():
    found = listing("code,name\n1,a\n2,b,c\n3,d\n")
    assert [row.place for row in found.rows] == [2, 4]
    assert [(row.place, row.message.plain()) for row in found.bad] == [(3, "The row has 3 values, the header has 2.")]


def test_the_header_may_stand_further_down():
    assert table("Реестр\n\ncode,name\n1,a\n", header=3) == [(4, {"code": "1", "name": "a"})]


def test_json_is_a_list_or_has_one_at_a_path():
    items = [{"code": 1, "name": {"kk": "а", "ru": "б"}, "tags": ["x", "y"]}]
    expected = [(1, {"code": 1, "name.kk": "а", "name.ru": "б", "tags": ["x", "y"]})]
    assert table(json.dumps(items)) == expected
    assert table(json.dumps({"data": {"items": items}}), path="data.items") == expected


def test_a_missing_list_is_told_with_the_lists_that_are_there():
    body = json.dumps({"data": {"items": [], "total": 1}, "rows": []})
    assert refusal(body, path="data.rows") == (
        "shape",
        "There is no list at “data.rows”. Lists in the file: data.items, rows.",
    )
    kind, message = refusal(body)
    assert kind == "shape"
    assert "rows: path" in message


def test_an_item_of_json_that_is_no_object_is_reported():
    found = listing('[{"code": 1}, "two", {"code": 3}]')
    assert [row.place for row in found.rows] == [1, 3]
    assert found.bad[0].place == 2


def test_ndjson_is_told_from_json_and_a_broken_line_is_reported():
    found = listing('{"code": 1}\n{"code": \n\n{"code": 3}\n')
    assert [(row.place, row.values["code"]) for row in found.rows] == [(1, 1), (4, 3)]
    assert [row.place for row in found.bad] == [2]


def test_xlsx_gives_the_rows_of_the_sheet_as_text():
    body = workbook([["code", "name", "day"], [1, "Алматы", DAY], [None, None, None], [2.0, True, 2.5]])
    assert table(body) == [
        (2, {"code": "1", "name": "Алматы", "day": "2026-01-31"}),
        (4, {"code": "2", "name": "true", "day": "2.5"}),
    ]


def test_sheet_and_header_row_of_xlsx_can_be_named():
    body = workbook([["code"], [7]], before=[["Реестр услуг"], []])
    assert table(body, sheet="Реестр", header=3) == [(4, {"code": "7"})]
    assert refusal(body, sheet="Услуги") == ("shape", "There is no sheet “Услуги”. Sheets in the file: Реестр.")


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"", "empty", "empty file"),
        (b"  \n ", "empty", "empty file"),
        (b"code,name\n", "empty", "no rows"),
        (b"[]", "empty", "no rows"),
        (b"<!DOCTYPE html><html>", "unreadable", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "unreadable", "web page or XML"),
        (b'{"a": ', "unreadable", "not valid JSON"),
        (b"[1, 2", "unreadable", "not valid JSON"),
        (b"PK\x03\x04 broken", "unreadable", "not a valid Excel file"),
        (b"\xd0\xcf\x11\xe0 old", "unreadable", "old Excel format"),
        (b"code,code\n1,2\n", "shape", "twice"),
        (b"code,,name\n1,2,3\n", "shape", "Column 2 of the header has no name"),
        (b"code\x00,name\n", "unreadable", "not a text"),
        (b"[" * 100_000, "unreadable", "not valid JSON"),
    ],
)
def test_what_is_no_list_is_refused_in_words(body, kind, reason):
    found, message = refusal(body)
    assert found == kind
    assert reason in message


def test_a_wrong_encoding_in_the_mapping_is_told():
    assert refusal("код\nә".encode("windows-1251", "replace"), encoding="utf-8")[0] == "unreadable"


def outcome(body: bytes) -> str:
    """What becomes of bytes: rows, or a refusal in words."""
    try:
        found = listing(body)
    except SourceError as error:
        return str(error)
    return f"{len(found.rows) + len(found.bad)} rows"


@given(st.binary(max_size=400))
def test_no_bytes_at_all_break_the_readers(body):
    assert outcome(body) not in ("", "0 rows")


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"[", b"{", b"{}\n{"])
@given(rest=st.binary(max_size=200))
def test_no_bytes_that_pretend_to_be_a_format_break_its_reader(start, rest):
    assert outcome(start + rest) not in ("", "0 rows")
