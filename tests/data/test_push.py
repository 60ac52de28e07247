"""An information system registers a data set and pushes rows, with nothing but a token."""

from __future__ import annotations

import gzip
import io
import json

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers
from ckanext.opengov.civic.service import journal
from ckanext.opengov.data import relay
from ckanext.opengov.data.model.keyed import PushToken
from ckanext.opengov.data.service import push_tokens
from ckanext.opengov.data.service.push import database, receipts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("clean_portal")

FIELDS = [
    {"name": "code", "type": "string", "title_translated": {"kk": "Коды", "ru": "Код", "en": "Code"}},
    {"name": "pupils", "type": "integer", "unit": "persons"},
    {"name": "opened", "type": "date"},
]
SCHEMA = {"fields": FIELDS, "primaryKey": "code"}
TITLES = {"kk": "Мектептер", "ru": "Школы"}
FIRST = "code,pupils,opened\na,1,2001-01-01\nb,2,2002-02-02\nc,3,\n"


def register(agency, **more):
    order = {"agency": agency["name"], "external_id": "schools", "title_translated": TITLES, "schema": SCHEMA}
    return helpers.call_action("data_dataset_register", **{**order, **more})


def push(table, content, **more):
    upload = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return helpers.call_action("data_push", resource_id=table["resource_id"], upload=upload, **more)


def counts(receipt):
    return tuple(receipt[name] for name in ("rows", "new", "changed", "same", "deleted", "rejected"))


def rows_of(table, **query):
    found = helpers.call_action("datastore_search", resource_id=table["resource_id"], sort="code", **query)
    return {one["code"]: one["pupils"] for one in found["records"]}


def refusal(call, *arguments, **more):
    with pytest.raises(tk.ValidationError) as raised:
        call(*arguments, **more)
    return raised.value.error_dict


@pytest.fixture
def table(agency):
    return register(agency)


class TestRegistration:
    def test_makes_a_data_set_with_a_table_that_the_datastore_reads(self, agency):
        table = register(agency, category="EDUC")
        assert table["created"]
        package = helpers.call_action("package_show", id=table["package_id"])
        assert (package["title_translated"], package["category"]) == (TITLES, "EDUC")
        assert package["resources"][0]["datastore_active"]
        info = helpers.call_action("datastore_info", id=table["resource_id"])
        assert [(one["id"], one["type"]) for one in info["fields"]] == [
            ("code", "text"),
            ("pupils", "int8"),
            ("opened", "date"),
        ]
        assert info["fields"][0]["info"]["label_ru"] == "Код"
        shown = helpers.call_action("data_structure_show", resource_id=table["resource_id"])
        assert (shown["schema"], shown["version"]) == (SCHEMA, 1)

    def test_is_safe_to_repeat(self, agency, table):
        again = register(agency)
        assert not again["created"]
        assert again["resource_id"] == table["resource_id"]

    def test_takes_new_optional_fields_and_refuses_what_breaks_readers(self, agency, table):
        wider = {**SCHEMA, "fields": [*FIELDS, {"name": "phone"}]}
        assert register(agency, schema=wider)["structure_version"] == 2
        problem = refusal(register, agency, schema={**SCHEMA, "fields": FIELDS[:2]})
        assert problem["diff"] == [{"removed": ["opened", "phone"]}]

    def test_a_rehearsal_tells_the_faults_and_makes_nothing(self, agency):
        assert register(agency, dry_run=True)["resource_id"] is None
        assert helpers.call_action("package_list") == []
        faults = refusal(register, agency, schema={"fields": [{"name": "a b"}]})["schema"]
        assert len(faults) == 2

    def test_a_wrong_passport_makes_nothing(self, agency):
        assert "category" in refusal(register, agency, category="NONE")
        assert register(agency)["created"]

    def test_the_name_is_free_when_the_data_set_was_deleted(self, agency, table):
        helpers.call_action("package_delete", id=table["package_id"])
        assert register(agency)["created"]


