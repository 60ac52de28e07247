"""Two published evaluations of all agencies under the framework of openness, one in work, public services, ratings.

What the portal counts is real: it comes from the rest of the demonstration. What agencies say and evaluators set is
invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from typing import Any
from zoneinfo import ZoneInfo

import requests
from requests.adapters import HTTPAdapter

from stack.demonstration.cast import Cast
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.parts.officers import FILE, make_user
from stack.demonstration.portal import Fields, Portal, PortalError
from stack.secrets import write_private

COMPONENT = "evaluation"
OPENNESS, STATE = "open-government", "kazakhstan"
HALF_YEAR = dt.timedelta(days=182)
AXES = ("accessibility", "speed", "transparency", "completeness")
# So many of the services have ratings; of one many come from one address.
RATED = 6
RATINGS = 12
FLOOD = 25
ENTERED = ("council_opinions", "public_report", "akim_meetings")


def plan() -> Fields:
    """What is invented, as it stands in the file."""
    return read_yaml("evaluation/plan.yaml")


def load(portal: Portal) -> list[str]:
    cast, planned = Cast(portal), plan()
    _people(portal, planned)
    made = _services(cast, planned)
    _results(cast, planned)
    problems = _frameworks(cast)
    number = sum(_hold(cast, planned, period) for period in _periods())
    _open_state(cast)
    portal.say(f"{number} evaluations published, {made} public services entered")
    return problems


def _desk(cast: Cast, planned: Fields, agency: str) -> Portal:
    return cast.of(next(login for login, agencies in planned["officers"].items() if agency in agencies))


def _judge(cast: Cast, planned: Fields, agency: str) -> Portal:
    return cast.of(next(login for login, home in planned["judges"].items() if home != agency))


def _people(portal: Portal, planned: Fields) -> None:
    path = portal.folder / FILE
    passwords: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for login in (*planned["officers"], *planned["judges"]):
        if make_user(portal, login, passwords):
            write_private(path, json.dumps(passwords, indent=1))
    rows = [
        (login, agency, role)
        for login, agencies in planned["officers"].items()
        for agency in agencies
        for role in ("author", "head")
    ]
    rows += [(login, home, role) for login, home in planned["judges"].items() for role in ("evaluator", "supervisor")]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("user", "agency", "component", "role", "from", "until"))
    writer.writerows((login, agency, COMPONENT, role, "", "") for login, agency, role in rows)
    portal.call("officer_import", {"csv": out.getvalue()})


# --- services


def _services(cast: Cast, planned: Fields) -> int:
    known = {one["title_translated"]["ru"] for one in _listed(cast)}
    made = 0
    for place, one in enumerate(planned["services"]):
        if one["title"]["ru"] in known:
            continue
        desk = _desk(cast, planned, one["agency"])
        channels = ["portal", "mobile"] if one["online"] else ["agency", "centre"]
        fields = {name: one[name] for name in ("title", "online", "term")}
        entry = {**fields, "owner_org": one["agency"], "channels": channels, "about": planned["about"]}
        shown = desk.call("public_service_create", entry)
        if place < RATED:
            _rate(desk, shown["id"], place)
        made += 1
    return made


def _listed(cast: Cast) -> list[Fields]:
    return cast.admin.call("public_service_list", {"limit": 100})["results"]


def _rate(desk: Portal, service_id: str, place: int) -> None:
    """Ratings by one-time links, from many addresses of the loopback; of the last service a flood from one."""
    chance = random.Random(f"ratings/{place}")  # noqa: S311 - marks of nobody
    flood = FLOOD if place == RATED - 1 else 0
    links = desk.call("service_rating_link_create", {"id": service_id, "number": RATINGS + flood})["links"]
    for number, link in enumerate(links):
        address = f"127.0.{10 + place}.{number + 1}" if number < RATINGS else "127.0.99.1"
        marks = {axis: 5 if number >= RATINGS else chance.choice((2, 3, 4, 4, 5, 5)) for axis in AXES}
        _send(desk.url, {"token": link.rsplit("/", 1)[1], **marks}, address)


class _From(HTTPAdapter):
    """Connects from a chosen address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, source_address=(self._address, 0), **kwargs)


def _send(url: str, fields: Fields, address: str) -> None:
    with requests.Session() as session:
        session.mount("http://", _From(address))
        answer = session.post(f"{url}/api/action/service_rating_create", json=fields, timeout=60)
    if not answer.ok:
        raise PortalError(f"service_rating_create: {answer.status_code} {answer.text[:300]}")


# --- results of plans


def _results(cast: Cast, planned: Fields) -> None:
    year = dt.datetime.now(ZoneInfo("Asia/Almaty")).year
    for agencies in planned["officers"].values():
        for agency in agencies:
            desk = _desk(cast, planned, agency)
            if desk.call("evaluation_results_list", {"owner_org": agency})["targets"]:
                continue
            rows = [_target(planned, agency, one, when) for one in planned["targets"] for when in (year - 1, year)]
            desk.call("evaluation_results_save", {"owner_org": agency, "rows": rows})


def _target(planned: Fields, agency: str, one: Fields, year: int) -> Fields:
    chance = random.Random(f"{agency}/{one['code']}/{year}")  # noqa: S311 - invented figures
    worth = one["planned"] * chance.uniform(0.85, 1.2)
    reached = round(min(worth, 100.0) if one["unit"] == "%" else worth, 1)
    missed = reached > one["planned"] if one["direction"] == "down" else reached < one["planned"]
    return {
        "plan": planned["plan"],
        **{name: one[name] for name in ("code", "unit", "direction", "planned")},
        **{f"title_{code}": text for code, text in one["title"].items()},
        "year": year,
        "reached": reached,
        "reason": chance.choice(planned["reasons"]) if missed else "",
    }


