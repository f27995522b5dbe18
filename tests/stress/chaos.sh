# Guests of one to four vcpus that do anything at all, for a hundred thousand exits. On a
# board of its own: QEMU may not survive it (tests/board/hostile.c).
. /e2e/lib.sh
load_module
exits=$(option exits)
export EMBER_SEED=$(option seed) EMBER_TIME_LIMIT=3600
EMBER_EXITS=$((exits / 10)) program hostile chaos
nothing_left chaos
quiet_log chaos
