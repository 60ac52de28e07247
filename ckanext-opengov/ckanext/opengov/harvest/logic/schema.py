"""What the actions of harvesting take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

MOST_ROWS = 50


@validator_args
def rehearse(
    ignore_empty: Validator, unicode_safe: Validator, default: ValidatorFactory, natural_number_validator: Validator
) -> Schema:
    return {
        "id": [ignore_empty, unicode_safe],
        "url": [ignore_empty, unicode_safe],
        "source_type": [ignore_empty, unicode_safe],
        "config": [ignore_empty, unicode_safe],
        "owner_org": [ignore_empty, unicode_safe],
        "offset": [default(0), natural_number_validator],
        "limit": [default(MOST_ROWS), natural_number_validator],
    }


@validator_args
def report(
    not_empty: Validator,
    ignore_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "job_id": [ignore_empty, unicode_safe],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def close_notice(
    not_empty: Validator, unicode_safe: Validator, default: ValidatorFactory, boolean_validator: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "confirm": [default(False), boolean_validator],
    }
