"""What approved lists add to the manifest of open data."""

from __future__ import annotations

from ckanext.opengov.civic.interfaces import PeriodicTask
from ckanext.opengov.data.service.lists import reminding, states

EVENTS = states.TITLES
PERMISSIONS = states.PERMISSIONS
PERIODIC = (PeriodicTask("data-lists-remind", 3600, reminding.remind),)
