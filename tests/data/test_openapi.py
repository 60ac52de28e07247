"""Programs are told what they may ask, and whatever they ask, the portal answers."""

from __future__ import annotations

import json
import re

import pytest
import schemathesis
from ckanext.opengov.data.service.openapi import snippets
from hypothesis import HealthCheck, Phase, given, settings

from tests.data.test_push import push, register
from tests.data.test_seeing import FIELDS, ROWS

BOUNDED = settings(
    max_examples=4,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def table(clean_portal, agency):
    table = register(agency, schema={"fields": FIELDS, "primaryKey": "code"}, name="schools", history=True)
    push(table, ROWS)
    return table


def test_the_description_of_a_data_set_has_its_own_fields(app, table):
    told = app.get("/ru/dataset/schools/openapi.json")
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    path = told.json["paths"][f"/api/rows/{table['resource_id']}"]["get"]
    page = path["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    record = page["records"]["items"]["properties"]
    assert record["pupils"] == {"type": ["integer", "null"], "title": "Ученики", "x-unit": "человек"}
    chosen = next(one for one in path["parameters"] if one["name"] == "fields")
    assert chosen["schema"]["items"]["enum"] == [one["name"] for one in FIELDS]
    assert f"/api/rows/{table['resource_id']}/changes" in told.json["paths"]
    assert app.get("/dataset/none/openapi.json", expect_errors=True).status_code == 404


def operations(app):
    for address in ("/en/api/openapi.json", "/en/dataset/schools/openapi.json"):
        schema = schemathesis.openapi.from_dict(app.get(address).json)
        yield from (one.ok() for one in schema.get_all_operations())


def request_of(case, known):
    """The question of a case; half of all questions are put to what is there."""
    for place in (case.path_parameters or {}, case.query or {}):
        for name in set(place) & set(known):
            if len(str(place[name])) % 2:
                place[name] = known[name]
    query = {name: value if isinstance(value, str) else json.dumps(value) for name, value in (case.query or {}).items()}
    wanted = {"path": case.formatted_path, "method": case.method, "query_string": query}
    if case.method == "POST":
        wanted["data"] = str(case.body).encode(errors="replace")
        wanted["content_type"] = case.media_type or "text/csv"
    return wanted


def ask(app, operation, known):
    """Some questions that fit the description of an address, and some that do not."""

    @BOUNDED
    @given(case=operation.as_strategy())
    def whatever(case):
        answer = app.test_client().open(**request_of(case, known))
        assert answer.status_code < 500, (case.formatted_path, case.query, answer.get_data(as_text=True)[:500])
        if answer.status_code >= 400 and answer.is_json:
            assert answer.json["error"]

    whatever()


def test_whatever_is_asked_there_is_no_fault_of_the_portal(app, table):
    known = dict.fromkeys(("resource", "resource_id"), table["resource_id"])
    known |= dict.fromkeys(("apiUri", "apiUris", "name", "id"), "schools")
    seen = set()
    for operation in operations(app):
        ask(app, operation, known)
        seen.add(operation.path)
    assert len(seen) >= 15


def test_examples_are_whole_programs(table):
    programs = snippets("http://portal.test", table["resource_id"])
    assert set(programs) == {"curl", "Python", "R", "JavaScript"}
    compile(programs["Python"], "example", "exec")
    for program in (programs["curl"], programs["R"], programs["JavaScript"]):
        assert f"http://portal.test/api/rows/{table['resource_id']}" in program


def test_a_question_can_be_tried_without_scripts(app, table):
    page = app.get(f"/ru/dataset/schools/api/{table['resource_id']}?f0=pupils&o0=ge&v0=30&field=code&sort=-code").body
    assert re.search(r"GET http[^ ]*/api/rows/[^ ]*filters=", page)
    assert "&#34;code&#34;: &#34;d&#34;" in page
    assert app.get("/ru/developers").status_code == 200
    assert app.get("/dataset/schools/api").status_code == 200
