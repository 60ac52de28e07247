"""An officer describes a table in a page, fills its template or its grid, and rows go in all or not at all."""

from __future__ import annotations

import base64
import io

import ckan.plugins.toolkit as tk
import openpyxl
import pytest
from ckan.tests import factories, helpers
from ckanext.opengov import factories as ours
from ckanext.opengov.civic.service import journal
from ckanext.opengov.data.service.templates import kept

from tests.portal.helped import unhelped

pytestmark = pytest.mark.usefixtures("clean_portal")

TITLES = {"kk": "Мектептер", "ru": "Школы"}
FIELDS = [
    {"name": "code", "type": "string", "title_translated": {"kk": "Коды", "ru": "Код"}},
    {"name": "pupils", "type": "integer", "title_translated": {"kk": "Оқушылар", "ru": "Ученики"}, "unit": "адам"},
    {"name": "region", "categories": [{"value": "71", "label": "Астана"}, {"value": "75", "label": "Алматы"}]},
]
SCHEMA = {"fields": FIELDS, "primaryKey": "code"}
HEAD = "code,pupils,region\n"


def register(agency, **more):
    order = {"agency": agency["name"], "external_id": "schools", "title_translated": TITLES, "schema": SCHEMA}
    return helpers.call_action("data_dataset_register", **{**order, **more})


def officer(agency, capacity="editor"):
    user = factories.UserWithToken()
    helpers.call_action("organization_member_create", id=agency["id"], username=user["name"], role=capacity)
    return user


def act(name, user, **data):
    return tk.get_action(name)({"user": user["name"]}, data)


def rows_of(table):
    found = helpers.call_action("datastore_search", resource_id=table["resource_id"], sort="_id")
    return [tuple(value for name, value in one.items() if name != "_id") for one in found["records"]]


def workbook(user, table, *rows, language="ru"):
    """The template, filled from its fourth row on."""
    found = act("data_template_export", user, resource_id=table["resource_id"], language=language)
    book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(found["content"])))
    for number, row in enumerate(rows, 4):
        for place, value in enumerate(row, 1):
            book["data"].cell(number, place, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(content):
    return io.BytesIO(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def table(agency):
    return register(agency)


@pytest.fixture
def editor(agency):
    return officer(agency)


class TestTemplate:
    def test_a_filled_workbook_is_loaded_in_one_push(self, table, editor):
        rows = [("a", 10, "71 — Астана"), ("b", None, "алматы")]
        order = {"resource_id": table["resource_id"], "upload": sent(workbook(editor, table, *rows))}
        found = act("data_template_upload", editor, **order)
        assert found["report"]["ok"]
        assert (found["receipt"]["new"], found["receipt"]["rows"]) == (2, 2)
        assert rows_of(table) == [("a", 10, "71"), ("b", None, "75")]

    def test_all_that_is_wrong_comes_at_once_and_marked_in_the_workbook_and_nothing_is_loaded(self, table, editor):
        rows = [("a", "12,5", "Алмата"), ("a", "=1+1", "71"), (None, 3, None)]
        order = {"resource_id": table["resource_id"], "upload": sent(workbook(editor, table, *rows))}
        found = act("data_template_upload", editor, **order)
        assert found["receipt"] is None
        told = {f"{one['column']}{one['row']}": one for one in found["report"]["problems"]}
        assert set(told) == {"A4", "B4", "C4", "A5", "B5", "A6"}
        assert (told["C4"]["sheet"], told["C4"]["value"], told["C4"]["suggestion"]) == ("data", "Алмата", "75")
        assert "Did you mean “75 Алматы”" in told["C4"]["message"]
        assert rows_of(table) == []
        marked = act("data_template_marked", editor, id=found["report"]["marked"], language="ru")
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(marked["content"])))
        assert "75 Алматы" in book["data"]["C4"].comment.text
        assert book["data"]["C4"].fill.fgColor.rgb.endswith("FFC7CE")
        assert book["data"]["B6"].comment is None
        assert [row[0].value for row in book["problems"].iter_rows(min_row=2)] == ["A4", "B4", "C4", "A5", "B5", "A6"]
        with pytest.raises(tk.ObjectNotFound):
            act("data_template_marked", factories.User(), id=found["report"]["marked"])

    def test_the_marked_workbook_can_be_corrected_and_sent(self, table, editor):
        order = {"resource_id": table["resource_id"]}
        first = act("data_template_validate", editor, **order, upload=sent(workbook(editor, table, ("a", "x", "71"))))
        found = act("data_template_marked", editor, id=first["marked"], language="kk")
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(found["content"])))
        book["data"]["B4"].value = 7
        out = io.BytesIO()
        book.save(out)
        assert act("data_template_upload", editor, **order, upload=sent(out.getvalue()))["receipt"]["new"] == 1
        assert rows_of(table) == [("a", 7, "71")]

    def test_files_are_kept_for_a_day_only_when_they_are_wrong(self, table, editor, monkeypatch):
        folder = kept._folder()
        before = set(folder.iterdir())
        order = {"resource_id": table["resource_id"]}
        act("data_template_upload", editor, **order, upload=sent(HEAD + "a,1,71\n"))
        assert set(folder.iterdir()) == before
        found = act("data_template_validate", editor, **order, upload=sent(HEAD + "a,x,71\n"))
        assert kept.find(found["marked"])
        monkeypatch.setattr(kept, "DAY", -1)
        kept.forget()
        assert kept.find(found["marked"]) is None

    def test_only_officers_of_the_agency_fill_and_everybody_reads_the_template(self, table):
        stranger = factories.User()
        assert act("data_template_show", stranger, resource_id=table["resource_id"])["key"] == ["code"]
        for name in ("data_template_validate", "data_template_upload"):
            with pytest.raises(tk.NotAuthorized):
                act(name, stranger, resource_id=table["resource_id"], upload=sent(HEAD + "a,1,71\n"))


