"""The road of each shop is read from its address. A day of signing without a text belongs to no version and stays."""

import re

from django.db import migrations

ROAD = re.compile(r"^\s*([^\d\s]{1,38}?(?:大道|大街|路|街|巷|道|里|弄|坊|广场))")


def read_roads(apps, schema_editor):
    shops = apps.get_model("grids", "Merchant").objects
    changed = []
    for shop in shops.filter(road="").iterator():
        if found := ROAD.match(shop.address):
            shop.road = found[1]
            changed.append(shop)
    shops.bulk_update(changed, ["road"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("grids", "0011_checks_by_items")]
    operations = [migrations.RunPython(read_roads, migrations.RunPython.noop)]
