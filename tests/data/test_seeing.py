"""Anybody looks at a table without code: rows, bars, lines, slices, regions, points; here, and on other sites."""

from __future__ import annotations

import re

import pytest
from ckan.tests import helpers
from ckanext.opengov.civic.service import ground
from ckanext.opengov.data.service.seeing import choice, geometry, regions
from werkzeug.datastructures import MultiDict

from tests.data.test_pages import text_of
from tests.data.test_push import push, register

FIELDS = [
    {"name": "code"},
    {"name": "kind", "title_translated": {"ru": "Вид", "kk": "Түрі"}},
    {"name": "region"},
    {"name": "pupils", "type": "integer", "title_translated": {"ru": "Ученики"}, "unit": "человек"},
    {"name": "opened", "type": "date"},
    {"name": "lat", "type": "number"},
    {"name": "lon", "type": "number"},
]
ROWS = """code,kind,region,pupils,opened,lat,lon
a,<b>лицей</b>,710000000,10,2001-01-01,51.1,71.4
b,школа,Алматы,20,2002-02-02,43.2,76.9
c,школа,711110000,30,2002-05-05,51.2,71.5
d,,город Алматы,40,2004-04-04,,
e,школа,далеко,,,43.25,76.95
"""
COLUMNS = {"code": "text", "kind": "text", "region": "text", "pupils": "int8", "opened": "date"}


@pytest.fixture
def table(clean_portal, agency):
    table = register(agency, schema={"fields": FIELDS, "primaryKey": "code"}, name="schools")
    push(table, ROWS)
    return table


@pytest.fixture
def see(app, table):
    def call(query="", language="/ru", frame=False):
        place = f"/embed/{table['resource_id']}" if frame else f"/dataset/schools/see/{table['resource_id']}"
        answer = app.get(f"{language}{place}?{query}")
        assert answer.status_code == 200
        return answer

    return call


def test_rows_are_chosen_by_a_form_and_kept_in_the_address(see):
    page = see("view=table&field=code&field=pupils&f0=pupils&o0=ge&v0=20&sort=-pupils").body
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[1]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", body) == ["d", "40", "c", "30", "b", "20"]
    assert "Ученики, человек" in page
    assert "Строк: 3" in text_of(page)
    # What is shown can be had as a file and by a program, with the same question.
    assert re.search(r'href="[^"]*/api/rows/[^"]*\.csv\?fields=code%2Cpupils&amp;filters=', page)
    assert "<b>лицей" not in see("view=table").body
    # An old link with a field that is gone shows something all the same.
    assert "Строк: 5" in text_of(see("field=gone&f0=gone&v0=1&sort=gone&group=gone&figure=evil&view=none").body)


def test_bars_count_by_value(see):
    text = text_of(see("view=bars&group=kind").body)
    assert re.search(r"школа 3", text)
    assert "не указано" in text
    assert "&lt;b&gt;лицей&lt;/b&gt; 1" in text
    summed = text_of(see("view=bars&group=kind&figure=sum&of=pupils").body)
    assert re.search(r"Сумма: Ученики, человек.*школа 50", summed)


def test_a_line_goes_through_time(see):
    page = see("view=line&group=opened&span=year").body
    assert re.search(r'class="og-see__line" d="M0 \d[^"]*L', page)
    assert re.search(r"2002\D+2\D", text_of(page))
    assert "2002" in text_of(see("view=line&group=opened&span=quarter").body)


def test_slices_are_parts_of_a_whole(see):
    page = see("view=slices&group=kind").body
    assert page.count("<path class=") == 3
    assert "60" in text_of(page)


def test_regions_are_found_by_code_and_by_name(see):
    page = text_of(see("view=regions&group=region&figure=sum&of=pupils").body)
    assert re.search(r"город Астана 40", page)
    assert re.search(r"город Алматы 60", page)
    assert "Значений, которые не называют региона: 1" in page
    assert regions.code_of("Алматы облысы") == "19"
    assert regions.code_of("Almaty Region") == "19"
    assert regions.code_of("East Kazakhstan") == "63"
    assert regions.code_of("7100") is None
    assert len({place[:2] for place in regions.PLACES.values()}) == len(regions.squares("kk")) == 20


def test_points_that_lie_together_are_one_circle(see):
    page = see("view=map").body
    assert page.count("og-see__circle-link") == 2
    assert "Строк с местом: 4" in text_of(page)
    assert "без места: 1" in text_of(page)
    near = see("view=map&lat=43.23&lon=76.92&zoom=6").body
    assert "в этой части карты: 2" in text_of(near)
    assert near.count("og-see__circle-link") == 2


def test_other_sites_may_frame_the_picture_and_nothing_else(see, app, table):
    frame = see("view=bars&group=kind", frame=True)
    policy = frame.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src 'none'" in policy
    assert "<script" not in frame.body
    assert "<form" not in frame.body
    assert "школа" in frame.body
    whole = see("view=bars&group=kind")
    assert whole.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    page = whole.body
    assert "&lt;iframe src=" in page
    # The citation leads to just this view.
    assert re.search(r"see/[^ ]*view=bars[^ ]*group=kind", text_of(page))


def test_what_cannot_be_answered_is_told(see):
    assert 'class="alert alert-danger" role="alert"' in see("view=table&f0=pupils&o0=ge&v0=x").body


def test_the_data_sets_page_leads_there(app, table):
    page = app.get("/ru/dataset/schools").body
    assert f"/ru/dataset/schools/see/{table['resource_id']}" in page
    assert f"/ru/dataset/schools/api/{table['resource_id']}" in page


def test_only_those_who_see_the_table_see_its_pictures(app, table):
    helpers.call_action("package_patch", id=table["package_id"], private=True)
    for address in (f"/dataset/schools/see/{table['resource_id']}", f"/embed/{table['resource_id']}"):
        assert app.get(address, expect_errors=True).status_code in (401, 403, 404)
    assert app.get("/dataset/schools/see/none", expect_errors=True).status_code in (401, 403, 404)


def test_a_choice_is_the_same_after_its_address():
    given = MultiDict([("view", "bars"), ("group", "opened"), ("span", "month"), ("figure", "sum"), ("of", "pupils")])
    given.update({"f0": "pupils", "o0": "ge", "v0": "5", "q": "школа"})
    first = choice.chosen(given, COLUMNS)
    assert (first.grouped, first.conditions()) == ("opened:month", [{"pupils": {"ge": "5"}}])
    assert choice.chosen(MultiDict(first.arguments()), COLUMNS) == first
    assert choice.chosen(MultiDict({"view": "bars", "figure": "sum", "of": "kind"}), COLUMNS).figure == "count"
    assert choice.chosen(MultiDict({"view": "regions"}), COLUMNS).grouped == "region:region"
    assert choice.chosen(MultiDict({"view": "line"}), COLUMNS).grouped == "opened:year"


def test_shapes():
    assert geometry.scale([3, 17]) == (0, 20)
    assert geometry.scale([-5, 5]) == (-5, 5)
    assert geometry.scale([]) == (0, 1)
    assert geometry.line([(0, 10), (50, None), (100, 20)]) == "M0 90M100 80"
    assert geometry.slices([1]) == ["M50 0A50 50 0 1 1 49.99 0Z"]
    assert geometry.slices([1, 1])[0] == "M50 50L50 0A50 50 0 0 1 50 100Z"
    assert geometry.shades([1, 2, 2, 3]) == [1, 3, 3, 5]
    assert ground.Window().position(*ground.MIDDLE) == (50.0, 50.0)
