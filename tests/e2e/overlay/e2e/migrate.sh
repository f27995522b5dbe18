# What `migrate` needs, on the board: `. /e2e/lib.sh; . /e2e/migrate.sh`.
#
# Its guest in user land computes all the time, with what it did first as the measure,
# and looks into its kernel's log before it goes.

migrate_session() {
	cat <<-'END'
	work() { seq 1 3000 | md5sum; }
	right=$(work)
	for i in 1 2; do
		while [ "$(work)" = "$right" ]; do :; done && echo "migrate: WRONG sum" &
	done
	echo "migrate: ready"
	read line </dev/console
	trouble='BUG|WARNING|Oops|Unhandled|nobody cared|lockup|stall|unstable'
	dmesg | grep -E "$trouble" | sed 's/^/migrate: WRONG /'
	echo "migrate: done, $(grep -c ^processor /proc/cpuinfo) CPUs"
	poweroff -f
	END
}

# migrate NAME FLAVOUR [OPTION]...: options are the program's; its verdict is NAME's.
migrate() {
	local name=$1 flavour=$2
	shift 2
	migrate_session | make_guest migrate
	cat /guest/initrd-$flavour $work/migrate.cpio >$work/migrate.initrd
	exec_ember migrate --dumpdtb $work/migrate.dtb --cpus 2 --mem $memory \
		--initrd $work/migrate.initrd \
		--append "console=ttyAMA0 $quick panic=-1 ember.run=/run/ember/session" \
		/guest/vmlinuz-$flavour || { fail "$name: no device tree"; return; }
	/tools/migrate --name "$name" --kernel /guest/vmlinuz-$flavour \
		--initrd $work/migrate.initrd --dtb $work/migrate.dtb "$@"
	rm -f $work/migrate.*
}