class TestModes:
    def test_upsert_counts_what_it_did(self, table):
        assert counts(push(table, FIRST)) == (3, 3, 0, 0, 0, 0)
        assert counts(push(table, "pupils,code,opened\n2,b,2002-02-02\n9,c,\n4,d,\n")) == (3, 1, 1, 1, 0, 0)
        assert rows_of(table) == {"a": 1, "b": 2, "c": 9, "d": 4}

    def test_replace_deletes_what_did_not_come(self, table):
        push(table, FIRST)
        assert counts(push(table, "code,pupils,opened\nb,5,\nx,1,\n", mode="replace")) == (2, 1, 1, 0, 2, 0)
        assert rows_of(table) == {"b": 5, "x": 1}
        assert helpers.call_action("datastore_search", resource_id=table["resource_id"], limit=0)["total"] == 2

    def test_replace_with_nothing_is_taken_for_a_mistake(self, table):
        push(table, FIRST)
        assert "replacing would remove" in refusal(push, table, "code,pupils,opened\n", mode="replace")["rows"][0]
        assert len(rows_of(table)) == 3

    def test_delete_needs_only_the_key(self, table):
        push(table, FIRST)
        assert counts(push(table, "code\na\nz\n", mode="delete")) == (2, 0, 0, 1, 1, 0)
        assert rows_of(table) == {"b": 2, "c": 3}

    def test_a_dry_run_counts_and_changes_nothing(self, table):
        receipt = push(table, FIRST, dry_run=True)
        assert counts(receipt) == (3, 3, 0, 0, 0, 0)
        assert "Rehearsed" in receipt["message"]
        assert rows_of(table) == {}

    def test_ndjson_and_gzip(self, table):
        lines = json.dumps({"code": "a", "pupils": 7, "opened": None})
        assert push(table, gzip.compress(lines.encode()), format="ndjson")["new"] == 1
        assert rows_of(table) == {"a": 7}

    def test_history_keeps_each_earlier_version_with_the_pushes_that_bound_it(self, agency):
        table = register(agency, history=True)
        first = push(table, FIRST)["number"]
        second = push(table, "code,pupils,opened\na,9,\nb,2,2002-02-02\n", mode="replace")["number"]
        with database.transaction() as cursor:
            name = f"history_{table['resource_id']}"
            cursor.execute(f'SELECT code, pupils, _from, _until FROM opengov_data."{name}" ORDER BY code')
            assert cursor.fetchall() == [("a", 1, first, second), ("c", 3, first, second)]


