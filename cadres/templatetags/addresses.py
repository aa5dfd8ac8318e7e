"""`{% url %}` as Django has it, but an address without arguments is looked for once."""

from typing import Any

from django import template
from django.template import defaulttags
from django.template.base import FilterExpression, Parser, Token

from cadres.addresses import address

register = template.Library()


class PlainAddress(template.Node):
    def __init__(self, name: FilterExpression) -> None:
        self.name = name

    def render(self, context: Any) -> str:
        return address(self.name.resolve(context))


@register.tag
def url(parser: Parser, token: Token) -> template.Node:
    node = defaulttags.url(parser, token)
    if node.args or node.kwargs or node.asvar:
        return node
    return PlainAddress(node.view_name)
