# cpus: 34Kf 74Kf P5600
# The guest kernel boots on hosts with other CPUs than the boards of the tests beside this
# have: with vectored interrupts, a data cache with aliases, a hardware page walker.
. /e2e/lib.sh
memory=64M
# As the board (lab/boards/mips32.conf): the guest's FPU is the host's.
quick="$quick ieee754=relaxed"
load_module
boots mips32 1
nothing_left cpus
