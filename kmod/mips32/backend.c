// SPDX-License-Identifier: GPL-2.0
/*
 * The MIPS32 backend's operations, and the loop's one turn: into the guest and
 * out of it.
 *
 * Read after mips32.h and enter.S.
 */
#define pr_fmt(fmt) "ember: " fmt

#include <linux/ember.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kvm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <asm/cacheflush.h>
#include <asm/cpu-features.h>
#include <asm/fpu.h>
#include <asm/hazards.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include "mips32.h"
#include "../core/trace.h"

/* ---- the host ---------------------------------------------------------------- */

/* CPUs of one core have one cache. */
static bool one_core(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (!cpus_are_siblings(0, cpu))
			return false;
	return true;
}

/*
 * NOT DONE: data caches with aliases on several cores.  The instructions that write all of
 * one back reach that of their own core only (mips32_cache_leave()).
 */
static const char *probe_lacks(void)
{
	if (!cpu_has_mips32r2 || cpu_has_mips_r6)
		return "instructions of MIPS32 release 2";
	if (!cpu_has_tlb)
		return "a TLB";
	if (cpu_has_mmid)
		return "ASIDs of its own on each CPU (this one has memory map IDs)";
	if (PAGE_SHIFT != 12)
		return "pages of 4 KiB";
	if (cpu_has_veic)
		return "at most eight interrupt vectors (it has an external controller's)";
	if (cpu_has_dc_aliases && !one_core())
		return "a single core, or data caches without aliases";
	if (totalhigh_pages())
		return "a kernel that has all memory mapped (some is high memory)";
	return NULL;
}

static int mips32_probe(void)
{
	const char *lacks = probe_lacks();

	if (lacks) {
		pr_err("mips32: this host lacks %s; no guest can run on it\n", lacks);
		return -ENODEV;
	}
	cp0_init();
	return 0;
}

static void mips32_remove(void)
{
}

/* Nothing of the CPU is held between two turns. */
static int mips32_cpu_enable(void)
{
	return 0;
}

static void mips32_cpu_disable(void)
{
}

/* As mmap() has it for what is shared (arch_get_unmapped_area()). */
static unsigned long mips32_colours(void)
{
	return shm_align_mask;
}

/* ---- a VM ---------------------------------------------------------------------- */

static int mips32_vm_init(struct ember_vm *vm, unsigned long type)
{
	mips32_patch_init(to_mips32_vm(vm));
	/* Trap and emulate, or whatever there is; Linux 5.12 and 5.13 swap them. */
	return type == KVM_VM_MIPS_TE || type == KVM_VM_MIPS_AUTO ? 0 : -EINVAL;
}

static void mips32_vm_destroy(struct ember_vm *vm)
{
	mips32_patch_destroy(to_mips32_vm(vm));
	mips32_mmu_destroy(to_mips32_vm(vm));
}

/*
 * Caches that are indexed by virtual address hold a line twice if the owner and
 * the guest know it by addresses of different colour.
 */
static int mips32_mem_prepare(struct ember_vm *vm, const struct ember_memslot *new,
			      enum ember_slot_change change)
{
	unsigned long gpa = new->base_gfn << PAGE_SHIFT;

	if (change == EMBER_SLOT_DELETE)
		return 0;
	/* No TLB entry leads there. */
	if (new->base_gfn + new->npages > MIPS32_GFNS)
		return -EINVAL;
	if (!cpu_has_dc_aliases)
		return 0;
	if (!((gpa ^ new->hva) & shm_align_mask))
		return 0;
	pr_warn_ratelimited("slot %u: guest address %#lx and user address %#lx differ below %#lx: this CPU's data cache wants them alike\n",
			    new->id, gpa, new->hva, shm_align_mask + 1);
	return -EINVAL;
}

/* ---- a vcpu -------------------------------------------------------------------- */

#define VECTOR_CACHE_ERROR	0x100
#define VECTOR_SIZE		0x80

static u32 in_block(struct mips32_vcpu *v, const char *label)
{
	return (u32)v->block + (label - mips32_block_start);
}

