"""A PostgreSQL cluster of our own, its roles and databases."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

from stack import secrets
from stack.console import StackError, clean_environment, run
from stack.layout import Instance, Layout

BINARIES = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "postgres"
OWNER = "opengov"
READER = "opengov_reader"
SYSTEM_USER = "postgres"
ELSEWHERE = Path("/var/lib/opengov")

SETTINGS = """
# Written by ./opengov up: the portal's own cluster, loopback only.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
timezone = 'UTC'
max_connections = 120
shared_buffers = '512MB'
effective_cache_size = '2GB'
maintenance_work_mem = '256MB'
work_mem = '16MB'
max_wal_size = '2GB'
checkpoint_completion_target = 0.9
random_page_cost = 1.1
idle_in_transaction_session_timeout = '10min'
"""
ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"


def system_user() -> str | None:
    """PostgreSQL refuses to run as root: then Debian's postgres user runs it."""
    return SYSTEM_USER if os.geteuid() == 0 else None


def create_cluster(layout: Layout) -> str | None:
    password = secrets.load(layout)["database_password"]
    found = "already there"
    if not (layout.postgres_data / "PG_VERSION").exists():
        found = None
        data = _place(layout)
        with tempfile.NamedTemporaryFile("w", prefix="opengov-", delete=True) as password_file:
            password_file.write(password)
            password_file.flush()
            if user := system_user():
                os.chown(password_file.name, pwd.getpwnam(user).pw_uid, -1)
            command = [BINARIES / "initdb", "-D", data, "-U", SUPERUSER, "--pwfile", password_file.name]
            command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions"]
            run(layout, command, log="postgres", user=system_user(), cwd=Path("/"))
    data = layout.postgres_data
    (data / "opengov.conf").write_text(SETTINGS.format(port=layout.postgres_port))
    (data / "pg_hba.conf").write_text(ACCESS)
    main = data / "postgresql.conf"
    if "include 'opengov.conf'" not in main.read_text():
        with main.open("a") as out:
            out.write("\ninclude 'opengov.conf'\n")
    if user := system_user():
        shutil.chown(data / "opengov.conf", user)
    return found


def data_folder(layout: Layout) -> Path:
    """Where the cluster lies. A checkout in /root is out of reach for Debian's postgres user: then its cluster is
    in /var/lib/opengov and ``.opengov/postgres`` is a link to it.
    """
    data = layout.postgres_data
    if data.exists():
        return data.resolve()
    user = system_user()
    layout.home.mkdir(parents=True, exist_ok=True)
    if user is None or _reaches(user, layout.home):
        return data
    digest = sha256(str(layout.root).encode()).hexdigest()[:12]
    return ELSEWHERE / f"postgres-{digest}"


def _place(layout: Layout) -> Path:
    """An empty folder for ``initdb``; what an interrupted one left there is removed."""
    folder = data_folder(layout)
    shutil.rmtree(folder, ignore_errors=True)
    layout.postgres_data.unlink(missing_ok=True)
    if folder != layout.postgres_data:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        layout.postgres_data.symlink_to(folder)
    folder.mkdir(mode=0o700)
    if user := system_user():
        shutil.chown(folder, user, user)
    return folder


def _reaches(user: str, folder: Path) -> bool:
    command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "test", "-x", str(folder)]
    return subprocess.run(command, cwd="/", check=False).returncode == 0


def psql(layout: Layout, database: str, sql: str) -> str:
    """Run SQL as the cluster's superuser; used only to make roles and databases."""
    env = clean_environment(PGPASSWORD=secrets.load(layout)["database_password"])
    command = [BINARIES / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"]
    command += ["-p", str(layout.postgres_port), "-U", SUPERUSER, "-d", database]
    return run(layout, command, log="postgres", env=env, stdin=sql).strip()


def ready(layout: Layout) -> bool:
    command = [BINARIES / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(layout.postgres_port)]
    return subprocess.run([str(word) for word in command], check=False).returncode == 0


def create_databases(layout: Layout, instance: Instance) -> str | None:
    known = secrets.load(layout)
    for role, password in ((OWNER, known["database_password"]), (READER, known["datastore_reader_password"])):
        _create_role(layout, role, password)
    existing = set(psql(layout, "postgres", "SELECT datname FROM pg_database").split())
    missing = [name for name in (instance.database, instance.datastore) if name not in existing]
    for name in missing:
        psql(layout, "postgres", f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8'")
    return None if missing else "already there"


def _create_role(layout: Layout, role: str, password: str) -> None:
    # token_urlsafe has no quote in it, so the password can stand in the statement; it comes by stdin, not by argv.
    if not psql(layout, "postgres", f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
        psql(layout, "postgres", f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
    psql(layout, "postgres", f"ALTER ROLE {role} PASSWORD '{password}'")


def url(layout: Layout, database: str, role: str = OWNER) -> str:
    known = secrets.load(layout)
    password = known["database_password" if role == OWNER else "datastore_reader_password"]
    return f"postgresql://{role}:{password}@127.0.0.1:{layout.postgres_port}/{database}"


def remove_cluster(layout: Layout) -> None:
    data = layout.postgres_data
    if data.is_symlink():
        target = data.resolve()
        if target.parent != ELSEWHERE:
            raise StackError(f"{data} points to {target}, which is not ours", "look at it and remove it by hand")
        shutil.rmtree(target, ignore_errors=True)
        data.unlink()
