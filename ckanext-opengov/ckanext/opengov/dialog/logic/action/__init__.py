"""The actions of open dialogue: one module a part, each with the names that it exports in ``__all__``."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ckanext.opengov.dialog.logic.action import (
    appeals,
    appeals_search,
    appeals_work,
    conference_questions,
    conferences,
    office,
    polls,
    standing_answers,
    statistics,
)

MODULES: tuple[ModuleType, ...] = (
    appeals,
    appeals_search,
    appeals_work,
    office,
    standing_answers,
    statistics,
    conferences,
    conference_questions,
    polls,
)


def get_actions() -> dict[str, Any]:
    """Name → action."""
    return {name: getattr(module, name) for module in MODULES for name in module.__all__}
