"""Redlines between two versions of an act, and changes that answer comments: their authors see them and are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import journal, notices, outbox, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.regulation.model.acts import DraftAct, Version
from ckanext.opengov.regulation.model.remarks import Remark
from ckanext.opengov.regulation.model.texts import ChangeAnswer
from ckanext.opengov.regulation.service import clock, moving, storing
from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.versions import redline
from ckanext.opengov.regulation.service.versions.redline import Redline
from ckanext.opengov.regulation.service.words import COMPONENT, LANGUAGES, TYPE

LINKED = "regulation.linked"
AT_ONCE = 500
CHANGED = N_("The text was changed after your comment: {title}")
SEE = N_("The agency says that a change in version {version} answers your comment. Compare the versions:")


@dataclass(frozen=True)
class Compared:
    """Two versions of an act in one language, each with its text."""

    before: Version
    after: Version
    language: str
    old: tuple[Part, ...]
    new: tuple[Part, ...]

    def redline(self, *, changes_only: bool) -> Redline:
        """The rows of the comparison."""
        return redline.redline(self.old, self.new, self.language, changes_only=changes_only)


def compared(act: DraftAct, wanted: Mapping[str, Any], user_id: str | None) -> Compared:
    """The two versions that somebody wants to compare: by default the newest one with the one before it.

    :param wanted: ``before``, ``after`` and ``language``, each optional
    :raises ObjectNotFound: when there is no such version, or none that they may read
    :raises ValidationError: when there is only one, or no language that both have
    """
    after = moving.version_for(act, wanted.get("after") or _newest_public(act), user_id)
    number = wanted.get("before") or _number_before(act, after.number)
    if number is None:
        raise tk.ValidationError({"before": [tk._("This act has one version only: there is nothing to compare.")]})
    before = moving.version_for(act, number, user_id)
    old, new = storing.read(before.id), storing.read(after.id)
    both = [code for code in LANGUAGES if old.get(code) and new.get(code)]
    if not both:
        raise tk.ValidationError({"language": [tk._("These two versions have no language in common.")]})
    asked = wanted.get("language") or wording.current()
    language = asked if asked in both else both[0]
    return Compared(before, after, language, old[language], new[language])


def _newest_public(act: DraftAct) -> int | None:
    """The act in force too, once it was adopted with its text."""
    query = sa.select(sa.func.max(Version.number)).where(Version.package_id == act.id, Version.state != storing.DRAFT)
    return model.Session.scalar(query)


def _number_before(act: DraftAct, number: int) -> int | None:
    query = sa.select(sa.func.max(Version.number)).where(Version.package_id == act.id, Version.number < number)
    return model.Session.scalar(query)


# --- changes that answer comments


def link(act: DraftAct, version: Version, eid: str, comment_id: str, actor: str) -> ChangeAnswer:
    """Say that a change in a version answers a comment, in the session's open transaction. Said twice it stays one.

    :raises ValidationError: when the version has no such change, or the act no such public comment
    """
    _check_part(act, version, eid)
    _check_comment(act, comment_id)
    query = sa.select(ChangeAnswer).where(
        ChangeAnswer.package_id == act.id,
        ChangeAnswer.version == version.number,
        ChangeAnswer.eid == eid,
        ChangeAnswer.comment_id == comment_id,
    )
    found = model.Session.scalar(query)
    if found is not None:
        return found
    made = ChangeAnswer(
        package_id=act.id,
        version=version.number,
        eid=eid,
        comment_id=comment_id,
        linked_by=actor,
        linked_at=clock.now(),
    )
    model.Session.add(made)
    model.Session.flush()
    about = {"version": version.number, "eid": eid, "comment": comment_id}
    journal.record(TYPE, act.id, "draft_act.linked", actor=actor, public=about)
    tell_later(act.id)
    return made


def unlink(act: DraftAct, version: Version, eid: str, comment_id: str, actor: str) -> None:
    """Take it back."""
    change = sa.delete(ChangeAnswer).where(
        ChangeAnswer.package_id == act.id,
        ChangeAnswer.version == version.number,
        ChangeAnswer.eid == eid,
        ChangeAnswer.comment_id == comment_id,
    )
    if model.Session.execute(change).rowcount:
        about = {"version": version.number, "eid": eid, "comment": comment_id}
        journal.record(TYPE, act.id, "draft_act.unlinked", actor=actor, public=about)


def _check_part(act: DraftAct, version: Version, eid: str) -> None:
    number = _number_before(act, version.number)
    before = storing.read(storing.get(act.id, number).id) if number else {}
    text = storing.read(version.id)
    is_same = all(tree.find(text.get(code, ()), eid) == tree.find(before.get(code, ()), eid) for code in LANGUAGES)
    if is_same:
        message = tk._("Version {version} changes nothing at “{eid}”: only a change answers a comment.")
        raise tk.ValidationError({"eid": [message.format(version=version.number, eid=eid[:80])]})


def _check_comment(act: DraftAct, comment_id: str) -> None:
    query = (
        sa.select(Remark.comment_id)
        .join(Comment, Comment.id == Remark.comment_id)
        .where(
            Remark.package_id == act.id, Comment.state == "public", sa.cast(Remark.comment_id, sa.Text) == comment_id
        )
    )
    if model.Session.scalar(query) is None:
        raise tk.ValidationError({"comment_id": [tk._("This act has no such public comment.")]})


def of_version(act: DraftAct, version: Version) -> dict[str, list[str]]:
    """eId → the comments that its change answers."""
    query = sa.select(ChangeAnswer.eid, ChangeAnswer.comment_id).where(
        ChangeAnswer.package_id == act.id, ChangeAnswer.version == version.number
    )
    found: dict[str, list[str]] = {}
    for eid, comment in model.Session.execute(query.order_by(ChangeAnswer.linked_at)):
        found.setdefault(eid, []).append(comment)
    return found


def of_comments(ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Comment → the changes in public versions that answer it."""
    query = (
        sa.select(ChangeAnswer.comment_id, ChangeAnswer.version, ChangeAnswer.eid)
        .join(
            Version,
            sa.and_(Version.package_id == ChangeAnswer.package_id, Version.number == ChangeAnswer.version),
        )
        .where(ChangeAnswer.comment_id.in_(ids), Version.state != storing.DRAFT)
        .order_by(ChangeAnswer.version, ChangeAnswer.linked_at)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for comment, version, eid in model.Session.execute(query):
        found.setdefault(comment, []).append({"version": version, "eid": eid})
    return found


# --- telling the authors


def tell_later(act_id: str) -> None:
    """Authors whose comments are answered by changes of public versions are told by the worker."""
    outbox.add(LINKED, {"act": act_id})


def tell(message: OutboxMessage) -> None:
    """Outbox handler: each author is told once of each change; what is not public yet waits. Safe to repeat."""
    act = model.Session.get(DraftAct, message.payload["act"])
    if act is None:
        return
    query = (
        sa.select(ChangeAnswer, Comment.author_id)
        .join(Comment, Comment.id == ChangeAnswer.comment_id)
        .join(
            Version,
            sa.and_(Version.package_id == ChangeAnswer.package_id, Version.number == ChangeAnswer.version),
        )
        .where(ChangeAnswer.package_id == act.id, ChangeAnswer.told_at.is_(None), Version.state != storing.DRAFT)
        .order_by(ChangeAnswer.id)
        .limit(AT_ONCE)
    )
    rows = list(model.Session.execute(query))
    for change, author in rows:
        change.told_at = clock.now()
        if author:
            _tell(act, change, author)
    if len(rows) == AT_ONCE:
        tell_later(act.id)


def _tell(act: DraftAct, change: ChangeAnswer, author: str) -> None:
    subject, body = {}, {}
    for code in LANGUAGES:
        subject[code] = wording.say(code, CHANGED).format(title=wording.pick(act.title, code))
        body[code] = wording.say(code, SEE).format(version=change.version)
    notices.notify(
        "draft_act.linked",
        entity_type=TYPE,
        entity_id=act.id,
        component=COMPONENT,
        agency_id=act.agency_id,
        subject=subject,
        body=body,
        url=f"/draft-act/{act.number}/compare?after={change.version}#change-{change.eid}",
        key=f"draft_act.linked:{change.id}",
        to_users=[author],
    )
