// SPDX-License-Identifier: GPL-2.0
/*
 * Hyp mode as the host kernel sees it: its page tables, its memory on each
 * CPU, and how it is taken and given back.
 *
 * Two sets of tables, both long format with a 32-bit input range (B3.6):
 * the boot tables map Hyp text at its physical address and at HYP_TEXT_VA,
 * the working tables map the text, each CPU's struct armv7_hyp_cpu and each
 * vcpu's struct armv7_ctxt, page by page and nothing else of the host.  All
 * but the text stands at its address in the kernel's linear map.
 */
#define pr_fmt(fmt) "ember: " fmt

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/cacheflush.h>
#include <asm/cputype.h>
#include "hyp.h"
#include "pte.h"
#include "syndrome.h"

#define HYP_L1_ENTRIES	4

struct hyp_tables {
	u64 *l1;			/* a page, of which four entries count */
};

static struct hyp_tables boot_tables;
static struct hyp_tables work_tables;
static DEFINE_MUTEX(hyp_map_lock);	/* work_tables */

static void *hyp_text;			/* HYP_TEXT_PAGES pages */
static DEFINE_PER_CPU(struct armv7_hyp_cpu *, hyp_cpu);
static DEFINE_PER_CPU(bool, hyp_enabled);
static cpumask_t hyp_cpus;		/* those in our hands */

/* ---- TLB maintenance ------------------------------------------------------ */

struct hyp_flush {
	u32 fn;
	u64 vttbr;
};

static void hyp_flush_here(void *arg)
{
	const struct hyp_flush *flush = arg;

	armv7_hyp_call(flush->fn, 0, lower_32_bits(flush->vttbr),
		       upper_32_bits(flush->vttbr));
}

/*
 * Have one of our CPUs broadcast @fn, HYP_CALL_FLUSH_*.  That is this one, but
 * for a CPU that came up without Hyp mode.  With none left, no guest is entered
 * any more and nothing is cached that matters.  Interrupts on.
 */
void armv7_hyp_flush(u32 fn, u64 vttbr)
{
	struct hyp_flush flush = { .fn = fn, .vttbr = vttbr };

	preempt_disable();
	if (likely(__this_cpu_read(hyp_enabled)))
		hyp_flush_here(&flush);
	else
		smp_call_function_any(&hyp_cpus, hyp_flush_here, &flush, 1);
	preempt_enable();
}

/* ---- page tables -------------------------------------------------------- */

/* The table that @entry points to, made when there is none. */
static u64 *hyp_next_table(u64 *entry)
{
	u64 *table;

	if (*entry & PTE_VALID_)
		return phys_to_virt(pte_addr(*entry));
	table = (u64 *)get_zeroed_page(GFP_KERNEL);
	if (!table)
		return NULL;
	dsb(ishst);	/* its zeroes before it can be walked */
	pte_set(entry, virt_to_phys(table) | PTE_TABLE_);
	return table;
}

/* The level 3 entry of @va, with tables made on the way; NULL: no memory. */
static u64 *hyp_pte(struct hyp_tables *t, u32 va)
{
	u64 *l2, *l3;

	l2 = hyp_next_table(&t->l1[va >> 30]);
	if (!l2)
		return NULL;
	l3 = hyp_next_table(&l2[(va >> 21) & 511]);
	return l3 ? &l3[(va >> 12) & 511] : NULL;
}

static int hyp_map(struct hyp_tables *t, u32 va, phys_addr_t pa, u64 attr)
{
	u64 *pte = hyp_pte(t, va);

	if (!pte)
		return -ENOMEM;
	pte_set(pte, pa | attr);
	return 0;
}

static void hyp_tables_free(struct hyp_tables *t)
{
	unsigned int i, j;
	u64 *l2;

	if (!t->l1)
		return;
	for (i = 0; i < HYP_L1_ENTRIES; i++) {
		if (!t->l1[i])
			continue;
		l2 = phys_to_virt(pte_addr(t->l1[i]));
		for (j = 0; j < 512; j++)
			if (l2[j])
				free_page((unsigned long)phys_to_virt(pte_addr(l2[j])));
		free_page((unsigned long)l2);
	}
	free_page((unsigned long)t->l1);
	t->l1 = NULL;
}

/*
 * Map the page of the linear map that @page points to into Hyp mode, at the
 * same address, read-write.  May sleep.  0 or -ENOMEM.
 */
int armv7_hyp_map_page(void *page)
{
	int ret;

	mutex_lock(&hyp_map_lock);
	ret = hyp_map(&work_tables, (u32)page, virt_to_phys(page), HYP_PTE_DATA);
	dsb(ishst);
	mutex_unlock(&hyp_map_lock);
	return ret;
}

