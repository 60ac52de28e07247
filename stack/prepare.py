"""Runs inside the virtual environment: migrate, make the administrator, index, print the DataStore's grants.

One process for all of it, because every start of CKAN costs seconds.
"""

from __future__ import annotations

import json
import sys

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.cli import load_config
from ckan.cli.db import _migrate_plugins
from ckan.config.middleware import make_app
from ckan.lib.search import rebuild
from ckan.model import parse_db_config
from ckan.types import Context
from ckanext.datastore.cli import permissions_sql

ADMIN = "admin"
URLS = ("sqlalchemy.url", "ckan.datastore.write_url", "ckan.datastore.read_url")


def main() -> None:
    order = json.load(sys.stdin)
    app = make_app(load_config(sys.argv[1]))
    with app.test_request_context():
        model.repo.upgrade_db("head")
        _migrate_plugins(apply=True)
        token = make_administrator(order["admin_password"]) if order["admin_password"] else ""
        if order["rebuild"]:
            rebuild(force=True, clear=False, quiet=True)
        print("--- token ---", token, sep="\n")
        print("--- grants ---", grants(), sep="\n")


def make_administrator(password: str) -> str:
    context = Context(ignore_auth=True)
    if model.User.get(ADMIN) is None:
        values = {"name": ADMIN, "email": "admin@example.org", "password": password, "fullname": "Administrator"}
        tk.get_action("user_create")(tk.fresh_context(context), values)
        model.User.get(ADMIN).sysadmin = True  # pyright: ignore[reportOptionalMemberAccess]
        model.Session.commit()
    site_user = tk.get_action("get_site_user")(Context(ignore_auth=True), {})
    asking = Context(ignore_auth=True, user=site_user["name"])
    return tk.get_action("api_token_create")(asking, {"user": ADMIN, "name": "opengov-up"})["token"]


def grants() -> str:
    """What lets the reader read the DataStore and nothing else, for the cluster's superuser to run."""
    main, write, read = (parse_db_config(key) or {} for key in URLS)
    # Every role may connect everywhere until PUBLIC loses that right; CKAN's script forgets it.
    closed = f"REVOKE CONNECT ON DATABASE {main['db_name']} FROM PUBLIC;\n"
    return closed + permissions_sql(
        maindb=main["db_name"],
        datastoredb=write["db_name"],
        mainuser=main["db_user"],
        writeuser=write["db_user"],
        readuser=read["db_user"],
    )


if __name__ == "__main__":
    main()
