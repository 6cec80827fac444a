"""Stages and their goals. A goal's metric is chosen from what the portal counts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaign import registry
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
    list_display = ("metric_title", "stage", "community", "target", "answerable")
    list_filter = (("stage", WithinScope), ("community", WithinScope))
    search_fields = ("answerable", "stage__name")
    list_select_related = ("stage", "community")

    @admin.display(description=_("metric"), ordering="metric")
    def metric_title(self, goal: Goal) -> str:
        metric = registry.metrics.get(goal.metric)
        return str(metric.title) if metric else goal.metric
