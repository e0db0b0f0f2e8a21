#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# prepare.sh
#
# Gets what the suite "guest" boots: QEMU and a kernel, both Debian's. HISI_ZIP_CACHE is where they
# go (/var/cache/hisi_zip); a second run downloads nothing. Needs root and debootstrap. Exit status
# 77: it cannot run here.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../judges/tools-root.sh"

done=$tools_cache/guest-1 # the number changes when what is made here does

prepare()
{
    tools_root qemu-system-x86 cpio && tools_kernel amd64 && touch "$done"
}

[[ ! ${1:-} =~ ^(-h|--help)$ ]] || { usage; exit 0; }
tools_check
[ ! -e "$done" ] || exit 0
say "preparing $tools_cache, once; the log is $tools_log"
tools_prepare prepare
