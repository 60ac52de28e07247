"""The public copy of a text: each finding replaced by a mark that says what stood there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.opengov.civic.service.privacy.findings import Finding, Kind

_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)

# In the text's language and not the reader's, so they stand here and not in a catalogue.
MARKS: dict[str, dict[Kind, str]] = {
    "kk": {
        Kind.IIN: "[ЖСН жасырылды]",
        Kind.BIN: "[БСН жасырылды]",
        Kind.PHONE: "[телефон жасырылды]",
        Kind.EMAIL: "[электрондық пошта жасырылды]",
        Kind.CARD: "[карта нөмірі жасырылды]",
        Kind.IBAN: "[шот нөмірі жасырылды]",
        Kind.ADDRESS: "[мекенжай жасырылды]",
        Kind.VEHICLE: "[көлік нөмірі жасырылды]",
    },
    "ru": {
        Kind.IIN: "[ИИН скрыт]",
        Kind.BIN: "[БИН скрыт]",
        Kind.PHONE: "[телефон скрыт]",
        Kind.EMAIL: "[электронная почта скрыта]",
        Kind.CARD: "[номер карты скрыт]",
        Kind.IBAN: "[номер счёта скрыт]",
        Kind.ADDRESS: "[адрес скрыт]",
        Kind.VEHICLE: "[номер автомобиля скрыт]",
    },
    "en": {
        Kind.IIN: "[IIN hidden]",
        Kind.BIN: "[BIN hidden]",
        Kind.PHONE: "[phone hidden]",
        Kind.EMAIL: "[e-mail hidden]",
        Kind.CARD: "[card number hidden]",
        Kind.IBAN: "[account number hidden]",
        Kind.ADDRESS: "[address hidden]",
        Kind.VEHICLE: "[number plate hidden]",
    },
}


@dataclass(frozen=True)
class Mask:
    """``original[start:end]`` became ``masked[masked_start:masked_end]``."""

    start: int
    end: int
    masked_start: int
    masked_end: int


@dataclass(frozen=True)
class Masked:
    """A masked text and where its marks stand, so that an offset in one text is known in the other."""

    text: str
    language: str
    masks: tuple[Mask, ...]

    def original_offset(self, offset: int) -> int:
        """The offset in the original; one inside a mark is that of the value's beginning."""
        index = bisect_right(self.masks, offset, key=lambda mask: mask.masked_start) - 1
        if index < 0:
            return offset
        mask = self.masks[index]
        return mask.start if offset < mask.masked_end else offset - mask.masked_end + mask.end

    def masked_offset(self, offset: int) -> int:
        """The offset in the masked text; one inside a value is that of the mark's beginning."""
        index = bisect_right(self.masks, offset, key=lambda mask: mask.start) - 1
        if index < 0:
            return offset
        mask = self.masks[index]
        return mask.masked_start if offset < mask.end else offset - mask.end + mask.masked_end


def language_of(text: str) -> str:
    """``kk`` when letters stand in it that only Kazakh has, ``ru`` for other Cyrillic texts, else ``en``."""
    if _KAZAKH.search(text):
        return "kk"
    return "ru" if _CYRILLIC.search(text) else "en"


def mask(text: str, findings: Iterable[Finding], language: str | None = None) -> Masked:
    """The text with a mark for each finding (by place, without overlaps, as ``find`` gives them)."""
    language = language if language in MARKS else language_of(text)
    pieces: list[str] = []
    masks: list[Mask] = []
    length = done = 0
    for finding in findings:
        mark = MARKS[language][finding.kind]
        pieces += [text[done : finding.start], mark]
        begin = length + finding.start - done
        length = begin + len(mark)
        masks.append(Mask(finding.start, finding.end, begin, length))
        done = finding.end
    pieces.append(text[done:])
    return Masked("".join(pieces), language, tuple(masks))
