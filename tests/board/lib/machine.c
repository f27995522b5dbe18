// SPDX-License-Identifier: GPL-2.0
/*
 * A machine for stock kernels; machine.h has the contract.  The UART is the PL011
 * of ARM DDI 0183 whose transmitter is always ready.
 */
#include "machine.h"
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* ---- loading ----------------------------------------------------------------------- */

#define KERNEL 0x8000
#define HUGE (2u << 20)

static size_t load_file(struct vm *vm, uint64_t offset, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f || offset >= vm->ram_size)
		fail("%s: %s", path, f ? "no room" : strerror(errno));
	n = fread(vm->ram + offset, 1, vm->ram_size - offset, f);
	if (ferror(f) || n == vm->ram_size - offset)
		fail("%s: can't be read, or too large", path);
	fclose(f);
	return n;
}

static uint32_t be(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

/* The 64-bit property @name of the device tree @fdt, wherever it is. */
static uint64_t fdt_u64(const uint8_t *fdt, const char *name)
{
	const uint8_t *p = fdt + be(fdt + 8), *strings = fdt + be(fdt + 12);
	uint32_t token, len;

	while ((token = be(p)) != 9) { /* FDT_END */
		p += 4;
		if (token == 1) { /* FDT_BEGIN_NODE */
			p += (strlen((const char *)p) + 4) & ~3u;
		} else if (token == 3) { /* FDT_PROP */
			len = be(p);
			if (len == 8 && !strcmp((const char *)strings + be(p + 4), name))
				return (uint64_t)be(p + 8) << 32 | be(p + 12);
			p += 8 + ((len + 3) & ~3u);
		}
	}
	fail("the device tree has no %s", name);
}

/* Aligned, so that huge pages back it. */
static void add_ram(struct vm *vm)
{
	uint8_t *p = mmap(NULL, MACHINE_RAM + HUGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		fail("no memory for the guest");
	vm->ram = (uint8_t *)(((uintptr_t)p + HUGE - 1) & ~(uintptr_t)(HUGE - 1));
	vm->ram_size = MACHINE_RAM;
	madvise(vm->ram, vm->ram_size, MADV_HUGEPAGE);
	expect_ok(vm_slot(vm, 0, 0, RAM_BASE, vm->ram_size, vm->ram));
}

void machine_load(struct vm *vm, const char *kernel, const char *initrd, const char *dtb)
{
	uint64_t start, end, at;
	size_t size;

	add_ram(vm);
	load_file(vm, 0, dtb);
	start = fdt_u64(vm->ram, "linux,initrd-start") - RAM_BASE;
	end = fdt_u64(vm->ram, "linux,initrd-end") - RAM_BASE;
	at = (end + 0xfff) & ~0xfffull;
	if (end > vm->ram_size)
		fail("%s: the initrd is outside of memory", dtb);
	load_file(vm, at, dtb);
	size = load_file(vm, start, initrd);
	expect_eq(size, end - start);
	load_file(vm, KERNEL, kernel);
	vcpu_set_reg(&vm->vcpu[0], CORE_REG(usr_regs.ARM_r0), 0);
	vcpu_set_reg(&vm->vcpu[0], CORE_REG(usr_regs.ARM_r1), ~0u);
	vcpu_set_reg(&vm->vcpu[0], CORE_REG(usr_regs.ARM_r2), RAM_BASE + at);
	vcpu_set_reg(&vm->vcpu[0], CORE_REG(usr_regs.ARM_pc), RAM_BASE + KERNEL);
}

/* ---- the UART ----------------------------------------------------------------------- */

#define UART 0x09000000
#define UART_SPI 33
#define RTC 0x09010000

#define DR 0x00
#define FR 0x18
#define FR_RXFE 0x10
#define FR_TXFE 0x80
#define IMSC 0x38
#define RIS 0x3c
#define MIS 0x40
#define INT_RX 0x50 /* also after a while */
#define INT_TX 0x20

static struct {
	pthread_mutex_t lock;
	uint32_t reg[0x50 / 4]; /* what is only stored */
	bool line;
	char out[65536]; /* all that was said */
	size_t nr_out, shown;
	const char *in; /* what is left to be read */
} uart = { .lock = PTHREAD_MUTEX_INITIALIZER, .in = "" };

static uint32_t uart_ris(void)
{
	return INT_TX | (*uart.in ? INT_RX : 0);
}

static void uart_put(char c)
{
	if (uart.nr_out < sizeof(uart.out) - 1)
		uart.out[uart.nr_out++] = c;
	if (c != '\n')
		return;
	printf("guest: %.*s", (int)(uart.nr_out - uart.shown), uart.out + uart.shown);
	fflush(stdout);
	uart.shown = uart.nr_out;
}

static uint32_t uart_read(uint32_t reg)
{
	switch (reg) {
	case DR:
		return *uart.in ? (unsigned char)*uart.in++ : 0;
	case FR:
		return FR_TXFE | (*uart.in ? 0 : FR_RXFE);
	case RIS:
		return uart_ris();
	case MIS:
		return uart_ris() & uart.reg[IMSC / 4];
	}
	return reg < sizeof(uart.reg) ? uart.reg[reg / 4] : 0;
}

static void uart_write(uint32_t reg, uint32_t val)
{
	if (reg == DR)
		uart_put(val);
	else if (reg < sizeof(uart.reg))
		uart.reg[reg / 4] = val;
}

static void uart_update(struct vm *vm)
{
	bool line = uart_ris() & uart.reg[IMSC / 4];

	if (line != uart.line)
		vm_spi(vm, UART_SPI, line);
	uart.line = line;
}

/* The identification registers of both PrimeCells; @part is 0x11 or 0x31. */
static uint32_t cell_id(uint32_t reg, uint32_t part)
{
	const uint8_t id[] = { part, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	return id[(reg - 0xfe0) / 4];
}

static uint32_t device_read(uint64_t addr)
{
	uint32_t reg = addr & 0xffc;

	if (addr - UART >= 0x1000 && addr - RTC >= 0x1000)
		return 0;
	if (reg >= 0xfe0)
		return cell_id(reg, addr < RTC ? 0x11 : 0x31);
	return addr < RTC ? uart_read(reg) : 0;
}

void machine_mmio(struct vcpu *cpu)
{
	struct kvm_run *run = cpu->run;
	uint64_t addr = run->mmio.phys_addr;
	uint32_t val = 0;

	pthread_mutex_lock(&uart.lock);
	if (run->mmio.is_write) {
		memcpy(&val, run->mmio.data, run->mmio.len < 4 ? run->mmio.len : 4);
		if (addr - UART < 0x1000)
			uart_write(addr & 0xffc, val);
	} else {
		val = device_read(addr);
		memset(run->mmio.data, 0, 8);
		memcpy(run->mmio.data, &val, sizeof(val));
	}
	uart_update(cpu->vm);
	pthread_mutex_unlock(&uart.lock);
}

bool machine_said(const char *text)
{
	bool ret;

	pthread_mutex_lock(&uart.lock);
	uart.out[uart.nr_out] = 0;
	ret = strstr(uart.out, text);
	pthread_mutex_unlock(&uart.lock);
	return ret;
}

void machine_type(struct vm *vm, const char *text)
{
	pthread_mutex_lock(&uart.lock);
	uart.in = text;
	uart_update(vm);
	pthread_mutex_unlock(&uart.lock);
}
