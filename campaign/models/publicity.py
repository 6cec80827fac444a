from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models.organisation import Committee, Community, Team, Unit
from campaign.scoping import Scope


class PublicityEntry(CountedModel):
    """What was handed out, put up, shown or broadcast on one day at one place, entered once where it happened."""

    class Kind(models.TextChoices):
        OPEN_LETTER = "open_letter", _("open letter")
        ADVERT = "advert", _("public-service advert")
        VIDEO = "video", _("public-service video")
        LED = "led", _("LED screen broadcast")
        LOUDSPEAKER = "loudspeaker", _("loudspeaker broadcast")
        LEAFLET = "leaflet", _("leaflet")

    UNITS = {
        Kind.OPEN_LETTER: _("copies"),
        Kind.ADVERT: _("pieces"),
        Kind.VIDEO: _("showings"),
        Kind.LED: _("times"),
        Kind.LOUDSPEAKER: _("times"),
        Kind.LEAFLET: _("copies"),
    }

    scope = Scope(committee="committee", community="community", unit="unit")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="publicity", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="publicity", verbose_name=_("community")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    day = models.DateField(_("day"))
    quantity = models.PositiveIntegerField(
        _("quantity"), validators=[MinValueValidator(1)],
        help_text=_("Copies, pieces, showings or times, as the kind says."),
    )  # fmt: skip
    items = models.PositiveIntegerField(
        _("different items"), null=True, blank=True, help_text=_("Videos: how many different ones.")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="publicity", verbose_name=_("by which team")
    )
    # The team's kind as it was: a count is told apart by it, and a count looks at no other table.
    by = models.CharField(_("by"), max_length=12, choices=Team.Kind, blank=True, editable=False, default="")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="publicity", verbose_name=_("by which unit")
    )
    place = models.CharField(_("place"), max_length=80, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("entered by"),
    )  # fmt: skip
    entered_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("publicity entry")
        verbose_name_plural = _("publicity entries")
        ordering = ["-day", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="publicity_above_nought")]
        indexes = [
            models.Index(fields=["day", "kind"], name="publicity_counted"),
            models.Index(fields=["community", "-day", "-id"], name="publicity_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.by = self.team.kind if self.team else ""
        super().save(*args, **kwargs)

    @property
    def quantity_unit(self) -> object:
        return self.UNITS[self.Kind(self.kind)]
