"""Whole tables as files: exact, typed, of any size, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from ckan.tests import factories, helpers
from ckanext.opengov.data.service.exports import spreadsheet

from tests.data.test_push import push, register

FIELDS = [
    {"name": "code"},
    {"name": "note"},
    {"name": "pupils", "type": "integer"},
    {"name": "money", "type": "number"},
    {"name": "public", "type": "boolean"},
    {"name": "opened", "type": "date"},
    {"name": "at", "type": "datetime"},
    {"name": "lat", "type": "number"},
    {"name": "lon", "type": "number"},
]
ROWS = (
    "code,note,pupils,money,public,opened,at,lat,lon\n"
    'a,"=1+1 ""Мектеп"", <b>&",10,12345678901234567890.25,true,2001-01-01,2026-01-02T03:04:05Z,51.1,71.4\n'
    'b,"two\nlines\\n",,0.1,false,,,,\n'
    "c,,9007199254740993,,,1850-05-05,,,\n"
)


@pytest.fixture
def table(clean_portal, agency):
    table = register(agency, schema={"fields": FIELDS, "primaryKey": "code"}, name="schools")
    push(table, ROWS)
    return table


@pytest.fixture
def get(app, table):
    def call(kind, query="", status=200):
        answer = app.get(f"/en/api/rows/{table['resource_id']}.{kind}{query}", expect_errors=status >= 400)
        assert answer.status_code == status
        return answer

    return call


def test_every_format_has_the_same_rows(get, table, agency):
    answer = get("csv")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = {one["code"]: one for one in csv.DictReader(io.StringIO(answer.body))}
    assert lines["a"]["note"] == '=1+1 "Мектеп", <b>&'
    assert (lines["a"]["money"], lines["a"]["public"], lines["a"]["at"]) == (
        "12345678901234567890.25",
        "true",
        "2026-01-02T03:04:05Z",
    )
    assert lines["b"]["note"] == "two\nlines\\n"
    # What is exported can be pushed again, and nothing is different.
    assert push(table, answer.body)["same"] == 3

    objects = json.loads(get("json").body, parse_float=Decimal)
    assert [one["code"] for one in objects] == ["a", "b", "c"]
    assert objects[0]["money"] == Decimal("12345678901234567890.25")
    assert objects[2]["pupils"] == 9007199254740993
    assert [json.loads(line, parse_float=Decimal) for line in get("ndjson").body.splitlines()] == objects

    features = get("geojson").json["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [71.4, 51.1]}
    assert features[1]["geometry"] is None
    assert features[0]["properties"]["note"] == '=1+1 "Мектеп", <b>&'

    frame = pl.read_parquet(io.BytesIO(get("parquet").data))
    assert frame["code"].to_list() == ["a", "b", "c"]
    assert frame["money"].to_list() == [Decimal("12345678901234567890.25"), Decimal("0.1"), None]
    assert frame["opened"].to_list() == [dt.date(2001, 1, 1), None, dt.date(1850, 5, 5)]
    assert frame["at"][0] == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    assert frame["note"].to_list() == ['=1+1 "Мектеп", <b>&', "two\nlines\\n", None]
    assert frame["public"].to_list() == [True, False, None]


def test_a_workbook_has_texts_as_texts_and_days_as_days(get):
    book = openpyxl.load_workbook(io.BytesIO(get("xlsx").data))
    head, first, second, third = book.active.iter_rows()
    assert [cell.value for cell in head] == [one["name"] for one in FIELDS]
    assert (first[1].value, first[1].data_type) == ('=1+1 "Мектеп", <b>&', "s")
    assert second[1].value == "two\nlines\\n"
    # More digits than a spreadsheet keeps stay a text; so does a day before its calendar.
    assert (first[3].value, third[2].value) == ("12345678901234567890.25", "9007199254740993")
    assert (first[2].value, first[4].value, second[4].value) == (10, True, False)
    assert first[5].value.date() == dt.date(2001, 1, 1)
    assert third[5].value == "1850-05-05"


def test_a_csv_for_spreadsheets_has_no_formulas(get):
    content = get("csv", "?spreadsheet=true").data
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1][1].startswith("'=1+1")
    assert rows[1][2] == "10"


def test_what_was_chosen_is_exported(get):
    assert get("csv", '?filters={"pupils":{"ge":1}}&fields=code,pupils&sort=-pupils').body == (
        "code,pupils\nc,9007199254740993\na,10\n"
    )
    grouped = get("json", '?group=public&aggregates={"n":"count"}&sort=public').json
    assert grouped == [{"public": False, "n": 1}, {"public": True, "n": 1}, {"public": None, "n": 1}]
    assert get("csv", "?limit=1&fields=code").body == "code\na\n"
    assert get("json", '?filters={"code":"none"}').json == []
    empty = pl.read_parquet(io.BytesIO(get("parquet", '?filters={"code":"none"}').data))
    assert (empty.height, empty.columns) == (0, [one["name"] for one in FIELDS])


def test_what_is_wrong_is_told_before_the_file_begins(get):
    assert "type of its field" in get("csv", '?filters={"pupils":"x"}', 409).body
    assert "lat" in get("geojson", "?fields=code", 409).body
    assert "degrees" in get("geojson", "?lat=opened&lon=lon", 409).body
    assert "There is no field" in get("parquet", "?fields=none", 409).body


def test_only_who_sees_the_resource_gets_its_file(app, table):
    helpers.call_action("package_patch", id=table["package_id"], private=True)
    token = factories.UserWithToken()["token"]
    answer = app.get(f"/api/rows/{table['resource_id']}.csv", headers={"Authorization": token}, expect_errors=True)
    assert answer.status_code == 403


def test_a_longer_table_goes_on_in_the_next_sheet():
    lines = [f'<row><c t="inlineStr"><is><t>{number}</t></is></c></row>\n'.encode() for number in range(5)]
    whole = b"".join(lines)
    for pieces in ([whole], lines, [whole[:100], whole[100:]]):
        book = openpyxl.load_workbook(io.BytesIO(b"".join(spreadsheet.workbook(["n"], pieces, most=2))))
        found = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book]
        assert found == [["n", "0", "1"], ["n", "2", "3"], ["n", "4"]]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(spreadsheet.workbook(["n"], [whole[:0]]))))
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["n"]
    exact = b"".join(lines[:4])
    book = openpyxl.load_workbook(io.BytesIO(b"".join(spreadsheet.workbook(["n"], [exact], most=2))))
    assert len(book.sheetnames) == 2
