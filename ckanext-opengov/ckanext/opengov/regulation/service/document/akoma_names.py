"""The names of Akoma Ntoso 3.0 that the reader and the writer share."""

from __future__ import annotations

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"

HIERARCHICAL = frozenset(
    {
        "clause",
        "section",
        "part",
        "paragraph",
        "chapter",
        "title",
        "article",
        "book",
        "tome",
        "division",
        "list",
        "point",
        "indent",
        "alinea",
        "rule",
        "subrule",
        "proviso",
        "subsection",
        "subpart",
        "subparagraph",
        "subchapter",
        "subtitle",
        "subdivision",
        "subclause",
        "sublist",
        "level",
        "transitional",
        "hcontainer",
    }
)
# Each has a speaker in ``from``.
SPOKEN = frozenset({"speechGroup", "speech", "question", "answer", "other"})
# Words only.
REMARKED = frozenset({"scene", "narrative", "summary"})
SESSIONS = frozenset(
    {
        "administrationOfOath",
        "rollCall",
        "prayers",
        "oralStatements",
        "writtenStatements",
        "personalStatements",
        "ministerialStatements",
        "resolutions",
        "nationalInterest",
        "declarationOfVote",
        "communication",
        "petitions",
        "papers",
        "noticesOfMotion",
        "questions",
        "address",
        "proceduralMotions",
        "pointOfOrder",
        "adjournment",
        "debateSection",
    }
)
# Elements that need the attribute ``name``; a kind keeps it after a colon.
NAMED = frozenset({"hcontainer", "debateSection"})
STRUCTURAL = HIERARCHICAL | SPOKEN | REMARKED | SESSIONS | {"blockList", "item", "quotedStructure"}
CLOSING = frozenset({"wrapUp", "listWrapUp"})

# Document → its body.
BODIES = {
    "act": "body",
    "bill": "body",
    "doc": "mainBody",
    "statement": "mainBody",
    "debate": "debateBody",
    "documentCollection": "collectionBody",
}
# ISO 639-2, as FRBRlanguage wants it.
LANGUAGES = {"kk": "kaz", "ru": "rus", "en": "eng"}
# Kinds that are written as ``hcontainer`` where the standard has no element for them.
CONTAINERS = frozenset({"annex", "preface", "preamble", "conclusions"})
# The class of a preface that only repeats the title.
TITLE_CLASS = "title"
# A body may not be empty.
EMPTY = "hcontainer:empty"