/* Undo it.  May sleep; on return no CPU can reach the page from Hyp mode. */
void armv7_hyp_unmap_page(void *page)
{
	u64 *pte;

	mutex_lock(&hyp_map_lock);
	pte = hyp_pte(&work_tables, (u32)page);
	if (pte)
		pte_set(pte, 0);
	armv7_hyp_flush(HYP_CALL_FLUSH_HYP, 0);
	mutex_unlock(&hyp_map_lock);
}

/* ---- set-up -------------------------------------------------------------- */

static u32 hyp_text_offset(const char *sym)
{
	return sym - armv7_hyp_text_start;
}

/* MCR p15, 0, r2, c7, c5, 0: ICIALLU */
#define INSN_ICIALLU	0xee072f15

/*
 * On a Cortex-A15 BPIALL does nothing; its branch predictor is invalidated
 * together with the instruction cache (DDI 0438, 4.3.28; ACTLR[0]).
 */
static void hyp_patch_text(void)
{
	u32 *insn = hyp_text + hyp_text_offset(armv7_hyp_invalidate_bp);

	if (read_cpuid_part() == ARM_CPU_PART_CORTEX_A15)
		*insn = INSN_ICIALLU;
}

static int hyp_copy_text(void)
{
	size_t size = armv7_hyp_text_end - armv7_hyp_text_start;

	if (WARN_ON(size > HYP_TEXT_PAGES * PAGE_SIZE))
		return -ENOEXEC;
	hyp_text = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO,
					    get_order(HYP_TEXT_PAGES * PAGE_SIZE));
	if (!hyp_text)
		return -ENOMEM;
	memcpy(hyp_text, armv7_hyp_text_start, size);
	hyp_patch_text();
	/* It is fetched with the MMU off at first: to the PoC (B2.2.6). */
	__cpuc_flush_dcache_area(hyp_text, HYP_TEXT_PAGES * PAGE_SIZE);
	/* ICIALLUIS: the page may have held other code, as at the last load. */
	asm volatile("mcr p15, 0, %0, c7, c1, 0" : : "r" (0));
	dsb(ish);
	isb();
	return 0;
}

static int hyp_map_text(void)
{
	phys_addr_t pa = virt_to_phys(hyp_text);
	unsigned int i;
	int ret = 0;

	for (i = 0; i < HYP_TEXT_PAGES && !ret; i++, pa += PAGE_SIZE) {
		ret = hyp_map(&boot_tables, pa, pa, HYP_PTE_TEXT);
		if (!ret)
			ret = hyp_map(&boot_tables, HYP_TEXT_VA + i * PAGE_SIZE,
				      pa, HYP_PTE_TEXT);
		if (!ret)
			ret = hyp_map(&work_tables, HYP_TEXT_VA + i * PAGE_SIZE,
				      pa, HYP_PTE_TEXT);
	}
	return ret;
}

/* How many double registers VFP has here: MVFR0.A_SIMD (B6.1.44). */
unsigned int armv7_hyp_vfp_regs(void)
{
	u32 cpacr, mvfr0;

	/* Without VFP the bits of CPACR for cp10 and cp11 read as zero. */
	asm volatile("mrc p15, 0, %0, c1, c0, 2" : "=r" (cpacr));
	if (!(cpacr & (0xf << 20)))
		return 0;
	asm volatile(".fpu vfpv3\n\tvmrs %0, mvfr0" : "=r" (mvfr0));
	return (mvfr0 & 0xf) == 2 ? 32 : 16;
}

static int hyp_cpu_alloc(unsigned int cpu)
{
	struct armv7_hyp_cpu *hc;
	void *page;

	page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	hc = page;
	hc->boot_pgd = virt_to_phys(boot_tables.l1);
	hc->teardown_pa = virt_to_phys(hyp_text) +
			  hyp_text_offset(armv7_hyp_teardown_low);
	hc->vfp_regs = armv7_hyp_vfp_regs();
	per_cpu(hyp_cpu, cpu) = hc;
	return armv7_hyp_map_page(page);
}

static int hyp_alloc(void)
{
	unsigned int cpu;
	int ret;

	boot_tables.l1 = (u64 *)get_zeroed_page(GFP_KERNEL);
	work_tables.l1 = (u64 *)get_zeroed_page(GFP_KERNEL);
	if (!boot_tables.l1 || !work_tables.l1)
		return -ENOMEM;
	ret = hyp_copy_text();
	if (!ret)
		ret = hyp_map_text();
	for_each_possible_cpu(cpu) {
		if (!ret)
			ret = hyp_cpu_alloc(cpu);
	}
	dsb(ishst);	/* before any CPU walks them */
	return ret;
}

