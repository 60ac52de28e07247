"""The body of every plugin's ``env.py``: run the migrations over CKAN's database with a version table of their own."""

from __future__ import annotations

from alembic import context
from ckan.model.meta import metadata
from sqlalchemy import engine_from_config, pool


def run(plugin: str) -> None:
    """Run the migrations of one plugin.

    Each plugin's tables are named after it, so its name with an underscore is what autogenerate may look at;
    ``opengov`` is a prefix of all the others and therefore lists its tables.
    """
    own = {name for name in metadata.tables if _owner(name) == plugin}

    def include(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in own

    options = {
        "target_metadata": metadata,
        "version_table": f"{plugin}_alembic_version",
        "include_object": include,
    }
    if context.is_offline_mode():
        context.configure(url=context.config.get_main_option("sqlalchemy.url"), literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    section = context.config.get_section(context.config.config_ini_section) or {}
    engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()


COMPONENTS = ("data", "dialog", "regulation", "budget", "evaluation", "harvest", "portal")


def _owner(table: str) -> str | None:
    words = table.split("_")
    if words[0] != "opengov":
        return None
    return f"opengov_{words[1]}" if len(words) > 1 and words[1] in COMPONENTS else "opengov"
