"""One scheming file per entity type; importable as ``ckanext.opengov.schemas``."""
