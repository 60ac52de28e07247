"""Groups of comments that say nearly the same: found when they come, counted, never deleted.

A comment joins the group whose founding text it is most like, at a similarity of 0.8 and more; otherwise it founds
one. Comparing with the founder only keeps groups from drifting, and keeps the index as small as the number of
different texts, not of comments. The index stands in the database, so every process sees every comment at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import ckan.model as model
import sqlalchemy as sa
from ckanext.opengov.civic.model.discussion import Comment, CommentBand, CommentCluster
from ckanext.opengov.civic.service.discussion import similarity
from ckanext.opengov.civic.service.discussion.rules import Kind

BATCH = 1_000
# Groups that share most bands with a text are compared with it in full; more of them would not be nearer.
COMPARED = 20


class _Index:
    """The groups that the texts at hand may belong to; grows by those that they found."""

    def __init__(self, hashes: Iterable[int]) -> None:
        wanted = sa.bindparam("hashes", sorted(set(hashes)), sa.ARRAY(sa.BigInteger))
        found = sa.select(CommentBand.hash, CommentBand.cluster_id).where(CommentBand.hash == sa.any_(wanted))
        rows = model.Session.execute(found).all()
        self._clusters: dict[int, list[int]] = {}
        for band, cluster in rows:
            self._clusters.setdefault(band, []).append(cluster)
        known = sa.select(CommentCluster.id, CommentCluster.signature).where(
            CommentCluster.id.in_({cluster for _band, cluster in rows})
        )
        self._marks = {number: bytes(mark) for number, mark in model.Session.execute(known)} if rows else {}

    def nearest(self, mark: bytes, hashes: list[int]) -> int | None:
        """The group that a text of this signature joins."""
        shared = Counter(cluster for band in hashes for cluster in self._clusters.get(band, ()))
        likeness = {
            cluster: similarity.likeness(mark, self._marks[cluster]) for cluster, _count in shared.most_common(COMPARED)
        }
        best = max(likeness, key=lambda cluster: likeness[cluster], default=None)
        return best if best is not None and likeness[best] >= similarity.THRESHOLD else None

    def add(self, cluster: int, mark: bytes, hashes: list[int]) -> None:
        """A new group."""
        self._marks[cluster] = mark
        for band in hashes:
            self._clusters.setdefault(band, []).append(cluster)


def choose(thread_id: str, texts: Mapping[str, str]) -> dict[str, int]:
    """Find or found the group of each text and count it there. The caller has locked the thread.

    :param texts: comment id → public text
    :returns: comment id → cluster id
    """
    marks = {comment: similarity.signature(text) for comment, text in texts.items()}
    hashes = {comment: similarity.bands(thread_id, mark) for comment, mark in marks.items()}
    index = _Index(band for some in hashes.values() for band in some)
    chosen: dict[str, int] = {}
    founders: list[str] = []
    for comment, mark in marks.items():
        cluster = index.nearest(mark, hashes[comment])
        if cluster is None:
            founders.append(comment)
            # A number of its own until the database gives one.
            cluster = -len(founders)
            index.add(cluster, mark, hashes[comment])
        chosen[comment] = cluster
    numbers = {-place: number for place, number in enumerate(_numbers(len(founders)), 1)}
    chosen = {comment: numbers.get(cluster, cluster) for comment, cluster in chosen.items()}
    _found(thread_id, {chosen[comment]: (marks[comment], hashes[comment]) for comment in founders})
    _count(Counter(chosen.values()), Counter())
    return chosen


def _numbers(count: int) -> list[int]:
    if not count:
        return []
    query = sa.text("SELECT nextval('opengov_comment_cluster_id_seq') FROM generate_series(1, :count)")
    return list(model.Session.scalars(query, {"count": count}))


def _found(thread_id: str, founded: Mapping[int, tuple[bytes, list[int]]]) -> None:
    if not founded:
        return
    model.Session.execute(
        sa.insert(CommentCluster),
        [
            {"id": cluster, "thread_id": thread_id, "signature": mark, "members": 0, "public_members": 0}
            for cluster, (mark, _hashes) in founded.items()
        ],
    )
    rows = {(band, cluster) for cluster, (_mark, hashes) in founded.items() for band in hashes}
    model.Session.execute(sa.insert(CommentBand), [{"hash": band, "cluster_id": cluster} for band, cluster in rows])


def _count(members: Mapping[int, int], public: Mapping[int, int]) -> None:
    clusters = sorted({*members, *public})
    model.Session.execute(
        sa.text(
            "UPDATE opengov_comment_cluster AS cluster"
            " SET members = members + change.all_of_them, public_members = public_members + change.public_ones"
            " FROM unnest(CAST(:ids AS bigint[]), CAST(:members AS int[]), CAST(:public AS int[]))"
            " AS change (id, all_of_them, public_ones) WHERE cluster.id = change.id"
        ),
        {
            "ids": clusters,
            "members": [members.get(cluster, 0) for cluster in clusters],
            "public": [public.get(cluster, 0) for cluster in clusters],
        },
    )


def leave(comment: Comment, *, was_public: bool) -> None:
    """Take a comment out of its group, because its text changed. The caller settles the group afterwards."""
    if comment.cluster_id is not None:
        _count({comment.cluster_id: -1}, {comment.cluster_id: -1 if was_public else 0})
    comment.cluster_id = None
    comment.stands_for_group = False
    model.Session.flush()


def count_public(changes: Mapping[int, int]) -> None:
    """Keep the number of public members, and let each of these groups be stood for by a public one."""
    clusters = {cluster for cluster, change in changes.items() if change}
    if clusters:
        _count({}, {cluster: changes[cluster] for cluster in clusters})
        settle(clusters)


# The comment that stands for a group in the grouped list is its first public one, and stays so until it is hidden.
_SETTLE = (
    """
    UPDATE opengov_comment AS comment SET stands_for_group = false
      FROM opengov_comment_cluster AS cluster
     WHERE cluster.id = ANY(CAST(:ids AS bigint[])) AND comment.id = cluster.lead_id
       AND comment.cluster_id = cluster.id AND comment.state <> 'public'
    """,
    """
    UPDATE opengov_comment_cluster AS cluster
       SET lead_id = (SELECT id FROM opengov_comment
                       WHERE cluster_id = cluster.id AND state = 'public' ORDER BY position LIMIT 1)
     WHERE cluster.id = ANY(CAST(:ids AS bigint[]))
       AND NOT EXISTS (SELECT FROM opengov_comment
                        WHERE id = cluster.lead_id AND cluster_id = cluster.id AND state = 'public')
    """,
    """
    UPDATE opengov_comment AS comment SET stands_for_group = true
      FROM opengov_comment_cluster AS cluster
     WHERE cluster.id = ANY(CAST(:ids AS bigint[])) AND comment.id = cluster.lead_id AND NOT comment.stands_for_group
    """,
)


def settle(clusters: Iterable[int]) -> None:
    """Let each group be stood for by a public comment, if it has one."""
    model.Session.flush()
    for statement in _SETTLE:
        model.Session.execute(sa.text(statement), {"ids": sorted(clusters)})


def group_ungrouped(thread_id: str) -> int:
    """Group the comments of a thread that stand in no group yet, as after an import; commits after each batch.

    :returns: how many were grouped
    """
    done = 0
    while count := _group_batch(thread_id):
        model.Session.commit()
        done += count
    return done


def _group_batch(thread_id: str) -> int:
    model.Session.execute(sa.text("SELECT FROM opengov_thread WHERE id = :id FOR UPDATE"), {"id": thread_id})
    query = (
        sa.select(Comment.id, Comment.text_public, Comment.state)
        .where(Comment.thread_id == thread_id, Comment.cluster_id.is_(None))
        .where(Comment.root_id.is_(None), Comment.kind == Kind.COMMENT)
        .order_by(Comment.position)
        .limit(BATCH)
    )
    rows = model.Session.execute(query).all()
    if rows:
        chosen = choose(thread_id, {comment: text for comment, text, _state in rows})
        _write(chosen)
        count_public(Counter(chosen[comment] for comment, _text, state in rows if state == "public"))
    return len(rows)


def _write(chosen: Mapping[str, int]) -> None:
    model.Session.execute(
        sa.text(
            "UPDATE opengov_comment AS comment SET cluster_id = chosen.cluster"
            " FROM unnest(CAST(:comments AS uuid[]), CAST(:ids AS bigint[])) AS chosen (comment, cluster)"
            " WHERE comment.id = chosen.comment"
        ),
        {"comments": list(chosen), "ids": list(chosen.values())},
    )


def page(thread_id: str, *, after: Sequence[int] | None, limit: int) -> list[CommentCluster]:
    """Groups with at least two public comments, the largest first.

    :param after: size and id of the last group of the page before
    """
    query = sa.select(CommentCluster).where(
        CommentCluster.thread_id == thread_id,
        CommentCluster.public_members > 1,
    )
    place = sa.tuple_(CommentCluster.public_members, CommentCluster.id)
    if after:
        query = query.where(place < sa.tuple_(*map(sa.literal, after)))
    order = (CommentCluster.public_members.desc(), CommentCluster.id.desc())
    return list(model.Session.scalars(query.order_by(*order).limit(limit)))


def sizes(clusters: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Cluster id → number of public members, number of all members."""
    query = sa.select(CommentCluster.id, CommentCluster.public_members, CommentCluster.members)
    rows = model.Session.execute(query.where(CommentCluster.id.in_(set(clusters))))
    return {cluster: (public, members) for cluster, public, members in rows}
