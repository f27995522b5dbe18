// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket: what is answered to which line, whatever the line holds, and that
 * connections that send too much, read too little or are too many harm nobody.
 */
#include "tmpfile.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <jansson.h>

#include "control/control.h"
#include "control/qmp.h"
#include "err.h"
#include "loop.h"
#include "stats.h"

/* A machine that only remembers. */
static struct {
	bool paused;
	unsigned int resets, quits;
	int stats_error;
	struct control *control; /* told of pauses */
} vm;

static bool vm_paused(void *opaque)
{
	(void)opaque;
	return vm.paused;
}

static void vm_pause(void *opaque, bool on)
{
	(void)opaque;
	vm.paused = on;
	control_event(vm.control, on ? "STOP" : "RESUME", NULL);
}

static void vm_reset(void *opaque)
{
	(void)opaque;
	vm.resets++;
}

static void vm_quit(void *opaque)
{
	(void)opaque;
	vm.quits++;
}

static struct virtio_dev *vm_balloon(void *opaque)
{
	(void)opaque;
	return NULL;
}

/* Two vcpus with a counter each, and one of the VM. */
static int vm_stats(void *opaque, int vcpu, const struct stats_sink *sink)
{
	(void)opaque;
	if (vm.stats_error)
		return vm.stats_error;
	if (vcpu > 1)
		return -ENOENT;
	sink->value(sink->opaque, vcpu < 0 ? "exits" : "exits_irq",
		    vcpu < 0 ? 1u << 31 : 7u + vcpu);
	return 0;
}

static const struct control_vm ops = {
	.name = "test",
	.paused = vm_paused,
	.pause = vm_pause,
	.reset = vm_reset,
	.quit = vm_quit,
	.balloon = vm_balloon,
	.stats = vm_stats,
};

static int forget(void **state)
{
	(void)state;
	memset(&vm, 0, sizeof(vm));
	return 0;
}

/* The answer to @line, checked to be a whole one. */
static json_t *answer(struct qmp *q, const char *line, size_t len)
{
	char *text = qmp_answer(q, line, len);
	json_t *json;
	size_t n;

	assert_non_null(text);
	n = strlen(text);
	assert_true(n > 2 && !strcmp(text + n - 2, "\r\n") && !memchr(text, '\n', n - 1));
	json = json_loads(text, 0, NULL);
	assert_non_null(json);
	assert_true(!!json_object_get(json, "return") != !!json_object_get(json, "error"));
	free(text);
	return json;
}

/* The same as text: of a return its value, of an error class and description. */
static void says(struct qmp *q, const char *line, const char *wanted)
{
	json_t *json = answer(q, line, strlen(line));
	char *text = json_dumps(json, JSON_COMPACT);

	if (!strstr(text, wanted))
		fail_msg("%s is answered by %s, without %s", line, text, wanted);
	free(text);
	json_decref(json);
}

static void test_answers(void **state)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "{\"execute\":\"query-status\"}", "\"status\":\"running\"" },
		{ "{\"execute\":\"stop\"}", "{\"return\":{}}" },
		{ "{\"execute\":\"query-status\"}\r", "\"running\":false" },
		{ "{\"execute\":\"cont\",\"id\":[1,{\"a\":\"b\"}]}", "\"id\":[1,{\"a\":\"b\"}]" },
		{ "{\"execute\":\"query-name\"}", "{\"return\":{\"name\":\"test\"}}" },
		{ "{\"execute\":\"query-version\"}", "\"major\":0" },
		{ "{\"execute\":\"query-kvm\",\"arguments\":{}}", "\"present\":true" },
		{ "{\"execute\":\"query-commands\"}", "{\"name\":\"system_reset\"}" },
		{ "{\"execute\":\"query-balloon\"}", "DeviceNotActive" },
		{ "{\"execute\":\"balloon\",\"arguments\":{\"value\":4096}}", "DeviceNotActive" },
		{ "{\"execute\":\"balloon\",\"arguments\":{\"value\":0}}", "'value' expects" },
		{ "{\"execute\":\"balloon\",\"arguments\":{\"value\":\"1\"}}", "'value' expects" },
		{ "{\"execute\":\"balloon\"}", "'value' expects" },
		{ "{\"execute\":\"balloon\",\"arguments\":{\"size\":1}}", "'size' is unexpected" },
		{ "{\"execute\":\"stop\",\"arguments\":{\"x\":1}}", "'x' is unexpected" },
		{ "{\"execute\":\"stop\",\"arguments\":7}", "'arguments' must be an object" },
		{ "{\"execute\":\"frob\",\"id\":7}", "\"class\":\"CommandNotFound\"" },
		{ "{\"execute\":\"frob\",\"id\":7}", "\"id\":7" },
		{ "{\"execute\":\"qmp_capabilities\"}", "CommandNotFound" },
		{ "{\"execute\":null}", "lacks member 'execute'" },
		{ "{}", "lacks member 'execute'" },
		{ "[]", "an object is needed" },
		{ "{\"execute\":\"stop\",\"execute\":\"cont\"}", "JSON parse error" },
		{ "{\"execute\":", "JSON parse error" },
		{ "\xff\xfe", "JSON parse error" },
		{ "{\"execute\":\"\xc3\"}", "JSON parse error" },
		{ "{\"execute\":\"system_reset\"}", "{\"return\":{}}" },
		{ "{\"execute\":\"quit\"}", "{\"return\":{}}" },
	};
	struct qmp q = { .vm = &ops, .ready = true };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		says(&q, rows[i].line, rows[i].says);
	assert_false(vm.paused);
	assert_int_equal(vm.resets, 1);
	assert_int_equal(vm.quits, 1);
}

