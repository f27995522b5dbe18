# On the board mips32: the module loaded and unloaded a hundred times, its users killed
# fifty times.
. /e2e/lib.sh
. /e2e/stress.sh
lifecycle
