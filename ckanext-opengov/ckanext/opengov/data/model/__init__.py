"""Own tables of open data."""

from ckanext.opengov.data.model import apps, keyed, lists, quality, requests, tables, templates, usage

__all__ = ["apps", "keyed", "lists", "quality", "requests", "tables", "templates", "usage"]
