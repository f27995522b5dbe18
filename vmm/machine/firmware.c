// SPDX-License-Identifier: GPL-2.0
/* Firmware's part of the machine; see firmware.h. */
#include <errno.h>
#include <string.h>

#include "../dev/device.h"
#include "../dev/fw_cfg.h"
#include "../err.h"
#include "../guestmem.h"
#include "../host/flash.h"
#include "boot.h"
#include "firmware.h"
#include "virt.h"

static int map_bank(void *opaque, unsigned int bank, bool mapped)
{
	struct firmware *fw = opaque;

	return kvm_rom_map(fw->kvm, &fw->rom[bank], mapped);
}

int firmware_init(struct firmware *fw, struct kvm *kvm, struct flash *const bank[PFLASH_BANKS],
		  struct err *e)
{
	unsigned int i;

	*fw = (struct firmware){ .kvm = kvm, .map = { map_bank, fw } };
	for (i = 0; i < PFLASH_BANKS; i++) {
		fw->rom[i] = (struct kvm_rom){
			.gpa = VIRT_FLASH + (uint64_t)i * FLASH_BANK_SIZE,
			.size = FLASH_BANK_SIZE,
			.hva = flash_data(bank[i]),
		};
		if (kvm_rom_create(kvm, &fw->rom[i], e))
			return -1;
	}
	return 0;
}

/* A file's size and contents as items @size and @data; none if @fd is -1. */
static int add_file(struct device *dev, const char *what, const char *path, int fd,
		    enum fw_cfg_key size, enum fw_cfg_key data, uint64_t max, struct err *e)
{
	uint64_t n;

	if (fd < 0)
		return 0;
	if (boot_file_size(fd, what, path, max, &n, e))
		return -1;
	if (fw_cfg_add_u32(dev, size, n) || fw_cfg_add_file(dev, data, fd, n))
		return err_set(e, EXIT_INTERNAL, "no room in fw_cfg for %s %s", what, path);
	return 0;
}

static int add_cmdline(struct device *dev, const char *append, struct err *e)
{
	size_t len = append ? strlen(append) + 1 : 0;

	if (!append)
		return 0;
	if (fw_cfg_add_u32(dev, FW_CFG_CMDLINE_SIZE, len) ||
	    fw_cfg_add_bytes(dev, FW_CFG_CMDLINE_DATA, append, len))
		return err_set(e, EXIT_INTERNAL, "no room in fw_cfg for the command line");
	return 0;
}

static int add_items(struct device *dev, const struct boot_files *files, const char *append,
		     unsigned int cpus, uint64_t max, struct err *e)
{
	if (fw_cfg_add_u16(dev, FW_CFG_CPUS, cpus) || fw_cfg_add_u16(dev, FW_CFG_MAX_CPUS, cpus))
		return err_set(e, EXIT_INTERNAL, "no room in fw_cfg for the number of CPUs");
	if (add_file(dev, "kernel", files->kernel_path, files->kernel, FW_CFG_KERNEL_SIZE,
		     FW_CFG_KERNEL_DATA, max, e))
		return -1;
	if (add_file(dev, "initrd", files->initrd_path, files->initrd, FW_CFG_INITRD_SIZE,
		     FW_CFG_INITRD_DATA, max, e))
		return -1;
	return add_cmdline(dev, append, e);
}

struct device *firmware_config(const struct boot_files *files, const char *append,
			       unsigned int cpus, const struct guestmem *mem, struct err *e)
{
	struct device *dev = fw_cfg_create(VIRT_FW_CFG, mem);

	if (!dev) {
		err_sys(e, EXIT_INTERNAL, errno, "cannot make fw_cfg");
		return NULL;
	}
	if (!add_items(dev, files, append, cpus, mem->region[0].size, e))
		return dev;
	dev->ops->destroy(dev);
	return NULL;
}
