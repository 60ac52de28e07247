"""Who may call which action of open regulations: one module a part, each with its names in ``__all__``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ckanext.opengov.regulation.logic.auth import acts, texts

MODULES: tuple[ModuleType, ...] = (acts, texts)


def get_auth_functions() -> dict[str, Any]:
    """Name of the action → its auth function."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
