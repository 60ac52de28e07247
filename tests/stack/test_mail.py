"""The local stack's mail server, and the command that shows what it kept."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from stack import cli, instance, services
from stack import mail as letters
from stack.layout import ROOT, Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return Layout(root=tmp_path, port=port - 5)


@pytest.fixture
def catcher(layout: Layout) -> Iterator[Layout]:
    """The server as supervisor starts it."""
    words = services.mail(layout).command.split()
    with subprocess.Popen([sys.executable, *words[1:]], cwd=ROOT) as process:
        until = time.monotonic() + 20
        while not services.mail(layout).healthy() and time.monotonic() < until:
            assert process.poll() is None
            time.sleep(0.05)
        yield layout
        process.terminate()
        assert process.wait(10) == 0


def send(layout: Layout, subject: str, text: str) -> None:
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = subject, "no-reply@example.org", "citizen@example.org"
    letter["Date"] = "Tue, 24 Nov 2026 10:00:00 +0000"
    letter.set_content(text)
    letter.add_alternative("<p>html</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", layout.mail_port, timeout=10) as line:
        line.send_message(letter)


def test_letters_are_kept_for_their_owner_and_shown_decoded(
    catcher: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    send(catcher, "Бірінші хат", "Ескі сілтеме")
    send(catcher, "Поштаңызды растаңыз", "Сілтеме: http://127.0.0.1/confirm/abc")
    kept = list(catcher.mail.glob("new/*.eml"))
    assert len(kept) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in (catcher.mail, *kept)} == {0o700, 0o600}
    arguments = cli._parser().parse_args(["mail", "1"])
    assert arguments.run(catcher, arguments, []) == 0
    shown = capsys.readouterr().out
    assert "To:      citizen@example.org\nSubject: Поштаңызды растаңыз" in shown
    assert "Сілтеме: http://127.0.0.1/confirm/abc" in shown
    assert "Бірінші" not in shown
    assert [letter["Subject"] for letter in letters.letters(catcher, 9)] == ["Бірінші хат", "Поштаңызды растаңыз"]


def test_it_listens_on_loopback_only(catcher: Layout) -> None:
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=True).stdout
    addresses = [line.split()[3] for line in listening.splitlines()]
    assert [one for one in addresses if one.endswith(f":{catcher.mail_port}")] == [f"127.0.0.1:{catcher.mail_port}"]


def test_no_letter_yet_and_a_number_that_is_none(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = cli._parser().parse_args(["mail"])
    assert arguments.run(layout, arguments, []) == 0
    assert "no letter yet" in capsys.readouterr().out
    with pytest.raises(cli.StackError, match="0 letters"):
        cli.mail(layout, cli._parser().parse_args(["mail", "0"]), [])


@pytest.mark.parametrize("real", ["", "smtp.server = mail.example.org\n"])
def test_the_portal_writes_to_it_until_a_real_server_is_set(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, real: str
) -> None:
    base = tmp_path / "base.ini"
    base.write_text(f"[app:main]\nuse = egg:ckan\n{real}")
    monkeypatch.setattr(type(layout.portal), "base_ini", property(lambda _self: base))
    with contextlib.chdir(tmp_path):
        instance.write_ini(layout, layout.portal)
        instance.write_ini(layout, layout.testing)
    assert (f"smtp.server = 127.0.0.1:{layout.mail_port}" in layout.portal.ini.read_text()) is not bool(real)
    assert "smtp.server" not in layout.testing.ini.read_text()
