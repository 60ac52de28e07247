"""The data sets with their files, and the tables that the portal makes of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from stack.demonstration import tables
from stack.demonstration.catalogue import Dataset, agencies, datasets
from stack.demonstration.files import write
from stack.demonstration.generators import rows_of
from stack.demonstration.passports import file_names, passport
from stack.demonstration.portal import Fields, Portal, PortalError, differences

# More would only queue up before the two workers of the web server.
UPLOADS_AT_ONCE = 3
PROGRESS_EVERY = 4


@dataclass(frozen=True)
class Loaded:
    """A data set in the portal; ``fresh`` when its file was sent in this run."""

    dataset: Dataset
    resource_id: str
    rows: int
    written: bool
    fresh: bool

    @property
    def table(self) -> tables.Table:
        return tables.Table(self.dataset.name, self.resource_id, self.rows)


def load(portal: Portal) -> list[str]:
    loaded, problems = _publish_all(portal)
    written = sum(one.written or one.fresh for one in loaded)
    portal.say(f"{len(loaded)} data sets, {written} written")
    return problems + tables.wait_for(portal, [one.table for one in loaded])


def _publish_all(portal: Portal) -> tuple[list[Loaded], list[str]]:
    loaded: list[Loaded] = []
    problems: list[str] = []
    everything = datasets()
    with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
        tasks = {pool.submit(publish, portal, dataset): dataset for dataset in everything}
        for number, task in enumerate(as_completed(tasks), 1):
            try:
                loaded.append(task.result())
            except PortalError as error:
                problems.append(f"data set {tasks[task].name}: {error}")
            if number % PROGRESS_EVERY == 0 or number == len(everything):
                portal.say(f"{number} of {len(everything)} data sets")
    return loaded, problems


def publish(portal: Portal, dataset: Dataset) -> Loaded:
    """Write the passport and the file, as far as they are not in the portal already."""
    agency = next(one for one in agencies() if one.name == dataset.agency)
    rows = rows_of(dataset)
    fields = passport(dataset, agency, list(rows[0]))
    content = write(rows, dataset.format, dataset.name)
    shown = portal.find("package_show", dataset.name)
    written = shown is None
    if shown is None:
        shown = portal.call("package_create", fields)
    else:
        changed = differences(fields, shown | {"owner_org": shown["organization"]["name"]})
        if changed:
            portal.call("package_patch", {"id": shown["id"], **changed})
            written = True
    resource_id, fresh = _send_file(portal, dataset, shown, content)
    return Loaded(dataset, resource_id, len(rows), written, fresh)


def _send_file(portal: Portal, dataset: Dataset, shown: Fields, content: bytes) -> tuple[str, bool]:
    names = file_names(dataset)
    fields = {"name": names["kk"], "name_translated": names, "format": dataset.format}
    file = (dataset.file_name, content)
    known = next((one for one in shown["resources"] if one["url"].endswith(f"/{dataset.file_name}")), None)
    if known is None:
        return portal.call("resource_create", {"package_id": shown["id"], **fields}, file)["id"], True
    if portal.download(known["url"]) != content:
        portal.call("resource_patch", {"id": known["id"], **fields}, file)
        return known["id"], True
    if differences(fields, known):
        portal.call("resource_patch", {"id": known["id"], **fields})
    return known["id"], False
