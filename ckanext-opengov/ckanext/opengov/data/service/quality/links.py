"""Whether the addresses of linked files answer: asked in the background, rarely, and each host with pauses.

Only public addresses are asked (``civic.web.outward``), with HEAD, and with GET where a server does not know HEAD; a
body is never read. One failure says little, so an address counts as dead when the second try, hours later, failed too.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import ckan.model as model
import ckan.plugins.toolkit as tk
import requests
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.web import outward
from ckanext.opengov.data.model.quality import DatasetQuality, LinkCheck

log = logging.getLogger(__name__)

AGENT = "opengov-link-check"
SECONDS = 10
REDIRECTS = 5
WORKING_AGAIN_IN = dt.timedelta(days=7)
DEAD_AGAIN_IN = dt.timedelta(days=1)
SECOND_TRY_IN = dt.timedelta(hours=2)
FAILURES_OF_DEAD = 2
# Servers that do not know HEAD, or refuse it.
ASK_WITH_GET = frozenset({400, 403, 404, 405, 406, 500, 501, 503})
TOO_OFTEN = 429

REASONS = {
    "inside": N_("an address inside a private network"),
    "no_web": N_("no address of the web"),
    "slow": N_("no answer within {seconds} seconds"),
    "redirects": N_("too many redirects"),
    "unreachable": N_("the server can't be reached"),
    "certificate": N_("the server's certificate is not valid"),
    "status": N_("the server answers with error {status}"),
}


@dataclass(frozen=True)
class Outcome:
    """What an address did. ``works`` is None when nothing can be said now. ``reason``: ``code`` or ``code:value``."""

    works: bool | None
    is_file: bool | None = None
    reason: str | None = None


def follow(ids: Sequence[str]) -> None:
    """Bring the list of addresses to what these data sets link to, in the session's open transaction."""
    resource, package = model.Resource, model.Package
    query = (
        sa.select(resource.id, resource.package_id, resource.url)
        .join(package, package.id == resource.package_id)
        .where(package.id.in_(ids), package.state == "active", package.type == "dataset")
        .where(resource.state == "active", sa.func.coalesce(resource.url_type, "") == "", resource.url != "")
    )
    linked = {row[0]: row for row in model.Session.execute(query)}
    model.Session.execute(
        sa.delete(LinkCheck).where(LinkCheck.dataset_id.in_(ids), LinkCheck.resource_id.not_in(linked))
    )
    if not linked:
        return
    now = utc_now()
    fresh = {"state": "waiting", "reason": None, "is_file": None, "failures": 0, "checked_at": None, "next_at": now}
    rows = [{"resource_id": id_, "dataset_id": of, "url": url, **fresh} for id_, of, url in linked.values()]
    statement = insert(LinkCheck).values(rows)
    columns = {name: statement.excluded[name] for name in ("dataset_id", "url", *fresh)}
    # An address that is still the same keeps what is known of it.
    other = LinkCheck.url != statement.excluded.url
    model.Session.execute(statement.on_conflict_do_update(index_elements=["resource_id"], set_=columns, where=other))


def soon(dataset_id: str) -> None:
    """Ask the links of a data set again at the next run."""
    model.Session.execute(sa.update(LinkCheck).where(LinkCheck.dataset_id == dataset_id).values(next_at=utc_now()))


def note(resource_id: str, url: str, outcome: Outcome) -> None:
    """Write down what an address did; if that changes a score, the clock's next round computes it."""
    query = sa.select(LinkCheck).where(LinkCheck.resource_id == resource_id, LinkCheck.url == url)
    link = model.Session.scalar(query.with_for_update())
    if link is None:
        return
    before = (link.state, link.is_file)
    now = utc_now()
    link.checked_at = now
    if outcome.works:
        link.state, link.is_file, link.reason, link.failures = "works", outcome.is_file, None, 0
        link.next_at = now + WORKING_AGAIN_IN
    elif outcome.works is None:
        link.next_at = now + SECOND_TRY_IN
    else:
        link.failures += 1
        link.reason = outcome.reason
        is_dead = link.failures >= FAILURES_OF_DEAD
        link.state = "dead" if is_dead else link.state
        link.next_at = now + (DEAD_AGAIN_IN if is_dead else SECOND_TRY_IN)
    if (link.state, link.is_file) != before:
        change = sa.update(DatasetQuality).where(DatasetQuality.dataset_id == link.dataset_id)
        model.Session.execute(change.values(recheck_at=now))


def ask(url: str) -> Outcome:
    """Ask an address whether it answers."""
    try:
        with outward.guard(requests.Session(), seconds=SECONDS) as session:
            session.max_redirects = REDIRECTS
            session.headers["User-Agent"] = AGENT
            return _asked(session, url)
    except outward.RefusedConnectionError:
        return Outcome(False, reason="inside")
    except requests.TooManyRedirects:
        return Outcome(False, reason="redirects")
    except requests.Timeout:
        return Outcome(False, reason="slow")
    except requests.exceptions.SSLError:
        return Outcome(False, reason="certificate")
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
        return Outcome(False, reason="no_web")
    except (requests.RequestException, OSError, ValueError) as error:
        log.debug("Link check: %s", type(error).__name__)
        return Outcome(False, reason="unreachable")


def _asked(session: requests.Session, url: str) -> Outcome:
    answer = session.head(url, allow_redirects=True)
    if answer.status_code in ASK_WITH_GET:
        with session.get(url, stream=True) as answer:
            return _judged(answer)
    return _judged(answer)


def _judged(answer: requests.Response) -> Outcome:
    if answer.status_code == TOO_OFTEN:
        return Outcome(None)
    if not answer.ok:
        return Outcome(False, reason=f"status:{answer.status_code}")
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_attached = answer.headers.get("Content-Disposition", "").lower().startswith("attachment")
    return Outcome(True, is_file=is_attached or kind not in ("text/html", "application/xhtml+xml"))


def said(reason: str | None) -> str:
    """Why an address counts as dead, in the reader's language."""
    code, _, value = (reason or "").partition(":")
    text = REASONS.get(code)
    return tk._(text).format(status=value, seconds=SECONDS) if text else ""
