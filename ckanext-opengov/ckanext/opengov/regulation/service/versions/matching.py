"""Which part of the new version is which part of the old one: structure first, then words.

Identical subtrees are taken first, then identical words, then parents by what became of their children, then the
children of parents that belong together by number and likeness, at last what is alike anywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from rapidfuzz import fuzz

from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.tree import Part

# Likeness in per cent: of siblings under one parent, of siblings with one number, of parts anywhere.
ALIKE = 55
ALIKE_NUMBERED = 35
ALIKE_ANYWHERE = 72
# A number that stays makes up for as much likeness.
SAME_NUMBER = 12
# Shorter words are found too often to prove anything.
TELLING = 25
# Of long texts this much is compared for likeness.
COMPARED = 1_500
# So many pairs are all looked at; of more, only the likely ones.
FEW = 10_000
CANDIDATES = 8
BAGS = 1_024


@dataclass
class Node:
    """A part in one of the two trees."""

    index: int
    part: Part
    parent: Node | None
    children: list[Node] = field(default_factory=list)
    words: str = ""
    whole: int = 0
    size: int = 1


class Side:
    """One version, made ready for comparing."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.root = Node(-1, Part("", "", children=tuple(parts)), None)
        self.nodes: list[Node] = []
        found: dict[str, Node] = {"": self.root}
        for place in tree.placed(self.root.part.children):
            parent = found[place.parent.eid] if place.parent else self.root
            node = Node(place.position, place.part, parent, words=tree.words(place.part))
            parent.children.append(node)
            self.nodes.append(node)
            found[place.part.eid] = node
        self.by_eid = found
        for node in (*reversed(self.nodes), self.root):
            node.whole = hash((node.part.kind, node.words, tuple(child.whole for child in node.children)))
            node.size += sum(child.size for child in node.children)


