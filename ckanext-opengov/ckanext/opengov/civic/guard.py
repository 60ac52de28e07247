"""One way in: stock actions refuse to write packages of guarded types.

A component's service passes :func:`service_context` to the stock action; the flag in it is an object of this
process, so no request can carry it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, NamedTuple

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Action, ChainedAction, Context, DataDict

from ckanext.opengov.civic.interfaces import guarded_types

_FLAG = "opengov_service"
_SERVICE = object()
# Core makes fresh contexts for the actions that it calls in turn (default views); the flag goes on for those.
_inside_service: ContextVar[bool] = ContextVar("opengov_inside_service", default=False)


class Target(NamedTuple):
    """What a stock write is about to touch."""

    package: str | None
    new_type: str | None = None


Finder = Callable[[DataDict], Iterable[Target]]


def service_context(context: Context) -> Context:
    """A fresh context with which a component's service may write its own types by the stock actions."""
    fresh = tk.fresh_context(context)
    fresh["ignore_auth"] = True
    fresh[_FLAG] = _SERVICE  # pyright: ignore[reportGeneralTypeIssues]
    return fresh


def is_service(context: Context) -> bool:
    """Whether the call comes from a component's service."""
    return context.get(_FLAG) is _SERVICE or _inside_service.get()


def _package(key: str) -> Finder:
    return lambda data: [Target(data.get(key) or data.get("name"), data.get("type"))]


def _package_of_resource(key: str) -> Finder:
    def find(data: DataDict) -> list[Target]:
        reference = data.get(key)
        resource = model.Resource.get(reference) if isinstance(reference, str) and reference else None
        return [Target(resource.package_id if resource else None)]

    return find


def _resource_of_datastore(data: DataDict) -> list[Target]:
    new_resource = data.get("resource")
    if isinstance(new_resource, dict):
        return [Target(new_resource.get("package_id"))]
    return list(_package_of_resource("resource_id")(data))


def _resource_of_new_views(data: DataDict) -> list[Target]:
    resource = data.get("resource")
    return list(_package_of_resource("id")(resource)) if isinstance(resource, dict) else []


def _package_of_view(data: DataDict) -> list[Target]:
    reference = data.get("id")
    view = model.ResourceView.get(reference) if isinstance(reference, str) and reference else None
    return _package_of_resource("resource_id")({"resource_id": view.resource_id}) if view else []  # pyright: ignore


def _package_of_new_views(data: DataDict) -> list[Target]:
    package = data.get("package")
    return [Target(package.get("id"))] if isinstance(package, dict) else []


def _revised(data: DataDict) -> list[Target]:
    match = data.get("match") if isinstance(data.get("match"), dict) else {}
    update = data.get("update") if isinstance(data.get("update"), dict) else {}
    references = [match.get("id"), match.get("name"), data.get("match__id"), data.get("match__name")]
    new_type = update.get("type") or data.get("update__type")
    return [Target(reference, new_type) for reference in references if reference] or [Target(None, new_type)]


def _many(data: DataDict) -> list[Target]:
    datasets = data.get("datasets")
    return [Target(reference) for reference in datasets] if isinstance(datasets, list) else []


def _member(data: DataDict) -> list[Target]:
    return [Target(data.get("object"))] if data.get("object_type") == "package" else []


def _relationship(data: DataDict) -> list[Target]:
    return [Target(data.get("subject")), Target(data.get("object"))]


# Every stock action that writes a package or what hangs on one, and how to find that package in its parameters.
STOCK_WRITES: dict[str, Finder] = {
    "package_create": _package("id"),
    "package_update": _package("id"),
    "package_patch": _package("id"),
    "package_revise": _revised,
    "package_delete": _package("id"),
    "dataset_purge": _package("id"),
    "package_owner_org_update": _package("id"),
    "package_resource_reorder": _package("id"),
    "package_collaborator_create": _package("id"),
    "package_collaborator_delete": _package("id"),
    "package_relationship_create": _relationship,
    "package_relationship_update": _relationship,
    "package_relationship_delete": _relationship,
    "bulk_update_private": _many,
    "bulk_update_public": _many,
    "bulk_update_delete": _many,
    "member_create": _member,
    "member_delete": _member,
    "resource_create": _package("package_id"),
    "resource_update": _package_of_resource("id"),
    "resource_patch": _package_of_resource("id"),
    "resource_delete": _package_of_resource("id"),
    "resource_view_create": _package_of_resource("resource_id"),
    "resource_view_update": _package_of_view,
    "resource_view_delete": _package_of_view,
    "resource_view_reorder": _package_of_resource("id"),
    "resource_create_default_resource_views": _resource_of_new_views,
    "package_create_default_resource_views": _package_of_new_views,
    "datastore_create": _resource_of_datastore,
    "datastore_upsert": _package_of_resource("resource_id"),
    "datastore_delete": _package_of_resource("resource_id"),
    "datastore_records_delete": _package_of_resource("resource_id"),
    "datastore_run_triggers": _package_of_resource("resource_id"),
    "xloader_submit": _package_of_resource("resource_id"),
}


def refuse_guarded(context: Context, targets: Iterable[Target]) -> None:
    """Raise when one of the targets is, or would become, a package of a guarded type.

    :raises NotAuthorized: with the name of the type
    """
    if is_service(context):
        return
    guarded = guarded_types()
    for target in targets:
        kinds = {target.new_type} if target.new_type else set()
        if isinstance(target.package, str) and target.package:
            package = model.Package.get(target.package)
            if package:
                kinds.add(package.type)
        for kind in kinds & guarded:
            raise tk.NotAuthorized(
                tk._("Records of type “{type}” are changed by their own actions only.").format(type=kind)
            )


def known_types() -> set[str]:
    """The package types that have a schema or a plugin of their own."""
    schemas = tk.h.scheming_dataset_schemas() or {}
    return set(schemas) | {"harvest"} | guarded_types()


def _refuse_unknown_type(context: Context, data: DataDict) -> None:
    kind = data.get("type") or tk.config["ckan.default.package_type"]
    if not is_service(context) and kind not in known_types():
        message = tk._("There is no type “{type}”. Known types: {known}.")
        raise tk.ValidationError({"type": [message.format(type=kind, known=", ".join(sorted(known_types())))]})


def _guarded(name: str, find: Finder) -> ChainedAction:
    @tk.chained_action
    def action(original: Action, context: Context, data_dict: DataDict) -> Any:
        refuse_guarded(context, find(data_dict))
        if name == "package_create":
            _refuse_unknown_type(context, data_dict)
        token = _inside_service.set(is_service(context))
        try:
            return original(context, data_dict)
        finally:
            _inside_service.reset(token)

    action.__name__ = name
    return action


def guarded_actions() -> dict[str, ChainedAction]:
    """Chained actions for all stock writes; those of plugins that are not loaded are left out."""
    from ckan.plugins import plugin_loaded

    owners = {"datastore": "datastore", "xloader": "xloader"}
    return {
        name: _guarded(name, find)
        for name, find in STOCK_WRITES.items()
        if (owner := owners.get(name.split("_")[0])) is None or plugin_loaded(owner)
    }
