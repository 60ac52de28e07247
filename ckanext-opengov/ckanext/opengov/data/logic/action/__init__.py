"""The actions of open data: one module a part, each with the names that it exports in ``__all__``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ckanext.opengov.data.logic.action import (
    apps,
    catalogue,
    contests,
    keyed,
    lists,
    push,
    quality,
    query,
    reference,
    requests,
    stock,
    templates,
    tokens,
    usage,
)

MODULES: tuple[ModuleType, ...] = (
    catalogue,
    requests,
    keyed,
    push,
    stock,
    templates,
    reference,
    tokens,
    quality,
    lists,
    apps,
    contests,
    query,
    usage,
)


def get_actions() -> dict[str, Any]:
    """Name → action."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
