# What the boards' tests of a guest "control" share, which counts on its result disk:
# `. /e2e/control.sh`, after /e2e/lib.sh.

count() { result control | head -n 1 | cut -d' ' -f1; }
counts() { [ "$(count)" -gt "${1:-0}" ] 2>/dev/null; }
status() { ember ps | awk '$1 == "control" { print $3 }'; }

# It stands still while it is paused, and goes on from there.
pausing() {
	local before after
	ember pause control
	before=$(count)
	[ "$(status)" = paused ] || fail "control.pause: status $(status)"
	sleep 3
	after=$(count)
	ember resume control
	if [ "$before" != "$after" ]; then
		fail "control.pause: the guest went on from $before to $after"
	elif ! wait_for counts "$after"; then
		fail "control.resume: the guest does not go on"
	else
		pass control.pause
	fi
}
