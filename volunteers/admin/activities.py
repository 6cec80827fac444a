"""Activities and series. What an activity's state is, is moved by the verbs: publish, cancel, copy."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ScopedInline, WithinScope, settle
from campaign.errors import Refused
from volunteers import activities
from volunteers.models import Activity, ActivitySeries, Position

WEEK = timedelta(days=7)
MOMENTS = ("sign_up_opens_at", "sign_up_closes_at", "leaving_closes_at")
OPTIONAL = ("description", "station", "team", "unit", "leader", *MOMENTS)


class PositionFormSet(BaseInlineFormSet):
    """The positions, tried out through the verb before anything is stored, so that a refusal stands here."""

    by: Any = None

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "id" in form.fields:  # Django would take the id of any position, of another activity too
            form.fields["id"].queryset = Position.objects.filter(activity=self.instance.pk)

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not (self.instance.pk or _is_complete(self.instance)):
            return
        try:
            with transaction.atomic():
                store(self.instance, self, self.by)
                transaction.set_rollback(True)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        finally:
            if self.instance._state.adding:
                self.instance.pk = None


def _is_complete(activity: Activity) -> bool:
    """Whether the form itself has all that the verb asks for; else it says so already."""
    return all(
        getattr(activity, name)
        for name in ("community_id", "kind_id", "title", "place", "starts_at", "ends_at")
    )


def store(activity: Activity, positions: PositionFormSet, by: Any) -> None:
    """Make the activity with its positions, or bring the positions of a standing one up to what was entered."""
    filled = [form for form in positions.forms if form.has_changed()]
    if activity._state.adding:
        made = activities.create(
            **{name: getattr(activity, name) for name in ("community", "kind", "title", "place", *OPTIONAL)},
            starts_at=activity.starts_at,
            ends_at=activity.ends_at,
            positions=[_post(form) for form in filled],
            by=by,
        )
        activity.pk = made.pk
        return
    for form in filled:
        _store_position(activity, form, by)


def _store_position(activity: Activity, form: forms.ModelForm, by: Any) -> None:
    post = _post(form)
    if form.instance.pk:
        activities.change_position(Position.objects.get(pk=form.instance.pk), post, by=by)
    else:
        activities.add_position(activity, by=by, **post._asdict())


def _post(form: forms.ModelForm) -> activities.Post:
    return activities.Post(**{name: form.cleaned_data[name] for name in activities.Post._fields})


class PositionInline(ScopedInline):
    model = Position
    formset = PositionFormSet
    changes = "activities.plan"
    fields = ("name", "places", "minimum", "skill", "min_age", "equipment", "taken")
    readonly_fields = ("taken",)
    can_delete = False

    def get_extra(self, request: HttpRequest, obj: Activity | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return type("PositionFormSet", (super().get_formset(request, obj, **kwargs),), {"by": request.user})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Activity)
class ActivityAdmin(PlacedAdmin):
    changes = "activities.plan"
    list_display = ("title", "day", "begins", "community", "kind", "filled", "state", "leader")
    list_filter = ("state", ("community", WithinScope), ("kind", WithinScope), ("team", WithinScope))
    search_fields = ("title", "place")
    list_select_related = ("community", "kind", "leader")
    date_hierarchy = "day"
    autocomplete_fields = ("team", "unit")
    inlines = (PositionInline,)
    actions = ("export_rows", "publish", "copy")
    actions_detail = ("attendance", "cancel")
    fields = (
        "community", "kind", "title", "description", "place", "station", "team", "unit", "leader",
        "starts_at", "ends_at", *MOMENTS, "state", "cancelled_because",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_places()

    def get_readonly_fields(self, request: HttpRequest, obj: Activity | None = None) -> tuple[str, ...]:
        return ("state", "cancelled_because", *(("community",) if obj else ()))

    def has_change_permission(self, request: HttpRequest, obj: Activity | None = None) -> bool:
        over = obj is not None and obj.state in (Activity.State.HELD, Activity.State.CANCELLED)
        return not over and super().has_change_permission(request, obj)

    def save_row(self, row: Activity, by: Any) -> None:
        if row.pk:
            super().save_row(row, by)
        else:
            settle(row, self.street_from, by)  # it is stored with its positions, by the verb, in save_related

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        for formset in formsets:
            store(form.instance, formset, request.user)
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []

    @admin.display(description=_("starts at"), ordering="starts_at")
    def begins(self, activity: Activity) -> str:
        return f"{timezone.localtime(activity.starts_at):%H:%M}"

    @admin.display(description=_("signed up"))
    def filled(self, activity: Any) -> str:
        return f"{activity.taken}/{activity.places}"

    @admin.action(description=_("Publish: open for sign-up"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._each(request, queryset, lambda row: activities.publish(row, by=request.user))

    @admin.action(description=_("Copy as a draft, a week later"), permissions=["change"])
    def copy(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._each(
            request, queryset, lambda row: activities.clone(row, row.starts_at + WEEK, by=request.user)
        )

    def _each(self, request: HttpRequest, queryset: QuerySet, verb: Callable[[Activity], Any]) -> None:
        done = 0
        for row in queryset:
            try:
                verb(row)
            except Refused as refusal:
                messages.warning(request, f"{row}: {refusal}")
            else:
                done += 1
        if done:
            messages.success(request, gettext("%(number)d done.") % {"number": done})

    @action(description=_("Attendance list"), url_path="attendance", icon="checklist")
    def attendance(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("volunteers:attendance_list", pk=object_id)

    @action(description=_("Cancel the activity"), url_path="cancel", icon="event_busy")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("volunteers:activity_cancel", pk=object_id)


@admin.register(ActivitySeries)
class ActivitySeriesAdmin(PlacedAdmin):
    changes = "activities.plan"
    list_display = ("title", "community", "kind", "rule", "start_time", "places", "is_active", "filled_until")
    list_filter = ("is_active", ("community", WithinScope), ("kind", WithinScope))
    search_fields = ("title", "place")
    list_select_related = ("community", "kind")
    autocomplete_fields = ("team",)
