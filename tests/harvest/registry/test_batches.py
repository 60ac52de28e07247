"""The first run over a large registry of appeals: what its writer takes many of is written by the batch."""

from __future__ import annotations

import json

import ckan.model as model
import pytest
from ckan.tests import helpers
from ckanext.opengov.civic.service import outbox

from tests.harvest.portal import harvest, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")

TEXT = "Здравствуйте! На улице третью неделю нет уличного освещения. Когда его починят?"
MAPPING = """\
type: appeal
key: code
fields:
  notes: text
  registered_date: date
  kind: kind
"""


def test_the_first_run_over_a_registry_writes_by_the_batch_and_names_the_refused(registry) -> None:
    office = open_office()
    rows = [{"code": one, "text": f"{TEXT} Дом {one}.", "date": "2026-03-10", "kind": ""} for one in range(5)]
    rows[3]["kind"] = "threat"
    source = office.source(registry.put("/list.json", json.dumps(rows)), MAPPING)
    run = harvest(source)
    assert run.changes == {"added": 4, "errored": 1}
    assert run.object_errors[0].startswith("kind: ")
    outbox.drain()
    found = helpers.call_action("package_search", fq="dataset_type:appeal")["results"]
    assert [one["owner_org"] for one in found] == [office.agency["id"]] * 4
    rows[0] |= {"text": "Другой текст, который уже не берётся."}
    registry.put("/list.json", json.dumps(rows[:3]))
    again = harvest(source)
    assert again.changes == {"updated": 1, "deleted": 1}
    assert model.Session.query(model.Package).filter_by(type="appeal").count() == 4
