"""The API resources of this app: (name in the address, view set)."""

from typing import Any

RESOURCES: list[tuple[str, Any]] = []
