"""The year's report, as a page that prints and as a Word file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaign import reports
from campaign.reports.word import CONTENT_TYPE
from campaign.streets import street_of
from campaign.views.gates import needs, street_or_404

EARLIEST = 1950


@require_safe
@needs("reports.read")
def newest_report(request: HttpRequest) -> HttpResponse:
    """The report of the year that runs; of the demo, the year that it is about."""
    street = street_of(request)
    year = 2020 if street and street.is_demo else timezone.localdate().year
    return redirect("campaign:year_report", year=year)


@require_safe
@needs("reports.read")
def year_report(request: HttpRequest, year: int) -> HttpResponse:
    """The report of a year, each figure a link to its definition and rows."""
    report = _report(request, year)
    context = {
        "report": report,
        "year": year,
        "this_year": timezone.localdate().year,
        "article": _article(report, year),
    }
    return render(request, "campaign/year_report.html", context)


@require_safe
@needs("reports.read")
def year_report_word(request: HttpRequest, year: int) -> HttpResponse:
    """The same text as a Word file."""
    report = _report(request, year)
    response = HttpResponse(reports.as_word(report), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{report.title}.docx")
    return response


def _report(request: HttpRequest, year: int) -> reports.Report:
    if not EARLIEST <= year <= timezone.localdate().year:
        raise Http404(_("There is no report of that year."))
    return reports.of_year(street_or_404(request), year)


def _article(report: reports.Report, year: int) -> list[reports.Line]:
    """The newspaper's figures beside ours: only for the demo, and only for the year that it is about."""
    return reports.compare(report.committee, year) if report.committee.is_demo and year == 2020 else []
