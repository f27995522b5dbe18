/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of GLib's interface as libslirp 4.7 is compiled with, for architectures that
 * lab/port builds it for: GLib itself would take minutes. What is not here does not
 * compile; programs are never started (no guestfwd to a command).
 */
#ifndef LAB_GLIB_H
#define LAB_GLIB_H

#include <endian.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define G_OS_UNIX 1
#define GLIB_SIZEOF_VOID_P __SIZEOF_POINTER__
#define GLIB_CHECK_VERSION(major, minor, micro) 1

#define G_BIG_ENDIAN __ORDER_BIG_ENDIAN__
#define G_LITTLE_ENDIAN __ORDER_LITTLE_ENDIAN__
#define G_BYTE_ORDER __BYTE_ORDER__

typedef char gchar;
typedef int gint, gboolean;
typedef void *gpointer;
typedef char **GStrv;
typedef pid_t GPid;

#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define G_UNLIKELY(cond) __builtin_expect(!!(cond), 0)
#define G_N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define G_SIZEOF_MEMBER(type, member) sizeof(((type *)0)->member)
#define G_STATIC_ASSERT(cond) _Static_assert(cond, #cond)
#define G_GNUC_PRINTF(at, first) __attribute__((format(printf, at, first)))

#define GUINT16_TO_BE(v) htobe16(v)
#define GUINT16_FROM_BE(v) be16toh(v)
#define GUINT32_TO_BE(v) htobe32(v)
#define GUINT32_FROM_BE(v) be32toh(v)
#define GINT16_TO_BE(v) ((int16_t)htobe16(v))
#define GINT16_FROM_BE(v) ((int16_t)be16toh(v))
#define GINT32_TO_BE(v) ((int32_t)htobe32(v))
#define GINT32_FROM_BE(v) ((int32_t)be32toh(v))

/* ---- messages ------------------------------------------------------------- */

#define g_log_(kind, ...) \
	(fprintf(stderr, G_LOG_DOMAIN "-" kind ": " __VA_ARGS__), fputc('\n', stderr))
#define g_debug(...)                             \
	do {                                     \
		if (0)                           \
			g_log_("", __VA_ARGS__); \
	} while (0)
#define g_warning(...) g_log_("WARNING", __VA_ARGS__)
#define g_critical(...) g_log_("CRITICAL", __VA_ARGS__)
#define g_error(...) (g_log_("ERROR", __VA_ARGS__), abort())
#define g_assert(cond) \
	((cond) ? (void)0 : g_error("%s:%d: not so: %s", __FILE__, __LINE__, #cond))
#define g_assert_not_reached() g_error("%s:%d: must not be reached", __FILE__, __LINE__)
#define g_warn_if_fail(cond) \
	((cond) ? 0 : g_warning("%s:%d: not so: %s", __FILE__, __LINE__, #cond))
#define g_warn_if_reached() g_warning("%s:%d: must not be reached", __FILE__, __LINE__)
#define g_return_val_if_fail(cond, val)                           \
	do {                                                      \
		if (!(cond)) {                                    \
			g_critical("%s: not so: %s", __func__, #cond); \
			return val;                               \
		}                                                 \
	} while (0)
#define g_return_if_fail(cond) g_return_val_if_fail(cond, )

/* ---- memory: there is some, or the program ends ------------------------------- */

static inline void *g_realloc(void *old, size_t size)
{
	void *new = realloc(old, size ? size : 1);

	if (!new)
		abort();
	return new;
}

static inline void *g_malloc(size_t size)
{
	return g_realloc(NULL, size);
}

static inline void *g_malloc0(size_t size)
{
	return memset(g_malloc(size), 0, size);
}

#define g_free free
#define g_new(type, n) ((type *)g_malloc(sizeof(type) * (n)))
#define g_new0(type, n) ((type *)g_malloc0(sizeof(type) * (n)))

/* ---- strings ---------------------------------------------------------------- */

#define g_getenv getenv
#define g_strerror strerror
#define g_snprintf snprintf
#define g_vsnprintf vsnprintf

static inline char *g_strdup(const char *s)
{
	return s ? strcpy(g_malloc(strlen(s) + 1), s) : NULL;
}

static inline bool g_str_has_prefix(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static inline char *g_strstr_len(const char *s, ssize_t len, const char *what)
{
	return memmem(s, len < 0 ? strlen(s) : strnlen(s, len), what, strlen(what));
}

static inline size_t g_strlcpy(char *to, const char *from, size_t size)
{
	snprintf(to, size, "%s", from);
	return strlen(from);
}

static inline unsigned int g_strv_length(GStrv list)
{
	unsigned int n = 0;

	while (list[n])
		n++;
	return n;
}

static inline void g_strfreev(GStrv list)
{
	unsigned int i;

	for (i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

typedef struct {
	char *str;
	size_t len;
} GString;

static inline GString *g_string_new(const char *init)
{
	GString *s = g_new0(GString, 1);

	s->str = g_strdup(init ? init : "");
	s->len = strlen(s->str);
	return s;
}

G_GNUC_PRINTF(2, 3)
static inline void g_string_append_printf(GString *s, const char *format, ...)
{
	va_list args;
	char *more;
	int n;

	va_start(args, format);
	n = vasprintf(&more, format, args);
	va_end(args);
	if (n < 0)
		abort();
	s->str = g_realloc(s->str, s->len + n + 1);
	memcpy(s->str + s->len, more, n + 1);
	s->len += n;
	free(more);
}

/* The text itself is the caller's unless @whole. */
static inline char *g_string_free(GString *s, bool whole)
{
	char *str = s->str;

	free(s);
	if (!whole)
		return str;
	free(str);
	return NULL;
}

typedef struct {
	const char *key;
	unsigned int value;
} GDebugKey;

/* The values of those keys that are in the text. */
static inline unsigned int g_parse_debug_string(const char *text, const GDebugKey *keys,
						unsigned int n)
{
	unsigned int i, all = 0;

	for (i = 0; i < n; i++)
		if (strstr(text, keys[i].key))
			all |= keys[i].value;
	return all;
}

/* ---- random numbers ------------------------------------------------------------ */

typedef struct {
	unsigned int seed;
} GRand;

static inline GRand *g_rand_new(void)
{
	GRand *r = g_new0(GRand, 1);

	if (getentropy(&r->seed, sizeof(r->seed)))
		r->seed = getpid();
	return r;
}

static inline int g_rand_int_range(GRand *r, int begin, int end)
{
	return begin + rand_r(&r->seed) % (end - begin);
}

#define g_rand_free free

/* ---- programs, which are not started ---------------------------------------------- */

typedef struct {
	char *message;
} GError;
typedef void (*GSpawnChildSetupFunc)(void *data);
typedef int GSpawnFlags;

#define G_SPAWN_SEARCH_PATH 0

static inline bool g_shell_parse_argv(const char *line, int *argc, char ***argv, GError **err)
{
	*err = g_new0(GError, 1);
	(*err)->message = g_strdup("this build starts no programs");
	return false;
}

static inline void g_error_free(GError *err)
{
	free(err->message);
	free(err);
}

static inline bool g_spawn_async_with_fds(const char *dir, char **argv, char **env, GSpawnFlags how,
					  GSpawnChildSetupFunc setup, void *data, GPid *pid,
					  int in, int out, int err_fd, GError **err)
{
	return g_shell_parse_argv(NULL, NULL, NULL, err);
}

#endif
