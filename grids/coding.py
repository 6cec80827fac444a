"""QR codes that hang in the street."""

import io

import segno
from django.http import HttpResponse


def qr_svg(address: str, title: str) -> HttpResponse:
    """A QR code of an address as a picture that prints at any size."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=6, border=2, omitsize=True, title=title)
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
