"""Reports of another register: published ones, with the two sums that registers have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.opengov.budget.model.reports import Report
from ckanext.opengov.budget.service import registry
from ckanext.opengov.budget.service.reports import kinds, life
from ckanext.opengov.civic.model.base import utc_now


class RegistryReports(registry.Writer):
    """``title_translated``, ``notes_translated``, ``report_kind``, ``budget_level``, ``report_period``,
    ``report_planned`` and ``report_actual`` in tenge, ``report_url``.
    """

    TYPE = kinds.TYPE

    def store(self, record: Mapping[str, Any], *, is_new: bool) -> None:
        values = life.checked(_report(record))
        if is_new:
            now = utc_now()
            made = Report(id=record["id"], agency_id=record["owner_org"], state="published", created_at=now, **values)
            made.programme_id, made.published_at = None, now
            life.add(made, record.get("name"))
            return
        found = life.lock(record["id"])
        for name, value in values.items():
            setattr(found, name, value)
        found.state = "published"
        life.settle(found)

    def hide(self, package_id: str) -> None:
        found = life.lock(package_id)
        found.state = "withdrawn"
        life.settle(found)


def _report(record: Mapping[str, Any]) -> dict[str, Any]:
    title, url = registry.translated(record, "title"), registry.short(record, "report_url")
    sums = {name: registry.short(record, f"report_{name}") for name in ("planned", "actual")}
    return {
        "kind": registry.short(record, "report_kind"),
        "level": registry.short(record, "budget_level"),
        "period": registry.short(record, "report_period"),
        "title": title,
        "summary": registry.translated(record, "notes"),
        "figures": {"scale": 1, "rows": [{"title": title, **sums}] if any(sums.values()) else []},
        "links": [{"title": url, "url": url}] if url else [],
    }
