"""Comments that an archive has beside its cards, with the answers that the agency gave them there.

Nobody's account stands behind them: they are kept in the portal's own name, and read under the name that the archive
gives, if it gives one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.model.discussion import Comment, new_id
from ckanext.opengov.civic.service import outbox, privacy
from ckanext.opengov.civic.service.discussion import texts, threads
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.discussion.threads import Subject
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.model.remarks import Remark, Response
from ckanext.opengov.regulation.service import answering, placing, storing
from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.words import AUTHORS, CITIZEN, OUTCOMES, REMARKS, TYPE

LONGEST = 10_000
MOST = 100_000


@dataclass(frozen=True)
class Said:
    """One comment of the archive, checked."""

    text: str
    language: str
    at: dt.datetime
    kind: str = "remark"
    channel: str = CITIZEN
    part: str = ""
    wording: str = ""
    author_name: str = ""
    outcome: str = ""
    reason: str = ""
    answered_at: dt.datetime | None = None


def read(given: object, moment: Any) -> tuple[Said, ...]:
    """The comments of a card.

    :param moment: reads a date of the archive
    :raises ValidationError: naming the comment
    """
    if not given:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST:
        raise tk.ValidationError({"comments": [tk._("A list of comments is needed.")]})
    found = []
    for place, one in enumerate(given, 1):
        try:
            found.append(_said(one if isinstance(one, Mapping) else {}, moment))
        except tk.ValidationError as error:
            raise tk.ValidationError({"comments": [f"{place}: {error.error_summary}"]}) from error
    return tuple(found)


def _said(raw: Mapping[str, Any], moment: Any) -> Said:
    text = texts.check("text", raw.get("text") or "", LONGEST)
    outcome = _known("outcome", raw.get("outcome") or "", ("", *OUTCOMES))
    answered = moment("answered", raw["answered"]) if raw.get("answered") else None
    return Said(
        text=text,
        language=texts.check_language(raw["language"]) if raw.get("language") else privacy.language_of(text),
        at=moment("date", raw.get("date")),
        kind=_known("kind", raw.get("kind") or "remark", REMARKS),
        channel=_known("channel", raw.get("channel") or CITIZEN, AUTHORS),
        part=str(raw.get("part") or ""),
        wording=texts.check("wording", raw["wording"], LONGEST) if raw.get("wording") else "",
        author_name=texts.check_name(raw.get("author_name")) or "",
        outcome=outcome,
        reason=texts.check("reason", raw["reason"], LONGEST) if raw.get("reason") else "",
        answered_at=answered,
    )


def _known(name: str, value: str, known: Any) -> str:
    if value not in known:
        message = tk._("“{value}” is not known. Use one of: {known}.")
        raise tk.ValidationError({name: [message.format(value=str(value)[:40], known=", ".join(filter(None, known)))]})
    return value


def bring(act: DraftAct, said: Sequence[Said], author_id: str) -> None:
    """Keep the comments of a new act in the session's open transaction; the worker finds groups of similar ones."""
    version = storing.get(act.id, 1)
    known = {part.eid for parts in storing.read(version.id).values() for part in tree.walk(parts)}
    by_place: dict[str, list[Said]] = {}
    for one in said:
        by_place.setdefault(one.part if one.part in known else "", []).append(one)
    for eid, some in by_place.items():
        thread = threads.find_or_create(Subject(TYPE, act.id, eid or None), act.agency_id)
        made = [_comment(one, thread.id, author_id) for one in some]
        model.Session.add_all(made)
        thread.comments_public += len(made)
        model.Session.flush()
        model.Session.add_all(_remarks(act, eid, some, made, author_id))
        outbox.add(placing.REGROUP, {"thread": thread.id})
    model.Session.flush()
    act.figures = answering.figures(act)


def _comment(one: Said, thread_id: str, author_id: str) -> Comment:
    copy = public_copy(one.text, one.language)
    return Comment(
        id=new_id(),
        thread_id=thread_id,
        author_id=author_id,
        author_name=public_copy(one.author_name, one.language).text if one.author_name else None,
        kind="comment",
        language=one.language,
        text_original=one.text,
        text_public=copy.text,
        findings=copy.findings,
        state="public",
        created_at=one.at,
        published_at=one.at,
        stands_for_group=False,
    )


def _remarks(
    act: DraftAct, eid: str, some: Sequence[Said], made: Sequence[Comment], author_id: str
) -> list[Remark | Response]:
    rows: list[Remark | Response] = []
    for one, comment in zip(some, made, strict=True):
        response = _response(act, one, comment, author_id) if one.outcome else None
        if response is not None:
            rows.append(response)
        wording = {"wording_original": one.wording, "wording_public": public_copy(one.wording).text}
        rows.append(
            Remark(
                comment_id=comment.id,
                package_id=act.id,
                position=comment.position,
                version=1,
                discussion=act.discussion,
                eid=eid,
                place=eid or None,
                mark="same",
                kind=one.kind,
                channel=one.channel,
                language=one.language,
                response_id=response.id if response is not None else None,
                **(wording if one.wording else {}),
            )
        )
    return rows


def _response(act: DraftAct, one: Said, comment: Comment, author_id: str) -> Response:
    return Response(
        id=new_id(),
        package_id=act.id,
        comment_id=comment.id,
        outcome=one.outcome,
        reason=public_copy(one.reason, one.language).text,
        language=one.language,
        version=1,
        answered_by=author_id,
        answered_at=one.answered_at or one.at,
    )
