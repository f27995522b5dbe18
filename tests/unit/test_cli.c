// SPDX-License-Identifier: GPL-2.0
/*
 * The command line: what is understood, what is refused with which words, and
 * that all that can be wrong with files is found before anything starts.
 */
#include "tmpfile.h"

#include <sys/file.h>

#include "cli/cli.h"
#include "err.h"
#include "machine/virt.h"

#define MIB UINT64_C(0x100000)
#define ARGS(...)                 \
	{                         \
		__VA_ARGS__, NULL \
	}

static int count(char *const *argv)
{
	int n = 0;

	while (argv[n])
		n++;
	return n;
}

static int parse(struct config *cfg, const char *const *argv, struct err *e)
{
	memset(e, 0, sizeof(*e));
	return cli_parse_run(cfg, &machine_virt, count((char **)argv), (char **)argv, e);
}

static void defaults(void **state)
{
	static const char *const argv[] = ARGS("zImage");
	struct config cfg;
	struct err e;

	(void)state;
	unsetenv("EMBER_TRACE");
	assert_int_equal(parse(&cfg, argv, &e), 0);
	assert_string_equal(cfg.kernel, "zImage");
	assert_string_equal(cfg.name, "vm");
	assert_false(cfg.named || cfg.balloon || cfg.mem_prealloc);
	assert_string_equal(cfg.console, "stdio");
	assert_int_equal(cfg.cpus, 1);
	assert_true(cfg.mem == 128 * MIB);
	assert_int_equal(cfg.disks.nr, 0);
	assert_int_equal(cfg.nets.nr, 1);
	assert_string_equal(cfg.nets.item[0], "user");
	assert_false(cfg.no_reboot || cfg.no_rng || cfg.trace_mmio);
	assert_null(cfg.append);
}

static void everything(void **state)
{
	static const char *const argv[] = ARGS(
		"--name", "web-1", "--cpus=4", "--mem", "1G", "--disk", "a", "--disk=b,ro", "--net",
		"tap=t0,vhost", "--net", "user", "--vsock", "4294967294", "--control", "/c",
		"--balloon", "--mem-prealloc", "--initrd", "i", "--dtb", "d", "--dumpdtb=o",
		"--append", "console=ttyAMA0 quiet", "--console", "pty", "--virtio-console",
		"stdio", "--no-reboot", "--no-rng", "--trace-mmio", "--", "-kernel");
	struct config cfg;
	struct err e;

	(void)state;
	if (parse(&cfg, argv, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(cfg.name, "web-1");
	assert_int_equal(cfg.cpus, 4);
	assert_true(cfg.mem == 1024 * MIB);
	assert_int_equal(cfg.disks.nr, 2);
	assert_string_equal(cfg.disks.item[1], "b,ro");
	assert_int_equal(cfg.nets.nr, 2);
	assert_true(cfg.vsock_cid == 0xfffffffe);
	assert_true(cfg.named && cfg.balloon && cfg.mem_prealloc);
	assert_string_equal(cfg.control, "/c");
	assert_string_equal(cfg.append, "console=ttyAMA0 quiet");
	assert_string_equal(cfg.dumpdtb, "o");
	assert_string_equal(cfg.virtio_console, "stdio");
	assert_true(cfg.no_reboot && cfg.no_rng && cfg.trace_mmio);
	assert_string_equal(cfg.kernel, "-kernel");
}

static void no_network(void **state)
{
	static const char *const argv[] = ARGS("--net", "none", "k");
	struct config cfg;
	struct err e;

	(void)state;
	assert_int_equal(parse(&cfg, argv, &e), 0);
	assert_int_equal(cfg.nets.nr, 0);
}

static void trace_by_environment(void **state)
{
	static const char *const argv[] = ARGS("k");
	struct config cfg;
	struct err e;

	(void)state;
	setenv("EMBER_TRACE", "mmio", 1);
	assert_int_equal(parse(&cfg, argv, &e), 0);
	assert_true(cfg.trace_mmio);
	unsetenv("EMBER_TRACE");
}

/* --help wins over whatever else is wrong. */
static void help(void **state)
{
	static const char *const argv[] = ARGS("--cpus", "2", "--help", "--nonsense");
	struct config cfg;
	struct err e;

	(void)state;
	assert_int_equal(parse(&cfg, argv, &e), 0);
	assert_true(cfg.help);
}

static void bad_lines(void **state)
{
	static const struct {
		const char *argv[6];
		const char *says;
	} rows[] = {
		{ { NULL }, "run: no kernel given" },
		{ { "--cpus", "2" }, "run: no kernel given" },
		{ { "k", "l" }, "one kernel only, there are two: k and l" },
		{ { "--cpu", "2", "k" }, "unknown option --cpu" },
		{ { "-m", "64M", "k" }, "unknown option -m" },
		{ { "--memory=1", "k" }, "unknown option --memory=1" },
		{ { "k", "--cpus" }, "--cpus needs an argument: N" },
		{ { "--no-reboot=yes", "k" }, "--no-reboot takes no argument" },
		{ { "--cpus", "0", "k" }, "--cpus: '0' is no number from 1 to 8" },
		{ { "--cpus", "9", "k" }, "from 1 to 8" },
		{ { "--cpus", "-1", "k" }, "from 1 to 8" },
		{ { "--cpus", "2x", "k" }, "from 1 to 8" },
		{ { "--cpus=", "k" }, "from 1 to 8" },
		{ { "--vsock", "2", "k" }, "--vsock: '2' is no number from 3 to 4294967294" },
		{ { "--vsock", "4294967295", "k" }, "from 3 to" },
		{ { "--vsock", "guest", "k" }, "from 3 to" },
		{ { "--mem", "lots", "k" }, "--mem: 'lots' is no size" },
		{ { "--mem", "64MB", "k" }, "is no size" },
		{ { "--mem", "", "k" }, "is no size" },
		{ { "--mem", "-64", "k" }, "is no size" },
		{ { "--mem", "1", "k" }, "2M at the least" },
		{ { "--mem", "2049K", "k" }, "whole MiB" },
		{ { "--mem", "4G", "k" }, "at most 3072M" },
		{ { "--mem", "99999999999999999999", "k" }, "is no size" },
		{ { "--mem", "99999999999T", "k" }, "too large" },
		{ { "--name", "a b", "k" }, "is no name" },
		{ { "--name", "", "k" }, "is no name" },
		{ { "--name", "../x", "k" }, "is no name" },
		{ { "--net", "none", "--net", "user", "k" }, "'none' and a network" },
		{ { "--net", "user", "--net", "none", "k" }, "'none' and a network" },
		{ { "--initrd", "", "k" }, "--initrd: an empty argument" },
		{ { "--disk", "", "k" }, "--disk: an empty argument" },
		{ { "--virtio-console", "stdio", "k" }, "two consoles on stdio" },
		{ { "--pflash", "v", "k" },
		  "--pflash is firmware's; give the firmware with --bios" },
		{ { "--bios", "b", "--dtb", "d" },
		  "--bios and --dtb: firmware gets the machine's" },
		{ { "--bios", "b", "--initrd", "i" }, "--initrd without a kernel" },
		{ { "--bios", "b", "--append", "" }, "--append without a kernel" },
		{ { "--bios", "", "k" }, "--bios: an empty argument" },
	};
	struct config cfg;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!parse(&cfg, rows[i].argv, &e))
			fail_msg("row %zu: taken, should say '%s'", i, rows[i].says);
		if (e.code != EXIT_USAGE || !strstr(e.msg, rows[i].says))
			fail_msg("row %zu: code %d, '%s'", i, e.code, e.msg);
	}
}

