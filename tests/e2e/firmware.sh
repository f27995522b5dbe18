# Guests that aren't Linux: Debian's U-Boot and UEFI, from flash memory. Both are asked
# for a file on a GPT disk. U-Boot boots the stock kernel from there (UEFI's shell can't,
# here as on QEMU: the firmware takes a data abort in ExitBootServices); UEFI keeps a
# variable in the flash memory's file, and starts a kernel that it is handed by fw_cfg.
# boards: 1
. /e2e/lib.sh
load_module

linux="console=ttyAMA0 $quick panic=-1 ember.run=/run/ember/session"

# start_firmware NAME [OPTION]...: a monitor whose guest types on $work/NAME.console;
# what the script types goes to file descriptor 5.
start_firmware() {
	local name=$1
	shift
	exec 5>&-
	rm -f $work/*
	mkfifo $work/$name.in
	exec 5<>$work/$name.in
	timeout -s KILL 600 ember run --name $name --mem 256M --net none --no-rng \
		"$@" <$work/$name.in >$work/$name.console 2>$work/$name.err &
	monitor=$! guest=$name from=1
}

# Has the guest said so, after what was answered last?
answered() { tail -c +$from $work/$guest.console | grep -q "$1"; }

# talk NAME TEXT ANSWER: types TEXT; PASS if ANSWER, a pattern that TEXT does not match
# where it is echoed, comes back.
talk() {
	printf "$2" >&5
	if ! wait_for answered "$3"; then
		fail "firmware.$guest-$1: no '$3' on the console"
		kill -KILL $(monitor $guest) 2>/dev/null
		return 1
	fi
	from=$(($(wc -c <$work/$guest.console) + 1))
	pass firmware.$guest-$1
}

ended() {
	wait $monitor
	status=$?
	[ $status -eq 0 ] && pass firmware.$guest-end ||
		fail "firmware.$guest-end: ember ended with status $status"
}

# U-Boot counts down two seconds before it boots, which it does not find how to: it
# comes to its prompt in either case, sooner if a key arrives in time.
prompted() {
	answered '^=> ' && return
	printf '\r' >&5
	false
}

uboot_prompt() {
	if wait_for prompted; then
		talk $1 '' '^=> '
	else
		fail "firmware.uboot-$1: no prompt on the console"
		kill -KILL $(monitor uboot)
		false
	fi
}

# One after the other: what is typed while a command runs is not always kept.
uboot_boots() {
	talk kernel 'load virtio 0:1 ${kernel_addr_r} vmlinuz\r' '^[0-9]* bytes read' &&
		talk initrd 'load virtio 0:1 ${ramdisk_addr_r} initrd\r' '^[0-9]* bytes read' &&
		talk bootargs "setenv bootargs $linux; echo is "'${bootargs}\r' '^is console' &&
		talk boot 'bootz ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}\r' \
			'^booted: 6.*-armmp-lpae 2'
}

uboot() {
	start_firmware uboot --cpus 2 --bios /guest/firmware/u-boot.bin --disk /guest/boot.img,ro
	uboot_prompt start &&
		talk flash 'flinfo 2\r' '05FE0000' &&
		talk disk 'virtio info\r' 'Capacity: 34.0 MB' &&
		talk list 'ls virtio 0:1\r' '26   ember.txt' &&
		talk reset 'reset\r' '^U-Boot 20' &&
		uboot_prompt again &&
		talk load 'load virtio 0:1 ${loadaddr} ember.txt; md.b ${loadaddr} 1a\r' \
			'a file on a FAT' &&
		uboot_boots && ended
}

# The shell paints each character it echoes at its place: no text of ours comes back whole.
uefi() {
	local vars=/tmp/vars.fd
	truncate -s 64M $vars
	start_firmware uefi --bios /guest/firmware/AAVMF32_CODE.fd --pflash $vars \
		--disk /guest/boot.img,ro
	talk start '' 'seconds to skip' &&
		talk shell '\r' 'Shell> ' &&
		talk disk 'map -r\r' 'HD(1,GPT,7D0A8E1C-' &&
		talk list 'ls fs0:\r' '26  ember.txt' &&
		talk read 'type fs0:\\ember.txt\r' '^a file on a FAT partition' &&
		talk set 'setvar EmberVar -guid 7d0a8e1c-0000-4e7c-9d57-456d62657221 -bs -nv =0x2a\r' \
			'Shell> ' &&
		printf 'reset -s\r' >&5 && ended
	dd if=$vars bs=256K count=1 2>/dev/null | tr -d '\0' | grep -q EmberVar &&
		pass firmware.uefi-variable ||
		fail "firmware.uefi-variable: it is not in the flash memory's file"
}

# The kernel, its initrd and its command line from fw_cfg; without a disk.
uefi_kernel() {
	echo 'echo "handed over: $(uname -r)"; poweroff -f' | make_guest handed
	cat /guest/initrd-armmp $work/handed.cpio >/tmp/initrd
	start_firmware handed --bios /guest/firmware/AAVMF32_CODE.fd --initrd /tmp/initrd \
		--append "$linux" /guest/vmlinuz-armmp
	talk boot '' '^handed over: 6.*-armmp' && ended
}

uboot
uefi
uefi_kernel
