"""Pages of accounts: registering, the link of the mail, levels, and sign-in through an identity provider."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, current_app, request, session
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic import regions
from ckanext.opengov.civic.logic.action.persons import OLD_LINK, accept_identity
from ckanext.opengov.civic.service import persons, wording
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.civic.web import kept, oidc

blueprint = Blueprint("opengov_persons", __name__, url_prefix="/user")

_RETURN = "opengov_oidc_return"


@blueprint.before_request
def keep_nowhere() -> None:
    """These pages are for one person at one moment: no cache may keep them."""
    request.environ["__no_cache__"] = True


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Ask for an account. In place of core's form, which makes an account at once."""
    if current_user.is_authenticated:
        return tk.redirect_to("opengov_my.index")
    if request.method == "GET":
        return _register_form({"next": request.args.get("next", "")}, {}, {})
    data = _form("email", "fullname", "kind", "bin", "place", "next")
    try:
        tk.get_action("person_register")({}, {**data, "draft": kept.typed()})
    except tk.ValidationError as error:
        return _register_form(data, error.error_dict, error.error_summary)
    return tk.render("opengov_civic/persons/sent.html", {"data": data})


def _register_form(data: dict[str, str], errors: Any, summary: Any) -> str:
    variables = {"data": data, "errors": errors, "error_summary": summary, "regions": region_options()}
    return tk.render("opengov_civic/persons/register.html", variables)


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """The link of the mail. Opening it changes nothing, since mail programmes open links too; the button does."""
    link = persons.open_link(token)
    if link is None:
        return _old_link(tk._(OLD_LINK))
    variables: dict[str, Any] = {"purpose": link.purpose, "email": link.email, "errors": {}, "error_summary": {}}
    if request.method == "GET":
        return tk.render("opengov_civic/persons/confirm.html", variables)
    try:
        made = tk.get_action("person_confirm")({}, {"token": token, **_form("password")})
    except tk.ObjectNotFound as error:
        return _old_link(str(error))
    except tk.ValidationError as error:
        variables |= {"errors": error.error_dict, "error_summary": error.error_summary}
        return tk.render("opengov_civic/persons/confirm.html", variables)
    if not current_user.is_authenticated and variables["purpose"] == persons.REGISTER:
        _sign_in(model.User.get(made["user_id"]))
    tk.h.flash_success(tk._("Your e-mail address is confirmed."))
    return tk.redirect_to(made["next"] or tk.url_for("opengov_my.index"))


def _old_link(message: str) -> ResponseReturnValue:
    return tk.render("opengov_civic/persons/old_link.html", {"message": message}), 404


@blueprint.route("/levels")
def levels() -> str:
    """What each level is for, and how to reach it."""
    person = tk.get_action("person_show")({}, {}) if current_user.is_authenticated else None
    return tk.render("opengov_civic/persons/levels.html", {"person": person})


@blueprint.route("/confirm-address", methods=["POST"])
def confirm_address() -> ResponseReturnValue:
    """Send the link that confirms the account's address, and go back to the form that asked for it."""
    onward = request.form.get("next", "")
    try:
        answer = tk.get_action("person_email_confirm")({}, {"next": onward})
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(error.error_summary.values()))
        return tk.redirect_to("opengov_persons.levels")
    if answer["sent"]:
        tk.h.flash_success(tk._("The link is on its way. It works for 48 hours."))
    else:
        tk.h.flash_success(tk._("Your e-mail address is confirmed."))
    return tk.redirect_to(onward or tk.url_for("opengov_persons.levels"))


# --- identity provider


@blueprint.route("/identity", methods=["POST"])
def identity() -> ResponseReturnValue:
    """Leave for the identity provider, to sign in or to confirm who one is."""
    if not oidc.enabled():
        tk.abort(404)
    onward = request.form.get("next", "")
    session[_RETURN] = {"language": wording.current(), "next": onward if tk.h.url_is_local(onward) else ""}
    try:
        return oidc.redirect(tk.url_for("opengov_persons.identity_answer", locale="default", _external=True))
    except oidc.ProviderError as error:
        return _refused(error)


@blueprint.route("/identity/answer")
def identity_answer() -> ResponseReturnValue:
    """Come back from the identity provider."""
    if not oidc.enabled():
        tk.abort(404)
    back = session.pop(_RETURN, {})
    try:
        found = oidc.finish()
        current = model.User.get(current_user.id) if current_user.is_authenticated else None
        user = accept_identity(found, current)
    except Refusal as error:
        model.Session.rollback()
        return _refused(error)
    if current is None:
        _sign_in(user)
    tk.h.flash_success(tk._("Your identity is confirmed.") if found.national_id else tk._("You are signed in."))
    return tk.redirect_to(back.get("next") or tk.url_for("opengov_my.index", locale=back.get("language")))


def _refused(error: Refusal) -> ResponseReturnValue:
    return tk.render("opengov_civic/persons/refused.html", {"message": error.translated()}), 403


def _sign_in(user: model.User | None) -> None:
    """As core does it: a new session, so that one that was planted before is worth nothing."""
    if user is None:
        return
    current_app.session_interface.regenerate(session)  # pyright: ignore[reportAttributeAccessIssue]
    session.pop(tk.config["WTF_CSRF_FIELD_NAME"], None)
    tk.login_user(user)


def _form(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "") for name in names}


def region_options() -> list[dict[str, str]]:
    """The regions for a select, in the visitor's language."""
    language = wording.current()
    named = sorted(regions.regions(), key=lambda one: one.title(language))
    return [{"value": one.kato, "text": one.title(language)} for one in named]
