"""What requests for data add to the manifest of open data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ckan.model as model

from ckanext.opengov.civic import labels
from ckanext.opengov.civic.interfaces import PeriodicTask
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests import moving, notices, packages, states, watching

EVENTS = states.TITLES
PERMISSIONS = states.permissions()
HANDLERS: Mapping[str, Callable[[Any], None]] = {packages.INDEX: packages.index, moving.MOVED: notices.moved}
PERIODIC = (PeriodicTask("data-requests-overdue", 600, watching.tell_overdue),)


def package_labels(package: model.Package) -> Iterable[str]:
    """The author of a request reads it also while the public does not."""
    if package.type != states.TYPE:
        return []
    request = model.Session.get(DataRequest, package.id)
    return [labels.person_label(request.author_id)] if request is not None else []
