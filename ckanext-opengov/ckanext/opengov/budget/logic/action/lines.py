"""Actions on budgets and their lines."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.budget.logic import importing as shared
from ckanext.opengov.budget.logic.schema import lines as schema
from ckanext.opengov.budget.logic.schema.common import checked
from ckanext.opengov.budget.service.lines import (
    aggregating,
    budgets,
    clarity,
    importing,
    line_list,
    looking,
    publishing,
    relay,
    uploads,
)
from ckanext.opengov.budget.service.lines.finding import ACCEPTABLE, RULES, Faulty, plain
from ckanext.opengov.budget.service.lines.titles import title_of
from ckanext.opengov.civic.service.limits import limited

__all__ = [
    "budget_aggregate",
    "budget_check",
    "budget_clarity_add",
    "budget_create",
    "budget_import",
    "budget_import_list",
    "budget_import_show",
    "budget_line_list",
    "budget_list",
    "budget_path_show",
    "budget_show",
]


def budget_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a budget, to which years and phases are imported.

    :param name: its address: small Latin letters, digits and hyphens
    :type name: string
    :param title_translated: language (kk, ru, en) → title
    :type title_translated: dictionary
    :param owner_org: id or name of the agency whose officers import it
    :type owner_org: string
    :param level: ``republican``, ``state``, ``consolidated`` or ``local``
    :type level: string
    :param region: KATO code, of a local budget (optional)
    :type region: string
    :param parts: names of the budgets that a state or consolidated one is made of (optional)
    :type parts: list of strings

    :returns: the budget as in :py:func:`budget_show`
    :rtype: dictionary
    :raises NotAuthorized: for all but publishers of the agency
    :raises ValidationError: naming the field
    """
    tk.check_access("budget_create", context, data_dict)
    data = checked(data_dict, schema.create(), context)
    for name in data["parts"]:
        if budgets.find(name) is None:
            raise tk.ValidationError({"parts": [tk._("There is no budget “{name}”.").format(name=name)]})
    made = budgets.create(
        {
            "name": data["name"],
            "title": data["title_translated"],
            "agency_id": data["owner_org"],
            "level": data["level"],
            "region": data.get("region"),
            "parts": data["parts"],
        }
    )
    return _shown(made)


def budget_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read a file as :py:func:`budget_import` would, and say what would become of it; nothing is imported.

    :param budget: id or name of the budget
    :type budget: string
    :param upload: the file: CSV (any usual encoding and delimiter) or XLSX
    :type upload: file
    :param upload_id: instead of the file: the id that an earlier check answered; a file is kept for a day
    :type upload_id: string
    :param mapping: what the columns stand for (optional; default: as proposed)
    :type mapping: dictionary
    :param descriptor: Fiscal Data Package that the mapping is taken from (optional)
    :type descriptor: dictionary

    :returns: ``upload_id``, ``file`` (kind, encoding, delimiter, header_row, columns), the proposed ``mapping`` with
        ``questions`` (part, text, proposed), ``findings`` (rule, text, row, column, expected, found, difference),
        ``counts`` (rule → how many), ``rules`` that may be accepted, ``periods`` (with how they differ from what is
        there), ``rows``, ``lines``, ``empty``
    :rtype: dictionary
    :raises NotAuthorized: for all but authors and publishers of the agency
    :raises ValidationError: when there is no file, or it is no table
    """
    tk.check_access("budget_check", context, data_dict)
    data = checked(data_dict, schema.send(), context, "upload")
    budget = budgets.get(data["budget"])
    try:
        sent = shared.Sent(budget, data)
    except Faulty as error:
        raise shared.refused(error.findings) from error
    answer: dict[str, Any] = {**sent.described(), "findings": [], "counts": {}, "periods": [], "rows": 0, "lines": 0}
    try:
        with shared.working_folder() as folder:
            found = importing.check(sent.order(context, {}), folder)
    except Faulty as error:
        return {**answer, "findings": shared.told(error.findings)}
    return answer | {
        "findings": shared.told(found.findings.kept),
        "counts": found.findings.counts,
        "acceptable": {rule: tk._(RULES[rule]) for rule in sorted(ACCEPTABLE & set(found.findings.counts))},
        "periods": found.differences,
        "rows": found.prepared.rows,
        "lines": found.prepared.count,
        "empty": found.prepared.empty,
    }


def budget_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Import a budget or an execution report: all of it or nothing.

    Each year, month and phase of the file becomes a new version of that period; the earlier versions stay and what
    changed is told. The same file again changes nothing. What a mapping proposes is used only if there is no question
    about it: otherwise send the mapping, as :py:func:`budget_check` proposes it, with the answers.

    :param budget: id or name of the budget
    :type budget: string
    :param upload: the file: CSV (any usual encoding and delimiter) or XLSX
    :type upload: file
    :param upload_id: instead of the file: the id that :py:func:`budget_check` answered
    :type upload_id: string
    :param mapping: what the columns stand for: ``axes`` (axis → step → ``code``, ``name``), ``amounts`` (each with
        ``column`` and, as needed, ``factor``, ``year``, ``month``, ``phase``, ``direction``), ``year``, ``month``,
        ``phase``, ``direction`` (``column`` with ``values``, or ``value``), ``currency``, ``decimal``, ``widths``,
        ``lists``, ``totals`` (``words``, ``levels`` or ``none``), ``excel_dates``, ``missing``, ``keep``
    :type mapping: dictionary
    :param descriptor: Fiscal Data Package that the mapping is taken from (optional)
    :type descriptor: dictionary
    :param accept: rule → why it may be broken; the reasons are public (optional)
    :type accept: dictionary

    :returns: the import as in :py:func:`budget_import_show`, with ``repeated``
    :rtype: dictionary
    :raises NotAuthorized: for all but publishers of the agency
    :raises ValidationError: ``file`` with sentences and ``findings`` with the same by rule and row; ``questions`` when
        the mapping has to be confirmed
    """
    tk.check_access("budget_import", context, data_dict)
    data = checked(data_dict, schema.send(), context, "upload")
    budget = budgets.get(data["budget"])
    accepted = _accepted(data.get("accept") or {})
    try:
        sent = shared.Sent(budget, data)
        if sent.given is None and sent.proposal.questions:
            raise _unconfirmed(sent)
        made = importing.run(sent.order(context, accepted))
    except Faulty as error:
        raise shared.refused(error.findings) from error
    except importing.Busy as error:
        text = tk._("Another import of this budget is under way. Try again when it has ended.")
        raise tk.ValidationError({"budget": [text]}) from error
    if made["state"] != "done":
        raise shared.refused(made["findings"], **{"import": made["id"]})
    uploads.drop(sent.upload_id)
    relay.run()
    return {**_shown_import(made), "repeated": made["repeated"]}


