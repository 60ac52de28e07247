"""Own tables of the civic kit. Times are stored in UTC; keys of packages stand without foreign keys into core."""

from ckanext.opengov.civic.model import (
    calendar,
    discussion,
    journal,
    notices,
    officers,
    outbox,
    persons,
    ratings,
    workplace,
)

__all__ = ["calendar", "discussion", "journal", "notices", "officers", "outbox", "persons", "ratings", "workplace"]
