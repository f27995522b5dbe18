# What every lab script shares: messages, the cache, publishing a product whole.
# Sourced by bash scripts after `set -euo pipefail`; defines functions only,
# except for the variables below.

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$lab")
PATH=$PATH:/usr/sbin:/sbin
cache=${EMBER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ember}

# Progress and complaints go to stderr: stdout carries a script's result.
say() { printf 'ember: %s\n' "$*" >&2; }
die() { printf 'ember: error: %s\n' "$*" >&2; exit 1; }

# usage FILE: prints the comment block that opens FILE.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1" | sed '/^!/d'; }

# key WORD...: a short name for exactly these words.
key() { printf '%s\n' "$@" | sha256sum | cut -c1-12; }

# key_of_files FILE...: a short name for the contents of these files.
key_of_files() { cat "$@" | sha256sum | cut -c1-12; }

# use_arch ARCH: sets arch, tuple, kernel_arch, loader, virtio_bus, userland and flavours,
# from the row of lab/architectures.
use_arch() {
	read -r arch tuple kernel_arch loader virtio_bus userland flavours < \
		<(grep "^$1[[:space:]]" "$lab/architectures") ||
		die "no architecture '$1'; there are: $(known 1)"
}

# use_flavour FLAVOUR: the same for the architecture that a kernel flavour is of.
use_flavour() {
	local name
	name=$(awk -v f="$1" '!/^#/ { for (i = 7; i <= NF; i++) if ($i == f) print $1 }' \
		"$lab/architectures")
	[ -n "$name" ] || die "no kernel '$1'; there are: $(known 7)"
	use_arch "$name"
}

# known COLUMN: what there is in lab/architectures from that column on (the first
# column alone).
known() {
	awk -v from="$1" '!/^#/ { for (i = from; i <= (from > 1 ? NF : 1); i++) print $i }' \
		"$lab/architectures" | paste -sd ' '
}

# take_arch WORD...: use_arch for an option `--arch ARCH` that comes first, or for
# armhf; taken says how many words to shift away.
take_arch() {
	taken=0
	[ "${1-}" = --arch ] && taken=2
	use_arch "$([ $taken -eq 0 ] && echo armhf || echo "${2?--arch wants a value}")"
}

# locked NAME COMMAND...: runs COMMAND while no other process runs one under NAME.
locked() {
	local name=$1 fd
	shift
	mkdir -p "$cache/lock"
	exec {fd}>"$cache/lock/$name"
	flock "$fd"
	"$@" {fd}>&-
	exec {fd}>&-
}

# make_ext4 DIR LABEL SIZE FILE: a file system that holds DIR, the same one every time:
# all are made at the same date.
make_ext4() {
	local dir=$1 label=$2 size=$3 out=$4
	find "$dir" -newermt "@$epoch" -exec touch -h -d "@$epoch" {} +
	E2FSPROGS_FAKE_TIME=$epoch mke2fs -q -t ext4 -L "$label" -d "$dir" -m 0 -b 4096 \
		-O ^metadata_csum_seed,^orphan_file -E hash_seed=$uuid,root_owner=0:0 \
		-U $uuid "$out" "$size" >/dev/null
}
epoch=1767225600
uuid=7d0a8e1c-5b7e-4e7c-9d57-456d62657221

# publish PATH COMMAND...: unless PATH exists, runs `COMMAND... TEMP` and renames
# TEMP to PATH when it succeeds. An interrupted build leaves no PATH behind.
publish() {
	[ -e "$1" ] || locked "$(key "$1")" publish_locked "$@"
}

publish_locked() {
	local path=$1 temp status
	shift
	[ ! -e "$path" ] || return 0
	mkdir -p "$(dirname "$path")"
	temp=$(mktemp -d "$path.XXXXXX")
	chmod 755 "$temp"
	# Not as a condition, where bash would switch `set -e` off.
	set +e
	( set -e; "$@" "$temp/new" )
	status=$?
	set -e
	[ $status -ne 0 ] || mv -T "$temp/new" "$path"
	rm -rf "$temp"
	return $status
}
