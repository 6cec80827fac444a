from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignConfig(AppConfig):
    name = "campaign"
    verbose_name = _("Campaign")

    def ready(self) -> None:
        from campaign import checks, marks, receivers, registry  # noqa: F401  (listening is the effect of two)

        registry.discover()
        marks.listen()
