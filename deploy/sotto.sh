#!/bin/sh
# The command on a server: install.sh puts this at /usr/local/bin/sotto. It works on the installation that the service of this machine serves, by
# the same settings; what the environment or an option says goes before them. Root becomes the user of the service, so
# that each file that a command makes is the service's to read.
set -eu
node=/usr/bin/node
user=sotto
settings=/etc/sotto/sotto.env

grep -qs '^SOTTO_DATA_DIR=' "$settings" || export SOTTO_DATA_DIR="${SOTTO_DATA_DIR:-/var/lib/sotto}"
set -- /opt/sotto/current/bin/sotto "$@"
# Node reads lines NAME=value as systemd does, but for a # in a value, and leaves what is set.
if [ -r "$settings" ]; then set -- "--env-file=$settings" "$@"; fi
[ "$(id -u)" = 0 ] || exec "$node" "$@"
umask 077
exec setpriv --reuid="$user" --regid="$user" --init-groups "$node" "$@"
