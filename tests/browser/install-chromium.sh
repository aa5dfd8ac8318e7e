#!/bin/sh
# Installs what the browser tests need on Debian: Chromium and one Chinese font.
# Run as root, or as a user who may use sudo.
set -eu
if [ "$(id -u)" -eq 0 ]; then as_root=""; else as_root="sudo"; fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends chromium fonts-wqy-zenhei >/dev/null
chromium --version
