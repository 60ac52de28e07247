"""An uploaded file becomes a table of the DataStore, or its page says why not."""

from __future__ import annotations

import datetime as dt
import io

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib import jobs
from ckan.tests import factories, helpers
from ckanext.opengov.data import loading, store
from ckanext.opengov.data.model.tables import TableLoad, utc_now
from werkzeug.datastructures import FileStorage

from tests.data.conftest import FILES, work

pytestmark = pytest.mark.usefixtures("clean_portal")


def state_of(resource):
    return helpers.call_action("opengov_table_show", resource_id=resource["id"])


def rows_of(resource, **query):
    return helpers.call_action("datastore_search", resource_id=resource["id"], **query)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("schools.csv", 3),
        ("semicolon_bom.csv", 2),
        ("kazakh_kz1048.csv", 2),
        ("stops.tsv", 2),
        ("odd_quotes.csv", 2),
        ("mixed_columns.csv", 4),
        ("same_names.csv", 1),
        ("types.csv", 2),
        ("hospitals.xlsx", 3),
        ("libraries.xls", 2),
        ("museums.ods", 5),
        ("stations.geojson", 3),
        ("holidays.json", 2),
        ("wrapped.json", 2),
    ],
)
def test_each_format_becomes_a_table_with_a_view(dataset, upload, name, rows):
    resource = upload(name, dataset["id"])
    assert state_of(resource)["state"] == "ready"
    assert state_of(resource)["rows"] == rows == rows_of(resource)["total"]
    views = helpers.call_action("resource_view_list", id=resource["id"])
    assert "datatables_view" in [view["view_type"] for view in views]


def test_a_file_without_a_name_is_called_as_it_was(dataset, upload):
    resource = upload("schools.csv", dataset["id"])
    helpers.call_action("resource_patch", id=resource["id"], name="")
    assert helpers.call_action("resource_show", id=resource["id"])["name"] == "schools.csv"


def test_values_types_and_full_text_are_right(dataset, upload):
    resource = upload("schools.csv", dataset["id"])
    answer = rows_of(resource, q="гимназия")
    assert answer["records"][0] | {"rank": 0} == {
        "_id": 2,
        "code": "011",
        "name": "Гимназия «Үміт», Астана",
        "pupils": 1204,
        "opened": "2004-09-01",
        "rank": 0,
    }
    assert {field["id"]: field["type"] for field in answer["fields"]}["pupils"] == "numeric"


def test_a_row_that_is_added_later_is_found_too(dataset, upload):
    resource = upload("schools.csv", dataset["id"])
    record = {"code": "099", "name": "Жаңа мектеп"}
    helpers.call_action("datastore_upsert", resource_id=resource["id"], method="insert", force=True, records=[record])
    assert rows_of(resource, q="жаңа")["total"] == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty.csv", "The file is empty"),
        ("header_only.csv", "name, sum"),
        ("row_too_long.csv", "Row 3 has 3 values"),
        ("unclosed_quote.csv", "In row 3"),
        ("not_a_workbook.xlsx", "This is no XLSX file"),
        ("scalars.json", "Item 1 of the list is a number"),
        ("two_lists.json", "2 lists (a, b)"),
        ("text.json", '[{"name": "A", "number": 1}'),
        ("broken.json", "no valid JSON"),
    ],
)
def test_what_is_no_table_is_told_with_its_place(dataset, upload, name, words):
    resource = upload(name, dataset["id"], format=name.rsplit(".", 1)[1])
    state = state_of(resource)
    assert state["state"] == "failed"
    assert words in state["message"]
    with pytest.raises(tk.ObjectNotFound):
        rows_of(resource)


@pytest.mark.parametrize(("language", "words"), [("", "3-жолда 3 мән бар"), ("/ru", "В строке 3 значений: 3")])
def test_the_page_says_so_in_the_readers_language(app, dataset, upload, language, words):
    resource = upload("row_too_long.csv", dataset["id"])
    page = app.get(f"{language}/dataset/schools/resource/{resource['id']}").body
    assert words in page


def test_the_page_tells_the_number_of_rows(app, dataset, upload):
    resource = upload("hospitals.xlsx", dataset["id"])
    page = app.get(f"/ru/dataset/schools/resource/{resource['id']}").body
    assert "Таблица: 3 строки" in page
    assert "таблица взята с листа «Деректер»" in page


