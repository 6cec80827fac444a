"""A model declares the paths by which a row hangs on places and people; `visible_to` walks them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import Q

from campaign.roles import COMMITTEE_WIDE
from campaign.scoping.reach import reach_of


@dataclass(frozen=True)
class Scope:
    """The paths from a row to whom it concerns; "" where the model has no such path.

    A path is an ORM lookup to a foreign key, such as "zone__committee". Several may be given.
    """

    committee: str
    """to the Committee, which is the tenant: no row without it"""
    community: str | tuple[str, ...] = ()
    """to a Community, whose secretary sees the row"""
    unit: str | tuple[str, ...] = ()
    """to a Unit, whose liaison sees the row"""
    leader: str | tuple[str, ...] = ()
    """to the User who leads the zone or team the row belongs to"""
    own: str | tuple[str, ...] = ()
    """to the User whose own row it is"""
    reference: bool = False
    """whether anyone appointed in the committee may read it: dictionaries, communities, zones, points"""

    def condition(self, model: type[models.Model], user: Any) -> Q | None:
        """The rows of `model` that `user` may see as one condition; None means all of them.

        Who holds committee-wide roles alone is answered by the committee's index: a longer OR would keep the
        database from using it, and could only add rows of that same committee.
        """
        reach = reach_of(user)
        if reach.everything:
            return None
        if reach.committees and reach.roles <= COMMITTEE_WIDE:
            return Q(**{f"{self.committee}__in": reach.committees})
        seen = Q(pk__in=())
        if reach.committees:
            seen |= Q(**{f"{self.committee}__in": reach.committees})
        if self.reference and reach.member_of:
            seen |= Q(**{f"{self.committee}__in": reach.member_of})
        for path in _each(self.community) if reach.communities else ():
            seen |= Q(**{f"{path}__in": reach.communities})
        for path in _each(self.unit) if reach.units else ():
            seen |= Q(**{f"{path}__in": reach.units})
        if getattr(user, "pk", None):
            for path in (*_each(self.leader), *_each(self.own)):
                seen |= _leads_to(model, path, user.pk)
        return seen


def _leads_to(model: type[models.Model], path: str, person: int) -> Q:
    """The rows whose `path` ends at the person. A path of several steps is asked as a set of keys, so that it
    costs a look-up and not a join of the whole table."""
    head, _step, rest = path.partition("__")
    if not rest:
        return Q(**{path: person})
    related = model._meta.get_field(head).related_model
    return Q(**{f"{head}__in": related._base_manager.filter(**{rest: person}).values("pk")})


class WholeStreet:
    """Marks a model whose rows belong to nobody in particular and that no page lets a person choose from."""

    why: str

    def __init__(self, why: str) -> None:
        self.why = why


def _each(path: str | tuple[str, ...]) -> Iterable[str]:
    return (path,) if isinstance(path, str) and path else path or ()


class ScopedQuerySet(models.QuerySet):
    """Reads of a scoped model begin with `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """The rows that `user` may see today. Rows of another committee or community are not among them."""
        condition = self.model.scope.condition(self.model, user)
        if condition is None:
            return self
        if _crosses_many(self.model, condition):
            # A join over a to-many path would repeat rows: ask for the keys instead.
            return self.filter(pk__in=self.model._base_manager.filter(condition).values("pk"))
        return self.filter(condition)


def _crosses_many(model: type[models.Model], condition: Q) -> bool:
    for lookup, _value in _leaves(condition):
        here = model
        for step in lookup.split("__"):
            if step in ("in", "pk"):
                break
            field = here._meta.get_field(step)
            if field.many_to_many or field.one_to_many:
                return True
            here = field.related_model
            if here is None:
                break
    return False


def _leaves(condition: Q) -> Iterable[tuple[str, Any]]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _leaves(child)
        else:
            yield child


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


class ScopedModel(models.Model):
    """A model whose rows are seen by some and not by others. Every subclass declares `scope`."""

    scope: Scope
    objects = ScopedManager()

    class Meta:
        abstract = True

    def is_visible_to(self, user: Any) -> bool:
        """Whether `user` may see this row today."""
        return type(self).objects.visible_to(user).filter(pk=self.pk).exists()
