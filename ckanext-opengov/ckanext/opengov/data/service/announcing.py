"""Who follows a data set, its agency, its region or open data is told of what is new: once a day for each data set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import agencies, notices, searches, wording
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.refusal import N_

TYPE = "dataset"
PUBLISHED, CHANGED = "data.published", "data.changed"
SUBJECTS = {PUBLISHED: N_("New data set: {title}"), CHANGED: N_("Data set changed: {title}")}


def changed(dataset: Mapping[str, Any]) -> None:
    """CKAN is about to commit a new or changed package. On its first day it is new, however often it is touched."""
    package = model.Session.get(model.Package, dataset.get("id"))
    if package is None or package.type != TYPE or package.private or package.state != model.State.ACTIVE:
        return
    today = local_date(utc_now())
    is_new = local_date(package.metadata_created.replace(tzinfo=dt.UTC)) == today
    event = PUBLISHED if is_new else CHANGED
    titles = agencies.titles(package.extras.get("title_translated"))
    languages = tk.config["ckan.locales_offered"]
    shown = {code: wording.pick(titles, code) or package.title or package.name for code in languages}
    notices.notify(
        event,
        entity_type=TYPE,
        entity_id=package.id,
        component="data",
        agency_id=package.owner_org,
        place=package.extras.get("region") or None,
        subject={code: wording.say(code, SUBJECTS[event]).format(title=shown[code]) for code in languages},
        body={},
        url=f"/dataset/{package.name}",
        # Who follows a search that finds it hears of it under the same key: nobody is told twice.
        key=searches.key_of(package.id) if is_new else f"{event}:{package.id}:{today}",
    )
