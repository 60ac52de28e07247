"""``ckan opengov-dialog …``: open dialogue on the command line."""

from __future__ import annotations

import click

from ckanext.opengov.dialog.service.publishing import nightly as _nightly

__all__ = ["opengov_dialog"]


@click.group("opengov-dialog", short_help="Open dialogue: publish its figures as open data.")
def opengov_dialog() -> None:
    """Open dialogue: publish its figures as open data."""


@opengov_dialog.command()
def publish() -> None:
    """Bring the open data sets to what the portal knows now, as the clock does every night."""
    written = _nightly.publish()
    if not written:
        click.echo("nothing to publish: opengov.dialog.publishing_agency is empty, or another process publishes")
    for name, files in written.items():
        click.echo(f"{name}: {', '.join(files) or 'unchanged'}")
