import base64

import pytest

from cadres.rules.key_ring import keys_in

A = base64.b64encode(b"a" * 32).decode()
B = base64.b64encode(b"b" * 32).decode()


def test_the_ring_keeps_the_order_it_is_written_in():
    ring = keys_in([f"7:{B}", f"3:{A}"])

    assert list(ring.items()) == [(7, b"b" * 32), (3, b"a" * 32)]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [A],
        [f"0:{A}"],
        [f"65536:{A}"],
        [f"x:{A}"],
        [f"1:{A}", f"1:{B}"],
        ["1:"],
        ["1:not base64!"],
        [f"1:{base64.b64encode(b'a' * 16).decode()}"],
    ],
)
def test_a_ring_that_would_weaken_or_lose_data_is_refused(parts):
    with pytest.raises(ValueError) as error:
        keys_in(parts)

    assert A not in str(error.value)
