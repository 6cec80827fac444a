"""The 1+3+7+n: one committee, its three teams, its communities, and the units that take part."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.scoping import Scope


class Committee(CountedModel):
    """The street party working committee: the "1", and the tenant. Streets in one installation never meet."""

    scope = Scope(committee="pk", reference=True)
    name = models.CharField(_("name"), max_length=60, unique=True, help_text=_("As on the seal."))
    short_name = models.CharField(
        _("short name"), max_length=20, help_text=_("As people say it, such as the street's name.")
    )
    slug = models.SlugField(_("name in addresses"), max_length=40, unique=True)
    host = models.CharField(
        _("host name"),
        max_length=120,
        blank=True,
        help_text=_("Only when several streets share one installation."),
    )
    district = models.CharField(_("district"), max_length=40, blank=True)
    since = models.DateField(_("since"))
    telephone = models.CharField(_("office telephone"), max_length=30, blank=True)
    about = models.TextField(_("what the campaign is"), blank=True)
    icp_number = models.CharField(_("ICP filing number"), max_length=60, blank=True)
    police_number = models.CharField(_("public-security filing number"), max_length=60, blank=True)
    site_code = models.CharField(_("government site code"), max_length=40, blank=True)
    is_demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.short_name


class Team(CountedModel):
    """One of the "3": party members, civilised units, volunteers."""

    class Kind(models.TextChoices):
        PARTY = "party", _("party members' team")
        UNIT = "unit", _("civilised units' team")
        VOLUNTEER = "volunteer", _("volunteers' team")

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="teams", verbose_name=_("committee")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=60)
    duty = models.CharField(_("what it does"), max_length=200, blank=True)
    since = models.DateField(_("since"))

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["committee", "pk"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class Community(CountedModel):
    """One of the "7": a residents' community under the street."""

    scope = Scope(committee="committee", community="pk", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="communities", verbose_name=_("committee")
    )
    name = models.CharField(_("name"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    since = models.DateField(_("since"))
    feature = models.CharField(_("what it is known for"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        ordering = ["committee", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="community_name_once")]

    def __str__(self) -> str:
        return self.name


class Unit(CountedModel):
    """One of the "n": a civilised unit, a residential quarter, a department, a firm that takes part."""

    class Kind(models.TextChoices):
        CIVILISED = "civilised", _("civilised unit")
        QUARTER = "quarter", _("residential quarter")
        DEPARTMENT = "department", _("department")
        FIRM = "firm", _("firm")

    scope = Scope(committee="committee", community="community", unit="pk", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="units", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("community"),
        help_text=_("Empty for a department that works for the whole street."),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=120, blank=True)
    since = models.DateField(_("takes part since"))
    until = models.DateField(_("until"), null=True, blank=True)
    caring_since = models.DateField(
        _("caring enterprise since"),
        null=True,
        blank=True,
        help_text=_("The day from which it helps as a caring enterprise."),
    )

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["committee", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="unit_name_once"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="unit_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name
