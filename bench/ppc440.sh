# What bench/run does for the board ppc440: the kernel is the board's own, or the one that GUEST
# names (ppc440: with the magic page); OPTIONS are more of the guest's for `ember run`.
memory=64M
programs=bench/ppc440
# It cannot be switched off, only reset: exit code 3 of a monitor that is not to start anew.
guest_words="--no-reboot ${OPTIONS-}"
guest_status=3

make_kernel() {
	powerpc-linux-gnu-objcopy -O binary "$("$lab/kernel" image "${GUEST:-$flavour}")" \
		"$work/image"
	powerpc-linux-gnu-gcc -Wa,-m440 -nostdlib -static \
		-Wl,-N,-Ttext=0,--build-id=none,--no-warn-rwx-segments -DKERNEL="\"$work/image\"" \
		-o "$work/kernel" "$top/bench/ppc440/firmware.S"
}

# With the device tree that QEMU has for it: it has a PCI bus, and no way to switch off.
natively() { boot_natively -M bamboo; }

# A tick of the time base, whose 400 MHz are the board's, is 2.5 instructions.
measured() {
	boot=$((5 * ($(ticks "$1" "$2" init) - $(ticks "$1" "$2" entry)) / 2))
	cpu=$((5 * $(ticks "$1" "$2" cpu) / 2))
}
