"""What is checked when a source is saved, so that its officer hears of a mistake now and not in the night."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.harvest.queue import get_harvester
from ckanext.opengov.harvest import fetching
from ckanext.opengov.harvest.dcat_us import DCATUSHarvester
from ckanext.opengov.harvest.messages import RowError, SourceError
from ckanext.opengov.harvest.registry.document import MappingError
from ckanext.opengov.harvest.registry.harvester import RegistryHarvester, read_mapping, unwrap, wrap
from ckanext.opengov.harvest.registry.tables import TableMapping
from ckanext.opengov.harvest.service.agencies import Agencies


def check(url: str, source_type: str, config: str, owner_org: str | None) -> str:
    """Check a source's address and configuration.

    :returns: the configuration as it is stored
    :raises ValidationError: ``url`` and ``config``, with line, field and what would be right
    """
    errors: dict[str, Any] = {}
    if url:
        try:
            fetching.check_address(url)
        except SourceError as error:
            errors["url"] = [error.message.text()]
    harvester = get_harvester(source_type)
    if isinstance(harvester, RegistryHarvester):
        config, faults = _mapping(config, owner_org)
    elif isinstance(harvester, DCATUSHarvester):
        faults = _refusal(harvester, config)
    else:
        faults = []
    if faults:
        errors["config"] = faults
    if errors:
        raise tk.ValidationError(errors)
    return config


def _refusal(harvester: DCATUSHarvester, config: str) -> list[str]:
    try:
        harvester.validate_config(config)
    except ValueError:
        return [tk._('Leave this empty, or write {"vanished": "keep"} to keep entries that are gone.')]
    return []


def _mapping(config: str, owner_org: str | None) -> tuple[str, list[str]]:
    text = unwrap(config)
    try:
        mapping = read_mapping(text)
    except MappingError as error:
        return config, [fault.text() for fault in error.errors]
    if isinstance(mapping, TableMapping):
        # Its rows are one agency's: that of the source.
        return wrap(text), [] if owner_org else [tk._("A table needs an agency. Give the source one.")]
    faults: list[str] = []
    agencies = Agencies(owner_org)
    rule = mapping.agency
    named = [] if rule is None else [rule.constant, rule.default, *(rule.values or {}).values()]
    for name in filter(None, named):
        try:
            agencies.resolve(name)
        except RowError as error:
            faults.append(error.message.text())
    if rule is None and owner_org is None and mapping.type == "dataset":
        faults.append(tk._("Say whose data sets these are: choose an agency for the source, or write agency: name"))
    return wrap(text), faults
