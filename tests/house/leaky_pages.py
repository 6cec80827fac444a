"""Pages with the mistakes that the tests of forms and questions look for: a URL conf that the tests of the tests use."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView


def trusts_its_question(request: HttpRequest) -> HttpResponse:
    """Falls over a number that is none, under a name that no test can guess, and only behind another key."""
    if request.GET.get("how"):
        int(request.GET.get("many_of_them", 0))
    return HttpResponse("good")


class Between(forms.Form):
    first = forms.IntegerField()
    last = forms.IntegerField()
    note = forms.CharField(max_length=10, required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("first") == 1:
            _span = self.cleaned_data["last"] - 1  # not there where it was refused
        if self.cleaned_data.get("note") == "-1":
            raise ZeroDivisionError


def trusts_its_form(request: HttpRequest) -> HttpResponse:
    form = Between(request.POST or None, initial={"first": 1, "last": 2})
    page = Template("<form method=post>{{ form }}</form>")
    return HttpResponse(page.render(Context({"form": form})))


class Span(serializers.Serializer):
    first = serializers.IntegerField(required=False)
    last = serializers.IntegerField(required=False)

    def to_internal_value(self, data: Any) -> Any:
        if data.get("first") == 1 and not isinstance(data.get("last"), int):
            raise ZeroDivisionError
        return super().to_internal_value(data)


class TrustsWhatItReads(APIView):
    permission_classes = []

    def get(self, request: Any) -> Response:
        int(request.query_params.get("seldom", 0))
        return Response()

    def post(self, request: Any) -> Response:
        span = Span(data=request.data)
        span.is_valid(raise_exception=True)
        int(request.data.get("seldom", 0))
        return Response()


urlpatterns = [
    path("question/", trusts_its_question),
    path("form/", trusts_its_form),
    path("resource/", TrustsWhatItReads.as_view()),
]
