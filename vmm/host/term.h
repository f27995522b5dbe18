/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The monitor's terminal in raw mode, and back again on every way out.
 *
 * One terminal a process.  Restored by term_restore(), by exit(), and by a
 * handler when the process dies of its own fault (SIGSEGV, SIGABRT, ...).
 */
#ifndef EMBER_TERM_H
#define EMBER_TERM_H

/* Put the terminal @fd into raw mode; 0 or -errno. */
int term_raw(int fd);
/* Raw mode again, after the shell changed it under a stopped process (SIGCONT). */
void term_raw_again(void);
void term_restore(void);

#endif
