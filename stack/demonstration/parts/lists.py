"""Approved lists of two agencies: items with their data sets, one that is late, one that waits for approval."""

from __future__ import annotations

import datetime as dt

from stack.demonstration.catalogue import Dataset, datasets
from stack.demonstration.portal import Fields, Portal

AGENCIES = ("ministry-of-education", "ministry-of-health")
CRITERIA = ["not_secret", "not_personal", "machine_readable", "complete", "regular", "wanted"]
# What is promised and not there yet: the first is late, the second waits for approval.
LATE: Fields = {
    "title": {
        "kk": "Мектеп автобустарының маршруттары",
        "ru": "Маршруты школьных автобусов",
        "en": "Routes of school buses",
    },
    "days": -20,
}
DRAFTED: Fields = {
    "title": {
        "kk": "Емханалардағы кезек ұзақтығы",
        "ru": "Длина очереди в поликлиниках",
        "en": "Waiting times in clinics",
    },
    "days": 60,
}


def load(portal: Portal) -> list[str]:
    for agency in AGENCIES:
        _fill(portal, agency)
    portal.say(f"{len(AGENCIES)} lists of open data")
    return []


def _fill(portal: Portal, agency: str) -> None:
    if portal.call("data_list_show", {"agency": agency})["items"]:
        return
    for dataset in [one for one in datasets() if one.agency == agency]:
        portal.call("data_list_item_upsert", _linked(dataset))
    if agency == AGENCIES[0]:
        portal.call("data_list_item_upsert", _promised(agency, LATE))
    for event in ("agree", "approve"):
        portal.call("data_list_transition", {"agency": agency, "event": event})
    if agency == AGENCIES[1]:
        portal.call("data_list_item_upsert", _promised(agency, DRAFTED))
        portal.call("data_list_transition", {"agency": agency, "event": "agree"})


def _linked(dataset: Dataset) -> Fields:
    return {
        "agency": dataset.agency,
        "title": dataset.title,
        "due_on": dataset.modified.isoformat(),
        "frequency": dataset.frequency,
        "criteria": CRITERIA,
        "dataset": dataset.name,
    }


def _promised(agency: str, wish: Fields) -> Fields:
    due = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=wish["days"])
    return {
        "agency": agency,
        "title": wish["title"],
        "due_on": due.isoformat(),
        "frequency": "QUARTERLY",
        "criteria": CRITERIA,
    }
