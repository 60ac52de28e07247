"""How parts of acts begin: the words and signs of Kazakh, Russian and English acts."""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBER = r"(?:\d{1,6}(?:[-.]\d{1,6}){0,5}|[IVXLCDMІХСМ]{1,15})"
_WORDS = {
    "раздел": "section",
    "подраздел": "subsection",
    "глава": "chapter",
    "параграф": "subchapter",
    "статья": "article",
    "section": "section",
    "subsection": "subsection",
    "chapter": "chapter",
    "subchapter": "subchapter",
    "article": "article",
    "бөлім": "section",
    "кіші бөлім": "subsection",
    "тарау": "chapter",
    "бап": "article",
}
_BEFORE = re.compile(
    rf"(раздел|подраздел|глава|параграф|статья|section|subsection|chapter|subchapter|article)\s+"
    rf"(?:№\s*)?({_NUMBER})(?P<end>\s*[.:]|\s+[-–—](?=\s)|(?=\s|$))\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_AFTER = re.compile(
    rf"({_NUMBER})\s*[-–]?\s*(кіші бөлім|бөлім|тарау|параграф|бап)(?P<end>\s*[.:]|\s+[-–—](?=\s)|(?=\s|$))"
    r"\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SIGN = re.compile(r"§\s*(\d{1,6}(?:-\d{1,6}){0,5})\s*\.?\s*(.*)$", re.DOTALL)
_ANNEX = re.compile(rf"(?:приложение|annex|appendix)(?:\s+(?:№\s*)?({_NUMBER}))?\s*(?:[.:]\s*)?(.*)$", re.I | re.DOTALL)
_ANNEX_KK = re.compile(rf"(?:({_NUMBER})\s*[-–]?\s*)?қосымша\s*(?:[.:]\s*(.*))?$", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}")
_PARAGRAPH = re.compile(r"(\d{1,4}(?:-\d{1,3}){0,5})\s*\.\s*(?=\D|$)(.*)$", re.DOTALL)
_DEEP = re.compile(r"(\d{1,4}(?:\.\d{1,3}){1,5})(\.?)\s+(\S.*)$", re.DOTALL)
_SUBPARAGRAPH = re.compile(r"(\d{1,4}(?:-\d{1,3}){0,5}|[^\W\d_])\s*\)\s*(.*)$", re.DOTALL)
_BRACKETED = re.compile(r"\((\d{1,3}|[^\W\d_]|[ivx]{1,5})\)\s+(.*)$", re.DOTALL)

_LONGEST_ANNEX_LINE = 250
LONGEST_HEADING = 400


class Begin(NamedTuple):
    """The beginning of a part: what kind, its number, and the words after it."""

    kind: str
    number: str
    rest: str


def begin(text: str) -> Begin | None:
    """What part a line begins; None for a line that goes on with what stands above it."""
    return _titled(text) or _annex(text) or _numbered(text)


def _titled(text: str) -> Begin | None:
    if (found := _BEFORE.match(text)) is not None:
        word, number = found.group(1), found.group(2)
    elif (found := _AFTER.match(text)) is not None:
        number, word = found.group(1), found.group(2)
    elif (found := _SIGN.match(text)) is not None:
        return Begin("subchapter", found.group(1), found.group(2))
    else:
        return None
    rest = found.group("rest")
    # “Статья 5 настоящего Закона применяется …” is a sentence about an article, not one.
    if rest and not found.group("end").strip() and rest[0].islower():
        return None
    return Begin(_WORDS.get(" ".join(word.lower().split()), "subchapter"), number.rstrip("."), rest)


def _annex(text: str) -> Begin | None:
    if len(text) > _LONGEST_ANNEX_LINE:
        return None
    found = _ANNEX.match(text) or _ANNEX_KK.match(text)
    if found is None or text[-1] in ".;,":
        return None
    rest = found.group(2) or ""
    if rest and rest[0].islower() and not re.match(r"(?:к|to)\s", rest):
        return None
    return Begin("annex", found.group(1) or "", rest)


def _numbered(text: str) -> Begin | None:
    if _DATE.match(text):
        return None
    if (found := _DEEP.match(text)) is not None:
        number, dot, rest = found.groups()
        return Begin("paragraph", number, rest) if dot or rest[0].isupper() else None
    if (found := _PARAGRAPH.match(text)) is not None:
        return Begin("paragraph", found.group(1), found.group(2).strip())
    found = _SUBPARAGRAPH.match(text) or _BRACKETED.match(text)
    return Begin("subparagraph", found.group(1), found.group(2).strip()) if found else None


_SIGNATURE = re.compile(
    r"(?:президент|премьер-министр|министр|председатель|аким|руководитель|төраға|әкім|"
    r"қазақстан республикасының\s+(?:президенті|премьер-министрі|.{0,80}министрі))",
    re.IGNORECASE,
)


def is_signature(text: str) -> bool:
    """Whether a line looks like the post under which an act is signed."""
    return len(text) <= 120 and text[-1] not in ".;:," and _SIGNATURE.match(text) is not None


def is_heading(text: str) -> bool:
    """Whether a line under a bare “Chapter 1” may be its title."""
    return len(text) <= LONGEST_HEADING and (text.isupper() or text[-1] not in ".;:,")
