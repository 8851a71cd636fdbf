/*
 * bench_io_guest.c - file and process calls of Windows; bench_io_native.c does the same with Linux' own; see bench_wait.h.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include <windows.h>

#include <process.h>

#include "bench_wait.h"

static double now(void)
{
	static LARGE_INTEGER frequency;
	LARGE_INTEGER count;

	if (!frequency.QuadPart)
		QueryPerformanceFrequency(&frequency);
	QueryPerformanceCounter(&count);
	return (double)count.QuadPart * 1e9 / (double)frequency.QuadPart;
}

#define FILES 10000
static char block[1 << 20];

static HANDLE open_file(const char *name, DWORD access, DWORD how)
{
	HANDLE file = CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, how, 0, NULL);

	if (file == INVALID_HANDLE_VALUE) {
		printf("cannot open %s: %lu\n", name, GetLastError());
		ExitProcess(1);
	}
	return file;
}

static int list(const char *pattern)
{
	WIN32_FIND_DATAA data;
	HANDLE find = FindFirstFileA(pattern, &data);
	int count = 0;

	do
		count++;
	while (FindNextFileA(find, &data));
	FindClose(find);
	return count;
}

static void run(char *program)
{
	STARTUPINFOA start = {.cb = sizeof(start)};
	PROCESS_INFORMATION process;
	char line[MAX_PATH + 8];

	snprintf(line, sizeof(line), "\"%s\" -", program);
	if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &start, &process))
		return;
	WaitForSingleObject(process.hProcess, INFINITE);
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
}

static void files(void)
{
	HANDLE file = open_file("f", GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS);
	char full[MAX_PATH], name[32];
	DWORD done, serial = 0;

	WriteFile(file, block, sizeof(block), &done, NULL);
	WORK("open_close", 20000, CloseHandle(open_file("f", GENERIC_READ, OPEN_EXISTING)));
	WORK("open_missing", 20000, CreateFileA("none", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
	WORK("open_other_case", 20000, CloseHandle(open_file("F", GENERIC_READ, OPEN_EXISTING)));
	WORK("read_1", 100000, SetFilePointer(file, 0, NULL, FILE_BEGIN); ReadFile(file, block, 1, &done, NULL));
	WORK("read_4k", 100000, SetFilePointer(file, 0, NULL, FILE_BEGIN); ReadFile(file, block, 4096, &done, NULL));
	WORK("read_1m", 500, SetFilePointer(file, 0, NULL, FILE_BEGIN); ReadFile(file, block, 1 << 20, &done, NULL));
	WORK("write_1", 100000, SetFilePointer(file, 0, NULL, FILE_BEGIN); WriteFile(file, block, 1, &done, NULL));
	WORK("write_4k", 100000, SetFilePointer(file, 0, NULL, FILE_BEGIN); WriteFile(file, block, 4096, &done, NULL));
	WORK("write_1m", 500, SetFilePointer(file, 0, NULL, FILE_BEGIN); WriteFile(file, block, 1 << 20, &done, NULL));
	WORK("seek", 100000, SetFilePointer(file, i_, NULL, FILE_BEGIN));
	WORK("size", 100000, GetFileSize(file, NULL));
	CloseHandle(file);
	WORK("attributes", 50000, GetFileAttributesA("f"));
	WORK("full_path", 50000, GetFullPathNameA("a\\..\\b\\c", MAX_PATH, full, NULL));
	WORK("create_delete", 5000, snprintf(name, sizeof(name), "t%lu", (unsigned long)serial++);
	     CloseHandle(open_file(name, GENERIC_WRITE, CREATE_NEW)); DeleteFileA(name));
	WORK("move", 5000, MoveFileExA(i_ % 2 ? "g" : "f", i_ % 2 ? "f" : "g", 0));
}

static void directories(void)
{
	char name[32];

	CreateDirectoryA("many", NULL);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "many\\file%05d.txt", i);
		CloseHandle(open_file(name, GENERIC_WRITE, CREATE_ALWAYS));
	}
	WORK("list_many", 10, list("many\\*"));
	WORK("attributes_many", 50000, snprintf(name, sizeof(name), "many\\file%05d.txt", i_ * 7 % FILES); GetFileAttributesA(name));
	WORK("other_case_many", 50000, snprintf(name, sizeof(name), "many\\FILE%05d.TXT", i_ * 7 % FILES); GetFileAttributesA(name));
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "many\\file%05d.txt", i);
		DeleteFileA(name);
	}
	RemoveDirectoryA("many");
}

static void streams(void)
{
	HANDLE reading, writing;
	FILE *file = fopen("s", "wb"), *bare = fopen("u", "wb");
	DWORD done;

	CreatePipe(&reading, &writing, NULL, 1 << 16);
	WORK("pipe_1", 50000, WriteFile(writing, block, 1, &done, NULL); ReadFile(reading, block, 1, &done, NULL));
	WORK("pipe_4k", 50000, WriteFile(writing, block, 4096, &done, NULL); ReadFile(reading, block, 4096, &done, NULL));
	CloseHandle(reading);
	CloseHandle(writing);
	setvbuf(bare, NULL, _IONBF, 0);
	WORK("putc", 1000000, putc('x', file));
	WORK("putc_bare", 50000, putc('x', bare));
	WORK("fputs_bare", 50000, fputs("a short line\n", bare));
	WORK("fprintf", 200000, fprintf(file, "%d: %s\n", i_, "text"));
	WORK("fprintf_bare", 50000, fprintf(bare, "%d: %s\n", i_, "text"));
	fclose(file);
	fclose(bare);
}

int main(int argc, char **argv)
{
	char program[MAX_PATH];

	if (argc > 1 && strcmp(argv[1], "-") == 0)
		return 0;
	wanted = argc > 1 ? argv[1] : NULL;
	GetModuleFileNameA(NULL, program, sizeof(program));
	CreateDirectoryA("bench_io.tmp", NULL);
	if (!SetCurrentDirectoryA("bench_io.tmp"))
		return 1;
	files();
	if (!wanted || strstr(wanted, "many") || strstr(wanted, "list"))
		directories();
	streams();
	WORK("load_library", 5000, FreeLibrary(LoadLibraryA("version.dll")));
	WORK("process", 50, run(program));
	DeleteFileA("f");
	DeleteFileA("s");
	DeleteFileA("u");
	SetCurrentDirectoryA("..");
	RemoveDirectoryA("bench_io.tmp");
	return 0;
}
