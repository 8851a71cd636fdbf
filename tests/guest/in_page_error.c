/*
 * in_page_error - execution row 17: a page of a file's view that cannot be read.  tests/in-page-error.sh cuts the file short
 * between the two lines that this program prints and reads; on Windows it takes a file of another machine.
 */
#include "touch.h"

int main(int argc, char **argv)
{
	HANDLE file, mapping;
	char *view, line[16], buffer[16];
	SIZE_T done = 99;

	if (argc < 2)
		return 77; /* for in-page-error.sh */
	file = CreateFileA(argv[1], GENERIC_READ | GENERIC_WRITE, 7, NULL, OPEN_EXISTING, 0, NULL);
	mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL);
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	CHECK(view != NULL);
	CHECK_EQUAL(view[0x3000], 'x');
	AddVectoredExceptionHandler(1, touch_handler);
	puts("mapped");
	fflush(stdout);
	CHECK(fgets(line, sizeof(line), stdin) != NULL);
	ROW(17, "execution");
	for (unsigned write = 0; write < 2; write++) {
		CHECK_EQUAL(touch(view + 0x3123, write), 0xC0000006);
		CHECK_EQUAL(touch_count, 3);
		CHECK_EQUAL(touch_information[0], write);
		CHECK_EQUAL(touch_information[1], (ULONG_PTR)view + 0x3123);
		CHECK((LONG)touch_information[2] < 0); /* an error's status */
	}
	CHECK_EQUAL(touch(view + 0x10, TRUE), 0); /* what is left of the file is there */
	/* The system fails where a program faults. */
	CHECK(!ReadProcessMemory(GetCurrentProcess(), view + 0x3000, buffer, 16, &done));
	CHECK_EQUAL(done, 0);
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
	CloseHandle(file);
	return guest_result();
}
