"""Own tables of open regulations. Times are stored in UTC; keys of packages stand without foreign keys into core."""

from ckanext.opengov.regulation.model import acts, remarks, texts

__all__ = ["acts", "remarks", "texts"]
