"""How addresses for programs answer: errors as objects with the right status, open to pages of other sites."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, jsonify
from sqlalchemy.exc import DataError

from ckanext.opengov.civic.service.limits import RateLimited

_EXPOSED = "ETag, Last-Modified, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Search-After"


class Refused:
    """What became of a request that was refused."""

    def __init__(self) -> None:
        self.status = 500
        self.error: dict[str, Any] = {}

    def response(self) -> Response:
        """The answer."""
        response = jsonify({"success": False, "error": self.error})
        response.status_code = self.status
        return response


@contextmanager
def refused() -> Iterator[Refused]:
    """Catch what actions refuse; the status and the error are in what this gives."""
    told = Refused()
    try:
        yield told
    except RateLimited as problem:
        # The answer for all limits is made by civic/web/limiting.py.
        told.status, told.error = 429, {"__type": "Too Many Requests", "message": problem.sentence}
    except tk.ObjectNotFound as problem:
        message = str(problem) or tk._("There is no such table.")
        told.status, told.error = 404, {"__type": "Not Found Error", "message": message}
    except tk.NotAuthorized as problem:
        message = str(getattr(problem, "message", None) or problem) or tk._("You may not see this.")
        told.status, told.error = 403, {"__type": "Authorization Error", "message": message}
    except tk.ValidationError as problem:
        told.status, told.error = 409, {**problem.error_dict, "__type": "Validation Error"}
    except (DataError, UnicodeError):
        told.status = 404
        told.error = {"__type": "Not Found Error", "message": tk._("There is no such table.")}


def open_to_all(response: Response) -> Response:
    """Pages of other sites may read what is public anyhow; no cookie of a visitor goes along."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    return response
