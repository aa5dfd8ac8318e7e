#!/bin/sh
# Four Grassroots on one Debian machine (12 or later): PostgreSQL, nginx, the web server
# and the worker as services. Run as root from the unpacked product:
#
#     deploy/install.sh grassroots.example.gov.cn
#
# It may be run again at any time: what is there stays, secrets above all. An upgrade is
# the same command from the new version; see docs/operate.md.
set -eu
umask 022

SITE=${1:?"usage: deploy/install.sh SITE (the name people type, as grassroots.example.gov.cn)"}
case $SITE in
    *[!a-zA-Z0-9.-]*) echo "“$SITE” is not the name of a host." >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo "Run it as root." >&2; exit 2; }

HERE=$(cd "$(dirname "$0")/.." && pwd)
ETC=/etc/grassroots
HOME_DIR=/opt/grassroots
STATE=/var/lib/grassroots
BACKUPS=/var/backups/grassroots
USER_NAME=grassroots

say() { printf '%s\n' "== $*"; }
is_systemd() { [ -d /run/systemd/system ]; }
random() { openssl rand -base64 64 | tr -d '\n/+=' | cut -c1-64; }

# --- What Debian brings --------------------------------------------------------------
say "Packages"
export DEBIAN_FRONTEND=noninteractive
missing=
has() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
for package in postgresql nginx-light python3-venv openssl ca-certificates curl logrotate; do
    has "$package" || missing="$missing $package"
done
# Legal limits end with a day: the clock is set by someone, and by one alone.
has chrony || has ntpsec || has systemd-timesyncd || missing="$missing systemd-timesyncd"
if [ -n "$missing" ]; then
    apt-get update -q
    # shellcheck disable=SC2086 -- a list of packages
    apt-get install -q -y --no-install-recommends $missing
fi

# --- Who runs it, and where ----------------------------------------------------------
say "User and folders"
getent passwd "$USER_NAME" >/dev/null || adduser --system --group --quiet --home "$STATE" --no-create-home "$USER_NAME"
install -d -m 0755 "$HOME_DIR" "$HOME_DIR/releases"
install -d -m 0750 -g "$USER_NAME" "$ETC"
install -d -m 0700 -o "$USER_NAME" -g "$USER_NAME" "$STATE" "$STATE/files" "$BACKUPS"

# --- Secrets: made once, never printed, never written over ----------------------------
say "Settings in $ETC"
newkey() { printf '1:%s' "$(openssl rand -base64 32)"; }
if [ ! -e "$ETC/env" ]; then
    password=$(random)
    ( umask 077; cat > "$ETC/env.new" <<EOF
# Read by all services. README.md lists every variable.
DATABASE_URL=postgresql://grassroots:$password@/grassroots?host=/var/run/postgresql
SECRET_KEY=$(random)
IDENTITY_KEYS=$(newkey)
ALLOWED_HOSTS=$SITE
CSRF_TRUSTED_ORIGINS=https://$SITE
SITE_URL=https://$SITE
HTTPS=1
BEHIND_PROXY=1
VAR_DIR=$STATE
FILES_DIR=$STATE/files
LOG_FORMAT=json
METRICS_TOKEN=$(random)
EOF
    )
    chown root:"$USER_NAME" "$ETC/env.new"; chmod 0640 "$ETC/env.new"
    mv "$ETC/env.new" "$ETC/env"
fi
if [ ! -e "$ETC/owner.env" ]; then
    ( umask 077; cat > "$ETC/owner.env.new" <<EOF
# Read by migrations, backups, drills and copies for the archives alone: the role that
# owns the tables, the key of the backups, and that of the archives, which they get a
# copy of. Keep a copy of both files away from this machine, and away from the backups.
DATABASE_OWNER_URL=postgresql://grassroots_owner:$(random)@/grassroots?host=/var/run/postgresql
BACKUP_KEYS=$(newkey)
EOF
    )
    mv "$ETC/owner.env.new" "$ETC/owner.env"
fi
grep -q '^ARCHIVE_KEYS=' "$ETC/owner.env" || printf 'ARCHIVE_KEYS=%s\n' "$(newkey)" >> "$ETC/owner.env"
password_in() { sed -n "s|^$2=postgresql://[^:]*:\([^@]*\)@.*|\1|p" "$ETC/$1"; }

# --- PostgreSQL ----------------------------------------------------------------------
say "Database"
install -d -m 0700 -o postgres -g postgres /var/lib/postgresql/wal-archive
! is_systemd || systemctl enable --quiet postgresql
pg_lsclusters -h | while read -r number cluster _port state _rest; do
    conf=/etc/postgresql/$number/$cluster/conf.d/grassroots.conf
    if cmp -s "$HERE/deploy/postgresql.conf" "$conf"; then
        [ "$state" = online ] || pg_ctlcluster "$number" "$cluster" start
    else
        install -D -m 0644 "$HERE/deploy/postgresql.conf" "$conf"
        if [ "$state" = online ] && [ -L "$HOME_DIR/current" ]; then
            pg_ctlcluster "$number" "$cluster" reload
            say "PostgreSQL has new settings; those that need it hold after a restart, at a quiet hour"
        else
            pg_ctlcluster "$number" "$cluster" restart
        fi
    fi
done
cd /
sql() { runuser -u postgres -- psql -X -q -v ON_ERROR_STOP=1 "$@"; }
for role in grassroots:env:DATABASE_URL: grassroots_owner:owner.env:DATABASE_OWNER_URL:CREATEDB; do
    IFS=: read -r name file variable rights <<EOF
