"""Accounts, as far as an official may see and change them: the colleagues of the own street, nothing privileged.

It stands here and not in accounts, because appointments say who is a colleague and of what rank.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.forms import PhoneField
from accounts.models import User
from campaign import appointments
from campaign.admin.scoped import colleagues
from campaign.errors import Refused
from campaign.models import Appointment, Committee, Community, Unit
from campaign.roles import Role
from campaign.scoping import reach_of


def may_change(official: User, account: User) -> bool:
    """Whether `official` may change the account: never the system administrator's, nor that of someone who also
    serves a street which the official does not reach."""
    reach = reach_of(official)
    if reach.everything:
        return True
    held = Appointment.objects.held_by(account, timezone.localdate())
    streets = set(held.values_list("committee_id", flat=True))
    return not account.is_superuser and reach.may("official") and streets <= reach.committees


class PasswordField(forms.CharField):
    """A password to be set; empty where it stays as it is."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        super().__init__(required=False, strip=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        password = super().clean(value)
        if password:
            validate_password(password)
        return password


class NewAccountForm(forms.ModelForm):
    """An account together with the appointment for which it is made: without one it could see nothing."""

    number = PhoneField(widget=UnfoldAdminTextInputWidget(), help_text=_("The person signs in with it."))
    password = PasswordField(
        label=_("first password"), help_text=_("The person changes it after signing in. Empty: by code only.")
    )
    role = forms.ChoiceField(
        label=_("role"), choices=[("", _("Choose")), *Role.choices], widget=UnfoldAdminSelectWidget()
    )
    title = forms.CharField(
        label=_("title on the door"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget()
    )
    committee = forms.ModelChoiceField(
        Committee.objects.none(), label=_("committee"), widget=UnfoldAdminSelectWidget()
    )
    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("community"), required=False, widget=UnfoldAdminSelectWidget()
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("unit"), required=False, widget=UnfoldAdminSelectWidget()
    )
    by: User

    class Meta:
        model = User
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("committee", Committee), ("community", Community), ("unit", Unit)):
            self.fields[name].queryset = model.objects.visible_to(self.by)
        self.fields["committee"].initial = self.fields["committee"].queryset.first()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            with transaction.atomic():
                open_account(self.cleaned_data, self.by)
                transaction.set_rollback(True)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return cleaned


@transaction.atomic
def open_account(given: dict[str, Any], by: User) -> User:
    """The account of a colleague with its appointment. Who has an account as a volunteer keeps it, with its
    password if it has one. Raises Refused for an account that `by` may not change."""
    user = User.objects.filter(phone=given["number"]).first()
    if user is None:
        user = User.objects.create_user(given["number"], given["name"], given["password"] or None)
    elif not may_change(by, user) or not user.is_active:
        raise Refused(_("This number belongs to an account that you may not change."), "not_yours")
    elif given["password"] and not user.has_usable_password():
        user.set_password(given["password"])
        user.save(update_fields=["password"])
    appointments.appoint(
        user, given["role"], given["committee"], community=given["community"], unit=given["unit"],
        title=given["title"], by=by,
    )  # fmt: skip
    return user


class AccountForm(forms.ModelForm):
    """What an official may change of a colleague's account. Rank and rights are said by appointments alone."""

    new_number = PhoneField(
        required=False, label=_("new mobile number"), widget=UnfoldAdminTextInputWidget(),
        help_text=_("Empty: it stays as it is."),
    )  # fmt: skip
    new_password = PasswordField(label=_("new password"), help_text=_("Empty: it stays as it is."))
    by: User

    class Meta:
        model = User
        fields = ["name", "is_active"]

    def clean_new_number(self) -> str:
        number = self.cleaned_data["new_number"]
        if number and User.objects.filter(phone=number).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another account has this number."))
        return number

    def clean_is_active(self) -> bool:
        active = self.cleaned_data["is_active"]
        if not active and self.instance.pk == self.by.pk:
            raise ValidationError(_("You cannot close your own account."))
        return active


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Accounts of the colleagues; made together with an appointment, closed and never deleted."""

    list_display = ("name", "masked_phone", "roles", "is_active", "last_login")
    list_filter = ("is_active", "appointments__role")
    search_fields = ("name",)
    ordering = ("name", "pk")
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return colleagues(super().get_queryset(request), request).prefetch_related("appointments")

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **more: Any
    ) -> Any:
        form = super().get_form(
            request, obj, change=change, form=AccountForm if obj else NewAccountForm, **more
        )
        return type(form.__name__, (form,), {"by": request.user})

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        if obj is None:
            return ["name", "number", "password", "role", "title", "committee", "community", "unit"]
        if self.has_change_permission(request, obj):
            return ["name", "masked_phone", "new_number", "new_password", "roles", "is_active", "last_login"]
        return ["name", "masked_phone", "roles", "is_active", "last_login"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return ["masked_phone", "roles", "last_login"] if obj else []

    @admin.display(description=_("mobile number"))
    def masked_phone(self, user: User) -> str:
        return user.masked_phone

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        today = timezone.localdate()
        held = [
            one
            for one in user.appointments.all()
            if one.since <= today and (not one.until or one.until > today)
        ]
        return "、".join(dict.fromkeys(str(one.get_role_display()) for one in held))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.pk = open_account(form.cleaned_data, request.user).pk
            return
        if form.cleaned_data["new_number"]:
            obj.phone = form.cleaned_data["new_number"]
        if form.cleaned_data["new_password"]:
            obj.set_password(form.cleaned_data["new_password"])
        obj.save(update_fields=["name", "is_active", "phone", "password"])

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return reach_of(request.user).may("official")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return reach_of(request.user).may("official")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is None:
            return reach_of(request.user).may("official")
        return may_change(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return "password" not in lookup and super().lookup_allowed(lookup, value, request)
