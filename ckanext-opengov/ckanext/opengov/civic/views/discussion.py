"""Pages of the discussion: a thread by itself, one comment, its forms, the export, and the moderators' queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from ckanext.opengov.civic.service.discussion import export as exporting
from ckanext.opengov.civic.service.discussion import files
from ckanext.opengov.civic.service.discussion.rules import REASONS
from ckanext.opengov.civic.web import attached

blueprint = Blueprint("opengov_discussion", __name__)

FOLDER = "opengov_civic/discussion"
QUEUE = 50
CHOICES = ("sort", "grouped", "cluster_id", "parent_id", "cursor")


def _context() -> Any:
    return {"user": current_user.name, "auth_user_obj": current_user}


def _act(action: str, data: dict[str, Any]) -> Any:
    """Call an action for a page; what may not be seen is not found."""
    try:
        return tk.get_action(action)(_context(), data)
    except (tk.ObjectNotFound, tk.NotAuthorized) as error:
        if isinstance(error, tk.NotAuthorized) and not current_user.is_authenticated:
            return tk.abort(401, tk._("Sign in to go on."))
        return tk.abort(404 if isinstance(error, tk.ObjectNotFound) else 403, str(error))


def _sentences(error: tk.ValidationError) -> str:
    given = cast(Mapping[str, Any], error.error_dict)
    return " ".join(str(text) for texts in given.values() for text in texts)


def _back(place: str = "") -> ResponseReturnValue:
    """To the page that the form names, if it is one of ours, in the language of the form."""
    target = request.form.get("next", "")
    if not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return redirect(tk.url_for("home.index"))
    return redirect(tk.url_for(target.partition("#")[0]) + place)


@blueprint.get("/discussion/<uuid:thread_id>")
def thread(thread_id: Any) -> ResponseReturnValue:
    """A page of a thread; for a script only its comments."""
    data = {key: request.args[key] for key in CHOICES if request.args.get(key)}
    found = _show(lambda: _act("comment_list", {"thread_id": str(thread_id), **data}))
    is_part = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    template = "comments.html" if is_part else "page.html"
    page = tk.render(f"{FOLDER}/{template}", {"discussion": found, "chosen": data})
    answer = make_response(page)
    # The same address answers a script with a part of the page.
    answer.vary.add("HX-Request")
    return answer


def _show(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except tk.ValidationError as error:
        return tk.abort(400, _sentences(error))


@blueprint.get("/discussion/<uuid:thread_id>/similar")
def similar(thread_id: Any) -> str:
    """The groups of comments that say nearly the same."""
    data = {"thread_id": str(thread_id), "cursor": request.args.get("cursor", "")}
    found = _show(lambda: _act("comment_cluster_list", data))
    return tk.render(f"{FOLDER}/similar.html", {"groups": found, "thread_id": str(thread_id)})


@blueprint.get("/discussion/comment/<uuid:comment_id>")
def comment(comment_id: Any) -> str:
    """One comment, with what it is about: the address that one shares."""
    found = _act("comment_show", {"id": str(comment_id)})
    chosen = {"parent_id": found["id"]}
    replies = _act("comment_list", {"thread_id": found["thread_id"], **chosen})
    return tk.render(f"{FOLDER}/comment_page.html", {"comment": found, "discussion": replies, "chosen": chosen})


@blueprint.post("/discussion/comment")
def create() -> ResponseReturnValue:
    """The form under a discussion."""
    fields = ("entity_type", "entity_id", "anchor", "parent_id", "text", "language", "author_name", "kind")
    data: dict[str, Any] = {field: request.form.get(field, "") for field in fields if request.form.get(field)}
    data["attachments"] = request.files.getlist("attachments")
    try:
        made = _act("comment_create", data)
    except tk.ValidationError as error:
        # The text is the writer's work: the form comes again with it.
        return _again(data, _sentences(error)), 400
    tk.h.flash_success(_thanks(made))
    return _back(f"#comment-{made['id']}")


def _again(form: dict[str, Any], error: str) -> str:
    subject = {key: form[key] for key in ("entity_type", "entity_id", "anchor") if key in form}
    try:
        discussion = _act("comment_list", {**subject, "limit": 1})
    except tk.ValidationError:
        discussion = None
    page = {"form": form, "error": error, "discussion": discussion, "next_address": request.form.get("next", "")}
    return tk.render(f"{FOLDER}/again.html", page)


def _thanks(made: dict[str, Any]) -> str:
    if made["state"] == "public":
        return tk._("Your comment is published.")
    return tk._("Thank you. A moderator reads your comment before everybody sees it.")


@blueprint.get("/discussion/comment/<uuid:comment_id>/edit")
def edit(comment_id: Any) -> str:
    """The form in which one changes one's own comment."""
    found = _act("comment_show", {"id": str(comment_id)})
    if not found["may_edit"]:
        tk.abort(403, tk._("This comment can no longer be changed."))
    return tk.render(f"{FOLDER}/edit.html", {"comment": found, "text": found["text_original"], "error": None})


