# What bench/run does for the board armv7: the kernel is the board's own.
memory=128M
programs=bench

make_kernel() {
	arm-linux-gnueabihf-gcc -c -DKERNEL="\"$("$lab/kernel" image "$flavour")\"" \
		-o "$work/firmware.o" "$top/bench/firmware.S"
	arm-linux-gnueabihf-objcopy -O binary "$work/firmware.o" "$work/kernel"
	touch "$work/board/bench/wants-dtb"
}

# On the machine that Ember's guest sees, which has no Hyp mode.
natively() {
	sed -n 's/^dtb //p' "$work/data" | base64 -d >"$work/dtb"
	boot_natively -M "${board_machine/virtualization=on/virtualization=off}" -dtb "$work/dtb"
}

# A tick of the counter is 16 instructions.
measured() {
	boot=$((16 * ($(ticks "$1" "$2" init) - $(ticks "$1" "$2" entry))))
	cpu=$((16 * $(ticks "$1" "$2" cpu)))
}
