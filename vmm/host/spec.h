/* SPDX-License-Identifier: GPL-2.0 */
/* What options such as --disk are given: a file's name, then options after a comma. */
#ifndef EMBER_SPEC_H
#define EMBER_SPEC_H

/*
 * Copy the file name off @spec to @path, which has room for all of @spec; ",," in
 * it is a comma.  Returns what follows the first single comma, or NULL.
 */
const char *spec_split(char *path, const char *spec);

#endif
