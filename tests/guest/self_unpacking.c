/*
 * tests/guest/self_unpacking.c - packed by pack.c into a program that unpacks itself, as UPX does.
 * That it runs at all is most of the test.
 */
#include "guest.h"

static int initialised[4] = {1, 2, 3, 4};
static char nothing[100000];

static int compare(const void *a, const void *b)
{
	return *(const int *)b - *(const int *)a;
}

int main(int argc, char **argv)
{
	char *base = (char *)GetModuleHandleW(NULL);
	IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
	IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
	MEMORY_BASIC_INFORMATION info;
	char text[50];

	CHECK_EQUAL(headers->FileHeader.NumberOfSections, 2);
	CHECK_EQUAL(section[0].SizeOfRawData, 0);
	/* The stub has changed this, and put the protection back. */
	CHECK_EQUAL(section[0].Characteristics & IMAGE_SCN_MEM_WRITE, 0);
	CHECK(VirtualQuery(base, &info, sizeof(info)) == sizeof(info));
	CHECK_EQUAL(info.Protect, PAGE_READONLY);
	CHECK_EQUAL(info.RegionSize, 0x1000);
	CHECK(VirtualQuery((void *)main, &info, sizeof(info)) == sizeof(info));
	CHECK_EQUAL(info.Type, MEM_IMAGE);
	CHECK_EQUAL(info.AllocationProtect, PAGE_EXECUTE_WRITECOPY);
	/* A page of the section that was written to has its own copy. */
	CHECK_EQUAL(info.Protect, PAGE_EXECUTE_READWRITE);
	CHECK_EQUAL((ULONG_PTR)info.AllocationBase, (ULONG_PTR)base);

	CHECK_EQUAL(argc, 1);
	qsort(initialised, 4, sizeof(int), compare);
	CHECK_EQUAL(initialised[0], 4);
	for (unsigned i = 0; i < sizeof(nothing); i++)
		if (nothing[i])
			CHECK(!"uninitialised data is not zero");
	sprintf(text, "%d %s %.2f", 42, "formatted", 2.5);
	CHECK(strcmp(text, "42 formatted 2.50") == 0);
	return guest_result();
}
