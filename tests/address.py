"""What a list of addresses says of each."""

from dataclasses import dataclass

NOBODY = "anonymous"


@dataclass(frozen=True)
class Address:
    """`args` and `query` name things of `World.things`, as `{cadre}`.

    `roles` open it as a page of its own; none where it is a fragment, a file, or takes
    forms only. `also` are other states of the same page.
    """

    args: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    query: str = ""
    also: tuple[str, ...] = ()
    is_open: bool = False  # to those who are not signed in
