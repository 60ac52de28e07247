"""Actions on public services, their ratings, and the results that agencies report."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.service import limits
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.evaluation.logic import schema
from ckanext.opengov.evaluation.logic.shared import checked, person
from ckanext.opengov.evaluation.service import rating, register, results

__all__ = [
    "evaluation_results_list",
    "evaluation_results_save",
    "public_service_create",
    "public_service_list",
    "public_service_show",
    "public_service_update",
    "service_rating_create",
    "service_rating_link_create",
    "service_rating_summary",
]


def public_service_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Enter a public service into the register.

    :param owner_org: id or name of the provider
    :type owner_org: string
    :param title: language → name
    :type title: dictionary
    :param about: language → what it gives, to whom (optional)
    :type about: dictionary
    :param online: whether it can be had without leaving home
    :type online: bool
    :param channels: portal, centre, agency, mobile
    :type channels: list of strings
    :param term: working days
    :type term: int
    :param standard_url: address of its standard
    :type standard_url: string

    :returns: as :py:func:`public_service_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but the provider's authors and publishers
    """
    tk.check_access("public_service_create", context, data_dict)
    data = checked(data_dict, schema.service_create(), context)
    service = register.create(data, data["owner_org"], person(context).user_id)
    model.Session.commit()
    return register.shown_one(service)


def public_service_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change an entry of the register; what is left out stays.

    :param id: id or name of the service
    :type id: string

    The other parameters are those of :py:func:`public_service_create` without ``owner_org``.

    :rtype: dictionary
    :raises NotAuthorized: for all but the provider's authors and publishers
    """
    tk.check_access("public_service_update", context, data_dict)
    data = checked(data_dict, schema.service_update(), context)
    service = register.update(register.get(data["id"]), data, person(context).user_id)
    model.Session.commit()
    return register.shown_one(service)


@tk.side_effect_free
def public_service_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A public service.

    :param id: id or name
    :type id: string

    :returns: ``id``, ``title``, ``about``, ``agency``, ``online``, ``channels``, ``term``, ``standard_url``
    :rtype: dictionary
    :raises ObjectNotFound: when there is none
    """
    tk.check_access("public_service_show", context, data_dict)
    return register.shown_one(register.get(data_dict.get("id")))


@tk.side_effect_free
def public_service_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Public services by title.

    :param q: part of the title
    :type q: string
    :param owner_org: id or name of the provider
    :type owner_org: string
    :param online: only those online, or only the others
    :type online: bool
    :param offset: how many to leave out
    :type offset: int
    :param limit: how many at most (20, up to 100)
    :type limit: int

    :returns: ``count``, ``results`` as :py:func:`public_service_show`, ``share``: ``number`` and ``online`` of all
        services of the choice's provider
    :rtype: dictionary
    """
    tk.check_access("public_service_list", context, data_dict)
    data = checked(data_dict, schema.service_list(), context)
    agency_id = data.get("owner_org")
    count, found = register.listed(agency_id, data.get("q", ""), data.get("online"), data["offset"], data["limit"])
    return {"count": count, "results": found, "share": register.online_share(agency_id)}


def service_rating_link_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make one-time links: each rates one case of the service, within 60 days.

    :param id: id or name of the service
    :type id: string
    :param number: how many (1, up to 1000)
    :type number: int

    :returns: ``links``: addresses, which are shown this once and may stand in a letter or an embedded frame
    :rtype: dictionary
    :raises NotAuthorized: for all but the provider's officers
    """
    tk.check_access("service_rating_link_create", context, data_dict)
    data = checked(data_dict, schema.link_create(), context)
    service = register.get(data["id"])
    made = rating.make_links(service, data["number"], person(context).user_id or "")
    model.Session.commit()
    return {
        "links": [
            tk.url_for("opengov_evaluation_rating.rate", token=one, locale="default", _external=True) for one in made
        ]
    }


