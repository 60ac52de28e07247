"""The actions of open regulations: one module a part, each with the names that it exports in ``__all__``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ckanext.opengov.regulation.logic.action import acts, archive, comments, drafting, texts

MODULES: tuple[ModuleType, ...] = (acts, drafting, comments, archive, texts)


def get_actions() -> dict[str, Any]:
    """Name → action."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
