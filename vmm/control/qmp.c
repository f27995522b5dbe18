// SPDX-License-Identifier: GPL-2.0
/*
 * Commands and answers; see qmp.h.  Each command is a row of a table: its name, the
 * arguments it knows, and what it does.
 *
 * NOT DONE: system_powerdown, since the machine has no button; commands that
 * can't be answered at once.
 */
#include "qmp.h"

#ifdef HAVE_JANSSON
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "../stats.h"
#include "../virtio/balloon.h"
#include "control.h"

/* Classes of QMP's errors. */
#define GENERIC "GenericError"
#define NOT_FOUND "CommandNotFound"
#define NOT_ACTIVE "DeviceNotActive"

struct answer {
	json_t *value; /* NULL: an error */
	const char *class;
	char desc[160];
};

static void give(struct answer *a, json_t *value)
{
	json_decref(a->value);
	a->value = value;
}

static void refuse(struct answer *a, const char *class, const char *desc, const char *what)
{
	give(a, NULL);
	a->class = class;
	/* What came over the socket may be long; cut, it is still valid: jansson checks. */
	snprintf(a->desc, sizeof(a->desc), desc, what);
}

static char *line_of(json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	char *line = NULL;

	if (text && asprintf(&line, "%s\r\n", text) < 0)
		line = NULL;
	free(text);
	json_decref(json);
	return line;
}

static json_t *version(void)
{
	int major = 0, minor = 0, micro = 0;

	sscanf(EMBER_VERSION, "%d.%d.%d", &major, &minor, &micro);
	return json_pack("{s:{s:i,s:i,s:i},s:s}", "qemu", "major", major, "minor", minor, "micro",
			 micro, "package", "ember " EMBER_VERSION);
}

char *qmp_greeting(void)
{
	return line_of(json_pack("{s:{s:o,s:[]}}", "QMP", "version", version(), "capabilities"));
}

/* The commands. */

static void do_capabilities(struct qmp *qmp, json_t *args, struct answer *a)
{
	(void)args;
	(void)a;
	qmp->ready = true;
}

static void do_version(struct qmp *qmp, json_t *args, struct answer *a)
{
	(void)qmp;
	(void)args;
	give(a, version());
}

static void do_name(struct qmp *qmp, json_t *args, struct answer *a)
{
	(void)args;
	give(a, json_pack("{s:s}", "name", qmp->vm->name));
}

static void do_kvm(struct qmp *qmp, json_t *args, struct answer *a)
{
	(void)qmp;
	(void)args;
	give(a, json_pack("{s:b,s:b}", "enabled", 1, "present", 1));
}

static void do_status(struct qmp *qmp, json_t *args, struct answer *a)
{
	bool paused = qmp->vm->paused(qmp->vm->opaque);

	(void)args;
	give(a, json_pack("{s:s,s:b,s:b}", "status", paused ? "paused" : "running", "running",
			  !paused, "singlestep", 0));
}

static void do_stop(struct qmp *qmp, json_t *args, struct answer *a)
{
	(void)args;
	(void)a;
	qmp->vm->pause(qmp->vm->opaque, true);
}

static void do_cont(struct qmp *qmp, json_t *args, struct answer *a)
{
	(void)args;
	(void)a;
	qmp->vm->pause(qmp->vm->opaque, false);
}

static void do_reset(struct qmp *qmp, json_t *args, struct answer *a)
{
	(void)args;
	(void)a;
	qmp->vm->reset(qmp->vm->opaque);
}

static void do_quit(struct qmp *qmp, json_t *args, struct answer *a)
{
	(void)args;
	(void)a;
	qmp->vm->quit(qmp->vm->opaque);
}

/* The balloon, if there is one and the guest works it. */
static struct virtio_dev *balloon_of(struct qmp *qmp, struct answer *a)
{
	struct virtio_dev *balloon = qmp->vm->balloon(qmp->vm->opaque);

	if (!balloon)
		refuse(a, NOT_ACTIVE, "%s",
		       "No balloon device: the machine was started without --balloon");
	else if (!balloon_live(balloon))
		refuse(a, NOT_ACTIVE, "%s", "No balloon device has been activated by the guest");
	return balloon && balloon_live(balloon) ? balloon : NULL;
}

static void do_balloon(struct qmp *qmp, json_t *args, struct answer *a)
{
	json_t *value = json_object_get(args, "value");
	struct virtio_dev *balloon;

	if (!json_is_integer(value) || json_integer_value(value) <= 0) {
		refuse(a, GENERIC, "Parameter '%s' expects a number of bytes", "value");
		return;
	}
	balloon = balloon_of(qmp, a);
	if (balloon)
		balloon_set_target(balloon, json_integer_value(value));
}

/* QMP's "actual", and beside it what the guest said last of its memory. */
static void do_query_balloon(struct qmp *qmp, json_t *args, struct answer *a)
{
	struct virtio_dev *balloon = balloon_of(qmp, a);
	json_t *stats = json_object();
	struct balloon_stats s;
	unsigned int i;

	(void)args;
	if (balloon) {
		balloon_stats(balloon, &s);
		for (i = 0; i < VIRTIO_BALLOON_S_NR; i++)
			if (s.known[i])
				json_object_set_new(stats, balloon_stat_name(i),
						    json_integer(s.val[i]));
		give(a, json_pack("{s:I,s:O}", "actual", (json_int_t)balloon_actual(balloon),
				  "guest-stats", stats));
	}
	json_decref(stats);
}

static void add_stat(void *opaque, const char *name, uint64_t value)
{
	json_array_append_new(opaque,
			      json_pack("{s:s,s:I}", "name", name, "value", (json_int_t)value));
}

