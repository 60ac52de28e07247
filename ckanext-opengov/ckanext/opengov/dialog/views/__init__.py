"""Pages of open dialogue: one module a part, each with its ``blueprint``."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from ckanext.opengov.dialog.views import (
    appeals,
    appeals_work,
    conference_work,
    conferences,
    coverage,
    heads,
    landing,
    polls,
    standing_answers,
    statistics,
)

MODULES: tuple[ModuleType, ...] = (
    landing,
    appeals,
    appeals_work,
    standing_answers,
    conferences,
    conference_work,
    polls,
    heads,
    statistics,
    coverage,
)


def get_blueprints() -> list[Blueprint]:
    """The blueprints of all parts."""
    return [module.blueprint for module in MODULES]
