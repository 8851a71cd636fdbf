/*
 * Rows 73, 76-82 and 93 of the NT memory facts, and 164-168, 170-174 of the execution facts as far as they speak of
 * sections: images that a program maps itself.  The files are made here.
 */
#include "memory_rows_sections.h"

#define BASE 0x23450000ull

/* A DLL of 0x4000 bytes: headers, .text, .data, .reloc; what differs is changed before it is written. */
struct image {
	IMAGE_DOS_HEADER dos;
	IMAGE_NT_HEADERS64 nt;
	IMAGE_SECTION_HEADER section[3];
	char headers[0x400 - sizeof(IMAGE_DOS_HEADER) - sizeof(IMAGE_NT_HEADERS64) - 3 * sizeof(IMAGE_SECTION_HEADER)];
	char text[0x200], data[0x200], reloc[0x200];
};

static void make_section(IMAGE_SECTION_HEADER *section, const char *name, DWORD rva, DWORD raw, DWORD flags)
{
	memcpy(section->Name, name, strlen(name));
	section->Misc.VirtualSize = 0x180;
	section->VirtualAddress = rva;
	section->PointerToRawData = raw;
	section->SizeOfRawData = 0x200;
	section->Characteristics = flags;
}

static void make(struct image *image)
{
	IMAGE_OPTIONAL_HEADER64 *optional = &image->nt.OptionalHeader;

	memset(image, 0, sizeof(*image));
	image->dos.e_magic = IMAGE_DOS_SIGNATURE;
	image->dos.e_lfanew = offsetof(struct image, nt);
	image->nt.Signature = IMAGE_NT_SIGNATURE;
	image->nt.FileHeader.Machine = IMAGE_FILE_MACHINE_AMD64;
	image->nt.FileHeader.NumberOfSections = 3;
	image->nt.FileHeader.SizeOfOptionalHeader = sizeof(*optional);
	image->nt.FileHeader.Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_DLL | IMAGE_FILE_LARGE_ADDRESS_AWARE;
	optional->Magic = IMAGE_NT_OPTIONAL_HDR64_MAGIC;
	optional->SizeOfCode = 0x200;
	optional->AddressOfEntryPoint = 0x1010;
	optional->ImageBase = BASE;
	optional->SectionAlignment = 0x1000;
	optional->FileAlignment = 0x200;
	optional->MajorOperatingSystemVersion = 6;
	optional->MajorSubsystemVersion = 6;
	optional->MinorSubsystemVersion = 1;
	optional->SizeOfImage = 0x4000;
	optional->SizeOfHeaders = 0x400;
	optional->Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI;
	optional->DllCharacteristics = IMAGE_DLLCHARACTERISTICS_NX_COMPAT;
	optional->SizeOfStackReserve = 0x210000;
	optional->SizeOfStackCommit = 0x2345;
	optional->SizeOfHeapReserve = 0x100000;
	optional->SizeOfHeapCommit = 0x1000;
	optional->CheckSum = 0x12345678; /* wrong: nobody looks (execution 174) */
	optional->LoaderFlags = 0x55;
	optional->NumberOfRvaAndSizes = IMAGE_NUMBEROF_DIRECTORY_ENTRIES;
	optional->DataDirectory[IMAGE_DIRECTORY_ENTRY_BASERELOC].VirtualAddress = 0x3000;
	optional->DataDirectory[IMAGE_DIRECTORY_ENTRY_BASERELOC].Size = 12;
	make_section(&image->section[0], ".text", 0x1000, 0x400, IMAGE_SCN_CNT_CODE | IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ);
	make_section(&image->section[1], ".data", 0x2000, 0x600,
		     IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE);
	make_section(&image->section[2], ".reloc", 0x3000, 0x800, IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ);
	memset(image->text, 0xC3, sizeof(image->text));
	memset(image->data, 0x11, sizeof(image->data));
	*(ULONGLONG *)image->data = BASE + 0x1010; /* relocated */
	*(DWORD *)image->reloc = 0x2000;
	*(DWORD *)(image->reloc + 4) = 12;
	*(WORD *)(image->reloc + 8) = IMAGE_REL_BASED_DIR64 << 12;
}

static char path[MAX_PATH];

/* The section of an image of `size` bytes; the status of making it in *status. */
static HANDLE section_of(const void *image, DWORD size, ULONGLONG maximum, ULONG attributes, DWORD *status)
{
	HANDLE file = new_file(path, GENERIC_READ | GENERIC_WRITE, image, size), section;

	*status = create_section(&section, maximum, PAGE_READONLY, attributes, file);
	CloseHandle(file);
	DeleteFileA(path);
	return section;
}

