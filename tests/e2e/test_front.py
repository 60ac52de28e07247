"""The front keeps connections to CKAN's server for the next request; the server must not close them first."""

from __future__ import annotations

import http.client
import time

from stack.layout import Layout

# Gunicorn's own habit is to close after two seconds. A form that came at that moment was lost.
IDLE = 4


def test_a_connection_that_was_idle_serves_the_next_request(live_portal: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", Layout.from_environment().testing.web_port, timeout=60)
    for pause in (0, IDLE):
        time.sleep(pause)
        # Without a reconnect in between: a closed connection fails here, as it did behind the front.
        connection.auto_open = 0 if pause else 1
        connection.request("GET", "/api/3/action/status_show")
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.read()
    connection.close()
