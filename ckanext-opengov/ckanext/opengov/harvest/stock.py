"""The harvesters of other projects, held to the rules of this portal.

They fetch through the guard; a source overwrites only what it made itself, although these harvesters look entities up
by an id that the remote side gives; and an entry that did not change is not written again.
"""

from __future__ import annotations

import json
import logging
import re
from contextlib import suppress
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import requests
import sqlalchemy as sa

from ckanext.dcat.harvesters.rdf import DCATRDFHarvester
from ckanext.dcat.interfaces import IDCATRDFHarvester
from ckanext.harvest.harvesters.ckanharvester import CKANHarvester, ContentFetchError
from ckanext.harvest.model import HarvestGatherError, HarvestObject, HarvestObjectError, HarvestObjectExtra
from ckanext.opengov.harvest import fetching
from ckanext.opengov.harvest.messages import Message, RowError, SourceError
from ckanext.opengov.harvest.service import notices
from ckanext.opengov.harvest.service.agencies import Agencies
from ckanext.opengov.harvest.service.difference import Known, check_vanished, make_plan

log = logging.getLogger(__name__)

# What the RDF harvester makes up anew each time.
VOLATILE = ("name", "id")
BLANK_NODE = re.compile(r"\bN[0-9a-f]{32}\b")


def check_own(package_id: str, source_id: str) -> None:
    """Refuse to touch a package that this source did not make.

    :raises ValueError: when it belongs to another source or to none
    """
    made = sa.select(HarvestObject.id).where(
        HarvestObject.package_id == package_id, HarvestObject.harvest_source_id == source_id
    )
    if model.Package.get(package_id) is not None and model.Session.scalars(made.limit(1)).first() is None:
        raise ValueError("The data set with this id was not made by this source and is not overwritten by it.")


def _agency_of(source_id: str) -> str | None:
    package = model.Package.get(source_id)
    return package.owner_org if package else None


class Careful:
    """Mixed into a harvester: what goes wrong ends its run, not the process, and a run that failed leaves nothing."""

    def gather_stage(self, harvest_job: Any) -> list[str] | None:
        if harvest_job.status == "Finished":
            return []
        try:
            found = super().gather_stage(harvest_job)  # pyright: ignore[reportAttributeAccessIssue]
        except Exception as error:
            log.exception("Gathering of source %s failed", harvest_job.source_id)
            model.Session.rollback()
            HarvestGatherError.create(
                f"The answer of the source could not be read ({type(error).__name__}).", harvest_job
            )
            found = None
        if not found:
            _discard(harvest_job)
        _tell(harvest_job)
        return found

    def import_stage(self, harvest_object: Any) -> Any:
        try:
            return super().import_stage(harvest_object)  # pyright: ignore[reportAttributeAccessIssue]
        except Exception as error:
            log.exception("Import of %s failed", harvest_object.guid)
            model.Session.rollback()
            HarvestObjectError.create(
                f"The entry could not be written ({type(error).__name__}).", harvest_object, "Import"
            )
            return False


def _discard(job: Any) -> None:
    """Objects of a run that was given up half-way would be sent on by the next tick of the clock."""
    ids = sa.select(HarvestObject.id).where(HarvestObject.harvest_job_id == job.id)
    for table in (HarvestObjectExtra, HarvestObjectError):
        model.Session.execute(sa.delete(table).where(table.harvest_object_id.in_(ids)))
    model.Session.execute(sa.delete(HarvestObject).where(HarvestObject.harvest_job_id == job.id))
    model.Session.commit()


def _tell(job: Any) -> None:
    errors = sa.select(HarvestGatherError.message).where(HarvestGatherError.harvest_job_id == job.id)
    first = model.Session.scalars(errors.order_by(HarvestGatherError.created).limit(1)).first()
    if first:
        notices.open_notice(job.source_id, "trouble", Message("{reason}", {"reason": first}))
    else:
        notices.close_notices(job.source_id)
    model.Session.commit()