class TestReferences:
    @pytest.fixture
    def regions(self, agency):
        fields = [{"name": "code"}, {"name": "name_kk"}, {"name": "name_ru"}]
        made = register(agency, external_id="regions", schema={"fields": fields, "primaryKey": "code"})
        content = "code,name_kk,name_ru\n71,Астана,Астана\n75,Алматы,Алматы\n79,Шымкент,Шымкент\n"
        helpers.call_action("data_push", resource_id=made["resource_id"], upload=sent(content))
        return made

    @pytest.fixture
    def using(self, agency, regions):
        link = {"fields": "region", "reference": {"resource": regions["resource_id"], "fields": "code"}}
        schema = {**SCHEMA, "fields": [*FIELDS[:2], {"name": "region"}], "foreignKeys": [link]}
        return register(agency, external_id="using", schema=schema)

    def test_names_of_a_code_list_are_understood_and_close_ones_are_proposed(self, using, editor):
        order = {"resource_id": using["resource_id"]}
        good = act("data_template_upload", editor, **order, upload=sent(HEAD + "a,1,Шымкент\nb,1,75\n"))
        assert good["receipt"]["new"] == 2
        assert rows_of(using) == [("a", 1, "79"), ("b", 1, "75")]
        bad = act("data_template_validate", editor, **order, upload=sent(HEAD + "c,1,Шимкент\n"))["problems"]
        assert (bad[0]["suggestion"], bad[0]["row"]) == ("79", 2)
        assert "Did you mean 79 Шымкент" in bad[0]["message"]

    def test_a_push_that_takes_a_code_away_is_done_and_reported(self, regions, using):
        helpers.call_action("data_push", resource_id=using["resource_id"], upload=sent(HEAD + "a,1,79\nb,1,75\n"))
        gone = "code\n79\n"
        receipt = helpers.call_action("data_push", resource_id=regions["resource_id"], upload=sent(gone), mode="delete")
        broken = {"resource_id": using["resource_id"], "package_id": using["package_id"], "field": "region"}
        assert receipt["broken_references"] == [{**broken, "rows": 1, "values": ["79"]}]
        told = journal.entries("dataset", using["package_id"], internal=False)[-1]
        assert (told["event"], told["public"]["values"]) == ("data.reference_broken", ["79"])


