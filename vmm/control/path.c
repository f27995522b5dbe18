// SPDX-License-Identifier: GPL-2.0
/* Where control sockets are: $XDG_RUNTIME_DIR/ember, or /run/ember. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../err.h"
#include "control.h"

const char *control_dir(char buf[CONTROL_PATH_MAX])
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	/* A base that is too long is cut, and then not found: nobody is misled. */
	snprintf(buf, CONTROL_PATH_MAX, "%s/ember", base && *base == '/' ? base : "/run");
	return buf;
}

int control_path(char buf[CONTROL_PATH_MAX], const char *name, struct err *e)
{
	char dir[CONTROL_PATH_MAX];
	int n;

	if (strchr(name, '/'))
		n = snprintf(buf, CONTROL_PATH_MAX, "%s", name);
	else
		n = snprintf(buf, CONTROL_PATH_MAX, "%s/%s.sock", control_dir(dir), name);
	if (n >= CONTROL_PATH_MAX)
		return err_set(e, EXIT_USAGE,
			       "control socket of %s: the path has more than %d bytes", name,
			       CONTROL_PATH_MAX - 1);
	return 0;
}

int control_make_dir(struct err *e)
{
	char dir[CONTROL_PATH_MAX];

	if (!mkdir(control_dir(dir), 0700) || errno == EEXIST)
		return 0;
	return err_sys(e, EXIT_HOST, errno, "cannot make %s", dir);
}
