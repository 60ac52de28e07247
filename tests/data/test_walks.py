"""Walks through tables whose rows change meanwhile, rows as they were, and what is different between versions."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import helpers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.test_push import push, register

pytestmark = pytest.mark.usefixtures("clean_portal")

SCHEMA = {
    "fields": [{"name": "code"}, {"name": "size", "type": "integer"}, {"name": "opened", "type": "datetime"}],
    "primaryKey": "code",
}
CODES = "abcdefgh"
HEADER = "code,size,opened\n"


def ask(table, **question):
    return helpers.call_action("data_query", resource_id=table["resource_id"], **question)


def codes(answer):
    return "".join(one["code"] for one in answer["records"])


def sizes(answer):
    return {one["code"]: one["size"] for one in answer["records"]}


def number(receipt):
    return receipt["number"]


def rows(values):
    return HEADER + "".join(f"{code},{'' if size is None else size},\n" for code, size in values.items())


def walk(table, meanwhile, **question):
    """All records of a walk by pages of two; after each page something happens to the table."""
    seen, cursor, changed = [], None, False
    for step in [*meanwhile, *[None] * 20]:
        page = ask(table, limit=2, cursor=cursor, **question)
        seen += page["records"]
        changed = changed or page["changed"]
        cursor = page["next"]
        if not cursor:
            return seen, changed
        if step:
            push(table, *step[:1], **step[1])
    raise AssertionError("the walk has no end")


SIZES = st.one_of(st.none(), st.integers(0, 5))
STEPS = st.lists(
    st.one_of(
        st.dictionaries(st.sampled_from(CODES), SIZES, min_size=1, max_size=3).map(lambda found: (rows(found), {})),
        st.sets(st.sampled_from(CODES), min_size=1, max_size=2).map(
            lambda found: ("code\n" + "\n".join(sorted(found)) + "\n", {"mode": "delete"})
        ),
    ),
    max_size=4,
)
SORTS = st.sampled_from(["", "size", "-size", "-size,code", "-code"])


@pytest.fixture
def kept(agency):
    return register(agency, schema=SCHEMA, external_id="kept", name="kept", history=True)


@pytest.fixture
def plain(agency):
    return register(agency, schema=SCHEMA, external_id="plain", name="plain")


def untouched(steps, values):
    """The codes of rows that are there, and as they were, during all steps."""
    changed = {line.split(",")[0] for content, _ in steps for line in content.splitlines()[1:]}
    return set(values) - changed


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(CODES), SIZES, min_size=3), STEPS, SORTS)
def test_what_stays_comes_exactly_once(kept, plain, values, steps, sort):
    for table in (kept, plain):
        push(table, rows(values), mode="replace")
        seen, _ = walk(table, steps, sort=sort)
        found = [one["code"] for one in seen]
        for code in untouched(steps, values):
            assert found.count(code) == 1
    # With history a walk in another order than that of arrival is the table of its beginning, whatever happens.
    if sort:
        push(kept, rows(values), mode="replace")
        seen, changed = walk(kept, steps, sort=sort)
        assert {one["code"]: one["size"] for one in seen} == values
        assert len(seen) == len(values)
        assert not changed


def test_a_walk_without_history_tells_that_rows_changed(plain):
    push(plain, rows(dict.fromkeys("abcd", 1)))
    assert walk(plain, [], sort="size")[1] is False
    assert walk(plain, [(rows({"a": 2}), {})], sort="size")[1] is True


def test_rows_are_read_as_they_were(kept):
    first = number(push(kept, rows({"a": 1, "b": 2})))
    between = dt.datetime.now(dt.UTC)
    second = number(push(kept, rows({"b": 3, "c": 4}), mode="replace"))
    third = number(push(kept, rows({"a": 5})))
    assert sizes(ask(kept, version=first)) == {"a": 1, "b": 2}
    assert sizes(ask(kept, version=second)) == {"b": 3, "c": 4}
    assert sizes(ask(kept, version=third)) == sizes(ask(kept)) == {"a": 5, "b": 3, "c": 4}
    assert ask(kept)["version"] == third
    assert sizes(ask(kept, as_of=between.isoformat())) == {"a": 1, "b": 2}
    assert sizes(ask(kept, as_of="2001-01-01")) == {}
    total = {"total": {"function": "sum", "field": "size"}}
    assert ask(kept, aggregates=total, as_of=between.isoformat())["records"] == [{"total": 3}]
    for wrong in ({"version": third + 1}, {"version": "x"}, {"as_of": "soon"}, {"as_of": "9999-12-31T23:59:59-14:00"}):
        with pytest.raises(tk.ValidationError):
            ask(kept, **wrong)


def test_a_table_without_history_has_no_earlier_rows(plain):
    first = number(push(plain, rows({"a": 1})))
    assert sizes(ask(plain, version=first)) == {"a": 1}
    push(plain, rows({"a": 2}))
    with pytest.raises(tk.ValidationError, match="No earlier rows"):
        ask(plain, version=first)
    with pytest.raises(tk.ValidationError, match="No earlier rows"):
        helpers.call_action("data_diff", resource_id=plain["resource_id"])


def test_the_difference_between_two_versions(kept):
    first = number(push(kept, rows({"a": 1, "b": 2, "c": 3, "d": 4})))
    push(kept, rows({"a": 9, "b": 5, "c": None}))
    last = number(push(kept, rows({"a": 1, "b": 6, "c": 3, "e": 7}), mode="replace"))

    def diff(**wish):
        return helpers.call_action("data_diff", resource_id=kept["resource_id"], **wish)

    whole = diff(**{"from": first, "to": last})
    # a and c changed and came back: nothing is different about them.
    assert [(one["change"], one["key"]["code"]) for one in whole["records"]] == [
        ("changed", "b"),
        ("deleted", "d"),
        ("added", "e"),
    ]
    assert whole["counts"] == {"added": 1, "changed": 1, "deleted": 1}
    assert (whole["records"][0]["before"]["size"], whole["records"][0]["after"]["size"]) == (2, 6)
    assert whole["records"][0]["fields"] == ["size"]
    assert whole["records"][1]["after"] is None
    assert whole["records"][2]["before"] is None
    page = diff(**{"from": first, "to": last, "limit": 2})
    rest = diff(**{"from": first, "to": last, "limit": 2, "cursor": page["next"]})
    assert page["records"] + rest["records"] == whole["records"]
    assert rest["next"] is None
    assert diff(**{"from": "0", "to": first})["counts"] == {"added": 4, "changed": 0, "deleted": 0}
    assert [one["key"]["code"] for one in diff()["records"]] == ["a", "b", "c", "d", "e"]
    for wrong in ({"from": last, "to": first}, {"to": last + 1}, {"cursor": "bm8="}):
        with pytest.raises(tk.ValidationError):
            diff(**wrong)


def test_groups_by_spans_steps_and_regions(agency):
    fields = [{"name": "code"}, {"name": "opened", "type": "date"}, {"name": "size", "type": "integer"}]
    table = register(agency, schema={"fields": fields, "primaryKey": "code"})
    push(table, "code,opened,size\n710000000,2001-05-01,7\n711110000,2001-06-01,19\nx,2003-01-01,11\n")

    def groups(by):
        found = ask(table, group=by, aggregates={"n": "count"}, sort=by)["records"]
        return [(one[by], one["n"]) for one in found]

    assert groups("opened:year") == [("2001-01-01", 2), ("2003-01-01", 1)]
    assert groups("opened:quarter") == [("2001-04-01", 2), ("2003-01-01", 1)]
    assert groups("size:10") == [(0, 1), (10, 2)]
    assert groups("code:region") == [("71", 2), ("x", 1)]
    for wrong in ("opened:10", "code:year", "size:0", "none:year"):
        with pytest.raises(tk.ValidationError):
            groups(wrong)


def test_words_are_found_whichever_letters_look_alike(agency):
    table = register(agency, schema={"fields": [{"name": "code"}, {"name": "name"}], "primaryKey": "code"})
    # The first name has a Latin a, the second is as it should be.
    push(table, "code,name\n1,\u0410ст\u0061на\n2,Астана\n3,Almaty\n")
    assert codes(ask(table, q="астана")) == "12"
    assert codes(ask(table, q="ALMATY")) == "3"
    assert codes(ask(table, filters={"name": {"words": "астана almaty"}})) == "123"


def test_a_reader_who_has_this_state_gets_a_short_answer(app, kept):
    push(kept, rows({"a": 1}))
    for address in (
        f"/api/rows/{kept['resource_id']}",
        f"/api/rows/{kept['resource_id']}.csv",
        f"/api/3/action/data_query?resource_id={kept['resource_id']}",
    ):
        answer = app.get(address)
        assert (answer.status_code, bool(answer.headers["Last-Modified"])) == (200, True)
        known = {"If-None-Match": answer.headers["ETag"]}
        assert app.get(address, headers=known).status_code == 304
        push(kept, rows({"a": len(address), "b": 2}))
        fresh = app.get(address, headers=known)
        assert fresh.status_code == 200
        assert fresh.headers["ETag"] != answer.headers["ETag"]


def test_addresses_for_programs_answer_in_json_whatever_is_asked(app, kept):
    push(kept, rows({"a": 1, "b": 2}))
    address = f"/api/rows/{kept['resource_id']}"
    page = app.get(f'{address}?filters={{"size":{{"ge":2}}}}&fields=code')
    assert page.json["records"] == [{"code": "b"}]
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    assert app.get(f"{address}/changes").json["counts"]["added"] == 2
    for wrong, status in (
        ("/api/rows/nothing", 404),
        ("/api/rows/nothing.csv", 404),
        (f"{address}?filters=5", 409),
        (f"{address}?limit=0", 409),
        (f"{address}?q=%00", 400),
        (f"{address}.csv?filters=%7B%22size%22%3A%22x%22%7D", 409),
        (f"{address}?cursor=%F0%9F%98%80", 409),
        (f'{address}?aggregates={{"n":{{"function":"min","field":"size"}}}}&group=opened:hour', 409),
    ):
        answer = app.get(wrong, expect_errors=True)
        assert (answer.status_code, answer.json["success"]) == (status, False), wrong
