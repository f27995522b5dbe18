// SPDX-License-Identifier: GPL-2.0
/* Raw mode of the terminal; see term.h. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>

#include "../err.h"
#include "term.h"

static int term_fd = -1;
static struct termios saved;
static struct termios raw;

void term_restore(void)
{
	int fd = term_fd;

	if (fd < 0)
		return;
	term_fd = -1;
	tcsetattr(fd, TCSANOW, &saved);
	warn_raw_terminal(false);
}

/* SA_RESETHAND: the second raise kills as if there were no handler. */
static void fatal(int sig)
{
	if (term_fd >= 0)
		tcsetattr(term_fd, TCSANOW, &saved);
	raise(sig);
}

static void install_handlers(void)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT };
	struct sigaction sa = { .sa_handler = fatal, .sa_flags = SA_RESETHAND };
	unsigned int i;

	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, NULL);
	atexit(term_restore);
}

int term_raw(int fd)
{
	static bool installed;

	if (tcgetattr(fd, &saved) < 0)
		return -errno;
	raw = saved;
	cfmakeraw(&raw);
	if (!installed)
		install_handlers();
	installed = true;
	if (tcsetattr(fd, TCSANOW, &raw) < 0)
		return -errno;
	term_fd = fd;
	warn_raw_terminal(true);
	return 0;
}

void term_raw_again(void)
{
	if (term_fd >= 0)
		tcsetattr(term_fd, TCSANOW, &raw);
}
