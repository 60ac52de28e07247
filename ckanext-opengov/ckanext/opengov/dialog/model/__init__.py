"""Own tables of open dialogue. Times are stored in UTC; keys of packages stand without foreign keys into core."""

from ckanext.opengov.dialog.model import appeals, conferences, polls

__all__ = ["appeals", "conferences", "polls"]
