// SPDX-License-Identifier: GPL-2.0
/*
 * Kinds of character devices: how stdio, a pty, a file are opened, and how
 * what was changed about them is undone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "../err.h"
#include "chardev_kinds.h"
#include "term.h"

static bool is_type(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/*
 * A non-blocking way to the file behind @fd.  Its status flags are shared with
 * whoever else holds it (the shell, for one), so it is better opened anew;
 * where that can't be (a socket, another user's terminal), the flag is set and
 * put back at the end.
 */
static int nonblocking(int fd, int mode, int *restore_fl)
{
	char path[32];
	int mine = -1;

	if (is_type(fd, S_IFREG))
		return fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (is_type(fd, S_IFIFO) || is_type(fd, S_IFCHR)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		mine = open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	}
	if (mine >= 0)
		return mine;
	*restore_fl = fcntl(fd, F_GETFL);
	if (*restore_fl >= 0)
		fcntl(fd, F_SETFL, *restore_fl | O_NONBLOCK);
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static int open_stdio(struct chardev_ends *ends, const char *what, const char *spec, struct err *e)
{
	(void)spec;
	(void)e;
	ends->in = nonblocking(STDIN_FILENO, O_RDONLY, &ends->restore_fl[0]);
	ends->out = nonblocking(STDOUT_FILENO, O_WRONLY, &ends->restore_fl[1]);
	if (ends->out < 0)
		warn("%s: standard output: %s; output is lost", what, strerror(errno));
	if (isatty(STDIN_FILENO) && term_raw(STDIN_FILENO) == 0) {
		ends->terminal = true;
		warn("press Ctrl-] to leave the virtual machine");
	}
	return 0;
}

/* Raw from the start: what the guest says must not come back as its input. */
static void make_raw(int fd)
{
	struct termios tio;

	if (tcgetattr(fd, &tio) == 0) {
		cfmakeraw(&tio);
		tcsetattr(fd, TCSANOW, &tio);
	}
}

static int open_pty(struct chardev_ends *ends, const char *what, const char *spec, struct err *e)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	char name[64];
	int slave;

	(void)spec;
	if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0 || ptsname_r(fd, name, sizeof(name))) {
		err_sys(e, EXIT_USAGE, errno, "cannot make a pseudo-terminal for the %s", what);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	/* Opened and closed once, the master tells by EPOLLHUP that nobody is there. */
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave >= 0) {
		make_raw(slave);
		close(slave);
	}
	ends->in = fd;
	ends->out = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	ends->pty = true;
	warn("%s is on %s", what, name);
	return 0;
}

static int open_none(struct chardev_ends *ends, const char *what, const char *spec, struct err *e)
{
	(void)ends;
	(void)what;
	(void)spec;
	(void)e;
	return 0;
}

static int open_file(struct chardev_ends *ends, const char *what, const char *spec, struct err *e)
{
	struct stat st;
	bool two_way = stat(spec, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode));
	int flags = two_way ? O_RDWR | O_NONBLOCK : O_WRONLY | O_CREAT | O_TRUNC;

	ends->out = open(spec, flags | O_NOCTTY | O_CLOEXEC, 0666);
	if (ends->out < 0)
		return err_sys(e, EXIT_USAGE, errno, "cannot open %s for the %s", spec, what);
	if (two_way)
		ends->in = fcntl(ends->out, F_DUPFD_CLOEXEC, 3);
	if (isatty(ends->out))
		make_raw(ends->out);
	return 0;
}

static const struct {
	const char *spec;
	int (*open)(struct chardev_ends *ends, const char *what, const char *spec, struct err *e);
} kinds[] = {
	{ "stdio", open_stdio },
	{ "pty", open_pty },
	{ "none", open_none },
	{ NULL, open_file },
};

int chardev_ends_open(struct chardev_ends *ends, const char *what, const char *spec, struct err *e)
{
	unsigned int i = 0;

	*ends = (struct chardev_ends){ .in = -1, .out = -1, .restore_fl = { -1, -1 } };
	while (kinds[i].spec && strcmp(kinds[i].spec, spec))
		i++;
	return kinds[i].open(ends, what, spec, e);
}

void chardev_ends_close(struct chardev_ends *ends)
{
	int i;

	if (ends->terminal)
		term_restore();
	for (i = 0; i < 2; i++)
		if (ends->restore_fl[i] >= 0)
			fcntl(i, F_SETFL, ends->restore_fl[i]);
	if (ends->in >= 0)
		close(ends->in);
	if (ends->out >= 0)
		close(ends->out);
	ends->in = ends->out = -1;
}