static void block_fill(struct mips32_vcpu *v)
{
	const void *host = (void *)(read_c0_ebase() & PAGE_MASK);
	size_t size = mips32_block_end - mips32_block_start;
	unsigned int i;

	memcpy(v->block, mips32_block_start, size);
	memcpy(v->block + VECTOR_CACHE_ERROR, host + VECTOR_CACHE_ERROR,
	       VECTOR_SIZE);
	flush_icache_range((unsigned long)v->block,
			   (unsigned long)v->block + size);
	v->ctxt = v->block + MIPS32_BLOCK_CODE;
	v->comm = v->block + MIPS32_BLOCK_COMM;
	v->ctxt->owner = v;
	v->ctxt->served = mips32_served;
	v->enter = (void *)in_block(v, mips32_block_enter);
	v->tlb_set = (void *)in_block(v, mips32_block_tlb_set);
	v->tlb_kill = (void *)in_block(v, mips32_block_tlb_kill);
	for (i = 0; i < ARRAY_SIZE(v->ctxt->dispatch); i++)
		v->ctxt->dispatch[i] = in_block(v, mips32_block_general);
}

/* Once it is known whether code is translated. */
static void modes_init(struct mips32_vcpu *v)
{
	v->ctxt->modes[0] = (struct mips32_mode){
		.adel = in_block(v, mips32_block_general),
		.ades = in_block(v, mips32_block_general),
		.sys = in_block(v, mips32_block_syscall),
		.cpu = in_block(v, mips32_block_general),
	};
	v->ctxt->modes[1] = (struct mips32_mode){
		.adel = in_block(v, v->low ? mips32_block_load :
						mips32_block_general),
		.ades = in_block(v, v->low ? mips32_block_store :
						mips32_block_general),
		.sys = in_block(v, mips32_block_general),
		.cpu = in_block(v, mips32_block_unusable),
	};
}

/* The thread pointer: what users may read, the vector page may answer. */
void mips32_hwrena_changed(struct mips32_vcpu *v)
{
	bool user = C0(v, HWRENA) & MIPS_HWRENA_ULR;

	v->ctxt->dispatch[MIPS32_EXC_RI] =
		in_block(v, user ? mips32_block_rdhwr : mips32_block_general);
}

static int mips32_vcpu_create(struct ember_vcpu *vcpu)
{
	struct mips32_vcpu *v = to_mips32(vcpu);
	int ret;

	BUILD_BUG_ON(sizeof(struct mips32_ctxt) >
		     MIPS32_BLOCK_COMM - MIPS32_BLOCK_CODE);
	if (mips32_block_end - mips32_block_start > MIPS32_BLOCK_CODE)
		return -EINVAL;
	v->block = (void *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO,
					    MIPS32_BLOCK_ORDER);
	if (!v->block)
		return -ENOMEM;
	block_fill(v);
	ret = mips32_shadow_init(v);
	if (ret) {
		free_pages((unsigned long)v->block, MIPS32_BLOCK_ORDER);
		return ret;
	}
	ret = mips32_comm_init(v);
	if (ret) {
		mips32_shadow_destroy(v);
		free_pages((unsigned long)v->block, MIPS32_BLOCK_ORDER);
		return ret;
	}
	modes_init(v);
	mips32_timer_init(v);
	cp0_reset(v);
	mips32_tlb_reset(v);
	return 0;
}

static void mips32_vcpu_destroy(struct ember_vcpu *vcpu)
{
	struct mips32_vcpu *v = to_mips32(vcpu);

	mips32_timer_destroy(v);
	mips32_shadow_destroy(v);
	mips32_comm_destroy(v);
	/* It has run code in pages that may become a process's, and written to the comm page. */
	preempt_disable();
	mips32_cache_leave();
	preempt_enable();
	free_pages((unsigned long)v->block, MIPS32_BLOCK_ORDER);
}

static bool mips32_vcpu_runnable(struct ember_vcpu *vcpu)
{
	return mips32_irq_pending(to_mips32(vcpu));
}

static int mips32_vcpu_start(struct ember_vcpu *vcpu)
{
	return 0;
}

/* ---- one turn --------------------------------------------------------------------- */

/* What rdhwr tells a guest without asking: SYNCI_Step and CCRes, as is safe. */
#define GUEST_HWRENA	(MIPS_HWRENA_SYNCISTEP | MIPS_HWRENA_CCRES)

