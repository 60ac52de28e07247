"""The WSGI application for gunicorn; ``OPENGOV_INI`` names the instance's ini file."""

from __future__ import annotations

import os

from ckan.cli import load_config
from ckan.config.middleware import make_app

application = make_app(load_config(os.environ["OPENGOV_INI"]))
