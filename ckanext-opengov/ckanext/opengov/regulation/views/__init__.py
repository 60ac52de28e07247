"""Pages of open regulations: one module a part, each with its ``blueprint``."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from ckanext.opengov.regulation.views import acts, answers, desk, files, intake, texts

MODULES: tuple[ModuleType, ...] = (acts, files, texts, desk, answers, intake)


def get_blueprints() -> list[Blueprint]:
    """The blueprints of all parts; a module may add its rules to another's."""
    return list(dict.fromkeys(module.blueprint for module in MODULES))
