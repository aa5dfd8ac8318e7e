"""How large a generated database is: all sizes in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Model

from cadres.models import Cadre
from visits.demo.size import Size
from visits.models import Letter, Matter, Stop, Visit

# Rows of one area at the usual size.
PLAN: Mapping[type[Model], int] = {
    Cadre: 120,
    Visit: 5_850,
    Stop: 8_700,
    Letter: 13_300,
    Matter: 7_900,
}


@dataclass(frozen=True)
class Scale:
    """Xuzhou at `size`, and other areas like it.

    They are in the prefectures whose codes begin with one of `within`; an area has
    about ten counties. Without any there is Xuzhou alone.
    """

    size: Size
    within: tuple[str, ...] = ()
    villages: int = 0  # of a township for which the place list has none
    of_area: Mapping[type[Model], int] = field(default_factory=lambda: PLAN)


# Of one area among 363 in the country: 2 million visits, nearly 5 million letters.
USUAL = Size(days_back=730, visits=4.2, letters=17.5, more_matters=2)


SCALES = {
    # The demo as it is: a year of one city's offices, with some letters.
    "office": Scale(
        Size(),
        of_area={Cadre: 120, Visit: 1_550, Stop: 2_250, Letter: 1_550, Matter: 680},
    ),
    "city": Scale(USUAL),
    "province": Scale(USUAL, within=("32",)),
    "nation": Scale(USUAL, within=("",), villages=15),
}
