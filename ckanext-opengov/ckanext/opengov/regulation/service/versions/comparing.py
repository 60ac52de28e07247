"""Two versions of an act: what is the same, changed, moved, deleted and new; the model behind every redline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.versions import wording
from ckanext.opengov.regulation.service.versions.matching import Matching, Node, longest_rising
from ckanext.opengov.regulation.service.versions.wording import Segment


class Status(StrEnum):
    """What became of a part."""

    SAME = "same"
    CHANGED = "changed"
    MOVED = "moved"
    DELETED = "deleted"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Row:
    """One part in a redline.

    :param level: 0 for the outermost
    :param old: in the old version, None when it is new
    :param new: in the new version, None when it was deleted
    :param is_reworded: whether heading or text differ; a part that was moved may be reworded too
    :param is_whole_same: whether nothing under it differs either
    """

    status: Status
    level: int
    old: Part | None
    new: Part | None
    is_reworded: bool = False
    is_whole_same: bool = False
    number: tuple[Segment, ...] = ()
    heading: tuple[Segment, ...] = ()
    text: tuple[Segment, ...] = ()

    @property
    def part(self) -> Part:
        """The new part, or the one that was deleted."""
        part = self.new or self.old
        assert part is not None  # noqa: S101 - one of the two is always there
        return part


@dataclass(frozen=True)
class Comparison:
    """The rows in the order of the new version; what was deleted stands where it was."""

    rows: tuple[Row, ...]
    by_old: dict[str, Row] = field(default_factory=dict)
    by_new: dict[str, Row] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Status → how many parts."""
        found = Counter(row.status for row in self.rows)
        return {status.value: found[status] for status in Status}

    @property
    def is_same(self) -> bool:
        """Whether the two versions have the same words in the same places."""
        return all(row.status == Status.SAME and not row.is_reworded for row in self.rows)


def compare(old: Iterable[Part], new: Iterable[Part]) -> Comparison:
    """Compare two versions in one language."""
    matching = Matching(old, new)
    moved = set(_moved(matching))
    rows = tuple(_Rows(matching, moved).under(matching.new.root, 0))
    return Comparison(
        rows,
        {row.old.eid: row for row in rows if row.old},
        {row.new.eid: row for row in rows if row.new},
        {node.part.eid: node.parent.part.eid for node in matching.old.nodes if node.parent},
    )


def _moved(matching: Matching) -> Iterator[int]:
    """Indexes in the new version of what stands under another parent, or in another order, than before."""
    for new in matching.new.nodes:
        old = matching.old_of.get(new.index)
        if old is not None and not _has_same_parent(matching, old, new):
            yield new.index
    for parent in (matching.new.root, *matching.new.nodes):
        stayed: list[tuple[Node, int]] = []
        for child in parent.children:
            old = matching.old_of.get(child.index)
            if old is not None and _has_same_parent(matching, old, child):
                stayed.append((child, old.index))
        in_order = longest_rising([index for _child, index in stayed])
        yield from (child.index for place, (child, _index) in enumerate(stayed) if place not in in_order)


def _has_same_parent(matching: Matching, old: Node, new: Node) -> bool:
    return old.parent is not None and matching.new_of.get(old.parent.index) is new.parent


class _Rows:
    def __init__(self, matching: Matching, moved: set[int]) -> None:
        self.matching = matching
        self.moved = moved

    def under(self, parent: Node, level: int) -> Iterator[Row]:
        """Rows of the children of a part of the new version, with those that were deleted from it."""
        gone = self._gone(self.matching.old_of.get(parent.index))
        yield from self._deleted(gone.get(-1, ()), level)
        for child in parent.children:
            old = self.matching.old_of.get(child.index)
            yield self._row(old, child, level)
            yield from self.under(child, level + 1)
            if old is not None:
                yield from self._deleted(gone.pop(old.index, ()), level)
        for place, nodes in gone.items():
            if place != -1:
                yield from self._deleted(nodes, level)

    def _gone(self, old_parent: Node | None) -> dict[int, list[Node]]:
        """Deleted children by the index of the one that stays before them; -1 for the first ones."""
        gone: dict[int, list[Node]] = {}
        before = -1
        for child in old_parent.children if old_parent else ():
            if child.index in self.matching.new_of:
                before = child.index
            else:
                gone.setdefault(before, []).append(child)
        return gone

    def _deleted(self, nodes: Sequence[Node], level: int) -> Iterator[Row]:
        for node in nodes:
            part = node.part
            segments = (_all("deleted", part.number), _all("deleted", part.heading), _all("deleted", part.text))
            yield Row(Status.DELETED, level, part, None, True, False, *segments)
            free = [child for child in node.children if child.index not in self.matching.new_of]
            yield from self._deleted(free, level + 1)

    def _row(self, old: Node | None, new: Node, level: int) -> Row:
        part = new.part
        if old is None:
            segments = (_all("inserted", part.number), _all("inserted", part.heading), _all("inserted", part.text))
            return Row(Status.NEW, level, None, part, True, False, *segments)
        before = old.part
        is_reworded = old.words != new.words
        status = Status.CHANGED if is_reworded else Status.SAME
        return Row(
            Status.MOVED if new.index in self.moved else status,
            level,
            before,
            part,
            is_reworded,
            old.whole == new.whole,
            wording.compare(before.number, part.number),
            wording.compare(before.heading, part.heading),
            wording.compare(before.text, part.text),
        )


def _all(change: wording.Change, text: str) -> tuple[Segment, ...]:
    return (Segment(change, text),) if text else ()
