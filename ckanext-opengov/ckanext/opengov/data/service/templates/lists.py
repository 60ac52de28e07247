"""Lists of values that come from the tables which fields refer to."""

from __future__ import annotations

from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.push import database
from ckanext.opengov.data.service.push.table import ensure
from ckanext.opengov.data.service.reference import looking
from ckanext.opengov.data.service.structure import Field, Structure
from ckanext.opengov.data.service.templates.checking import Lookup
from ckanext.opengov.data.service.templates.choices import Choices, of_rows
from ckanext.opengov.data.service.templates.shape import Shape

# A longer list is looked up, not chosen from.
MOST = 20_000


def shape_of(structure: Structure) -> Shape:
    """A structure as people fill it.

    :raises Faulty: when a reference leads nowhere
    """
    found: dict[str, Choices] = {}
    for name, reference in keyed.references(structure).items():
        table = keyed.get(reference.resource)
        if table is not None:
            with database.transaction() as cursor:
                ensure(cursor, table.resource_id, keyed.structure_of(table), with_history=table.history)
        found[name] = of_rows(looking.values(reference, MOST), MOST)
    return Shape(structure, found)


def lookup(structure: Structure) -> Lookup:
    """Which texts the table that a field refers to does not have."""
    references = keyed.references(structure)

    def strays(field: Field, texts: list[str]) -> set[str]:
        reference = references.get(field.name)
        return looking.strays(reference, texts) if reference else set()

    return strays
