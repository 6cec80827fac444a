"""What the portal told me, and how I wish to be told."""

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign import gateways, keyset, messages
from campaign.errors import Refused
from campaign.forms import WishForm, refuse
from campaign.models import ContactWish, Message


@login_required
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """My messages, the newest first."""
    mine = Message.objects.filter(recipient=request.user)
    context = {
        "page": keyset.page(mine, request.GET.get("cursor"), order=("-sent_at", "-pk"), size=30),
        "unread": messages.unread(request.user),
    }
    return render(request, "campaign/message_list.html", context)


@login_required
@require_POST
def message_open(request: HttpRequest, pk: int) -> HttpResponse:
    """I have read it; on to where it leads."""
    message = get_object_or_404(Message, pk=pk, recipient=request.user)
    messages.read(request.user, message.pk)
    inside = message.path and url_has_allowed_host_and_scheme(message.path, allowed_hosts=None)
    return redirect(message.path if inside else "campaign:message_list")


@login_required
@require_POST
def messages_read(request: HttpRequest) -> HttpResponse:
    """I have read them all."""
    messages.read(request.user)
    return redirect("campaign:message_list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact_wish(request: HttpRequest) -> HttpResponse:
    """How I wish to be told."""
    kept = ContactWish.objects.filter(user=request.user).first() or ContactWish(user=request.user)
    initial = {name: getattr(kept, name) for name in ("by_sms", "email", "by_email", "digest")}
    form, status = WishForm(request.POST or None, initial=initial, mail=gateways.can("email")), 0
    if request.method == "POST" and form.is_valid():
        try:
            kept = messages.wish(request.user, **{**initial, **form.cleaned_data})
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            waits = kept.email and not kept.confirmed_at
            told = _("Saved. Open the link that was sent to the address.") if waits else _("Saved.")
            flash.success(request, told)
            return redirect("campaign:contact_wish")
    context = {"form": form, "wish": kept}
    return render(request, "campaign/contact_wish.html", context, status=status or status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the e-mail: a button, for mail programs open links by themselves."""
    if request.method == "POST":
        if messages.confirm_email(request.user, token):
            flash.success(request, _("The address is confirmed."))
        else:
            flash.error(request, _("This link is not valid any more. Save the address anew."))
        return redirect("campaign:contact_wish")
    return render(request, "campaign/confirm_email.html")