class TestParts:
    @pytest.fixture
    def shared(self, agency):
        fields = [{"name": "agency"}, {"name": "service"}, {"name": "count", "type": "integer"}]
        parts = {"field": "agency", "agencies": ["ministry", "akimat"]}
        schema = {"fields": fields, "primaryKey": ["agency", "service"], "filledBy": parts}
        return register(agency, external_id="services", schema=schema)

    def test_each_agency_replaces_its_own_part_of_one_table(self, app, agency, shared, editor):
        akimat = ours.Agency(name="akimat")
        other = officer(akimat)
        order = {"resource_id": shared["resource_id"], "mode": "replace"}
        head = "service,count\n"
        act("data_template_upload", editor, **order, upload=sent(head + "x,1\ny,2\n"))
        act("data_template_upload", other, **order, agency="akimat", upload=sent(head + "x,3\n"))
        act("data_template_upload", editor, **order, upload=sent(head + "z,4\n"))
        assert sorted(rows_of(shared)) == [("akimat", "x", 3), ("ministry", "z", 4)]
        page = app.get(f"/ru/template/{shared['resource_id']}").body
        assert page.count(": 1 строка") == 2
        shown = act("data_template_show", other, resource_id=shared["resource_id"])
        assert [one["name"] for one in shown["columns"]] == ["service", "count"]
        with pytest.raises(tk.NotAuthorized):
            act("data_template_upload", other, **order, upload=sent(head + "z,9\n"))
        wider = {"upload": sent("service,count,note\nz,9,x\n"), "resource_id": shared["resource_id"]}
        with pytest.raises(tk.ValidationError) as raised:
            act("data_push", other, **wider, agency="akimat")
        assert "has no fields note" in raised.value.error_dict["rows"][0]
        names = [one["resource_id"] for one in act("data_template_list", other)]
        assert names == [shared["resource_id"]]
        assert act("data_template_list", factories.User()) == []
        third = officer(ours.Agency(name="third"))
        with pytest.raises(tk.NotAuthorized):
            act("data_template_upload", third, **order, agency="third", upload=sent(head + "z,9\n"))

    def test_a_system_pushes_the_part_of_its_own_agency_only_and_hears_how_often_it_may(self, app, shared, monkeypatch):
        monkeypatch.setitem(tk.config, "opengov.limits.enabled", True)
        monkeypatch.setitem(tk.config, "opengov.limits.data_push", "3/minute")
        akimat = ours.Agency(name="akimat")
        token = helpers.call_action("data_token_create", agency=akimat["id"], name="x", scopes=["push"])["token"]
        headers = {"Authorization": token}
        address = f"/en/api/push/{shared['resource_id']}"
        own = app.post(address, data="service,count\nx,1\n", headers=headers)
        assert own.json["result"]["new"] == 1
        assert (own.headers["RateLimit-Limit"], own.headers["RateLimit-Remaining"]) == ("3", "2")
        foreign = app.post(address, data="agency,service,count\nministry,x,1\n", headers=headers)
        assert "part of another agency" in foreign.json["error"]["rows"][0]
        lines = {"data": '{"service": "y", "count": 2}', "content_type": "application/x-ndjson"}
        assert app.post(address, headers=headers, **lines).json["result"]["new"] == 1
        often = app.post(address, headers=headers, **lines)
        assert (often.status_code, int(often.headers["Retry-After"]) > 0) == (429, True)
        assert rows_of(shared) == [("akimat", "x", 1), ("akimat", "y", 2)]


class TestGrid:
    def test_corrections_are_remembered_for_the_person_and_put_in_again(self, agency, table, editor):
        order = {"resource_id": table["resource_id"]}
        first = act("data_grid_check", editor, **order, rows=[{"code": "a", "pupils": "1", "region": "Алмата"}])
        assert (first["problems"][0]["row"], first["problems"][0]["suggestion"]) == (1, "75")
        fix = {"field": "region", "from": "Алмата", "to": "75"}
        right = [{"code": "a", "pupils": "1", "region": "75"}]
        assert act("data_grid_save", editor, **order, rows=right, fixes=[fix])["receipt"]["new"] == 1
        again = act("data_grid_check", editor, **order, rows=[{}, {"code": "b", "region": "Алмата"}])
        assert (again["ok"], again["mended"]) == (True, [{"row": 2, **fix}])
        assert act("data_grid_check", officer(agency), **order, rows=[{"code": "b", "region": "Алмата"}])["count"] == 1
        assert act("data_fix_forget", editor, **order) == {"forgotten": 1}
        assert act("data_grid_delete", editor, **order, keys=[{"code": "a"}])["deleted"] == 1

    def test_nothing_is_saved_while_a_row_is_wrong(self, table, editor):
        rows = [{"code": "a", "pupils": "1"}, {"code": "", "pupils": "2"}]
        found = act("data_grid_save", editor, resource_id=table["resource_id"], rows=rows)
        assert (found["receipt"], found["report"]["problems"][0]["row"]) == (None, 2)
        assert rows_of(table) == []


