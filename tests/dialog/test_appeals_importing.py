"""Bringing many appeals at once leaves in the index what one by one would."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckan.lib import search
from ckan.lib.search.common import make_connection
from ckan.tests import factories
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import packages

from tests.dialog.appeals import TEXT, act, agency, citizen, write

pytestmark = pytest.mark.usefixtures("clean_portal")

TABLE = f"""id,text,category,date,agency,answer,answer_date
1,{TEXT} Телефон 8 701 123 45 67.,Дороги и транспорт,10.03.2026,old-agency,,
2,{TEXT} Дом 2.,Дороги и транспорт,2019-01-10,old-agency,Работы окончены.,20.03.2026
3,Көшеде жарық жоқ. Қашан жөнделеді?,other,2026-03-11T09:00:00Z,old-agency,Жарық қосылды.,
"""


WIDER = """id,text,date,agency,subject,kind,region,language
1,Ұсыныс: аялдамаға шам қойылсын.,2026-03-10 09:30,old-agency,Аялдамадағы  жарық,recommendation,710000000,kk
2,Нет связи.,2026-03-10,old-agency,,coverage,,
3,Нет света.,2026-03-10,old-agency,,,999,
"""


def documents() -> dict[str, dict[str, Any]]:
    """Number → what the index has of an appeal."""
    connection = make_connection(decode_dates=False)
    connection.commit()
    found: Any = connection.search("*:*", fq="dataset_type:appeal", fl="*", rows=100).docs
    return {one["name"]: {key: _read(key, value) for key, value in one.items()} for one in found}


def _read(key: str, value: Any) -> Any:
    if key in ("_version_", "indexed_ts"):
        return None
    return json.loads(value) if key.endswith("data_dict") else value


def test_documents_are_those_that_ckan_would_make() -> None:
    agency(name="old-agency", title_translated={"kk": "Ескі орган", "ru": "Старый орган"})
    assert act("appeal_import", factories.Sysadmin()["name"], source="old", content=TABLE)["created"] == 3
    ours = documents()
    assert len(ours) == 3
    assert {one["validated_data_dict"]["topic"] for one in ours.values()} == {"roads", "other"}
    for package in model.Session.scalars(sa.select(Appeal.id)).all():
        search.rebuild(package)
    theirs = documents()
    for number, document in theirs.items():
        assert set(ours[number]) == set(document)
        assert [key for key, value in document.items() if ours[number][key] != value] == []


def test_a_table_may_say_more_of_each_appeal_and_a_wrong_word_is_named() -> None:
    agency(name="old-agency")
    report = act("appeal_import", factories.Sysadmin()["name"], source="old", content=WIDER)
    assert [(one["row"], list(one["errors"])) for one in report["bad"]] == [(3, ["kind"]), (4, ["region"])]
    [shown] = act("appeal_list", None)["appeals"]
    assert (shown["subject"], shown["kind"]) == ("Аялдамадағы жарық", "recommendation")
    assert (shown["region"], shown["language"]) == ("710000000", "kk")
    assert shown["registered_at"].startswith("2026-03-10T04:30")


def test_appeals_that_wait_for_the_index_are_brought_in_together() -> None:
    to, author = agency(), citizen()
    for number in range(3):
        write(author, to, text=f"{TEXT} Дом {number}.")
    waiting = sa.select(sa.func.count()).select_from(OutboxMessage)
    waiting = waiting.where(OutboxMessage.topic == packages.INDEX, OutboxMessage.done_at.is_(None))
    assert model.Session.scalar(waiting) == 3
    rows = model.Session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))
    assert outbox.drain() < (rows or 0)
    assert model.Session.scalar(waiting) == 0
    assert len(documents()) == 3
