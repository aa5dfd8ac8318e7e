#!/bin/sh
# Installs what the tests need on Debian: Chromium, one Chinese font, and the parts of
# LibreOffice that read our papers and workbooks.
# Run as root, or as a user who may use sudo.
set -eu
if [ "$(id -u)" -eq 0 ]; then as_root=""; else as_root="sudo"; fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends \
  chromium fonts-wqy-zenhei libreoffice-calc-nogui libreoffice-writer-nogui >/dev/null
chromium --version
