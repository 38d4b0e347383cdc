#!/bin/sh
# Puts the service onto a Linux with systemd, from the archive that this script lies in; with a newer archive, an upgrade:
#   tar -xzf sotto-0.1.0-linux-x64.tgz && sudo sotto-0.1.0/deploy/install.sh
# Nothing is started and no setting of yours replaced. Each version has a folder, so the way back is the link /opt/sotto/current.
set -eu
umask 022

from=$(cd "$(dirname "$0")/.." && pwd)
name=$(basename "$from")
version=${name#sotto-}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail 'run this as root'
[ -x "$from/bin/sotto" ] || fail "$from is not the content of an archive: npm run pack:server makes one"
node=$(command -v node) || fail 'there is no node; install Node 20.19 or newer from https://nodejs.org or its Debian packages'
"$node" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "$node is $("$node" --version), and Sotto needs 20.19 or newer"
command -v setpriv >/dev/null || fail 'there is no setpriv; install util-linux'
case $(readlink -f "$node") in /home/* | /root/*) fail "$node is in a home folder, which the service cannot see; install Node for all" ;; esac

if ! getent passwd sotto >/dev/null; then
  useradd --system --user-group --home-dir /var/lib/sotto --no-create-home --shell /usr/sbin/nologin sotto
fi

mkdir -p /opt/sotto
if [ ! -d "/opt/sotto/$version" ]; then
  rm -rf "/opt/sotto/.$version"
  cp -R -P "$from" "/opt/sotto/.$version"
  chown -R -h root:root "/opt/sotto/.$version"
  mv "/opt/sotto/.$version" "/opt/sotto/$version"
fi
"/opt/sotto/$version/bin/sotto" --version >/dev/null || fail "/opt/sotto/$version does not run on this machine; nothing was changed"
ln -s "$version" /opt/sotto/.current
mv -T /opt/sotto/.current /opt/sotto/current
mkdir -p /usr/local/bin /etc/sotto
# Not written in place: what is there may be a link into /opt/sotto.
sed "s|^node=/usr/bin/node$|node=$node|" "$from/deploy/sotto.sh" >/usr/local/bin/.sotto
chmod 0755 /usr/local/bin/.sotto
mv -T /usr/local/bin/.sotto /usr/local/bin/sotto

# The data, the secrets of nodes on PostgreSQL, and backups: for the service's user, and nobody else.
install -d -o sotto -g sotto -m 0700 /var/lib/sotto /etc/sotto/secrets /var/backups/sotto
[ -e /etc/sotto/sotto.env ] || install -m 0644 "$from/deploy/sotto.env.example" /etc/sotto/sotto.env
sed "s|^ExecStart=/usr/bin/node |ExecStart=$node |" "$from/deploy/sotto.service" >/etc/systemd/system/sotto.service
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

echo "Sotto $version is in /opt/sotto. Settings: /etc/sotto/sotto.env. To run it now and at each start of the machine:"
echo '  systemctl enable sotto && systemctl restart sotto && curl --retry 5 --retry-connrefused http://127.0.0.1:8080/readyz'
