"""The way of an app: each change, its journal entry and what follows from it in the session's open transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal, notices, outbox, wording
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.model.apps import App, AppDataset, AppPicture, random_id
from ckanext.opengov.data.service.apps import packages
from ckanext.opengov.data.service.apps.pictures import Picture
from ckanext.opengov.data.service.apps.rules import (
    COMPONENT,
    MOST_DATASETS,
    MOST_PICTURES,
    TYPE,
    AppRefusal,
    Event,
    State,
    next_state,
)
from ckanext.opengov.data.service.quality import links as link_checks

LINK = "data.app_link"
LANGUAGES = ("kk", "ru", "en")
TOLD: Mapping[Event, tuple[str, str]] = {
    Event.PUBLISH: (N_("Your app is published: {title}"), N_("Everybody finds it among the apps of the portal now.")),
    Event.REFUSE: (N_("Your app is not published: {title}"), N_("Reason: {reason}")),
}
MANY_PICTURES = N_("At most {most} pictures.")
_DEAD = (N_("A link of your app does not answer: {title}"), N_("A reader reported it, and the portal found: {url}"))


@dataclass(frozen=True)
class Sent:
    """What its maker sends of an app, checked. ``pictures``: alternative text and the picture encoded anew."""

    title: str
    notes: str
    developer: str | None
    links: list[dict[str, str]]
    datasets: tuple[str, ...]
    pictures: tuple[tuple[str, Picture], ...] = ()
    keep: tuple[str, ...] | None = None


@dataclass
class Change:
    """A written app with the pictures whose files are to be stored or forgotten."""

    app: App
    new: dict[str, Picture] = field(default_factory=dict)
    gone: tuple[str, ...] = ()


def get(reference: Any) -> App:
    """An app by its id.

    :raises ObjectNotFound: when there is none
    """
    app = model.Session.get(App, reference) if isinstance(reference, str) and reference.isprintable() else None
    if app is None:
        raise tk.ObjectNotFound(tk._("There is no such app."))
    return app


def _locked(app_id: str) -> App:
    query = sa.select(App).where(App.id == app_id).with_for_update()
    return model.Session.scalars(query.execution_options(populate_existing=True)).one()


def datasets(references: Iterable[Any]) -> tuple[str, ...]:
    """The ids of public data sets.

    :raises AppRefusal: for one that is not there, for none, for too many
    """
    wanted = list(dict.fromkeys(str(one).strip() for one in references if str(one).strip()))
    if not wanted:
        raise AppRefusal("datasets", N_("Name at least one data set of the portal that the app uses."))
    if len(wanted) > MOST_DATASETS:
        raise AppRefusal("datasets", N_("At most {most} data sets."), most=MOST_DATASETS)
    package = model.Package
    is_named = sa.or_(package.id.in_(wanted), package.name.in_(wanted))
    is_public = sa.and_(package.type == "dataset", package.state == "active", package.private.is_(False))
    rows = model.Session.execute(sa.select(package.id, package.name).where(is_named, is_public)).all()
    known = {key: row[0] for row in rows for key in row}
    missing = [one for one in wanted if one not in known]
    if missing:
        text = N_("There is no public data set “{name}”. Give the end of its address, after /dataset/.")
        raise AppRefusal("datasets", text, name=missing[0][:80])
    return tuple(dict.fromkeys(known[one] for one in wanted))


def create(sent: Sent, author_id: str) -> Change:
    """Take an app in. Nobody but its maker and moderators sees it until it is published."""
    app = App(id=random_id(), author_id=author_id, state=State.WAITING, **_texts(sent), links=sent.links)
    model.Session.add(app)
    model.Session.flush()
    packages.insert(app)
    change = _hang_on(app, sent)
    journal.record(TYPE, app.id, "application.create", actor=None)
    return change


def update(app_id: str, sent: Sent) -> Change:
    """Change an app; it is looked at again before the public sees the change."""
    app = _locked(app_id)
    app.state = next_state(State(app.state), Event.CHANGE)
    for name, value in _texts(sent).items():
        setattr(app, name, value)
    app.links, app.reason = sent.links, None
    change = _hang_on(app, sent)
    packages.update(app)
    journal.record(TYPE, app.id, "application.change", actor=None)
    return change


def _texts(sent: Sent) -> dict[str, Any]:
    """What people write about themselves is masked before it is stored."""
    developer = public_copy(sent.developer).text if sent.developer else None
    return {"title": public_copy(sent.title).text, "notes": public_copy(sent.notes).text, "developer": developer}


def _hang_on(app: App, sent: Sent) -> Change:
    model.Session.execute(sa.delete(AppDataset).where(AppDataset.app_id == app.id))
    model.Session.add_all(AppDataset(app_id=app.id, dataset_id=one) for one in sent.datasets)
    known = _pictures(app.id)
    kept = known if sent.keep is None else [one for one in known if one.id in sent.keep]
    if len(kept) + len(sent.pictures) > MOST_PICTURES:
        raise AppRefusal("pictures", MANY_PICTURES, most=MOST_PICTURES)
    gone = tuple(one.id for one in known if one not in kept)
    model.Session.execute(sa.delete(AppPicture).where(AppPicture.id.in_(gone)))
    for position, one in enumerate(kept):
        one.position = position
    new: dict[str, Picture] = {}
    for position, (alt, picture) in enumerate(sent.pictures, len(kept)):
        row = AppPicture(id=random_id(), app_id=app.id, position=position, alt=public_copy(alt).text)
        row.width, row.height = picture.width, picture.height
        model.Session.add(row)
        new[row.id] = picture
    model.Session.flush()
    return Change(app, new, gone)


def _pictures(app_id: str) -> Sequence[AppPicture]:
    query = sa.select(AppPicture).where(AppPicture.app_id == app_id).order_by(AppPicture.position)
    return model.Session.scalars(query).all()


def move(app_id: str, event: Event, actor: str, reason: str | None = None) -> App:
    """Take an app one step on.

    :raises AppRefusal: when the step does not fit the state; when something is refused without a reason
    """
    app = _locked(app_id)
    target = next_state(State(app.state), event)
    if event == Event.REFUSE and not reason:
        raise AppRefusal("reason", N_("Say why, so that the makers can correct it."))
    app.state, app.reason = target, reason if event == Event.REFUSE else None
    if target == State.PUBLISHED:
        app.published_at = utc_now()
    packages.update(app)
    # Who withdraws is the author, whom the journal does not name.
    known = None if event == Event.WITHDRAW else actor
    journal.record(TYPE, app.id, f"application.{event}", actor=known, internal={"reason": reason})
    if event in TOLD:
        tell(app, f"application.{event}", TOLD[event], reason=reason or "")
    return app


def tell(app: App, event: str, texts: tuple[str, str], **values: str) -> None:
    """Write to the author of an app."""
    subject, body = texts
    notices.notify(
        event,
        entity_type=TYPE,
        entity_id=app.id,
        component=COMPONENT,
        subject={code: wording.say(code, subject).format(title=app.title) for code in LANGUAGES},
        body={code: wording.say(code, body).format(**values) for code in LANGUAGES},
        url=f"/app/{app.id}",
        to_users=[app.author_id],
    )


# --- links that readers report


def report(app: App, url: str) -> None:
    """A reader says that a link is dead: the portal looks for itself.

    :raises AppRefusal: for an address that is not among the app's links
    """
    if not any(one["url"] == url for one in app.links):
        raise AppRefusal("url", N_("The app has no such link."))
    outbox.add(LINK, {"app": app.id, "url": url})


def enqueue(message: Any) -> None:
    """Outbox handler: asking a slow server takes longer than an outbox row should."""
    payload = message.payload
    options = {"timeout": 60, "result_ttl": 0}
    tk.enqueue_job(look, [payload["app"], payload["url"]], title="app link", queue="bulk", rq_kwargs=options)


def look(app_id: str, url: str) -> None:
    """The job: ask the address, and mark it if it is dead indeed. Commits."""
    outcome = link_checks.ask(url)
    app = model.Session.scalar(sa.select(App).where(App.id == app_id).with_for_update())
    if app is None or outcome.works is None:
        model.Session.rollback()
        return
    state = "works" if outcome.works else "dead"
    before = [one for one in app.links if one["url"] == url]
    app.links = [one | {"state": state} if one["url"] == url else one for one in app.links]
    if state == "dead" and any(one.get("state") != "dead" for one in before):
        tell(app, "application.link", _DEAD, url=url)
    model.Session.commit()


HANDLERS = {packages.INDEX: packages.index, LINK: enqueue}