static void too_many(void **state)
{
	const char *argv[2 * CONFIG_DISKS + 4];
	struct config cfg;
	struct err e;
	int i;

	(void)state;
	for (i = 0; i < 2 * CONFIG_DISKS; i += 2) {
		argv[i] = "--disk";
		argv[i + 1] = "d";
	}
	argv[i] = "k";
	argv[i + 1] = NULL;
	assert_int_equal(parse(&cfg, argv, &e), 0);
	argv[i] = "--disk";
	argv[i + 1] = "d";
	argv[i + 2] = NULL;
	assert_int_equal(parse(&cfg, argv, &e), -1);
	assert_non_null(strstr(e.msg, "--disk: more than 16"));
}

static void sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} rows[] = {
		{ "64", 64 * MIB },
		{ "64M", 64 * MIB },
		{ "64m", 64 * MIB },
		{ "2048K", 2 * MIB },
		{ "1G", 1024 * MIB },
		{ "1T", 1024 * 1024 * MIB },
		{ "16777215T", UINT64_C(16777215) << 40 },
	};
	uint64_t bytes;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (cli_parse_size(rows[i].text, &bytes, &e) || bytes != rows[i].bytes)
			fail_msg("%s", rows[i].text);
}

static void every_option_has_help(void **state)
{
	const struct cli_option *o;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	cli_help_run(&machine_virt, f);
	fclose(f);
	for (o = cli_run_options; o->name; o++)
		if (!strstr(text, o->name) || !*o->help)
			fail_msg("%s", o->name);
	free(text);
}

/* "--no-rng" is "\-\-no\-rng" in the manual page. */
static void escape_dashes(const char *name, char *to)
{
	for (; *name; name++) {
		if (*name == '-')
			*to++ = '\\';
		*to++ = *name;
	}
	*to = 0;
}

static void every_option_is_in_the_manual(void **state)
{
	const struct cli_option *o;
	char escaped[64], page[32768];
	FILE *f = fopen(VMM "/ember.1", "r");
	size_t len;

	(void)state;
	assert_non_null(f);
	len = fread(page, 1, sizeof(page) - 1, f);
	fclose(f);
	page[len] = 0;
	for (o = cli_run_options; o->name; o++) {
		escape_dashes(o->name, escaped);
		if (!strstr(page, escaped))
			fail_msg("%s", o->name);
	}
}

/* --- files that are wrong, found by `ember run` itself ----------------------- */

static const uint8_t code[8] = { 0, 0, 0, 0xea };

