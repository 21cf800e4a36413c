"""The WSGI entry point: `granian wsgi:app`, `flask --app wsgi …`."""

import sys

from app import create_app
from app.cli import lone

app = lone.application() if lone.is_enough(sys.argv) else create_app()
