"""``opengov_registry``: a JSON, NDJSON, CSV or XLSX list at an address, with a mapping in YAML."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
from ckan.types import Context

from ckanext.opengov.harvest.fetching import Fetched
from ckanext.opengov.harvest.harvester import ListHarvester, Settings, source_view
from ckanext.opengov.harvest.listing import BadRow, Listing, Record, content_hash
from ckanext.opengov.harvest.messages import N_, SourceError
from ckanext.opengov.harvest.registry import readers, records, table_runs, tables
from ckanext.opengov.harvest.registry.document import MappingError
from ckanext.opengov.harvest.registry.mapping import RegistryMapping, parse
from ckanext.opengov.harvest.registry.vocabulary import vocabulary
from ckanext.opengov.harvest.service import runs

NAME = "opengov_registry"


def unwrap(config: str) -> str:
    """The mapping's text. The source keeps it as one JSON string: harvesting takes every other name for a field."""
    try:
        found = json.loads(config)
    except ValueError:
        return config
    if isinstance(found, dict) and set(found) == {"mapping"} and isinstance(found["mapping"], str):
        return found["mapping"]
    return config


def wrap(text: str) -> str:
    """The configuration of a source with this mapping."""
    return json.dumps({"mapping": text}, ensure_ascii=False)


def read_mapping(config: str) -> RegistryMapping | tables.TableMapping:
    """:raises MappingError: with all that is wrong, by line and field"""
    text = unwrap(config)
    return tables.parse(text) if tables.is_meant(text) else parse(text, vocabulary())


class RegistryHarvester(ListHarvester):
    """Feeds the entity type that its mapping names; or, where the mapping names a table, the rows of that table."""

    def info(self) -> dict[str, str]:
        return {
            "name": NAME,
            "title": "Registry",
            "description": "A list in JSON, CSV or Excel, with a mapping that says which column goes into which field",
        }

    def validate_config(self, config: str) -> str:
        read_mapping(config or "")
        return wrap(unwrap(config))

    def settings(self, config: str) -> Settings:
        try:
            mapping = read_mapping(config)
        except MappingError as error:
            first = error.errors[0]
            message = N_("The mapping does not fit the portal any more. Line {line}, {field}: {reason}")
            reason = first.message.plain()
            raise SourceError("mapping", message, line=first.line, field=first.field, reason=reason) from None
        if isinstance(mapping, tables.TableMapping):
            raise SourceError("mapping", N_("A list that fills a table is checked as a whole by each run."))
        withdraw = mapping.vanished == "withdraw"
        return Settings(mapping.type, withdraw, content_hash(unwrap(config)), mapping.shape, mapping)

    def gather_stage(self, harvest_job: Any) -> list[str]:
        text = unwrap(harvest_job.source.config or "")
        if not tables.is_meant(text) or harvest_job.status == "Finished":
            return super().gather_stage(harvest_job)
        context: Context = {"ignore_auth": True, "user": self._get_user_name()}
        try:
            table_runs.run(harvest_job, source_view(harvest_job.source), text, context)
        except SourceError as error:
            model.Session.rollback()
            runs.stop(harvest_job, error)
        except MappingError as error:
            message = N_("The mapping does not fit the portal any more. Line {line}, {field}: {reason}")
            first = error.errors[0]
            values = {"line": first.line, "field": first.field, "reason": first.message.plain()}
            runs.stop(harvest_job, SourceError("mapping", message, **values))
        return []

    def read(self, fetched: Fetched, settings: Settings) -> Listing:
        listing = readers.read(fetched, settings.mapping.rows)
        records.check_columns(settings.mapping, listing)
        return listing

    def records(self, listing: Listing, settings: Settings) -> tuple[dict[str, Record], list[BadRow]]:
        return records.apply(settings.mapping, listing)
