"""One registry of another system, read from a file by the harvester as it would be read from an address."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

from stack.demonstration.catalogue import FOLDER
from stack.demonstration.portal import Fields, Portal, differences, wait_until

REGISTRIES = FOLDER / "registries"
LIST = REGISTRIES / "passports.csv"
MAPPING = REGISTRIES / "passports.yaml"
NAME = "finance-registries"
# A source may write for its agency and the agencies under it.
AGENCY = "ministry-of-finance"
HARVEST_WAIT = 90


def load(portal: Portal) -> list[str]:
    source, written = write_source(portal)
    if written or needs_run(LIST, _last_job(source)):
        job = run_source(portal, source)
        if job["status"] != "Finished":
            return [f"harvest of {LIST.name}: status {job['status']} after {HARVEST_WAIT} s"]
        source = portal.call("harvest_source_show", {"id": NAME})
    expected = _row_count()
    count = source["status"]["total_datasets"]
    portal.say(f"{count} of {expected} rows of the registry are data sets")
    return [] if count == expected else _why_not(portal, source, expected)


def _fields() -> Fields:
    return {
        "name": NAME,
        "owner_org": AGENCY,
        "title": "Қаржы саласының тізілімдері / Реестры финансовой отрасли / Registries of the finance sector",
        "notes": "Демонстрация үшін генерацияланған тізім. Список сгенерирован для демонстрации. "
        "The list is generated for demonstration.",
        "url": LIST.as_uri(),
        "source_type": "opengov_registry",
        "frequency": "WEEKLY",
    }


def write_source(portal: Portal) -> tuple[Fields, bool]:
    """The source, and whether it had to be written."""
    return save_source(portal, _fields(), MAPPING.read_text(encoding="utf-8").strip())


def save_source(portal: Portal, fields: Fields, mapping: str) -> tuple[Fields, bool]:
    """A source as it should be, and whether it had to be written."""
    name = fields["name"]
    shown = portal.find("harvest_source_show", name)
    if shown is None:
        portal.call("harvest_source_create", {**fields, "config": mapping})
    elif differences(fields, shown | {"owner_org": shown["organization"]["name"]}) or mapping != _mapping_of(shown):
        portal.call("harvest_source_update", {**fields, "id": shown["id"], "config": mapping})
    else:
        return shown, False
    return portal.call("harvest_source_show", {"id": name}), True


def _mapping_of(source: Fields) -> str:
    """The portal keeps a mapping inside a JSON object."""
    config = source.get("config") or ""
    try:
        found = json.loads(config)
    except ValueError:
        return config
    return found.get("mapping", config) if isinstance(found, dict) else config


def _last_job(source: Fields) -> Fields | None:
    return source["status"]["last_job"]


def needs_run(path: Path, job: Fields | None) -> bool:
    """Whether the file was written after the last run, or no run has come to its end without errors."""
    if not job or job["status"] != "Finished" or job["stats"].get("errored"):
        return True
    begun = dt.datetime.fromisoformat(job["created"]).replace(tzinfo=dt.UTC)
    return path.stat().st_mtime > begun.timestamp()


def run_source(portal: Portal, source: Fields) -> Fields:
    """Start a run, or join the one that is under way, and wait for its end."""
    last = _last_job(source)
    waiting = last and last["status"] in ("New", "Running")
    job = last if last and waiting else portal.call("harvest_job_create", {"source_id": source["id"], "run": True})
    state: Fields = dict(job)

    def finished() -> bool:
        # Closes the run as soon as its last row is in; the portal's clock does the same every minute.
        portal.call("harvest_jobs_run", {"source_id": source["id"]})
        state.update(portal.call("harvest_job_show", {"id": job["id"]}))
        return state["status"] in ("Finished", "Aborted")

    wait_until(finished, HARVEST_WAIT)
    return state


def _row_count() -> int:
    with LIST.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.DictReader(lines))


def _why_not(portal: Portal, source: Fields, expected: int) -> list[str]:
    job = _last_job(source)
    report = portal.call("harvest_job_report", {"id": job["id"]}) if job else {}
    found = [error["message"] for error in report.get("gather_errors", [])]
    for entry in report.get("object_errors", {}).values():
        found += [error["message"] for error in entry["errors"]]
    reasons = "; ".join(found) or "no reason given"
    return [f"harvest of {LIST.name}: {source['status']['total_datasets']} of {expected} rows ({reasons})"]
