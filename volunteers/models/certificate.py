"""Certificates of service hours, as the Ministry's rule wants them (Order 67 of 2020; 民发〔2015〕149号)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign import spoken
from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel
from volunteers.models.volunteer import Volunteer


def new_code() -> str:
    """Sixteen signs, 79 bits: whoever holds the paper may check it, nobody else finds it."""
    return spoken.code(16)


class Issuer(ScopedModel):
    """Who may certify hours: whoever organised the service and kept the record. A street office may not."""

    class Kind(models.TextChoices):
        """The bodies that Order 67, article 15, allows."""

        VOLUNTEER_BODY = "volunteer_body", _("volunteer organisation")
        CHARITY = "charity", _("charity")
        SELF_GOVERNMENT = "self_government", _("residents' committee")
        ORGANISER = "organiser", _("organiser of the activity")
        PUBLIC_SERVICE = "public_service", _("public service body")

    scope = Scope(committee="committee", community="community", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="issuers", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="issuers",
        verbose_name=_("community"),
        help_text=_("Leave it empty if it certifies for the whole street."),
    )
    name = models.CharField(pgettext_lazy("organisation", "name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    person_in_charge = models.CharField(_("person in charge"), max_length=40)
    handler = models.CharField(_("handled by"), max_length=40)
    telephone = models.CharField(
        _("office telephone"), max_length=30, help_text=_("Stands on the paper, so that a school can ask.")
    )
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("issuer of certificates")
        verbose_name_plural = _("issuers of certificates")
        ordering = ["committee", "name"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="issuer_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=("volunteer_body", "charity", "self_government", "organiser", "public_service")
                ),
                name="issuer_is_one_the_rule_allows",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Certificate(ScopedModel):
    """A certificate: asked for, on public notice, issued with a number, or not. What was issued is frozen.

    `volunteers.certificates` alone writes it. The paper itself (`pdf`) is kept, so that a copy can be compared.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("asked for")
        NOTICED = "noticed", _("on public notice")
        ISSUED = "issued", _("issued")
        REFUSED = "refused", _("refused")
        REVOKED = "revoked", _("revoked")

    scope = Scope(committee="committee", community="community", own="volunteer__user")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="certificates", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="certificates", verbose_name=_("community")
    )
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="certificates", verbose_name=_("volunteer")
    )
    issuer = models.ForeignKey(
        Issuer, models.PROTECT, related_name="certificates", verbose_name=_("issuer of certificates")
    )
    code = models.CharField(_("check code"), max_length=16, unique=True, default=new_code, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REQUESTED)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    purpose = models.CharField(_("what it is for"), max_length=60, blank=True)
    document = models.CharField(
        _("identity document, as printed"),
        max_length=40,
        blank=True,
        help_text=_("The last four signs alone; the whole number is not kept."),
    )
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    times = models.PositiveIntegerField(_("times served"), default=0)
    requested_at = models.DateTimeField(_("asked for at"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    noticed_on = models.DateField(_("on notice since"), null=True, blank=True)
    notice_until = models.DateField(_("on notice until"), null=True, blank=True)
    noticed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("put on notice by"),
    )
    year = models.PositiveSmallIntegerField(
        _("year of the register"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1950), MaxValueValidator(2200)],
    )
    number = models.PositiveIntegerField(_("number in the register"), null=True, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("issued by"),
    )
    contents = models.JSONField(_("what stands on the paper"), default=dict, blank=True, editable=False)
    seal = models.CharField(_("seal of the entry"), max_length=64, blank=True, editable=False)
    pdf = models.BinaryField(_("paper"), null=True, blank=True, editable=False)
    pdf_digest = models.CharField(_("digest of the paper"), max_length=64, blank=True, editable=False)
    ended_at = models.DateTimeField(_("refused or revoked at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("refused or revoked by"),
    )
    note = models.CharField(_("why refused or revoked"), max_length=200, blank=True)
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("certificate of service")
        verbose_name_plural = _("certificates of service")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year", "number"], name="certificate_number_once"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="certificate_runs_forward"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("issued", "revoked"))
                | (Q(number__isnull=False) & Q(issued_on__isnull=False) & ~Q(seal="")),
                name="issued_certificate_is_registered",
            ),
        ]
        indexes = [
            models.Index(fields=["committee", "-requested_at", "-id"], name="certificate_listed"),
            models.Index(fields=["volunteer", "-requested_at"], name="certificate_of_volunteer"),
        ]

    def __str__(self) -> str:
        return self.serial or self.code

    @property
    def serial(self) -> str:
        """The number in the register as it is written on paper: 2026-0007; empty before it is issued."""
        return f"{self.year}-{self.number:04d}" if self.number else ""
