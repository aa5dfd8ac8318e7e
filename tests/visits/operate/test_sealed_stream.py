import io
import tarfile

import pytest

from visits.operate.sealed_stream import PIECE, TAG, Damaged, Reader, opened, seal

KEY = bytes(32)
HEAD = 42  # bytes before the first piece


def sealed(plain, name="a"):
    out = io.BytesIO()
    seal(plain, out, name=name, number=7, key=KEY)
    return out.getvalue()


def read(data, name="a", keys=None):
    keys = {7: KEY} if keys is None else keys
    return b"".join(opened(io.BytesIO(data), name=name, keys=keys))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_any_length_comes_back(size):
    plain = (bytes(range(256)) * (size // 256 + 1))[:size]
    pieces = [plain[at : at + 700_001] for at in range(0, size, 700_001)]

    data = sealed(pieces)

    assert read(data) == plain
    assert len(data) == HEAD + size + TAG * max(1, -(-size // PIECE))


WHOLE = sealed([b"x" * PIECE, b"y" * PIECE, b"z" * 10])
FIRST, SECOND = HEAD + PIECE + TAG, HEAD + 2 * (PIECE + TAG)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"something else altogether", id="another file"),
        pytest.param(WHOLE[:-1], id="cut off by a byte"),
        pytest.param(WHOLE[:SECOND], id="cut off between pieces"),
        pytest.param(WHOLE[:HEAD], id="only its head"),
        pytest.param(WHOLE + b"\0", id="longer"),
        pytest.param(WHOLE[:HEAD] + WHOLE[FIRST:], id="a piece left out"),
        pytest.param(WHOLE[:FIRST] + WHOLE[HEAD:], id="a piece repeated"),
        pytest.param(WHOLE[:99] + b"\xff" + WHOLE[100:], id="a byte changed"),
        pytest.param(WHOLE[:8] + b"\0\x08" + WHOLE[10:], id="another key's number"),
    ],
)
def test_what_is_not_what_was_written_is_refused(data):
    with pytest.raises(Damaged):
        read(data)


def test_a_part_under_another_name_or_key_does_not_open():
    with pytest.raises(Damaged):
        read(WHOLE, name="b")
    with pytest.raises(Damaged):
        read(WHOLE, keys={7: bytes([1]) * 32})


def test_a_tar_is_read_from_the_stream():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        member = tarfile.TarInfo("one")
        member.size = 2_500_000
        tar.addfile(member, io.BytesIO(b"1" * member.size))
    data = sealed([out.getvalue()])

    reader = Reader(opened(io.BytesIO(data), name="a", keys={7: KEY}))
    with tarfile.open(fileobj=reader, mode="r|") as tar:
        found = {it.name: len(tar.extractfile(it).read()) for it in tar}

    assert found == {"one": 2_500_000}
