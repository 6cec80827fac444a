"""How a street words its messages, which groups hear of what, and what became of each message."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from campaign import messages, registry
from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, WithinScope
from campaign.models import Message, MessageWording, RobotHook


def _occasions() -> list[tuple[str, Any]]:
    return [(wording.key, wording.title) for wording in registry.wordings.values()]


@admin.register(MessageWording)
class MessageWordingAdmin(PlacedAdmin):
    street_from = ()
    deletable = True
    list_display = ("__str__", "subject", "text")
    readonly_fields = ("names", "preview", "own_words")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "wording":
            return forms.ChoiceField(label=_("occasion"), choices=_occasions)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("names that may stand in braces"))
    def names(self, row: MessageWording) -> str:
        known = registry.wordings.get(row.wording)
        return "  ".join(f"{{{name}}}" for name in known.sample) if known else "—"

    @admin.display(description=_("as people will read it"))
    def preview(self, row: MessageWording) -> str:
        known = registry.wordings.get(row.wording)
        if not known or not row.pk:
            return "—"
        return format_html_join(
            "\n", "<p>{}</p>", [(part,) for part in messages.worded(known, row.committee, known.sample)]
        )

    @admin.display(description=_("the portal's own words"))
    def own_words(self, row: MessageWording) -> str:
        known = registry.wordings.get(row.wording)
        return f"{known.subject} · {known.text}" if known else "—"


@admin.register(RobotHook)
class RobotHookAdmin(PlacedAdmin):
    deletable = True
    list_display = ("name", "kind", "community", "topics", "is_active")
    list_filter = ("kind", ("community", WithinScope))
    list_select_related = ("community",)
    export_fields = ("name", "kind", "community", "topics", "is_active")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "secret":
            kwargs["widget"] = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_row(self, row: RobotHook, by: Any) -> None:
        if row.pk and not row.secret:  # left empty: the secret that was there stays
            row.secret = RobotHook.objects.get(pk=row.pk).secret
        super().save_row(row, by)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """What was told, and what became of it by each way. Whose telephone it went to is not kept after it went."""

    list_display = ("subject", "recipient", "sent_at", "read_at", "ways")
    list_filter = ("wording",)
    list_select_related = ("recipient",)
    date_hierarchy = "sent_at"
    export_fields = ("subject", "sent_at", "read_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("deliveries")

    @admin.display(description=_("delivery"))
    def ways(self, message: Message) -> str:
        return (
            "、".join(f"{one.get_channel_display()}：{one.said_state()}" for one in message.deliveries.all())
            or "—"
        )
