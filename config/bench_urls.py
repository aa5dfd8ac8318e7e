"""The product's addresses, and the floor that `manage.py bench` compares them with."""

from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as of_the_product
from visits.bench.floor import floor

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*of_the_product, path("bench/floor/", floor, name="bench_floor")]
