"""Actions on the texts of acts: read from files, compared, given as files; the report, and changes that answer."""

from __future__ import annotations

import base64
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.service import wording
from ckanext.opengov.regulation.logic import shared
from ckanext.opengov.regulation.logic.auth.acts import visible
from ckanext.opengov.regulation.logic.schema import texts as schema
from ckanext.opengov.regulation.service import changes, intake, moving, reporting, textfiles
from ckanext.opengov.regulation.service.versions import redline

__all__ = [
    "draft_act_change_link",
    "draft_act_diff",
    "draft_act_export",
    "draft_act_import",
    "draft_act_report",
    "draft_act_report_figures",
]


def draft_act_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read a file into the version in preparation. First a rehearsal: the act stays as it is, and the answer shows what
    was recognised and where that is not sure. Then, with ``reading``, it is taken over.

    :param id: id or number of the act
    :type id: string
    :param language: of the file: ``kk``, ``ru`` or ``en``
    :type language: string
    :param file: DOCX, HTML, plain text, PDF with text, or Akoma Ntoso; uploaded, or ``{"name": …, "content": base64}``
    :type file: file
    :param reading: of a rehearsal, to take over what it showed; then neither language nor file is needed
    :type reading: string
    :param save: take it over at once, without a rehearsal (optional, default: false)
    :type save: bool

    :returns: ``reading``, ``number``, ``language``, ``name``, ``title``, ``saved``, ``counts`` (kind → how many parts),
        ``parts`` (nested), ``doubts`` (each with ``code``, ``line`` of the file, ``eid``, ``quote``, ``what`` is there
        and what would be ``right``), and against ``other_language`` the eIds that are ``only_here`` or ``only_there``
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency
    :raises ValidationError: when no version is in preparation, or the file cannot be read, saying what to give instead
    """
    tk.check_access("draft_act_import", context, data_dict)
    data = shared.validated(data_dict, schema.imported(), context, "file")
    act, user = visible(context, data), shared.person(context)
    if not data.get("reading") and not data.get("language"):
        raise tk.ValidationError({"language": [tk._("Say in which language the file is: kk, ru or en.")]})
    saved = bool(data.get("reading") or data["save"])
    with shared.written():
        if data.get("reading"):
            reading = intake.get(act, data["reading"])
        else:
            reading = intake.rehearse(act, data["language"], data.get("file"), user)
        shown = intake.shown(act, reading, saved=saved)
        if saved:
            intake.take_over(act.id, reading, user)
    return shown


@tk.side_effect_free
def draft_act_diff(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Two versions of an act compared: structure first, then the words inside.

    :param id: id or number of the act
    :type id: string
    :param before: number of the older version (optional, default: the one before ``after``)
    :type before: int
    :param after: number of the newer version (optional, default: the newest public one, or the act in force)
    :type after: int
    :param language: ``kk``, ``ru`` or ``en`` (optional, default: that of the request, else one that both have)
    :type language: string
    :param changes_only: leave out what is the same, but for what stands above a change (optional, default: false)
    :type changes_only: bool

    :returns: ``before``, ``after``, ``language``, ``counts`` (same, changed, moved, deleted, new) and ``rows`` in the
        order of the newer version: ``status``, ``level``, ``kind``, ``eid``, ``old_eid``, ``new_eid``, ``where`` and
        ``was`` (in words), ``number``, ``heading`` and ``text`` as segments with ``change`` (same, deleted, inserted)
        and ``text``, and ``answers``: ids of the comments that the change answers
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such version, or none that the caller may see
    :raises ValidationError: when the act has one version only, or the two have no language in common
    """
    tk.check_access("draft_act_diff", context, data_dict)
    data = shared.validated(data_dict, schema.diff(), context)
    act = visible(context, data)
    compared = changes.compared(act, data, shared.user_id(context))
    found = compared.redline(changes_only=data["changes_only"])
    answers = changes.of_version(act, compared.after)
    return {
        "number": act.number,
        "before": compared.before.number,
        "after": compared.after.number,
        "language": compared.language,
        "counts": dict(found.counts),
        "rows": [{**redline.shown(line), "answers": answers.get(line.eid, [])} for line in found.lines],
    }


