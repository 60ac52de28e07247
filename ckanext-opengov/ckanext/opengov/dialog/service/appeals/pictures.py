"""Pictures with appeals: everybody sees one once an officer has looked whether it shows anything private."""

from __future__ import annotations

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.model.discussion import CommentAttachment
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.discussion import files
from ckanext.opengov.dialog.model.appeals import Appeal
from ckanext.opengov.dialog.service.appeals import moving, packages, showing
from ckanext.opengov.dialog.service.appeals.guards import PRIVATE

OPENED = "appeal.picture_opened"
CLOSED = "appeal.picture_closed"


def release(appeal_id: str, attachment_id: object, *, public: bool, actor: str) -> Appeal:
    """Open a picture to everybody, or close it again, in the session's open transaction.

    :raises ObjectNotFound: when the appeal has no such file
    :raises ValidationError: for a file that is no picture, or an appeal that its author wants to be private
    """
    appeal = moving.lock(appeal_id)
    if appeal.visibility == "private":
        raise tk.ValidationError({"number": [tk._(PRIVATE)]})
    if files.release(of(appeal, attachment_id), public=public, actor=actor):
        event = OPENED if public else CLOSED
        journal.record(packages.TYPE, appeal.id, event, actor=actor, internal={"attachment": attachment_id})
        model.Session.flush()
    return appeal


def of(appeal: Appeal, attachment_id: object) -> CommentAttachment:
    """A file of an appeal.

    :raises ObjectNotFound: when there is none
    """
    found = next((one for one in showing.attachments(appeal.id) if one.id == attachment_id), None)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such file."))
    return found
