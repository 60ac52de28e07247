"""Acts that a machine writes, and random edits of them whose truth is known: which part became which."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.versions.anchors import Anchor

_STEMS = (
    "орган закон право гражданин срок услуга порядок решение документ заявление рассмотрение государство мера лицо "
    "основание требование правило плата бюджет земля вода лес дорога школа договор отчёт надзор проверка жилище семья "
    "труд отдых врач учитель город село район область столица предприятие товар рынок цена налог льгота пособие вклад"
)
_ENDS = ("", "а", "у", "ом", "е", "ы", "ов", "ам")
_VERBS = (
    "должен",
    "вправе",
    "обязан",
    "может",
    "устанавливает",
    "принимает",
    "направляет",
    "рассматривает",
    "отменяет",
)
CHILD = {"chapter": "article", "article": "paragraph", "paragraph": "subparagraph"}


@dataclass
class Node:
    """A part that keeps its identity through all edits."""

    key: int
    kind: str
    heading: str = ""
    sentences: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


class Writer:
    """Writes acts and edits them, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - texts, not secrets
        self._keys = count()

    def word(self) -> str:
        return self.random.choice(_STEMS.split()) + self.random.choice(_ENDS)

    def sentence(self, least: int = 6, most: int = 22) -> str:
        words = [self.word() for _ in range(self.random.randint(least, most))]
        words.insert(1, self.random.choice(_VERBS))
        return " ".join(words).capitalize() + "."

    def node(self, kind: str) -> Node:
        sentences = (
            [] if kind in {"chapter", "article"} else [self.sentence() for _ in range(self.random.randint(1, 3))]
        )
        heading = self.sentence(2, 5) if kind in {"chapter", "article"} else ""
        return Node(next(self._keys), kind, heading, sentences)

    def act(self, parts: int) -> list[Node]:
        """Chapters with articles, paragraphs and subparagraphs, about so many parts."""
        chapters: list[Node] = []
        made = 0
        while made < parts:
            chapter = self.node("chapter")
            chapters.append(chapter)
            made += 1
            for _ in range(self.random.randint(3, 8)):
                article = self.node("article")
                chapter.children.append(article)
                article.children = [self.node("paragraph") for _ in range(self.random.randint(1, 5))]
                made += 1 + len(article.children)
                for paragraph in article.children:
                    if self.random.random() < 0.3:
                        paragraph.children = [self.node("subparagraph") for _ in range(self.random.randint(2, 4))]
                        made += len(paragraph.children)
        return chapters

    # --- edits

    def edited(self, nodes: list[Node], share: float) -> list[Node]:
        """A copy in which about this share of the parts was touched: reworded, deleted, added, moved."""
        copy = [_copied(node) for node in nodes]
        everything = [(node, siblings) for node, siblings in _places(copy)]
        for node, siblings in everything:
            if self.random.random() < share:
                self._edit(node, siblings, copy)
        return copy

    def _edit(self, node: Node, siblings: list[Node], everything: list[Node]) -> None:
        choice = self.random.random()
        if node not in siblings:
            return
        if choice < 0.55 and node.sentences:
            self._reword(node)
        elif choice < 0.65 and (not node.children or self.random.random() < 0.1):
            siblings.remove(node)
        elif choice < 0.8:
            siblings.insert(siblings.index(node) + 1, self.node(node.kind))
        elif choice < 0.9:
            siblings.remove(node)
            siblings.insert(self.random.randint(0, len(siblings)), node)
        elif homes := [one for one, _ in _places(everything) if CHILD.get(one.kind) == node.kind]:
            home = self.random.choice(homes)
            siblings.remove(node)
            home.children.insert(self.random.randint(0, len(home.children)), node)

    def _reword(self, node: Node) -> None:
        number = self.random.randrange(len(node.sentences))
        choice = self.random.random()
        if choice < 0.6:
            words = node.sentences[number].split()
            for _ in range(self.random.randint(1, 3)):
                words[self.random.randrange(len(words))] = self.word()
            node.sentences[number] = " ".join(words)
        elif choice < 0.8:
            node.sentences.insert(number, self.sentence())
        elif len(node.sentences) > 1:
            del node.sentences[number]

    # --- comments

    def anchors(self, nodes: list[Node], number: int) -> list[tuple[int, Anchor]]:
        """Comments on parts of an act, two of three with a quote, each with the key of its part."""
        eids = keys_to_eids(nodes)
        everything = [node for node, _ in _places(nodes)]
        return [self._anchor(self.random.choice(everything), eids) for _ in range(number)]

    def _anchor(self, node: Node, eids: dict[int, str]) -> tuple[int, Anchor]:
        text = " ".join(node.sentences)
        words = text.split(" ")
        if not text or self.random.random() < 0.33:
            return node.key, Anchor(eids[node.key])
        first = self.random.randrange(len(words))
        quote = " ".join(words[first : first + self.random.randint(1, 9)])
        start = len(" ".join(words[:first])) + bool(first)
        end = start + len(quote)
        before, after = text[max(start - 32, 0) : start], text[end : end + 32]
        return node.key, Anchor(eids[node.key], quote, start, before, after)


def _copied(node: Node) -> Node:
    return Node(node.key, node.kind, node.heading, list(node.sentences), [_copied(child) for child in node.children])


def _places(nodes: list[Node]) -> Iterator[tuple[Node, list[Node]]]:
    for node in list(nodes):
        yield node, nodes
        yield from _places(node.children)


def as_parts(nodes: list[Node]) -> tuple[Part, ...]:
    """The tree, numbered by the order of the parts; articles run through the whole act."""
    articles = count(1)

    def part(node: Node, number: int) -> Part:
        own = next(articles) if node.kind == "article" else number
        children = tuple(part(child, place) for place, child in enumerate(node.children, 1))
        return Part("", node.kind, str(own), node.heading, " ".join(node.sentences), children)

    return tree.with_eids(part(node, place) for place, node in enumerate(nodes, 1))


def keys_to_eids(nodes: list[Node]) -> dict[int, str]:
    """Which eId each part has now."""
    keys = [node.key for node, _ in _places(nodes)]
    return dict(zip(keys, (part.eid for part in tree.walk(as_parts(nodes))), strict=True))
