/*
 * loader/tls_directory.c - reading the TLS directory (Microsoft, "PE Format", The .tls Section).
 */
#include "loader/pe.h"

/* The RVA of an absolute address of which `size` bytes must lie in the image; 0 when it does not. */
static uint32_t rva_of(const struct pe_view *view, uint64_t base, uint64_t address, uint64_t size)
{
	uint64_t rva = address - base;

	return address >= base && rva < view->size && size <= view->size - rva ? (uint32_t)rva : 0;
}

bool pe_tls_read(const struct pe_view *view, uint64_t base, const struct pe_directory *directory, struct pe_tls *tls)
{
	IMAGE_TLS_DIRECTORY64 raw;
	unsigned shift;

	if (!directory->rva || !directory->size || !pe_read(view, directory->rva, &raw, sizeof(raw)))
		return false;
	if (raw.EndAddressOfRawData < raw.StartAddressOfRawData)
		return false;
	tls->data = 0;
	tls->data_size = 0;
	if (raw.EndAddressOfRawData > raw.StartAddressOfRawData) {
		uint64_t size = raw.EndAddressOfRawData - raw.StartAddressOfRawData;

		tls->data = rva_of(view, base, raw.StartAddressOfRawData, size);
		if (!tls->data)
			return false;
		tls->data_size = (uint32_t)size;
	}
	if (raw.SizeOfZeroFill > 0x10000000)
		return false;
	tls->zero_fill = raw.SizeOfZeroFill;
	tls->index = raw.AddressOfIndex ? rva_of(view, base, raw.AddressOfIndex, sizeof(uint32_t)) : 0;
	if (raw.AddressOfIndex && !tls->index)
		return false;
	tls->callbacks = raw.AddressOfCallBacks ? rva_of(view, base, raw.AddressOfCallBacks, sizeof(uint64_t)) : 0;
	/* IMAGE_SCN_ALIGN_*: 1 = one byte ... 14 = 8192. */
	shift = raw.Characteristics >> 20 & 15;
	tls->alignment = shift > 5 && shift <= 14 ? 1u << (shift - 1) : 16;
	return true;
}
