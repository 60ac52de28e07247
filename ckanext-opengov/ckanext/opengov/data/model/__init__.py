"""Own tables of open data."""

from ckanext.opengov.data.model import tables

__all__ = ["tables"]
