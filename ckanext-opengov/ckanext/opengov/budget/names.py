"""The name under which roles, notices and the workplace know this component."""

from __future__ import annotations

COMPONENT = "budget"