static void run_fails(const char *const *argv, int exit_code, const char *says)
{
	struct config cfg;
	struct err e;

	assert_int_equal(parse(&cfg, argv, &e), 0);
	assert_int_equal(cli_run(&cfg, &e), -1);
	if (e.code != exit_code || !strstr(e.msg, says))
		fail_msg("code %d, '%s', should say '%s'", e.code, e.msg, says);
	if (strchr(e.msg, '\n'))
		fail_msg("more than a line: '%s'", e.msg);
}

#define RUN_FAILS(says, ...) \
	run_fails((const char *const[]){ "--net", "none", __VA_ARGS__, NULL }, EXIT_USAGE, says)

static void bad_files(void **state)
{
	const char *k = tmp_file("kernel", code, sizeof(code), 4096);
	const char *text = tmp_file("text", "hello, world\n", 13, 13);
	const char *disk = tmp_file("disk", "", 0, 1024);
	const char *odd = tmp_file("odd", "", 0, 1025);
	const char *initrd = tmp_file("initrd", "", 0, 3 << 20);
	int held;

	(void)state;
	RUN_FAILS("cannot open kernel /nonexistent", "/nonexistent");
	RUN_FAILS("is a directory", tmp_dir);
	RUN_FAILS("not a kernel", text);
	RUN_FAILS("initrd", "--initrd", "/nonexistent", k);
	RUN_FAILS("not a device tree", "--dumpdtb", "/dev/null", "--dtb", text, k);
	RUN_FAILS("/nonexistent", "--disk", "/nonexistent", k);
	RUN_FAILS("is a directory", "--disk", tmp_dir, k);
	RUN_FAILS("512", "--disk", odd, k);
	RUN_FAILS("too little memory", "--mem", "2M", "--initrd", initrd, k);
	held = open(disk, O_RDWR);
	assert_int_equal(flock(held, LOCK_EX), 0);
	RUN_FAILS(disk, "--disk", disk, k);
	close(held);
}

static void bad_firmware(void **state)
{
	const char *k = tmp_file("kernel", code, sizeof(code), 4096);
	const char *bios = tmp_file("bios", code, sizeof(code), 4096);
	const char *empty = tmp_file("empty", "", 0, 0);
	const char *large = tmp_file("large", code, sizeof(code), (64 << 20) + 1);
	const char *vars = tmp_file("vars", "", 0, 64 << 20);

	(void)state;
	RUN_FAILS("cannot open firmware /nonexistent", "--bios", "/nonexistent");
	RUN_FAILS("is empty", "--bios", empty);
	RUN_FAILS("is too large", "--bios", large, k);
	RUN_FAILS("cannot open flash /nonexistent", "--bios", bios, "--pflash", "/nonexistent");
	RUN_FAILS("has 4096 bytes, a bank has", "--bios", bios, "--pflash", k);
	RUN_FAILS("unknown option 'rw'", "--bios", bios, "--pflash", "v,rw");
	RUN_FAILS("cannot open kernel /nonexistent", "--bios", bios, "/nonexistent");
	RUN_FAILS("kernel", "--bios", bios, "--pflash", vars, empty);
	RUN_FAILS("is empty", "--bios", bios, "--initrd", empty, k);
	RUN_FAILS("too large", "--mem", "2M", "--bios", bios, "--initrd", vars, k);
}

static void bad_network(void **state)
{
	const char *k = tmp_file("kernel", code, sizeof(code), 4096);
	const char *argv[] = ARGS("--net", "carrier-pigeon", k);

	(void)state;
	run_fails(argv, EXIT_USAGE, "carrier-pigeon");
}

static void dump(void **state)
{
	const char *k = tmp_file("kernel", code, sizeof(code), 4096), *out = tmp_path("out");
	const char *argv[] = ARGS("--net", "none", "--dumpdtb", out, k);
	char bios[80];
	struct config cfg;
	struct err e;

	(void)state;
	assert_int_equal(parse(&cfg, argv, &e), 0);
	assert_int_equal(cli_run(&cfg, &e), 0);
	assert_int_equal(access(out, R_OK), 0);
	snprintf(bios, sizeof(bios), "--bios=%s", k);
	argv[3] = out; /* firmware needs no kernel */
	argv[4] = "--bios=/dev/null";
	run_fails(argv, EXIT_USAGE, "is a device");
	argv[4] = bios;
	assert_int_equal(parse(&cfg, argv, &e), 0);
	assert_int_equal(cli_run(&cfg, &e), 0);
	argv[4] = k;
	argv[3] = "/nonexistent/out";
	run_fails(argv, EXIT_USAGE, "--dumpdtb: cannot write /nonexistent/out");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(everything),
		cmocka_unit_test(no_network),
		cmocka_unit_test(trace_by_environment),
		cmocka_unit_test(help),
		cmocka_unit_test(bad_lines),
		cmocka_unit_test(too_many),
		cmocka_unit_test(sizes),
		cmocka_unit_test(every_option_has_help),
		cmocka_unit_test(every_option_is_in_the_manual),
		TEST(bad_files),
		TEST(bad_firmware),
		TEST(bad_network),
		TEST(dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
