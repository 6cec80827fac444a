"""What the templates of the streets say often."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from campaign.templatetags.portal import as_number, exact, percent_of
from grids import words
from grids.models import Case, Request, Whistle, WhistleTask
from grids.whistles import words as whistle_words

register = template.Library()


@register.simple_tag
def case_state(case: Case) -> str:
    """A case's badge."""
    return _drawn("_state.html", state=case.state, **words.tone_of(case))


@register.simple_tag
def case_lamp(case: Case) -> str:
    """How the case's clocks stand: shape and word; nothing when none runs."""
    lamp = words.lamp_of(case)
    return _drawn("_lamp.html", **lamp) if lamp else ""


def _drawn(fragment: str, **given: Any) -> str:
    told = tuple((name, str(value)) for name, value in sorted(given.items()))
    draw = _draw.__wrapped__ if settings.DEBUG else _draw
    return draw(fragment, told, get_language())


@lru_cache(maxsize=1000)
def _draw(fragment: str, told: tuple[tuple[str, str], ...], language: str) -> str:
    """A fragment with the same words is the same; a list shows the same few badges on every line."""
    return mark_safe(render_to_string(fragment, dict(told)).strip())  # drawn, and escaped, by the template


@register.filter
def rule_in_words(rule: str) -> str:
    """How often a plan is walked."""
    return words.rule_in_words(rule)


@register.simple_tag
def whistle_state(whistle: Whistle) -> dict[str, Any]:
    """Tone and word of a whistle's badge."""
    return whistle_words.tone_of(whistle)


@register.simple_tag
def whistle_task_state(task: WhistleTask) -> dict[str, Any]:
    """Tone and word of the badge of a unit's task."""
    return whistle_words.tone_of_task(task)


@register.simple_tag
def request_state(request: Request) -> dict[str, Any]:
    """Tone and word of a request's badge."""
    return words.tone_of_request(request)


FEWEST = 10
"""below so many a percentage says nothing"""


@register.simple_tag
def rate_of(part: Any, whole: Any) -> str:
    """A share with its n; of fewer than ten only the two numbers: 4/7."""
    n, d = as_number(part), as_number(whole)
    if n is not None and d and d < FEWEST:
        return f"{exact(n)}/{exact(d)}"
    return percent_of(part, whole)
