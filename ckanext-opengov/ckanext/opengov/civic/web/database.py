"""The database session ends with its request, whatever happened in it."""

from __future__ import annotations

import ckan.model as model
from flask import Flask, g


def install(app: Flask) -> None:
    """Give the thread's session back even when an error page failed too.

    CKAN does so in ``after_request``, which Flask leaves out then: the thread would answer every later request with
    the failed transaction.
    """
    app.before_request_funcs.setdefault(None, []).insert(0, _mark)
    app.teardown_request(_remove)


def _mark() -> None:
    # CKAN makes contexts of requests that never were, to build addresses in its workers: their sessions go on.
    g.opengov_is_request = True


def _remove(_error: BaseException | None) -> None:
    if "opengov_is_request" in g:
        model.Session.remove()
