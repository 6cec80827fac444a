"""What a shop answers for at its door (包秩序、包卫生、包绿化), and the edition of items by which it is looked at."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Committee
from campaign.scoping import Scope, ScopedModel


class FrontageDuty(ScopedModel):
    """One of the duties. Three in Kunming; elsewhere five, so they are rows."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="frontage_duties", verbose_name=_("committee")
    )
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=20)
    text = models.CharField(_("what it asks"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("duty at the door")
        verbose_name_plural = _("duties at the door")
        ordering = ["committee", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["committee", "code"], name="frontage_duty_once")]

    def __str__(self) -> str:
        return self.name


class FrontageStandard(ScopedModel):
    """An edition of the items, and the rule by which a score becomes a status. A new edition never rewrites what
    an earlier one found."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="frontage_standards", verbose_name=_("committee")
    )
    edition = models.CharField(_("edition"), max_length=20)
    since = models.DateField(_("in force since"))
    pass_percent = models.PositiveSmallIntegerField(
        _("fulfilled from … percent"), default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Of the full score of the items that apply. A failed veto item is never fulfilled."),
    )  # fmt: skip
    rectify_days = models.PositiveSmallIntegerField(
        _("days to put it right"), default=3, validators=[MaxValueValidator(60)]
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to object"), default=15, validators=[MaxValueValidator(180)]
    )
    valid_days = models.PositiveSmallIntegerField(
        _("a card is valid for days"), default=62, validators=[MinValueValidator(1), MaxValueValidator(732)],
        help_text=_("After that it says nothing any more, until somebody has looked again."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("frontage standard")
        verbose_name_plural = _("frontage standards")
        ordering = ["committee", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "edition"], name="frontage_edition_once"),
            models.UniqueConstraint(fields=["committee", "since"], name="frontage_edition_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.edition


class FrontageItem(ScopedModel):
    """One item of an edition: what must be so, and what it is worth."""

    scope = Scope(committee="standard__committee", reference=True)
    standard = models.ForeignKey(
        FrontageStandard, models.CASCADE, related_name="items", verbose_name=_("frontage standard")
    )
    duty = models.ForeignKey(FrontageDuty, models.PROTECT, related_name="items", verbose_name=_("duty"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text = models.CharField(_("item"), max_length=80)
    full_score = models.PositiveSmallIntegerField(
        _("full score"), default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    veto = models.BooleanField(_("veto"), default=False, help_text=_("Failed, the duties are not fulfilled."))

    class Meta:
        verbose_name = _("item at the door")
        verbose_name_plural = _("items at the door")
        ordering = ["standard", "order", "pk"]

    def __str__(self) -> str:
        return self.text
