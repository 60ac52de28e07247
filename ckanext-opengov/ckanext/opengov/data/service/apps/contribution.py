"""What apps add to the manifest of open data."""

from __future__ import annotations

from ckanext.opengov.data.service.apps import contests, life, rules

TYPE = rules.TYPE
EVENTS = {**rules.EVENTS, **contests.EVENTS}
PERMISSIONS = {**rules.PERMISSIONS, **contests.PERMISSIONS}
HANDLERS = life.HANDLERS
