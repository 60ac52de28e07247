"""Five draft acts: two in discussion with comments of citizens and an expert, one announced, two of an archive with
their comments and answers, of which one has a next version since.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from collections.abc import Iterator
from typing import Any

from stack.demonstration.cast import Cast, citizen, officer, people
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.portal import Fields, Portal, PortalError

COMPONENT = "regulation"
LANGUAGES = ("kk", "ru")
SOURCE = "demonstration"
CAMPAIGN = 14
EXPERT = "otau"
CHANNEL = "chamber"
# Ends of the letters of a campaign: few send a text as it came.
ENDINGS = ("", "!", ".", " Спасибо.", " Рахмет.", " С уважением.")


def plan() -> Fields:
    """The acts as they stand in the file."""
    return read_yaml("regulation/acts.yaml")


def load(portal: Portal) -> list[str]:
    cast, acts = Cast(portal), plan()
    portal.call("officer_import", {"csv": _roles(acts)})
    account = portal.call("user_show", {"id": citizen(EXPERT)})["id"]
    organization = {"kk": "Мысал кәсіпкерлер палатасы", "ru": "Палата предпринимателей, пример"}
    wish = {"user": account, "channel": CHANNEL, "organization": organization}
    portal.call("draft_act_expert_accredit", wish)
    known = _known(portal)
    said = sum(_discuss(cast, one, known) for one in acts["live"])
    for one in acts["announced"]:
        _announce(cast, one, known)
    report = _bring(portal, acts)
    problems = [f"archive of draft acts: {json.dumps(bad, ensure_ascii=False)}" for bad in report["bad"]]
    for one in acts["finished"]:
        if "next" in one:
            _go_on(cast, one)
    total = len(acts["live"]) + len(acts["announced"]) + len(acts["finished"])
    portal.say(f"{total} draft acts, {said} comments written, {report['created']} acts brought from an archive")
    return problems


def _roles(acts: Fields) -> str:
    """Who writes, publishes and moderates, and who is an expert, as the table that administrators import."""
    agencies = list(dict.fromkeys(one["agency"] for kind in ("live", "announced", "finished") for one in acts[kind]))
    rows = [(officer(agency), agency, role) for agency in agencies for role in ("author", "publisher")]
    rows += [(people()["moderator"], agency, "moderator") for agency in agencies]
    rows.append((citizen(EXPERT), agencies[0], "expert"))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("user", "agency", "component", "role", "from", "until"))
    writer.writerows((login, agency, COMPONENT, role, "", "") for login, agency, role in rows)
    return out.getvalue()


def _known(portal: Portal) -> dict[str, Fields]:
    """The acts that are there, by their Russian titles."""
    found = portal.call("draft_act_work_list", {"limit": 100})["acts"]
    return {one["title"]["ru"]: one for one in found if "ru" in one["title"]}


# --- texts


def _parts(articles: list[Fields]) -> Fields:
    return {
        language: [
            {
                "kind": "article",
                "number": str(number),
                "heading": one["heading"][language],
                "text": one["text"][language],
                "children": [
                    {"kind": "paragraph", "number": str(place), "text": point[language]}
                    for place, point in enumerate(one.get("points", ()), 1)
                ],
            }
            for number, one in enumerate(articles, 1)
        ]
        for language in LANGUAGES
    }


def _plain(articles: list[Fields], language: str) -> str:
    """The text as an archive has it."""
    label = {"kk": "{number}-бап. {heading}", "ru": "Статья {number}. {heading}"}[language]
    lines: list[str] = []
    for number, one in enumerate(articles, 1):
        lines += [label.format(number=number, heading=one["heading"][language]), "", one["text"][language], ""]
    return "\n".join(lines)


def _drafted(cast: Cast, one: Fields) -> Fields:
    notes = {code: f"{one['notes'][code]} {plan()['note'][code]}" for code in LANGUAGES}
    desk = cast.of(officer(one["agency"]))
    given = {"owner_org": one["agency"], "kind": one["kind"], "title": one["title"], "notes": notes}
    return desk.call("draft_act_create", {**given, "basis": one["basis"], "parts": _parts(one["articles"])})


# --- in discussion


def _discuss(cast: Cast, one: Fields, known: dict[str, Fields]) -> int:
    shown = known.get(one["title"]["ru"]) or _drafted(cast, one)
    desk = cast.of(officer(one["agency"]))
    if shown["state"] == "draft":
        desk.call("draft_act_transition", {"id": shown["id"], "event": "announce"})
    counts = cast.admin.call("draft_act_comment_counts", {"id": shown["id"]})
    if counts["whole"] or counts["parts"]:
        return 0
    written = [_say(cast, shown["id"], number, said) for number, said in enumerate(_comments(one))]
    cast.of(people()["moderator"]).call("comment_moderate", {"ids": written[:-2], "state": "public"})
    cast.of(citizen(EXPERT)).call(
        "draft_act_comment_create",
        {
            "id": shown["id"],
            "eid": "art_1",
            "channel": CHANNEL,
            "language": "ru",
            "text": "Проект не увеличивает расходы предпринимателей; замечаний по статье нет. (Пример заключения.)",
        },
    )
    for key in people()["citizens"][:7]:
        cast.of(citizen(key)).call("draft_act_vote", {"id": shown["id"], "value": 1 if key != "dala" else -1})
    answer = {"outcome": "accepted", "reason": "Спасибо, учтём в следующей редакции.", "language": "ru"}
    desk.call("draft_act_comment_respond", {"id": shown["id"], "comment_id": written[0], **answer})
    return len(written) + 1


def _comments(one: Fields) -> Iterator[Fields]:
    for said in one["comments"]:
        yield {name: value for name, value in said.items() if name != "article"} | _place(said["article"])
    campaign = one["campaign"]
    for number in range(CAMPAIGN):
        language = LANGUAGES[number % 3 > 0]
        text = campaign[language] + ENDINGS[number % len(ENDINGS)]
        yield {"text": text, "language": language, **_place(campaign["article"])}


def _place(article: int) -> Fields:
    return {"eid": f"art_{article}"} if article else {}


def _say(cast: Cast, act_id: str, number: int, said: Fields) -> str:
    writers = [key for key in people()["citizens"] if key != EXPERT]
    own = cast.of(citizen(writers[number % len(writers)]))
    return own.call("draft_act_comment_create", {"id": act_id, **said})["id"]


def _announce(cast: Cast, one: Fields, known: dict[str, Fields]) -> None:
    shown = known.get(one["title"]["ru"]) or _drafted(cast, one)
    if shown["state"] == "draft":
        begins = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=one["days"])
        step = {"id": shown["id"], "event": "announce", "starts_at": begins.isoformat()}
        cast.of(officer(one["agency"])).call("draft_act_transition", step)


# --- of the archive


def _bring(portal: Portal, acts: Fields) -> Fields:
    cards = [_card(one, acts) for one in acts["finished"]]
    content = json.dumps(cards, ensure_ascii=False)
    return portal.call("draft_act_archive_import", {"source": SOURCE, "format": "json", "content": content})


def _card(one: Fields, acts: Fields) -> Fields:
    ended = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=40)
    return {
        **{name: one.get(name) for name in ("id", "agency", "kind", "state", "title", "url")},
        "notes": {code: f"{one['notes'][code]} {acts['note'][code]}" for code in LANGUAGES},
        "date": (ended - dt.timedelta(days=14)).isoformat(),
        "ends": ended.isoformat(),
        "text": {language: _plain(one["articles"], language) for language in LANGUAGES},
        "comments": list(_said(one, acts, ended)),
    }


def _said(one: Fields, acts: Fields, ended: dt.date) -> Iterator[Fields]:
    chance = random.Random(one["id"])  # noqa: S311 - letters of nobody
    places: list[Any] = list(one["texts"])
    weights = [5 - number for number in range(len(places))]
    for number in range(one["comments"]):
        article = chance.choices(places, weights)[0]
        language = chance.choice(LANGUAGES)
        about = one["texts"][article]
        yield {
            "text": about[language] + ENDINGS[number % len(ENDINGS)],
            "language": language,
            "date": (ended - dt.timedelta(days=chance.randrange(1, 13))).isoformat(),
            "part": f"art_{article}" if article else "",
            "kind": "support" if about["outcome"] == "accepted" and article == 0 else "remark",
            "outcome": about["outcome"],
            "reason": acts["reasons"][about["outcome"]][language],
            "answered": (ended + dt.timedelta(days=6)).isoformat(),
        }


def _go_on(cast: Cast, one: Fields) -> None:
    """The agency has written a next version since, and published it."""
    desk = cast.of(officer(one["agency"]))
    found = _known(cast.admin).get(one["title"]["ru"])
    if found is None or found["version"] > 1:
        return
    shown = desk.call("draft_act_show", {"id": found["id"]})
    if not any(version["state"] == "draft" for version in shown["versions"]):
        parts = _parts(one["next"]["articles"])
        desk.call("draft_act_version_create", {"id": found["id"], "parts": parts, "note": one["next"]["note"]})
    try:
        desk.call("draft_act_transition", {"id": found["id"], "event": "publish_version"})
    except PortalError as error:
        raise PortalError(f"next version of {found['number']}: {error}") from error
