/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QEMU's fw_cfg device, through which firmware is told what it should boot (QEMU,
 * docs/specs/fw_cfg): numbered items, read byte by byte through a window or copied
 * into memory by the device.  Nothing of it can be written.
 */
#ifndef EMBER_FW_CFG_H
#define EMBER_FW_CFG_H

#include <stddef.h>
#include <stdint.h>

struct device;
struct guestmem;

#define FW_CFG_SIZE 0x18u

/* Numbers of items. */
enum fw_cfg_key {
	FW_CFG_SIGNATURE = 0x00, /* these two are the device's own */
	FW_CFG_ID = 0x01,
	FW_CFG_CPUS = 0x05, /* 16 bits */
	FW_CFG_KERNEL_SIZE = 0x08, /* 32 bits, and so are the other sizes */
	FW_CFG_INITRD_SIZE = 0x0b,
	FW_CFG_MAX_CPUS = 0x0f, /* 16 bits */
	FW_CFG_KERNEL_DATA = 0x11,
	FW_CFG_INITRD_DATA = 0x12,
	FW_CFG_CMDLINE_SIZE = 0x14,
	FW_CFG_CMDLINE_DATA = 0x15,
	FW_CFG_FILE_DIR = 0x19, /* empty: there are no named items */
};

/* NULL with errno set on failure. */
struct device *fw_cfg_create(uint64_t base, const struct guestmem *mem);

/* Little-endian numbers; a copy of @len bytes; a file that stays open.  0 or -errno. */
int fw_cfg_add_u16(struct device *dev, enum fw_cfg_key key, uint16_t val);
int fw_cfg_add_u32(struct device *dev, enum fw_cfg_key key, uint32_t val);
int fw_cfg_add_bytes(struct device *dev, enum fw_cfg_key key, const void *data, size_t len);
int fw_cfg_add_file(struct device *dev, enum fw_cfg_key key, int fd, uint32_t size);

#endif
