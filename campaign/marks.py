"""Facts that are counted leave a mark in the transaction that changes them, by whatever way they are written.

`CountedModel` and its queryset do so in `save`, `delete`, `bulk_create`, `bulk_update` and `update`; a cascade
is caught through the signal. Only raw SQL goes past, and the nightly audit finds that.
"""

import datetime
from collections.abc import Iterable
from typing import Any, Self

from django.apps import apps
from django.db import models, transaction
from django.db.models.signals import pre_delete

from campaign import registry
from campaign.doorbell import ring
from campaign.models.mark import Mark
from campaign.scoping import ScopedModel, ScopedQuerySet


def mark(metric: str, *days: datetime.date | None) -> None:
    """Append a mark for each day: the counter will count that bucket again. Call it inside the transaction."""
    _append(Mark(metric=metric, day=day) for day in set(days) if day)


def _mark_days(model: type[models.Model], rows: Iterable[tuple[datetime.date | None, ...]]) -> None:
    columns = _day_columns(model)
    days: dict[str, set[datetime.date]] = {column: set() for column in columns}
    for row in rows:
        for column, day in zip(columns, row, strict=True):
            if day:
                days[column].add(day)
    _append(
        Mark(metric=metric.key, day=day)
        for metric in registry.metrics_over(model)
        for day in set().union(*(days[column] for column in metric.days))
    )


def _append(marks: Iterable[Mark]) -> None:
    if made := Mark.objects.bulk_create(marks):
        _ring_once(made[0]._state.db)


def _ring_once(using: str | None) -> None:
    """Wake the counter after this transaction, once however many facts it writes."""
    waiting = transaction.get_connection(using).run_on_commit
    if not any(called is _ring for _savepoints, called, *_rest in waiting):
        transaction.on_commit(_ring, using=using, robust=True)


def _ring() -> None:
    ring("campaign.count_marked_days")


def _day_columns(model: type[models.Model]) -> list[str]:
    """The date columns of `model` by which its rows are counted."""
    return sorted({column for metric in registry.metrics_over(model) for column in metric.days})


def _insert_plainly(model: type[models.Model], objs: list[Any], connection: Any) -> None:
    if not objs:
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    into = f"INTO {quote(model._meta.db_table)} ({names})"
    columns = [[getattr(row, field.attname) for row in objs] for field in fields]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
            cursor.execute(f"INSERT {into} SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING", columns)  # noqa: S608
            return
        columns = [
            values
            if field.get_internal_type() not in _AS_TEXT
            else [field.get_db_prep_value(value, connection) for value in values]
            for field, values in zip(fields, columns, strict=True)
        ]
        places = ", ".join("%s" for _field in fields)
        cursor.executemany(f"INSERT OR IGNORE {into} VALUES ({places})", list(zip(*columns, strict=True)))  # noqa: S608


_AS_TEXT = ("DateTimeField", "DateField", "TimeField")
"""what SQLite keeps as text"""


class CountedQuerySet(ScopedQuerySet):
    """A queryset whose writes leave marks."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        with transaction.atomic(using=self.db):
            made = super().bulk_create(objs, *args, **kwargs)
            columns = _day_columns(self.model)
            _mark_days(self.model, {tuple(getattr(row, column) for column in columns) for row in objs})
        return made

    def insert_new(self, objs: Iterable[Any]) -> None:
        """Insert thousands of plain rows, leaving out those that a unique constraint knows already.

        As `bulk_create(ignore_conflicts=True)`, in a fraction of its time: values go to the database as they are,
        so a row must hold no expression, and its type no column that is more than a number, text, day or moment.
        """
        objs = list(objs)
        with transaction.atomic(using=self.db):
            _insert_plainly(self.model, objs, transaction.get_connection(self.db))
            columns = _day_columns(self.model)
            _mark_days(self.model, {tuple(getattr(row, column) for column in columns) for row in objs})

    def update(self, **changes: Any) -> int:
        columns = _day_columns(self.model)
        if not columns:
            return super().update(**changes)
        with transaction.atomic(using=self.db):
            # The rows are locked before their days are read: else another writer could move one in between,
            # and the day it came from would be marked by nobody.
            locked = list(self.select_for_update(of=("self",)).order_by("pk").values_list("pk", *columns))
            rows = self.model._base_manager.filter(pk__in=[row[0] for row in locked])
            changed = models.QuerySet.update(rows, **changes)
            after = rows.values_list(*columns).distinct()
            _mark_days(self.model, {row[1:] for row in locked} | set(after))
        return changed

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        # Django's own goes through `update` of each batch, which marks.
        return super().bulk_update(objs, fields, *args, **kwargs)


class CountedModel(ScopedModel):
    """A scoped model whose rows metrics count."""

    objects = models.Manager.from_queryset(CountedQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        columns = _day_columns(type(self))
        # Without a savepoint of its own: the mark shares the fate of the row. Who goes on after a failed save does
        # so behind a savepoint that is his (campaign.once, get_or_create), as everywhere in Django.
        with transaction.atomic(savepoint=False):
            before = [] if self._state.adding else self._locked_days(columns)
            super().save(*args, **kwargs)
            _mark_days(type(self), {*before, tuple(_as_day(getattr(self, column)) for column in columns)})

    def _locked_days(self, columns: list[str]) -> list[tuple]:
        if not columns:
            return []
        rows: Self = type(self)._base_manager.filter(pk=self.pk).select_for_update(of=("self",))
        return list(rows.values_list(*columns))


def _as_day(value: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def _mark_deleted(sender: type[CountedModel], instance: CountedModel, **kwargs: Any) -> None:
    with transaction.atomic():
        _mark_days(sender, instance._locked_days(_day_columns(sender)))


def listen() -> None:
    """Hear of deletions, cascades included. Connected model by model: a listener to all would make every
    delete in the portal load its rows first."""
    for model in apps.get_models():
        if issubclass(model, CountedModel):
            pre_delete.connect(
                _mark_deleted, sender=model, dispatch_uid=f"campaign.marks.{model._meta.label}"
            )
