"""Apps on open data and a contest: sent by citizens, let through by the administrator. Pictures are drawn here."""

from __future__ import annotations

import base64
import datetime as dt
import io
from typing import Any

from PIL import Image, ImageDraw

from stack.demonstration.cast import Cast, citizen, people
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.portal import Fields, Portal

SIZE = (960, 600)


def plan() -> Fields:
    """The contest and the apps as they stand in the file."""
    return read_yaml("apps.yaml")


def load(portal: Portal) -> list[str]:
    cast = Cast(portal)
    known = plan()
    citizens = list(people()["citizens"])
    _announce(portal, known["contest"])
    for app in known["apps"]:
        _show(cast, app, citizen(citizens[app["citizen"]]))
    portal.say(f"{len(known['apps'])} apps on open data and a contest")
    return []


def _announce(portal: Portal, contest: Fields) -> None:
    if portal.find("contest_show", contest["name"]) is not None:
        return
    now = dt.datetime.now(dt.UTC)
    names = ("name", "title", "rules")
    portal.call(
        "contest_create",
        {
            **{name: contest[name] for name in names},
            "opens_at": now.isoformat(timespec="seconds"),
            "closes_at": (now + dt.timedelta(days=contest["days"])).isoformat(timespec="seconds"),
            "jury": [people()["moderator"], people()["supervisor"]],
        },
    )


def _show(cast: Cast, app: Fields, maker: str) -> None:
    known = cast.of(maker).call("application_list", {"mine": True})["results"]
    made = next((one for one in known if one["title"] == app["title"]), None)
    if made is None:
        names = ("title", "developer", "notes", "links", "datasets")
        drawn = [_drawn(number, one) for number, one in enumerate(app["pictures"], 1)]
        wish = {name: app[name] for name in names if name in app}
        alts = [one["alt"] for one in app["pictures"]]
        made = cast.of(maker).call("application_create", {**wish, "pictures": drawn, "alts": alts})
    if app.get("enters") and not made["contest_id"]:
        cast.of(maker).call("contest_enter", {"id": plan()["contest"]["name"], "app": made["id"]})
    if made["state"] == "waiting":
        cast.admin.call("application_moderate", {"id": made["id"], "event": "publish"})


def _drawn(number: int, wish: dict[str, Any]) -> dict[str, str]:
    """A picture of some bars, as an app might show them."""
    picture = Image.new("RGB", SIZE, "#f5f8f9")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, SIZE[0], 90), fill=wish["colour"])
    width = (SIZE[0] - 160) // len(wish["bars"])
    for place, height in enumerate(wish["bars"]):
        left = 80 + place * width
        pen.rectangle((left, SIZE[1] - 60 - height * 50, left + width - 30, SIZE[1] - 60), fill=wish["colour"])
    content = io.BytesIO()
    picture.save(content, "PNG")
    return {"name": f"screen-{number}.png", "content": base64.b64encode(content.getvalue()).decode()}
