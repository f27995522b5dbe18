// SPDX-License-Identifier: GPL-2.0
/* The commands that talk to a running machine; see client.h. */
#include "client.h"
#include "../err.h"
#include "cli.h"

#include <signal.h>
#include <string.h>

#ifdef HAVE_JANSSON
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../control/control.h"

#define PATIENCE_S 30

struct conn {
	const char *name; /* of the machine */
	FILE *from; /* the socket, and what was read ahead of it */
	int fd;
	pid_t pid; /* of the monitor */
};

static void conn_close(struct conn *c)
{
	if (c->from)
		fclose(c->from);
}

/* The next line, events left out; NULL with @e. */
static json_t *conn_read(struct conn *c, struct err *e)
{
	char *line = NULL;
	size_t size = 0;
	json_t *json;

	do {
		errno = 0;
		if (getline(&line, &size, c->from) <= 0) {
			err_set(e, EXIT_HOST, "%s: the machine's monitor does not answer%s%s",
				c->name, errno ? ": " : "", errno ? strerror(errno) : "");
			free(line);
			return NULL;
		}
		json = json_loads(line, 0, NULL);
		if (!json_object_get(json, "event"))
			break;
		json_decref(json);
	} while (true);
	free(line);
	if (!json)
		err_set(e, EXIT_HOST, "%s: what answers is no monitor", c->name);
	return json;
}

/* What @command returns, a new reference; NULL with @e.  Takes @args over. */
static json_t *conn_ask(struct conn *c, const char *command, json_t *args, struct err *e)
{
	json_t *in = json_pack("{s:s,s:o*}", "execute", command, "arguments", args);
	json_t *out, *value;
	const char *desc;

	if (!in || json_dumpfd(in, c->fd, JSON_COMPACT) < 0 || write(c->fd, "\n", 1) != 1) {
		json_decref(in);
		err_set(e, EXIT_HOST, "%s: the machine's monitor does not listen", c->name);
		return NULL;
	}
	json_decref(in);
	out = conn_read(c, e);
	if (!out)
		return NULL;
	value = json_incref(json_object_get(out, "return"));
	desc = json_string_value(json_object_get(json_object_get(out, "error"), "desc"));
	if (!value)
		err_set(e, EXIT_HOST, "%s: %s", c->name, desc ? desc : "no answer to the question");
	json_decref(out);
	return value;
}

static int conn_greet(struct conn *c, struct err *e)
{
	json_t *greeting = conn_read(c, e);
	json_t *done = greeting ? conn_ask(c, "qmp_capabilities", NULL, e) : NULL;

	json_decref(greeting);
	json_decref(done);
	return done ? 0 : -1;
}

static int conn_failed(const struct conn *c, const char *path, int errnum, struct err *e)
{
	if (errnum == ENOENT || errnum == ECONNREFUSED)
		return err_set(e, EXIT_HOST, "no virtual machine %s is running (%s)", c->name,
			       path);
	return err_sys(e, EXIT_HOST, errnum, "%s: %s", c->name, path);
}

/* Up to where commands are taken.  0 or -1 with @e, and then it is closed. */
static int conn_open(struct conn *c, const char *name, struct err *e)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	*c = (struct conn){ .name = name, .fd = -1 };
	if (control_path(to.sun_path, name, e))
		return -1;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->from = c->fd < 0 ? NULL : fdopen(c->fd, "r");
	if (!c->from || connect(c->fd, (void *)&to, sizeof(to)) < 0) {
		conn_failed(c, to.sun_path, errno, e);
		conn_close(c);
		return -1;
	}
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		c->pid = peer.pid;
	return 0;
}

static int simple(struct conn *c, const char *command, struct err *e)
{
	json_t *value = conn_ask(c, command, NULL, e);

	json_decref(value);
	return value ? 0 : -1;
}

static int do_pause(struct conn *c, const char *arg, struct err *e)
{
	(void)arg;
	return simple(c, "stop", e);
}

static int do_resume(struct conn *c, const char *arg, struct err *e)
{
	(void)arg;
	return simple(c, "cont", e);
}

static int do_reset(struct conn *c, const char *arg, struct err *e)
{
	(void)arg;
	return simple(c, "system_reset", e);
}

static int do_stop(struct conn *c, const char *arg, struct err *e)
{
	(void)arg;
	return simple(c, "quit", e);
}

