"""Answers of the pickers: a few lines for what is typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Option:
    """`label` is what the field takes; `name` and `line` are what the list shows."""

    key: int
    label: str
    name: str
    line: str


def wanted(request: HttpRequest) -> str:
    # A chosen label says more than the name: what stands before the dot is the name.
    return request.GET.get("q", "")[:300].split(" · ")[0].strip()[:100]


def pick_page(request: HttpRequest, options: Sequence[Option]) -> HttpResponse:
    return render(request, "cadres/_options.html", {"options": options})