@blueprint.post("/discussion/comment/<uuid:comment_id>/edit")
def update(comment_id: Any) -> ResponseReturnValue:
    """The changed comment."""
    data = {"id": str(comment_id), "text": request.form.get("text", "")}
    try:
        _act("comment_update", data)
    except tk.ValidationError as error:
        found = _act("comment_show", {"id": str(comment_id)})
        page = {"comment": found, "text": data["text"], "error": _sentences(error)}
        return tk.render(f"{FOLDER}/edit.html", page), 400
    return redirect(tk.url_for("opengov_discussion.comment", comment_id=comment_id))


@blueprint.post("/discussion/comment/<uuid:comment_id>/vote")
def vote(comment_id: Any) -> ResponseReturnValue:
    """A vote; a script gets the buttons anew, a form goes back to its page."""
    data = {"id": str(comment_id), "value": request.form.get("value", "")}
    voted = _show(lambda: _act("comment_vote", data))
    if request.headers.get("HX-Request"):
        return tk.render(f"{FOLDER}/votes.html", {"comment": voted, "can_vote": True})
    return _back(f"#comment-{comment_id}")


@blueprint.get("/discussion/<uuid:thread_id>/export.<any(csv, json):form>")
def export(thread_id: Any, form: str) -> Response:
    """A whole thread, sent while it is read."""
    _act("comment_export", {"thread_id": str(thread_id), "format": form})
    headers = {
        "Content-Disposition": f'attachment; filename="discussion-{thread_id}.{form}"',
        "Content-Security-Policy": attached.SANDBOX,
    }
    rows = exporting.stream(str(thread_id), form)
    return Response(rows, headers=headers, content_type=exporting.FORMATS[form])


@blueprint.get("/discussion/attachment/<uuid:attachment_id>")
def attachment(attachment_id: Any) -> Response:
    """A file as it came, for its author and competent officers; for all others its masked text or released picture."""
    found = files.get(str(attachment_id))
    if found is None:
        return tk.abort(404, tk._("There is no file with this id."))
    shown = _act("comment_show", {"id": found.comment_id})
    listed = next((one for one in shown["attachments"] if one["id"] == found.id), None)
    if listed is None:
        return tk.abort(404, tk._("There is no file with this id."))
    if listed.get("has_original") and "copy" not in request.args:
        return attached.served(listed["name"], found.mimetype, files.original(found))
    if found.is_picture and (listed.get("has_original") or not listed["is_private"]):
        return attached.served(found.name_public, attached.PICTURE, files.picture(found) or b"", inline=True)
    if listed["is_private"]:
        return tk.abort(403, listed["note"])
    return attached.served(found.name_public, attached.TEXT, found.text_public or "")


@blueprint.post("/discussion/attachment/<uuid:attachment_id>/picture")
def picture(attachment_id: Any) -> ResponseReturnValue:
    """Open a picture to everybody, or close it again."""
    _show(lambda: _act("comment_picture_release", {"id": str(attachment_id), "public": request.form.get("public", "")}))
    tk.h.flash_success(tk._("Your decision is saved."))
    return _back()


@blueprint.get("/moderation")
def moderation() -> str:
    """What waits for the user as a moderator."""
    chosen = {key: request.args[key] for key in ("state", "marked", "cluster_id", "cursor") if request.args.get(key)}
    found = _show(lambda: _act("comment_moderation_list", {**chosen, "limit": QUEUE}))
    return tk.render(f"{FOLDER}/moderation.html", {"queue": found, "chosen": chosen, "reasons": REASONS})


@blueprint.post("/moderation")
def decide() -> ResponseReturnValue:
    """A decision on the comments that were ticked."""
    reason = request.form.get("reason_text", "").strip() or request.form.get("reason", "")
    data = {"ids": request.form.getlist("ids"), "state": request.form.get("state"), "reason": reason}
    try:
        done = _act("comment_moderate", data)
    except tk.ValidationError as error:
        tk.h.flash_error(_sentences(error))
        return _back()
    count = len(done["changed"])
    text = tk.ungettext("{number} comment decided.", "{number} comments decided.", count)
    tk.h.flash_success(text.format(number=count))
    return _back()
