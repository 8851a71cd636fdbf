/*
 * bench_registry.c - what a key costs: opened, asked for a value and closed; asked through an open handle; a value set.
 *
 * A Windows program (make bench-registry runs it with a store and without).  Nanoseconds, best of the rounds, and the ratio to opening,
 * reading and closing a small file in the same run, which is what a program of Linux would have its settings in.
 */
#include <stdio.h>
#include <windows.h>

#define ROUNDS 7
#define HOME "Software\\Pewter bench_registry"

static HKEY home;
static char path[MAX_PATH];

static void open_query_close(void)
{
	HKEY key;
	DWORD number, size = sizeof(number);

	RegOpenKeyExA(HKEY_CURRENT_USER, HOME, 0, KEY_READ, &key);
	RegQueryValueExA(key, "number", NULL, NULL, (BYTE *)&number, &size);
	RegCloseKey(key);
}

static void query(void)
{
	DWORD number, size = sizeof(number);

	RegQueryValueExA(home, "number", NULL, NULL, (BYTE *)&number, &size);
}

static void set(void)
{
	static DWORD number;

	number++;
	RegSetValueExA(home, "number", 0, REG_DWORD, (BYTE *)&number, sizeof(number));
}

static void create_delete(void)
{
	HKEY key;

	RegCreateKeyExA(home, "sub", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL);
	RegCloseKey(key);
	RegDeleteKeyA(home, "sub");
}

static void read_file(void)
{
	char bytes[16];
	DWORD got;
	HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

	ReadFile(file, bytes, sizeof(bytes), &got, NULL);
	CloseHandle(file);
}

static double best(void (*work)(void), unsigned count)
{
	LARGE_INTEGER frequency, begin, end;
	double least = 1e30;

	QueryPerformanceFrequency(&frequency);
	for (int round = 0; round < ROUNDS; round++) {
		double ns;

		QueryPerformanceCounter(&begin);
		for (unsigned i = 0; i < count; i++)
			work();
		QueryPerformanceCounter(&end);
		ns = (double)(end.QuadPart - begin.QuadPart) * 1e9 / (double)frequency.QuadPart / count;
		if (ns < least)
			least = ns;
	}
	return least;
}

int main(void)
{
	static const struct {
		const char *name;
		void (*work)(void);
		unsigned count;
	} works[] = {
		{"open, query, close", open_query_close, 20000},
		{"query", query, 50000},
		{"set", set, 2000},
		{"create and delete a key", create_delete, 1000},
	};
	char folder[MAX_PATH];
	HANDLE file;
	DWORD number = 1, written;
	double reference;

	GetTempPathA(sizeof(folder), folder);
	snprintf(path, sizeof(path), "%sbench_registry.%lu", folder, GetCurrentProcessId());
	file = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	WriteFile(file, "number=1\n", 9, &written, NULL);
	CloseHandle(file);
	RegCreateKeyExA(HKEY_CURRENT_USER, HOME, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &home, NULL);
	RegSetValueExA(home, "number", 0, REG_DWORD, (BYTE *)&number, sizeof(number));
	reference = best(read_file, 5000);
	printf("%-28s %9.0f ns\n", "open, read, close a file", reference);
	for (unsigned i = 0; i < sizeof(works) / sizeof(*works); i++) {
		double ns = best(works[i].work, works[i].count);

		printf("%-28s %9.0f ns  %6.2f\n", works[i].name, ns, ns / reference);
	}
	RegCloseKey(home);
	RegDeleteTreeA(HKEY_CURRENT_USER, HOME);
	DeleteFileA(path);
	return 0;
}
