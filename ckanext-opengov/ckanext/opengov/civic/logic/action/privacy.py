"""Actions on personal data in texts."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.civic.service.privacy import find, limits, mask
from ckanext.opengov.civic.service.privacy.masking import MARKS

__all__ = ["privacy_scan"]


# Not side_effect_free, although it changes nothing: by GET the text would stand in every log on its way.
def privacy_scan(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Find personal data in a text and mask it. Nothing of the text is kept or logged.

    Found are IIN and BIN with a right check digit, phones, e-mails, bank cards (Luhn), IBAN (ISO 13616), addresses
    with a flat, and number plates. Use POST.

    :param text: at most 1 MB in UTF-8
    :type text: string
    :param language: language of the marks: ``kk``, ``ru`` or ``en``; by default that of the text (optional)
    :type language: string

    :returns: ``language``, ``masked`` (the text with marks), ``findings``: for each ``kind`` (iin, bin, phone, email,
        card, iban, address, vehicle), ``value_class``, ``start`` and ``end`` in the text (in characters), and
        ``masked_start`` and ``masked_end`` of its mark
    :rtype: dictionary
    :raises ValidationError: when the text is missing, not a text or longer than 1 MB, or the language is not known
    """
    tk.check_access("privacy_scan", context, data_dict)
    text = _text(data_dict.get("text"))
    findings = find(text)
    masked = mask(text, findings, _language(data_dict.get("language")))
    return {
        "language": masked.language,
        "masked": masked.text,
        "findings": [
            {
                "kind": finding.kind.value,
                "value_class": finding.value_class,
                "start": finding.start,
                "end": finding.end,
                "masked_start": place.masked_start,
                "masked_end": place.masked_end,
            }
            for finding, place in zip(findings, masked.masks, strict=True)
        ],
    }


def _text(text: Any) -> str:
    if not isinstance(text, str) or not text:
        raise tk.ValidationError({"text": [tk._("Give the text that is to be searched.")]})
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limits.MAX_SCANNED_TEXT:
        message = tk._("The text has {given} KB; at most {limit} KB are searched at once. Send it in parts.")
        values = {"given": -(-size // 1024), "limit": limits.MAX_SCANNED_TEXT // 1024}
        raise tk.ValidationError({"text": [message.format(**values)]})
    return text


def _language(language: Any) -> str | None:
    if language and language not in tuple(MARKS):
        message = tk._("“{given}” is not a language of the marks. Use one of: {known}.")
        raise tk.ValidationError({"language": [message.format(given=language, known=", ".join(MARKS))]})
    return language or None
