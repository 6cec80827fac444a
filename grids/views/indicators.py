"""The indicators of a statistical month: page, print and workbook."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaign import sheets, tallies
from campaign.models import Committee
from campaign.views.gates import street_or_404
from grids import indicators
from grids.indicators import Sheet
from grids.views.gates import reports_only


@reports_only
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Every indicator of the month, of the street and of each community, each with both its numbers."""
    street = street_or_404(request)
    sheet, wrong = _asked(request, street)
    months = list(indicators.last_months(street))
    if sheet.month not in months:
        months.append(sheet.month)
    context: dict[str, Any] = {
        "street": street,
        "sheet": sheet,
        "months": months,
        "days": f"?first={sheet.month.first:%Y-%m-%d}&last={sheet.month.last:%Y-%m-%d}",
        "wrong": wrong,
        "as_of": tallies.as_of(),
    }
    return render(request, "grids/indicator_list.html", context, status=400 if wrong else 200)


@reports_only
@require_safe
def indicator_export(request: HttpRequest) -> HttpResponse:
    """The same as a workbook: a row an indicator and place, with part, whole, percentage and definition."""
    street = street_or_404(request)
    sheet, wrong = _asked(request, street)
    if wrong:
        return indicator_list(request)
    headings = [
        _("indicator"), _("where"), _("number"), _("of"), _("percent"), _("from"), _("until"), _("definition"),
    ]  # fmt: skip
    places = [(street.name, sheet.street), *((place.name, shares) for place, shares in sheet.communities)]
    rows = [
        (
            share.indicator.title, name, share.part, share.whole, share.percent, sheet.month.first,
            sheet.month.last, f"{share.indicator.part.definition} {share.indicator.whole.definition}",
        )
        for name, shares in places
        for share in shares
    ]  # fmt: skip
    return sheets.answer("indicators", sheets.workbook(_("Indicators"), headings, rows))


def _asked(request: HttpRequest, street: Committee) -> tuple[Sheet, bool]:
    """The sheet of the month asked for; that of today, and True, for a month that is none."""
    try:
        month, wrong = indicators.month_asked(street, request.GET.get("month", "")), False
    except ValueError:
        month, wrong = indicators.month_asked(street, ""), True
    return indicators.sheet(street, month), wrong