/* For a monitor that does not answer any more, too. */
static int do_kill(struct conn *c, const char *arg, struct err *e)
{
	(void)arg;
	if (c->pid > 0 && !kill(c->pid, SIGKILL))
		return 0;
	return err_sys(e, EXIT_HOST, c->pid > 0 ? errno : ESRCH, "%s: process %d", c->name, c->pid);
}

static int do_balloon(struct conn *c, const char *arg, struct err *e)
{
	uint64_t bytes = 0;
	json_t *value;

	if (arg && cli_parse_size(arg, &bytes, e))
		return -1;
	if (arg)
		value = conn_ask(c, "balloon", json_pack("{s:I}", "value", (json_int_t)bytes), e);
	else
		value = conn_ask(c, "query-balloon", NULL, e);
	if (!value)
		return -1;
	if (!arg)
		printf("%" JSON_INTEGER_FORMAT " MiB\n",
		       json_integer_value(json_object_get(value, "actual")) >> 20);
	json_decref(value);
	return 0;
}

static const char *status_of(struct conn *c, char buf[32], struct err *e)
{
	json_t *value = conn_ask(c, "query-status", NULL, e);
	const char *status = json_string_value(json_object_get(value, "status"));

	snprintf(buf, 32, "%s", status ? status : "unknown");
	json_decref(value);
	return value ? buf : NULL;
}

static const char *after(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) ? NULL : name + len;
}

static json_int_t value_of(json_t *stats, const char *prefix, const char *name)
{
	char wanted[128];
	json_t *stat;
	size_t i;

	snprintf(wanted, sizeof(wanted), "%s%s", prefix, name);
	json_array_foreach(stats, i, stat)
	{
		const char *has = json_string_value(json_object_get(stat, "name"));

		if (has && !strcmp(has, wanted))
			return json_integer_value(json_object_get(stat, "value"));
	}
	return 0;
}

/* What was measured of one reason to leave the guest, or of the guest, in nanoseconds. */
static void print_time(json_t *stats, const char *reason)
{
	json_int_t count = value_of(stats, "timed_", reason);

	printf("time.%-23s count %" JSON_INTEGER_FORMAT " min %" JSON_INTEGER_FORMAT
	       " mean %" JSON_INTEGER_FORMAT " max %" JSON_INTEGER_FORMAT "\n",
	       reason, count, value_of(stats, "time_min_", reason),
	       value_of(stats, "time_total_", reason) / count,
	       value_of(stats, "time_max_", reason));
}

static void print_stat(json_t *stats, const char *name, json_int_t value)
{
	const char *reason = after(name, "exits_"), *timed = after(name, "timed_");

	if (!value || after(name, "time_"))
		return;
	if (reason)
		printf("exits.%-24s %" JSON_INTEGER_FORMAT "\n", reason, value);
	else if (timed)
		print_time(stats, timed);
	else
		printf("%-30s %" JSON_INTEGER_FORMAT "\n", name, value);
}

/* What KVM has counted of the whole VM; what is 0 is left out. */
static void print_stats(struct conn *c)
{
	json_t *value, *stats, *stat;
	struct err e;
	size_t i;

	value = conn_ask(c, "query-stats", json_pack("{s:s}", "target", "vm"), &e);
	if (!value) {
		printf("exits: %s\n", e.msg);
		return;
	}
	stats = json_object_get(json_array_get(value, 0), "stats");
	json_array_foreach(stats, i, stat)
	{
		const char *name = json_string_value(json_object_get(stat, "name"));

		if (name)
			print_stat(stats, name, json_integer_value(json_object_get(stat, "value")));
	}
	json_decref(value);
}

static void print_balloon(struct conn *c)
{
	json_t *value, *stat;
	const char *name;
	struct err e;

	value = conn_ask(c, "query-balloon", NULL, &e);
	if (!value)
		return;
	printf("balloon.actual %" JSON_INTEGER_FORMAT "\n",
	       json_integer_value(json_object_get(value, "actual")));
	json_object_foreach(json_object_get(value, "guest-stats"), name, stat)
		printf("balloon.%s %" JSON_INTEGER_FORMAT "\n", name, json_integer_value(stat));
	json_decref(value);
}

static int do_stat(struct conn *c, const char *arg, struct err *e)
{
	char status[32];

	(void)arg;
	if (!status_of(c, status, e))
		return -1;
	printf("status %s\npid %d\n", status, c->pid);
	print_balloon(c);
	print_stats(c);
	return 0;
}