/* Free everything; no CPU is in our hands any more. */
void armv7_hyp_exit(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct armv7_hyp_cpu *hc = per_cpu(hyp_cpu, cpu);

		if (hc)
			free_page((unsigned long)hc);
		per_cpu(hyp_cpu, cpu) = NULL;
	}
	hyp_tables_free(&boot_tables);
	hyp_tables_free(&work_tables);
	free_pages((unsigned long)hyp_text,
		   get_order(HYP_TEXT_PAGES * PAGE_SIZE));
	hyp_text = NULL;
}

static u32 hyp_probe_stub(void)
{
	unsigned long flags;
	u32 answer;

	local_irq_save(flags);
	local_fiq_disable();
	answer = armv7_hyp_probe();
	local_irq_restore(flags);
	return answer;
}

/* ID_PFR1 (B4.1.94) and ID_MMFR0, ID_MMFR3 (B4.1.89, B4.1.92) */
static const char *hyp_cpu_lacks(void)
{
	if (((read_cpuid_ext(CPUID_EXT_PFR1) >> 12) & 0xf) != 1)
		return "this CPU has no virtualization extensions: another board is needed";
	if ((read_cpuid_ext(CPUID_EXT_MMFR0) & 0xf) < 5)
		return "this CPU has no large physical address extension";
	if (((read_cpuid_ext(CPUID_EXT_MMFR3) >> 20) & 0xf) != 1)
		return "this CPU's table walks are not coherent with its caches";
	return NULL;
}

/*
 * Is Hyp mode to be had?  Prepare everything that armv7_hyp_cpu_enable()
 * needs.  -ENODEV with a line that says why not, or -ENOMEM.
 */
int armv7_hyp_init(void)
{
	const char *lacks = hyp_cpu_lacks();
	u32 answer = 0;
	int ret;

	if (!lacks) {
		answer = hyp_probe_stub();
		if (answer == HYP_PROBE_UNDEF)
			lacks = "this kernel was not started in Hyp mode (QEMU: virtualization=on)";
		else if (answer != HYP_STUB_ERR)
			lacks = "another hypervisor holds Hyp mode: stop it first";
	}
	if (lacks) {
		pr_err("%s\n", lacks);
		return -ENODEV;
	}

	ret = hyp_alloc();
	if (!ret && upper_32_bits(virt_to_phys(hyp_text) | virt_to_phys(boot_tables.l1) |
				  virt_to_phys(work_tables.l1))) {
		pr_err("Hyp text lies above 4 GiB of physical memory, where the MMU cannot be off\n");
		ret = -ENODEV;
	}
	if (ret)
		armv7_hyp_exit();
	return ret;
}

/* ---- on each CPU, interrupts off ------------------------------------------- */

/* Take Hyp mode from the kernel's stub.  0, or -EIO when the stub is not there. */
int armv7_hyp_cpu_enable(void)
{
	struct armv7_hyp_init init = {
		.boot_pgd = virt_to_phys(boot_tables.l1),
		.pgd = virt_to_phys(work_tables.l1),
		.sp = (u32)__this_cpu_read(hyp_cpu),
		.vectors = HYP_TEXT_VA + hyp_text_offset(armv7_host_vectors),
		.high = HYP_TEXT_VA + hyp_text_offset(armv7_hyp_entry_high),
	};

	if (__this_cpu_read(hyp_enabled))
		return 0;
	if (hyp_probe_stub() != HYP_STUB_ERR)
		return -EIO;
	if (armv7_hyp_install(virt_to_phys(hyp_text) +
			      hyp_text_offset(armv7_hyp_entry), &init))
		return -EIO;
	__this_cpu_write(hyp_enabled, true);
	cpumask_set_cpu(smp_processor_id(), &hyp_cpus);
	return 0;
}

void armv7_hyp_cpu_disable(void)
{
	if (!__this_cpu_read(hyp_enabled))
		return;
	cpumask_clear_cpu(smp_processor_id(), &hyp_cpus);
	armv7_hyp_call(HYP_CALL_TEARDOWN, 0, 0, 0);
	__this_cpu_write(hyp_enabled, false);
}

/*
 * Before armv7_hyp_enter(), once for as many turns as are made without
 * interrupts on in between: note what of the host stays the same meanwhile.
 */
void armv7_hyp_prepare(struct armv7_ctxt *ctxt)
{
	struct armv7_hyp_cpu *hc = __this_cpu_read(hyp_cpu);

	/* How many counters the host has is no guest's business (HDCR.HPMN). */
	ctxt->hdcr = (ctxt->hdcr & ~HDCR_HPMN) | (hc->hdcr & HDCR_HPMN);
	armv7_hyp_save_host(hc);
}