/* Where the row names Win32's error only, which is 193. */
static BOOL is_bad_format(DWORD status)
{
	return status == NT_INVALID_IMAGE_FORMAT || status == NT_INVALID_FILE_FOR_SECTION;
}

static HANDLE good_section(const struct image *image)
{
	DWORD status;
	HANDLE section = section_of(image, sizeof(*image), 0, SEC_IMAGE, &status);

	CHECK_EQUAL(status, NT_SUCCESS_);
	return section;
}

static void mapping_rows(void)
{
	static struct image image;
	HANDLE section;
	char *view = NULL, *second = NULL, *third = NULL;
	SIZE_T size = 0;
	void *base;
	DWORD old;

	make(&image);
	section = good_section(&image);
	ROW(78, "memory");
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK(view == (char *)BASE);
	CHECK_EQUAL(size, 0x4000);
	ROW(76, "memory");
	for (unsigned i = 0; i < 4; i++) {
		const DWORD protect[] = {PAGE_READONLY, PAGE_EXECUTE_READ, PAGE_WRITECOPY, PAGE_READONLY};
		MEMORY_BASIC_INFORMATION info = query(view + i * 0x1000);

		CHECK_EQUAL(info.Protect, protect[i]);
		CHECK_EQUAL(info.AllocationProtect, PAGE_EXECUTE_WRITECOPY);
		CHECK_EQUAL(info.State, MEM_COMMIT);
		CHECK_EQUAL(info.Type, MEM_IMAGE);
		CHECK_EQUAL(info.RegionSize, 0x1000);
		CHECK(info.AllocationBase == view);
	}
	((void (*)(void))(void *)(view + 0x1010))();
	ROW(173, "execution");
	CHECK_EQUAL(*(WORD *)view, IMAGE_DOS_SIGNATURE);
	CHECK_EQUAL(view[0x400], 0); /* the rest of the header page */
	CHECK_EQUAL(view[0xFFF], 0);
	CHECK_EQUAL(view[0x2200], 0); /* the rest of a page beyond raw data */
	ROW(78, "memory");
	size = 0;
	CHECK_EQUAL(map_section(section, &second, 0, 0, 0, &size, 0, PAGE_READONLY), NT_IMAGE_NOT_AT_BASE);
	CHECK(second && second != view);
	ROW(172, "execution");
	CHECK_EQUAL(((IMAGE_NT_HEADERS64 *)(second + image.dos.e_lfanew))->OptionalHeader.ImageBase, BASE);
	CHECK_EQUAL(*(ULONGLONG *)(second + 0x2000), BASE + 0x1010);
	ROW(77, "memory");
	view[0x2008] = 5;
	CHECK_EQUAL(query(view + 0x2000).Protect, PAGE_READWRITE);
	CHECK_EQUAL(second[0x2008], 0x11);
	CHECK_EQUAL(query(second + 0x2000).Protect, PAGE_WRITECOPY);
	CHECK(VirtualProtect(second + 0x3000, 0x1000, PAGE_READWRITE, &old));
	CHECK_EQUAL(query(second + 0x3000).Protect, PAGE_WRITECOPY);
	second[0x3000] = 1;
	CHECK_EQUAL(view[0x3000], 0);
	ROW(81, "memory");
	CHECK_FAILS(VirtualAlloc(view + 0x2000, 0x1000, MEM_COMMIT, PAGE_READWRITE), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(nt_allocate(view + 0x2000, 0x1000, MEM_RESERVE, PAGE_NOACCESS, &base, &size), NT_CONFLICTING_ADDRESSES);
	CHECK_EQUAL(nt_free(view, 0x1000, MEM_DECOMMIT, &base, &size), NT_UNABLE_TO_DELETE_SECTION);
	/* At a place of the caller's, and one that is taken. */
	third = second, size = 0;
	CHECK_EQUAL(map_section(section, &third, 0, 0, 0, &size, 0, PAGE_READONLY), NT_CONFLICTING_ADDRESSES);
	unmap(second);
	third = second, size = 0;
	CHECK_EQUAL(map_section(section, &third, 0, 0, 0, &size, 0, PAGE_READONLY), NT_IMAGE_NOT_AT_BASE);
	CHECK(third == second);
	unmap(third);
	third = second + 0x1000, size = 0;
	CHECK_EQUAL(map_section(section, &third, 0, 0, 0, &size, 0, PAGE_READONLY), NT_MAPPED_ALIGNMENT);
	unmap(view);
	CloseHandle(section);

	/* As MapViewOfFile has it; the section outlives its handle. */
	make(&image);
	{
		HANDLE file = new_file(path, GENERIC_READ | GENERIC_WRITE, &image, sizeof(image));

		section = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
		CHECK(section != NULL);
		CloseHandle(file);
		DeleteFileA(path);
	}
	view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
	CHECK(view == (char *)BASE);
	CloseHandle(section);
	CHECK_EQUAL(view[0x2008], 0x11);
	CHECK_EQUAL(query(view + 0x1000).Protect, PAGE_EXECUTE_READ);
	CHECK(UnmapViewOfFile(view));
	CHECK_EQUAL(query(view).State, MEM_FREE);
}

typedef struct {
	PVOID base;
	SIZE_T size;
	ULONG flags; /* 1: partly mapped, 2: not executable */
} image_information;

static image_information information_of(void *view)
{
	image_information info = {0};
	SIZE_T used = 0;

	CHECK_EQUAL((DWORD)NtQueryVirtualMemory(GetCurrentProcess(), view, 6, &info, sizeof(info), &used), NT_SUCCESS_);
	CHECK(info.base == view);
	return info;
}

static void size_rows(void)
{
	static struct image image;
	HANDLE section;
	char *view = NULL;
	section_basic basic;
	SIZE_T size = 0, used;
	DWORD status;

	make(&image);
	ROW(79, "memory");
	section = section_of(&image, sizeof(image), 0x2800, SEC_IMAGE, &status);
	CHECK_EQUAL(status, NT_SUCCESS_);
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x3000);
	CHECK_EQUAL(query(view + 0x2000).RegionSize, 0x1000);
	CHECK_EQUAL(query(view + 0x3000).State, MEM_FREE);
	CHECK_EQUAL(information_of(view).size, 0x4000);
	CHECK_EQUAL(information_of(view).flags & 3, 1);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 0, &basic, sizeof(basic), &used), NT_SUCCESS_);
	CHECK_EQUAL(basic.size.QuadPart, 0x2800);
	CHECK_EQUAL(basic.attributes, SEC_FILE | SEC_IMAGE);
	unmap(view);
	CloseHandle(section);
	section = good_section(&image);
	view = NULL, size = 0x1234;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x2000);
	CHECK_EQUAL(query(view + 0x1000).Protect, PAGE_EXECUTE_READ);
	CHECK_EQUAL(query(view + 0x1000).RegionSize, 0x1000);
	CHECK_EQUAL(information_of(view).size, 0x4000);
	CHECK_EQUAL(information_of(view).flags & 3, 1);
	unmap(view);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(information_of(view).flags & 3, 0);
	unmap(view);
	view = NULL, size = 0x4001;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_INVALID_VIEW_SIZE);
	CloseHandle(section);
	ROW(173, "execution");
	section_of(&image, sizeof(image), 0x4001, SEC_IMAGE, &status);
	CHECK_EQUAL(status, NT_SECTION_TOO_BIG);
	ROW(166, "execution");
	/* SizeOfImage, rounded up to a page, must reach the end of the last section. */
	image.nt.OptionalHeader.SizeOfImage = 0x3001;
	section = good_section(&image);
	CloseHandle(section);
	image.nt.OptionalHeader.SizeOfImage = 0x3000;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK(is_bad_format(status));
	make(&image);
	image.nt.OptionalHeader.FileAlignment = 0x2000;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK(is_bad_format(status));
	ROW(82, "memory");
	make(&image);
	image.nt.OptionalHeader.SizeOfImage = 0;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK(is_bad_format(status));
	ROW(168, "execution");
	make(&image);
	image.nt.FileHeader.NumberOfSections = 0;
	image.nt.OptionalHeader.SizeOfImage = 0x1000;
	image.nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_BASERELOC].Size = 0;
	section = good_section(&image);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(size, 0x1000);
	unmap(view);
	CloseHandle(section);
	ROW(80, "memory");
	/* A section alignment below a page: the file as it is. */
	make(&image);
	image.nt.OptionalHeader.SectionAlignment = image.nt.OptionalHeader.FileAlignment = 0x200;
	image.nt.OptionalHeader.SizeOfImage = sizeof(image);
	for (unsigned i = 0; i < 3; i++)
		image.section[i].VirtualAddress = image.section[i].PointerToRawData;
	section = good_section(&image);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(query(view).Protect, PAGE_EXECUTE_WRITECOPY);
	CHECK_EQUAL(query(view).RegionSize, size);
	CHECK(!memcmp(view, &image, sizeof(image)));
	unmap(view);
	CloseHandle(section);
}

