/*
 * check_pe.c - the readers of PE files over small images made here.
 */
#include "loader/pe.h"
#include "nt/mem.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static uint8_t file[0x1000];

static IMAGE_NT_HEADERS64 *nt(void)
{
	return (IMAGE_NT_HEADERS64 *)(file + 0x80);
}

static IMAGE_SECTION_HEADER *section_header(void)
{
	return (IMAGE_SECTION_HEADER *)(nt() + 1);
}

static void make_file(void)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "MZ", 2);
	file[60] = 0x80;
	nt()->Signature = IMAGE_NT_SIGNATURE;
	nt()->FileHeader.Machine = IMAGE_FILE_MACHINE_AMD64;
	nt()->FileHeader.NumberOfSections = 1;
	nt()->FileHeader.SizeOfOptionalHeader = sizeof(IMAGE_OPTIONAL_HEADER64);
	nt()->FileHeader.Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE;
	nt()->OptionalHeader.Magic = IMAGE_NT_OPTIONAL_HDR64_MAGIC;
	nt()->OptionalHeader.ImageBase = 0x140000000;
	nt()->OptionalHeader.SectionAlignment = 0x1000;
	nt()->OptionalHeader.FileAlignment = 0x200;
	nt()->OptionalHeader.MajorSubsystemVersion = 6;
	nt()->OptionalHeader.SizeOfImage = 0x2000;
	nt()->OptionalHeader.SizeOfHeaders = 0x400;
	nt()->OptionalHeader.NumberOfRvaAndSizes = 16;
	memcpy(section_header()->Name, ".data", 5);
	section_header()->VirtualAddress = 0x1000;
	section_header()->Misc.VirtualSize = 0x800;
	section_header()->PointerToRawData = 0x400;
	section_header()->SizeOfRawData = 0x800;
	section_header()->Characteristics = 0xC0000040;
}

static enum pe_result parse(struct pe_file *pe)
{
	return pe_parse(file, sizeof(file), sizeof(file), pe, NULL);
}

START_TEST(good_headers)
{
	struct pe_section section;
	struct pe_file pe;

	make_file();
	ck_assert_int_eq(parse(&pe), PE_OK);
	ck_assert_uint_eq(pe.image_base, 0x140000000);
	pe_section(file, &pe, 0, &section);
	ck_assert_str_eq(section.name, ".data");
	ck_assert_uint_eq(section.size, 0x1000);
	ck_assert_uint_eq(section.raw_size, 0x800);
	/* The first bytes alone are not enough. */
	ck_assert_int_eq(pe_parse(file, 0x90, sizeof(file), &pe, NULL), PE_TRUNCATED);
	ck_assert_int_eq(pe_parse(file, 0x90, 0x90, &pe, NULL), PE_DOS_PROGRAM);
}
END_TEST

/* nt facts, execution 166: SizeOfImage is rounded up to a page before it is compared. */
START_TEST(size_of_image)
{
	struct pe_file pe;

	make_file();
	nt()->OptionalHeader.SizeOfImage = 0xF70;
	ck_assert_int_eq(parse(&pe), PE_BAD_FORMAT);
	nt()->OptionalHeader.SizeOfImage = 0x1170;
	ck_assert_int_eq(parse(&pe), PE_OK);
	nt()->OptionalHeader.SizeOfImage = 0x1F00;
	ck_assert_int_eq(parse(&pe), PE_OK);
	ck_assert_uint_eq(pe.size_of_image, 0x2000);
	nt()->OptionalHeader.SizeOfImage = 0;
	ck_assert_int_eq(parse(&pe), PE_BAD_FORMAT);
}
END_TEST

/* nt facts, memory 82: 268 bytes were enough until Windows 10 1709. */
START_TEST(smallest_file)
{
	struct pe_file pe;

	make_file();
	nt()->FileHeader.NumberOfSections = 0;
	nt()->OptionalHeader.SectionAlignment = nt()->OptionalHeader.FileAlignment = 4;
	nt()->OptionalHeader.SizeOfHeaders = 0x100;
	nt()->FileHeader.SizeOfOptionalHeader = 112;
	ck_assert_int_eq(pe_parse(file, 268, 268, &pe, NULL), PE_BAD_FORMAT);
	ck_assert_int_eq(pe_parse(file, 269, 269, &pe, NULL), PE_OK);
	ck_assert(pe.flat);
}
END_TEST

