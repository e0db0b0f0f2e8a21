#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
#
# build.sh [meson option...]
#
# Installs what is missing and builds all of the project into build/.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

[[ ! ${1:-} =~ ^(-h|--help)$ ]] || { usage; exit 0; }
"$top/buildtools/setup.sh"
build "$top/build" "$@"
say "built $top/build"
