"""What a person is told by the portal, how they wish to be told, and how a street words it."""

from collections.abc import Iterable
from string import Formatter
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign import registry
from campaign.models.organisation import Committee, Community
from campaign.scoping import Scope, ScopedModel, WholeStreet


class Message(ScopedModel):
    """One telling to one person; in the portal for who has an account, and on its way by other channels."""

    scope = Scope(committee="committee", own="recipient")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="messages", verbose_name=_("committee")
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages_to_me",
        verbose_name=_("recipient"),
        help_text=_("Empty for who has no account and is told by telephone."),
    )
    wording = models.CharField(_("occasion"), max_length=60)
    subject = models.CharField(_("subject"), max_length=80)
    text = models.CharField(_("text"), max_length=500)
    path = models.CharField(_("leads to"), max_length=200, blank=True)
    key = models.CharField(_("key"), max_length=120, unique=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-sent_at", "-id"], name="message_of_person"),
            models.Index(
                fields=["recipient"], condition=models.Q(read_at__isnull=True), name="message_unread"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class MessageWording(ScopedModel):
    """How a street words an occasion, where it does not take the portal's own words."""

    scope = Scope(committee="committee")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="wordings", verbose_name=_("committee")
    )
    wording = models.CharField(_("occasion"), max_length=60)
    subject = models.CharField(_("subject"), max_length=80)
    text = models.CharField(_("text"), max_length=300)

    class Meta:
        verbose_name = _("wording of a message")
        verbose_name_plural = _("wordings of messages")
        ordering = ["wording"]
        constraints = [models.UniqueConstraint(fields=["committee", "wording"], name="wording_once")]

    def __str__(self) -> str:
        known = registry.wordings.get(self.wording)
        return str(known.title) if known else self.wording

    def clean(self) -> None:
        """The words may name what the occasion knows, and nothing else."""
        known = registry.wordings.get(self.wording)
        if known is None:
            raise ValidationError({"wording": _("There is no such occasion.")})
        for name in ("subject", "text"):
            if not _names_only(getattr(self, name), known.sample):
                names = "".join(f"{{{one}}}" for one in known.sample)
                raise ValidationError({name: _("Only these names may stand in braces: %s") % names})


def _names_only(text: str, known: Iterable[str]) -> bool:
    """Whether all that stands in braces is one of the names, bare: no attribute, no format."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:  # a brace without its other half
        return False
    return all(name is None or (name in known and not spec and not how) for _before, name, spec, how in parts)


class ContactWish(models.Model):
    """By which ways a person wants to hear of things, besides in the portal. Theirs alone to see and change."""

    scope = WholeStreet("a person's own wishes: only the person's own page shows and changes them")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="contact_wish", verbose_name=_("person")
    )
    by_sms = models.BooleanField(_("by text message"), default=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    confirmed_at = models.DateTimeField(_("address confirmed at"), null=True, blank=True)
    confirm_digest = models.CharField(max_length=64, blank=True, editable=False)
    by_email = models.BooleanField(_("each message by e-mail"), default=False)
    digest = models.BooleanField(_("unread messages once a day by e-mail"), default=False)

    class Meta:
        verbose_name = _("contact wish")
        verbose_name_plural = _("contact wishes")

    def __str__(self) -> str:
        return f"{self.user_id}"


class RobotHook(ScopedModel):
    """A work-chat robot (群机器人) that tells a group what happens; the address is a secret."""

    class Kind(models.TextChoices):
        WECOM = "wecom", pgettext_lazy("robot", "WeCom")
        DINGTALK = "dingtalk", pgettext_lazy("robot", "DingTalk")
        FEISHU = "feishu", pgettext_lazy("robot", "Feishu")

    scope = Scope(committee="committee", community="community")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="robots", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="robots",
        verbose_name=_("community"),
        help_text=_("Empty: hears of the whole street."),
    )
    name = models.CharField(pgettext_lazy("group", "name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    address = models.URLField(_("robot's address"), max_length=400)
    secret = models.CharField(_("signing secret"), max_length=120, blank=True)
    topics = models.CharField(
        _("topics"),
        max_length=200,
        default="activities",
        help_text=_("What the group wants to hear of, with commas between."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("work-chat robot")
        verbose_name_plural = _("work-chat robots")
        ordering = ["committee", "name"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="robot_name_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Only addresses of the chats that the installation allows: a form is no way into other machines."""
        parts = urlsplit(self.address)
        if parts.scheme != "https" or parts.hostname not in settings.ROBOT_HOSTS or parts.username:
            hosts = "、".join(settings.ROBOT_HOSTS)
            raise ValidationError({"address": _("The address must begin with https and lie at: %s") % hosts})