# --- evaluations


def _frameworks(cast: Cast) -> list[str]:
    supervisor = cast.of("judge-statistics")
    known = {one["name"] for one in cast.admin.call("evaluation_framework_list")}
    for name in (OPENNESS, STATE):
        if name not in known:
            supervisor.call("evaluation_framework_create", {"shipped": name})
    return []


def _periods() -> list[Fields]:
    today = dt.datetime.now(ZoneInfo("Asia/Almaty")).date()
    half = today - HALF_YEAR
    return [
        _period("openness-1", today - 2 * HALF_YEAR, half - dt.timedelta(days=1), "1"),
        _period("openness-2", half, today - dt.timedelta(days=1), "2"),
    ]


def _period(name: str, start: dt.date, end: dt.date, number: str) -> Fields:
    titles = {
        "kk": f"Ашықтық, {number}-жартыжылдық (демонстрация)",
        "ru": f"Открытость, полугодие {number} (демонстрация)",
        "en": f"Openness, half-year {number} (demonstration)",
    }
    days = {"starts_on": start.isoformat(), "ends_on": end.isoformat()}
    return {"name": name, "title": titles, "framework": OPENNESS, **days}


def _hold(cast: Cast, planned: Fields, period: Fields) -> int:
    """Open a period if it is not there, and take each evaluation from wherever it stands to its publication."""
    supervisor = cast.of("judge-statistics")
    known = {one["name"]: one for one in cast.admin.call("evaluation_period_list")}
    shown = known.get(period["name"]) or supervisor.call("evaluation_period_open", period)
    if shown["snapshot_at"] is None:
        supervisor.call("evaluation_period_count", {"id": shown["id"]})
    rows = cast.admin.call("evaluation_list", {"period": shown["id"]})
    for row in rows:
        _bring(cast, planned, period["name"], row)
    for login in planned["judges"]:
        cast.of(login).call("evaluation_publish", {"period": shown["id"]})
    return sum(row["state"] != "published" for row in rows)


def _bring(cast: Cast, planned: Fields, period: str, row: Fields) -> None:
    agency, state, one = row["agency"], row["state"], {"id": row["id"]}
    desk, judge = _desk(cast, planned, agency), _judge(cast, planned, agency)
    values = _values(agency, period, row["kind"])
    if state == "self_assessment":
        for key, number in values.items():
            claimed = number + 5 if key == "council_opinions" else number
            desk.call("evaluation_claim_set", {**one, "indicator": key, "number": claimed})
        proof = {"indicator": "public_report", "title": "Есеп / Отчёт", "url": "https://example.org/report"}
        desk.call("evaluation_evidence_create", {**one, **proof})
        desk.call("evaluation_submit", one)
        state = "evaluation"
    if state == "evaluation":
        for key, number in values.items():
            found = {**one, "indicator": key, "number": number, "reason": "Демонстрация: тексерілді / проверено"}
            _set(judge, found)
        judge.call("evaluation_finish", one)
        state = "objection"
    if state == "objection":
        if agency.endswith("department"):
            text = "Кеңестің тағы бір ұсынысы ескерілді. / Учтена ещё одна рекомендация. (Вымышлено)"
            desk.call("evaluation_appeal_create", {**one, "indicator": "council_opinions", "text": text})
        desk.call("evaluation_agree", one)
        state = "decision"
    if state == "decision" and agency.endswith("department"):
        decision = {
            "indicator": "council_opinions",
            "decision": "rejected",
            "reason": "Хаттамада жоқ / Нет в протоколе",
        }
        other = next(login for login in planned["judges"] if cast.of(login) is not judge)
        _decide(cast.of(other), {**one, **decision})


def _set(judge: Portal, found: Fields) -> None:
    shown = judge.call("evaluation_show", {"id": found["id"]})
    step = next(step for step in shown["steps"] if step["key"] == found["indicator"])
    if not step["set"]:
        judge.call("evaluation_value_set", {**found, "revision": step["revision"]})


def _decide(judge: Portal, found: Fields) -> None:
    shown = judge.call("evaluation_show", {"id": found["id"]})
    step = next(step for step in shown["steps"] if step["key"] == found["indicator"])
    if step["objection"] and not step["objection"]["decision"]:
        judge.call("evaluation_appeal_decide", found)


def _values(agency: str, period: str, kind: str) -> dict[str, int]:
    chance = random.Random(f"{agency}/{period}")  # noqa: S311 - invented figures
    values = {"council_opinions": chance.randrange(20, 90), "public_report": int(chance.random() < 0.8)}
    if kind != "central":
        values["akim_meetings"] = chance.randrange(3, 14)
    return values


def _open_state(cast: Cast) -> None:
    """The state's own framework, of the year that runs: agencies assess themselves at the moment."""
    year = dt.datetime.now(ZoneInfo("Asia/Almaty")).year
    name = f"state-{year}"
    if any(one["name"] == name for one in cast.admin.call("evaluation_period_list")):
        return
    titles = {"kk": f"{year} жыл (демонстрация)", "ru": f"{year} год (демонстрация)", "en": f"{year} (demonstration)"}
    days = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
    cast.of("judge-statistics").call(
        "evaluation_period_open", {"name": name, "title": titles, "framework": STATE, **days}
    )
