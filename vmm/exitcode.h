/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `ember run` ends with.  Scripts depend on these numbers; ember(1) and
 * `ember --help` document them (cli/help.c prints the same list).
 */
#ifndef EMBER_EXITCODE_H
#define EMBER_EXITCODE_H

enum exit_code {
	EXIT_GUEST_OFF = 0, /* the guest shut itself down */
	EXIT_INTERNAL = 1, /* the monitor or the host failed unexpectedly */
	EXIT_USAGE = 2, /* bad command line, kernel, firmware, disk, memory size, device tree */
	EXIT_GUEST_RESET = 3, /* the guest reset itself, with --no-reboot */
	EXIT_GUEST_CRASH = 4, /* the guest crashed, or KVM can't go on with it */
	EXIT_HOST = 5, /* the host can't: no /dev/kvm, no permission, not able */
	EXIT_ESCAPE = 6, /* left with the escape key */
	EXIT_SIGNAL = 128, /* plus the number of the signal */
};

#endif
