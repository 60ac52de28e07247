"""Pages of open data: one module a part, each with its ``blueprint``."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from ckanext.opengov.data.views import (
    apps,
    catalogue,
    contests,
    facade,
    grids,
    list_work,
    lists,
    openapi,
    push,
    quality,
    reference,
    request_work,
    requests,
    rows,
    seeing,
    structures,
    systems,
    templates,
    usage,
)

MODULES: tuple[ModuleType, ...] = (
    catalogue,
    push,
    systems,
    requests,
    request_work,
    quality,
    lists,
    list_work,
    apps,
    contests,
    usage,
    rows,
    facade,
    openapi,
    seeing,
    structures,
    grids,
    templates,
    reference,
)


def get_blueprints() -> list[Blueprint]:
    """The blueprints of all parts."""
    return [module.blueprint for module in MODULES]