static void refused_images(void)
{
	static struct image image;
	static char other[0x400];
	HANDLE file;
	DWORD status;

	make(&image);
	ROW(164, "execution");
	image.dos.e_magic = 0x4D5B;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK_EQUAL(status, NT_INVALID_IMAGE_NOT_MZ);
	section_of(&image, sizeof(image), 0x100000, SEC_IMAGE, &status); /* whatever the size */
	CHECK_EQUAL(status, NT_INVALID_IMAGE_NOT_MZ);
	make(&image);
	image.dos.e_lfanew = 0x100000;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK_EQUAL(status, NT_INVALID_IMAGE_PROTECT);
	make(&image);
	image.nt.Signature = 0x12345678;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK_EQUAL(status, NT_INVALID_IMAGE_PROTECT);
	for (unsigned system = 0; system < 6; system++) {
		memset(other, 0, sizeof(other));
		memcpy(other, &image.dos, sizeof(image.dos));
		((IMAGE_DOS_HEADER *)other)->e_lfanew = 0x80;
		memcpy(other + 0x80, "NE", 2);
		other[0x80 + 0x36] = (char)system;
		section_of(other, sizeof(other), 0, SEC_IMAGE, &status);
		CHECK_EQUAL(status, system == 2	  ? NT_INVALID_IMAGE_WIN_16
				    : system == 5 ? NT_INVALID_IMAGE_PROTECT
						  : NT_INVALID_IMAGE_NE_FORMAT);
	}
	make(&image);
	image.nt.OptionalHeader.Magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK_EQUAL(status, NT_INVALID_IMAGE_FORMAT);
	make(&image);
	image.nt.FileHeader.Machine = 0;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK_EQUAL(status, NT_INVALID_IMAGE_FORMAT);
	ROW(165, "execution");
	make(&image);
	image.nt.FileHeader.SizeOfOptionalHeader = 0;
	section_of(&image, sizeof(image), 0, SEC_IMAGE, &status);
	CHECK(is_bad_format(status));
	ROW(73, "memory");
	section_of(NULL, 0, 0, SEC_IMAGE, &status);
	CHECK_EQUAL(status, NT_INVALID_FILE_FOR_SECTION);
	/* Win32's names for them. */
	ROW(164, "execution");
	file = new_file(path, GENERIC_READ | GENERIC_WRITE, "no image", 8);
	CHECK_FAILS(CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL), ERROR_BAD_EXE_FORMAT);
	/* MSDN CreateFileMapping: an image is a file's. */
	CHECK(!CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0x1000, NULL));
	/* SEC_IMAGE_NO_EXECUTE goes with PAGE_READONLY. */
	CHECK(!CreateFileMappingA(file, NULL, PAGE_WRITECOPY | 0x11000000, 0, 0, NULL));
	CloseHandle(file);
	DeleteFileA(path);
}