def _unconfirmed(sent: shared.Sent) -> tk.ValidationError:
    proposed = sent.described()
    text = tk._("The mapping has to be confirmed: send it with the answers to the questions.")
    errors: dict[str, Any] = {"mapping": [text, *(one["text"] for one in proposed["questions"])], **proposed}
    errors["proposed"] = proposed["mapping"]
    errors["mapping"] = [text, *(one["text"] for one in proposed["questions"])]
    return tk.ValidationError(errors)


def _accepted(given: dict[str, Any]) -> dict[str, str]:
    reasons = {str(rule): str(reason).strip() for rule, reason in given.items()}
    wrong = sorted(rule for rule, reason in reasons.items() if rule not in ACCEPTABLE or not reason)
    if wrong:
        text = tk._("“{rule}” can't be accepted, or there is no reason. Possible: {known}.")
        raise tk.ValidationError({"accept": [text.format(rule=wrong[0], known=", ".join(sorted(ACCEPTABLE)))]})
    return reasons


@tk.side_effect_free
def budget_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The budgets of the portal.

    :param level: ``republican``, ``state``, ``consolidated`` or ``local`` (optional)
    :type level: string
    :param owner_org: id or name of an agency (optional)
    :type owner_org: string
    :param region: KATO code (optional)
    :type region: string

    :returns: each with ``id``, ``name``, ``title``, ``title_translated``, ``level``, ``region``, ``owner_org``,
        ``first_year``, ``last_year``, ``lines``
    :rtype: list of dictionaries
    """
    tk.check_access("budget_list", context, data_dict)
    data = checked(data_dict, schema.listing(), context)
    found = budgets.listed(data.get("level"), data.get("owner_org"), data.get("region"))
    more = ("first_year", "last_year", "lines", "periods")
    return [_shown(one, periods=False) | {name: one[name] for name in more} for one in found]


@tk.side_effect_free
def budget_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One budget.

    :param id: id or name of the budget
    :type id: string

    :returns: as in :py:func:`budget_list`, with ``parts`` and ``periods``: each with ``year``, ``month`` (0: the
        whole year), ``phase``, ``lines``, ``revenue``, ``expenditure``, ``currency``, ``import`` and ``steps``: what
        it can be added up by
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such budget
    """
    tk.check_access("budget_show", context, data_dict)
    return _shown(budgets.get(data_dict.get("id")))


