import pytest

from visits.operate.postgres import NoProgram, program


@pytest.fixture
def installed(tmp_path, settings, monkeypatch):
    """Programs of these versions, in this order."""

    def install(*versions):
        settings.PG_PROGRAMS = []
        for version in versions:
            folder = tmp_path / version
            folder.mkdir()
            path = folder / "pg_dump"
            path.write_text(
                f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version} (Debian)'\n"
            )
            path.chmod(0o755)
            settings.PG_PROGRAMS.append(str(folder))

    monkeypatch.setattr("visits.operate.postgres.shutil.which", lambda _name: None)
    monkeypatch.setattr("visits.operate.postgres.DEBIAN", tmp_path / "none")
    return install


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        (["18.6", "15.14"], "15.14"),
        (["18.6", "16.1"], "16.1"),
        (["14.2", "18.6"], "18.6"),
        (["15.14"], "15.14"),
    ],
)
def test_the_programs_of_the_servers_own_version_are_taken(installed, versions, chosen):
    installed(*versions)

    assert program("pg_dump", server=15).endswith(f"/{chosen}/pg_dump")


def test_older_programs_are_not_taken(installed):
    installed("14.2")

    with pytest.raises(NoProgram, match="postgresql-client-15"):
        program("pg_dump", server=15)