class TestRefusal:
    WRONG = "code,pupils,opened\na,one,24.11.2026\na,2,\nb,3,\nb,3,\nc,4,\n"

    def test_one_wrong_row_stops_all_and_the_receipt_lists_every_reason(self, table):
        push(table, FIRST)
        problem = refusal(push, table, self.WRONG)
        assert problem["rows"][0].startswith("Line 2, field pupils: “one” is no whole number")
        receipt = helpers.call_action("data_push_receipt_show", id=problem["receipt"][0])
        assert receipt["state"] == "rejected"
        assert counts(receipt) == (5, 0, 0, 0, 0, 3)
        assert [(one["line"], one["column"]) for one in receipt["rejections"]] == [
            (2, "pupils"),
            (2, "opened"),
            (4, "code"),
            (5, "code"),
        ]
        assert rows_of(table) == {"a": 1, "b": 2, "c": 3}

    def test_right_rows_are_taken_when_that_is_wished(self, table):
        receipt = push(table, self.WRONG, accept_valid=True)
        assert counts(receipt) == (5, 2, 0, 0, 0, 3)
        assert rows_of(table) == {"a": 2, "c": 4}

    def test_other_columns_are_told_as_a_difference(self, table):
        problem = refusal(push, table, "code,pupils\na,1\n")
        assert problem["diff"] == [{"removed": ["opened"]}]
        shown = helpers.call_action("data_push_receipt_show", id=problem["receipt"][0])
        assert shown["diff"] == {"removed": ["opened"]}

    def test_retyped_fields_are_refused_by_the_senders_own_schema(self, table):
        other = {**SCHEMA, "fields": [FIELDS[0], {"name": "pupils", "type": "number"}, FIELDS[2]]}
        diff = refusal(push, table, FIRST, schema=other)["diff"][0]
        assert diff["retyped"] == [{"field": "pupils", "from": "integer", "to": "number"}]

    def test_new_fields_become_columns_with_the_types_that_the_sender_says(self, table):
        push(table, FIRST)
        wider = {**SCHEMA, "fields": [*FIELDS, {"name": "area", "type": "number"}]}
        push(table, "code,pupils,opened,area,note\na,1,2001-01-01,2.50,x\n", schema=wider)
        found = helpers.call_action("datastore_search", resource_id=table["resource_id"], filters={"code": "a"})
        assert found["records"][0] | {"_id": 0} == {
            "_id": 0,
            "code": "a",
            "pupils": 1,
            "opened": "2001-01-01",
            "area": 2.5,
            "note": "x",
        }
        shown = helpers.call_action("data_structure_show", resource_id=table["resource_id"])
        assert [one["name"] for one in shown["schema"]["fields"]][3:] == ["area", "note"]
        assert shown["version"] == 2

    def test_a_code_that_the_other_table_does_not_have_is_told(self, agency, table):
        push(table, FIRST)
        reference = {"fields": "school", "reference": {"resource": table["resource_id"], "fields": "code"}}
        schema = {"fields": [{"name": "id"}, {"name": "school"}], "primaryKey": "id", "foreignKeys": [reference]}
        pupils = register(agency, external_id="pupils", schema=schema)
        problem = refusal(push, pupils, "id,school\n1,a\n2,nowhere\n")
        assert "Line 3, field school: “nowhere” is not in the field code" in problem["rows"][0]
        missing = {**schema, "foreignKeys": [{**reference, "reference": {"resource": "none", "fields": "code"}}]}
        assert "no such keyed table" in refusal(register, agency, external_id="x", schema=missing)["schema"][0]

    def test_stock_actions_do_not_write_the_table(self, table):
        for action in ("datastore_upsert", "datastore_create", "datastore_delete", "datastore_records_delete"):
            with pytest.raises(tk.NotAuthorized):
                helpers.call_action(action, resource_id=table["resource_id"], force=True, records=[], fields=[])

    def test_a_full_text_search_says_how_to_search_instead(self, table):
        push(table, FIRST)
        assert "Use filters" in refusal(rows_of, table, q="a")["q"][0]
        assert rows_of(table, filters={"code": "b"}) == {"b": 2}


def test_a_purged_data_set_takes_its_table_along_and_leaves_the_receipts(agency):
    table = register(agency, history=True)
    receipt = push(table, FIRST)
    helpers.call_action("dataset_purge", id=table["package_id"])
    relay.tidy()
    with pytest.raises(tk.ObjectNotFound):
        rows_of(table)
    assert receipts.get(receipt["id"])["added"] == 3
    assert receipt["started_at"] < receipt["finished_at"]


class TestIdempotency:
    def test_the_same_key_is_done_once(self, table):
        first = push(table, FIRST, idempotency_key="monday")
        push(table, "code,pupils,opened\na,100,\n")
        again = push(table, FIRST, idempotency_key="monday")
        assert again["id"] == first["id"]
        assert rows_of(table)["a"] == 100

    def test_the_same_key_with_other_content_is_refused(self, table):
        push(table, FIRST, idempotency_key="monday")
        assert "Take a new key" in refusal(push, table, FIRST + "d,4,\n", idempotency_key="monday")["rows"][0]

    def test_a_key_of_a_push_that_failed_may_be_used_again(self, table):
        refusal(push, table, "code,pupils,opened\na,x,\n", idempotency_key="monday")
        assert push(table, FIRST, idempotency_key="monday")["new"] == 3


class TestJournal:
    def test_each_push_is_there_once_however_often_it_is_relayed(self, table):
        receipt = push(table, FIRST)
        with database.transaction() as cursor:
            cursor.execute("UPDATE opengov_data.push_receipt SET relayed_at = NULL WHERE id = %s", [receipt["id"]])
        assert relay.run(table["resource_id"]) == 1
        assert relay.run(table["resource_id"]) == 0
        found = journal.entries("dataset", table["package_id"], internal=False)
        assert [one["event"] for one in found] == ["data.registered", "data.pushed"]
        assert found[1]["public"]["added"] == 3
        shown = helpers.call_action("package_show", id=table["package_id"])
        assert shown["modified"]
        assert shown["resources"][0]["last_modified"]

    def test_rows_that_stay_the_same_are_no_fresher(self, table):
        push(table, FIRST)
        before = helpers.call_action("resource_show", id=table["resource_id"])["last_modified"]
        push(table, FIRST)
        assert helpers.call_action("resource_show", id=table["resource_id"])["last_modified"] == before
        push(table, "code,pupils,opened\na,77,2020-09-01\n")
        assert helpers.call_action("resource_show", id=table["resource_id"])["last_modified"] > before


