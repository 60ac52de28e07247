"""``./opengov`` as a newcomer meets it: in a clone of its own, when something stands in the way."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from stack import machine, secrets, services, solr
from stack.console import StackError
from stack.layout import ROOT, Layout

FREE_PORT = 5600


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in ("opengov", "stack", "config"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    return tmp_path


def opengov(clone: Path, *words: str, port: int = FREE_PORT) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"OPENGOV_PORT": str(port)}
    command = ["/usr/bin/python3", str(clone / "opengov"), *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, check=False)


def test_a_reader_that_goes_away_meets_no_traceback(clone: Path) -> None:
    command = [str(clone / "opengov"), "status"]
    env = os.environ | {"OPENGOV_PORT": str(FREE_PORT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def test_status_of_a_portal_that_never_ran_is_not_zero(clone: Path) -> None:
    answer = opengov(clone, "status")
    assert answer.returncode == 1
    assert "✗ postgres" in answer.stdout
    assert "✗ mail" in answer.stdout
    assert "✗ nginx" in answer.stdout


def test_a_port_in_use_is_named_with_what_to_do(clone: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", FREE_PORT))
        other.listen()
        answer = opengov(clone, "up")
    assert answer.returncode == 1
    assert f"port {FREE_PORT} on 127.0.0.1 is taken" in answer.stderr
    assert "OPENGOV_PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_reset_without_an_answer_deletes_nothing(clone: Path) -> None:
    kept = clone / ".opengov" / "secrets.json"
    kept.parent.mkdir()
    kept.write_text("{}")
    answer = opengov(clone, "reset")
    assert answer.returncode == 1
    assert kept.exists()


def test_reset_deletes_after_a_yes(clone: Path) -> None:
    (clone / ".opengov").mkdir()
    assert opengov(clone, "reset", "--yes").returncode == 0
    assert not (clone / ".opengov").exists()


def test_down_without_anything_running_says_so(clone: Path) -> None:
    answer = opengov(clone, "down")
    assert answer.returncode == 0
    assert "Nothing" in answer.stdout


def test_a_full_disk_is_said_before_anything_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "NEEDED_DISK", 2**60)
    with pytest.raises(StackError, match="GiB are needed") as caught:
        machine.check_disk(Layout(root=tmp_path))
    assert "./opengov up again" in caught.value.hint


def test_an_ordinary_user_is_told_the_one_line_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(StackError) as caught:
        machine.install_packages(Layout(root=tmp_path), ["no-such-package"])
    assert caught.value.hint == "run this once: sudo apt-get install -y --no-install-recommends no-such-package"


def test_a_broken_download_says_so_and_leaves_no_half_of_it(clone: Path) -> None:
    pom = clone / "config" / "solr" / "pom.xml"
    broken = pom.read_text().replace("9.10.1", "9.10.1-no-such-version")
    layout = Layout(root=clone)
    original = solr.SOURCE
    solr.SOURCE = pom.parent
    pom.write_text(broken)
    try:
        with pytest.raises(StackError, match="mvn failed"):
            solr.fetch(layout)
    finally:
        solr.SOURCE = original
    assert not layout.solr_libraries.exists()


def test_secrets_are_random_kept_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    one, other = Layout(root=tmp_path / "one"), Layout(root=tmp_path / "other")
    known = secrets.load(one)
    assert known == secrets.load(one)
    assert set(known) == set(secrets.NAMES)
    assert not set(known.values()) & set(secrets.load(other).values())
    assert stat.S_IMODE(one.secrets_file.stat().st_mode) == 0o600


def test_every_service_listens_on_loopback_only() -> None:
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=True).stdout
    layout = Layout.from_environment()
    ours = {layout.postgres_port, layout.redis_port, layout.solr_port, layout.mail_port}
    ours |= {layout.port, layout.portal.web_port}
    addresses = [line.split()[3] for line in listening.splitlines()]
    for address in addresses:
        host, port = address.rsplit(":", 1)
        if int(port) in ours:
            assert host in {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"}


def test_a_template_with_a_name_that_nothing_fills_is_refused() -> None:
    with pytest.raises(StackError, match="nothing fills"):
        services.fill("redis.conf", {"port": 1})


def test_the_merged_schema_has_ckans_fields_and_ours() -> None:
    layout = Layout.from_environment()
    ckan_schema = next(layout.venv.glob("lib/python*/site-packages/ckan/config/solr/schema.xml"))
    merged = solr.merged_schema(ckan_schema, solr.SOURCE / "fields.xml")
    for name in ('name="index_id"', 'name="text_kk"', 'name="opengov_text_ru"', "copyField"):
        assert name in merged
