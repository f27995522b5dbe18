# Turns what a cmocka program printed as TAP, and its exit status as a last line
# `exit N`, into verdicts. A program that crashes or hangs fails the test it was in.

function verdict(word, test, why) {
	sub(/^test_/, "", test)
	full = name "." test
	if (only == "" || only == name || only == full)
		print word " " full (why == "" ? "" : ": " why)
}

# fail_msg() writes its words to stderr, which comes before stdout in the file, and
# leaves only the place on stdout.
function flush() {
	if (why ~ /^[^ ]+:[0-9]+: error: Failure!/ && said < errors)
		why = error[++said] "; " why
	if (failed != "")
		verdict("FAIL", failed, why)
	failed = why = ""
}

/^1\.\.[0-9]+/ { planned = substr($0, 4) }

/^ok [0-9]+ / {
	flush()
	done++
	verdict("PASS", $4, "")
	next
}

/^not ok [0-9]+ # SKIP/ {
	flush()
	done++
	verdict("SKIP", $6, "the test says so")
	next
}

/^not ok [0-9]+ / {
	flush()
	done++
	failed = $5
	next
}

# The lines after `not ok` say why, the place last.
/^# not ok/ { next }
/^# / && failed != "" { why = why (why == "" ? "" : "; ") substr($0, 3) }
/^ERROR: / { error[++errors] = substr($0, 8) }
/AddressSanitizer|LeakSanitizer|runtime error:/ && crash == "" { crash = $0 }

/^exit [0-9]+$/ { status = $2 }

END {
	flush()
	if (status == 124 || status == 137)
		verdict("FAIL", "timeout", "hung in test " done + 1 " of " planned)
	else if (done < planned || planned == "" || (status && crash ~ /Sanitizer|runtime error/))
		verdict("FAIL", "crash", "after test " done + 0 " of " planned + 0 ", status " status ": " crash)
}
