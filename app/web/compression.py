"""Pages are sent compressed to browsers that read gzip: a page of 300 lines fits a slow line.

Who listens on the line and makes a browser ask again and again could guess a secret of a page by its compressed length
(BREACH): so the length varies by chance, as in Django's GZipMiddleware. Built files come compressed (assets.py).
"""

import gzip
from io import BytesIO
from secrets import randbelow

from flask import Flask, Response, request

LEAST = 1_000
"""Bytes; what is shorter gains nothing."""
TEXTS = ("text/html", "text/csv", "application/xml", "text/xml")
MOST_PADDING = 100
"""Bytes."""
LEVEL = 6


def register(app: Flask) -> None:
    """Compress the answers of all pages."""
    app.after_request(compressed)


def compressed(response: Response) -> Response:
    """The answer, compressed where that pays and the browser reads it."""
    if response.mimetype not in TEXTS or response.content_encoding or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) < LEAST or not request.accept_encodings["gzip"]:
        return response
    packed = BytesIO()
    padding = "x" * randbelow(MOST_PADDING)  # stands in the header of gzip as the name of the file
    with gzip.GzipFile(padding, "wb", LEVEL, packed, mtime=0) as file:
        file.write(content)
    response.set_data(packed.getvalue())
    response.content_encoding = "gzip"
    return response
