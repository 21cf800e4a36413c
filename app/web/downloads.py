"""Files that leave the house: always as a download or in a sandbox, with a name that every browser reads."""

from urllib.parse import quote

from flask import Response

_SHOWN_IN_BROWSER = ("application/pdf", "image/png", "image/jpeg")


def download(content: bytes, media_type: str, filename: str) -> Response:
    """The file. A PDF or a picture opens in the browser, anything else is saved."""
    how = "inline" if media_type in _SHOWN_IN_BROWSER else "attachment"
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(filename, safe='')}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
