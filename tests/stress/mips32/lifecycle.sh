# On the board mips32: the module loaded and unloaded a hundred times, its users killed
# fifty times.
. /e2e/lib.sh
load_module
export EMBER_LOADS=100 EMBER_KILLS=50
/tests/lifecycle.sh load_unload loading_leaves_memory killed killed_leaves_memory \
	killed_leaves_interrupts >&3
nothing_left lifecycle
quiet_log lifecycle
