"""What conferences add to the manifest of open dialogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ckanext.opengov.dialog.service.conferences import announcing, packages
from ckanext.opengov.dialog.service.conferences.rules import FINISHED, JOURNAL, PERMISSIONS, TYPE

__all__ = ["EVENTS", "HANDLERS", "PERMISSIONS", "TYPE", "before_index"]

EVENTS = JOURNAL
before_index = packages.before_index
HANDLERS: Mapping[str, Callable[[Any], None]] = {packages.INDEX: packages.index, FINISHED: announcing.finished}
