"""Reading tables by safe parameters."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers

from tests.data.test_push import push, register

pytestmark = pytest.mark.usefixtures("clean_portal")

SCHEMA = {
    "fields": [
        {"name": "code"},
        {"name": "region"},
        {"name": "pupils", "type": "integer"},
        {"name": "area", "type": "number"},
        {"name": "opened", "type": "date"},
    ],
    "primaryKey": "code",
}
ROWS = """code,region,pupils,area,opened
a,Астана,10,1.5,2001-01-01
b,Алматы,20,,2002-02-02
c,Астана,30,2.25,
d,,40,100,2004-04-04
e,Алматы,,0.5,2001-01-01
"""


@pytest.fixture
def table(agency):
    table = register(agency, schema=SCHEMA)
    push(table, ROWS)
    return table


@pytest.fixture
def ask(table):
    def call(**question):
        return helpers.call_action("data_query", resource_id=table["resource_id"], **question)

    return call


def codes(answer):
    return "".join(one["code"] for one in answer["records"])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({}, "abcde"),
        ({"filters": {"region": "Астана"}}, "ac"),
        ({"filters": {"region": ["Астана", "Алматы"], "pupils": {"ge": 20, "lt": 30}}}, "b"),
        ({"filters": {"region": None}}, "d"),
        ({"filters": {"region": {"empty": False}, "area": {"ne": 1.5}}}, "bce"),
        ({"filters": {"opened": {"gt": "2001-12-31"}}}, "bd"),
        ({"filters": {"region": {"starts": "аст"}}}, "ac"),
        ({"filters": {"region": {"contains": "%"}}}, ""),
        ({"filters": {"region": "' OR 1=1 --"}}, ""),
        ({"q": "алматы E"}, "e"),
        ({"sort": "-pupils"}, "dcbae"),
        ({"sort": ["opened", "-code"]}, "eabdc"),
        ({"sort": "-_id", "limit": 2}, "ed"),
    ],
)
def test_rows_are_filtered_and_sorted(ask, question, found):
    assert codes(ask(**question)) == found


@pytest.mark.parametrize("sort", ["", "region", "-region,pupils", "-area", "opened,-pupils"])
def test_a_walk_brings_every_row_once_and_in_order(ask, table, sort):
    whole, walked, cursor = codes(ask(sort=sort)), "", None
    while True:
        page = ask(sort=sort, limit=2, cursor=cursor, total=True)
        assert page["total"] == 5 + (len(walked) > 0)
        walked += codes(page)
        if cursor is None:
            # A row that goes and one that comes do not move the others.
            push(table, "code\nzz\n", mode="delete")
            push(table, "code,region,pupils,area,opened\nz,,,,\n")
        cursor = page["next"]
        if not cursor:
            break
    assert walked == whole + "z"
    push(table, "code\nz\n", mode="delete")


def test_groups_are_counted_and_walked_too(ask):
    figures = {
        "schools": "count",
        "pupils": {"function": "sum", "field": "pupils"},
        "half": {"function": "median", "field": "pupils"},
        "days": {"function": "distinct", "field": "opened"},
        "first": {"function": "min", "field": "opened"},
    }
    answer = ask(group="region", aggregates=figures, sort="-schools,region", total=True)
    assert answer["total"] == 3
    assert answer["records"][1] == {
        "region": "Астана",
        "schools": 2,
        "pupils": 40,
        "half": 20.0,
        "days": 1,
        "first": "2001-01-01",
    }
    first = ask(group="region", aggregates=figures, sort="-schools,region", limit=1)
    second = ask(group="region", aggregates=figures, sort="-schools,region", limit=2, cursor=first["next"])
    assert first["records"] + second["records"] == answer["records"]
    assert ask(aggregates={"n": "count"})["records"] == [{"n": 5}]


def test_everything_that_is_wrong_is_told_at_once(ask, table):
    question = {
        "fields": "code,colour",
        "filters": {"none": 1, "pupils": {"about": 2}, "code": {"eq": [1]}},
        "sort": "-nothing",
        "aggregates": {
            "1x": "count",
            "m": {"function": "avg", "field": "code"},
            "p": {"function": "percentile", "field": "pupils"},
        },
    }
    with pytest.raises(tk.ValidationError) as raised:
        ask(**question)
    assert len(raised.value.error_dict["query"]) == 8
    with pytest.raises(tk.ValidationError) as raised:
        ask(filters={"pupils": "many"})
    assert "type of its field" in raised.value.error_dict["query"][0]
    other = ask(sort="code", limit=1)["next"]
    for cursor in (other, "bm8=", "€"):
        with pytest.raises(tk.ValidationError):
            ask(sort="-code", cursor=cursor)


def test_hidden_columns_are_no_fields(ask):
    assert "_push" not in ask()["records"][0]
    with pytest.raises(tk.ValidationError):
        ask(filters={"_push": 1})


def test_only_who_sees_the_resource_reads_its_table(agency, table):
    helpers.call_action("package_patch", id=table["package_id"], private=True)
    stranger = {"user": factories.User()["name"], "ignore_auth": False}
    with pytest.raises(tk.NotAuthorized):
        helpers.call_action("data_query", stranger, resource_id=table["resource_id"])
