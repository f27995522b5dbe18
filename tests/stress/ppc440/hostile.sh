# On the board ppc440: hostile guests for a million exits, each kind by itself and all at
# once, and hostile monitors. A Linux guest beside them goes on.
. /e2e/lib.sh
. /e2e/stress.sh
memory=64M
hostile bamboo code privileged reach tlb_entries magic_page fpu self_modifying \
	all_at_once
