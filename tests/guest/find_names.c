/*
 * find_names.c - which names FindFirstFile finds: the DOS wildcards, the two dots, devices.  The sets are those that Wine's
 * test_FindFirstFile_wildcards records of NTFS, without what is found there by a short name only.  Names in other letters are
 * found while the directory changes.
 */
#include "guest.h"

static const char *const files[] = {
	"..a", "..a.a", ".a", ".a..a", ".a.a", ".aaa", "a", "a..a", "a.a", "a.a.a", "aa", "aaa", "aaaa", " .a",
};

static void wildcards(void)
{
	static const struct {
		const char *pattern;
		int dots;
		unsigned found; /* bits: files[] */
	} rows[] = {
		{"*.*.*", 1, 0x3FFF}, {"*.*.", 1, 0x3FFF}, {".*.*", 1, 0x003F}, {".*", 1, 0x003F},
		{". *", 0, 0x0000}, {"*.", 1, 0x1C40}, {"*..*", 1, 0x008B}, {"*..", 1, 0x1C40},
		{".*.", 1, 0x0024}, {"..*", 1, 0x0003}, {"**", 1, 0x3FFF}, {"**.", 1, 0x3FFF},
		{"*. ", 1, 0x3FFF}, {"* .", 1, 0x1C40}, {"* . ", 1, 0x3FFF}, {"* . *", 0, 0x0000},
		{"*.. ", 1, 0x3FFF}, {"*. .", 1, 0x1C40}, {"* ..", 1, 0x1C40}, {" *..", 0, 0x0000},
		{"..* ", 1, 0x0003}, {"* .*.", 0, 0x2000}, {"a*.", 0, 0x1C40}, {"*a ", 0, 0x3FFF},
		{"*aa*", 0, 0x1C20}, {"aa*.", 0, 0x1C00}, {"aa.*", 0, 0x0400}, {"a a*.*", 0, 0x0000},
		{"a\"*\"a", 0, 0x0280}, {"aa*.*", 0, 0x1C00}, {"a ?.*", 0, 0x0000}, {"a* a", 0, 0x0000},
		{" *a", 0, 0x2000}, {"* *", 0, 0x2000}, {"a* .", 0, 0x1C40}, {" ?a", 0, 0x0000},
		{"* .a", 0, 0x2000}, {"< .a", 0, 0x2000}, {"** .a", 0, 0x2000}, {"<< .a", 0, 0x2000},
		{"aa? ", 0, 0x0C00}, {"aa\"*", 0, 0x0400}, {"*.a", 0, 0x239F}, {"<.a", 0, 0x239F},
		{"<.<.<", 0, 0x029B}, {"<.<.", 1, 0x23BF}, {"< .<.", 0, 0x2000}, {".<.<", 0, 0x001B},
		{"<.<", 1, 0x23BF}, {".<", 1, 0x0024}, {"<.", 1, 0x1C40}, {"<", 1, 0x1C40},
		{"<..<", 0, 0x0089}, {"<..", 1, 0x1C40}, {".<.", 1, 0x0024}, {"..<", 0, 0x0001},
		{"<<", 1, 0x3FFF}, {"<<.", 1, 0x3FFF}, {"<. ", 1, 0x1C40}, {"< .", 1, 0x1C40},
		{"< . ", 1, 0x1C40}, {"<.. ", 1, 0x1C40}, {"<. .", 1, 0x1C40}, {" <..", 0, 0x0000},
		{"..< ", 0, 0x0001}, {"?", 1, 0x0040}, {"?.", 1, 0x0040}, {"?. ", 1, 0x0040},
		{"? .*", 0, 0x0000}, {"?\?.", 1, 0x0440}, {"?\??.", 1, 0x0C40}, {"?.?\?.", 1, 0x2144},
		{". ?", 0, 0x0000}, {">", 1, 0x0040}, {">.", 1, 0x0040}, {">. ", 1, 0x0040},
		{">>.", 1, 0x0440}, {">>>.", 1, 0x0C40}, {">.>>.", 1, 0x2104},
	};
	/* names with a short name, by which the file system may find them as well */
	const unsigned aliased = 0x22BF;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		WIN32_FIND_DATAA data;
		HANDLE find = FindFirstFileA(rows[i].pattern, &data);
		unsigned found = 0;
		int dots = 0;
		BOOL more = find != INVALID_HANDLE_VALUE;

		if (!more)
			CHECK_EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND);
		for (; more; more = FindNextFileA(find, &data)) {
			BOOL dot = !strcmp(data.cFileName, ".") || !strcmp(data.cFileName, "..");

			dots += dot;
			for (size_t k = 0; k < ARRAYSIZE(files); k++)
				if (!strcmp(data.cFileName, files[k]))
					found |= data.cAlternateFileName[0] ? rows[i].found & 1u << k : 1u << k;
		}
		if (find != INVALID_HANDLE_VALUE)
			FindClose(find);
		CHECK_EQUAL(dots, rows[i].dots * 2);
		CHECK_EQUAL(found & ~aliased, rows[i].found & ~aliased);
		CHECK_EQUAL(found & rows[i].found, rows[i].found);
		if (dots != rows[i].dots * 2 || found != rows[i].found)
			printf("\tpattern \"%s\"\n", rows[i].pattern);
	}
}

