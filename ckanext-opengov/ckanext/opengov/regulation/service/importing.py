"""Acts of an archive: cards in CSV, JSON or HTML, or rows of a harvested registry. Brought again, nothing doubles.

By batches: one check of the schema each, rows inserted together, one commit, then one commit of the index.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.archive_rows import KnownAgencies, moment
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.regulation.model.acts import DraftAct, Version, VersionPart, new_id
from ckanext.opengov.regulation.service import cards, importing_comments, packages
from ckanext.opengov.regulation.service.document import reading, tree
from ckanext.opengov.regulation.service.document.doubts import Unreadable
from ckanext.opengov.regulation.service.words import KINDS, LANGUAGES, TYPE

BATCH = 250
MOST_BAD = 1_000
LONGEST_TITLE = 500
LONGEST_TEXT = 2_000_000
# What an archived act may have become; nobody can comment on it any more.
STATES = ("report", "agreed", "adopted", "withdrawn")


@dataclass(frozen=True)
class Card:
    """One act of the archive, checked."""

    source_id: str
    agency_id: str
    kind: str
    state: str
    title: Mapping[str, str]
    announced_at: dt.datetime
    ends_at: dt.datetime | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    adopted_url: str | None = None
    comments: tuple[importing_comments.Said, ...] = ()
    # Of the package, when the registry has given one.
    id: str = field(default_factory=new_id)


@dataclass
class Report:
    """What became of the cards."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: list[dict[str, Any]] = field(default_factory=list)
    bad_count: int = 0

    def refuse(self, place: int, error: tk.ValidationError) -> None:
        """Note a card that cannot be brought; the others go on."""
        self.bad_count += 1
        if len(self.bad) < MOST_BAD:
            self.bad.append({"row": place, "errors": dict(error.error_dict)})


def bring(content: str, form: str, source: str, agency_id: str | None) -> Report:
    """Import cards. Commits each batch, so that what was done stays done.

    :param form: csv, json or html
    :param source: the archive's name; with a card's ``id`` it says which act is which
    :param agency_id: whose the acts are that name no agency
    :raises ValidationError: when the file holds no cards
    """
    report = Report()
    found = _checked(cards.read(content, form), KnownAgencies(agency_id), report)
    while batch := list(islice(found, BATCH)):
        _bring(batch, source, report)
    return report


def _checked(rows: Iterable[tuple[int, Mapping[str, Any]]], known: KnownAgencies, report: Report) -> Iterator[Card]:
    seen: set[str] = set()
    for place, raw in rows:
        try:
            card = _card(raw, known)
        except tk.ValidationError as error:
            report.refuse(place, error)
            continue
        if card.source_id in seen:
            report.refuse(place, tk.ValidationError({"id": [tk._("This id stands in the file twice.")]}))
            continue
        seen.add(card.source_id)
        yield card


def _card(raw: Mapping[str, Any], known: KnownAgencies) -> Card:
    titles = _by_language(raw, "title", LONGEST_TITLE)
    if not titles:
        raise tk.ValidationError({"title": [tk._("The card has no title.")]})
    ends = moment("ends", raw["ends"]) if raw.get("ends") else None
    return Card(
        source_id=texts.check("id", str(raw.get("id") or ""), 200),
        agency_id=known.find(raw.get("agency")),
        kind=_one_of("kind", cards.kind_of(raw.get("kind")), KINDS),
        state=_one_of("state", cards.state_of(raw.get("state")), STATES),
        title=titles,
        announced_at=moment("date", raw.get("date")),
        ends_at=ends,
        notes=_by_language(raw, "notes", LONGEST_TEXT),
        text=_by_language(raw, "text", LONGEST_TEXT),
        adopted_url=_address(raw.get("url")),
        comments=importing_comments.read(raw.get("comments"), moment),
    )


def _address(value: object) -> str | None:
    text = str(value or "").strip()
    return text if text.startswith(("https://", "http://")) and len(text) <= 1_000 else None


def _by_language(raw: Mapping[str, Any], name: str, longest: int) -> dict[str, str]:
    given = raw.get(name)
    found = dict(given) if isinstance(given, Mapping) else {}
    if isinstance(given, str) and given.strip():
        found["ru"] = given
    found |= {code: raw[f"{name}_{code}"] for code in LANGUAGES if raw.get(f"{name}_{code}")}
    return {code: texts.check(name, found[code], longest) for code in LANGUAGES if found.get(code)}


