"""What waits for officers in the gallery of apps."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.tasks import TaskQuery
from ckanext.opengov.data.model.apps import App, AppDataset
from ckanext.opengov.data.service.apps.rules import MODERATORS, TYPE, State
from ckanext.opengov.data.service.task_rows import Places, row

KIND = "application_moderate"
KINDS = {KIND: N_("Apps to look at")}


def parts(query: TaskQuery) -> list[sa.Select[Any]]:
    """The apps that wait for somebody with the user's roles."""
    places = query.places(MODERATORS)
    return [_waiting(places)] if places is None or places else []


def _waiting(places: Places) -> sa.Select[Any]:
    """An app is judged by the authorised body, and by the moderators of agencies whose data it uses."""
    part = row(KIND, App.id, sa.null(), App.title, (App.id, TYPE)).where(App.state == State.WAITING)
    if places is None:
        return part
    package = model.Package
    theirs = sa.select(AppDataset.app_id).join(package, package.id == AppDataset.dataset_id)
    return part.where(App.id.in_(theirs.where(package.owner_org.in_(places))))


def url(_reference: str) -> str:
    """The page on which the work is done."""
    return tk.url_for("opengov_data_apps.moderation")