static void errors(void)
{
	static const struct {
		const char *name;
		DWORD error;
	} rows[] = {
		{"", ERROR_PATH_NOT_FOUND}, {"none", ERROR_FILE_NOT_FOUND}, {"none\\*", ERROR_PATH_NOT_FOUND},
		{"a|b", ERROR_INVALID_NAME}, {"nul\\*", ERROR_PATH_NOT_FOUND}, {"nul*", ERROR_FILE_NOT_FOUND},
		{"none\\nul", ERROR_PATH_NOT_FOUND}, {"none\\nul\\bar", ERROR_PATH_NOT_FOUND}, {"c:\\", ERROR_FILE_NOT_FOUND},
	};
	WIN32_FIND_DATAA data;
	HANDLE find;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++)
		CHECK_FAILS(FindFirstFileA(rows[i].name, &data) != INVALID_HANDLE_VALUE, rows[i].error);
	find = FindFirstFileA("lpt1", &data);
	CHECK(find != INVALID_HANDLE_VALUE);
	CHECK(!strcmp(data.cFileName, "lpt1"));
	CHECK_EQUAL(data.dwFileAttributes, FILE_ATTRIBUTE_ARCHIVE);
	CHECK_FAILS(FindNextFileA(find, &data), ERROR_NO_MORE_FILES);
	CHECK(FindClose(find));
}

/* The error of looking for a name, 0 = it is there. */
static DWORD look_for(const char *format, int number)
{
	char name[64];

	snprintf(name, sizeof(name), format, number);
	return GetFileAttributesA(name) == INVALID_FILE_ATTRIBUTES ? GetLastError() : 0;
}

static void make(const char *format, int number)
{
	char name[64];
	HANDLE file;

	snprintf(name, sizeof(name), format, number);
	file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CloseHandle(file);
}

