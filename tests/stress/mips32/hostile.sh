# On the board mips32: hostile guests for a million exits, each kind by itself and all at
# once, and hostile monitors. A Linux guest beside them goes on.
. /e2e/lib.sh
. /e2e/stress.sh
memory=64M
hostile mips32 code coprocessor segments tlb_entries comm_page fpu short_traps \
	other_mode all_at_once
