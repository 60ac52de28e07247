"""Pages of harvesting beside those of ckanext-harvest."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint
from flask.typing import ResponseReturnValue

import ckanext.harvest.utils as stock

opengov_harvest = Blueprint("opengov_harvest", __name__)


def _form() -> dict[str, str]:
    return {name: value for name, value in tk.request.form.items() if name in _FIELDS}


_FIELDS = ("url", "title", "source_type", "config", "owner_org", "offset")


@opengov_harvest.route("/harvest/rehearse/<id>", methods=["POST"])
def rehearse_saved(id: str) -> ResponseReturnValue:
    """What a run of a saved source would change."""
    return _rehearse({"id": id, **_form()})


@opengov_harvest.route("/harvest/rehearse", methods=["POST"])
def rehearse_new() -> ResponseReturnValue:
    """What a run of a source would change that is not saved yet."""
    return _rehearse(_form())


def _rehearse(data: dict[str, Any]) -> ResponseReturnValue:
    errors: dict[str, Any] = {}
    answer: dict[str, Any] = {}
    try:
        answer = tk.get_action("harvest_source_rehearse")({}, dict(data))
    except tk.ValidationError as error:
        errors = error.error_dict
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such source."))
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    extra = {"answer": answer, "errors": errors, "data": data}
    return tk.render("opengov_harvest/rehearsal.html", extra_vars=extra)


@opengov_harvest.route("/harvest/notice/<id>/close", methods=["POST"])
def close_notice(id: str) -> ResponseReturnValue:
    """Put a notice away, or confirm the list and start the next run."""
    confirm = "confirm" in tk.request.form
    try:
        notice = tk.get_action("harvest_notice_close")({}, {"id": id, "confirm": confirm})
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    except tk.ValidationError as error:
        return tk.abort(400, "; ".join(error.error_summary.values()))
    return (
        stock.refresh_view(notice["source_id"])
        if confirm
        else tk.redirect_to("harvester.admin", id=notice["source_id"])
    )


def _by_post_only(view: Any) -> Any:
    """ckanext-harvest changes things by GET, so a link on any page could; here only a form with a token does."""

    def guarded(**arguments: str) -> ResponseReturnValue:
        if tk.request.method != "POST":
            return tk.abort(405, tk._("This address only takes forms of the portal's own pages."))
        return view(**arguments)

    return guarded


def _stop(source: str, id: str) -> ResponseReturnValue:
    return stock.job_abort_view(source, id)


# The same addresses as ckanext-harvest's, which come later and are never reached.
for _rule, _name, _view in (
    ("/harvest/refresh/<id>", "refresh", stock.refresh_view),
    ("/harvest/clear/<id>", "clear", stock.clear_view),
    ("/harvest/delete/<id>", "delete", stock.delete_view),
    ("/harvest/<source>/job/<id>/abort", "stop", _stop),
):
    opengov_harvest.add_url_rule(_rule, _name, _by_post_only(_view), methods=["GET", "POST"])
