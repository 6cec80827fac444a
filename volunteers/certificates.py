"""Certificates of service: asked for, put on public notice, issued with a number and a seal, checked by anybody.

Rules: Order 67 of the Ministry of Civil Affairs (who may issue; 谁组织谁记录、谁记录谁证明), 民发〔2015〕149号
(fields, register, seven days of notice). Every figure is the ledger's; nothing is typed.
"""

import datetime
import hashlib
import hmac
import json
import uuid
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from campaign.models import Committee
from campaign.once import write_once
from campaign.roles import may
from volunteers import certificate_paper, hours
from volunteers.models import Certificate, HourEntry, Issuer, Volunteer

S = Certificate.State
KINDS_NAMED = 12
"""so many kinds of service stand on the paper; the rest is one line"""


def issuers_for(volunteer: Volunteer, day: datetime.date | None = None) -> Any:
    """Who may certify this person's hours: bodies of the street and of the own community, while they stand."""
    day = day or timezone.localdate()
    near = Q(community=None) | Q(community=volunteer.community_id)
    return Issuer.objects.filter(near, Q(until=None) | Q(until__gt=day), committee=volunteer.committee_id)


def request(
    volunteer: Volunteer,
    *,
    issuer: Issuer,
    first_day: datetime.date,
    last_day: datetime.date,
    by: Any,
    purpose: str = "",
    document: str = "",
    form_key: uuid.UUID | None = None,
) -> Certificate:
    """Ask for a certificate of the hours between two days. The same `form_key` again gives the first one.

    Of `document` (an identity number, if a school or office wants one on the paper) the last four signs are
    kept. Raises Refused for a stranger, a body that may not certify here, days that have not passed, no hours.
    """
    if not (volunteer.user_id == getattr(by, "pk", None) or _certifies(volunteer, by)):
        raise Refused(_("A certificate is asked for by the volunteer or by the community."), "role")
    if not issuers_for(volunteer).filter(pk=issuer.pk).exists():
        raise Refused(_("This body does not certify hours of this community. Choose another."), "issuer")
    if not first_day <= last_day <= timezone.localdate():
        raise Refused(_("Choose days that have passed, the first before the last."), "days")
    served = served_between(volunteer, first_day, last_day)
    if served["minutes"] <= 0:
        raise Refused(_("The ledger holds no hours between these days."), "no_hours")
    made = Certificate(
        committee_id=volunteer.committee_id,
        community_id=volunteer.community_id,
        volunteer=volunteer,
        issuer=issuer,
        first_day=first_day,
        last_day=last_day,
        purpose=" ".join(purpose.split())[:60],
        document=_last_four(document),
        requested_at=timezone.now(),
        requested_by=by,
        form_key=form_key,
        **served,
    )
    return write_once(partial(_saved, made), partial(_asked_before, form_key, volunteer))


def _certifies(row: Any, by: Any) -> bool:
    return may(by, "volunteers.certify") and row.is_visible_to(by)


def _saved(certificate: Certificate) -> Certificate:
    certificate.save()
    return certificate


def _asked_before(form_key: uuid.UUID | None, volunteer: Volunteer) -> Certificate | None:
    found = Certificate.objects.filter(form_key=form_key).first() if form_key else None
    if found and found.volunteer_id != volunteer.pk:
        raise Refused(_("This form was used before. Open it anew."), "form_key")
    return found


def _last_four(document: str) -> str:
    bare = "".join(sign for sign in document if sign.isalnum())
    return f"****{bare[-4:].upper()}" if len(bare) > 4 else ""


def served_between(volunteer: Volunteer, first: datetime.date, last: datetime.date) -> dict[str, int]:
    """What the ledger holds between two days, both counted: minutes, corrections included, and times."""
    ledger = HourEntry.objects.filter(volunteer=volunteer, day__range=(first, last))
    found = ledger.aggregate(minutes=Sum("minutes"), times=Count("pk", filter=Q(reason="served")))
    return {"minutes": max(found["minutes"] or 0, 0), "times": found["times"]}


