"""The actions of evaluation: one module a part, each with the names that it exports in ``__all__``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ckanext.opengov.evaluation.logic.action import evaluations, frameworks, reading, services

MODULES: tuple[ModuleType, ...] = (frameworks, evaluations, reading, services)


def get_actions() -> dict[str, Any]:
    """Name → action."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
