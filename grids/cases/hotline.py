"""The hotline's list of orders (.xlsx) becomes cases: row by row told, all or none, the same order once."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import phones
from campaign import imports
from campaign.errors import Refused
from campaign.imports.columns import shown
from campaign.models import Committee, Community
from campaign.roles import Role
from campaign.scoping import reach_of
from grids.cases import opening
from grids.models import Case, CaseCategory


def may_import(user: Any) -> bool:
    """Who receives the hotline's orders: the office, and a community for its own."""
    return reach_of(user).may(Role.OFFICIAL, Role.SECRETARY, Role.CLERK)


def columns(committee: Committee, by: Any) -> tuple[imports.Column, ...]:
    """The columns; what a name may mean is what `by` may see."""
    places = {place.name: place for place in _places(committee, by)}
    kinds: dict[str, CaseCategory] = {}
    for kind in CaseCategory.objects.visible_to(by).filter(committee=committee).in_force().order_by("pk"):
        kinds[kind.name] = kinds[kind.code] = kind
    return (
        imports.Column(
            "external_number", gettext_lazy("order number"), imports.text(40), required=True,
            note=gettext_lazy("as the hotline gives it; the same number is one case"),
            aliases=("工单编号", "工单号", "诉求编号", "编号", "受理编号", "案件编号"),
        ),
        imports.Column(
            "reported_at", gettext_lazy("called at"), _moment_until_now,
            note=gettext_lazy("such as 2020-11-20 9:30; empty: now"),
            aliases=("来电时间", "受理时间", "登记时间", "反映时间", "诉求时间"), empty=None,
        ),
        imports.Column(
            "community", gettext_lazy("community"), _short(places), required=True,
            note=gettext_lazy("the name of the community"),
            aliases=("社区", "所属社区", "所在社区", "承办社区"),
        ),
        imports.Column(
            "category", gettext_lazy("category"), imports.named(kinds), required=True,
            note=gettext_lazy("name or code of the category"),
            aliases=("类别", "诉求类别", "问题类别", "案件类别", "事项分类"),
        ),
        imports.Column(
            "address", gettext_lazy("where"), imports.text(120),
            note=gettext_lazy("street and number"),
            aliases=("地址", "地点", "事发地址", "诉求地址", "问题地点"),
        ),
        imports.Column(
            "description", gettext_lazy("what is wrong"), imports.text(500), required=True,
            note=gettext_lazy("at most 500 signs"),
            aliases=("诉求内容", "问题描述", "工单内容", "反映内容", "内容"),
        ),
        imports.Column(
            "reporter_phone", gettext_lazy("resident's mobile number"), _phone,
            note=gettext_lazy("only to call back; shown masked"),
            aliases=("联系电话", "来电号码", "诉求人电话", "手机号", "电话"),
        ),
    )  # fmt: skip


def _places(committee: Committee, by: Any) -> QuerySet[Community]:
    """The communities for which `by` receives orders."""
    reach, all_of_them = reach_of(by), Community.objects.visible_to(by).filter(committee=committee)
    if reach.everything or committee.pk in reach.committees:
        return all_of_them
    return all_of_them.filter(pk__in=reach.communities)


def _short(places: dict[str, Community]) -> imports.columns.Reader:
    """A community by its name, with or without the word that ends it."""
    both = {name.removesuffix("社区"): place for name, place in places.items()} | places
    read_whole, read_short = imports.named(places), imports.named(both)

    def read(cell: Any) -> Community:
        try:
            return read_short(cell)
        except ValidationError:
            return read_whole(cell)  # its sentence tells the names as they are

    return read


def _moment_until_now(cell: Any) -> Any:
    when = imports.moment(cell)
    if when > timezone.now():
        raise ValidationError(_("This lies in the future."), "future")
    return when


def _phone(cell: Any) -> str:
    """A mobile number as people type it. The sentence about a wrong one does not repeat it."""
    said = phones.normalise(shown(cell))
    try:
        phones.check(said)
    except ValidationError as error:
        raise ValidationError(
            _("This is no mobile number of 11 digits. Leave a land line out."), "phone"
        ) from error
    return said


def take_in(upload: Any, *, committee: Committee, by: Any, dry_run: bool = False) -> imports.Outcome:
    """Put every order of the workbook on file, or none if one of them cannot be. Orders that are on file already,
    by their own number, stay as they are. Raises ValidationError when the file as a whole cannot be read."""
    if not may_import(by):
        raise Refused(_("Only the street, the community or the zone leader can enter a case here."), "role")

    def write(line: imports.Line) -> str:
        given, key = dict(line.values), uuid.uuid4()
        case = opening.open(
            committee=committee,
            source=Case.Source.HOTLINE,
            by=by,
            form_key=key,
            now=given.pop("reported_at"),
            **given,
        )
        return imports.NEW if case.form_key == key else imports.SAME

    with transaction.atomic():
        # One import of a street at a time: two lists that hold the same orders in another sequence would
        # wait for each other for ever.
        Committee.objects.select_for_update(no_key=True).get(pk=committee.pk)
        return imports.take(upload, columns(committee, by), write, key=("external_number",), dry_run=dry_run)


def template(committee: Committee, by: Any) -> bytes:
    """The workbook to fill in: headings, a line that says what is asked, and two examples in the street's own
    names, which are passed over when it comes back."""
    asked = columns(committee, by)
    place = _places(committee, by).first()
    kind = CaseCategory.objects.visible_to(by).filter(committee=committee).in_force().first()
    today = timezone.localdate()
    examples = [
        (
            f"{today:%Y%m%d}{number:04d}", f"{today:%Y-%m-%d} {9 + number}:30", str(place or ""),
            str(kind or ""), _("Jinbi Road 12, beside the bus stop"),
            _("Rubbish has been lying there since yesterday"), "",
        )
        for number in (1, 2)
    ]  # fmt: skip
    return imports.template(_("Orders of the hotline"), asked, examples)