/* Names in other letters while files come, go and are renamed. */
static void changes(void)
{
	enum { COUNT = 400 };
	static char state[COUNT]; /* 'f'ile, 'm'oved, 0 */
	unsigned seed = 1;

	CHECK(CreateDirectoryA("Changing", NULL));
	CHECK(SetCurrentDirectoryA("CHANGING"));
	make("Alpha.txt", 0);
	CHECK_EQUAL(look_for("ALPHA.txt", 0), 0);
	CHECK(MoveFileA("alpha.TXT", "Beta.txt"));
	CHECK_EQUAL(look_for("ALPHA.txt", 0), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(look_for("BETA.txt", 0), 0);
	make("Gamma.txt", 0);
	CHECK(MoveFileExA("gamma.txt", "BETA.TXT", MOVEFILE_REPLACE_EXISTING));
	CHECK_EQUAL(look_for("gamma.txt", 0), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(look_for("bEta.txt", 0), 0);
	CHECK(MoveFileA("beta.txt", "BETA.txt"));
	CHECK_EQUAL(look_for("Beta.TXT", 0), 0);
	CHECK(DeleteFileA("beta.txt"));
	CHECK_EQUAL(look_for("BETA.txt", 0), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(look_for("none\\BETA.txt", 0), ERROR_PATH_NOT_FOUND);
	make("file", 0);
	CHECK_EQUAL(look_for("FILE\\BETA.txt", 0), ERROR_PATH_NOT_FOUND);
	CHECK(DeleteFileA("FILE"));
	CHECK(CreateDirectoryA("One", NULL));
	CHECK(CreateDirectoryA("Two", NULL));
	make("one\\Name", 0);
	CHECK_EQUAL(look_for("ONE\\NAME", 0), 0);
	CHECK_EQUAL(look_for("TWO\\NAME", 0), ERROR_FILE_NOT_FOUND);
	CHECK(MoveFileA("ONE\\NAME", "TWO\\Name2"));
	CHECK_EQUAL(look_for("ONE\\NAME", 0), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(look_for("TWO\\NAME2", 0), 0);
	CHECK(MoveFileA("TWO", "Three"));
	CHECK_EQUAL(look_for("TWO\\NAME2", 0), ERROR_PATH_NOT_FOUND);
	CHECK_EQUAL(look_for("THREE\\NAME2", 0), 0);
	CHECK(DeleteFileA("THREE\\NAME2"));
	CHECK(RemoveDirectoryA("THREE"));
	CHECK_EQUAL(look_for("THREE", 0), ERROR_FILE_NOT_FOUND);
	CHECK(RemoveDirectoryA("ONE"));
	for (int i = 0; i < 4000; i++) {
		int number;
		char from[64], to[64];

		seed = seed * 1103515245 + 12345;
		number = (int)(seed >> 8) % COUNT;
		snprintf(from, sizeof(from), state[number] == 'm' ? "MOVED%d.x" : "NAME%d.xyz", number);
		snprintf(to, sizeof(to), "Moved%d.x", number);
		if (!state[number]) {
			make("Name%d.xyz", number);
			state[number] = 'f';
		} else if (state[number] == 'f' && seed >> 20 & 1) {
			CHECK(MoveFileA(from, to));
			state[number] = 'm';
		} else {
			CHECK(DeleteFileA(from));
			state[number] = 0;
		}
		number = (int)(seed >> 12) % COUNT;
		CHECK_EQUAL(look_for("NAME%d.XYZ", number), state[number] == 'f' ? 0 : ERROR_FILE_NOT_FOUND);
		CHECK_EQUAL(look_for("MOVED%d.X", number), state[number] == 'm' ? 0 : ERROR_FILE_NOT_FOUND);
	}
	for (int i = 0; i < COUNT; i++) {
		char name[64];

		snprintf(name, sizeof(name), state[i] == 'm' ? "moved%d.x" : "name%d.xyz", i);
		CHECK_EQUAL(DeleteFileA(name), state[i] != 0);
	}
	CHECK(SetCurrentDirectoryA(".."));
	CHECK(RemoveDirectoryA("CHANGING"));
}

int main(void)
{
	char directory[MAX_PATH];
	size_t length = GetTempPathA(sizeof(directory), directory);

	snprintf(directory + length, sizeof(directory) - length, "find_names.%lu", GetCurrentProcessId());
	CHECK(CreateDirectoryA(directory, NULL));
	CHECK(SetCurrentDirectoryA(directory));
	for (size_t i = 0; i < ARRAYSIZE(files); i++)
		CloseHandle(CreateFileA(files[i], GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
	wildcards();
	errors();
	changes();
	for (size_t i = 0; i < ARRAYSIZE(files); i++)
		CHECK(DeleteFileA(files[i]));
	CHECK(SetCurrentDirectoryA(".."));
	CHECK(RemoveDirectoryA(directory));
	return guest_result();
}
