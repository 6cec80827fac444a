"""What the ladder told a person, and the receipt for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from campaign import keyset
from grids import ladder, words
from grids.views.gates import staff_only

NEWEST_FIRST = ("-id",)


@staff_only
@require_safe
def reminder_list(request: HttpRequest) -> HttpResponse:
    """The person's own reminders that are still to be acknowledged; to open it is to have seen them."""
    rows = ladder.waiting_for(request.user).select_related(
        "escalation__rung", "escalation__case__category", "escalation__case__community"
    )
    page = keyset.page(rows, request.GET.get("cursor"), order=NEWEST_FIRST)
    for row in page.rows:
        row.said = words.rung(row.escalation.rung)
    response = render(request, "grids/reminder_list.html", {"page": page})
    if request.method == "GET":
        ladder.see(request.user, [row.pk for row in page.rows])
    return response


@staff_only
@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Take note of the chosen reminders; of another person's nothing happens."""
    chosen = [
        int(key)
        for key in request.POST.getlist("reminder")
        if key.isascii() and key.isdigit() and len(key) < 19
    ]
    if not chosen:
        messages.warning(request, _("Choose at least one reminder."))
        return redirect("grids:reminder_list")
    taken = ladder.acknowledge(request.user, chosen)
    said = ngettext(
        "Reminders of %(count)d case acknowledged.", "Reminders of %(count)d cases acknowledged.", taken
    )
    messages.success(request, said % {"count": taken})
    return redirect("grids:reminder_list")