def _one_of(name: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        message = tk._("“{value}” is not known. Use one of: {known}.")
        raise tk.ValidationError({name: [message.format(value=value[:40], known=", ".join(known))]})
    return value


def _bring(batch: Sequence[Card], source: str, report: Report) -> None:
    ids = [card.source_id for card in batch]
    query = sa.select(DraftAct).where(DraftAct.source == source, DraftAct.source_id.in_(ids)).with_for_update()
    before = {one.source_id: one for one in model.Session.scalars(query)}
    made = create([card for card in batch if card.source_id not in before], source)
    changed = [one for card in batch if (one := before.get(card.source_id)) and complete(one, card)]
    model.Session.commit()
    packages.index_now([one.id for one in (*made, *changed)])
    model.Session.expunge_all()
    report.created += len(made)
    report.updated += len(changed)
    report.unchanged += len(before) - len(changed)


def create(batch: Sequence[Card], source: str) -> list[DraftAct]:
    """New acts, in the session's open transaction."""
    if not batch:
        return []
    numbers = packages.take_numbers([local_date(card.announced_at).year for card in batch])
    made = [_act(card, number, source) for card, number in zip(batch, numbers, strict=True)]
    versions = [_version(card) for card in batch]
    model.Session.add_all(made)
    model.Session.flush()
    model.Session.execute(sa.insert(Version), versions)
    rows = [row for card, version in zip(batch, versions, strict=True) for row in _parts(version["id"], card.text)]
    if rows:
        model.Session.execute(sa.insert(VersionPart), rows)
    packages.insert(made)
    for act, card in zip(made, batch, strict=True):
        if card.comments:
            importing_comments.bring(act, card.comments, packages.site_user_id())
    journal.record_many(
        journal.Happening(TYPE, one.id, "draft_act.imported", public={"source": source}) for one in made
    )
    return made


def _act(card: Card, number: str, source: str) -> DraftAct:
    ends = card.ends_at if card.ends_at and card.ends_at > card.announced_at else None
    return DraftAct(
        id=card.id,
        number=number,
        agency_id=card.agency_id,
        kind=card.kind,
        state=card.state,
        title=dict(card.title),
        notes=dict(card.notes),
        basis={},
        version=1,
        discussion=1 if card.comments else 0,
        announced_at=card.announced_at,
        starts_at=card.announced_at if ends else None,
        ends_at=ends,
        closes_at=ends,
        channel_ends={},
        reported_at=ends,
        ended_at=ends if card.state in ("adopted", "withdrawn") else None,
        adopted_url=card.adopted_url,
        likes=0,
        dislikes=0,
        source=source,
        source_id=card.source_id,
        created_at=card.announced_at,
    )


def _version(card: Card) -> dict[str, Any]:
    return {
        "id": new_id(),
        "package_id": card.id,
        "number": 1,
        "state": "public",
        "created_at": card.announced_at,
        "published_at": card.announced_at,
        "note": {},
    }


def _parts(version_id: str, text: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for language, words in text.items():
        for place in tree.placed(parts_of(words, language)):
            yield {
                "version_id": version_id,
                "language": language,
                "position": place.position,
                "eid": place.part.eid,
                "parent_eid": place.parent.eid if place.parent else None,
                "kind": place.part.kind,
                "number": place.part.number,
                "heading": place.part.heading,
                "text": place.part.text,
            }


def parts_of(words: str, language: str) -> tuple[tree.Part, ...]:
    """The parts that a plain text is recognised to have."""
    try:
        return reading.read(words.encode(), language).document.parts
    except Unreadable:
        return ()


def complete(act: DraftAct, card: Card) -> bool:
    """An act that was brought before has gone on over there; what else changed is not taken.

    :returns: whether anything changed
    """
    if (card.state, card.adopted_url) == (act.state, act.adopted_url):
        return False
    act.state, act.adopted_url = card.state, card.adopted_url
    if card.state in ("adopted", "withdrawn"):
        act.ended_at = act.ended_at or card.ends_at or card.announced_at
    model.Session.flush()
    packages.update(act)
    journal.record(TYPE, act.id, "draft_act.imported", actor=None, public={"source": act.source, "state": act.state})
    return True


class RegistryActs:
    """Writes rows of a harvested registry as acts: ``title``, ``notes`` (the text), ``act_kind``, ``act_state``."""

    SOURCE = "registry"

    def create(self, context: Any, record: Mapping[str, Any]) -> None:
        """A new act under the id of the record; commits."""
        made = create([self._card(record)], self.SOURCE)
        packages.index_later([one.id for one in made])
        model.Session.commit()

    def create_many(self, context: Any, records: Sequence[Mapping[str, Any]]) -> set[str]:
        """New acts under the ids of their records; the caller commits.

        :returns: the ids of those made; the others are refused
        """
        batch = []
        for record in records:
            with suppress(tk.ValidationError):
                batch.append(self._card(record))
        made = create(batch, self.SOURCE)
        if made:
            packages.index_later([one.id for one in made])
        return {one.id for one in made}

    def update(self, context: Any, record: Mapping[str, Any]) -> None:
        """Where the act has come to; commits."""
        act = self._locked(record["id"])
        if complete(act, self._card(record)):
            packages.index_later([act.id])
        model.Session.commit()

    def restore(self, context: Any, record: Mapping[str, Any]) -> None:
        """The row came back: everybody reads the act again."""
        self._show(record["id"], 1)
        self.update(context, record)

    def withdraw(self, context: Any, package_id: str) -> None:
        """The row is gone over there: the public does not read it any more; commits."""
        self._show(package_id, 0)
        model.Session.commit()

    @staticmethod
    def _locked(package_id: str) -> DraftAct:
        query = sa.select(DraftAct).where(DraftAct.id == package_id).with_for_update()
        act = model.Session.scalar(query)
        if act is None:
            raise tk.ObjectNotFound(tk._("There is no such draft act."))
        return act

    def _show(self, package_id: str, version: int) -> None:
        act = self._locked(package_id)
        act.version = version
        model.Session.flush()
        packages.update(act)
        packages.index_later([act.id])

    @staticmethod
    def _card(record: Mapping[str, Any]) -> Card:
        if not record.get("owner_org"):
            raise tk.ValidationError({"owner_org": [tk._("The row names no agency.")]})
        raw = {
            **record,
            "kind": record.get("act_kind"),
            "state": record.get("act_state"),
            "date": record.get("starts_on"),
            "ends": record.get("ends_on"),
            "text": record.get("notes"),
            "notes": None,
        }
        given = {"title": record.get("title_translated") or record.get("title")}
        known = _Given(str(record["owner_org"]))
        card = _card({**raw, **given}, known)
        return Card(**{**vars(card), "id": record["id"]})


class _Given(KnownAgencies):
    """The agency that the registry's source has settled."""

    def __init__(self, agency_id: str) -> None:
        self.agency_id = agency_id

    def find(self, reference: object) -> str:
        """The agency's id."""
        return self.agency_id
