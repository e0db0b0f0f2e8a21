# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
# shellcheck shell=bash

# An apt of our own: it reads the system's sources and changes nothing of the system. Sourced.

# apt_prepare DIR TYPE: below DIR, with every source of the system as one of TYPE, deb or deb-src;
# its configuration, which may be added to, is DIR/apt.conf. Used as apt-get -c DIR/apt.conf.
apt_prepare()
{
    local dir=$1 type=$2 etc file list parts

    mkdir -p "$dir"/{lists/partial,cache/archives/partial,parts,state}
    etc=$(apt-config shell etc Dir::Etc/d list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)
    eval "$etc"
    for file in "$list" "${parts%/}"/*.list; do
        [ -r "$file" ] || continue
        sed -nE "s/^[[:space:]]*deb(-src)?[[:space:]]/$type /p" "$file" | grep -v cdrom: |
            sort -u > "$dir/parts/$(basename "$file")" || true
    done
    for file in "${parts%/}"/*.sources; do
        [ -r "$file" ] || continue
        sed -E "s/^Types:.*/Types: $type/" "$file" > "$dir/parts/$(basename "$file")"
    done
    cat > "$dir/apt.conf" <<-END
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	Dir::State "$dir/state";
	Dir::State::lists "$dir/lists";
	Dir::Cache "$dir/cache";
	Dir::Etc::sourcelist "$dir/none";
	Dir::Etc::sourceparts "$dir/parts";
	APT::Sandbox::User "root";
	Acquire::Retries "3";
	END
}
