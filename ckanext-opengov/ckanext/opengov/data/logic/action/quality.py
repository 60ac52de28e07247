"""Actions on the quality of data sets."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context, DataDict

from ckanext.opengov.civic.service import agencies as kit_agencies
from ckanext.opengov.data import display, quality_display
from ckanext.opengov.data.logic.schema import quality as schema
from ckanext.opengov.data.service import agencies
from ckanext.opengov.data.service.quality import keeping, links, showing

__all__ = ["data_quality_check", "data_quality_list", "data_quality_show"]


@tk.side_effect_free
def data_quality_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The quality of a data set, or of an agency's data sets: points in five dimensions, 405 in all.

    The dimensions, their sums and the bands are those of the Metadata Quality Assessment of data.europa.eu
    (https://data.europa.eu/mqa/methodology); :py:func:`data_quality_list` has the table of the metrics.

    :param id: id or name of a data set
    :type id: string
    :param agency: id or name of an agency, instead of ``id``
    :type agency: string
    :param limit: for an agency: how many data sets at most (20, up to 100)
    :type limit: int
    :param offset: for an agency: how many data sets to leave out
    :type offset: int

    :returns: ``score`` (points; a mean for an agency), ``most``, ``band`` (excellent from 351, good from 221,
        sufficient from 121, poor), ``band_title``, ``percent``, ``dimensions`` (each ``name``, ``title``, ``score``,
        ``most``, ``percent``). For a data set also ``computed_at`` (UTC) and ``lost``: for each metric ``points``,
        ``most``, ``title``, ``how`` it is computed, ``advice``, ``files`` concerned (``id``, ``name``, ``reason`` of a
        dead link). For an agency ``agency``, ``datasets`` (number), ``excellent`` (number), ``losses`` (by metric),
        ``results``: its data sets, the lowest score first. ``score`` is None while nothing has been computed.
    :rtype: dictionary
    :raises NotAuthorized: for a data set that one may not see
    :raises ObjectNotFound: when there is no such data set or agency
    :raises ValidationError: without ``id`` and ``agency``, or with both
    """
    tk.check_access("data_quality_show", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.show(), context)
    if errors:
        raise tk.ValidationError(errors)
    if bool(data.get("id")) == bool(data.get("agency")):
        raise tk.ValidationError({"id": [tk._("Give the data set as “id”, or the agency as “agency”.")]})
    return _dataset(data["id"]) if data.get("id") else _agency(data)


def _dataset(reference: str) -> dict[str, Any]:
    package = model.Package.get(reference)
    if package is None or package.type != "dataset":
        raise tk.ObjectNotFound(tk._("There is no such data set."))
    found = showing.dataset(package.id)
    if found is None:
        return {"id": package.id, "score": None, "lost": []}
    dead = showing.dead_links(package.id)
    files = _file_names(package.id) if any(one["files"] for one in found["lost"]) else {}
    told = [quality_display.lost(one, files, dead) for one in found["lost"]]
    return {"id": package.id, **quality_display.points(found), "lost": told}


def _file_names(dataset_id: str) -> dict[str, str]:
    resource = model.Resource
    query = sa.select(resource).where(resource.package_id == dataset_id, resource.state == "active")
    return {one.id: _file_name(one) for one in model.Session.scalars(query)}


def _file_name(resource: Any) -> str:
    translated = agencies.loaded((resource.extras or {}).get("name_translated"))
    named = {"name": resource.name or resource.url.rsplit("/", 1)[-1], "name_translated": translated}
    return display.text(named, "name")["text"]


def _agency(data: dict[str, Any]) -> dict[str, Any]:
    agency = kit_agencies.find(data["agency"])
    if agency is None:
        raise tk.ObjectNotFound(tk._("There is no agency “{id}”.").format(id=data["agency"]))
    found = showing.summary(agency.id)
    named = {"id": agency.id, "name": agency.name, "title": _titles([agency.id]).get(agency.id) or agency.title}
    if found is None:
        return {"agency": named, "score": None, "datasets": 0, "losses": [], "results": []}
    results = showing.datasets(agency.id, data["limit"], data["offset"])
    return {
        "agency": named,
        **quality_display.points(found),
        "losses": quality_display.losses(showing.losses(agency.id), found["datasets"]),
        "results": [_result(one) for one in results],
    }


def _result(one: dict[str, Any]) -> dict[str, Any]:
    shown = display.text({**one, "title_translated": agencies.loaded(one.pop("translated"))}, "title")
    return {**one, "title": shown["text"] or one["name"], "band_title": quality_display.band(one["band"])}


def _titles(ids: list[str]) -> dict[str, str]:
    texts = agencies.titles(ids)
    return {id_: display.text({"title_translated": one}, "title")["text"] for id_, one in texts.items()}


@tk.side_effect_free
def data_quality_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The agencies by the quality of their public data sets, and how it is measured.

    :returns: ``results``: each agency with ``rank`` (equal means share one), ``agency`` (id, name, title),
        ``datasets`` (number), ``score`` (mean), ``band``, ``dimensions``; ``all``: the same over all data sets;
        ``losses``: where points are lost, by metric; ``metrics``: the table of the metrics by dimension with points
        and how each is computed; ``bands``
    :rtype: dictionary
    """
    tk.check_access("data_quality_list", context, data_dict)
    everything = showing.summary()
    found = showing.league()
    titles = _titles([one["agency"]["id"] for one in found])
    for one in found:
        one["agency"]["title"] = titles.get(one["agency"]["id"]) or one["agency"]["title"]
    number = everything["datasets"] if everything else 0
    return {
        "all": quality_display.points(everything) if everything else None,
        "results": [quality_display.points(one) for one in found],
        "losses": quality_display.losses(showing.losses(), number),
        "metrics": quality_display.metrics(),
        "bands": quality_display.bands(),
    }


def data_quality_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Compute the score of a data set anew, and ask its links again at the next run (within minutes).

    :param id: id or name of the data set
    :type id: string

    :returns: as :py:func:`data_quality_show`
    :rtype: dictionary
    :raises NotAuthorized: for those who may not change the data set
    :raises ObjectNotFound: when there is no such data set
    """
    tk.check_access("data_quality_check", context, data_dict)
    package = model.Package.get(data_dict["id"])
    if package is None or package.type != "dataset":
        raise tk.ObjectNotFound(tk._("There is no such data set."))
    keeping.compute([package.id])
    links.soon(package.id)
    model.Session.commit()
    return _dataset(package.id)
