"""The address register in one question: a code, or an address as people write it, to the whole chain with its codes.

Three tables: places (a tree), streets of places, buildings of streets. Each row has the code (РКА) of the register.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2 import sql
from psycopg2.extras import RealDictCursor
from rapidfuzz import fuzz, process

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.keyed import KeyedTable
from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.finding import fault
from ckanext.opengov.data.service.push import database, table
from ckanext.opengov.data.service.push.table import relation
from ckanext.opengov.data.service.reference import tables

LANGUAGES = ("kk", "ru")
PARTS = ("places", "streets", "buildings")
# As many answers are given at most.
MOST = 10
ALIKE = 75
DEEPEST = 12
_CODE = re.compile(r"\d{8,20}")
_HOUSE = re.compile(r"^\d+\s*[\w/\-]*$")
# Words that say what something is, and are written or left out as people like.
_KINDS = re.compile(
    r"\b(ул|улица|көшесі|көш|к-сі|пр|пр-т|проспект|даңғылы|даң|мкр|микрорайон|шағын ауданы|ш\.?а|г|город|қаласы|қ"
    r"|обл|область|облысы|район|ауданы|аудан|село|ауылы|а|с|дом|д|үй|street|st|avenue|ave|city)\b\.?",
    re.IGNORECASE,
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Register:
    """The three tables."""

    places: KeyedTable
    streets: KeyedTable
    buildings: KeyedTable


def register() -> Register:
    """:raises Faulty: when the portal has no address register"""
    found = {name: tables.table_for(name) for name in PARTS}
    if not all(found.values()):
        raise fault(N_("The portal has no address register yet."))
    return Register(**found)  # pyright: ignore[reportArgumentType]


def prepare(one: KeyedTable, role: str) -> None:
    """What makes a look-up quick: streets by place, buildings by street, places by the one above."""
    field = {"places": "parent", "streets": "place", "buildings": "street"}.get(role)
    if field is None:
        return
    structure = keyed.structure_of(one)
    with database.transaction() as cursor:
        table.ensure(cursor, one.resource_id, structure, with_history=one.history)
        statement = sql.SQL("CREATE INDEX IF NOT EXISTS {name} ON {table} ({field})")
        name = sql.Identifier(f"{one.resource_id}_{field}")
        cursor.execute(statement.format(name=name, table=relation(one.resource_id), field=sql.Identifier(field)))


def resolve(text: str) -> list[dict[str, Any]]:
    """The addresses that a code or a written address means, the likeliest first; empty when there is none.

    :raises Faulty: when the portal has no address register
    """
    known = register()
    with database.connection() as raw, raw.cursor(cursor_factory=RealDictCursor) as cursor:
        look = _Look(cursor, known)
        return look.by_code(text.strip()) if _CODE.fullmatch(text.strip()) else look.by_words(text)


class _Look:
    def __init__(self, cursor: Any, known: Register) -> None:
        self.cursor = cursor
        self.known = known

    def rows(self, part: str, field: str, values: Sequence[str]) -> list[Row]:
        one: KeyedTable = getattr(self.known, part)
        statement = sql.SQL("SELECT * FROM {table} WHERE {field} = ANY(%s) ORDER BY rka").format(
            table=relation(one.resource_id), field=sql.Identifier(field)
        )
        self.cursor.execute(statement, [list(values)])
        return [dict(row) for row in self.cursor.fetchall()]

    def one(self, part: str, code: str) -> Row | None:
        return next(iter(self.rows(part, "rka", [code])), None)

    # --- by code

    def by_code(self, code: str) -> list[dict[str, Any]]:
        for part in reversed(PARTS):
            found = self.one(part, code)
            if found:
                return [self.chain(part, found, 100)]
        return []

    def chain(self, part: str, row: Row, score: float) -> dict[str, Any]:
        """A row with all that is above it."""
        building = row if part == "buildings" else None
        street = row if part == "streets" else self.one("streets", building["street"]) if building else None
        place = row if part == "places" else self.one("places", street["place"]) if street else None
        above: list[Row] = []
        while place and len(above) < DEEPEST:
            above.insert(0, place)
            place = self.one("places", place["parent"]) if place["parent"] else None
        return {
            "rka": row["rka"],
            "kind": part.removesuffix("s"),
            "address": {code: _written(code, above, street, building) for code in LANGUAGES},
            "places": [_plain(one) for one in above],
            "street": _plain(street),
            "building": _plain(building),
            "postcode": building["postcode"] if building else None,
            "location": _location(building),
            "score": round(score),
        }

    # --- by words

    def by_words(self, text: str) -> list[dict[str, Any]]:
        parts = [part for one in re.split(r"[,;]", text) if (part := " ".join(one.split()))]
        house = parts.pop() if len(parts) > 1 and _HOUSE.match(_simple(parts[-1])) else ""
        if not house and parts and (found := re.fullmatch(r"(.*\D)\s+(\d+\s*[\w/\-]*)", parts[-1])):
            parts[-1], house = found[1].strip(), found[2]
        if not parts:
            return []
        places = self.places(parts[:-1])
        streets = self.streets(parts[-1], places)
        if not streets:
            return [self.chain("places", row, score) for row, score in self.named_places(parts[-1:])][:MOST]
        if not house:
            return [self.chain("streets", row, score) for row, score in streets[:MOST]]
        return self.houses(house, streets)

    def named_places(self, names: Sequence[str]) -> list[tuple[Row, float]]:
        one = self.known.places
        self.cursor.execute(sql.SQL("SELECT * FROM {}").format(relation(one.resource_id)))
        known = [dict(row) for row in self.cursor.fetchall()]
        found: dict[str, tuple[Row, float]] = {}
        for name in names:
            for row, score in _alike(name, known):
                found.setdefault(row["rka"], (row, score))
        return sorted(found.values(), key=lambda pair: -pair[1])

    def places(self, names: Sequence[str]) -> list[str] | None:
        """The codes of the places that are named and of all below them; None when none is named."""
        if not names:
            return None
        known = self.named_places(names[-1:]) or self.named_places(names)
        codes = [row["rka"] for row, _ in known]
        level = codes
        for _ in range(DEEPEST):
            level = [row["rka"] for row in self.rows("places", "parent", level) if row["rka"] not in codes]
            if not level:
                break
            codes += level
        return codes

    def streets(self, name: str, places: list[str] | None) -> list[tuple[Row, float]]:
        if places is None:
            one = self.known.streets
            statement = sql.SQL("SELECT * FROM {} ORDER BY rka").format(relation(one.resource_id))
            self.cursor.execute(statement)
            known = [dict(row) for row in self.cursor.fetchall()]
        else:
            known = self.rows("streets", "place", places)
        return _alike(name, known)

    def houses(self, house: str, streets: list[tuple[Row, float]]) -> list[dict[str, Any]]:
        scores = {row["rka"]: score for row, score in streets}
        wanted = _simple(house).replace(" ", "")
        found = [
            (row, scores[row["street"]])
            for row in self.rows("buildings", "street", list(scores))
            if _simple(str(row["number"])).replace(" ", "") == wanted
        ]
        if not found:
            # The street is right, the house is not known: that is told by what is answered.
            return [self.chain("streets", row, score / 2) for row, score in streets[:MOST]]
        best = sorted(found, key=lambda pair: -pair[1])[:MOST]
        return [self.chain("buildings", row, score) for row, score in best]


def _alike(name: str, rows: Sequence[Row]) -> list[tuple[Row, float]]:
    names: dict[tuple[int, str], str] = {}
    for place, row in enumerate(rows):
        for code in LANGUAGES:
            if row.get(f"name_{code}"):
                names[(place, code)] = _simple(row[f"name_{code}"])
    wanted = _simple(name)
    hits = process.extract(wanted, names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=4 * MOST)
    found: dict[int, float] = {}
    for _, score, (place, _code) in hits:
        found[place] = max(score, found.get(place, 0))
    return [(rows[place], score) for place, score in sorted(found.items(), key=lambda pair: -pair[1])]


def _simple(text: str) -> str:
    plain = _KINDS.sub(" ", text.casefold().replace("ё", "е"))
    return " ".join(re.sub(r"[.\"«»()]", " ", plain).split())


def _written(code: str, places: Sequence[Row], street: Row | None, building: Row | None) -> str:
    parts = [one.get(f"name_{code}") or one.get("name_kk") for one in places]
    if street:
        parts.append(street.get(f"name_{code}") or street.get("name_kk"))
    if building:
        parts.append(str(building["number"]))
    return ", ".join(str(part) for part in parts if part)


def _plain(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _location(building: Row | None) -> list[float] | None:
    if building is None or not building.get("location"):
        return None
    longitude, latitude = building["location"].split(",")
    return [float(longitude), float(latitude)]
