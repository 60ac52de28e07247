"""Whether the numbers of a tree go on as they should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ckanext.opengov.regulation.service.document import numbering, tree
from ckanext.opengov.regulation.service.document.doubts import Doubt, quoted
from ckanext.opengov.regulation.service.document.tree import Part

# Kinds that are numbered through the whole act or annex, whatever they stand under.
THROUGH = frozenset({"article"})
# As much text as one part may have.
LONGEST = 50_000


def check(parts: Iterable[Part], lines: Mapping[str, int]) -> Iterator[Doubt]:
    """Repeated numbers, gaps, rows that do not begin with 1, and texts that are too long.

    :param lines: eId → where the part began in the file
    """
    given = tuple(parts)
    scopes = [tuple(part for part in given if part.kind != "annex")]
    scopes += [(part,) for part in given if part.kind == "annex"]
    yield from _row([part for part in given if part.kind == "annex"], lines, None)
    for scope in scopes:
        yield from _scope(scope, lines)
    for part in tree.walk(given):
        if len(part.text) > LONGEST:
            values = {"length": len(part.text), "limit": LONGEST}
            yield Doubt("too_long", lines.get(part.eid, 0), part.eid, quoted(part.text), values)


def _scope(scope: tuple[Part, ...], lines: Mapping[str, int]) -> Iterator[Doubt]:
    for kind in THROUGH:
        yield from _row([part for part in tree.walk(scope) if part.kind == kind], lines, None)
    last: dict[str, str] = {}
    groups = [scope] if scope and scope[0].kind != "annex" else []
    groups += [part.children for part in tree.walk(scope)]
    for group in groups:
        for kind in dict.fromkeys(part.kind for part in group if part.kind not in THROUGH and part.kind != "annex"):
            row = [part for part in group if part.kind == kind and part.number]
            yield from _row(row, lines, last.get(kind))
            if row:
                last[kind] = row[-1].number


def _row(row: list[Part], lines: Mapping[str, int], before: str | None) -> Iterator[Doubt]:
    """:param before: the number that ended the row of this kind before, for numbering that goes on over chapters"""
    numbered = [part for part in row if part.number]
    seen: set[str] = set()
    last = ""
    for part in numbered:
        name = tree.eid_number(part.number)
        where = {"line": lines.get(part.eid, 0), "eid": part.eid, "quote": quoted(tree.words(part))}
        if name in seen:
            yield Doubt("number_repeated", **where, values={"number": part.number})
        elif last and not numbering.follows(part.number, last):
            values = {"before": last, "number": part.number, "expected": numbering.expected(last)}
            yield Doubt("number_gap", **where, values=values)
        elif not last and not _may_begin(part.number, before):
            yield Doubt("number_start", **where, values={"number": part.number})
        seen.add(name)
        last = part.number


def _may_begin(number: str, before: str | None) -> bool:
    return numbering.is_first(number) or (before is not None and numbering.follows(number, before))