static void set_entry(struct mips32_vcpu *v)
{
	struct mips32_ctxt *ctxt = v->ctxt;
	struct mips32_mode *mode = &ctxt->modes[mips32_kernel_mode(v)];

	ctxt->modes[0].pgd = (u32 *)(v->cur->pgd + MIPS32_PGD_SIZE);
	ctxt->modes[1].pgd = (u32 *)v->cur->pgd;
	mips32_shadow_asids(v, &ctxt->modes[0].entryhi, &ctxt->modes[1].entryhi);
	ctxt->entryhi = mode->entryhi;
	ctxt->pgd = mode->pgd;
	ctxt->dispatch[MIPS32_EXC_ADEL] = mode->adel;
	ctxt->dispatch[MIPS32_EXC_ADES] = mode->ades;
	ctxt->dispatch[MIPS32_EXC_SYS] = mode->sys;
	ctxt->dispatch[MIPS32_EXC_CPU] = mode->cpu;
}

/* The host's watchpoints; NULL: none. */
static void watch_set(const unsigned long *lo)
{
	switch (current_cpu_data.watch_reg_use_cnt) {
	case 4:
		write_c0_watchlo3(lo ? lo[3] : 0);
		fallthrough;
	case 3:
		write_c0_watchlo2(lo ? lo[2] : 0);
		fallthrough;
	case 2:
		write_c0_watchlo1(lo ? lo[1] : 0);
		fallthrough;
	case 1:
		write_c0_watchlo0(lo ? lo[0] : 0);
	}
}

/* CU1 and FR are the FPU's: fpu.c. */
static void guest_load(struct mips32_vcpu *v)
{
	htw_stop();
	v->ctxt->status = (read_c0_status() & (ST0_IM | ST0_FR)) |
			  KSU_USER | ST0_EXL | ST0_IE;
	v->host_hwrena = read_c0_hwrena();
	write_c0_hwrena(GUEST_HWRENA);
	/* A debugger's, which watches the owner or watched whoever ran before. */
	watch_set(NULL);
	/* Nor are the owner's vector registers. */
	if (unlikely(test_thread_flag(TIF_USEDMSA)))
		lose_fpu(1);
	if (v->fpu_wanted)
		mips32_fpu_take(v);
}

/*
 * The guest's ASID has been in place since it ran: kernel memory needs none.  A
 * new round of ASIDs may have begun since the owner got its own.
 */
static void guest_put(struct mips32_vcpu *v)
{
	struct mm_struct *mm = current->active_mm;

	mips32_fpu_put(v);
	check_mmu_context(mm);
	write_c0_entryhi(cpu_asid(smp_processor_id(), mm));
	write_c0_hwrena(v->host_hwrena);
	if (unlikely(test_thread_flag(TIF_LOAD_WATCH)))
		watch_set(current->thread.watch.mips3264.watchlo);
	back_to_back_c0_hazard();
	htw_start();
}

/* What the guest is entered with, after what may have changed all of it. */
static void prepare(struct mips32_vcpu *v)
{
	mips32_irq_deliver(v);
	/* Pairs with the barrier in mmu.c, flush(): ASIDs are read after this. */
	smp_store_mb(v->entered, true);
	mips32_comm_enter(v);
	set_entry(v);
}

/*
 * What the first try serves changes nothing that the guest is entered with, and takes
 * no lock that flush() may hold while it waits for v->entered.
 */
bool mips32_served(struct mips32_vcpu *v, u32 code)
{
	if (code == MIPS32_CODE_COP0 && v->quick && cp0_quick_read(v))
		return true;
	v->code = code;
	mips32_comm_leave(v);
	/* flush() waits for it: what the guest did is before. */
	smp_store_release(&v->entered, false);
	if (code == MIPS32_CODE_IRQ || !v->quick || mips32_handle_exit(v) != 1)
		return false;
	prepare(v);
	return true;
}

static void count_quick(struct mips32_vcpu *v)
{
	struct mips32_ctxt *ctxt = v->ctxt;
	u64 *exits = v->vcpu.exits;

	exits[MIPS32_EXIT_RDHWR] += ctxt->quick_rdhwr;
	exits[MIPS32_EXIT_MFC0] += ctxt->quick_mfc0;
	exits[MIPS32_EXIT_MTC0] += ctxt->quick_mtc0;
	exits[MIPS32_EXIT_ERET] += ctxt->quick_eret;
	exits[MIPS32_EXIT_SYSCALL] += ctxt->quick_syscall;
	ctxt->quick_rdhwr = 0;
	ctxt->quick_mfc0 = 0;
	ctxt->quick_mtc0 = 0;
	ctxt->quick_eret = 0;
	ctxt->quick_syscall = 0;
}

