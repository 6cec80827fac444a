from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = _("Streets")

    def ready(self) -> None:
        from grids import receivers  # noqa: F401  (listening is the effect)
