"""The page on which a workbook is taken in; each subject brings its columns and its verb."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import WorkbookForm, refuse
from campaign.imports import Outcome

Take = Callable[[Any, bool], Outcome]
"""called with the file and whether it is a dry run"""


def import_page(
    request: HttpRequest,
    take: Take,
    *,
    heading: object,
    lead: object,
    template_url: str,
    back_url: str,
    back_text: object,
) -> HttpResponse:
    """Offer the template and the form; answer a file with what came of it, cell by cell, or go back to the list.

    `template_url`: address of the empty workbook. `back_url`: the list to which a finished import leads.
    """
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form, outcome = WorkbookForm(*sent), None
    status = status_of(form)
    if form.is_bound and form.is_valid():
        try:
            outcome = take(form.cleaned_data["file"], "check" in request.POST)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            status = 400 if outcome.problems else 200
            if outcome.done:
                told = {"new": outcome.new, "changed": outcome.changed, "same": outcome.same}
                said = _("Taken in: %(new)d new, %(changed)d changed, %(same)d as they were.") % told
                messages.success(request, said)
                return redirect(back_url)
    context = {
        "form": form,
        "outcome": outcome,
        "heading": heading,
        "lead": lead,
        "template_url": template_url,
        "back_url": back_url,
        "back_text": back_text,
    }
    return render(request, "campaign/import.html", context, status=status)
