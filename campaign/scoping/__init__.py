"""Who may see which row: the only place that decides. See docs/decisions/0002-scope.md."""

from campaign.scoping.reach import Reach, reach_of
from campaign.scoping.scope import Scope, ScopedManager, ScopedModel, ScopedQuerySet, WholeStreet

__all__ = ["Reach", "Scope", "ScopedManager", "ScopedModel", "ScopedQuerySet", "WholeStreet", "reach_of"]