@tk.side_effect_free
def budget_import_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The imports of a budget, newest first: its versions, and what was refused.

    :param budget: id or name of the budget
    :type budget: string

    :returns: each as in :py:func:`budget_import_show`
    :rtype: list of dictionaries
    """
    tk.check_access("budget_import_list", context, data_dict)
    budget = budgets.get(data_dict.get("budget"))
    return [_shown_import(one) for one in budgets.imports(budget["id"])]


@tk.side_effect_free
def budget_import_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One import.

    :param id: id of the import
    :type id: string

    :returns: ``id``, ``budget``, ``state`` (running, done, rejected, failed, interrupted), ``file_name``, ``digest``,
        ``mapping``, ``accepted``, ``rows``, ``lines``, ``empty`` (rows without an amount), ``periods``: what is new
        in each (``added``, ``removed``, ``changed`` and the largest ``changes``), ``findings``, ``started_at``,
        ``finished_at``
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such import
    """
    tk.check_access("budget_import_show", context, data_dict)
    return _shown_import(budgets.an_import(str(data_dict.get("id"))))


@tk.side_effect_free
def budget_aggregate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Add up budgets by any axes.

    Of each year and phase the last period counts (the whole year, else the latest month), because reports add up from
    the beginning of the year; ask for months to have each.

    :param budget: names or ids of budgets
    :type budget: list of strings
    :param by: ``budget``, ``year``, ``month``, ``phase``, ``direction`` and steps such as ``functional.group``
    :type by: list of strings
    :param cut: axis → path that lines must lie below, such as ``{"functional": "04/1"}`` (optional)
    :type cut: dictionary
    :param year: years (optional); likewise ``month`` and ``phase``
    :type year: list of ints
    :param direction: ``revenue`` or ``expenditure`` (optional)
    :type direction: string
    :param offset: how many cells to pass over (optional)
    :type offset: int
    :param limit: at most 10000 (optional, default: 1000)
    :type limit: int

    :returns: ``cells`` by size, each with a value for every part of ``by`` (for a step: ``path``, ``code``, ``name``),
        ``amount`` (exact, as text) and ``lines``; ``count``, ``currency``, ``periods`` that were counted and ``left``:
        periods that have no such step
    :rtype: dictionary
    :raises ValidationError: for unknown axes, and for budgets in several currencies
    :raises ObjectNotFound: when there is no such budget
    """
    tk.check_access("budget_aggregate", context, data_dict)
    data = checked(data_dict, schema.aggregate(), context)
    found = [budgets.get(name) for name in data["budget"]]
    periods = budgets.periods([one["id"] for one in found])
    wish = looking.Wish(
        tuple(dict.fromkeys(data["by"])),
        tuple(sorted((data.get("cut") or {}).items())),
        frozenset(data["year"]) if "year" in data else None,
        frozenset(data["phase"]) if "phase" in data else None,
        frozenset(data["month"]) if "month" in data else None,
        data.get("direction"),
    )
    names = {one["id"]: one["name"] for one in found}
    answer = looking.aggregate(periods, wish, names, data["offset"], data["limit"])
    currencies = sorted({one.currency for one in answer.periods})
    if len(currencies) > 1:
        text = tk._("The budgets are in several currencies ({known}). Add up those of one.")
        raise tk.ValidationError({"budget": [text.format(known=", ".join(currencies))]})
    return {
        "cells": [{**one, "amount": plain(one["amount"])} for one in answer.cells],
        "count": answer.count,
        "currency": currencies[0] if currencies else None,
        "periods": [_shown_period(one) for one in answer.periods],
        "left": [_shown_period(one) for one in answer.left],
    }


@tk.side_effect_free
def budget_line_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The lines of a period.

    :param budget: id or name of the budget
    :type budget: string
    :param year: the year
    :type year: int
    :param phase: ``proposed``, ``approved``, ``adjusted`` or ``executed``
    :type phase: string
    :param month: the month (optional; default: the whole year, else the latest month)
    :type month: int
    :param cut: axis → path that lines must lie below (optional)
    :type cut: dictionary
    :param direction: ``revenue`` or ``expenditure`` (optional)
    :type direction: string
    :param order: ``file`` (default) or ``amount`` (largest first)
    :type order: string
    :param cursor: ``next`` of the page before (optional)
    :type cursor: int
    :param limit: at most 1000 (optional, default: 100)
    :type limit: int

    :returns: ``count``, ``lines`` (n, row, direction, amount, currency, codes by axis, note), ``next`` (None at the
        end)
    :rtype: dictionary
    :raises ObjectNotFound: when there is no such budget or period
    """
    tk.check_access("budget_line_list", context, data_dict)
    data = checked(data_dict, schema.lines(), context)
    budget = budgets.get(data["budget"])
    months = frozenset({data["month"]}) if data.get("month") is not None else None
    wish = looking.Wish((), (), frozenset({data["year"]}), frozenset({data["phase"]}), months)
    period, query = (
        _period_of(budget, wish),
        aggregating.Query((), tuple((data.get("cut") or {}).items()), data.get("direction")),
    )
    by_amount = data["order"] == "amount"
    cursor = data.get("cursor")
    after = cursor if cursor is not None else (0 if by_amount else -1)
    numbers, count = aggregating.line_numbers(period, query, after, data["limit"], largest=by_amount)
    levels = publishing.levels_of({period.number})[period.number]
    last = after + len(numbers) if by_amount else (numbers[-1] if numbers else -1)
    more = bool(numbers) and (last < count if by_amount else len(numbers) == data["limit"])
    return {
        "count": count,
        "lines": line_list.lines(period, numbers, levels),
        "next": last if more else None,
        "period": _shown_period(period),
    }


