"""``ckan opengov …``: the civic kit on the command line."""

from __future__ import annotations

from uuid import UUID

import click

from ckanext.opengov.civic import clock as _clock
from ckanext.opengov.civic import roles_table as _roles_table
from ckanext.opengov.civic import worker as _worker
from ckanext.opengov.civic.service import journal_check as _journal_check
from ckanext.opengov.civic.service import journal_seal as _journal_seal
from ckanext.opengov.civic.service import outbox as _outbox
from ckanext.opengov.civic.service.discussion import clusters as _clusters

__all__ = ["opengov"]


@click.group(short_help="Open government portal: clock, worker, outbox, journal, roles.")
def opengov() -> None:
    """Open government portal: clock, worker, outbox, journal, roles."""


@opengov.command()
def clock() -> None:
    """Run the periodic tasks of all components until stopped."""
    _clock.run()


@opengov.command()
@click.argument("queues", nargs=-1)
def worker(queues: tuple[str, ...]) -> None:
    """Do the jobs of these queues, the first before the last, until stopped."""
    _worker.Worker(queues).work(with_scheduler=True)


@opengov.command()
def outbox() -> None:
    """Do what waits in the outbox, once."""
    click.echo(f"{_outbox.drain()} done")


@opengov.command()
def roles() -> None:
    """Print the table role, component, action, as it stands in docs/roles.md."""
    click.echo(_roles_table.render(), nl=False)


@opengov.command()
@click.argument("thread_id", type=click.UUID)
def group_comments(thread_id: UUID) -> None:
    """Group the comments of a discussion that stand in no group yet, as after an import."""
    click.echo(f"{_clusters.group_ungrouped(str(thread_id))} grouped")


@opengov.group()
def journal() -> None:
    """Seal the journal, or check that nobody changed it."""


@journal.command()
def seal() -> None:
    """Seal what was recorded since the last seal."""
    made = _journal_seal.seal()
    click.echo(f"seal {made.id}: {made.heads} chains grew, last entry {made.last_entry_id}")


@journal.command()
def verify() -> None:
    """Check every chain and every seal; the exit code is 1 when one is broken."""
    found = _journal_check.verify_all()
    if found.ok:
        click.echo(f"{found.checked} entries, all as they were recorded")
        return
    kind, name = found.entity or ("", "")
    raise click.ClickException(f"{found.reason}: {found.first_broken_id}, entity {kind} {name}, entry {found.seq}")
