#!/usr/bin/env bash
# Install the Debian packages whose commands are missing: COMMAND=PACKAGE …, or PACKAGE where it has no command.
# Their services are neither started nor enabled: the servers of the demo and the tests are private ones.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

missing=()
for pair in "$@"; do
    case $pair in
        *=*) command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}") ;;
        *) dpkg-query --show --showformat '${db:Status-Status}' "$pair" 2>/dev/null | grep -qx installed || missing+=("$pair") ;;
    esac
done
((${#missing[@]})) || exit 0

say() { echo "packages: $*" >&2; }
if [[ $EUID == 0 ]]; then
    root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    root=(sudo -n)
else
    say "please install: ${missing[*]} (on Debian: apt-get install ${missing[*]})"
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    say "please install what provides: ${missing[*]}"
    exit 1
fi

say "installing ${missing[*]} …"
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee $policy >/dev/null
    "${root[@]}" chmod 755 $policy
    trap '"${root[@]}" rm -f $policy' EXIT
fi
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
if command -v systemctl >/dev/null; then
    mapfile -t units < <(dpkg-query --listfiles "${missing[@]}" | sed -n 's|.*/systemd/system/\([^/]*\.service\)$|\1|p' | sort -u)
    ((${#units[@]})) && "${root[@]}" systemctl disable --quiet "${units[@]}" 2>/dev/null || true
fi
