from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignConfig(AppConfig):
    name = "campaign"
    verbose_name = _("Campaign")

    def ready(self) -> None:
        from campaign import marks, receivers, registry  # noqa: F401  (listening is the effect of receivers)

        registry.discover()
        marks.listen()
