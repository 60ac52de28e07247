"""Appeals of another portal: a table in CSV, or rows of a harvested registry. Brought again, nothing doubles.

By batches: one check of the schema each, rows inserted together, one commit, then one commit of the index.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import journal, privacy
from ckanext.opengov.civic.service.archive_rows import KnownAgencies, moment
from ckanext.opengov.civic.service.calendar import is_late
from ckanext.opengov.civic.service.discussion import similarity, texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.dialog.model.appeals import Answer, Appeal, new_id
from ckanext.opengov.dialog.service.appeals import clock, figures, numbers, packages, words

COLUMNS = ("id", "text", "category", "date", "agency", "answer", "answer_date")
NEEDED = ("id", "text", "date")
# Taken when the table has them.
MORE = ("subject", "kind", "region", "language")
# A complaint on coverage has a place and an operator, which no table of these columns tells.
KINDS = tuple(kind for kind in words.KINDS if kind != words.COVERAGE)
BATCH = 250
TEXT_LENGTH = 50_000
SUBJECT_LENGTH = 120
MOST_BAD = 1_000


@dataclass(frozen=True)
class Row:
    """One appeal of the other portal, checked."""

    source_id: str
    agency_id: str
    subject: str
    text: str
    topic: str
    registered_at: dt.datetime
    answer: str | None = None
    answered_at: dt.datetime | None = None
    kind: str = "complaint"
    region: str | None = None
    language: str | None = None
    # Of the package, when the registry has given one.
    id: str = field(default_factory=new_id)


@dataclass
class Report:
    """What became of the rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: list[dict[str, Any]] = field(default_factory=list)
    bad_count: int = 0

    def refuse(self, place: int, error: tk.ValidationError) -> None:
        """Note a row that cannot be brought; the others go on."""
        self.bad_count += 1
        if len(self.bad) < MOST_BAD:
            self.bad.append({"row": place, "errors": dict(error.error_dict)})


def bring(content: str, source: str, agency_id: str | None) -> Report:
    """Import a table. Commits each batch, so that what was done stays done.

    :param source: the other portal's name; with a row's ``id`` it says which appeal is which
    :param agency_id: whose the appeals are that name no agency
    :raises ValidationError: when the table lacks a column
    """
    report = Report()
    known = KnownAgencies(agency_id)
    for batch in _batches(_rows(content, known, report)):
        _bring(batch, source, report)
    return report


