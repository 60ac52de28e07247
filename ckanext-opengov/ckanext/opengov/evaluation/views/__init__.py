"""Pages of evaluation: one module a part, each with its ``blueprint``."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from ckanext.opengov.evaluation.views import desk, office, public, rating, services

MODULES: tuple[ModuleType, ...] = (public, desk, office, services, rating)


def get_blueprints() -> list[Blueprint]:
    """The blueprints of all parts."""
    return [module.blueprint for module in MODULES]
