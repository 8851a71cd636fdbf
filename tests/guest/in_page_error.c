/*
 * in_page_error - execution row 17: a page of a file's view that cannot be read.  tests/in-page-error.sh cuts the file short
 * between the two lines that this program prints and reads; on Windows it takes a file of another machine.
 */
#include "guest.h"

static volatile DWORD code, count;
static volatile ULONG_PTR information[3];
static void *volatile resume_at;

static LONG CALLBACK handler(EXCEPTION_POINTERS *pointers)
{
	const EXCEPTION_RECORD *record = pointers->ExceptionRecord;

	if (!resume_at)
		return EXCEPTION_CONTINUE_SEARCH;
	code = record->ExceptionCode;
	count = record->NumberParameters;
	for (DWORD i = 0; i < 3 && i < count; i++)
		information[i] = record->ExceptionInformation[i];
	pointers->ContextRecord->Rip = (ULONG_PTR)resume_at;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void __attribute__((noinline)) touch(volatile char *address, BOOL write)
{
	code = count = 0;
	if (write)
		__asm__ volatile("leaq 1f(%%rip), %%rax\n\tmovq %%rax, %0\n\tmovb $1, (%1)\n1:"
				 : "=m"(resume_at) : "r"(address) : "rax", "memory");
	else
		__asm__ volatile("leaq 1f(%%rip), %%rax\n\tmovq %%rax, %0\n\tmovb (%1), %%al\n1:"
				 : "=m"(resume_at) : "r"(address) : "rax", "memory");
	resume_at = NULL;
}

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
	AddVectoredExceptionHandler(1, handler);
	puts("mapped");
	fflush(stdout);
	CHECK(fgets(line, sizeof(line), stdin) != NULL);
	ROW(17, "execution");
	for (unsigned write = 0; write < 2; write++) {
		touch(view + 0x3123, write);
		CHECK_EQUAL(code, 0xC0000006);
		CHECK_EQUAL(count, 3);
		CHECK_EQUAL(information[0], write);
		CHECK_EQUAL(information[1], (ULONG_PTR)view + 0x3123);
		CHECK((LONG)information[2] < 0); /* an error's status */
	}
	touch(view + 0x10, TRUE); /* what is left of the file is there */
	CHECK_EQUAL(code, 0);
	/* The system fails where a program faults. */
	CHECK(!ReadProcessMemory(GetCurrentProcess(), view + 0x3000, buffer, 16, &done));
	CHECK_EQUAL(done, 0);
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
	CloseHandle(file);
	return guest_result();
}
