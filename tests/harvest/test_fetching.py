"""Nothing inside is fetched, by whatever name or detour; what is fetched has limits."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from ckanext.opengov.civic.web.outward import is_outside
from ckanext.opengov.harvest.fetching import check_address, fetch
from ckanext.opengov.harvest.messages import SourceError
from hypothesis import given
from hypothesis import strategies as st

closed = pytest.mark.ckan_config("opengov.harvest.allowed_hosts", [])
INSIDE = [
    "http://127.0.0.1/list.csv",
    "http://127.1.2.3:8983/solr",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://[::1]:5432/",
    "http://[::]/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.0.10/x",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://user:secret@127.0.0.1/",
    "http://example.org@127.0.0.1/",
]


def refusal(address: str) -> tuple[str, str]:
    with pytest.raises(SourceError) as caught:
        fetch(address)
    return caught.value.kind, str(caught.value)


@closed
@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused_when_saved_and_when_fetched(address):
    with pytest.raises(SourceError, match="inside the portal's network"):
        check_address(address)
    assert refusal(address)[0] == "refused"


@closed
def test_a_name_that_resolves_inside_is_refused(monkeypatch):
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 80))]
    outside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: outside + inside)
    assert refusal("http://registry.example.org/")[0] == "refused"


@closed
def test_a_name_that_changes_between_two_look_ups_does_not_get_in(monkeypatch, registry):
    """The first look-up is the check before, the second is the connection's own: that one decides."""
    registry.put("/list.csv", "code\n1\n")
    port = int(registry.address.rsplit(":", 1)[1])
    answers = ["93.184.216.34", "127.0.0.1", "127.0.0.1"]

    def resolve(*_arguments, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert refusal(f"http://rebinding.example.org:{port}/list.csv")[0] == "refused"
    assert registry.asked == []


def test_a_redirect_to_the_inside_is_refused(registry):
    address = registry.put("/list.csv", "", status=302, Location="http://localhost:9/secret")
    assert refusal(address) == (
        "refused",
        "“localhost” is an address inside the portal's network and is not fetched. Give a public address.",
    )


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/x", "gopher://127.0.0.1/"])
def test_a_redirect_out_of_the_web_is_refused(registry, target):
    assert refusal(registry.put("/list.csv", "", status=302, Location=target))[0] == "refused"


def test_three_redirects_are_followed_and_a_fourth_is_not(registry):
    registry.put("/0", "code\n1\n")
    for number in range(1, 5):
        registry.put(f"/{number}", "", status=302, Location=f"/{number - 1}")
    assert fetch(registry.address + "/3").body == b"code\n1\n"
    assert refusal(registry.address + "/4")[0] == "down"


def test_a_host_is_allowed_by_its_very_name_only(registry):
    address = registry.put("/list.csv", "code\n1\n")
    assert fetch(address).body == b"code\n1\n"
    assert refusal(address.replace("127.0.0.1", "localhost"))[0] == "refused"


@pytest.mark.parametrize(
    "address", ["", "list.csv", "ftp://example.org/x", "/etc/passwd", "http://", "javascript:1", "http://["]
)
def test_what_is_no_address_of_the_web_is_refused(address):
    assert refusal(address)[0] == "refused"


def test_the_environment_s_proxy_does_not_go_around_the_guard(registry, monkeypatch):
    address = registry.put("/list.csv", "code\n1\n")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch(address).body == b"code\n1\n"


def test_a_file_is_read_only_from_the_allowed_folders(tmp_path: Path, ckan_config):
    folder = tmp_path / "registries"
    folder.mkdir()
    (folder / "list.csv").write_text("code\n1\n")
    (tmp_path / "secret.csv").write_text("code\n2\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    ckan_config["opengov.harvest.allowed_folders"] = [str(folder)]
    assert fetch((folder / "list.csv").as_uri()).body == b"code\n1\n"
    for outside in (
        (tmp_path / "secret.csv").as_uri(),
        (folder / "link.csv").as_uri(),
        f"{folder.as_uri()}/../secret.csv",
        f"{folder.as_uri()}/%2e%2e/secret.csv",
        "file:///etc/passwd",
        "file://example.org/etc/passwd",
    ):
        assert refusal(outside)[0] == "refused", outside
    assert refusal((folder / "missing.csv").as_uri())[0] == "down"


@pytest.mark.ckan_config("opengov.harvest.max_megabytes", 1)
def test_a_list_that_is_too_big_is_given_up(registry):
    kind, message = refusal(registry.put("/list.csv", b"x" * (1024 * 1024 + 1)))
    assert (kind, "bigger than 1 MB" in message) == ("down", True)


@pytest.mark.parametrize("status", [404, 403, 500])
def test_an_error_of_the_source_is_told(registry, status):
    assert refusal(registry.put("/list.csv", "no", status=status)) == (
        "down",
        f"The source answers with error {status}.",
    )


def test_a_source_that_is_not_there_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/list.csv")[0] == "down"


@pytest.mark.ckan_config("opengov.harvest.timeout", 1)
def test_a_source_that_never_answers_is_given_up():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start = time.monotonic()
        kind, message = refusal(f"http://127.0.0.1:{silent.getsockname()[1]}/list.csv")
        assert (kind, message) == ("down", "The source does not answer within 1 seconds.")
        assert time.monotonic() - start < 5


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_when_wrapped_in_ipv6(address):
    assert is_outside(str(address)) == is_outside(f"::ffff:{address}")
