"""Pages of open budgets: one module a part, each with its ``blueprint``."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from ckanext.opengov.budget.views import audits, compare, landing, looking, programmes, programmes_work, reports, work

MODULES: tuple[ModuleType, ...] = (landing, compare, work, programmes, programmes_work, reports, audits, looking)


def get_blueprints() -> list[Blueprint]:
    """The blueprints of all parts."""
    return [module.blueprint for module in MODULES]
