# What bench/run does for the board mips32: the guest's kernel is not the board's.
memory=64M
programs=bench/mips32

# What the kernel's delay loop finds natively: without it the boot waits 40 million
# instructions for ticks, and sometimes 50 million more, on both sides.
append="$append lpj=4980736"

# The board does not sleep when it is idle: with -icount and `wait` QEMU 7.2 loses a timer
# interrupt now and then. After one round of Count its timer then fires without end, at one
# and the same instant, and the board hangs.
board_words=nowait

make_kernel() { cp "$("$lab/guest-kernel" mips32)" "$work/kernel"; }

natively() { boot_natively -M malta; }

# A nanosecond of the kernel's clock is an instruction, as exactly as the kernel has
# measured its CPU: against the real-time clock, to about 1 in 10000.
measured() {
	boot=$(ticks "$1" "$2" init)
	cpu=$(ticks "$1" "$2" cpu)
}
