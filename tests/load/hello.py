"""The floor for a public page: Django, one indexed SELECT on a kept connection, nothing else."""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

if not settings.configured:
    import environ

    settings.configure(
        SECRET_KEY=os.environ["SECRET_KEY"],
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": environ.Env().db_url("DATABASE_URL") | {"CONN_MAX_AGE": 600}},
    )
    django.setup()


def hello(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM campaign_committee WHERE id = (SELECT min(id) FROM campaign_committee)"
        )
        return HttpResponse(cursor.fetchone()[0])


urlpatterns = [path("", hello)]
application = get_wsgi_application()
