"""Comments on an act: at a part, at a quoted range of it, or on the whole; by citizens and by accredited experts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.model.discussion import Comment
from ckanext.opengov.civic.service.calendar import is_late
from ckanext.opengov.civic.service.discussion import comments, states, texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.discussion.rules import State
from ckanext.opengov.civic.service.discussion.threads import Subject
from ckanext.opengov.regulation.model.acts import DraftAct, VersionPart
from ckanext.opengov.regulation.model.remarks import Remark
from ckanext.opengov.regulation.service import clock, moving, people, storing
from ckanext.opengov.regulation.service.words import CITIZEN, REMARKS, TYPE

LONGEST_QUOTE = 2_000
LONGEST_WORDING = 10_000
# Letters before and after a quote that are kept to find it again.
AROUND = 60


@dataclass(frozen=True)
class Wish:
    """What somebody wants to say about an act."""

    author_id: str
    text: object
    language: object
    eid: str = ""
    kind: str = "remark"
    channel: str = CITIZEN
    quote: str = ""
    wording: str = ""
    author_name: object = None
    attachments: Any = ()


def closed(act: DraftAct, channel: str = CITIZEN) -> str | None:
    """Why this act takes no comments in a channel at this moment; None while it does."""
    state = moving.state_of(act)
    if state == "announced":
        return tk._("The discussion has not begun yet.")
    end = end_of(act, channel)
    if state != "discussion" or end is None:
        return tk._("The discussion of this act is over.") if act.version else tk._("This act is not discussed yet.")
    if is_late(clock.now(), end):
        return tk._("The term for comments is over.")
    return None


def end_of(act: DraftAct, channel: str) -> dt.datetime | None:
    """When the term of a channel ends."""
    if channel == CITIZEN:
        return act.ends_at
    end = act.channel_ends.get(channel)
    return dt.datetime.fromisoformat(end) if end else None


def create(act: DraftAct, wish: Wish) -> tuple[Comment, Remark]:
    """Write a comment in the session's open transaction.

    :raises ValidationError: when the term is over, the part is gone, or for a value that is refused
    :raises NotAuthorized: for a channel in which the author is not accredited
    """
    reason = closed(act, wish.channel)
    if reason:
        raise tk.ValidationError({"id": [reason]})
    if wish.channel != CITIZEN and wish.channel not in people.channels_of(wish.author_id):
        raise tk.NotAuthorized(tk._("You are not accredited as an expert in this channel."))
    if wish.kind not in REMARKS:
        raise tk.ValidationError({"kind": [tk._("Choose remark, proposal or support.")]})
    language, quoted = _quoted(act, wish)
    wording = _wording(wish)
    text = wish.text or (tk._("I support this.") if wish.kind == "support" else "")
    comment = comments.create(
        comments.Draft(
            subject=Subject(TYPE, act.id, wish.eid or None),
            author_id=wish.author_id,
            text=text,
            language=wish.language,
            author_name=wish.author_name,
            attachments=wish.attachments,
        )
    )
    remark = Remark(
        comment_id=comment.id,
        package_id=act.id,
        position=comment.position,
        version=act.version,
        discussion=act.discussion,
        eid=wish.eid,
        place=wish.eid or None,
        mark="same",
        kind=wish.kind,
        channel=wish.channel,
        language=language,
        **quoted,
        **wording,
    )
    model.Session.add(remark)
    if wish.channel != CITIZEN:
        # An accredited expert is known by name and organization: nobody moderates an opinion.
        states.move([comment], State.PUBLIC)
    model.Session.flush()
    return comment, remark


def _wording(wish: Wish) -> dict[str, str | None]:
    if wish.kind != "proposal":
        return {}
    if not wish.wording:
        message = tk._("Write the wording that you want. Without one, choose “remark”.")
        raise tk.ValidationError({"wording": [message]})
    given = texts.check("wording", wish.wording, LONGEST_WORDING)
    return {"wording_original": given, "wording_public": public_copy(given).text}


def _quoted(act: DraftAct, wish: Wish) -> tuple[str, dict[str, Any]]:
    """The language of the text that is meant, and where the quote stands in its part."""
    language = texts.check_language(wish.language)
    if not wish.eid:
        if wish.quote:
            raise tk.ValidationError({"quote": [tk._("A quote belongs to a part: name its eId.")]})
        return language, {}
    version = storing.public_version(act)
    found = storing.part(version.id, wish.eid) if version else {}
    if not found:
        message = tk._("The part “{eid}” is not, or no longer, in version {version} of this act. Choose another place.")
        raise tk.ValidationError({"eid": [message.format(eid=wish.eid[:80], version=act.version)]})
    if not wish.quote:
        return (language if language in found else next(iter(found))), {}
    return _found_quote(found, texts.check("quote", wish.quote, LONGEST_QUOTE), language)


def _found_quote(found: Mapping[str, VersionPart], quote: str, language: str) -> tuple[str, dict[str, Any]]:
    for code in (language, *found):
        part = found.get(code)
        start = part.text.find(quote) if part else -1
        if part and start >= 0:
            end = start + len(quote)
            return code, {
                "quote": quote,
                "quote_start": start,
                "quote_end": end,
                "before": part.text[max(0, start - AROUND) : start],
                "after": part.text[end : end + AROUND],
            }
    message = tk._("This quote does not stand in the part. Select it anew on the page, or leave it out.")
    raise tk.ValidationError({"quote": [message]})
