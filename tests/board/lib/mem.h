/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of guest memory: a VM with one piece of this process's memory at GPA
 * as slot 1, and a guest that obeys orders without leaving the guest.
 *
 * A guest that serves polls its mailbox in RAM, so that nothing between two
 * orders empties its TLB: what the host did to the memory in between must have.
 */
#ifndef BOARD_MEM_H
#define BOARD_MEM_H

#include <sys/mman.h>
#include "vm.h"

#define PAGE 4096
#define HUGE 0x200000
#define MEM VIRT(GPA) /* GPA as a guest uses it */

/* Linux 5.4 and 6.1 */
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* The VM under test and its first vcpu; each test is a process of its own. */
extern struct vm *vm;
extern struct vcpu *cpu;

/* Private anonymous memory. */
void *map(size_t size);
/* The same at a multiple of HUGE, for which the host is asked for huge pages. */
uint8_t *map_huge(size_t size);
/* Make huge pages of it now, however often the host has none to spare. */
void collapse(void *mem, size_t size);
/* A guest of one vcpu with @size bytes of @mem at GPA, to run @name(VIRT(GPA), @arg1). */
void start(const char *name, void *mem, size_t size, uint32_t arg1);

/* ---- guests that serve ---------------------------------------------------- */

/* Two vcpus that serve in threads, with @mem at GPA; sets vm. */
void serve(void *mem, size_t size);
struct vm *serve_vm(void *mem, size_t size);
/* The same for a VM that has its slots: made with two vcpus, VM_POWER_OFF. */
void serve_begin(struct vm *vm);
/* Have vcpu @n do ORDER_@op; order() waits for it and returns its result. */
void post(struct vm *vm, unsigned int n, uint32_t op, uint32_t addr, uint32_t value,
	  uint32_t count);
uint32_t await(struct vm *vm, unsigned int n);
bool finished(struct vm *vm, unsigned int n);
/* How far it is: pages of ORDER_THIRD, rounds of ORDER_HAMMER. */
uint32_t progress(struct vm *vm, unsigned int n);
uint32_t order(struct vm *vm, unsigned int n, uint32_t op, uint32_t addr, uint32_t value,
	       uint32_t count);
/* Wait until KVM_RUN of the vcpu fails; the error. */
int await_error(struct vm *vm, unsigned int n);
/* Run it again after that. */
void go_on(struct vm *vm, unsigned int n);
/* From now on errors of KVM_RUN are tried again at once. */
void serve_stubbornly(struct vm *vm);
/* Until g_count_in, of a vcpu that has been spawned, has begun to count in @word. */
void wait_for_count(const uint32_t *word);
/* ORDER_HAMMER on both vcpus over @count pages at GPA, and its end. */
void hammer(struct vm *vm, uint32_t period, uint32_t count);
void hammer_end(struct vm *vm);

/* ---- what the host says ---------------------------------------------------- */

/* The number after @name in a file of lines `name number` or `name: number`; or -1. */
long long counter(const char *path, const char *name);
/* What the VM's second stage maps: "pages", "blocks", "tables". */
long mapped(struct vm *vm, const char *name);
/* A file's one number, and writing one; fail() if that is not possible. */
long long number(const char *path);
void set_number(const char *path, long long value);

#endif