/* The same where exits are timed, until they no longer are. */
static bool timed_served(struct mips32_vcpu *v, u32 code)
{
	bool served;

	if (!ember_timing_on()) {
		v->ctxt->served = mips32_served;
		return mips32_served(v, code);
	}
	/* What the vector page has answered is no part of this exit. */
	count_quick(v);
	ember_timing_left(&v->vcpu);
	served = mips32_served(v, code);
	count_quick(v);
	if (served)
		ember_timing_enter(&v->vcpu);
	return served;
}

/* Into the guest, as a rule several times, and out of it; interrupts off. */
static void mips32_turn(struct mips32_vcpu *v)
{
	guest_load(v);
	ember_guest_begin(&v->vcpu);
	v->quick = v->vcpu.rcu_watches;
	mips32_comm_refresh(v);
	prepare(v);
	if (ember_timing_on()) {
		v->ctxt->served = timed_served;
		ember_timing_enter(&v->vcpu);
	}
	v->enter(v->ctxt);
	v->quick = false;
	count_quick(v);
	ember_guest_exit(&v->vcpu);
	guest_put(v);
}

static int mips32_vcpu_run(struct ember_vcpu *vcpu)
{
	struct mips32_vcpu *v = to_mips32(vcpu);
	int ret;

	ret = mips32_shadow_top_up(v);
	if (ret)
		return ret;
	trace_ember_entry(vcpu, v->ctxt->pc);
	local_irq_disable();
	if (!ember_guest_enter(vcpu)) {
		local_irq_enable();
		ember_count_exit(vcpu, MIPS32_EXIT_SIGNAL);
		return 1;
	}
	mips32_turn(v);
	local_irq_enable();
	return mips32_handle_exit(v);
}

/* ---- capabilities ---------------------------------------------------------------------- */

static int mips32_check_extension(struct ember_vm *vm, long ext)
{
	switch (ext) {
	case KVM_CAP_MIPS_TE:
	case KVM_CAP_ENABLE_CAP:
	case EMBER_CAP_MIPS_TRANSLATE:
		return 1;
	case KVM_CAP_MIPS_FPU:
		return !!raw_cpu_has_fpu;
	default:
		return 0;
	}
}

static int mips32_vm_enable_cap(struct ember_vm *vm,
				const struct kvm_enable_cap *cap)
{
	int ret = 0;

	if (cap->cap != EMBER_CAP_MIPS_TRANSLATE || cap->flags || cap->args[0] > 1)
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (vm->nr_vcpus)
		ret = -EBUSY;
	else
		mips32_patch_enable(to_mips32_vm(vm), cap->args[0]);
	mutex_unlock(&vm->lock);
	return ret;
}

static long mips32_vm_ioctl(struct ember_vm *vm, unsigned int ioctl,
			    unsigned long arg)
{
	return -ENOTTY;
}

static const char *const mips32_exit_names[] = {
#define X(sym, name) name,
	MIPS32_EXITS(X)
#undef X
	NULL
};

static const struct ember_device_ops *const mips32_devices[] = {
	NULL
};

const struct ember_backend mips32_backend = {
	.name = "mips32",
	.no_ioctl = ENOTTY,
	.vm_size = sizeof(struct mips32_vm),
	.vcpu_size = sizeof(struct mips32_vcpu),
	.exit_names = mips32_exit_names,
	.devices = mips32_devices,
	.probe = mips32_probe,
	.remove = mips32_remove,
	.cpu_enable = mips32_cpu_enable,
	.cpu_disable = mips32_cpu_disable,
	.colours = mips32_colours,
	.vm_init = mips32_vm_init,
	.vm_destroy = mips32_vm_destroy,
	.vcpu_init = mips32_vcpu_create,
	.vcpu_destroy = mips32_vcpu_destroy,
	.vcpu_start = mips32_vcpu_start,
	.vcpu_run = mips32_vcpu_run,
	.vcpu_runnable = mips32_vcpu_runnable,
	.mem_prepare = mips32_mem_prepare,
	.mem_unmap = mips32_mem_unmap,
	.mem_write_protect = mips32_mem_write_protect,
	.mem_age = mips32_mem_age,
	.reg_list = mips32_reg_list,
	.reg_get = mips32_reg_get,
	.reg_set = mips32_reg_set,
	.check_extension = mips32_check_extension,
	.vm_enable_cap = mips32_vm_enable_cap,
	.vm_ioctl = mips32_vm_ioctl,
	.vcpu_ioctl = mips32_vcpu_ioctl,
	.vcpu_async_ioctl = mips32_vcpu_async_ioctl,
};
