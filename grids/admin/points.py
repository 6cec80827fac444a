"""Points and their types, cards of standards in editions, special actions."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, ScopedInline, WithinScope, settle
from campaign.coordinates import System
from campaign.errors import Refused
from campaign.models import Committee
from grids import points, standards
from grids.models import (
    Checklist,
    ChecklistItem,
    HealthAction,
    HealthAnswer,
    HealthCheck,
    Point,
    PointType,
)


@admin.register(PointType)
class PointTypeAdmin(PlacedAdmin):
    list_display = ("name",)
    search_fields = ("name", "code")
    street_from = ()
    actions_list = ("load_starter",)

    @action(description=_("Load the starter set"), url_path="starter", icon="library_add")
    def load_starter(self, request: HttpRequest) -> HttpResponse:
        """Ask, then give the person's streets the types, cards and special actions that they lack."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": _("Load the starter set")}
            return render(request, "admin/grids/load_standards.html", context)
        for street in Committee.objects.visible_to(request.user):
            loaded = standards.load_starter(street)
            told = {"types": loaded.types, "cards": loaded.cards, "actions": loaded.actions}
            said = (
                gettext("Added: %(types)d point types, %(cards)d cards, %(actions)d special actions.") % told
            )
            messages.success(request, said)
        return redirect("admin:grids_pointtype_changelist")


class PointForm(forms.ModelForm):
    """A point; its position may be typed as any map tells it."""

    given_in = forms.ChoiceField(
        label=_("Position given in"), choices=System.choices, initial=System.WGS84, required=False,
        help_text=_("The form shows WGS-84. Choose another only when you type a new position from such a map."),
    )  # fmt: skip

    def _post_clean(self) -> None:
        self.instance.given_in = self.cleaned_data.get("given_in") or System.WGS84
        super()._post_clean()


@admin.register(Point)
class PointAdmin(PlacedAdmin):
    changes = "points.change"
    form = PointForm
    list_display = ("name", "type", "community", "zone", "unit", "keeper", "since", "until")
    list_filter = (("type", WithinScope), ("community", WithinScope), ("zone", WithinScope))
    search_fields = ("name", "address")
    list_select_related = ("type", "community", "zone", "unit", "keeper")
    autocomplete_fields = ("unit",)
    readonly_fields = ("source_system", "changed")
    actions_detail = ("open_page",)

    def save_row(self, row: Point, by: Any) -> None:
        settle(row, self.street_from, by)
        points.save(row, by=by, given_in=getattr(row, "given_in", System.WGS84))
        row.given_in = System.WGS84  # it is converted now

    @admin.display(description=_("what was changed"))
    def changed(self, point: Point) -> str:
        if not point.pk:
            return "—"
        lines = (
            (
                date_format(timezone.localtime(event.at), "DATETIME_FORMAT"),
                event.by or "—",
                gettext(", ").join(str(Point._meta.get_field(name).verbose_name) for name in event.changes),
            )
            for event in point.events.select_related("by")[:20]
        )
        return format_html_join("", "<div>{} · {} · {}</div>", lines) or "—"

    @action(description=_("Open the page"), url_path="page", icon="location_on")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        point = get_object_or_404(Point.objects.visible_to(request.user), pk=object_id)
        return redirect("grids:point_page", plate=point.plate)


class ChecklistItemInline(ScopedInline):
    model = ChecklistItem
    fields = (
        "order", "text", "max_score", "deduct", "veto", "photo_needed", "category", "good_example", "bad_example"
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was answered stands, for changing and removing too: a new edition is written, last year's is not."""
        return super().has_add_permission(request, obj) and not (
            obj and obj.pk and standards.is_answered(obj)
        )


class EditionForm(forms.Form):
    """The name of a new edition and its first day."""

    edition = forms.CharField(label=_("Edition"), max_length=20)
    since = forms.DateField(label=_("In force since"), widget=forms.DateInput(attrs={"type": "date"}))


@admin.register(Checklist)
class ChecklistAdmin(PlacedAdmin):
    list_display = ("title", "edition", "point_type", "since")
    list_filter = (("point_type", WithinScope), "edition")
    search_fields = ("title", "edition")
    list_select_related = ("point_type",)
    inlines = (ChecklistItemInline,)
    street_from = ("point_type",)
    actions_detail = ("begin_edition",)

    @action(description=_("Begin a new edition"), url_path="edition", icon="content_copy")
    def begin_edition(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Copy the card into a new edition and open it for editing."""
        card = get_object_or_404(Checklist.objects.visible_to(request.user), pk=object_id)
        form = EditionForm(request.POST or None)
        if not self.has_change_permission(request, card):
            raise PermissionDenied
        if form.is_bound and form.is_valid():
            said = form.cleaned_data
            try:
                new = standards.begin_edition(card, said["edition"], said["since"], by=request.user)
            except (Refused, ValidationError) as failure:
                form.add_error(None, str(failure) if isinstance(failure, Refused) else failure.messages)
            else:
                messages.success(request, _("The new edition is there. Change it before it is asked."))
                return redirect("admin:grids_checklist_change", new.pk)
        title = _("Begin a new edition of “%(card)s”") % {"card": card}
        context = {**self.admin_site.each_context(request), "title": title, "form": form}
        return render(request, "admin/grids/begin_edition.html", context, status=400 if form.errors else 200)


@admin.register(HealthAction)
class HealthActionAdmin(PlacedAdmin):
    list_display = ("name", "edition", "checklist", "first_day", "last_day")
    list_filter = ("edition",)
    search_fields = ("name", "edition")
    list_select_related = ("checklist",)
    street_from = ("checklist",)


class HealthAnswerInline(ScopedInline):
    model = HealthAnswer
    changes = None
    fields = ("item", "value", "faults", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("item")


@admin.register(HealthCheck)
class HealthCheckAdmin(ReadOnlyAdmin):
    list_display = ("day", "action", "community", "point", "points_reached", "points_possible", "by")
    list_filter = (("action", WithinScope), ("community", WithinScope))
    search_fields = ("action__name", "community__name", "point__name")
    list_select_related = ("action", "community", "point", "by")
    date_hierarchy = "day"
    inlines = (HealthAnswerInline,)