@transaction.atomic
def put_on_notice(certificate: Certificate, *, by: Any, day: datetime.date | None = None) -> Certificate:
    """Show for seven days (`CERTIFICATE_NOTICE_DAYS`) what is to be certified, as the ledger has it now.

    Again on notice goes also what was noticed before, when the ledger has changed since.
    """
    certificate = _mine_to_decide(certificate, by, S.REQUESTED, S.NOTICED)
    served = served_between(certificate.volunteer, certificate.first_day, certificate.last_day)
    if certificate.state == S.NOTICED and served["minutes"] == certificate.minutes:
        return certificate
    if served["minutes"] <= 0:
        raise Refused(_("The ledger holds no hours between these days."), "no_hours")
    certificate.state, certificate.noticed_by = S.NOTICED, by
    certificate.minutes, certificate.times = served["minutes"], served["times"]
    certificate.noticed_on = day or timezone.localdate()
    certificate.notice_until = certificate.noticed_on + datetime.timedelta(
        days=settings.CERTIFICATE_NOTICE_DAYS
    )
    certificate.save()
    return certificate


@transaction.atomic
def issue(certificate: Certificate, *, by: Any, site: str, day: datetime.date | None = None) -> Certificate:
    """Enter it in the register under the year's next number, draw the paper, seal both. Once: again it is returned.

    `site` is the portal's address, such as https://…/, for the QR code. Raises Refused before the notice has
    ended, when the ledger has changed since, and for who asked for it (a second person issues it).
    """
    day = day or timezone.localdate()
    if certificate.state == S.ISSUED:
        return certificate
    certificate = _mine_to_decide(certificate, by, S.NOTICED, S.ISSUED)
    if certificate.state == S.ISSUED:  # somebody pressed at the same moment
        return certificate
    if day <= certificate.notice_until:
        until = {"day": certificate.notice_until.isoformat()}
        raise Refused(_("The public notice runs until %(day)s. Issue it afterwards.") % until, "notice")
    if certificate.requested_by_id == by.pk:
        raise Refused(_("Whoever asked for it does not issue it: a second person does."), "second_person")
    volunteer = hours.lock(certificate.volunteer_id)
    served = served_between(volunteer, certificate.first_day, certificate.last_day)
    if served["minutes"] != certificate.minutes:
        raise Refused(
            _("The hours were corrected since the notice began. Put it on notice again."), "changed"
        )
    if not issuers_for(volunteer, day).filter(pk=certificate.issuer_id).exists():
        raise Refused(_("The issuer no longer certifies here. Refuse it, and ask anew."), "issuer")
    certificate.year, certificate.number = day.year, _next_number(certificate.committee_id, day.year)
    certificate.state, certificate.issued_on, certificate.issued_by = S.ISSUED, day, by
    certificate.contents = _contents(certificate)
    certificate.pdf = certificate_paper.draw(certificate.contents, check_address(certificate, site))
    certificate.pdf_digest = hashlib.sha256(certificate.pdf).hexdigest()
    certificate.seal = _seal(certificate)
    certificate.save()
    return certificate


@transaction.atomic
def refuse(certificate: Certificate, *, by: Any, note: str) -> Certificate:
    """Say no to a request, or to one on notice, and why."""
    certificate = _mine_to_decide(certificate, by, S.REQUESTED, S.NOTICED)
    return _end(certificate, S.REFUSED, by, note)


@transaction.atomic
def revoke(certificate: Certificate, *, by: Any, note: str) -> Certificate:
    """Take an issued certificate back: its number stays in the register, the check page says so."""
    return _end(_mine_to_decide(certificate, by, S.ISSUED), S.REVOKED, by, note)


def _end(certificate: Certificate, state: str, by: Any, note: str) -> Certificate:
    if not note.strip():
        raise Refused(_("Say why in a sentence."), "note")
    certificate.state, certificate.note = state, note.strip()[:200]
    certificate.ended_at, certificate.ended_by = timezone.now(), by
    certificate.save(update_fields=["state", "note", "ended_at", "ended_by"])
    return certificate


