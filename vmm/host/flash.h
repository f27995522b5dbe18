/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a bank of flash memory holds, and the file that keeps it.
 *
 * Belongs to the process, not to a machine: a guest's reset finds in it what was
 * there before.  The contents are a copy in memory of its own, whose zero pages
 * cost nothing, so that a file which is replaced or cut off while the guest runs
 * changes nothing for it; what the guest changes goes to the file piece by piece.
 */
#ifndef EMBER_FLASH_H
#define EMBER_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#define FLASH_BANK_SIZE (64u << 20)

struct err;
struct flash;

/*
 * Firmware for the first bank: the guest can't change it, and what the file does
 * not fill is zero.  NULL with @e (EXIT_USAGE): not there, no file, empty, larger
 * than a bank.
 */
struct flash *flash_open_firmware(const char *path, struct err *e);

/*
 * Variables, "FILE[,ro]", a comma in the name written twice: exactly a bank, locked
 * as long as it is open.  NULL with @e (EXIT_USAGE).
 */
struct flash *flash_open_variables(const char *spec, struct err *e);

/* Zeroes that the guest may change and nobody keeps.  NULL with @e. */
struct flash *flash_open_blank(struct err *e);

/* What the guest has changed is on the medium after this.  NULL is fine. */
void flash_close(struct flash *flash);

uint8_t *flash_data(const struct flash *flash); /* FLASH_BANK_SIZE bytes, page aligned */
bool flash_readonly(const struct flash *flash);

/* The bytes at [@off, @off + @len) have changed: write them to the file.  0 or -errno. */
int flash_save(struct flash *flash, uint32_t off, uint32_t len);

#endif
