"""``ckan opengov …``: the civic kit on the command line."""

from __future__ import annotations

import click

from ckanext.opengov.civic import clock as _clock
from ckanext.opengov.civic.service import outbox as _outbox

__all__ = ["opengov"]


@click.group(short_help="Open government portal: clock and outbox.")
def opengov() -> None:
    """Open government portal: clock and outbox."""


@opengov.command()
def clock() -> None:
    """Run the periodic tasks of all components until stopped."""
    _clock.run()


@opengov.command()
def outbox() -> None:
    """Do what waits in the outbox, once."""
    click.echo(f"{_outbox.drain()} done")