/* What KVM has of the VM (-1) or a vcpu; false: there is no such, or KVM tells nothing. */
static bool give_stats(struct qmp *qmp, int vcpu, struct answer *a)
{
	json_t *stats = json_array(), *result = json_pack("{s:s}", "provider", "kvm");
	const struct stats_sink sink = { add_stat, stats };
	int r = qmp->vm->stats(qmp->vm->opaque, vcpu, &sink);
	char path[32];

	snprintf(path, sizeof(path), "/machine/vcpu[%d]", vcpu);
	if (vcpu >= 0)
		json_object_set_new(result, "qom-path", json_string(path));
	json_object_set_new(result, "stats", stats);
	if (r) {
		json_decref(result);
		if (r != -ENOENT)
			refuse(a, GENERIC, "KVM has no statistics: %s", strerror(-r));
		return false;
	}
	json_array_append_new(a->value, result);
	return true;
}

static void do_query_stats(struct qmp *qmp, json_t *args, struct answer *a)
{
	const char *target = json_string_value(json_object_get(args, "target"));
	int vcpu = 0;

	give(a, json_array());
	if (target && !strcmp(target, "vm"))
		give_stats(qmp, -1, a);
	else if (target && !strcmp(target, "vcpu"))
		while (give_stats(qmp, vcpu, a))
			vcpu++;
	else
		refuse(a, GENERIC, "Parameter '%s' expects 'vm' or 'vcpu'", "target");
}

static void do_commands(struct qmp *qmp, json_t *args, struct answer *a);

static const struct command {
	const char *name;
	void (*run)(struct qmp *qmp, json_t *args, struct answer *a);
	const char *arg; /* the one that it knows */
} commands[] = {
	{ "qmp_capabilities", do_capabilities, "enable" },
	{ "query-commands", do_commands, NULL },
	{ "query-version", do_version, NULL },
	{ "query-name", do_name, NULL },
	{ "query-kvm", do_kvm, NULL },
	{ "query-status", do_status, NULL },
	{ "query-balloon", do_query_balloon, NULL },
	{ "query-stats", do_query_stats, "target" },
	{ "balloon", do_balloon, "value" },
	{ "stop", do_stop, NULL },
	{ "cont", do_cont, NULL },
	{ "system_reset", do_reset, NULL },
	{ "quit", do_quit, NULL },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void do_commands(struct qmp *qmp, json_t *args, struct answer *a)
{
	unsigned int i;

	(void)qmp;
	(void)args;
	give(a, json_array());
	for (i = 0; i < NR_COMMANDS; i++)
		json_array_append_new(a->value, json_pack("{s:s}", "name", commands[i].name));
}

static const struct command *find_command(const char *name)
{
	unsigned int i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static bool check_arguments(const struct command *c, json_t *args, struct answer *a)
{
	const char *name;
	json_t *value;

	if (args && !json_is_object(args)) {
		refuse(a, GENERIC, "QMP input member '%s' must be an object", "arguments");
		return false;
	}
	json_object_foreach(args, name, value)
	{
		if (!c->arg || strcmp(c->arg, name)) {
			refuse(a, GENERIC, "Parameter '%s' is unexpected", name);
			return false;
		}
	}
	return true;
}

static void execute(struct qmp *qmp, json_t *in, struct answer *a)
{
	const char *name = json_string_value(json_object_get(in, "execute"));
	const struct command *c = name ? find_command(name) : NULL;
	json_t *args = json_object_get(in, "arguments");

	if (!name)
		refuse(a, GENERIC, "QMP input lacks member '%s', a string", "execute");
	else if (!qmp->ready && (!c || c->run != do_capabilities))
		refuse(a, NOT_FOUND, "Expecting capabilities negotiation with '%s'",
		       "qmp_capabilities");
	else if (!c || (qmp->ready && c->run == do_capabilities))
		refuse(a, NOT_FOUND, "The command %s has not been found", name);
	else if (check_arguments(c, args, a)) {
		a->value = json_object();
		c->run(qmp, args, a);
	}
}

static json_t *error_object(const char *class, const char *desc)
{
	json_t *text = json_string(desc);

	/* A name that was cut within a character. */
	if (!text)
		text = json_string("not understood");
	return json_pack("{s:{s:s,s:o}}", "error", "class", class, "desc", text);
}

char *qmp_error(const char *desc)
{
	return line_of(error_object(GENERIC, desc));
}

char *qmp_answer(struct qmp *qmp, const char *line, size_t len)
{
	struct answer a = { .value = NULL };
	json_t *in, *out, *id;
	json_error_t error;

	in = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(in))
		execute(qmp, in, &a);
	else
		refuse(&a, GENERIC, "JSON parse error: %s",
		       in ? "an object is needed" : error.text);
	out = a.value ? json_pack("{s:o}", "return", a.value) : error_object(a.class, a.desc);
	id = json_object_get(in, "id");
	if (id)
		json_object_set(out, "id", id);
	json_decref(in);
	return line_of(out);
}

char *qmp_event(const char *name, const char *fmt, va_list args)
{
	struct timeval now;
	json_t *event, *data;

	gettimeofday(&now, NULL);
	event = json_pack("{s:s,s:{s:I,s:I}}", "event", name, "timestamp", "seconds",
			  (json_int_t)now.tv_sec, "microseconds", (json_int_t)now.tv_usec);
	data = fmt ? json_vpack_ex(NULL, 0, fmt, args) : NULL;
	if (data)
		json_object_set_new(event, "data", data);
	return line_of(event);
}

#endif
