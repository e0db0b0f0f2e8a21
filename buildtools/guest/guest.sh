# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The hisi_zip PMD authors
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

# A guest of QEMU without hardware help, with functions of a model behind vfio-user and a virtual
# IOMMU. Sourced after lib.sh, run.sh and tools-root.sh.

# The root folder whose DPDK programs run in the guest, and below which the plug-in was built for
# them; empty: this system.
guest_dpdk=${HISI_ZIP_GUEST_DPDK:-}
guest_memory=1024
guest_cpus=1
# On a busy host the guest's clock jumps: that is no reason for its kernel to give up.
guest_options='console=ttyS0 panic=-1 quiet intel_iommu=on no_timer_check nowatchdog'
guest_options+=' rcupdate.rcu_cpu_stall_suppress=1'
# The distribution's test gives an operation 100 ms, which a busy host takes from model and QEMU.
guest_first=(nice -n -10)
guest_pid=
guest_models=() # their names
guest_functions=() # in the guest's order, as MODEL_NUMBER
declare -A guest_model_pids
kernel=$tools_cache/kernel-amd64

guest_inside()
{
    chroot "${guest_dpdk:-/}" "$@"
}

# At exit: what was started is ended.
guest_end()
{
    local pid

    for pid in $guest_pid "${guest_model_pids[@]}"; do
        { kill "$pid" && wait "$pid"; } 2> /dev/null || true
    done
    cleanup
}