def _mine_to_decide(certificate: Certificate, by: Any, *states: str) -> Certificate:
    """The row as it stands now, locked; raises Refused unless `by` decides on it and it is in one of `states`."""
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("volunteer", "issuer")
    found = rows.get(pk=certificate.pk)
    if not _certifies(found, by):
        raise Refused(_("The street office or the community secretary decides on this."), "role")
    if found.volunteer.user_id == by.pk:
        raise Refused(_("Nobody decides on their own hours."), "own")
    if found.state not in states:
        state = {"state": found.get_state_display()}
        raise Refused(_("The certificate is now “%(state)s”, so this cannot be done.") % state, "state")
    return found


def _next_number(committee: int, year: int) -> int:
    """The register has no gap and no number twice: one at a time takes the next."""
    Committee.objects.select_for_update(no_key=True).get(pk=committee)
    taken = Certificate.objects.filter(committee=committee, year=year).aggregate(last=Max("number"))["last"]
    return (taken or 0) + 1


# --- What stands on it, and whether it is still so ---------------------------------------------------
def _contents(certificate: Certificate) -> dict[str, Any]:
    """The fields of 民发〔2015〕149号, frozen: later changes of names or bodies do not reach the paper."""
    volunteer, issuer = certificate.volunteer, certificate.issuer
    return {
        "serial": certificate.serial,
        "code": certificate.code,
        "name": volunteer.name,
        "volunteer_number": volunteer.number,
        "document": certificate.document,
        "first_day": certificate.first_day.isoformat(),
        "last_day": certificate.last_day.isoformat(),
        "minutes": certificate.minutes,
        "times": certificate.times,
        "services": _services(certificate),
        "purpose": certificate.purpose,
        "issuer": issuer.name,
        "person_in_charge": issuer.person_in_charge,
        "handler": issuer.handler,
        "telephone": issuer.telephone,
        "issued_on": certificate.issued_on.isoformat(),
    }


def _services(certificate: Certificate) -> list[dict[str, Any]]:
    """What was done, the most hours first; what has no place on the paper is one line at the end."""
    ledger = HourEntry.objects.filter(
        volunteer=certificate.volunteer_id, day__range=(certificate.first_day, certificate.last_day)
    )
    grouped = (
        ledger.order_by()
        .values("what")
        .annotate(minutes=Sum("minutes"), times=Count("pk", filter=Q(reason="served")))
        .filter(minutes__gt=0)
        .order_by("-minutes", "what")
    )
    rows = [{"what": row["what"], "times": row["times"], "minutes": row["minutes"]} for row in grouped]
    named, rest = rows[:KINDS_NAMED], rows[KINDS_NAMED:]
    if rest:
        times, minutes = (sum(row[key] for row in rest) for key in ("times", "minutes"))
        named.append({"what": "", "times": times, "minutes": minutes})
    return named


def _seal(certificate: Certificate, secret: str | None = None) -> str:
    told = json.dumps(certificate.contents, sort_keys=True, ensure_ascii=False)
    message = (
        f"{certificate.code}\n{certificate.serial}\n{certificate.minutes}\n{certificate.pdf_digest}\n{told}"
    )
    return salted_hmac("volunteers.certificate", message, secret=secret, algorithm="sha256").hexdigest()


def is_intact(certificate: Certificate) -> bool:
    """Whether the entry in the register still is what was sealed; any altered field breaks the seal."""
    secrets = (None, *settings.SECRET_KEY_FALLBACKS)
    whole = hashlib.sha256(bytes(certificate.pdf or b"")).hexdigest() == certificate.pdf_digest
    return whole and any(
        constant_time_compare(certificate.seal, _seal(certificate, secret)) for secret in secrets
    )


def is_the_paper(certificate: Certificate, sent: bytes) -> bool:
    """Whether a file is, byte for byte, the certificate that was issued."""
    return hmac.compare_digest(hashlib.sha256(sent).hexdigest(), certificate.pdf_digest)


def check_address(certificate: Certificate, site: str) -> str:
    """Where anybody checks it; the QR code says this."""
    return site.rstrip("/") + reverse("volunteers:certificate_check", args=[certificate.code])