static void relocation_rows(void)
{
	static struct image image;
	HANDLE section;
	char *view = NULL, *second = NULL;
	SIZE_T size = 0;
	BOOL program = FALSE;

	ROW(171, "execution");
	do {
		make(&image);
		image.nt.OptionalHeader.DllCharacteristics |= IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE;
		if (program)
			image.nt.FileHeader.Characteristics &= ~IMAGE_FILE_DLL;
		section = good_section(&image);
		view = second = NULL, size = 0;
		CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
		size = 0;
		CHECK_EQUAL(map_section(section, &second, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
		CHECK(second != view);
		/* Each view is relocated to where it is, and says so in its header. */
		CHECK(*(char **)(view + 0x2000) == view + 0x1010);
		CHECK(*(char **)(second + 0x2000) == second + 0x1010);
		CHECK_EQUAL(((IMAGE_NT_HEADERS64 *)(second + image.dos.e_lfanew))->OptionalHeader.ImageBase, (ULONG_PTR)second);
		CHECK_EQUAL(query(second + 0x2000).Protect, PAGE_WRITECOPY);
		unmap(view);
		unmap(second);
		CloseHandle(section);
		program = !program;
	} while (program);
	ROW(170, "execution");
	make(&image);
	image.nt.FileHeader.Characteristics |= IMAGE_FILE_RELOCS_STRIPPED;
	section = good_section(&image);
	view = second = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	size = 0;
	CHECK_EQUAL(map_section(section, &second, 0, 0, 0, &size, 0, PAGE_READONLY), NT_CONFLICTING_ADDRESSES);
	unmap(view);
	CloseHandle(section);
}

static void protection_rows(void)
{
	static struct image image;
	const struct {
		DWORD flags, protect;
	} rows[] = {
		{0, PAGE_NOACCESS},
		{IMAGE_SCN_MEM_READ, PAGE_READONLY},
		{IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE, PAGE_WRITECOPY},
		{IMAGE_SCN_MEM_WRITE, PAGE_WRITECOPY},
		{IMAGE_SCN_MEM_EXECUTE, PAGE_EXECUTE},
		{IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ, PAGE_EXECUTE_READ},
		{IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE, PAGE_EXECUTE_WRITECOPY},
		{IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE | IMAGE_SCN_MEM_SHARED, PAGE_READWRITE},
	};
	HANDLE section;
	char *view, *second;
	SIZE_T size;
	DWORD status;

	ROW(174, "execution");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		make(&image);
		image.section[1].Characteristics = IMAGE_SCN_CNT_INITIALIZED_DATA | rows[i].flags;
		section = good_section(&image);
		view = second = NULL, size = 0;
		CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
		CHECK_EQUAL(query(view + 0x2000).Protect, rows[i].protect);
		if (rows[i].flags & IMAGE_SCN_MEM_SHARED) {
			size = 0;
			CHECK_EQUAL(map_section(section, &second, 0, 0, 0, &size, 0, PAGE_READONLY), NT_IMAGE_NOT_AT_BASE);
			view[0x2010] = 0x77;
			CHECK_EQUAL(second[0x2010], 0x77);
			unmap(second);
		}
		unmap(view);
		CloseHandle(section);
	}
	/* A larger alignment than a page leaves pages that are reserved only. */
	ROW(76, "memory");
	make(&image);
	image.nt.OptionalHeader.SectionAlignment = 0x2000;
	image.nt.OptionalHeader.SizeOfImage = 0x8000;
	for (unsigned i = 0; i < 3; i++)
		image.section[i].VirtualAddress = 0x2000 * (i + 1);
	image.nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_BASERELOC].VirtualAddress = 0x6000;
	section = good_section(&image);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(query(view + 0x2000).Protect, PAGE_EXECUTE_READ);
	CHECK_EQUAL(query(view + 0x4000).Protect, PAGE_WRITECOPY);
	unmap(view);
	CloseHandle(section);
	/* SEC_IMAGE_NO_EXECUTE. */
	ROW(S10, "further memory");
	make(&image);
	section = section_of(&image, sizeof(image), 0, 0x11000000, &status);
	CHECK_EQUAL(status, NT_SUCCESS_);
	view = NULL, size = 0;
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_SUCCESS_);
	CHECK_EQUAL(query(view + 0x1000).Protect & 0xF0, 0);
	CHECK_EQUAL(query(view + 0x1000).Type, MEM_IMAGE);
	CHECK_EQUAL(view[0x1010], (char)0xC3);
	CHECK_EQUAL(information_of(view).flags & 3, 2);
	unmap(view);
	CloseHandle(section);
}

