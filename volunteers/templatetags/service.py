"""How service is said in templates."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_hours(minutes: Any) -> Decimal:
    """Minutes as hours with at most one decimal: 90 -> 1.5; a correction keeps its sign."""
    hours = (Decimal(int(minutes or 0)) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return hours.quantize(Decimal(1)) if hours == hours.to_integral_value() else hours