class TestToken:
    @pytest.fixture
    def token(self, agency):
        def make(*scopes, **more):
            order = {"agency": agency["name"], "name": "school register", "scopes": list(scopes), **more}
            return helpers.call_action("data_token_create", **order)

        return make

    def send(self, app, table, token, content=FIRST, **more):
        headers = {"Authorization": f"Bearer {token['token']}", **more.pop("headers", {})}
        address = f"/en/api/push/{table['resource_id']}"
        return app.post(address, data=content, headers=headers, content_type="text/csv", query_string=more)

    def test_a_system_needs_nothing_else(self, app, agency, token):
        shown = token("register", "push")
        before = helpers.call_action("data_push_systems_show")
        headers = {"Authorization": f"Bearer {shown['token']}"}
        order = {"agency": agency["name"], "external_id": "new", "title_translated": TITLES, "schema": SCHEMA}
        made = app.post("/api/3/action/data_dataset_register", json=order, headers=headers).json["result"]
        answer = self.send(app, made, shown, headers={"Idempotency-Key": "1"})
        assert answer.json["result"]["new"] == 3
        upload = (io.BytesIO(b"code\na\n"), "rows.csv")
        form = {"resource_id": made["resource_id"], "mode": "delete", "upload": upload}
        deleted = app.post("/api/3/action/data_push", data=form, headers=headers).json["result"]
        assert deleted["deleted"] == 1
        after = helpers.call_action("data_push_systems_show")
        assert (after["systems"] - before["systems"], after["pushes"] - before["pushes"]) == (1, 2)
        listed = helpers.call_action("data_token_list", agency=agency["name"])[0]
        assert listed["used_at"]
        assert "token" not in listed
        stored = model.Session.execute(PushToken.__table__.select()).mappings().one()
        assert shown["token"] not in str(dict(stored))

    def test_another_agencys_token_is_refused_with_a_sentence(self, app, table):
        other = factories.Organization()
        stranger = helpers.call_action("data_token_create", agency=other["id"], name="stranger", scopes=["push"])
        answer = self.send(app, table, stranger, status=403)
        assert answer.status_code == 403
        assert "another agency" in answer.json["error"]["message"]
        assert rows_of(table) == {}

    def test_a_token_is_for_its_data_sets_and_scopes(self, app, agency, table, dataset, token):
        elsewhere = token("push", datasets=[dataset["name"]])
        assert "not for this data set" in self.send(app, table, elsewhere).json["error"]["message"]
        assert "lacks the scope push" in self.send(app, table, token("register")).json["error"]["message"]
        wider = FIRST.replace("\n", ",phone\n", 1).replace("\na,1,2001-01-01\n", "\na,1,2001-01-01,7\n")
        narrow = self.send(app, table, token("push"), wider)
        assert narrow.status_code == 409
        assert "schema:extend" in narrow.json["error"]["rows"][0]
        with pytest.raises(tk.ValidationError):
            token("push", datasets=[factories.Dataset()["id"]])

    def test_a_sandbox_token_rehearses_only(self, app, table, token):
        answer = self.send(app, table, token("sandbox")).json["result"]
        assert (answer["dry_run"], answer["new"]) == (True, 3)
        assert rows_of(table) == {}

    def test_a_revoked_or_invented_token_is_refused(self, app, table, token):
        shown = token("push")
        helpers.call_action("data_token_revoke", id=shown["id"])
        assert "revoked" in self.send(app, table, shown).json["error"]["message"]
        assert "not known" in self.send(app, table, {"token": "ogd_invented"}).json["error"]["message"]
        assert app.post(f"/api/push/{table['resource_id']}", data=FIRST).status_code == 403

    def test_messages_come_in_the_readers_language(self, app, table, token):
        address = f"/ru/api/push/{table['resource_id']}"
        headers = {"Authorization": token("push")["token"]}
        answer = app.post(address, data="code,pupils,opened\na,x,\n", headers=headers)
        assert answer.json["error"]["rows"][0].startswith("Строка 2, поле pupils: «x»")