static void print_machine(const char *name)
{
	char status[32];
	struct conn c;
	struct err e;

	if (conn_open(&c, name, &e))
		return;
	if (conn_greet(&c, &e) || !status_of(&c, status, &e))
		snprintf(status, sizeof(status), "no answer");
	printf("%-24s %8d  %s\n", name, c.pid, status);
	conn_close(&c);
}

/* A socket that nobody listens at was left behind: it is no machine. */
static int do_ps(struct err *e)
{
	char path[CONTROL_PATH_MAX], name[256];
	DIR *dir = opendir(control_dir(path));
	struct dirent *entry;
	size_t len;

	if (!dir && errno != ENOENT)
		return err_sys(e, EXIT_HOST, errno, "%s", path);
	printf("%-24s %8s  %s\n", "NAME", "PID", "STATUS");
	while (dir && (entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (len <= 5 || strcmp(entry->d_name + len - 5, ".sock"))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)len - 5, entry->d_name);
		print_machine(name);
	}
	if (dir)
		closedir(dir);
	return 0;
}
#define ROW(command, arg, silent, help)                   \
	{                                                 \
#command, arg, silent, do_##command, help \
	}
#else /* !HAVE_JANSSON */
struct conn;
#define ROW(command, arg, silent, help)           \
	{                                         \
#command, arg, silent, NULL, help \
	}
#endif

static const struct client_command {
	const char *name;
	const char *arg; /* optional, behind the machine's name; NULL: none */
	bool silent; /* nothing is said to the monitor, it need not answer */
	int (*run)(struct conn *c, const char *arg, struct err *e);
	const char *help;
} commands[] = {
	ROW(balloon, "SIZE", false, "how much memory the guest has left, or is to keep"),
	ROW(pause, NULL, false, "stop its processors"),
	ROW(resume, NULL, false, "let them run again"),
	ROW(reset, NULL, false, "start it anew"),
	ROW(stop, NULL, false, "end it, as pulling the plug would"),
	ROW(kill, NULL, true, "kill its monitor"),
	ROW(stat, NULL, false, "its state, and what made its processors leave the guest"),
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct client_command *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

bool client_has(const char *command)
{
	return !strcmp(command, "ps") || find(command);
}

void client_help(FILE *to)
{
	unsigned int i;

	fputs("  ember ps              machines that run, by name\n", to);
	for (i = 0; i < NR_COMMANDS; i++) {
		int at = fprintf(to, "  ember %s NAME%s%s%s", commands[i].name,
				 commands[i].arg ? " [" : "",
				 commands[i].arg ? commands[i].arg : "",
				 commands[i].arg ? "]" : "");

		if (at > 22)
			at = fprintf(to, "\n") - 1;
		fprintf(to, "%*s%s\n", 24 - at, "", commands[i].help);
	}
}

#ifdef HAVE_JANSSON
static int run_command(const struct client_command *cmd, const char *name, const char *arg,
		       struct err *e)
{
	struct conn c;
	int r;

	if (conn_open(&c, name, e))
		return -1;
	r = cmd->silent ? 0 : conn_greet(&c, e);
	if (!r)
		r = cmd->run(&c, arg, e);
	conn_close(&c);
	return r;
}
#else
static int run_command(const struct client_command *cmd, const char *name, const char *arg,
		       struct err *e)
{
	(void)name;
	(void)arg;
	return err_set(e, EXIT_HOST, "%s: not in this build, libjansson was missing", cmd->name);
}

static int do_ps(struct err *e)
{
	return err_set(e, EXIT_HOST, "ps: not in this build, libjansson was missing");
}
#endif

int client_run(int argc, char **argv, struct err *e)
{
	const struct client_command *cmd = find(argv[0]);

	if (!cmd) {
		if (argc > 1)
			return err_set(e, EXIT_USAGE, "ps: takes no argument");
		return do_ps(e);
	}
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2)
		return err_set(e, EXIT_USAGE, "%s: which machine? (see ember ps)", cmd->name);
	if (argc > (cmd->arg ? 3 : 2))
		return err_set(e, EXIT_USAGE, "%s: unexpected argument %s", cmd->name,
			       argv[argc - 1]);
	return run_command(cmd, argv[1], argc > 2 ? argv[2] : NULL, e);
}
