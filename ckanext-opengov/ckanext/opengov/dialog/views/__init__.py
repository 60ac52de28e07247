"""Pages of open dialogue: one module a part, each with its ``blueprint``."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from ckanext.opengov.dialog.views import conference_work, conferences, polls

MODULES: tuple[ModuleType, ...] = (conferences, conference_work, polls)


def get_blueprints() -> list[Blueprint]:
    """The blueprints of all parts."""
    return [module.blueprint for module in MODULES]
