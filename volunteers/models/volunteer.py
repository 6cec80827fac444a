from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import phones
from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel
from volunteers.models.skill import Skill


class Volunteer(CountedModel):
    """A registered volunteer. Only what is needed: name, number, phone, community. No identity number."""

    scope = Scope(
        committee="committee", community="community", leader="memberships__team__leader", own="user"
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="volunteers", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="volunteers", verbose_name=_("community")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="volunteer",
        verbose_name=_("account"),
    )
    number = models.CharField(
        _("volunteer number"), max_length=16, unique=True, help_text=_("Our own; never an identity number.")
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40)
    phone = models.CharField(_("mobile number"), max_length=11, validators=[phones.check])
    joined_on = models.DateField(_("registered on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
        help_text=_("Only for positions that have a minimum age."),
    )
    skills = models.ManyToManyField(
        Skill, blank=True, related_name="volunteers", verbose_name=_("what I can do")
    )
    is_demo = models.BooleanField(_("demo person"), default=False)
    erased_at = models.DateTimeField(
        _("data deleted at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Name and number are gone for good; the hours stay under the volunteer number."),
    )

    class Meta:
        verbose_name = _("volunteer")
        verbose_name_plural = _("volunteers")
        ordering = ["-joined_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "phone"], name="volunteer_phone_once_a_street")
        ]
        indexes = [
            models.Index(fields=["joined_on"], name="volunteer_counted"),
            models.Index(fields=["community", "-joined_on", "-id"], name="volunteer_listed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        return phones.mask(self.phone) if self.has_phone else ""

    @property
    def has_phone(self) -> bool:
        """A child may have none, and who had the data deleted has none left."""
        return self.phone.startswith("1")


class Consent(ScopedModel):
    """That a person agreed to the privacy notice of a version, and when (PIPL articles 13–17).

    A log: who takes it back and agrees anew has two rows."""

    scope = Scope(committee="volunteer__committee", community="volunteer__community", own="volunteer__user")
    volunteer = models.ForeignKey(
        Volunteer, models.CASCADE, related_name="consents", verbose_name=_("volunteer")
    )
    notice = models.CharField(_("version of the notice"), max_length=20)
    given_at = models.DateTimeField(_("given at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "notice"],
                condition=models.Q(withdrawn_at=None),
                name="consent_once_a_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.notice}"
