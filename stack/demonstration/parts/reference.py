"""Reference data read by the harvester: a small address register and a code list; and a table that many agencies fill.

All of it is generated, says so, and names nobody.
"""

from __future__ import annotations

import requests

from stack.demonstration.catalogue import agencies
from stack.demonstration.parts.registry import HARVEST_WAIT, REGISTRIES, needs_run, run_source, save_source
from stack.demonstration.portal import TIMEOUT, Fields, Portal, PortalError

AGENCY = "ministry-of-finance"
# Source → what its table is.
ROLES = {
    "address-places": "places",
    "address-streets": "streets",
    "address-buildings": "buildings",
    "code-measures": "codes",
}
SHARED = "services-of-agencies"
FILLERS = 3
SYSTEM = "Қызметтер тізілімі / Реестр услуг (демонстрация)"


def load(portal: Portal) -> list[str]:
    problems = [problem for name in ROLES if (problem := _harvest(portal, name))]
    if problems:
        return problems
    known = {one["dataset"]: one["role"] for one in portal.call("data_reference_list")}
    for name, role in ROLES.items():
        if known.get(name) != role:
            resource = portal.call("package_show", {"id": name})["resources"][0]["id"]
            portal.call("data_reference_assign", {"resource_id": resource, "role": role})
    _fill(portal)
    portal.say(f"{len(ROLES)} tables of reference data, and one that {FILLERS} agencies fill")
    return []


def _harvest(portal: Portal, name: str) -> str | None:
    path = REGISTRIES / f"{name}.csv"
    fields = {
        "name": f"source-{name}",
        "owner_org": AGENCY,
        "title": f"{name} (демонстрация)",
        "notes": "Демонстрация үшін генерацияланған тізім. Список сгенерирован для демонстрации. "
        "The list is generated for demonstration.",
        "url": path.as_uri(),
        "source_type": "opengov_registry",
        "frequency": "WEEKLY",
    }
    source, written = save_source(portal, fields, (REGISTRIES / f"{name}.yaml").read_text(encoding="utf-8").strip())
    if not written and not needs_run(path, source["status"]["last_job"]):
        return None
    job = run_source(portal, source)
    if job["status"] != "Finished" or job["stats"].get("errored"):
        return f"harvest of {path.name}: status {job['status']} after {HARVEST_WAIT} s"
    return None


def _structure() -> Fields:
    def field(name: str, kk: str, ru: str, en: str, **more: object) -> Fields:
        return {"name": name, "type": "string", "title_translated": {"kk": kk, "ru": ru, "en": en}, **more}

    return {
        "fields": [
            field("agency", "Орган", "Орган", "Agency"),
            field("service", "Көрсетілетін қызмет коды", "Код услуги", "Code of the service"),
            field("name_kk", "Қызмет атауы", "Название услуги на казахском", "Name in Kazakh"),
            field("measure", "Өлшем бірлігі", "Единица измерения", "Unit of measure"),
            field("count", "2026 жылғы саны", "Оказано за 2026 год", "Given in 2026", type="integer"),
        ],
        "primaryKey": ["agency", "service"],
        "filledBy": {"field": "agency", "agencies": []},
        "foreignKeys": [{"fields": "measure", "reference": {"resource": "code-measures", "fields": "code"}}],
    }


def _fill(portal: Portal) -> None:
    """Each of some agencies sends its part as it would send the filled template."""
    made = portal.call(
        "data_dataset_register",
        {
            "agency": AGENCY,
            "external_id": SHARED,
            "name": SHARED,
            "title_translated": {
                "kk": "Органдар көрсететін қызметтер (демонстрация)",
                "ru": "Услуги органов (демонстрация)",
                "en": "Services of agencies (demonstration)",
            },
            "frequency": "YEARLY",
            "category": "GOVE",
            "schema": _structure(),
        },
    )
    for place, agency in enumerate(agencies()[:FILLERS], 1):
        order = {"resource_id": made["resource_id"], "agency": agency.name, "mode": "replace"}
        portal.call("data_template_upload", order, (f"{SHARED}.csv", _rows(place)))
    _push(portal, made["resource_id"])


def _rows(place: int) -> bytes:
    lines = ["service,name_kk,measure,count"]
    lines += [f"S{place}{number:02d},Анықтама беру №{number},796,{place * 100 + number}" for number in range(1, 6)]
    return ("\n".join(lines) + "\n").encode()


def _push(portal: Portal, resource_id: str) -> None:
    """A system sends the part of its agency by itself; its token is worth nothing afterwards."""
    if any(one["name"] == SYSTEM for one in portal.call("data_token_list", {"agency": AGENCY})):
        return
    made = portal.call("data_token_create", {"agency": AGENCY, "name": SYSTEM, "scopes": ["push"]})
    headers = {"Authorization": f"Bearer {made['token']}", "Content-Type": "text/csv"}
    try:
        answer = requests.post(
            f"{portal.url}/api/push/{resource_id}", data=_rows(FILLERS + 1), headers=headers, timeout=TIMEOUT
        )
    except requests.RequestException as error:
        raise PortalError(f"push: {error}") from error
    finally:
        portal.call("data_token_revoke", {"id": made["id"]})
    if answer.status_code != 200:
        raise PortalError(f"push: {answer.text[:500]}")