def _rows(content: str, known: KnownAgencies, report: Report) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")))
    header = [(name or "").strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        message = tk._("The table lacks the columns {missing}. It needs: {known}.")
        wanted = message.format(missing=", ".join(missing), known=", ".join((*COLUMNS, *MORE)))
        raise tk.ValidationError({"content": [wanted]})
    reader.fieldnames = header
    seen: set[str] = set()
    for place, raw in enumerate(reader, 2):
        try:
            row = _row(raw, known)
        except tk.ValidationError as error:
            report.refuse(place, error)
            continue
        if row.source_id in seen:
            report.refuse(place, tk.ValidationError({"id": [tk._("This id stands in the table twice.")]}))
            continue
        seen.add(row.source_id)
        yield row


def _row(raw: Mapping[str, Any], known: KnownAgencies) -> Row:
    text = texts.check("text", raw.get("text") or "", TEXT_LENGTH)
    answer = (raw.get("answer") or "").strip()
    registered = moment("date", raw.get("date"))
    answered = moment("answer_date", raw.get("answer_date")) if answer and raw.get("answer_date") else None
    subject = texts.check("subject", raw["subject"], packages.TITLE_LENGTH) if raw.get("subject") else None
    return Row(
        source_id=texts.check("id", raw.get("id") or "", 200),
        agency_id=known.find(raw.get("agency")),
        subject=" ".join(subject.split()) if subject else subject_of(text),
        text=text,
        kind=words.one_of("kind", raw["kind"], KINDS) if raw.get("kind") else "complaint",
        region=words.region(raw.get("region")),
        language=texts.check_language(raw["language"]) if raw.get("language") else None,
        topic=words.topic_of(raw.get("category") or ""),
        registered_at=registered,
        answer=texts.check("answer", answer, TEXT_LENGTH) if answer else None,
        answered_at=(answered or registered) if answer else None,
    )


def subject_of(text: str) -> str:
    """The first line of a text, cut at a word."""
    line = text.splitlines()[0]
    if len(line) <= SUBJECT_LENGTH:
        return line
    return line[:SUBJECT_LENGTH].rpartition(" ")[0] + " …"


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _bring(rows: Sequence[Row], source: str, report: Report) -> None:
    ids = [row.source_id for row in rows]
    query = sa.select(Appeal).where(Appeal.source == source, Appeal.source_id.in_(ids)).with_for_update()
    before = {one.source_id: one for one in model.Session.scalars(query)}
    time = clock.current()
    made = create([row for row in rows if row.source_id not in before], source, time)
    changed = [one for row in rows if (one := before.get(row.source_id)) and complete(one, row, time)]
    model.Session.commit()
    packages.index_now([one.id for one in (*made, *changed)])
    model.Session.expunge_all()
    report.created += len(made)
    report.updated += len(changed)
    report.unchanged += len(before) - len(changed)


def create(rows: Sequence[Row], source: str, time: clock.Clock) -> list[Appeal]:
    """New appeals, in the session's open transaction."""
    if not rows:
        return []
    given = numbers.take_many([figures.month_of(row.registered_at).year for row in rows])
    made = [_appeal(row, number, source, time) for row, number in zip(rows, given, strict=True)]
    answers = [_answer(one, row) for one, row in zip(made, rows, strict=True) if row.answer]
    model.Session.add_all([*made, *answers])
    model.Session.flush()
    packages.insert(made)
    journal.record_many(
        journal.Happening(packages.TYPE, one.id, "appeal.imported", public={"number": one.number}) for one in made
    )
    figures.change(plus=[figures.of(one) for one in made])
    return made


def _appeal(row: Row, number: str, source: str, time: clock.Clock) -> Appeal:
    subject, text = public_copy(row.subject), public_copy(row.text)
    appeal = Appeal(
        id=row.id,
        number=number,
        agency_id=row.agency_id,
        kind=row.kind,
        topic=row.topic,
        region=row.region,
        language=row.language or privacy.language_of(row.text),
        subject_original=row.subject,
        subject_public=subject.text,
        text_original=row.text,
        text_public=text.text,
        findings=text.findings,
        state="registered",
        visibility="public",
        registered_at=row.registered_at,
        month=figures.month_of(row.registered_at),
        term_from=figures.local_date(row.registered_at),
        pauses=[],
        extra_days=0,
        forwards=0,
        returns=0,
        source=source,
        source_id=row.source_id,
    )
    try:
        appeal.term_from = time.registered_on(row.registered_at)
        appeal.due_at = time.due_at(appeal)
    except Refusal:
        # Older than the known calendar: the appeal is kept, its term cannot be said.
        appeal.due_at = None
    # Letters about terms that were over before the move would help nobody.
    appeal.overdue_told = appeal.due_at
    _close(appeal, row)
    return appeal


def _close(appeal: Appeal, row: Row) -> None:
    if row.answered_at is None:
        return
    appeal.state, appeal.answered_at, appeal.ended_at = "closed", row.answered_at, row.answered_at
    appeal.in_time = not is_late(row.answered_at, appeal.due_at) if appeal.due_at else None


def _answer(appeal: Appeal, row: Row) -> Answer:
    text = row.answer or ""
    return Answer(
        id=new_id(),
        appeal_id=appeal.id,
        number=1,
        agency_id=appeal.agency_id,
        at=row.answered_at,
        language=privacy.language_of(text),
        text_original=text,
        text_public=public_copy(text).text,
        links=[],
        in_time=appeal.in_time,
        acknowledged=[],
        signature=similarity.signature(text),
    )


def complete(appeal: Appeal, row: Row, time: clock.Clock) -> bool:
    """An appeal that was brought before has an answer by now; what else changed over there is not taken.

    :returns: whether anything changed
    """
    if not row.answer or appeal.answered_at is not None:
        return False
    before = figures.of(appeal)
    _close(appeal, row)
    model.Session.add(_answer(appeal, row))
    model.Session.flush()
    packages.update(appeal)
    journal.record(packages.TYPE, appeal.id, "appeal.answer", actor=None, public={"answer": 1})
    figures.change(minus=before, plus=[figures.of(appeal)])
    return True


class RegistryAppeals:
    """Writes rows of a harvested registry as appeals: ``title`` the subject, ``notes`` the text, and ``answer``."""

    SOURCE = "registry"

    def create(self, context: Any, record: Mapping[str, Any]) -> None:
        """A new appeal under the id of the record; commits."""
        made = create([self._row(record)], self.SOURCE, clock.current())
        packages.index_later([one.id for one in made])
        model.Session.commit()

    def create_many(self, context: Any, records: Sequence[Mapping[str, Any]]) -> set[str]:
        """New appeals under the ids of their records; the caller commits.

        :returns: the ids of those made; the others are refused
        """
        rows = []
        for record in records:
            with suppress(tk.ValidationError):
                rows.append(self._row(record))
        made = create(rows, self.SOURCE, clock.current())
        if made:
            packages.index_later([one.id for one in made])
        return {one.id for one in made}

    def update(self, context: Any, record: Mapping[str, Any]) -> None:
        """The answer, once there is one; commits."""
        appeal = self._locked(record["id"])
        if complete(appeal, self._row(record), clock.current()):
            packages.index_later([appeal.id])
        model.Session.commit()

    def restore(self, context: Any, record: Mapping[str, Any]) -> None:
        """The row came back: everybody reads the appeal again."""
        self._show(record["id"], "public")
        self.update(context, record)

    def withdraw(self, context: Any, package_id: str) -> None:
        """The row is gone over there: the public does not read it any more; commits."""
        self._show(package_id, "hidden")
        model.Session.commit()

    @staticmethod
    def _locked(package_id: str) -> Appeal:
        from ckanext.opengov.dialog.service.appeals import moving

        return moving.lock(package_id)

    def _show(self, package_id: str, visibility: str) -> None:
        appeal = self._locked(package_id)
        appeal.visibility = visibility
        model.Session.flush()
        packages.update(appeal)
        packages.index_later([appeal.id])

    @staticmethod
    def _row(record: Mapping[str, Any]) -> Row:
        text = texts.check("notes", record.get("notes") or "", TEXT_LENGTH)
        if not record.get("owner_org"):
            raise tk.ValidationError({"owner_org": [tk._("Choose the agency that you write to.")]})
        answer = record.get("answer") or None
        registered = moment("registered_date", record.get("registered_date"))
        answered = record.get("answered_date")
        return Row(
            id=record["id"],
            source_id=record["id"],
            agency_id=record["owner_org"],
            subject=record.get("title") or subject_of(text),
            text=text,
            topic=words.topic_of(record.get("topic") or ""),
            kind=words.one_of("kind", record.get("kind") or "complaint", words.KINDS),
            region=words.region(record.get("region")),
            language=texts.check_language(record["language"]) if record.get("language") else None,
            registered_at=registered,
            answer=texts.check("answer", answer, TEXT_LENGTH) if answer else None,
            answered_at=(moment("answered_date", answered) if answered else registered) if answer else None,
        )
