"""The ground of every API resource: what is read, and what an id in a body may name, is within the reader's scope."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from campaign.scoping import ScopedModel


class ScopedRelatedField(serializers.PrimaryKeyRelatedField):
    """An id in a body names only rows that the sender may see; any other does not exist."""

    def get_queryset(self) -> QuerySet | None:
        queryset = super().get_queryset()
        if queryset is not None and issubclass(queryset.model, ScopedModel):
            return queryset.model.objects.visible_to(self.context["request"].user)
        return queryset


class ScopedSerializer(serializers.ModelSerializer):
    """A serializer with explicit fields whose related ids are scoped."""

    serializer_related_field = ScopedRelatedField


class ScopedViewSet(viewsets.GenericViewSet):
    """A resource whose rows are those visible to the sender. Subclasses set `queryset` and `serializer_class`."""

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        # `queryset` is made by the model's scoped manager, so it knows the word itself.
        return self.queryset.visible_to(self.request.user)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters are for lists: one row is found by its key, whatever stands in the query."""
        return queryset if self.detail else super().filter_queryset(queryset)
