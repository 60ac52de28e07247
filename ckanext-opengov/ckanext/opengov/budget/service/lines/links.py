"""What a line or a sum belongs to beyond money: its programme, and the audits that found something there.

Codes are those of the national path: administrator and programme (225-099), and the specific for a line (225-099-100).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.audits import Audit, Finding
from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.civic.interfaces import Link
from ckanext.opengov.civic.service import wording

_ADMINISTRATOR, _PROGRAMME = "functional.administrator", "functional.programme"


def programme_code(codes: Mapping[str, str]) -> str:
    """The code of the programme that a place belongs to; empty above programmes.

    :param codes: step, such as ``functional.programme`` → its code
    """
    if not codes.get(_PROGRAMME):
        return ""
    return f"{codes.get(_ADMINISTRATOR, '')}-{codes[_PROGRAMME]}".strip("-")


def codes_of(line: Mapping[str, Any]) -> dict[str, str]:
    """The codes of a line by step."""
    return {f"{axis}.{step['level']}": step["code"] for axis, steps in line["codes"].items() for step in steps}


def of_codes(codes: Iterable[str]) -> dict[str, list[Link]]:
    """Code of a programme → public pages about it."""
    wanted = sorted({one for one in codes if one})
    found: dict[str, list[Link]] = {one: [] for one in wanted}
    if wanted:
        for code, link in (*_programmes(wanted), *_audits(wanted)):
            if link not in found[code]:
                found[code].append(link)
    return found


def _programmes(wanted: list[str]) -> Iterable[tuple[str, Link]]:
    package = model.Package
    query = (
        sa.select(Programme, package.name)
        .join(package, package.id == Programme.id)
        .where(Programme.code.in_(wanted), _is_public())
    )
    for programme, name in model.Session.execute(query):
        title = wording.pick(programme.passport["title"], wording.current())
        yield programme.code, Link(tk._("Programme: {title}").format(title=title), f"/budget_programme/{name}")


def _audits(wanted: list[str]) -> Iterable[tuple[str, Link]]:
    package = model.Package
    query = (
        sa.select(Finding.programme_code, Audit.title, package.name)
        .join(Audit, Audit.id == Finding.audit_id)
        .join(package, package.id == Audit.id)
        .where(Finding.programme_code.in_(wanted), _is_public())
        .distinct()
    )
    for code, title, name in model.Session.execute(query):
        text = wording.pick(title, wording.current())
        yield code, Link(tk._("Audit: {title}").format(title=text), f"/audit_result/{name}")


def _is_public() -> Any:
    package: Any = model.Package
    return sa.and_(package.state == model.State.ACTIVE, package.private.is_(False))