def service_rating_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Rate a public service on the kit's four axes: by a one-time link, or after an answered appeal to its provider.

    Many ratings from one address are taken and flagged, not refused.

    :param token: of the link
    :type token: string
    :param id: of the service, for a person without a link
    :type id: string
    :param accessibility: mark from 1 to 5; the same ``speed``, ``transparency``, ``completeness``; at least one
    :type accessibility: int
    :param comment: in own words (optional)
    :type comment: string

    :returns: ``service``: id of the service
    :rtype: dictionary
    :raises NotAuthorized: without a link for visitors and persons whose address is not confirmed
    :raises ValidationError: for a link that was used, a case that was rated, no marks
    """
    tk.check_access("service_rating_create", context, data_dict)
    data = checked(data_dict, schema.rating_create(), context)
    address = limits.client_address() if limits.has_request_context() else None
    try:
        if data.get("token"):
            made = rating.by_link(data["token"], data, address)
        else:
            made = rating.by_person(register.get(data.get("id")), person(context).user_id or "", data, address)
    except tk.ValidationError:
        # The link stays unused.
        model.Session.rollback()
        raise
    model.Session.commit()
    return {"service": made.service_id}


@tk.side_effect_free
def service_rating_summary(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Citizens' ratings of a service.

    :param id: id or name of the service
    :type id: string

    :returns: ``number``, ``flagged``, ``all`` and ``plain`` (without those in question): axis → ``number``, ``mean``,
        ``good`` (share of marks 4 and 5) with ``good_low`` and ``good_high`` (Wilson, 95 %), None under the
        ``minimum``; ``flags``: what was noticed
    :rtype: dictionary
    """
    tk.check_access("service_rating_summary", context, data_dict)
    return rating.summary(service_id=register.get(data_dict.get("id")).id)


@tk.side_effect_free
def evaluation_results_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What an agency reports: ``targets`` of its plans by year, and ``official`` results of its evaluation by block.

    :param owner_org: id or name of the agency
    :type owner_org: string

    :rtype: dictionary
    :raises ValidationError: for an unknown agency
    """
    tk.check_access("evaluation_results_list", context, data_dict)
    agency_id = checked(data_dict, schema.of_agency("owner_org"), context)["owner_org"]
    return {"targets": results.targets(agency_id), "official": results.official(agency_id)}


def evaluation_results_save(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Enter or renew results of an agency; all rows or none.

    :param owner_org: id or name of the agency
    :type owner_org: string
    :param kind: ``targets`` (default) or ``official``
    :type kind: string
    :param rows: for targets ``plan``, ``code``, ``title_kk``, ``title_ru``, ``title_en``, ``unit``, ``direction`` (up,
        down), ``year``, ``planned``, ``reached``, ``reason`` (needed where the target was not reached); for official
        ``year``, ``block``, ``score`` (0 to 100), ``source_url``
    :type rows: list of dictionaries
    :param file: instead of rows: a CSV file or XLSX workbook whose first row has these names
    :type file: file

    :returns: ``saved``: how many rows
    :rtype: dictionary
    :raises NotAuthorized: for all but the agency's authors, publishers and heads
    :raises ValidationError: with every fault, its row and column
    """
    tk.check_access("evaluation_results_save", context, data_dict)
    plain = {name: value for name, value in data_dict.items() if name not in ("rows", "file")}
    data = checked(plain, schema.results_save(), context)
    upload, rows = data_dict.get("file"), data_dict.get("rows")
    try:
        if getattr(upload, "filename", None):
            rows = results.read_file(upload.filename, upload.read(results.LARGEST_FILE + 1))
        if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
            raise tk.ValidationError({"rows": [tk._("Give rows as a list of dictionaries, or a file.")]})
        read = results.read_targets if data["kind"] == "targets" else results.read_official
        number = results.save(data["kind"], data["owner_org"], read(rows), person(context).user_id)
    except Refusal as error:
        raise results.refused(error) from error
    model.Session.commit()
    return {"saved": number}
