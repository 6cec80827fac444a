"""Forms whose choices are scoped as the pages are."""

from typing import Any

from django import forms

from campaign.scoping import ScopedModel


class ScopedFormMixin:
    """Narrows every drop-down to the rows that `user` may see: an id of another community is not a choice."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and issubclass(field.queryset.model, ScopedModel):
                field.queryset = field.queryset.visible_to(user)


class ScopedForm(ScopedFormMixin, forms.Form):
    """A plain form with scoped choices."""


class ScopedModelForm(ScopedFormMixin, forms.ModelForm):
    """A model form with scoped choices."""
