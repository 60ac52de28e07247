"""Every night the figures become open data: the same sets and files, written only when something has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import jobs
from ckan.tests import factories
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.dialog.service.publishing import nightly, publishing
from click.testing import CliRunner
from freezegun import freeze_time

from tests.dialog.appeals import agency, citizen, write
from tests.dialog.figures_ground import bring

FIGURES, APPEALS, MAP = "open-dialogue-figures", "open-dialogue-appeals", "mobile-coverage-complaints"


@pytest.fixture
def ministry(clean_portal: None) -> Iterator[str]:
    """The agency in whose name is published, with some appeals; its id."""
    found = agency(name="ministry", title_translated={"kk": "Министрлік", "ru": "Министерство", "en": "Ministry"})
    model.delete_system_info(nightly.DONE)
    jobs.get_queue("bulk").empty()
    tk.config["opengov.dialog.publishing_agency"] = "ministry"
    bring("ministry", [3, 6, None])
    yield found
    tk.config["opengov.dialog.publishing_agency"] = ""


def read(action: str, **data: Any) -> Any:
    """As a visitor without an account."""
    return tk.get_action(action)({"user": ""}, data)  # pyright: ignore[reportArgumentType]


def work() -> None:
    """The outbox, then the jobs that load tables, in this process."""
    outbox.drain()
    queue = jobs.get_queue("bulk")
    for job in queue.jobs:
        job.func(*job.args)
    queue.empty()


def stored(dataset: str, number: int = 0) -> list[dict[str, Any]]:
    """The rows of a file in the DataStore."""
    resource = read("package_show", id=dataset)["resources"][number]
    rows = read("datastore_search", resource_id=resource["id"])["records"]
    return [{name: value for name, value in row.items() if name != "_id"} for row in rows]


def test_the_same_sets_every_night_written_only_when_something_has_changed(ministry: str) -> None:
    written = publishing.publish()
    assert written == {FIGURES: ["agencies", "topics", "regions", "kinds"], APPEALS: ["appeals"], MAP: ["cells"]}
    work()
    shown = read("package_show", id=FIGURES)
    assert shown["owner_org"] == ministry
    assert {"kk", "ru", "en"} == set(shown["title_translated"]) == set(shown["resources"][0]["name_translated"])
    (row,) = stored(FIGURES)
    assert (row["month"], row["agency"], row["agency_ru"]) == ("2026-10", "ministry", "Министерство")
    assert [float(row[name]) for name in ("received", "answered", "in_time_share", "median_days")] == [3, 2, 1, 4.5]
    # Nobody rated yet: no share, and no number that would say it.
    assert row["useful_share"] is None
    assert [one["topic_en"] for one in stored(FIGURES, 1)] == ["Roads and transport"]
    listed = stored(APPEALS)
    assert [(one["agency"], one["topic"], str(one["registered"])[:10]) for one in listed] == [
        ("ministry", "roads", "2026-10-01")
    ] * 3
    assert "text" not in listed[0]
    assert "subject" not in listed[0]

    before = [read("package_show", id=one) for one in (FIGURES, APPEALS, MAP)]
    assert publishing.publish() == {FIGURES: [], APPEALS: [], MAP: []}
    assert [read("package_show", id=one) for one in (FIGURES, APPEALS, MAP)] == before

    # A private appeal counts among the figures, and stands in no list.
    write(citizen(), "ministry", public=False)
    assert publishing.publish() == {FIGURES: ["agencies", "topics", "regions", "kinds"], APPEALS: [], MAP: []}
    work()
    after = read("package_show", id=FIGURES)
    assert after["id"] == before[0]["id"]
    assert [one["id"] for one in after["resources"]] == [one["id"] for one in before[0]["resources"]]
    assert sum(int(one["received"]) for one in stored(FIGURES)) == 4
    assert len(stored(APPEALS)) == 3

    # What somebody wrote over a title is put right; a set that was taken off the portal does not come back.
    admin: Any = {"user": factories.Sysadmin()["name"]}
    changed = {"kk": "Басқа", "ru": "Другое", "en": "Other"}
    tk.get_action("package_patch")(dict(admin), {"id": FIGURES, "title_translated": changed})  # pyright: ignore
    tk.get_action("package_delete")(dict(admin), {"id": APPEALS})  # pyright: ignore
    assert publishing.publish()[APPEALS] == []
    assert read("package_show", id=FIGURES)["title_translated"]["en"] == "Open dialogue: figures of appeals"
    with pytest.raises((tk.ObjectNotFound, tk.NotAuthorized)):
        read("package_show", id=APPEALS)


@pytest.mark.usefixtures("ministry")
def test_the_clock_publishes_once_a_night() -> None:
    (task,) = [one for each in manifests() for one in each.periodic_tasks if one.name == "dialog-publish"]
    # One o'clock at night in Almaty, then three.
    with freeze_time("2026-11-23T20:00:00Z"):
        assert task.run() is None
    with freeze_time("2026-11-23T22:00:00Z"):
        assert set(task.run()) == {FIGURES, APPEALS, MAP}
        assert task.run() is None
    with freeze_time("2026-11-24T22:00:00Z"):
        assert task.run() == {FIGURES: [], APPEALS: [], MAP: []}


@pytest.mark.usefixtures("ministry")
def test_by_hand_and_without_an_agency() -> None:
    from ckanext.opengov.dialog.cli import opengov_dialog

    said = CliRunner().invoke(opengov_dialog, ["publish"])
    assert said.output.splitlines()[0] == f"{FIGURES}: agencies, topics, regions, kinds"
    tk.config["opengov.dialog.publishing_agency"] = ""
    assert publishing.publish() == {}
    tk.config["opengov.dialog.publishing_agency"] = "gone"
    with pytest.raises(tk.ValidationError, match=r"Correct opengov\.dialog\.publishing_agency"):
        publishing.publish()