def draft_act_change_link(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that a change in a version answers a comment. Its author is told once the version is public, and the change
    stands with the comment from then on.

    :param id: id or number of the act
    :type id: string
    :param version: number of the newer version
    :type version: int
    :param eid: of the changed part in it; of a deleted part its eId in the version before
    :type eid: string
    :param comment_id: the comment
    :type comment_id: string
    :param remove: take it back (optional, default: false)
    :type remove: bool

    :returns: ``version``, ``eid`` and ``answers``: all comments that this change answers now
    :rtype: dictionary
    :raises NotAuthorized: for all but officers of the agency
    :raises ValidationError: when nothing changed there, or the act has no such public comment
    """
    tk.check_access("draft_act_change_link", context, data_dict)
    data = shared.validated(data_dict, schema.link(), context)
    act, user = visible(context, data), shared.person(context)
    version = moving.version_for(act, data["version"], user)
    with shared.written():
        change = changes.unlink if data["remove"] else changes.link
        change(act, version, data["eid"], data["comment_id"], user)
    answers = changes.of_version(act, version).get(data["eid"], [])
    return {"version": version.number, "eid": data["eid"], "answers": answers}


@tk.side_effect_free
def draft_act_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A version of an act as a file.

    :param id: id or number of the act
    :type id: string
    :param version: number (optional, default: the newest public one)
    :type version: int
    :param language: ``kk``, ``ru`` or ``en`` (optional, default: that of the request, else one that there is)
    :type language: string
    :param format: ``akn`` (Akoma Ntoso 3.0), ``html``, ``docx`` or ``pdf`` (optional, default: ``akn``)
    :type format: string

    :returns: ``name``, ``mimetype``, ``version``, ``language`` and ``content`` in base64
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such version, or none that the caller may see
    """
    tk.check_access("draft_act_export", context, data_dict)
    data = shared.validated(data_dict, schema.export(), context)
    act = visible(context, data)
    file = textfiles.act(act, data, shared.user_id(context))
    return {
        "name": file.name,
        "mimetype": file.mimetype,
        "version": file.version,
        "language": file.language,
        "content": base64.b64encode(file.content).decode(),
    }


@tk.side_effect_free
def draft_act_report(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The report on a discussion, page by page in the order of the act. As CSV, JSON, XML, DOCX or PDF it is on the
    act's page.

    :param id: id or number of the act
    :type id: string
    :param language: of the words for places (optional, default: that of the request)
    :type language: string
    :param cursor: ``next`` of the page before (optional)
    :type cursor: string
    :param limit: at most 1,000 (optional, default: 200)
    :type limit: int

    :returns: ``number``, ``title``, ``agency``, ``version``, ``language``, ``made_at``, ``is_final`` (published by the
        agency), ``figures`` (``commented``, ``answered``, ``accepted``, ``partly``, ``not_accepted``, ``out_of_scope``,
        ``unkept``, ``in_time``), ``rows`` (``section``, ``eid``, ``comment_id``, ``kind``, ``author``, ``text``,
        ``wording``, ``response``, ``reason``, ``votes_for``, ``votes_against``, ``place``, ``unkept``, ``written_at``,
        ``answered_at``) and ``next``
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such act, or none that the caller may see
    """
    tk.check_access("draft_act_report", context, data_dict)
    data = shared.validated(data_dict, schema.report(), context)
    act = visible(context, data)
    language = data.get("language") or wording.current()
    rows, following = reporting.page(act, language, data.get("cursor"), data["limit"])
    return {**reporting.head(act, language).head(), "rows": [row.shown() for row in rows], "next": following}


@tk.side_effect_free
def draft_act_report_figures(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """What the published reports of each agency add up to, the most commented agency first.

    :param agency: id or name, for one agency only (optional)
    :type agency: string

    :returns: for each agency ``agency_id``, ``acts`` (with a report), ``in_time`` (of those), ``commented``,
        ``answered``, ``accepted``, ``partly``, ``not_accepted`` and ``out_of_scope``
    :rtype: list of dictionaries
    """
    tk.check_access("draft_act_report_figures", context, data_dict)
    data = shared.validated(data_dict, schema.figures(), context)
    return reporting.by_agency(data.get("agency"))
