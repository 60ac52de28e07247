"""Cards of an archive: read from CSV, JSON and HTML, brought again without doubles, with comments and answers."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests.factories import Sysadmin
from ckanext.opengov import factories
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service.importing import RegistryActs

from tests.regulation.ground import act, citizen

CSV = (
    "id,title_kk,title_ru,agency,kind,state,date,ends,text_ru\n"
    "7,Жол туралы,О дорогах,{agency},Проект приказа,Завершён,02.03.2025,18.03.2025,Статья 1. Дороги\n"
    "8,Су туралы,О воде,{agency},закон,Принят,2025-04-01,,\n"
    "9,,,{agency},закон,,2025-04-01,,\n"
    "7,Тағы,Ещё раз,{agency},закон,,2025-04-01,,\n"
)
HTML = """<html><body><article data-id="11"><dl>
<dt>Название:</dt><dd>О школах</dd><dt>Разработчик</dt><dd>{agency}</dd><dt>Вид</dt><dd>Постановление</dd>
<dt>Статус</dt><dd>Отозван</dd><dt>Дата публикации</dt><dd>05.06.2025</dd>
<dt>Текст</dt><dd><p>Статья 1. Школы</p><p>Школа открыта.</p></dd></dl></article></body></html>"""


def bring(admin: str, content: str, form: str) -> dict[str, Any]:
    return act("draft_act_archive_import", admin, source="old", format=form, content=content)


@pytest.mark.usefixtures("clean_portal")
def test_cards_are_brought_in_every_form_and_nothing_doubles() -> None:
    agency, admin = factories.Agency(), Sysadmin()["name"]
    table = CSV.format(agency=agency["title_translated"]["ru"])
    with pytest.raises(tk.NotAuthorized):
        bring(citizen(), table, "csv")
    report = bring(admin, table, "csv")
    assert (report["created"], report["bad_count"]) == (2, 2)
    assert [one["row"] for one in report["bad"]] == [4, 5]
    again = bring(admin, table.replace("Завершён", "Принят"), "csv")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 1, 1)
    page = HTML.format(agency=agency["name"])
    assert bring(admin, page, "html")["created"] == 1
    found = {one["title"]["ru"]: one for one in act("draft_act_list", None)["acts"]}
    assert {title: (one["kind"], one["state"]) for title, one in found.items()} == {
        "О дорогах": ("order", "adopted"),
        "О воде": ("law", "adopted"),
        "О школах": ("decree", "withdrawn"),
    }
    parts = act("draft_act_part_list", None, id=found["О школах"]["id"], language="ru")["parts"]
    assert [(one["kind"], one["number"]) for one in parts] == [("article", "1")]
    assert "Школа открыта." in parts[0]["text"]
    assert act("draft_act_search", None, q="дорога")["count"] == 1
    for form, content in (("json", "{}"), ("json", "["), ("html", "<p>"), ("csv", "a,b\n")):
        with pytest.raises(tk.ValidationError):
            bring(admin, content, form)


@pytest.mark.usefixtures("clean_portal")
def test_an_archive_brings_comments_with_their_answers() -> None:
    agency, admin = factories.Agency(), Sysadmin()["name"]
    said = {"text": "Мой телефон +7 701 123 45 67, срок мал.", "date": "2025-03-05", "part": "art_1"}
    answered = {**said, "outcome": "accepted", "reason": "Учтено.", "answered": "2025-03-20"}
    whole = {"text": "В целом хорошо.", "date": "2025-03-06", "kind": "support"}
    card = {
        "id": "1",
        "title": {"ru": "О сроках", "kk": "Мерзім туралы"},
        "agency": agency["name"],
        "date": "2025-03-01",
        "ends": "2025-03-15",
        "text": {"ru": "Статья 1. Сроки\nТри дня.", "kk": "1-бап. Мерзім\nҮш күн."},
        "comments": [answered, whole],
    }
    wrong = {**card, "id": "2", "comments": [{"text": "Без даты."}]}
    report = bring(admin, json.dumps([card, wrong]), "json")
    assert (report["created"], report["bad_count"]) == (1, 1)
    outbox.drain()
    (found,) = act("draft_act_list", None)["acts"]
    assert found["figures"]["commented"] == 2
    assert found["figures"]["answered"] == 1
    listed = act("draft_act_comment_list", None, id=found["id"])["comments"]
    assert "701" not in json.dumps(listed, ensure_ascii=False, default=str)
    assert listed[0]["response"]["outcome"] == "accepted"
    assert act("draft_act_comment_counts", None, id=found["id"]) == {"whole": 1, "parts": {"art_1": 1}, "gone": {}}


@pytest.mark.usefixtures("clean_portal")
def test_a_harvested_registry_feeds_the_type() -> None:
    writer, agency = RegistryActs(), factories.Agency()["id"]
    record = {
        "id": "4c9d8f0e-0000-4000-8000-000000000001",
        "owner_org": agency,
        "title": "О реестре",
        "act_kind": "приказ",
        "starts_on": "2025-05-01",
        "notes": "Статья 1. Реестр\nОн есть.",
    }
    writer.create({}, record)
    writer.update({}, {**record, "act_state": "принят"})
    assert act("draft_act_show", None, id=record["id"])["state"] == "adopted"
    writer.withdraw({}, record["id"])
    with pytest.raises(tk.ObjectNotFound):
        act("draft_act_show", None, id=record["id"])
    writer.restore({}, {**record, "act_state": "принят"})
    assert act("draft_act_show", None, id=record["id"])["version"] == 1
    assert writer.create_many({}, [{**record, "id": "x", "starts_on": "вчера"}]) == set()
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(DraftAct)) == 1
