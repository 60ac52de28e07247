"""One CKAN instance: its ini, its databases' tables, its administrator."""

from __future__ import annotations

import json
from pathlib import Path

from stack import postgres, secrets, solr
from stack.console import clean_environment, run
from stack.layout import PACKAGE, ROOT, Instance, Layout
from stack.steps import Stamp


def write_ini(layout: Layout, instance: Instance) -> None:
    known = secrets.load(layout)
    # The harvest consumers wait for work without a time limit of their own; redis-py's default would end them.
    redis = f"redis://:{known['redis_password']}@127.0.0.1:{layout.redis_port}/{instance.redis_database}?socket_timeout=86400"
    suffix = instance.suffix
    values = {
        "ckan.site_id": instance.site_id,
        "ckan.site_url": instance.url,
        "ckan.storage_path": instance.storage,
        "ckan.i18n_directory": layout.languages,
        "sqlalchemy.url": postgres.url(layout, instance.database),
        "ckan.datastore.write_url": postgres.url(layout, instance.datastore),
        "ckan.datastore.read_url": postgres.url(layout, instance.datastore, postgres.READER),
        "solr_url": solr.url(layout, instance),
        "ckan.redis.url": redis,
        "ckanext.xloader.jobs_db.uri": postgres.url(layout, instance.database),
        "SECRET_KEY": known["secret_key"] + suffix,
        "WTF_CSRF_SECRET_KEY": known["secret_key"] + suffix,
        "api_token.jwt.encode.secret": f"string:{known['token_secret']}{suffix}",
        "api_token.jwt.decode.secret": f"string:{known['token_secret']}{suffix}",
        "opengov.person_key": known["person_key"] + suffix,
        "opengov.journal_key": known["journal_key"] + suffix,
        "opengov.harvest.allowed_folders": ROOT / "stack" / "demonstration" / "registries",
    }
    if not suffix:
        own = {"smtp.server": f"127.0.0.1:{layout.mail_port}", **DEMONSTRATION}
        values |= {name: value for name, value in own.items() if not _sets(instance.base_ini, name)}
    base = "../" * (2 if suffix else 1) + f"config/{instance.base_ini.name}"
    lines = [f"# Written by ./opengov up. Change config/{instance.base_ini.name} instead.", "[app:main]"]
    lines.append(f"use = config:{base}")
    # % starts an interpolation in an ini.
    lines += [f"{key} = {str(value).replace('%', '%%')}" for key, value in values.items()]
    text = "\n".join(lines) + "\n"
    for folder in (instance.folder, instance.storage):
        folder.mkdir(parents=True, exist_ok=True)
    _write_changed(instance.ini, text)
    if instance.suffix:
        _write_changed(instance.live_ini, LIVE)


# Agencies and operators of the demonstration, unless the instance names its own.
DEMONSTRATION = {
    "opengov.dialog.mobile_agency": "ministry-of-digital-development",
    "opengov.dialog.publishing_agency": "ministry-of-digital-development",
    "opengov.dialog.operators": "Сапа-Мобайл Желкен Алыс-Телеком",
}


def _sets(ini: Path, name: str) -> bool:
    return any(line.partition("=")[0].strip() == name for line in ini.read_text().splitlines())


# The browser tests drive the twin as the portal runs: with forgery protection and error pages.
LIVE = """[app:main]
use = config:ckan.ini
testing = false
WTF_CSRF_ENABLED = true
opengov.dialog.mobile_agency = ministry-of-examples
"""


def _write_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        secrets.write_private(path, text)


def build_languages(layout: Layout) -> str | None:
    """CKAN's catalogues with Kazakh added, and our own, compiled."""
    sources = sorted((PACKAGE / "i18n").glob("*/LC_MESSAGES/*.po"))
    stamp = Stamp(layout, "languages", PACKAGE / "portal" / "languages.py", *sources)
    if stamp.fresh and (layout.languages / "kk" / "LC_MESSAGES" / "ckan.mo").exists():
        return "already there"
    command = [layout.python, "-m", "ckanext.opengov.portal.languages", layout.languages]
    run(layout, command, log="languages")
    stamp.set()
    return None


def migrate(layout: Layout, instance: Instance) -> str | None:
    """Tables, DataStore's rights, and for the portal its administrator, in one start of CKAN."""
    migrations = sorted((PACKAGE / "migration").rglob("versions/*.py"))
    stamp = Stamp(layout, f"migrate-{instance.name}", ROOT / "config" / "requirements" / "runtime.txt", *migrations)
    # The tests empty their twin before they look: there is nothing to index anew.
    indexed = solr.indexed(layout, instance)
    rebuild = not instance.suffix and not indexed.fresh
    if stamp.fresh and not rebuild:
        return "already there"
    password = secrets.load(layout)["admin_password"] if not instance.suffix else None
    order = {"admin_password": password, "rebuild": rebuild}
    command = [layout.python, "-m", "stack.prepare", str(instance.ini)]
    answer = run(layout, command, log=f"migrate-{instance.name}", env=clean_environment(), stdin=json.dumps(order))
    grants = answer.split("--- grants ---", 1)[1]
    postgres.psql(layout, instance.datastore, grants)
    if not instance.suffix:
        token = answer.split("--- token ---", 1)[1].split("--- grants ---", 1)[0].strip()
        secrets.write_private(layout.home / "admin.token", token)
        secrets.write_private(layout.home / "admin.password", password or "")
    indexed.set()
    stamp.set()
    return None
