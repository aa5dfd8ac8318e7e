from hypothesis import given
from hypothesis import strategies as st

from visits.rules.matter_sample import draw


@given(
    st.lists(st.integers(1, 200), unique=True, max_size=40),
    st.integers(1, 10),
    st.integers(0, 2**62),
    st.data(),
)
def test_a_draw_can_be_repeated_and_never_gives_anyone_their_own(
    matters, size, seed, data
):
    people = st.sets(st.integers(1, 5))
    may = {matter: data.draw(people) for matter in matters}
    asked = {"size": size, "seed": seed, "callers_of": lambda it: sorted(may[it])}

    drawn = draw(matters, **asked)

    assert drawn == draw(list(reversed(matters)), **asked)
    assert all(caller in may[matter] for matter, caller in drawn.items())
    assert len(drawn) == min(size, sum(bool(it) for it in may.values()))


def test_calls_are_dealt_evenly():
    drawn = draw(range(10), size=10, seed=7, callers_of=lambda _matter: [1, 2])

    assert sorted(drawn.values()) == [1] * 5 + [2] * 5