static void test_stats(void **state)
{
	struct qmp q = { .vm = &ops, .ready = true };

	(void)state;
	says(&q, "{\"execute\":\"query-stats\",\"arguments\":{\"target\":\"vm\"}}",
	     "{\"return\":[{\"provider\":\"kvm\",\"stats\":[{\"name\":\"exits\",\"value\":2147483648}]}"
	     "]}");
	says(&q, "{\"execute\":\"query-stats\",\"arguments\":{\"target\":\"vcpu\"}}",
	     "[{\"name\":\"exits_irq\",\"value\":7}]},{\"provider\":\"kvm\",\"qom-path\":"
	     "\"/machine/vcpu[1]\",\"stats\":[{\"name\":\"exits_irq\",\"value\":8}]}]}");
	says(&q, "{\"execute\":\"query-stats\",\"arguments\":{\"target\":\"x\"}}",
	     "'target' expects 'vm' or 'vcpu'");
	says(&q, "{\"execute\":\"query-stats\"}", "'target' expects");
	says(&q, "{\"execute\":\"query-stats\",\"arguments\":{\"target\":1}}", "'target' expects");
	vm.stats_error = -ENOTTY;
	says(&q, "{\"execute\":\"query-stats\",\"arguments\":{\"target\":\"vm\"}}",
	     "KVM has no statistics: Inappropriate ioctl");
	says(&q, "{\"execute\":\"query-stats\",\"arguments\":{\"target\":\"vcpu\"}}",
	     "KVM has no statistics");
}

/* Nothing can be done before the two have agreed on what they speak. */
static void test_negotiation(void **state)
{
	struct qmp q = { .vm = &ops };
	char *greeting = qmp_greeting();

	(void)state;
	assert_non_null(strstr(greeting, "{\"QMP\":{\"version\":{\"qemu\":{"));
	free(greeting);
	says(&q, "{\"execute\":\"quit\"}", "capabilities negotiation");
	says(&q, "{\"execute\":\"frob\"}", "capabilities negotiation");
	assert_int_equal(vm.quits, 0);
	says(&q, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[]}}", "return");
	says(&q, "{\"execute\":\"quit\"}", "return");
	assert_int_equal(vm.quits, 1);
}

/* A name of any length, cut anywhere, is still an answer. */
static void test_long_names(void **state)
{
	struct qmp q = { .vm = &ops, .ready = true };
	char line[600];
	unsigned int n, i;
	int len;

	(void)state;
	for (n = 1; n < 250; n++) {
		len = sprintf(line, "{\"execute\":\"");
		for (i = 0; i < n; i++)
			len += sprintf(line + len, "%s", i % 2 ? "x" : "\xc3\xa4");
		len += sprintf(line + len, "\"}");
		json_decref(answer(&q, line, len));
	}
}

static uint32_t seed = 2463534242;

static uint32_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static void test_mutations(void **state)
{
	static const char *const lines[] = {
		"{\"execute\":\"balloon\",\"arguments\":{\"value\":1234567},\"id\":\"x\\u00e4\"}",
		"{\"execute\":\"query-status\",\"id\":{\"a\":[1,2.5e3,null,true]}}",
		"{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}",
	};
	struct qmp q = { .vm = &ops, .ready = true };
	unsigned int i, k;
	char line[256];
	size_t len;

	(void)state;
	for (i = 0; i < 20000; i++) {
		len = strlen(strcpy(line, lines[i % ARRAY_SIZE(lines)]));
		for (k = next() % 4; k; k--)
			line[next() % len] = next() >> 24;
		if (next() % 8 == 0)
			len = next() % len;
		q.ready = next() & 1;
		json_decref(answer(&q, line, len));
	}
}