# guest_serve MODEL KINDS [option...]: a model for the guest, with functions of these kinds, "vf" or
# "pf", in the folder of its name in $work. Each is $MODEL_NUMBER to the guest.
guest_serve()
{
    local name=$1 kinds number sockets=() served work=$work/$1
    # What ends without its cleanup leaves no model for long.
    local launcher=(timeout -k 5 1800 "${guest_first[@]}")

    read -ra kinds <<< "$2"
    shift 2
    mkdir "$work"
    served=,function=${kinds[0]}
    for ((number = 0; number < ${#kinds[@]}; number++)); do
        guest_functions+=("${name}_$number")
        [ $number = 0 ] || sockets+=(--socket "$work/vf$number,function=${kinds[number]}")
    done
    start_model "${sockets[@]}" "$@"
    guest_models+=("$name")
    guest_model_pids[$name]=$model_pid
    model_pid=
}

# Ends the models, which write their counters.
guest_stop_models()
{
    local name folder=$work work

    for name in "${guest_models[@]}"; do
        work=$folder/$name
        model_pid=${guest_model_pids[$name]}
        unset "guest_model_pids[$name]"
        stop_model
    done
}

# guest_library TREE FILE...: copies libraries; where a name is a link, so it is in the guest: a
# library of two names is one to the loader.
guest_library()
{
    local tree=$1 library real
    shift
    for library; do
        real=$(guest_inside realpath "$library")
        install -D "$guest_dpdk$real" "$tree$real"
        [ "$library" != "$real" ] || continue
        mkdir -p "$tree${library%/*}"
        ln -sf "$real" "$tree$library"
    done
}

# guest_needs FILE...: what they are linked with.
guest_needs()
{
    guest_inside ldd "$@" | sed -nE 's|^.* => (/[^ ]*) .*|\1|p; s|^\s+(/[^ ]*) .*|\1|p' | sort -u
}

# guest_tree TREE [PROGRAM...]: all that the guest's memory holds, but /job.
guest_tree()
{
    local tree=$1 module file ring libgcc programs files
    shift

    mkdir -p "$tree"/{bin,dev,proc,sys,etc,root,usr/bin,lib/modules}
    chmod -R 755 "$tree"
    echo root:x:0:0::/root:/bin/sh > "$tree/etc/passwd"
    install "$kernel/busybox" "$tree/bin/busybox"
    for module in irqbypass vfio vfio_iommu_type1 vfio-pci-core vfio-pci; do
        file=$(find "$kernel/modules" -name "$module.ko.xz")
        xz -dc "$file" > "$tree/lib/modules/$module.ko"
    done
    ring=$(guest_inside find /usr/lib -path '*/pmds-*/librte_mempool_ring.so.*.*')
    # As "meson install" does: programs find the plug-in without being told.
    install -D -t "$tree${ring%/*}" "$guest_dpdk$guest_plugin"
    programs=(/usr/bin/dpdk-test /usr/bin/dpdk-test-compress-perf "$@")
    install -t "$tree/usr/bin" "${programs[@]/#/$guest_dpdk}"
    mapfile -t files < <(guest_needs "${programs[@]}" "$ring" "$guest_plugin")
    # Loaded by name when a thread is cancelled.
    libgcc=$(guest_inside /sbin/ldconfig -p | sed -n 's/.*libgcc_s.so.1 .*x86-64.* => //p')
    guest_library "$tree" "$ring" "${files[@]}" "${libgcc%%$'\n'*}"
    install -t "$tree/bin" "$top/config/hisi-zip-vfio.sh"
    install "$top/buildtools/guest/init" "$tree/init"
    cat /usr/share/common-licenses/* "$tree/usr/bin/dpdk-test" > "$tree/sample"
    truncate -s 1M "$tree/sample"
}

# guest_pack TREE FILE
guest_pack()
{
    (cd "$1" && find . | "$kernel/busybox" cpio -o -H newc 2> /dev/null | gzip -1) > "$2"
}

# The names of functions, for the guest's shell, and what standard input says.
guest_job()
{
    local function number=0

    for function in "${guest_functions[@]}"; do
        echo "$function=\${$((++number))}"
    done
    cat
}

# guest_boot SECONDS: boots with all functions that are served, runs what standard input says as
# /job, and waits for the end of it and of the models. The console is in $work/console.
guest_boot()
{
    local seconds=$1 status=0 devices=() function

    mkdir "$work/job-tree"
    guest_job > "$work/job-tree/job"
    guest_tree "$work/tree" "${guest_programs[@]}"
    guest_pack "$work/tree" "$work/base.gz"
    guest_pack "$work/job-tree" "$work/job.gz"
    cat "$work/base.gz" "$work/job.gz" > "$work/initrd"
    cp "$kernel/vmlinuz" "$work/vmlinuz"
    for function in "${guest_functions[@]}"; do
        function='"socket":{"type":"unix","path":"/mnt/'${function%_*}/vf${function##*_}'"}'
        devices+=(-device '{"driver":"vfio-user-pci",'"$function}")
    done
    timeout -k 5 "$seconds" "${guest_first[@]}" unshare --mount sh -c \
        'root=$0 && mount --bind "$1" "$root/mnt" && shift && exec chroot "$root" "$@"' \
        "$tools" "$work" qemu-system-x86_64 -accel tcg -M q35,memory-backend=m0 -cpu max \
        -smp "$guest_cpus" -m "${guest_memory}M" \
        -object "memory-backend-memfd,id=m0,size=${guest_memory}M,share=on" -nodefaults \
        -no-user-config -display none -serial stdio -no-reboot -kernel /mnt/vmlinuz \
        -initrd /mnt/initrd -append "$guest_options" \
        -device intel-iommu,caching-mode=on,intremap=on "${devices[@]}" \
        < /dev/null > "$work/console" 2>&1 &
    guest_pid=$!
    wait "$guest_pid" || status=$?
    guest_pid=
    # The console ends its lines with a carriage return as well.
    sed -i 's/\r//g' "$work/console"
    [ $status != 124 ] || guest_fail "the guest did not end within $seconds s"
    [ $status = 0 ] || guest_fail "QEMU ended with status $status"
    grep -qx '@ done' "$work/console" || guest_fail "the guest did not come to its end"
    ! grep '^@ fail' "$work/console" || guest_fail "the guest could not be set up"
    guest_stop_models
    # They are PCI devices, bound to vfio-pci.
    [ "$(grep -c '^@ function .* driver vfio-pci group [0-9]* ' "$work/console")" = \
        ${#guest_functions[@]} ] || guest_fail "not all functions are bound to vfio-pci"
}

# Says why, shows the console and keeps what is needed to look closer.
guest_fail()
{
    local kept=$top/build/guest-failed-$case_name name

    cat "$work/console" >&2 || true
    rm -rf "$kept"
    mkdir -p "$kept"
    cp "$work"/{console,job-tree/job} "$kept/" 2> /dev/null || true
    for name in "${guest_models[@]}"; do
        mkdir "$kept/$name"
        cp "$work/$name"/{model.log,stats} "$kept/$name/" 2> /dev/null || true
    done
    die "$case_name: $*; logs are in $kept"
}

# guest_step NAME: the output of a step.
guest_step()
{
    sed -n "/^@ begin $1 /,/^@ end $1 /p" "$work/console"
}

guest_status()
{
    awk -v name="$1" '$1 == "@" && $2 == "end" && $3 == name { print $4 }' "$work/console"
}

guest_must_succeed()
{
    local name
    for name; do
        [ "$(guest_status "$name")" = 0 ] || guest_fail "$name ended with '$(guest_status "$name")'"
    done
}
