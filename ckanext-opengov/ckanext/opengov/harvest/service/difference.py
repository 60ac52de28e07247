"""What a run has to do: the rows that were found against the rows that are known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ckanext.opengov.harvest.messages import N_, SourceError

# More than this part of the known rows gone at once is taken for an accident of the source, not for news.
ACCIDENT = 0.5


@dataclass(frozen=True)
class Known:
    """A row that an earlier run took in. ``hash`` is None until it was written for the first time."""

    package_id: str
    hash: str | None
    withdrawn: bool = False


@dataclass(frozen=True)
class Plan:
    """The keys of the rows, by what has to be done. ``held`` rows vanished, but are left alone in this run."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    unchanged: int = 0


def make_plan(
    known: Mapping[str, Known],
    found: Mapping[str, str],
    *,
    withdraw: bool = True,
    unclear: Collection[str | None] = (),
) -> Plan:
    """Compare hashes.

    :param known: key → what earlier runs left
    :param found: key → hash of the row now
    :param withdraw: whether a vanished row is withdrawn; otherwise it is kept
    :param unclear: the keys of the bad rows. A bad row is still there, so it has not vanished; and when a key could
        not be read (None), any missing row may be that one, so nothing is withdrawn in this run
    """
    new, changed, returned, unchanged = [], [], [], 0
    for key, value in found.items():
        before = known.get(key)
        if before is None or (before.hash is None and not before.withdrawn):
            new.append(key)
        elif before.withdrawn:
            returned.append(key)
        elif before.hash != value:
            changed.append(key)
        else:
            unchanged += 1
    gone = [key for key, row in known.items() if not row.withdrawn and key not in found and key not in unclear]
    gone = [key for key in gone if known[key].hash is not None] if withdraw else []
    held, vanished = (gone, []) if None in unclear else ([], gone)
    return Plan(tuple(new), tuple(changed), tuple(returned), tuple(vanished), tuple(held), unchanged)


def check_vanished(known: Mapping[str, Known], plan: Plan) -> None:
    """Refuse a plan that would withdraw most of what is there.

    :raises SourceError: ``vanished``
    """
    active = sum(not row.withdrawn and row.hash is not None for row in known.values())
    gone = len(plan.vanished) + len(plan.held)
    if gone > ACCIDENT * active:
        message = N_("{gone} of {all} entries are missing from the list. If that is right, confirm it.")
        raise SourceError("vanished", message, gone=gone, all=active)


def check_shape(expected: Collection[str], columns: Collection[str]) -> None:
    """Refuse a list that lost columns. New columns do no harm.

    :raises SourceError: ``shape``
    """
    missing = sorted(set(expected) - set(columns))
    if missing:
        message = N_("The list lost columns: {missing}. If that is right, confirm it. Columns now: {columns}.")
        raise SourceError("shape", message, missing=", ".join(missing), columns=", ".join(columns))