class TestPages:
    def test_a_structure_is_made_changed_and_filled_without_a_script(self, app, agency, editor):
        headers = {"Authorization": editor["token"]}
        blank = app.get("/template/new", headers=headers).body
        assert "Жаңа толтырылатын кесте" in blank
        assert unhelped(blank) == []
        form = {
            "agency": agency["id"],
            "title_kk": "Кітапханалар",
            "title_ru": "Библиотеки",
            "external_id": "libraries",
            "frequency": "YEARLY",
            "name-0": "code",
            "type-0": "string",
            "key-0": "1",
            "name-1": "city",
            "title_kk-1": "Қала",
            "type-1": "string",
            "values-1": "71 = Астана\n75 = Алматы",
            "type-2": "string",
        }
        wrong = app.post("/ru/template/new", data={**form, "name-1": "a b"}, headers=headers)
        assert (wrong.status_code, "не может быть именем поля" in wrong.body) == (400, True)
        assert "name-5" in app.post("/template/new", data={**form, "more": "1"}, headers=headers).body
        assert "әзірге жоқ" in app.get("/template", headers=headers).body
        made = app.post("/template/new", data=form, headers=headers)
        assert "Кітапханалар" in made.body
        address = made.request.path
        assert "Кітапханалар" in app.get("/template", headers=headers).body
        book = app.get(f"{address}/ru.xlsx", headers=headers)
        assert openpyxl.load_workbook(io.BytesIO(book.data)).sheetnames == ["data", "reference", "lists"]
        assert app.get(f"{address}/kk.csv", headers=headers).data.decode("utf-8-sig") == "code,city\r\n"
        assert app.get(f"{address}/xx.csv", headers=headers).status_code == 404
        change = {
            "name-0": "code",
            "key-0": "1",
            "name-1": "city",
            "values-1": "71\n75",
            "name-2": "year",
            "type-2": "year",
        }
        app.post(f"{address}/structure", data=change, headers=headers)
        shown = helpers.call_action("data_structure_show", resource_id=address.rsplit("/", 1)[-1])
        assert ([one["name"] for one in shown["schema"]["fields"]], shown["version"]) == (["code", "city", "year"], 2)
        file = {"upload": (sent("code,city,year\nx,75,2020\ny,Алмата,\n"), "rows.csv")}
        refused = app.post(f"{address}/send", data=file, headers=headers)
        assert (refused.status_code, "75 Алматы" in refused.body, "C3" in refused.body) == (400, False, False)
        cells = {"cell-1-code": "x", "cell-1-city": "75", "cell-1-year": "2020", "cell-2-code": ""}
        grid = app.post(f"{address}/grid", data=cells, headers=headers)
        assert 'value="2020"' in grid.body
        pages = [grid.body, *(app.get(f"{address}{end}", headers=headers).body for end in ("", "/structure"))]
        assert [unhelped(one) for one in pages] == [[], [], []]
        bad = app.post(f"{address}/grid", data={"cell-1-code": "z", "cell-1-year": "x"}, headers=headers)
        assert (bad.status_code, 'aria-invalid="true"' in bad.body) == (400, True)
        gone = app.post(f"{address}/grid", data={**cells, "there-1": "1", "delete-1": "1"}, headers=headers)
        assert 'value="2020"' not in gone.body

    def test_visitors_read_the_template_and_are_sent_to_sign_in_before_they_fill(self, app, table):
        page = app.get(f"/ru/template/{table['resource_id']}").body
        assert "Получить шаблон" in page
        assert 'type="file"' not in page
        for path in ("grid", "structure"):
            answer = app.get(f"/template/{table['resource_id']}/{path}", follow_redirects=False)
            assert "login" in answer.headers["Location"]


def test_a_registered_data_set_is_an_item_of_the_approved_list(agency):
    item = {
        "title": dict.fromkeys(("kk", "ru", "en"), "Мектептер"),
        "due_on": "2026-12-31",
        "frequency": "YEARLY",
        "criteria": [],
    }
    made = helpers.call_action("data_list_item_upsert", agency=agency["id"], **item)
    with pytest.raises(tk.ValidationError) as raised:
        register(agency, list_item="77")
    assert "no item “77”" in raised.value.error_dict["list_item"][0]
    assert helpers.call_action("package_list") == []
    register(agency, list_item=str(made["number"]))
    shown = helpers.call_action("data_list_show", agency=agency["id"])["items"][0]
    assert shown["dataset"]
    assert not register(agency, list_item=str(made["number"]))["created"]
