"""Good deeds, from draft to published."""

from typing import Any

from django.contrib import admin

from campaign import stories
from campaign.admin.scoped import ScopedAdmin, WithinScope
from campaign.models import Story


@admin.register(Story)
class StoryAdmin(ScopedAdmin):
    changes = "stories.write"
    deletable = True
    list_display = ("title", "community", "happened_on", "published_on", "written_by")
    list_filter = (("community", WithinScope),)
    search_fields = ("title", "body")
    list_select_related = ("community", "written_by")
    date_hierarchy = "happened_on"

    fields = ("community", "title", "body", "happened_on", "published_on")

    def save_row(self, row: Story, by: Any) -> None:
        stories.save(row, by)