$role
EOF
    sql -d postgres -tAc "SELECT 1 FROM pg_roles WHERE rolname = '$name'" | grep -q 1 || sql -d postgres -c "CREATE ROLE $name LOGIN"
    # By standard input: nobody reads a password off the list of processes.
    printf "ALTER ROLE %s LOGIN %s PASSWORD '%s';\n" "$name" "$rights" "$(password_in "$file" "$variable")" | sql -d postgres
done
sql -d postgres -tAc "SELECT 1 FROM pg_database WHERE datname = 'grassroots'" | grep -q 1 || sql -d postgres -c \
    "CREATE DATABASE grassroots OWNER grassroots_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
sql -d grassroots -c "REVOKE CREATE ON SCHEMA public FROM PUBLIC; REVOKE ALL ON DATABASE grassroots FROM PUBLIC; GRANT CONNECT ON DATABASE grassroots TO grassroots"
# Our roles are not users of the machine: they prove themselves by their passwords.
hba=$(sql -d postgres -tAc "SHOW hba_file")
line="local all grassroots,grassroots_owner scram-sha-256"
if ! grep -qxF "$line" "$hba"; then
    sed -i "1i $line" "$hba"
    sql -d postgres -c "SELECT pg_reload_conf()" >/dev/null
fi

# --- This version of the product, beside the ones before ------------------------------
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$HERE/pyproject.toml" | head -1)
stamp=$(cd "$HERE" && find . -path ./.venv -prune -o -path ./var -prune -o -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-10)
RELEASE=$HOME_DIR/releases/$version-$stamp
say "Release $version-$stamp"
if [ ! -e "$RELEASE/.complete" ]; then
    rm -rf "$RELEASE"
    install -d -m 0755 "$RELEASE"
    (cd "$HERE" && tar --exclude=./.venv --exclude=./var --exclude=./.git --exclude=./.env --no-same-owner -cf - .) | tar -C "$RELEASE" --no-same-owner -xf -
    chown -R root:root "$RELEASE"
    python3 -m venv "$RELEASE/.venv"
    # Each package must have the hash of the list: a changed one is refused.
    "$RELEASE/.venv/bin/pip" install --quiet --require-hashes -r "$RELEASE/requirements.txt"
    # What the services find, but may not write, in the release.
    ( set -a; . "$ETC/env"; set +a; cd "$RELEASE"
      .venv/bin/python manage.py compile_translations
      .venv/bin/python -m compileall -q cadres config visits )
    touch "$RELEASE/.complete"
fi

# --- Migrate with the old version still serving, then go over to the new one ----------
say "Migrations"
as_owner() {
    ( set -a; . "$ETC/env"; . "$ETC/owner.env"; set +a; cd "$RELEASE"
      exec runuser -u "$USER_NAME" -- .venv/bin/python manage.py "$@" )
}
as_owner prepare --no-demo
ln -sfn "$RELEASE" "$HOME_DIR/current.new"
[ "$(readlink "$HOME_DIR/current" || true)" = "$RELEASE" ] || [ ! -L "$HOME_DIR/current" ] || ln -sfn "$(readlink "$HOME_DIR/current")" "$HOME_DIR/previous"
mv -T "$HOME_DIR/current.new" "$HOME_DIR/current"

# --- Services --------------------------------------------------------------------------
say "Services"
(cd "$HERE/deploy/systemd" && find . -type f -exec install -D -m 0644 {} /etc/systemd/system/{} \;)
install -m 0644 "$HERE/deploy/logrotate" /etc/logrotate.d/grassroots
if [ ! -e "$ETC/tls.crt" ]; then
    say "No certificate: one of our own for now. Put the office's into $ETC/tls.crt and tls.key"
    ( umask 077; openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$SITE" -addext "subjectAltName=DNS:$SITE" -keyout "$ETC/tls.key" -out "$ETC/tls.crt" 2>/dev/null )
    chmod 0644 "$ETC/tls.crt"; chmod 0600 "$ETC/tls.key"
fi
install -d -m 0755 /etc/nginx/grassroots /etc/nginx/grassroots/_errors
install -m 0644 "$HERE"/deploy/nginx/headers.conf "$HERE"/deploy/nginx/page.conf /etc/nginx/grassroots/
install -m 0644 "$HERE"/deploy/nginx/errors/* /etc/nginx/grassroots/_errors/
sed "s/@SITE@/$SITE/g" "$HERE/deploy/nginx/grassroots.conf" > /etc/nginx/conf.d/grassroots.conf
rm -f /etc/nginx/sites-enabled/default
nginx -t -q
if is_systemd; then
    timedatectl set-timezone Asia/Shanghai || true
    ! has systemd-timesyncd || systemctl enable --quiet --now systemd-timesyncd
    systemctl daemon-reload
    systemctl enable --quiet grassroots-web grassroots-worker
    systemctl enable --quiet --now grassroots-web.socket grassroots-backup.timer grassroots-drill.timer nginx
    # The socket is systemd's: while the web server changes, requests wait in it.
    systemctl restart grassroots-web grassroots-worker
    systemctl reload nginx
    say "Waiting until it is ready"
    for _try in $(seq 60); do
        curl -fsS --unix-socket /run/grassroots/web.sock -H "Host: $SITE" http://localhost/healthz >/dev/null 2>&1 && break
        [ "$_try" != 60 ] || { echo "It does not answer. Look into “journalctl -u grassroots-web”; the version before is in $HOME_DIR/previous." >&2; exit 1; }
        sleep 1
    done
else
    say "No systemd here: start the services by hand, as docs/operate.md says"
fi

# --- Old releases: the current one, the one before, and nothing else ------------------
for old in "$HOME_DIR"/releases/*; do
    [ "$old" = "$RELEASE" ] || [ "$old" = "$(readlink "$HOME_DIR/previous" 2>/dev/null || true)" ] || rm -rf "$old"
done
say "Done. First accounts: see docs/operate.md, “First accounts”."
