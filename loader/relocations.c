/*
 * loader/relocations.c - base relocations (Microsoft, "PE Format", The .reloc Section).
 */
#include "loader/pe.h"

#include <string.h>

/* One block's entries.  A target may begin in the block's page and end in the next. */
static NTSTATUS relocate_block(uint8_t *image, uint32_t size, uint32_t page, const uint8_t *entries, uint32_t count,
			       uint64_t delta)
{
	for (uint32_t i = 0; i < count; i++) {
		uint16_t entry;
		uint64_t target;

		memcpy(&entry, entries + i * 2, sizeof(entry));
		target = (uint64_t)page + (entry & 0xFFF);
		switch (entry >> 12) {
		case IMAGE_REL_BASED_ABSOLUTE:
			break;
		case IMAGE_REL_BASED_DIR64: {
			uint64_t value;

			if (target + sizeof(value) > size)
				return STATUS_INVALID_IMAGE_FORMAT;
			memcpy(&value, image + target, sizeof(value));
			value += delta;
			memcpy(image + target, &value, sizeof(value));
			break;
		}
		case IMAGE_REL_BASED_HIGHLOW: {
			uint32_t value;

			if (target + sizeof(value) > size)
				return STATUS_INVALID_IMAGE_FORMAT;
			memcpy(&value, image + target, sizeof(value));
			value += (uint32_t)delta;
			memcpy(image + target, &value, sizeof(value));
			break;
		}
		default:
			return STATUS_INVALID_IMAGE_FORMAT;
		}
	}
	return STATUS_SUCCESS;
}

NTSTATUS pe_relocate(uint8_t *image, uint32_t size, const struct pe_directory *directory, uint64_t delta)
{
	uint32_t at = 0;

	if (!directory->rva || !directory->size)
		return STATUS_SUCCESS;
	if (directory->rva > size || directory->size > size - directory->rva)
		return STATUS_INVALID_IMAGE_FORMAT;
	/* The blocks are read from the image that they change: a block that relocates the table itself changes what comes
	 * later, but never where reading stops. */
	while (directory->size - at >= sizeof(IMAGE_BASE_RELOCATION)) {
		IMAGE_BASE_RELOCATION block;
		NTSTATUS status;

		memcpy(&block, image + directory->rva + at, sizeof(block));
		if (block.SizeOfBlock == 0)
			break;
		if (block.SizeOfBlock < sizeof(block) || block.SizeOfBlock > directory->size - at)
			return STATUS_INVALID_IMAGE_FORMAT;
		status = relocate_block(image, size, block.VirtualAddress, image + directory->rva + at + sizeof(block),
					(block.SizeOfBlock - (uint32_t)sizeof(block)) / 2, delta);
		if (!NT_SUCCESS(status))
			return status;
		at += block.SizeOfBlock;
	}
	return STATUS_SUCCESS;
}
