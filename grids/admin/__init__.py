"""The admin of the streets, one file a subject. Importing this package registers them all."""

from grids.admin import cases, clocks, desk, frontage, patrols, points, requests, visits, whistles, zones

__all__ = [
    "cases",
    "clocks",
    "desk",
    "frontage",
    "patrols",
    "points",
    "requests",
    "visits",
    "whistles",
    "zones",
]
