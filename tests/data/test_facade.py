"""Clients of the older portal find its addresses and shapes here, and lose no row."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from ckan.common import config
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories, helpers

from tests.data.test_push import push, register

FIELDS = [
    {"name": "code", "title_translated": {"kk": "Коды", "ru": "Код"}},
    {"name": "region", "title_translated": {"kk": "Аймақ", "ru": "Регион"}},
    {"name": "pupils", "type": "integer"},
    {"name": "area", "type": "number"},
    {"name": "opened", "type": "date"},
    {"name": "public", "type": "boolean"},
]
ROWS = """code,region,pupils,area,opened,public
a,Астана,10,1.5,2001-01-01,true
b,Алматы,20,,2002-02-02,false
c,Астана,30,2.25,,true
d,,40,100,2004-04-04,
e,Алматы,,0.5,2001-01-01,
"""


@pytest.fixture
def table(clean_portal, agency):
    passport = {"name": "s_schools", "notes_translated": {"kk": "Барлығы", "ru": "Все школы"}}
    table = register(agency, external_id="gbd-schools", schema={"fields": FIELDS, "primaryKey": "code"}, **passport)
    push(table, ROWS)
    return table


@pytest.fixture
def get(app, table):
    def call(path, source=None, status=200, **more):
        query = {"apiKey": "key-of-the-older-portal", **more}
        if source is not None:
            query["source"] = source if isinstance(source, str) else json.dumps(source)
        answer = app.get(f"{path}?{urlencode(query)}", expect_errors=status >= 400)
        assert answer.status_code == status, answer.body
        return answer

    return call


def codes(rows):
    return "".join(one["code"] for one in rows)


def test_records_are_a_bare_list(get):
    assert get("/api/v4/s_schools").json[0] == {
        "code": "a",
        "region": "Астана",
        "pupils": 10,
        "area": 1.5,
        "opened": "2001-01-01",
        "public": True,
    }
    for path in ("/api/v4/s_schools/data", "/api/v4/s_schools/v1", "/api/v4/gbd-schools"):
        assert codes(get(path).json) == "abcde"
    source = {
        "from": 1,
        "size": 2,
        "query": {"range": {"pupils": {"gte": 10}}},
        "sort": [{"pupils": {"order": "desc"}}],
        "_source": ["code", "pupils"],
    }
    assert get("/api/v4/s_schools", source).json == [{"code": "c", "pupils": 30}, {"code": "b", "pupils": 20}]
    # The Latin a does not hide the word.
    assert codes(get("/api/v4/s_schools", {"query": {"match": {"region": "\u0410ст\u0061на"}}}).json) == "ac"
    assert get("/api/v4/s_schools", {"size": 0}).json == []


@pytest.mark.parametrize("sort", [None, "region", [{"region": "desc"}, "pupils"], "_id:desc", "-area"])
def test_search_after_loses_no_row(get, sort):
    walked, source = "", {"size": 2}
    if sort:
        source["sort"] = sort if sort != "-area" else {"area": "desc"}
    for _ in range(5):
        answer = get("/api/v4/s_schools", source)
        walked += codes(answer.json)
        after = answer.headers.get("X-Search-After")
        if not after:
            break
        source["search_after"] = json.loads(after)
    assert sorted(walked) == list("abcde")


def test_types_of_the_fields(get):
    assert get("/api/v4/mapping/s_schools").json == {
        "s_schools": {
            "mappings": {
                "data": {
                    "properties": {
                        "code": {"type": "string", "store": True},
                        "region": {"type": "string", "store": True},
                        "pupils": {"type": "long", "store": True},
                        "area": {"type": "double", "store": True},
                        "opened": {"type": "date", "store": True},
                        "public": {"type": "boolean", "store": True},
                    }
                }
            }
        }
    }
    assert "v1" in get("/api/v4/mapping/s_schools/v1").json["s_schools"]["mappings"]


def test_records_with_their_number(get, agency):
    other = register(agency, external_id="more", name="more-schools", schema={"fields": FIELDS, "primaryKey": "code"})
    push(other, ROWS.replace("\na,", "\nx,").replace("\nb,", "\ny,"))
    assert get("/api/detailed/s_schools", {"size": 1}).json["totalCount"] == 5
    both = get("/api/detailed/s_schools,more-schools", {"from": 4, "size": 3, "_source": ["code"]}).json
    assert both == {"totalCount": 10, "data": [{"code": "e"}, {"code": "x"}, {"code": "y"}]}


def test_the_passport(get):
    meta = get("/meta/s_schools/data").json
    modified = helpers.call_action("package_show", id="s_schools")["modified"]
    assert (meta["fullnameRu"], meta["descriptionKk"], meta["modifiedDate"]) == ("Школы", "Барлығы", modified)
    assert meta["fields"]["code"] == {"type": "String", "labelRu": "Код", "labelKk": "Коды"}
    kinds = {name: one["type"] for name, one in meta["fields"].items()}
    assert (kinds["pupils"], kinds["opened"], kinds["public"]) == ("Int", "Datetime", "Boolean")


@pytest.mark.parametrize(
    ("path", "source", "status"),
    [
        ("/api/v4/nothing", None, 404),
        ("/api/v4/s_schools/v2", None, 404),
        ("/api/v4/mapping/nothing", None, 404),
        ("/api/detailed/s_schools,nothing", None, 404),
        ("/meta/nothing/v1", None, 404),
        ("/api/v4/s_schools", "{", 400),
        ("/api/v4/s_schools", {"query": {"term": {"none": 1}}}, 400),
        ("/api/v4/s_schools", {"query": {"term": {"pupils": "many"}}}, 400),
        ("/api/v4/s_schools", {"sort": "region", "search_after": ["Астана"]}, 400),
        ("/api/v4/s_schools", {"size": 20_000}, 400),
        ("/api/detailed/s_schools", {"from": 2_000_000}, 400),
    ],
)
def test_errors_are_objects(get, path, source, status):
    assert get(path, source, status).json["error"]


def test_private_data_sets_are_not_read(get, table):
    helpers.call_action("package_patch", id=table["package_id"], private=True)
    assert get("/en/api/v4/s_schools", status=403).json["error"]


def test_limits_are_told_by_key(get, app, monkeypatch):
    monkeypatch.setitem(config, "opengov.limits.enabled", True)
    monkeypatch.setitem(config, "opengov.limits.data_query", "3/minute")
    token = factories.UserWithToken()["token"]
    try:
        first = get("/api/v4/s_schools", apiKey=token)
        assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("3", "2")
        assert first.headers["RateLimit-Policy"] == "3;w=60"
        get("/meta/s_schools/data", apiKey=token)
        get("/api/v4/s_schools", apiKey=token)
        refused = get("/api/v4/s_schools", status=429, apiKey=token)
        assert refused.json["error"]
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["RateLimit-Remaining"] == "0"
        assert get("/meta/s_schools/data", status=429, apiKey=token).json["error"]
        # Another key has a limit of its own.
        get("/api/v4/s_schools", apiKey=factories.UserWithToken()["token"])
    finally:
        redis = connect_to_redis()
        for key in redis.scan_iter("LIMITS*"):
            redis.delete(key)
