"""The ground of every admin class: lists, drop-downs, autocompletes, filters and exports within the person's scope."""

import copy
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from campaign import sheets
from campaign.errors import Refused
from campaign.roles import may
from campaign.scoping import ScopedModel, reach_of


class ScopedChoices:
    """Narrows what a form of the admin offers and accepts."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **_narrowed(db_field, request, kwargs))  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **_narrowed(db_field, request, kwargs))  # type: ignore[misc]


def _narrowed(db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
    target = db_field.remote_field.model
    if issubclass(target, ScopedModel):
        kwargs["queryset"] = target.objects.visible_to(request.user)
    elif target._meta.label == "accounts.User":
        kwargs["queryset"] = colleagues(target.objects.all(), request)
    return kwargs


def colleagues(people: QuerySet, request: HttpRequest) -> QuerySet:
    """The accounts that hold an appointment in a street of the person: the only ones that may be named."""
    reach = reach_of(request.user)
    if reach.everything:
        return people
    return people.filter(appointments__committee__in=reach.committees).distinct()


class ScopedAdmin(ScopedChoices, ModelAdmin):
    """An admin class whose rows are those visible to the person; another community's row is not found (404).

    `changes` names the capability of `campaign.roles.MAY` that adding and changing needs; None makes it read-only.
    Nothing that was counted is deleted here unless `deletable` says so: it is ended, cancelled or corrected.
    """

    changes: str | None = "organisation.change"
    deletable = False
    export_fields: Sequence[str] = ()
    """columns of the .xlsx export; by default the list's own"""
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    compressed_fields = True
    warn_unsaved_form = True
    actions = ("export_rows",)

    def save_row(self, row: Any, by: Any) -> None:
        """Store a row as entered. A subject with a verb of its own calls that here."""
        row.save()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.save_row(obj, request.user)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return _rehearsed(super().get_form(request, obj, change=change, **kwargs), self, request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return reach_of(request.user).may("official")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.changes is not None and may(request.user, self.changes)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.changes is not None and may(request.user, self.changes)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.deletable and self.has_change_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # A guess such as ?user__password__startswith= would tell by the length of the list.
        forbidden = ("password", "phone", "digest", "session")
        return not any(word in lookup for word in forbidden) and super().lookup_allowed(
            lookup, value, request
        )

    @admin.action(description=_("Export to Excel (.xlsx)"), permissions=["view"])
    def export_rows(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """The chosen rows as a workbook with Chinese headings; phones stay masked."""
        columns = list(self.export_fields or self.get_list_display(request))
        return sheets.admin_export(self, queryset, [name for name in columns if name != "action_checkbox"])


def _rehearsed(form: type[forms.ModelForm], owner: ScopedAdmin, user: Any) -> type[forms.ModelForm]:
    """The form, which also asks the verb whether it would refuse: it is called and undone. So what the verb says
    stands at the form, with all that was typed, and the verb needs no second door for checking."""

    class Rehearsed(form):  # type: ignore[misc, valid-type]
        def _post_clean(self) -> None:
            super()._post_clean()
            if self.errors or not self.has_changed():
                return
            try:
                with transaction.atomic():
                    owner.save_row(copy.copy(self.instance), user)
                    transaction.set_rollback(True)
            except Refused as refusal:
                self.add_error(None, str(refusal))
            except ValidationError as failure:
                self._update_errors(failure)

    return Rehearsed


class PlacedAdmin(ScopedAdmin):
    """Rows whose street follows from what they hang on, so that no form asks for it.

    Sets the committee from the first of `street_from` that is filled in, or from the person's own street; lets
    no row mix two streets.
    """

    exclude = ("committee",)
    street_from: tuple[str, ...] = ("community",)

    def save_row(self, row: Any, by: Any) -> None:
        settle(row, self.street_from, by)
        row.full_clean()
        row.save()


def settle(row: Any, street_from: tuple[str, ...], by: Any) -> None:
    """Give `row` the committee of what it hangs on. Raises ValidationError where that is two streets or none."""
    relations = [field for field in row._meta.concrete_fields if field.is_relation]
    hosts = [getattr(row, field.name) for field in relations if getattr(row, field.attname)]
    streets = {host.committee_id for host in hosts if hasattr(host, "committee_id")}
    if len(streets) > 1:
        raise ValidationError(_("What was chosen belongs to two different streets."))
    place = next((getattr(row, name) for name in street_from if getattr(row, f"{name}_id")), None)
    if place is not None:
        row.committee_id = place.committee_id
    elif row.committee_id is None:
        own = reach_of(by).committees
        if len(own) != 1:
            raise ValidationError(_("It is not clear which street this belongs to."))
        (row.committee_id,) = own


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that are written by verbs alone and only looked at here: events, ledgers, tallies."""

    changes = None


class ScopedInline(ScopedChoices, TabularInline):
    """Lines inside a form, scoped as the form is."""

    extra = 0
    changes: str | None = "organisation.change"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to(request.user)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return reach_of(request.user).may("official")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.changes is not None and may(request.user, self.changes)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_add_permission(request, obj)


class WithinScope(RelatedOnlyFieldListFilter):
    """A filter by a relation that offers only what stands in the person's own rows."""
