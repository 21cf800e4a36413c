"""What a reader chooses for all pages, such as their language: asked for in the address, then kept in a cookie."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, g, request
from werkzeug.datastructures import MultiDict

A_YEAR = 31_536_000


@dataclass(frozen=True)
class Choice:
    """One of `values`, under `name` in the address and in the cookie."""

    name: str
    values: Collection[str]

    def made(self) -> str | None:
        """What was chosen: now, or before; None where neither is one of the values."""
        given = (request.args.get(self.name), request.cookies.get(self.name))
        return next((one for one in given if one in self.values), None)

    def address(self, value: str) -> str:
        """The address of this page with another choice; after a refused write, of the page that was written from."""
        args = MultiDict(request.args)
        args[self.name] = value
        query = "&".join(f"{key}={quote(given, safe='')}" for key, given in args.items(multi=True))
        return f"{g.get('page', request.path)}?{query}"

    def remember(self, response: Response) -> Response:
        """Keep for a year what was asked for."""
        asked = request.args.get(self.name)
        if asked in self.values and request.cookies.get(self.name) != asked:
            response.set_cookie(
                self.name, str(asked), max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
            )
        return response
