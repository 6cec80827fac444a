"""Checks that said "kept" for each of three duties become checks by an edition of three items, and back."""

from datetime import timedelta

from django.db import migrations

EDITION, BATCH = "三包", 2000
DUTIES = (
    ("hygiene", "包卫生", "门前无垃圾、污水、油渍、积尘、烟蒂，果皮箱（垃圾桶）保持整洁。"),
    ("greenery", "包绿化", "树木花草无钉挂、晾晒，树池绿地内无杂物。"),
    ("order", "包秩序", "门前无店外经营、堆放、张贴吊挂，车辆停放有序，不用高音喇叭招揽。"),
)


def by_items(apps, schema_editor):
    model = {name: apps.get_model("grids", name) for name in (
        "FrontageDuty", "FrontageStandard", "FrontageItem", "FrontageFinding", "FrontageInspection", "Merchant",
    )}
    looks = model["FrontageInspection"].objects
    for committee in looks.order_by().values_list("merchant__committee", flat=True).distinct():
        mine = looks.filter(merchant__committee=committee)
        first = mine.order_by("day").values_list("day", flat=True).first()
        standard = model["FrontageStandard"].objects.create(
            committee_id=committee, edition=EDITION, since=first, pass_percent=100
        )
        for order, (code, name, text) in enumerate(DUTIES, 1):
            duty = model["FrontageDuty"].objects.create(
                committee_id=committee, code=code, name=name, text=text, order=order
            )
            item = model["FrontageItem"].objects.create(
                standard=standard, duty=duty, order=order, text=name, full_score=1
            )
            failed = mine.filter(**{code: False}).values_list("pk", flat=True)
            model["FrontageFinding"].objects.bulk_create(
                (model["FrontageFinding"](inspection_id=key, item=item, value="no") for key in failed),
                batch_size=BATCH,
            )
        changed = []
        for look in mine.iterator():
            look.standard_id, look.full_score = standard.pk, 3
            look.score = look.hygiene + look.greenery + look.order
            look.valid_until = look.day + timedelta(days=standard.valid_days)
            if look.status == "unfulfilled":
                look.rectify_by = look.day + timedelta(days=standard.rectify_days)
            changed.append(look)
        fields = ["standard", "score", "full_score", "valid_until", "rectify_by"]
        looks.bulk_update(changed, fields, batch_size=500)


def by_duties(apps, schema_editor):
    looks = apps.get_model("grids", "FrontageInspection").objects
    findings = apps.get_model("grids", "FrontageFinding").objects.filter(value="no")
    for code, _name, _text in DUTIES:
        failed = findings.filter(item__duty__code=code).values("inspection")
        looks.filter(pk__in=failed).update(**{code: False})
    # What the steps before brought is taken back with their tables.
    looks.update(standard=None)
    for name in ("FrontageFinding", "FrontageItem", "FrontageStandard", "FrontageDuty"):
        apps.get_model("grids", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("grids", "0010_shop_fronts_in_full")]
    operations = [migrations.RunPython(by_items, by_duties)]
