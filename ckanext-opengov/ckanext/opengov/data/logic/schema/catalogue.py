"""What the actions on the catalogue accept."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

LIST_LIMIT = 1000


@validator_args
def package_list(
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "limit": [default(LIST_LIMIT), natural_number_validator],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def agency_tree(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"q": [ignore_empty, unicode_safe]}


@validator_args
def table(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"resource_id": [not_empty, unicode_safe]}
