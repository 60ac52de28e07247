"""Quality in the reader's language: names of metrics and bands, what to do about a lost point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.data.service.quality import links
from ckanext.opengov.data.service.quality.metrics import BANDS, BY_NAME, DIMENSIONS, METRICS, MOST


def band(code: str) -> str:
    """The name of a band."""
    return next(tk._(title) for _, known, title in BANDS if known == code)


def points(found: Mapping[str, Any]) -> dict[str, Any]:
    """A score with the names of its band and dimensions."""
    dimensions = [
        {"name": name, "title": tk._(title), "percent": percent(one["score"], one["most"]), **one}
        for name, title in DIMENSIONS.items()
        for one in (found["dimensions"][name],)
    ]
    told = {"band_title": band(found["band"]), "percent": percent(found["score"], found["most"])}
    return {**found, **told, "dimensions": dimensions}


def percent(score: float, most: int) -> int:
    """The share as a whole number, for pictures."""
    return round(100 * score / most)


def lost(one: Mapping[str, Any], files: Mapping[str, str], dead: Mapping[str, str]) -> dict[str, Any]:
    """One lost metric: its name, how it is computed, what to do, and the files concerned.

    :param files: id → name of the files of the data set
    :param dead: id → why its address counts as dead
    """
    metric = BY_NAME[one["metric"]]
    advice = metric.advice.get(one["why"]) or next(iter(metric.advice.values()))
    return {
        **one,
        "title": tk._(metric.title),
        "how": tk._(metric.how),
        "advice": tk._(advice).format(**one["values"]),
        "files": [
            {"id": id_, "name": files[id_], "reason": links.said(dead.get(id_))} for id_ in one["files"] if id_ in files
        ],
    }


def losses(found: Iterable[Mapping[str, Any]], datasets: int) -> list[dict[str, Any]]:
    """Where many data sets lose points, with the share of what could be had."""
    return [
        {
            **one,
            "title": tk._(BY_NAME[one["metric"]].title),
            "dimension": BY_NAME[one["metric"]].dimension,
            "percent": percent(one["points"], BY_NAME[one["metric"]].points * max(datasets, 1)),
        }
        for one in found
    ]


def metrics() -> list[dict[str, Any]]:
    """The whole table of metrics by dimension: how each is computed."""
    return [
        {
            "name": name,
            "title": tk._(title),
            "most": MOST[name],
            "metrics": [
                {"name": one.name, "title": tk._(one.title), "points": one.points, "how": tk._(one.how)}
                for one in METRICS
                if one.dimension == name
            ],
        }
        for name, title in DIMENSIONS.items()
    ]


def bands() -> list[dict[str, Any]]:
    """The bands with their least points."""
    return [{"code": code, "title": tk._(title), "least": least} for least, code, title in BANDS]
