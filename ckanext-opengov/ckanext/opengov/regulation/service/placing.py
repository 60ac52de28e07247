"""A new version is public: every comment finds its place in it, and says what became of the text that it is about.

What a comment was written on never changes; ``place`` and ``mark`` are its place in the newest version. The threads of
the civic kit follow: their anchor is the place in the newest version, so that a part's comments are one thread and are
counted by it. Comments on a part that is gone stand in a thread of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.discussion import Comment, Thread
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.civic.service.discussion import clusters, threads
from ckanext.opengov.civic.service.discussion.threads import Subject
from ckanext.opengov.regulation.model.acts import DraftAct, Version
from ckanext.opengov.regulation.model.remarks import Remark
from ckanext.opengov.regulation.service import storing
from ckanext.opengov.regulation.service.versions.anchors import Anchor, Attaching
from ckanext.opengov.regulation.service.versions.comparing import compare
from ckanext.opengov.regulation.service.words import TYPE

REGROUP = "regulation.regroup"
# What the anchor of a thread begins with whose part is gone; no eId has a colon.
GONE = "gone:"
_TEMPORARY = "moving:"
_CHUNK = 5_000


@dataclass(frozen=True)
class Found:
    """Where a comment stands now."""

    comment_id: str
    place: str | None
    mark: str


def move_on(act: DraftAct, _before: Version, after: Version) -> None:
    """Give every comment on a part its place in the new version, in the session's open transaction."""
    found = list(_placed(act, after))
    for start in range(0, len(found), _CHUNK):
        _write(found[start : start + _CHUNK])
    _move_threads(act)
    counted = Counter(one.mark for one in found)
    public = {
        "version": after.number,
        **{mark: counted.get(mark, 0) for mark in ("same", "changed", "moved", "deleted")},
    }
    journal.record(TYPE, act.id, "draft_act.marked", actor=None, public=public)


def _placed(act: DraftAct, after: Version) -> Iterable[Found]:
    """Compared with the version that each was written on, so that an old comment is not lost by small steps."""
    new = storing.read(after.id)
    columns = (
        Remark.comment_id,
        Remark.version,
        Remark.language,
        Remark.eid,
        Remark.quote,
        Remark.quote_start,
        Remark.before,
        Remark.after,
    )
    query = sa.select(*columns).where(Remark.package_id == act.id, Remark.eid != "")
    groups: dict[tuple[int, str], list[Any]] = {}
    for row in model.Session.execute(query):
        groups.setdefault((row.version, row.language), []).append(row)
    for (number, language), rows in groups.items():
        old = storing.read(storing.get(act.id, number).id)
        attaching = Attaching(compare(old.get(language, ()), new.get(language, ())))
        # A campaign has a hundred thousand comments on one place.
        known: dict[Anchor, tuple[str | None, str]] = {}
        for row in rows:
            anchor = Anchor(row.eid, row.quote or "", row.quote_start, row.before or "", row.after or "")
            if anchor not in known:
                landing = attaching.land(anchor)
                known[anchor] = (landing.eid, landing.mark)
            yield Found(row.comment_id, *known[anchor])


def _write(found: Sequence[Found]) -> None:
    statement = sa.text(
        "UPDATE opengov_regulation_remark AS remark SET place = found.place, mark = found.mark"
        " FROM unnest(CAST(:ids AS uuid[]), CAST(:places AS text[]), CAST(:marks AS text[]))"
        " AS found (id, place, mark) WHERE remark.comment_id = found.id"
        " AND (remark.place IS DISTINCT FROM found.place OR remark.mark <> found.mark)"
    )
    values = {
        "ids": [one.comment_id for one in found],
        "places": [one.place for one in found],
        "marks": [one.mark for one in found],
    }
    model.Session.execute(statement, values)


# --- threads


def anchor_of(place: str | None, eid: str) -> str:
    """The anchor of the thread of comments at a place, or on a part that is gone."""
    return place if place is not None else f"{GONE}{eid}"


