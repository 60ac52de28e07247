"""Own tables of the civic kit. Times are stored in UTC; keys of packages stand without foreign keys into core."""

from ckanext.opengov.civic.model import outbox

__all__ = ["outbox"]