class TestChange:
    def replace(self, resource, name):
        content = io.BytesIO((FILES / name).read_bytes())
        helpers.call_action(
            "resource_update", id=resource["id"], format=name.rsplit(".", 1)[1], upload=FileStorage(content, name)
        )
        work()

    def test_a_new_file_replaces_the_rows(self, dataset, upload):
        resource = upload("schools.csv", dataset["id"])
        self.replace(resource, "holidays.json")
        assert state_of(resource)["rows"] == 2
        assert "days" in rows_of(resource)["records"][0]

    def test_a_bad_new_file_leaves_the_old_rows_and_says_so(self, app, dataset, upload):
        resource = upload("schools.csv", dataset["id"])
        self.replace(resource, "unclosed_quote.csv")
        assert state_of(resource)["state"] == "failed"
        assert rows_of(resource)["total"] == 3
        assert (
            "The table below is still the one of the file before"
            in app.get(f"/en/dataset/schools/resource/{resource['id']}").body
        )

    def test_a_file_that_is_no_table_any_more_gives_the_table_up(self, dataset, upload):
        resource = upload("schools.csv", dataset["id"])
        helpers.call_action(
            "resource_update", id=resource["id"], format="PDF", upload=FileStorage(io.BytesIO(b"%PDF-1.4"), "a.pdf")
        )
        work()
        assert state_of(resource)["state"] == "none"
        with pytest.raises(tk.ObjectNotFound):
            rows_of(resource)

    def test_words_of_the_data_dictionary_are_kept(self, dataset, upload):
        resource = upload("schools.csv", dataset["id"])
        fields = [{"id": "pupils", "type": "numeric", "info": {"notes": "on 1 September"}}]
        helpers.call_action("datastore_create", resource_id=resource["id"], force=True, fields=fields)
        self.replace(resource, "schools.csv")
        assert store.dictionary(resource["id"])["pupils"]["notes"] == "on 1 September"

    def test_changing_the_description_loads_nothing(self, dataset, upload):
        resource = upload("schools.csv", dataset["id"])
        finished = state_of(resource)["finished_at"]
        helpers.call_action("resource_patch", id=resource["id"], description="Words")
        work()
        assert state_of(resource)["finished_at"] == finished

    def test_a_deleted_file_leaves_no_state(self, dataset, upload):
        resource = upload("schools.csv", dataset["id"])
        helpers.call_action("resource_delete", id=resource["id"])
        assert model.Session.get(TableLoad, resource["id"]) is None


class TestWhatIsLeftAlone:
    def test_a_link_is_not_fetched(self, dataset):
        resource = helpers.call_action(
            "resource_create", package_id=dataset["id"], url="http://127.0.0.1:1/a.csv", format="CSV"
        )
        work()
        assert state_of(resource)["state"] == "none"

    def test_xloader_does_not_fetch_it_either(self, dataset):
        jobs.get_queue().empty()
        resource = helpers.call_action(
            "resource_create", package_id=dataset["id"], url="http://127.0.0.1:1/a.csv", format="CSV"
        )
        assert helpers.call_action("xloader_submit", resource_id=resource["id"]) is False
        assert not [job for job in jobs.get_queue().jobs if "xloader" in job.func_name]

    def test_a_picture_is_no_table(self, dataset, upload):
        assert state_of(upload("a.png", dataset["id"], content=b"\x89PNG"))["state"] == "none"


class TestJobs:
    def waiting(self, dataset, create_with_upload):
        content = (FILES / "schools.csv").read_bytes()
        return create_with_upload(content, "schools.csv", package_id=dataset["id"])

    def test_the_state_is_told_before_the_worker_comes(self, app, dataset, create_with_upload):
        resource = self.waiting(dataset, create_with_upload)
        assert state_of(resource)["state"] == "waiting"
        assert "Файл читается" in app.get(f"/ru/dataset/schools/resource/{resource['id']}").body

    def test_the_same_job_twice_loads_once(self, dataset, upload):
        resource = upload("schools.csv", dataset["id"])
        finished = state_of(resource)["finished_at"]
        loading.load(resource["id"])
        assert state_of(resource)["finished_at"] == finished

    def test_a_dead_worker_is_found_and_given_up_after_three_tries(self, dataset, create_with_upload):
        resource = self.waiting(dataset, create_with_upload)
        for attempt in range(1, 4):
            long_ago = utc_now() - dt.timedelta(hours=3)
            model.Session.execute(
                sa.update(TableLoad)
                .where(TableLoad.resource_id == resource["id"])
                .values(state="loading", started_at=long_ago, attempts=attempt)
            )
            model.Session.commit()
            assert loading.recover() == 1
            model.Session.expire_all()
            assert state_of(resource)["state"] == ("failed" if attempt == 3 else "waiting")
        assert "interrupted" in state_of(resource)["message"]

    def test_a_running_one_is_left_alone(self, dataset, create_with_upload):
        resource = self.waiting(dataset, create_with_upload)
        model.Session.execute(
            sa.update(TableLoad)
            .where(TableLoad.resource_id == resource["id"])
            .values(state="loading", started_at=utc_now(), attempts=1)
        )
        model.Session.commit()
        assert loading.recover() == 0

    def test_an_officer_may_have_it_read_again_and_a_stranger_may_not(self, app, dataset, upload):
        resource = upload("unclosed_quote.csv", dataset["id"])
        address = f"/dataset/schools/resource/{resource['id']}/table"
        assert app.post(address, extra_environ={"REMOTE_USER": ""}).status_code == 403
        admin = factories.SysadminWithToken()
        app.post(address, headers={"Authorization": admin["token"]})
        assert state_of(resource)["state"] == "waiting"