def _move_threads(act: DraftAct) -> None:
    """Most threads only get another anchor; where comments of one part stand in several now, they part."""
    wanted = _wanted(act.id)
    known = {one.id: one for one in threads.of_entity(TYPE, act.id) if one.anchor}
    main = {thread: max(places, key=lambda anchor: (places[anchor], anchor)) for thread, places in wanted.items()}
    for thread, anchor in main.items():
        if known[thread].anchor != anchor:
            known[thread].anchor = f"{_TEMPORARY}{thread}"
    model.Session.flush()
    taken = {one.anchor for one in known.values()}
    for thread in sorted(main, key=lambda one: (-known[one].comments_public, one)):
        if known[thread].anchor != main[thread] and main[thread] not in taken:
            known[thread].anchor = main[thread]
            taken.add(main[thread])
    model.Session.flush()
    for thread, places in wanted.items():
        for anchor in places:
            if known[thread].anchor != anchor:
                _move_comments(act, thread, anchor)
    for one in known.values():
        # All its comments went elsewhere: it is empty and stands nowhere.
        if (one.anchor or "").startswith(_TEMPORARY):
            model.Session.delete(one)
    model.Session.flush()


def _wanted(package_id: str) -> dict[str, dict[str, int]]:
    """Thread → the anchors that its comments should have, with how many want each."""
    anchor = sa.func.coalesce(Remark.place, sa.literal(GONE) + Remark.eid)
    query = (
        sa.select(Comment.thread_id, anchor, sa.func.count())
        .join(Remark, Remark.comment_id == Comment.id)
        .where(Remark.package_id == package_id, Remark.eid != "")
        .group_by(Comment.thread_id, anchor)
    )
    found: dict[str, dict[str, int]] = {}
    for thread, name, number in model.Session.execute(query):
        found.setdefault(thread, {})[name] = number
    return found


_ROOTS = """
    WITH roots AS (
        SELECT comment.id FROM opengov_comment AS comment
          JOIN opengov_regulation_remark AS remark ON remark.comment_id = comment.id
         WHERE comment.thread_id = CAST(:source AS uuid) AND coalesce(remark.place, 'gone:' || remark.eid) = :anchor
    )
"""
_LEAVE = """
    , counted AS (
        SELECT cluster_id, count(*) AS all_of_them, count(*) FILTER (WHERE state = 'public') AS public_ones
          FROM opengov_comment WHERE id IN (SELECT id FROM roots) AND cluster_id IS NOT NULL GROUP BY cluster_id
    )
    UPDATE opengov_comment_cluster AS cluster
       SET members = members - all_of_them, public_members = public_members - public_ones
      FROM counted WHERE cluster.id = counted.cluster_id
    RETURNING cluster.id
"""
_MOVE = """
    UPDATE opengov_comment SET thread_id = CAST(:target AS uuid), cluster_id = NULL, stands_for_group = false
     WHERE id IN (SELECT id FROM roots) OR root_id IN (SELECT id FROM roots)
"""
_COUNT = """
    UPDATE opengov_thread AS thread
       SET comments_public = (SELECT count(*) FROM opengov_comment
                               WHERE thread_id = thread.id AND state = 'public'),
           comments_pending = (SELECT count(*) FROM opengov_comment
                                WHERE thread_id = thread.id AND state = 'pending')
     WHERE id = ANY(CAST(:ids AS uuid[]))
"""


def _move_comments(act: DraftAct, source: str, anchor: str) -> None:
    """Comments and their answers to another thread; their groups there are found by the worker."""
    target = threads.find_or_create(Subject(TYPE, act.id, anchor), act.agency_id)
    model.Session.flush()
    values = {"source": source, "anchor": anchor}
    left = list(model.Session.scalars(sa.text(f"{_ROOTS}{_LEAVE}"), values))
    model.Session.execute(sa.text(f"{_ROOTS}{_MOVE}"), values | {"target": target.id})
    if left:
        clusters.settle(left)
    model.Session.execute(sa.text(_COUNT), {"ids": [source, target.id]})
    model.Session.expire_all()
    outbox.add(REGROUP, {"thread": target.id})


def regroup(message: Any) -> None:
    """Outbox handler: comments that came to a thread join the groups there. Safe to repeat."""
    clusters.group_ungrouped(message.payload["thread"])


def counts(package_id: str) -> Mapping[str, int]:
    """Place → how many public comments stand there, in one statement; the act as a whole under the empty name."""
    query = sa.select(sa.func.coalesce(Thread.anchor, ""), Thread.comments_public).where(
        Thread.entity_type == TYPE, Thread.entity_id == package_id, Thread.comments_public > 0
    )
    return {row[0]: row[1] for row in model.Session.execute(query)}
