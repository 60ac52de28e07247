"""``opengov_budget_packages``: a registry of budgets, each a Fiscal Data Package at an address of its own.

The registry is a JSON list, or an object with the list under ``packages``. An entry has ``name`` (of the budget here),
``descriptor`` (the address of its datapackage.json), and for a budget that is not here yet ``level``, ``title`` (a
text, or texts by language) and ``region``. Each package is taken in whole or not at all, by the actions that officers
use; the same file again changes nothing, so every run looks at every package.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opengov.harvest import fetching
from ckanext.opengov.harvest.harvester import ListHarvester, Settings, SourceView, source_view
from ckanext.opengov.harvest.listing import BadRow, Listing, Record, content_hash
from ckanext.opengov.harvest.messages import N_, RowError, SourceError
from ckanext.opengov.harvest.model import HarvestRun
from ckanext.opengov.harvest.service import runs

NAME = "opengov_budget_packages"
MOST = 200
_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{1,80}$")


class BudgetPackagesHarvester(ListHarvester):
    """Brings budgets to what their packages say."""

    def info(self) -> dict[str, str]:
        return {
            "name": NAME,
            "title": "Registry of budgets",
            "description": "A JSON list of Fiscal Data Packages, each with the lines of one budget",
        }

    def validate_config(self, config: str) -> str:
        """:raises ValueError: for anything: the entries of the registry say all there is to say"""
        if config and config.strip() not in {"", "{}"}:
            raise ValueError(tk._("Leave this empty: the registry says what is to be taken in."))
        return config

    def settings(self, config: str) -> Settings:
        raise SourceError("mapping", N_("A registry of budgets is checked as a whole by each run."))

    def read(self, fetched: fetching.Fetched, settings: Settings) -> Listing:
        return Listing((), [])

    def records(self, listing: Listing, settings: Settings) -> tuple[dict[str, Record], list[BadRow]]:
        return {}, []

    def gather_stage(self, harvest_job: Any) -> list[str]:
        if harvest_job.status == "Finished":
            return []
        context: Context = {"ignore_auth": True, "user": self._get_user_name()}
        try:
            _run(harvest_job, source_view(harvest_job.source), context)
        except SourceError as error:
            model.Session.rollback()
            runs.stop(harvest_job, error)
        return []


def _run(job: Any, source: SourceView, context: Context) -> None:
    if not source.owner_org:
        raise SourceError("mapping", N_("Budgets need an agency. Give the source one."))
    fetched = fetching.fetch(source.url)
    counts: dict[str, int] = dict.fromkeys(("new", "changed", "unchanged", "vanished", "returned", "held", "bad"), 0)
    bad: list[BadRow] = []
    for place, entry in enumerate(_entries(fetched), 1):
        key = str(entry.get("name") or "") if isinstance(entry, Mapping) else ""
        try:
            counts[_take_in(entry, source, context)] += 1
        except RowError as error:
            bad.append(BadRow(place, error.field, error.message, key or None))
        except SourceError as error:
            bad.append(BadRow(place, "descriptor", error.message, key or None))
    found = HarvestRun(
        job_id=job.id,
        source_id=job.source_id,
        counts={**counts, "bad": len(bad)},
        columns=[],
        content_hash=fetched.digest,
        mapping_hash=content_hash(source.config),
    )
    runs.start(job, found, bad, [], {})


def _entries(fetched: fetching.Fetched) -> list[Any]:
    document = _json(fetched)
    entries = document.get("packages") if isinstance(document, Mapping) else document
    if not isinstance(entries, list) or not entries:
        raise SourceError("empty", N_("The registry has no list of packages."))
    return entries[:MOST]


def _json(fetched: fetching.Fetched) -> Any:
    try:
        return json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", "?")
        raise SourceError("unreadable", N_("The file is not valid JSON (line {line})."), line=line) from None


def _take_in(entry: Any, source: SourceView, context: Context) -> str:
    """One package.

    :returns: what became of it: ``new``, ``changed`` or ``unchanged``
    """
    if not isinstance(entry, Mapping):
        raise RowError("", N_("The item is not an object with named fields."))
    name, address = entry.get("name"), entry.get("descriptor")
    if not isinstance(name, str) or not _NAME.match(name):
        raise RowError("name", N_("The package needs a name of small Latin letters, digits and hyphens."))
    if not isinstance(address, str) or not address:
        raise RowError("descriptor", N_("The package needs the address of its descriptor."))
    address = urljoin(source.url, address)
    descriptor = _json(fetching.fetch(address))
    data = fetching.fetch(urljoin(address, _path(descriptor)))
    is_new = _budget(entry, name, source, context)
    order = {"budget": name, "upload": io.BytesIO(data.body), "file_name": address, "descriptor": descriptor}
    try:
        made = tk.get_action("budget_import")(tk.fresh_context(context), order)
    except tk.ValidationError as error:
        model.Session.rollback()
        raise RowError("descriptor", "{reason}", reason=" ".join(_reasons(error))[:500]) from None
    if made["repeated"]:
        return "unchanged"
    return "new" if is_new else "changed"


def _path(descriptor: Any) -> str:
    resources = descriptor.get("resources") if isinstance(descriptor, Mapping) else None
    first = resources[0] if isinstance(resources, list) and resources else None
    path = first.get("path") if isinstance(first, Mapping) else None
    path = path[0] if isinstance(path, list) and path else path
    if not isinstance(path, str) or not path:
        raise RowError("descriptor", N_("The descriptor names no file with the lines."))
    return path


def _budget(entry: Mapping[str, Any], name: str, source: SourceView, context: Context) -> bool:
    """Find or make the budget.

    :returns: whether it is new
    """
    try:
        found = tk.get_action("budget_show")(tk.fresh_context(context), {"id": name})
    except tk.ObjectNotFound:
        found = None
    if found is not None:
        if found["owner_org"] != source.owner_org:
            raise RowError("name", N_("There is a budget “{name}” of another agency."), name=name)
        return False
    title = entry.get("title")
    titles = title if isinstance(title, Mapping) else {"kk": title, "ru": title}
    order = {
        "name": name,
        "title_translated": {code: str(text) for code, text in titles.items() if text} or {"en": name},
        "owner_org": source.owner_org,
        "level": entry.get("level") or "republican",
        "region": entry.get("region") or "",
    }
    try:
        tk.get_action("budget_create")(tk.fresh_context(context), order)
    except tk.ValidationError as error:
        raise RowError("level", "{reason}", reason=" ".join(_reasons(error))[:500]) from None
    return True


def _reasons(error: tk.ValidationError) -> Iterator[str]:
    given: Any = error.error_dict
    for name, texts in given.items():
        if name not in {"findings", "questions", "import"} and isinstance(texts, list):
            yield from (text for text in texts if isinstance(text, str))
