#!/bin/sh
# Go back to the version before, on the schema as it is: old code runs on the new schema
# (tests/config/test_migrations.py sees to it), so nothing is migrated back.
set -eu
[ "$(id -u)" = 0 ] || { echo "Run it as root." >&2; exit 2; }
HOME_DIR=/opt/grassroots
previous=$(readlink "$HOME_DIR/previous") || { echo "There is no version before this one." >&2; exit 1; }
current=$(readlink "$HOME_DIR/current")
( set -a; . /etc/grassroots/env; set +a; cd "$previous"
  runuser -u grassroots -- .venv/bin/python manage.py collectstatic --verbosity 0 --no-input )
ln -sfn "$previous" "$HOME_DIR/current.new"
mv -T "$HOME_DIR/current.new" "$HOME_DIR/current"
ln -sfn "$current" "$HOME_DIR/previous"
[ ! -d /run/systemd/system ] || systemctl restart grassroots-web grassroots-worker
echo "Now $previous; back again by the same command."
