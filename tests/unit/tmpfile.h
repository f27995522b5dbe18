/* SPDX-License-Identifier: GPL-2.0 */
/* Files for one test: made with contents, gone with the process's directory. */
#ifndef EMBER_UNIT_TMPFILE_H
#define EMBER_UNIT_TMPFILE_H

#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

/* A new directory, removed with what tmp_file() put into it by tmp_clean(). */
static char tmp_dir[32];
static char tmp_names[16][64];
static unsigned int tmp_nr;

__attribute__((unused)) static int tmp_setup(void **state)
{
	(void)state;
	strcpy(tmp_dir, "/tmp/ember-unit-XXXXXX");
	return mkdtemp(tmp_dir) ? 0 : -1;
}

__attribute__((unused)) static int tmp_clean(void **state)
{
	(void)state;
	while (tmp_nr)
		unlink(tmp_names[--tmp_nr]);
	return rmdir(tmp_dir);
}

/* The path of a file that tmp_clean() removes. */
static const char *tmp_path(const char *name)
{
	char *path = tmp_names[tmp_nr++];

	assert_in_range(tmp_nr, 1, ARRAY_SIZE(tmp_names));
	snprintf(path, sizeof(tmp_names[0]), "%s/%s", tmp_dir, name);
	return path;
}

/* @size bytes, the first @len of them from @data. */
__attribute__((unused)) static const char *tmp_file(const char *name, const void *data, size_t len,
						    size_t size)
{
	const char *path = tmp_path(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
	return path;
}

#endif
