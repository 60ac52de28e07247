"""Frameworks in the database: new ones, versions, and the tree of one, read once."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
import yaml

from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.evaluation.model.evaluations import Framework
from ckanext.opengov.evaluation.service import framework as frameworks
from ckanext.opengov.evaluation.service import registry

TYPE = "evaluation_framework"
EVENTS = {"framework.created": N_("Version {version} was made")}
LARGEST = 1 << 20
MOST_KEPT = 200
# A stored version never changes, so its tree is read once in a process.
_READ: OrderedDict[str, frameworks.Framework] = OrderedDict()


def parse(text: Any) -> Any:
    """A framework given as YAML or JSON text, or as data.

    :raises ValidationError: for what is neither
    """
    if not isinstance(text, str):
        return text
    if len(text) > LARGEST:
        raise tk.ValidationError({"content": [tk._("The text is longer than 1 MB.")]})
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        line = place.line + 1 if place else 0
        raise tk.ValidationError(
            {"content": [tk._("This is no YAML; look at line {line}.").format(line=line)]}
        ) from error


def checked(content: Any) -> frameworks.Framework:
    """The framework, if nothing is wrong with it.

    :raises ValidationError: with every fault, each with its place
    """
    try:
        return frameworks.read(parse(content), registry.indicators())
    except frameworks.WrongFramework as error:
        faults = [f"{fault.where}: {fault.refusal.translated()}" for fault in error.faults]
        raise tk.ValidationError({"content": faults}) from error


def create(content: Any, actor: str | None) -> Framework:
    """Store a framework as a new version of its name.

    :raises ValidationError: as in :func:`checked`
    """
    found = checked(content)
    # Two new versions at once wait for each other.
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"framework:{found.name}"))))
    newest = model.Session.scalar(sa.select(sa.func.max(Framework.version)).where(Framework.name == found.name))
    plain = frameworks.plain(found)
    made = Framework(name=found.name, version=(newest or 0) + 1, title=plain["title"], tree=plain, created_by=actor)
    model.Session.add(made)
    model.Session.flush()
    journal.record(TYPE, made.id, "framework.created", actor=actor, public={"version": made.version})
    return made


def get(reference: Any) -> Framework:
    """A version by its id, ``name@version`` or the newest one by its name.

    :raises ObjectNotFound: when there is none
    """
    given = reference if isinstance(reference, str) else ""
    name, _, version = given.partition("@")
    query = sa.select(Framework).where(sa.or_(Framework.id == given, Framework.name == name))
    if version.isdecimal() and len(version) < 9:
        query = query.where(Framework.version == int(version))
    found = model.Session.scalars(query.order_by(Framework.version.desc()).limit(1)).first()
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no framework “{id}”.").format(id=given[:60]))
    return found


def tree(framework_id: str) -> frameworks.Framework:
    """The tree of a version."""
    known = _READ.get(framework_id)
    if known is None:
        row = model.Session.get_one(Framework, framework_id)
        known = _READ[framework_id] = frameworks.read(row.tree)
        while len(_READ) > MOST_KEPT:
            _READ.popitem(last=False)
    return known


def listed() -> list[Framework]:
    """All versions, newest first in each name."""
    return list(model.Session.scalars(sa.select(Framework).order_by(Framework.name, Framework.version.desc())))


def as_yaml(row: Framework) -> str:
    """A version as text, to look at or to make the next one of it."""
    return yaml.safe_dump(row.tree, allow_unicode=True, sort_keys=False, width=110)
