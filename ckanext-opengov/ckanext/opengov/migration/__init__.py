"""Alembic migrations of all components, one folder a plugin: CKAN looks for them here."""
