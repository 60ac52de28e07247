"""What the parts of an act are called in its own language. These are words of the law, not of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ckanext.opengov.regulation.service.document.tree import Part

_ROMAN = re.compile(r"[IVXLCDM]+$")

# As printed before the heading or the text.
PRINTED = {
    "kk": {
        "annex": "{n}-қосымша",
        "section": "{n}-бөлім",
        "subsection": "{n}-кіші бөлім",
        "chapter": "{n}-тарау",
        "subchapter": "{n}-параграф",
        "article": "{n}-бап",
        "paragraph": "{n}.",
        "subparagraph": "{n})",
        "point": "{n})",
    },
    "ru": {
        "annex": "Приложение {n}",
        "section": "Раздел {n}",
        "subsection": "Подраздел {n}",
        "chapter": "Глава {n}",
        "subchapter": "Параграф {n}",
        "article": "Статья {n}",
        "paragraph": "{n}.",
        "subparagraph": "{n})",
        "point": "{n})",
    },
    "en": {
        "annex": "Annex {n}",
        "section": "Section {n}",
        "subsection": "Subsection {n}",
        "chapter": "Chapter {n}",
        "subchapter": "Subchapter {n}",
        "article": "Article {n}",
        "paragraph": "{n}.",
        "subparagraph": "{n})",
        "point": "{n})",
    },
}
# In a reference: “article 5, paragraph 2, subparagraph 1”.
_CITED = {
    "kk": {"paragraph": "{n}-тармақ", "subparagraph": "{n}) тармақша", "point": "{n}) тармақша"},
    "ru": {"paragraph": "пункт {n}", "subparagraph": "подпункт {n}", "point": "подпункт {n}"},
    "en": {"paragraph": "paragraph {n}", "subparagraph": "subparagraph {n}", "point": "point {n}"},
}
_UNNUMBERED = {
    "kk": {
        "annex": "Қосымша",
        "section": "Бөлім",
        "chapter": "Тарау",
        "article": "Бап",
        "paragraph": "тармақ",
        "subparagraph": "тармақша",
        "alinea": "абзац",
        "preface": "Атауы",
        "preamble": "Кіріспе",
        "conclusions": "Қол қою",
    },
    "ru": {
        "annex": "Приложение",
        "section": "Раздел",
        "chapter": "Глава",
        "article": "Статья",
        "paragraph": "пункт",
        "subparagraph": "подпункт",
        "alinea": "абзац",
        "preface": "Заголовок",
        "preamble": "Преамбула",
        "conclusions": "Подпись",
    },
    "en": {
        "annex": "Annex",
        "section": "Section",
        "chapter": "Chapter",
        "article": "Article",
        "paragraph": "paragraph",
        "subparagraph": "subparagraph",
        "alinea": "sub-paragraph without a number",
        "preface": "Title",
        "preamble": "Preamble",
        "conclusions": "Signature",
    },
}


def printed(kind: str, number: str, language: str) -> str:
    """The number as it is printed in the act: ``Статья 5``, ``5-бап``, ``1)``; empty without a number."""
    if not number:
        return ""
    pattern = PRINTED.get(language, PRINTED["en"]).get(kind)
    if pattern is None:
        return number
    if language == "kk" and _ROMAN.match(number):
        pattern = pattern.replace("{n}-", "{n} ")
    return pattern.format(n=number)


def cited(path: Sequence[Part], language: str) -> str:
    """Where a part stands, outermost first: ``статья 5, пункт 2, подпункт 1``. Chapters are left out in an article."""
    numbers = [part.kind for part in path]
    first = numbers.index("article") if "article" in numbers else 0
    kept = [part for part in path[:first] if part.kind == "annex"] + list(path[first:])
    return ", ".join(_cited(part, language) for part in kept)


def citations(parts: Iterable[Part], language: str) -> dict[str, str]:
    """eId → where it stands, for a whole tree."""
    found: dict[str, str] = {}

    def go_on(part: Part, above: tuple[Part, ...]) -> None:
        path = (*above, part)
        found[part.eid] = cited(path, language)
        for child in part.children:
            go_on(child, path)

    for part in parts:
        go_on(part, ())
    return found


def _cited(part: Part, language: str) -> str:
    if not part.number:
        return part.heading[:80] or _UNNUMBERED.get(language, _UNNUMBERED["en"]).get(part.kind, part.kind)
    pattern = _CITED.get(language, _CITED["en"]).get(part.kind)
    return pattern.format(n=part.number) if pattern else printed(part.kind, part.number, language)
