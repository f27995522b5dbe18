# What bench/run does for the board mips32: the guest's kernel is not the board's.
memory=64M
programs=bench/mips32

make_kernel() { cp "$("$lab/guest-kernel" mips32)" "$work/kernel"; }

natively() { boot_natively -M malta; }

# A nanosecond of the kernel's clock is an instruction, as exactly as the kernel has
# measured its CPU: against the real-time clock, to about 1 in 10000.
measured() {
	boot=$(ticks "$1" "$2" init)
	cpu=$(ticks "$1" "$2" cpu)
}
