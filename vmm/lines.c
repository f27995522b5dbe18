// SPDX-License-Identifier: GPL-2.0
/* Interrupt lines; see lines.h. */
#include <sys/eventfd.h>
#include <unistd.h>

#include "arch.h"
#include "kvm.h"
#include "lines.h"

static void line_set(struct irqline *irq, bool level)
{
	struct line *line = irq->opaque;

	pthread_mutex_lock(&line->lock);
	if (level != line->level && line->kvm)
		arch_line_set(line->kvm, irq->spi, level);
	line->level = level;
	pthread_mutex_unlock(&line->lock);
}

static int bind_eventfd(struct kvm *kvm, unsigned int nr)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd >= 0 && kvm_irqfd(kvm, nr, fd) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void line_init(struct line *line, struct kvm *kvm, unsigned int nr, unsigned int cells, bool edge)
{
	*line = (struct line){ .kvm = kvm };
	pthread_mutex_init(&line->lock, NULL);
	line->irq = (struct irqline){
		.set = line_set,
		.edge_fd = edge && kvm ? bind_eventfd(kvm, nr) : -1,
		.spi = nr,
		.cells = cells,
		.edge = edge,
		.opaque = line,
	};
}

void line_finish(struct line *line)
{
	if (!line->irq.set)
		return;
	if (line->irq.edge_fd >= 0)
		close(line->irq.edge_fd);
	pthread_mutex_destroy(&line->lock);
	line->irq.set = NULL;
}