class Matching:
    """Pairs of parts; ``new_of`` and ``old_of`` go by index."""

    def __init__(self, old: Iterable[Part], new: Iterable[Part]) -> None:
        self.old, self.new = Side(old), Side(new)
        self.new_of: dict[int, Node] = {-1: self.new.root}
        self.old_of: dict[int, Node] = {-1: self.old.root}
        self._by_whole()
        self._by_words()
        self._by_children()
        self._downwards(self.old.nodes)
        self._anywhere()

    def _pair(self, old: Node, new: Node) -> None:
        self.new_of[old.index] = new
        self.old_of[new.index] = old

    def _free_old(self, nodes: Iterable[Node]) -> list[Node]:
        return [node for node in nodes if node.index not in self.new_of]

    def _free_new(self, nodes: Iterable[Node]) -> list[Node]:
        return [node for node in nodes if node.index not in self.old_of]

    # --- identical

    def _groups(self, key: Callable[[Node], Hashable]) -> Iterator[tuple[list[Node], list[Node]]]:
        old: dict[Hashable, list[Node]] = defaultdict(list)
        new: dict[Hashable, list[Node]] = defaultdict(list)
        for node in self._free_old(self.old.nodes):
            old[key(node)].append(node)
        for node in self._free_new(self.new.nodes):
            new[key(node)].append(node)
        for name, nodes in old.items():
            if name in new:
                yield nodes, new[name]

    def _by_whole(self) -> None:
        """Subtrees without any change; of several equal ones those that kept their eId."""
        groups = sorted(self._groups(lambda node: node.whole), key=lambda group: -group[0][0].size)
        for old, new in groups:
            for first, second in self._same_ones(self._free_old(old), self._free_new(new)):
                self._pair_whole(first, second)

    def _same_ones(self, old: list[Node], new: list[Node]) -> Iterator[tuple[Node, Node]]:
        if len(old) == len(new) == 1:
            if len(tree.full_text(old[0].part)) >= TELLING or old[0].part.eid == new[0].part.eid:
                yield old[0], new[0]
            return
        named = {node.part.eid: node for node in new}
        for node in old:
            if node.part.eid in named:
                yield node, named[node.part.eid]

    def _pair_whole(self, old: Node, new: Node) -> None:
        if old.index not in self.new_of and new.index not in self.old_of:
            self._pair(old, new)
            for first, second in zip(old.children, new.children, strict=True):
                self._pair_whole(first, second)

    def _by_words(self) -> None:
        """Own words that stand once in each version."""
        for old, new in self._groups(lambda node: (node.part.kind, node.words)):
            if len(old) == len(new) == 1 and len(old[0].words) >= TELLING:
                self._pair(old[0], new[0])

    def _by_children(self) -> None:
        """A parent went where most of its children went."""
        for old in self._free_old(reversed(self.old.nodes)):
            votes: Counter[int] = Counter()
            for child in old.children:
                there = self.new_of.get(child.index)
                if there is not None and there.parent is not None:
                    votes[there.parent.index] += there.size
            if not votes:
                continue
            index, _count = votes.most_common(1)[0]
            new = self.new.nodes[index] if index >= 0 else self.new.root
            kept = sum(1 for child in old.children if (there := self.new_of.get(child.index)) and there.parent is new)
            is_most = kept * 2 > max(len(old.children), 1) or kept * 2 > max(len(new.children), 1)
            if index not in self.old_of and new.part.kind == old.part.kind and is_most:
                self._pair(old, new)

    # --- alike

    def _downwards(self, nodes: Iterable[Node]) -> None:
        """Children of parents that belong together."""
        self._children(self.old.root, self.new.root)
        for old in nodes:
            new = self.new_of.get(old.index)
            if new is not None:
                self._children(old, new)

    def _children(self, old: Node, new: Node) -> None:
        left, right = self._free_old(old.children), self._free_new(new.children)
        for kind in {node.part.kind for node in left} & {node.part.kind for node in right}:
            mine = [node for node in left if node.part.kind == kind]
            theirs = [node for node in right if node.part.kind == kind]
            self._numbered(mine, theirs)
            self._greedy(self._free_old(mine), self._free_new(theirs), ALIKE)
            self._still_numbered(self._free_old(mine), self._free_new(theirs))

    def _numbered(self, old: list[Node], new: list[Node]) -> None:
        """The quick way: one number and nearly the same words."""
        numbers = {node.part.number: node for node in reversed(new)}
        for node in old:
            there = numbers.get(node.part.number)
            if there is not None and there.index not in self.old_of and likeness(node, there) >= 85:
                self._pair(node, there)

    def _still_numbered(self, old: list[Node], new: list[Node]) -> None:
        """One number under one parent: rewritten, unless nothing of it is left."""
        for node in old:
            for there in new:
                is_free = there.index not in self.old_of
                if is_free and there.part.eid == node.part.eid and likeness(node, there) >= ALIKE_NUMBERED:
                    self._pair(node, there)
                    break

    def _greedy(self, old: list[Node], new: list[Node], least: int, bonus: int = SAME_NUMBER) -> None:
        if not old or not new:
            return
        scored: list[tuple[float, int, int]] = []
        left, right = [_compared(node) for node in old], [_compared(node) for node in new]
        for row, column in likely_pairs(left, right):
            has_number = bool(old[row].part.number) and old[row].part.number == new[column].part.number
            score = fuzz.ratio(left[row], right[column], score_cutoff=least - bonus) + bonus * has_number
            if score >= least:
                scored.append((-score, row, column))
        for _score, row, column in sorted(scored):
            if old[row].index not in self.new_of and new[column].index not in self.old_of:
                self._pair(old[row], new[column])

    def _anywhere(self) -> None:
        """What is alike in any place: moved and changed at once."""
        left, right = self._free_old(self.old.nodes), self._free_new(self.new.nodes)
        for kind in sorted({node.part.kind for node in left} & {node.part.kind for node in right}):
            mine = [node for node in left if node.part.kind == kind and len(_compared(node)) >= TELLING]
            theirs = [node for node in right if node.part.kind == kind and len(_compared(node)) >= TELLING]
            self._greedy(mine, theirs, ALIKE_ANYWHERE, bonus=0)
        self._downwards([node for node in left if node.index in self.new_of])


def _compared(node: Node) -> str:
    """The words by which a part is likened; a bare container is known by what stands in it."""
    words = node.words if len(node.words) >= TELLING else tree.full_text(node.part)
    return words[:COMPARED]


def likely_pairs(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs that are worth a close look: all of few, else for each text those that share most of its words."""
    if len(left) * len(right) <= FEW:
        yield from ((row, column) for row in range(len(left)) for column in range(len(right)))
        return
    shared = _bags(left) @ _bags(right).T
    best = np.argpartition(-shared, min(CANDIDATES, len(right) - 1), axis=1)[:, :CANDIDATES]
    yield from ((row, int(column)) for row in range(len(left)) for column in best[row])


def _bags(texts: Sequence[str]) -> np.ndarray:
    """How often each word stands in each text, words falling into numbered bags; every text of length one."""
    bags = np.zeros((len(texts), BAGS), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            bags[row, crc32(word.encode()) % BAGS] += 1
    length = np.linalg.norm(bags, axis=1, keepdims=True)
    return bags / np.maximum(length, 1)


def likeness(old: Node, new: Node) -> float:
    """In per cent; two parts without any words are alike."""
    first, second = _compared(old), _compared(new)
    if not first and not second:
        return 100.0
    return fuzz.ratio(first, second)


def longest_rising(values: Sequence[int]) -> set[int]:
    """Places of a longest rising row: the siblings that kept their order."""
    tails: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            if values[tails[middle]] < value:
                low = middle + 1
            else:
                high = middle
        before.append(tails[low - 1] if low else -1)
        tails[low : low + 1] = [place]
    kept: set[int] = set()
    place = tails[-1] if tails else -1
    while place >= 0:
        kept.add(place)
        place = before[place]
    return kept
