"""The public home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """What the campaign is and how far it has come. (First stone; the page is built by its owner.)"""
    return render(request, "campaign/home.html")