def _period_of(budget: dict[str, Any], wish: looking.Wish) -> budgets.PeriodVersion:
    found = looking.chosen(budgets.periods([budget["id"]]), wish)
    if not found:
        raise tk.ObjectNotFound(tk._("The budget has no such year and phase."))
    return found[0]


@tk.side_effect_free
def budget_path_show(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """A code with those above it, and their names.

    :param budget: id or name of the budget
    :type budget: string
    :param year: the year
    :type year: int
    :param phase: ``proposed``, ``approved``, ``adjusted`` or ``executed``
    :type phase: string
    :param axis: such as ``functional``
    :type axis: string
    :param path: such as ``04/1/225``
    :type path: string

    :returns: ``path``, ``code``, ``name`` and ``depth`` of each, the widest first
    :rtype: list of dictionaries
    :raises ObjectNotFound: when there is no such budget, period or code
    """
    tk.check_access("budget_path_show", context, data_dict)
    data = checked(data_dict, schema.path(), context)
    wish = looking.Wish((), (), frozenset({data["year"]}), frozenset({data["phase"]}))
    period = _period_of(budgets.get(data["budget"]), wish)
    found = looking.crumbs(period, data["axis"], data["path"])
    if not found or found[-1]["path"] != data["path"]:
        raise tk.ObjectNotFound(tk._("The budget has no such code. Begin at the top."))
    return found


@limited("budget_clarity")
def budget_clarity_add(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say whether a line or a sum of a budget is clear. Answers are counted; nothing is kept of who said so.

    :param budget: id or name of the budget
    :type budget: string
    :param place: axis and path, such as ``functional:04/1``
    :type place: string
    :param clear: whether it is
    :type clear: boolean

    :returns: ``clear`` and ``unclear``: how many said so
    :rtype: dictionary
    :raises NotAuthorized: when it is done too often (status 429)
    """
    tk.check_access("budget_clarity_add", context, data_dict)
    data = checked(data_dict, schema.clarity(), context)
    budget = budgets.get(data["budget"])
    return clarity.add(budget["id"], data["place"], clear=data["clear"])


def _shown(budget: dict[str, Any], *, periods: bool = True) -> dict[str, Any]:
    shown = {
        **{name: budget[name] for name in ("id", "name", "level", "region", "parts")},
        "title": title_of(budget),
        "title_translated": budget["title"],
        "owner_org": budget["agency_id"],
        "dataset": publishing.package_name(budget["name"]),
    }
    if not periods:
        return shown
    found = budgets.periods([budget["id"]])
    levels = publishing.levels_of({one.number for one in found})
    shown["periods"] = [_shown_period(one) | {"steps": looking.steps_of(levels[one.number])} for one in found]
    return shown


def _shown_period(one: budgets.PeriodVersion) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("year", "month", "phase", "lines", "currency")},
        "revenue": plain(one.revenue),
        "expenditure": plain(one.expenditure),
        "import": one.import_id,
    }


def _shown_import(one: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "state", "file_name", "digest", "mapping", "accepted", "rows", "lines", "empty")
    moments = {name: one[name].isoformat() if one[name] else None for name in ("started_at", "finished_at")}
    return {
        **{name: one[name] for name in names},
        "budget": one["budget_id"],
        "periods": one["difference"] or [],
        "findings": shared.told(one["findings"]),
        **moments,
    }
