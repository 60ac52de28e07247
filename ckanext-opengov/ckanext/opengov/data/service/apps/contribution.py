"""What apps add to the manifest of open data."""

from __future__ import annotations

from ckanext.opengov.data.service.apps import life, rules

TYPE = rules.TYPE
EVENTS = rules.EVENTS
PERMISSIONS = rules.PERMISSIONS
HANDLERS = life.HANDLERS
