"""Which fields of a page's forms say beside themselves what they are for."""

from __future__ import annotations

from typing import Any

from lxml import html

SILENT = {"hidden", "submit", "button", "image", "reset"}
# They choose rows of a list, and are named by what they choose.
CHOOSERS = {"ids"}
GROUPS = "ancestor::fieldset | ancestor::*[@role='radiogroup'] | ancestor::*[@role='group']"


def unhelped(text: str) -> list[str]:
    """``form address: field`` of each visible field of a form that is sent, without help beside it."""
    page = html.fromstring(text)
    forms = page.xpath("//form[translate(@method, 'POST', 'post') = 'post']")
    return [
        f"{form.get('action') or 'here'}: {field.get('name')}"
        for form in forms
        for field in form.xpath(".//input | .//select | .//textarea")
        if _is_visible(field) and not _is_helped(page, field)
    ]


def _is_visible(field: Any) -> bool:
    is_silent = (field.get("type") or "text").lower() in SILENT or field.get("readonly") is not None
    is_hidden = bool(field.xpath("ancestor-or-self::*[@hidden] | ancestor::template"))
    return bool(field.get("name")) and not is_silent and not is_hidden and field.get("name") not in CHOOSERS


def _is_helped(page: Any, field: Any) -> bool:
    return any(_text_of(page, one.get("aria-describedby")) for one in [field, *field.xpath(GROUPS)])


def _text_of(page: Any, ids: str | None) -> str:
    found = [one.text_content().strip() for id_ in (ids or "").split() for one in page.xpath(f"//*[@id='{id_}']")]
    return " ".join(found).strip()