class GuardedCKANHarvester(Careful, CKANHarvester):
    """Data sets of another CKAN; what it has of other types stays there."""

    def _get_content(self, url: str) -> str:
        key = (self.config or {}).get("api_key")
        headers = {"Authorization": key} if key else {}
        try:
            with fetching.guard(requests.Session()) as session:
                answer = session.get(url, headers=headers)
                answer.raise_for_status()
                return answer.text
        except (requests.RequestException, SourceError) as error:
            raise ContentFetchError(str(error)) from error

    def _search_for_datasets(self, remote_ckan_base_url: str, fq_terms: list[str] | None = None) -> Any:
        return super()._search_for_datasets(remote_ckan_base_url, [*(fq_terms or []), "dataset_type:dataset"])

    def _create_or_update_package(self, package_dict: Any, harvest_object: Any, package_dict_form: str = "rest") -> Any:
        try:
            check_own(package_dict["id"], harvest_object.harvest_source_id)
            agencies = Agencies(_agency_of(harvest_object.harvest_source_id))
            package_dict["owner_org"] = agencies.resolve(package_dict.get("owner_org"))
        except (RowError, ValueError) as error:
            self._save_object_error(str(error), harvest_object, "Import")
            return None
        return super()._create_or_update_package(package_dict, harvest_object, package_dict_form)


class GuardedDCATHarvester(Careful, DCATRDFHarvester):
    """A catalogue in RDF."""

    def _mark_datasets_for_deletion(self, guids_in_source: list[str], harvest_job: Any) -> list[str]:
        current: Any = HarvestObject.current
        query = sa.select(HarvestObject.guid).where(
            current.is_(True), HarvestObject.harvest_source_id == harvest_job.source_id
        )
        known = {str(guid): Known("", "") for guid in model.Session.scalars(query)}
        try:
            check_vanished(known, make_plan(known, dict.fromkeys(guids_in_source, "")))
        except SourceError as error:
            self._save_gather_error(str(error), harvest_job)
            return []
        return super()._mark_datasets_for_deletion(guids_in_source, harvest_job)

    def _get_existing_dataset(self, guid: str) -> dict[str, Any] | None:
        """Withdrawn ones too, which the stock look-up may not read, and then takes the whole fetcher down."""
        found = self._read_datasets_from_db(guid)
        return tk.get_action("package_show")({"ignore_auth": True}, {"id": found[0][0]}) if found else None


class DCATRules(p.SingletonPlugin):
    """What the DCAT harvesters ask at each of their steps."""

    p.implements(IDCATRDFHarvester, inherit=True)

    def update_session(self, session: requests.Session) -> requests.Session:
        return fetching.guard(session)

    def before_download(self, url: str, harvest_job: Any) -> tuple[str | None, list[str]]:
        try:
            fetching.check_address(url)
        except SourceError as error:
            return None, [str(error)]
        return url, []

    def after_parsing(self, rdf_parser: Any, harvest_job: Any) -> tuple[Any, list[str]]:
        # An empty catalogue would have every data set of the source deleted.
        if next(iter(rdf_parser.datasets()), None) is None:
            return None, ["The catalogue has no data sets. Nothing was changed."]
        return rdf_parser, []

    def before_update(self, harvest_object: Any, dataset_dict: dict[str, Any], temp_dict: dict[str, Any]) -> None:
        check_own(dataset_dict["id"], harvest_object.harvest_source_id)
        before = _last_complete(harvest_object)
        if before is None:
            return
        if before.report_status == "deleted":
            dataset_dict["state"] = "active"
        elif _steady(before.content) == _steady(harvest_object.content):
            harvest_object.package_id = dataset_dict["id"]
            # The harvester leaves a data set alone when nothing is left of it here.
            dataset_dict.clear()


def _last_complete(harvest_object: Any) -> Any:
    query = (
        sa.select(HarvestObject)
        .where(
            HarvestObject.guid == harvest_object.guid,
            HarvestObject.harvest_source_id == harvest_object.harvest_source_id,
            HarvestObject.id != harvest_object.id,
            HarvestObject.state == "COMPLETE",
        )
        .order_by(HarvestObject.import_finished.desc())
        .limit(1)
    )
    return model.Session.scalars(query).first()


def _steady(content: str | None) -> Any:
    """A record without what changes from run to run: a graph has no order, and its blank nodes have no names."""
    record = json.loads(BLANK_NODE.sub("_:", content or "{}"))
    return _sorted({name: value for name, value in record.items() if name not in VOLATILE})


def _sorted(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(("[", "{")):
        # Lists of an RDF record stand in it as JSON.
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict):
        return {name: _sorted(part) for name, part in value.items()}
    if isinstance(value, list):
        return sorted((_sorted(part) for part in value), key=lambda part: json.dumps(part, sort_keys=True))
    return value