START_TEST(protections)
{
	ck_assert_uint_eq(pe_section_protection(IMAGE_SCN_MEM_READ), PAGE_READONLY);
	ck_assert_uint_eq(pe_section_protection(IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_EXECUTE), PAGE_EXECUTE_READ);
	ck_assert_uint_eq(pe_section_protection(IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE), PAGE_WRITECOPY);
	ck_assert_uint_eq(pe_section_protection(IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_WRITE), PAGE_EXECUTE_WRITECOPY);
	ck_assert_uint_eq(pe_section_protection(IMAGE_SCN_MEM_WRITE | IMAGE_SCN_MEM_SHARED), PAGE_READWRITE);
	ck_assert_uint_eq(pe_section_protection(0), PAGE_NOACCESS);
}
END_TEST

START_TEST(relocations)
{
	static uint8_t image[0x2000];
	struct pe_directory directory = {0x100, 12};
	uint64_t value = 0x140001234;
	uint32_t block[3] = {0x1000, 12, 0xA010};

	memset(image, 0, sizeof(image));
	memcpy(image + 0x100, block, sizeof(block));
	memcpy(image + 0x1010, &value, sizeof(value));
	ck_assert_int_eq(pe_relocate(image, sizeof(image), &directory, 0x10000), STATUS_SUCCESS);
	memcpy(&value, image + 0x1010, sizeof(value));
	ck_assert_uint_eq(value, 0x140011234);
	/* The last bytes of the image, and one too far. */
	block[2] = 0xAFF8;
	memcpy(image + 0x100, block, sizeof(block));
	ck_assert_int_eq(pe_relocate(image, sizeof(image), &directory, 1), STATUS_SUCCESS);
	block[2] = 0xAFF9;
	memcpy(image + 0x100, block, sizeof(block));
	ck_assert_int_eq(pe_relocate(image, sizeof(image), &directory, 1), STATUS_INVALID_IMAGE_FORMAT);
	directory.rva = 0xFFFFFFF0;
	ck_assert_int_eq(pe_relocate(image, sizeof(image), &directory, 1), STATUS_INVALID_IMAGE_FORMAT);
}
END_TEST

/* Three names at 0x400, functions with ordinals 10 to 12, the last a forwarder. */
static void make_exports(uint8_t *image)
{
	static const char *const names[] = {"Alpha", "alpha", "beta"};
	IMAGE_EXPORT_DIRECTORY *exports = (IMAGE_EXPORT_DIRECTORY *)(image + 0x100);

	exports->Base = 10;
	exports->NumberOfFunctions = exports->NumberOfNames = 3;
	exports->AddressOfFunctions = 0x200;
	exports->AddressOfNames = 0x220;
	exports->AddressOfNameOrdinals = 0x240;
	for (uint32_t i = 0; i < 3; i++) {
		uint32_t function = i == 2 ? 0x180 : 0x1000 + i;
		uint32_t name = 0x400 + i * 16;
		uint16_t ordinal = (uint16_t)i;

		memcpy(image + 0x200 + i * 4, &function, 4);
		memcpy(image + 0x220 + i * 4, &name, 4);
		memcpy(image + 0x240 + i * 2, &ordinal, 2);
		strcpy((char *)image + name, names[i]);
	}
	strcpy((char *)image + 0x180, "NTDLL.RtlAllocateHeap");
}

static int copy(void *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return 0;
}

START_TEST(exports)
{
	static uint8_t image[0x2000];
	struct pe_directory directory = {0x100, 0x100};
	struct pe_view view = {.base = image, .size = sizeof(image), .copy = _i ? copy : NULL};
	struct pe_export export;

	memset(image, 0, sizeof(image));
	make_exports(image);
	ck_assert_int_eq(pe_export_by_name(&view, &directory, "alpha", 0, &export), STATUS_SUCCESS);
	ck_assert_uint_eq(export.rva, 0x1001);
	ck_assert(!export.forwarder);
	ck_assert_int_eq(pe_export_by_name(&view, &directory, "alpha", 2, &export), STATUS_SUCCESS);
	ck_assert_uint_eq(export.rva, 0x1001);
	ck_assert_int_eq(pe_export_by_name(&view, &directory, "beta", 0, &export), STATUS_SUCCESS);
	ck_assert(export.forwarder);
	ck_assert_int_eq(pe_export_by_name(&view, &directory, "alph", 0, &export), STATUS_ENTRYPOINT_NOT_FOUND);
	ck_assert_int_eq(pe_export_by_name(&view, &directory, "gamma", 0, &export), STATUS_ENTRYPOINT_NOT_FOUND);
	ck_assert_int_eq(pe_export_by_ordinal(&view, &directory, 10, &export), STATUS_SUCCESS);
	ck_assert_uint_eq(export.rva, 0x1000);
	ck_assert_int_eq(pe_export_by_ordinal(&view, &directory, 9, &export), STATUS_ORDINAL_NOT_FOUND);
	ck_assert_int_eq(pe_export_by_ordinal(&view, &directory, 13, &export), STATUS_ORDINAL_NOT_FOUND);
}
END_TEST

