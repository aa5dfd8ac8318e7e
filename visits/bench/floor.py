"""The least that a page of this product can cost: nothing asks for less than this."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cadres.models import District

ROWS = 50


@require_safe
def floor(request: HttpRequest) -> HttpResponse:
    """Fifty rows as objects, in the frame that all pages share."""
    places = District.objects.order_by("pk")[:ROWS]
    return render(request, "bench/floor.html", {"places": places})
