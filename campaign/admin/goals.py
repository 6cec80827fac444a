"""Stages and their goals. A goal's metric is chosen from what the portal counts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign import goals, registry, reports
from campaign.admin.scoped import ScopedAdmin, ScopedInline, WithinScope
from campaign.models import Goal, Stage


def metric_choices() -> list[tuple[str, Any]]:
    """Every metric by its title, in the order of its key, so that one subject's stand together."""
    return [(key, f"{metric.title}（{metric.unit}）") for key, metric in sorted(registry.metrics.items())]


class GoalForm(forms.ModelForm):
    metric = forms.ChoiceField(label=_("Metric"), choices=metric_choices)

    class Meta:
        model = Goal
        fields = ("stage", "metric", "community", "target", "answerable")


class GoalLine(ScopedInline):
    model = Goal
    form = GoalForm
    changes = "goals.set"


@admin.register(Stage)
class StageAdmin(ScopedAdmin):
    changes = "goals.set"
    deletable = True
    list_display = ("name", "first_day", "last_day")
    search_fields = ("name",)
    inlines = (GoalLine,)


@admin.register(Goal)
class GoalAdmin(ScopedAdmin):
    changes = "goals.set"
    deletable = True
    form = GoalForm
    list_display = ("metric_title", "stage", "community", "target", "reached", "state", "answerable")
    export_fields = ("metric_title", "stage", "community", "target", "answerable")
    list_filter = (("stage", WithinScope), ("community", WithinScope))
    search_fields = ("answerable", "stage__name")
    list_select_related = ("stage__committee", "community")

    @admin.display(description=_("metric"), ordering="metric")
    def metric_title(self, goal: Goal) -> str:
        metric = registry.metrics.get(goal.metric)
        return str(metric.title) if metric else goal.metric

    def save_row(self, row: Goal, by: Any) -> None:
        goals.save(row, by)

    @admin.display(description=_("reached"))
    def reached(self, goal: Goal) -> str:
        """How much, and how much of the target."""
        standing = self._standing(goal)
        return f"{reports.number(standing.value)}（{standing.percent}%）" if standing else "—"

    @admin.display(description=_("state"))
    def state(self, goal: Goal) -> str:
        """The word of its lamp."""
        standing = self._standing(goal)
        return reports.lamp_word(standing.lamp) if standing else "—"

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list with the standing of all its goals read at once."""
        listed = super().get_changelist_instance(request)
        rows = list(listed.result_list)
        standings = {one.goal.pk: one for one in goals.progresses(rows, timezone.localdate())}
        for goal in rows:
            goal.standing = standings.get(goal.pk)
        listed.result_list = rows
        return listed

    def _standing(self, goal: Goal) -> goals.Progress | None:
        if not hasattr(goal, "standing"):
            goal.standing = next(iter(goals.progresses([goal], timezone.localdate())), None)  # type: ignore[attr-defined]
        return goal.standing  # type: ignore[attr-defined]