static void narrow_image(void)
{
	static struct image image;
	IMAGE_NT_HEADERS32 *nt = (IMAGE_NT_HEADERS32 *)&image.nt;
	IMAGE_OPTIONAL_HEADER64 wide;
	HANDLE section;
	char *view = NULL;
	SIZE_T size = 0, used;
	section_image info;

	make(&image);
	wide = image.nt.OptionalHeader;
	memset(&image.nt.OptionalHeader, 0, sizeof(image.nt.OptionalHeader));
	nt->FileHeader.Machine = IMAGE_FILE_MACHINE_I386;
	nt->FileHeader.Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_DLL | IMAGE_FILE_32BIT_MACHINE;
	/* A longer optional header than usual: the section table stays where it is. */
	nt->FileHeader.SizeOfOptionalHeader = sizeof(IMAGE_OPTIONAL_HEADER64);
	nt->OptionalHeader.Magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC;
	nt->OptionalHeader.ImageBase = (DWORD)BASE;
	nt->OptionalHeader.SectionAlignment = 0x1000;
	nt->OptionalHeader.FileAlignment = 0x200;
	nt->OptionalHeader.MajorSubsystemVersion = 6;
	nt->OptionalHeader.SizeOfImage = wide.SizeOfImage;
	nt->OptionalHeader.SizeOfHeaders = wide.SizeOfHeaders;
	nt->OptionalHeader.Subsystem = wide.Subsystem;
	nt->OptionalHeader.NumberOfRvaAndSizes = 16;
	ROW(165, "execution");
	section = good_section(&image);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 1, &info, sizeof(info), &used), NT_SUCCESS_);
	CHECK_EQUAL(info.machine, IMAGE_FILE_MACHINE_I386);
	ROW(78, "memory");
	CHECK_EQUAL(map_section(section, &view, 0, 0, 0, &size, 0, PAGE_READONLY), NT_IMAGE_MACHINE_TYPE_MISMATCH);
	CHECK(view != NULL);
	CHECK_EQUAL(view[0x1010], (char)0xC3);
	unmap(view);
	CloseHandle(section);
}

