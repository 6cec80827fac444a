"""Who answers for a volunteer under age."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import phones
from campaign.scoping import Scope, ScopedModel
from volunteers.models.volunteer import Volunteer


class Guardianship(ScopedModel):
    """That a parent or guardian agrees to a minor's voluntary service (Regulations on Voluntary Service; PIPL
    article 31). A log: who takes it back and agrees anew has two rows.

    Given on the guardian's own page, then `guardian` is set, or on paper, then somebody entered name and number.
    """

    class Relation(models.TextChoices):
        PARENT = "parent", _("parent")
        GRANDPARENT = "grandparent", _("grandparent")
        OTHER = "other", _("other guardian")

    scope = Scope(
        committee="volunteer__committee",
        community="volunteer__community",
        own=("guardian__user", "volunteer__user"),
    )
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="guardianships", verbose_name=_("minor")
    )
    guardian = models.ForeignKey(
        Volunteer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="wards",
        verbose_name=_("guardian"),
        help_text=_("Who comes with a child under 14."),
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40, blank=True)
    phone = models.CharField(_("mobile number"), max_length=11, blank=True, validators=[phones.check])
    relation = models.CharField(_("relation"), max_length=12, choices=Relation)
    given_at = models.DateTimeField(_("given at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )

    class Meta:
        verbose_name = _("guardian's consent")
        verbose_name_plural = _("guardians' consents")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "guardian"],
                condition=Q(withdrawn_at=None, guardian__isnull=False),
                name="guardian_once",
            ),
            models.UniqueConstraint(
                fields=["volunteer"],
                condition=Q(withdrawn_at=None, guardian=None),
                name="guardian_on_paper_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.guardian_id or ''}"

    @property
    def masked_phone(self) -> str:
        return phones.mask(self.phone)