/* Deeper than a stack would bear, were it followed. */
static void test_deep(void **state)
{
	struct qmp q = { .vm = &ops, .ready = true };
	char line[16384];

	(void)state;
	memset(line, '[', sizeof(line));
	json_decref(answer(&q, line, sizeof(line)));
}

/* A server in a thread of its own, clients here. */

struct server {
	struct loop *loop;
	struct control *control;
	const char *path;
	pthread_t thread;
};

static void *serve(void *opaque)
{
	loop_run(((struct server *)opaque)->loop);
	return NULL;
}

static struct server *server_start(void)
{
	struct server *s = calloc(1, sizeof(*s));
	struct err e;

	s->loop = loop_create();
	s->path = tmp_path("vm.sock");
	s->control = control_open(s->loop, s->path, &ops, &e);
	if (!s->control)
		fail_msg("%s", e.msg);
	vm.control = s->control;
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	return s;
}

static void server_stop(struct server *s)
{
	loop_quit(s->loop, 0);
	pthread_join(s->thread, NULL);
	control_close(s->control);
	loop_destroy(s->loop);
	assert_int_equal(access(s->path, F_OK), -1);
	free(s);
}

static int dial(const struct server *s)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(to.sun_path, s->path);
	assert_int_equal(connect(fd, (void *)&to, sizeof(to)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* A line, without its end; "" when the server has hung up. */
static char *hear(int fd, char line[512])
{
	size_t n = 0;

	while (n < 511 && recv(fd, line + n, 1, 0) == 1 && line[n++] != '\n')
		;
	line[n] = '\0';
	return line;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void expect(int fd, const char *wanted)
{
	char line[512];

	if (!strstr(hear(fd, line), wanted))
		fail_msg("'%s' where '%s' was to come", line, wanted);
}

static void expect_end(int fd)
{
	char line[512];

	assert_string_equal(hear(fd, line), "");
	close(fd);
}

static int dial_ready(const struct server *s)
{
	int fd = dial(s);

	expect(fd, "QMP");
	say(fd, "{\"execute\":\"qmp_capabilities\"}\n");
	expect(fd, "return");
	return fd;
}

static void test_talk(void **state)
{
	struct server *s = server_start();
	int fd = dial_ready(s), other = dial(s);
	struct stat st;

	(void)state;
	assert_int_equal(stat(s->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	expect(other, "QMP");
	/* In pieces, several at once, empty lines between. */
	say(fd, "{\"execute\":\"st");
	say(fd, "op\"}\r\n\r\n \n{\"execute\":\"query-status\"}\n");
	expect(fd, "\"event\":\"STOP\",\"timestamp\":{\"seconds\":");
	expect(fd, "{\"return\":{}}");
	expect(fd, "paused");
	/* Who has not negotiated hears no events. */
	say(other, "{\"execute\":\"qmp_capabilities\"}\n");
	expect(other, "return");
	/* The last line without an end, and the answer still comes. */
	say(fd, "{\"execute\":\"query-name\"}");
	shutdown(fd, SHUT_WR);
	expect(fd, "test");
	expect_end(fd);
	close(other);
	server_stop(s);
}

static void test_long_line(void **state)
{
	static char spaces[16384];
	struct server *s = server_start();
	int fd = dial_ready(s);

	(void)state;
	memset(spaces, ' ', sizeof(spaces));
	assert_int_equal(send(fd, spaces, sizeof(spaces), MSG_NOSIGNAL), sizeof(spaces));
	expect(fd, "the line is too long");
	expect_end(fd);
	fd = dial_ready(s);
	close(fd);
	server_stop(s);
}

static void test_too_many(void **state)
{
	struct server *s = server_start();
	int fd[16], more;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(fd); i++)
		fd[i] = dial_ready(s);
	more = dial(s);
	expect(more, "too many connections");
	expect_end(more);
	/* One that goes makes room; when it is seen to have gone is the server's affair. */
	close(fd[3]);
	for (i = 0; i < 1000; i++) {
		char line[512];

		more = dial(s);
		if (strstr(hear(more, line), "QMP"))
			break;
		close(more);
		usleep(1000);
	}
	assert_in_range(i, 0, 999);
	say(fd[0], "{\"execute\":\"query-name\"}\n");
	expect(fd[0], "test");
	for (i = 0; i < ARRAY_SIZE(fd); i++)
		if (i != 3)
			close(fd[i]);
	close(more);
	server_stop(s);
}

/* Questions whose answers nobody reads stop being read, and none is lost. */
static void test_flood(void **state)
{
	static const char question[] = "{\"execute\":\"query-commands\"}\n";
	const ssize_t len = sizeof(question) - 1;
	struct server *s = server_start();
	unsigned int asked = 0, idle = 0, i;
	int fd = dial_ready(s);
	char line[512];

	(void)state;
	/* Until nothing has been taken for a while. */
	while (idle < 200) {
		if (send(fd, question, len, MSG_DONTWAIT | MSG_NOSIGNAL) == len) {
			assert_true(++asked < 100000);
			idle = 0;
			continue;
		}
		assert_int_equal(errno, EAGAIN);
		usleep(2000);
		idle++;
	}
	for (i = 0; i < asked; i++) {
		do
			hear(fd, line);
		while (*line && !strchr(line, '\n'));
		assert_true(*line);
	}
	say(fd, "{\"execute\":\"query-name\"}\n");
	expect(fd, "test");
	close(fd);
	server_stop(s);
}

/* Who lets events pile up is hung up on; others go on. */
static void test_deaf(void **state)
{
	struct server *s = server_start();
	int deaf = dial_ready(s), fd = dial_ready(s);
	char buf[4096];
	unsigned int i;
	ssize_t n;

	(void)state;
	for (i = 0; i < 10000; i++) {
		say(fd, i % 2 ? "{\"execute\":\"cont\"}\n" : "{\"execute\":\"stop\"}\n");
		expect(fd, i % 2 ? "RESUME" : "STOP");
		expect(fd, "return");
	}
	do
		n = recv(deaf, buf, sizeof(buf), 0);
	while (n > 0);
	assert_true(n == 0 || errno == ECONNRESET);
	close(deaf);
	close(fd);
	server_stop(s);
}

static void test_names(void **state)
{
	struct server *s = server_start();
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct control *control;
	struct err e;
	int fd;

	(void)state;
	/* Taken. */
	assert_null(control_open(s->loop, s->path, &ops, &e));
	assert_int_equal(e.code, EXIT_USAGE);
	assert_non_null(strstr(e.msg, "is running"));
	server_stop(s);
	/* Left behind by one that was killed. */
	s = calloc(1, sizeof(*s));
	s->loop = loop_create();
	strcpy(at.sun_path, tmp_path("stale.sock"));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (void *)&at, sizeof(at)), 0);
	close(fd);
	control = control_open(s->loop, at.sun_path, &ops, &e);
	assert_non_null(control);
	control_close(control);
	/* No socket at all: not ours to remove. */
	assert_null(control_open(s->loop, tmp_file("file", "x", 1, 1), &ops, &e));
	assert_int_equal(e.code, EXIT_USAGE);
	assert_null(control_open(s->loop, "/nonexistent/vm.sock", &ops, &e));
	assert_int_equal(e.code, EXIT_HOST);
	loop_destroy(s->loop);
	free(s);
}

static void test_paths(void **state)
{
	char path[CONTROL_PATH_MAX], name[200];
	struct err e;

	(void)state;
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	assert_int_equal(control_path(path, "web", &e), 0);
	assert_string_equal(path, "/run/user/7/ember/web.sock");
	unsetenv("XDG_RUNTIME_DIR");
	assert_int_equal(control_path(path, "web", &e), 0);
	assert_string_equal(path, "/run/ember/web.sock");
	assert_int_equal(control_path(path, "./web", &e), 0);
	assert_string_equal(path, "./web");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(control_path(path, name, &e), -1);
	assert_int_equal(e.code, EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_answers, forget),
		cmocka_unit_test_setup(test_stats, forget),
		cmocka_unit_test_setup(test_negotiation, forget),
		cmocka_unit_test_setup(test_long_names, forget),
		cmocka_unit_test_setup(test_mutations, forget),
		cmocka_unit_test_setup(test_deep, forget),
		cmocka_unit_test_setup(test_talk, forget),
		cmocka_unit_test_setup(test_long_line, forget),
		cmocka_unit_test_setup(test_too_many, forget),
		cmocka_unit_test_setup(test_flood, forget),
		cmocka_unit_test_setup(test_deaf, forget),
		cmocka_unit_test_setup(test_names, forget),
		cmocka_unit_test_setup(test_paths, forget),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_clean);
}
