# What building a kernel of our own from Debian's source takes, for lab/debug-kernel,
# lab/guest-kernel and lab/board-kernel. Sourced behind lib.sh, after use_arch.

kernel_make=(nice -n 10 make --no-print-directory ARCH="$kernel_arch"
	CROSS_COMPILE="$tuple-" KBUILD_KCONFIG=Kconfig.ember
	KBUILD_BUILD_USER=ember KBUILD_BUILD_HOST=lab KBUILD_BUILD_TIMESTAMP=2026-01-01)

# unpack_source DEB DIR: from a package linux-source-*.
unpack_source() {
	mkdir -p "$2"
	dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -xJ -C "$2" --strip-components=1
}

# configure FILE [KCONFIG]: everything that FILE does not name is off; what it names must
# hold. KCONFIG is added to the kernel's own.
configure() {
	cat Kconfig ${2+"$2"} >Kconfig.ember
	"${kernel_make[@]}" -s KCONFIG_ALLCONFIG="$1" allnoconfig >&2
	check_config "$1"
}

# configure_from DEFCONFIG FILE: what neither names is as the kernel's authors want it;
# what FILE names must hold.
configure_from() {
	cp Kconfig Kconfig.ember
	grep -vFf <(sed -n 's/^\(# \)\?\(CONFIG_[A-Z0-9_]*\).*/\2=/p' "$2") "$1" |
		cat - "$2" >.config
	"${kernel_make[@]}" -s olddefconfig >&2
	check_config "$2"
}

check_config() {
	local line missing=()
	while read -r line; do
		grep -qxF "$line" .config || missing+=("$line")
	done < <(grep ^CONFIG_ "$1")
	[ ${#missing[@]} -eq 0 ] || die "${PWD##*/} cannot have ${missing[*]}"
}

# compile LOG NEW TARGET...: the kernel, and its modules below NEW. Sets version.
compile() {
	local log=$1 new=$2
	shift 2
	if ! "${kernel_make[@]}" -j"${JOBS:-$(nproc)}" "$@" modules >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		die "the kernel did not build (all of it in $log)"
	fi
	version=$("${kernel_make[@]}" -s kernelrelease)
	"${kernel_make[@]}" -s INSTALL_MOD_PATH="$new" INSTALL_MOD_STRIP=1 modules_install \
		>>"$log" 2>&1
	rm -f "$new/lib/modules/$version"/{build,source}
	echo "$version" >"$new/version"
}

# keep_headers DIR: what modules are built with, and nothing that only the kernel's own
# build needs.
keep_headers() {
	local to=$1 own=arch/$kernel_arch
	mkdir -p "$to"
	tar -c --exclude='*.o' --exclude='*.o.d' --exclude='.*.cmd' \
		Makefile Kconfig* .config Module.symvers System.map include scripts \
		arch/Kconfig "$own"/Kconfig* "$own/Makefile" "$own/include" \
		$(find "$own" -name '*.lds' -o -name 'Makefile*' -o -name module.lds.S) |
		tar -x -C "$to"
	# PowerPC's modules are linked with it.
	[ ! -e "$own/lib/crtsavres.o" ] || cp "$own/lib/crtsavres.o" "$to/$own/lib/"
}