class TestPages:
    def test_an_administrator_makes_and_revokes_a_token(self, app, agency, dataset):
        admin = factories.SysadminWithToken()
        headers = {"Authorization": admin["token"]}
        address = f"/ru/systems/{agency['name']}"
        wrong = app.post(address, data={"name": "", "scopes": ["push"]}, headers=headers)
        assert wrong.status_code == 400
        assert "Токен не создан" in wrong.body
        form = {"name": "Реестр школ", "scopes": ["push", "sandbox"], "datasets": [dataset["name"]]}
        page = app.post(address, data=form, headers=headers).body
        assert "push_tokens" not in page
        assert push_tokens.PREFIX in page
        assert "Список школ" in page
        listed = helpers.call_action("data_token_list", agency=agency["id"])[0]
        assert (listed["name"], listed["datasets"]) == ("Реестр школ", [dataset["id"]])
        assert push_tokens.PREFIX not in app.get(address, headers=headers).body
        app.post(f"{address}/{listed['id']}/revoke", headers=headers, follow_redirects=False)
        assert "отозван" in app.get(address, headers=headers).body

    def test_everybody_reads_how_to_connect_and_how_many_do(self, app):
        page = app.get("/systems").body
        assert "Ақпараттық жүйені қосу" in page
        assert "data_dataset_register" in page
        assert app.get("/systems/nowhere", follow_redirects=False).status_code == 302


class TestOfficers:
    def test_only_the_agencys_own_people_push(self, agency, table):
        editor, stranger = factories.User(), factories.User()
        member = {"id": agency["id"], "username": editor["name"], "role": "editor"}
        helpers.call_action("organization_member_create", **member)
        for name, may in ((editor["name"], True), (stranger["name"], False), ("", False)):
            context = {"user": name, "ignore_auth": False}
            wish = {"resource_id": table["resource_id"]}
            if may:
                assert helpers.call_auth("data_push", context, **wish)
            else:
                with pytest.raises(tk.NotAuthorized):
                    helpers.call_auth("data_push", context, **wish)
        with pytest.raises(tk.NotAuthorized):
            helpers.call_auth("data_token_create", {"user": editor["name"]}, agency=agency["id"])


KEYS = st.sampled_from("abcdefgh")
ROWS = st.lists(st.tuples(KEYS, st.sampled_from(["1", "2", "", "wrong"])), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(["upsert", "replace", "delete"]), ROWS), min_size=1, max_size=3))
def test_new_changed_same_deleted_and_rejected_always_add_up(table, pushes):
    with database.transaction() as cursor:
        cursor.execute(f'DELETE FROM public."{table["resource_id"]}"')
    known: dict[str, int | None] = {}
    for mode, sent in pushes:
        content = "code,pupils,opened\n" + "".join(f"{key},{value},\n" for key, value in sent)
        try:
            receipt = push(table, content, mode=mode, accept_valid=True)
        except tk.ValidationError:
            assert mode == "replace"
            continue
        wanted = _apply(known, mode, sent)
        right, new, changed, deleted = wanted
        same = right - (deleted if mode == "delete" else new + changed)
        assert counts(receipt) == (len(sent), new, changed, same, deleted, len(sent) - right)
        assert rows_of(table) == known


def _apply(known, mode, sent):
    """The rule, written anew: what a push must do to a dictionary."""
    single = {}
    for key, value in sent:
        if value != "wrong" or mode == "delete":
            single.setdefault(key, []).append(int(value) if value.isdigit() else None)
    right = {key: values[0] for key, values in single.items() if len(values) == 1}
    if mode == "delete":
        gone = [key for key in right if key in known]
        for key in gone:
            del known[key]
        return len(right), 0, 0, len(gone)
    new = sum(key not in known for key in right)
    changed = sum(key in known and known[key] != value for key, value in right.items())
    gone = [key for key in known if key not in right] if mode == "replace" else []
    for key in gone:
        del known[key]
    known |= right
    return len(right), new, changed, len(gone)
