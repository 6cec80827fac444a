"""What the templates of the streets say often."""

from typing import Any

from django import template

from grids import words
from grids.models import Case

register = template.Library()


@register.simple_tag
def case_state(case: Case) -> dict[str, Any]:
    """Tone and word of a case's badge."""
    return words.tone_of(case)


@register.simple_tag
def case_lamp(case: Case) -> dict[str, Any] | None:
    """How the case's clocks stand."""
    return words.lamp_of(case)


@register.filter
def rule_in_words(rule: str) -> str:
    """How often a plan is walked."""
    return words.rule_in_words(rule)
