"""Shops, their checks, pledges and objections, the items of the standard, and what the colours mean."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, ScopedInline, WithinScope, settle
from campaign.errors import Refused
from campaign.roles import may
from grids import frontage
from grids.models import (
    CardScheme,
    FrontageAppeal,
    FrontageDuty,
    FrontageFinding,
    FrontageInspection,
    FrontageItem,
    FrontageStandard,
    Merchant,
    Pledge,
    PledgeVersion,
    Publication,
)


@admin.register(Merchant)
class MerchantAdmin(PlacedAdmin):
    changes = "frontage.keep"
    list_display = (
        "name",
        "address",
        "road",
        "community",
        "zone",
        "pledged_on",
        "is_public",
        "since",
        "until",
    )
    list_filter = ("is_public", ("community", WithinScope), ("zone", WithinScope))
    search_fields = ("name", "address", "road")
    list_select_related = ("community", "zone")
    readonly_fields = ("pledged_on", "is_public")
    actions = ("export_rows", "publish_rows", "withdraw_rows")
    actions_detail = ("open_card", "open_check", "open_door")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # A number is typed in whole, and read whole only on the shop's page, with a reason.
        phone = ["phone"] if obj is None or request.user.is_superuser else ["masked_phone"]
        return [
            "name", "address", "road", "community", "zone", "owner", *phone, "left_bound", "right_bound", "length_m",
            "depth_m", "longitude", "latitude", "since", "until", "pledged_on", "is_public",
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, "masked_phone"]

    @admin.display(description=_("mobile number"))
    def masked_phone(self, shop: Merchant) -> str:
        return shop.masked_phone or "—"

    def save_row(self, row: Merchant, by: Any) -> None:
        settle(row, self.street_from, by)
        frontage.enter(row, by=by)

    @action(description=_("Card and QR code"), url_path="card", icon="qr_code")
    def open_card(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("grids:frontage_card", plate=self._plate(request, object_id))

    @action(description=_("Check this shop"), url_path="check", icon="fact_check")
    def open_check(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("grids:frontage_check", plate=self._plate(request, object_id))

    @action(description=_("Plate for the door"), url_path="door", icon="print")
    def open_door(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("grids:frontage_door", plate=self._plate(request, object_id))

    def _plate(self, request: HttpRequest, object_id: str) -> str:
        return get_object_or_404(self.get_queryset(request), pk=object_id).plate

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "frontage.publish")

    @admin.action(description=_("Approve: show to the public"), permissions=["publish"])
    def publish_rows(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._settle(request, queryset, lambda shop: frontage.publish(shop, by=request.user))

    @admin.action(description=_("Take from the public"), permissions=["publish"])
    def withdraw_rows(self, request: HttpRequest, queryset: QuerySet) -> None:
        because = gettext("Taken from the public in the list of the office.")
        self._settle(
            request, queryset, lambda shop: frontage.withdraw(shop, by=request.user, because=because)
        )

    def _settle(self, request: HttpRequest, queryset: QuerySet, verb: Any) -> None:
        done, refused = 0, []
        for shop in queryset:
            try:
                verb(shop)
                done += 1
            except Refused as refusal:
                refused.append(f"{shop}: {refusal}")
        messages.info(request, gettext("%(count)d shops decided on.") % {"count": done})
        for line in refused[:10]:
            messages.warning(request, line)


class InspectionForm(forms.ModelForm):
    """A check entered at the desk: what was not met, what does not apply; all else was met."""

    not_met = forms.ModelMultipleChoiceField(
        FrontageItem.objects.none(), required=False, label=_("not met"), widget=forms.CheckboxSelectMultiple
    )
    not_applicable = forms.ModelMultipleChoiceField(
        FrontageItem.objects.none(),
        required=False,
        label=_("not applicable"),
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any] | None:
        said = super().clean()
        given = {name: set(self.cleaned_data.get(name) or ()) for name in ("not_met", "not_applicable")}
        if given["not_met"] & given["not_applicable"]:
            raise ValidationError(_("An item is either not met or does not apply."))
        self.instance.said = given
        return said


class FindingInline(ScopedInline):
    model = FrontageFinding
    changes = None
    fields = ("item", "value")


@admin.register(FrontageInspection)
class FrontageInspectionAdmin(ReadOnlyAdmin):
    changes = "frontage.inspect"
    form = InspectionForm
    list_display = (
        "merchant",
        "day",
        "status",
        "score",
        "full_score",
        "rectify_by",
        "set_aside_on",
        "inspector",
    )
    list_filter = ("status",)
    search_fields = ("merchant__name", "merchant__address")
    list_select_related = ("merchant", "inspector")
    date_hierarchy = "day"
    autocomplete_fields = ("merchant",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return ["merchant", "day", "not_met", "not_applicable", "rectify_by", "note"]
        return [
            "merchant", "standard", "day", "score", "full_score", "status", "valid_until", "rectify_by", "recheck_of",
            "set_aside_on", "note", "inspector",
        ]  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [FindingInline] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        for name in ("not_met", "not_applicable"):
            if name in form.base_fields:
                items = FrontageItem.objects.visible_to(request.user)
                form.base_fields[name].queryset = items.select_related("standard").order_by(
                    "-standard__since", "order"
                )
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what was seen stays; the next check says what is so now

    def save_row(self, row: FrontageInspection, by: Any) -> None:
        items = frontage.items_on(row.merchant.committee, row.day)
        answers = {item.pk: "yes" for item in items}
        said = getattr(row, "said", {})
        answers |= {item.pk: "no" for item in said.get("not_met", ())}
        answers |= {item.pk: "na" for item in said.get("not_applicable", ())}
        made = frontage.inspect(
            row.merchant, answers, by=by, day=row.day, note=row.note, rectify_by=row.rectify_by
        )
        row.__dict__.update({name: value for name, value in made.__dict__.items() if name != "_state"})


@admin.register(FrontageAppeal)
class FrontageAppealAdmin(ReadOnlyAdmin):
    list_display = ("inspection", "filed_at", "filed_by", "decision", "decided_by", "decided_at")
    list_filter = ("decision",)
    search_fields = ("inspection__merchant__name",)
    list_select_related = ("inspection__merchant", "filed_by", "decided_by")


@admin.register(Pledge)
class PledgeAdmin(ReadOnlyAdmin):
    list_display = ("merchant", "version", "signed_on", "entered_by")
    list_filter = (("version", WithinScope),)
    search_fields = ("merchant__name",)
    list_select_related = ("merchant", "version", "entered_by")


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ("merchant", "shown", "because", "by", "at")
    list_filter = ("shown",)
    search_fields = ("merchant__name",)
    list_select_related = ("merchant", "by")


@admin.register(PledgeVersion)
class PledgeVersionAdmin(PlacedAdmin):
    list_display = ("version", "since")
    street_from = ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.pledges.exists())


@admin.register(FrontageDuty)
class FrontageDutyAdmin(PlacedAdmin):
    list_display = ("name", "code", "text", "order")
    street_from = ()


class FrontageItemInline(ScopedInline):
    model = FrontageItem
    fields = ("order", "duty", "text", "full_score", "veto")


@admin.register(FrontageStandard)
class FrontageStandardAdmin(PlacedAdmin):
    list_display = ("edition", "since", "pass_percent", "rectify_days", "appeal_days", "valid_days")
    inlines = (FrontageItemInline,)
    street_from = ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What was judged by an edition stays understandable: a change is a new edition.
        return super().has_change_permission(request, obj) and not (obj and obj.inspections.exists())


@admin.register(CardScheme)
class CardSchemeAdmin(PlacedAdmin):
    list_display = ("since", "fulfilled", "unfulfilled", "because", "decided_by", "decided_at")
    list_select_related = ("decided_by",)
    street_from = ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a change of meaning is a new row, from a day on

    def save_row(self, row: CardScheme, by: Any) -> None:
        settle(row, self.street_from, by)
        made = frontage.set_scheme(
            row.committee, since=row.since, fulfilled=row.fulfilled, unfulfilled=row.unfulfilled,
            because=row.because, by=by,
        )  # fmt: skip
        row.pk, row.decided_by, row.decided_at = made.pk, made.decided_by, made.decided_at