static void information_rows(void)
{
	static struct image image;
	HANDLE section;
	section_image info;
	section_basic basic;
	SIZE_T used = 0;

	make(&image);
	section = good_section(&image);
	ROW(S11, "further memory");
	memset(&info, 0x55, sizeof(info));
	CHECK_EQUAL((DWORD)NtQuerySection(section, 1, &info, sizeof(info), &used), NT_SUCCESS_);
	CHECK_EQUAL(used, sizeof(info));
	CHECK(info.entry == (void *)(BASE + 0x1010));
	CHECK_EQUAL(info.zero_bits, 0);
	CHECK_EQUAL(info.stack_reserve, 0x210000);
	CHECK_EQUAL(info.stack_commit, 0x2345);
	CHECK_EQUAL(info.subsystem, IMAGE_SUBSYSTEM_WINDOWS_CUI);
	CHECK_EQUAL(info.subsystem_major, 6);
	CHECK_EQUAL(info.subsystem_minor, 1);
	CHECK_EQUAL(info.characteristics, image.nt.FileHeader.Characteristics);
	CHECK_EQUAL(info.dll_characteristics, IMAGE_DLLCHARACTERISTICS_NX_COMPAT);
	CHECK_EQUAL(info.machine, IMAGE_FILE_MACHINE_AMD64);
	CHECK_EQUAL(info.contains_code, TRUE);
	CHECK_EQUAL(info.loader_flags, 0x55);
	CHECK_EQUAL(info.file_size, sizeof(image));
	CHECK_EQUAL((DWORD)NtQuerySection(section, 1, &info, sizeof(basic), &used), NT_INFO_LENGTH_MISMATCH);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 1, NULL, sizeof(info), &used), NT_ACCESS_VIOLATION);
	CHECK_EQUAL((DWORD)NtQuerySection(section, 0, &basic, sizeof(basic), &used), NT_SUCCESS_);
	CHECK_EQUAL(basic.attributes, SEC_FILE | SEC_IMAGE);
	CHECK_EQUAL(basic.size.QuadPart, 0x4000);
	CloseHandle(section);
}

static void same_file_rows(void)
{
	char *program = (char *)GetModuleHandleA(NULL), *view, *flat, name[2 * MAX_PATH], own_name[2 * MAX_PATH];
	HANDLE file, section, data;

	GetModuleFileNameA(NULL, path, sizeof(path));
	file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	section = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
	view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
	CHECK(view != NULL && view != program);
	ROW(S11, "further memory");
	CHECK(K32GetMappedFileNameA(GetCurrentProcess(), view, name, sizeof(name)) != 0);
	CHECK(K32GetMappedFileNameA(GetCurrentProcess(), program, own_name, sizeof(own_name)) != 0);
	CHECK(!strcmp(name, own_name));
	ROW(93, "memory");
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, program), NT_SUCCESS_);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(program, view), NT_SUCCESS_);
	data = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
	flat = MapViewOfFile(data, FILE_MAP_READ, 0, 0, 0);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, flat), NT_SUCCESS_);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(flat, view), NT_NOT_SAME_DEVICE);
	UnmapViewOfFile(flat);
	UnmapViewOfFile(view);
	CloseHandle(data);
	CloseHandle(section);
	CloseHandle(file);
}

int main(void)
{
	mapping_rows();
	size_rows();
	refused_images();
	relocation_rows();
	protection_rows();
	narrow_image();
	information_rows();
	same_file_rows();
	return guest_result();
}