START_TEST(forwarders)
{
	const char *name;
	uint32_t ordinal;
	char dll[256];

	ck_assert(pe_split_forwarder("NTDLL.RtlAllocateHeap", dll, &name, &ordinal));
	ck_assert_str_eq(dll, "NTDLL.dll");
	ck_assert_str_eq(name, "RtlAllocateHeap");
	ck_assert(pe_split_forwarder("x.drv.f", dll, &name, &ordinal));
	ck_assert_str_eq(dll, "x.drv");
	ck_assert(pe_split_forwarder("other.#12", dll, &name, &ordinal));
	ck_assert_ptr_null(name);
	ck_assert_uint_eq(ordinal, 12);
	ck_assert(!pe_split_forwarder("nodot", dll, &name, &ordinal));
	ck_assert(!pe_split_forwarder(".f", dll, &name, &ordinal));
	ck_assert(!pe_split_forwarder("a.", dll, &name, &ordinal));
	ck_assert(!pe_split_forwarder("a.#", dll, &name, &ordinal));
	ck_assert(!pe_split_forwarder("a.#99999", dll, &name, &ordinal));
}
END_TEST

START_TEST(imports)
{
	static uint8_t image[0x2000];
	struct pe_directory directory = {0x100, 40};
	struct pe_view view = {.base = image, .size = sizeof(image)};
	IMAGE_IMPORT_DESCRIPTOR descriptor = {.Name = 0x300, .FirstThunk = 0x400};
	uint64_t thunks[3] = {0x500, IMAGE_ORDINAL_FLAG64 | 5, 0};
	static char buffer[PE_NAME_CAPACITY];
	struct pe_import import;
	struct pe_thunk thunk;
	NTSTATUS status;

	memset(image, 0, sizeof(image));
	memcpy(image + 0x100, &descriptor, sizeof(descriptor));
	strcpy((char *)image + 0x300, "a.dll");
	memcpy(image + 0x400, thunks, sizeof(thunks));
	image[0x500] = 3;
	strcpy((char *)image + 0x502, "function");
	ck_assert(pe_import_read(&view, &directory, 0, &import, &status));
	ck_assert_str_eq(import.dll, "a.dll");
	/* No lookup table (Borland): the address table serves. */
	ck_assert_uint_eq(import.names, 0x400);
	ck_assert_uint_eq(pe_thunk_count(&view, import.names), 2);
	ck_assert(pe_thunk_read(&view, import.names, 0, &thunk, buffer));
	ck_assert_str_eq(thunk.name, "function");
	ck_assert_uint_eq(thunk.ordinal, 3);
	ck_assert(pe_thunk_read(&view, import.names, 1, &thunk, buffer));
	ck_assert(thunk.by_ordinal);
	ck_assert_uint_eq(thunk.ordinal, 5);
	ck_assert(!pe_import_read(&view, &directory, 1, &import, &status));
	ck_assert_int_eq(status, STATUS_SUCCESS);
	ck_assert(!pe_import_read(&view, &directory, 0x10000000, &import, &status));
	ck_assert_int_eq(status, STATUS_INVALID_IMAGE_FORMAT);
	memset(image + 0x1000, 1, 0x1000);
	ck_assert_uint_eq(pe_thunk_count(&view, 0x1000), UINT32_MAX);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pe");
	TCase *tests = tcase_create("pe");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, good_headers);
	tcase_add_test(tests, size_of_image);
	tcase_add_test(tests, smallest_file);
	tcase_add_test(tests, protections);
	tcase_add_test(tests, relocations);
	tcase_add_loop_test(tests, exports, 0, 2);
	tcase_add_test(tests, forwarders);
	tcase_add_test(tests, imports);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
