"""Pages of the civic kit: one module a part, each with its ``blueprint``."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from ckanext.opengov.civic.views import discussion, helpdesk, my, notices, officers, persons, workplace

MODULES: tuple[ModuleType, ...] = (discussion, helpdesk, my, notices, officers, persons, workplace)


def get_blueprints() -> list[Blueprint]:
    """The blueprints of all parts."""
    return [module.blueprint for module in MODULES]
